import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { botSays, npm, openConsole, openWindow, say, startOnPage } from '../support/on-the-page.js'

const ROOT = path.join(import.meta.dirname, '../..')
const GROUP = 'room-xiangtian'
const STAFF_GROUP = 'room-staff'
const SILENCE_MS = 1_500

/** Windows of several people on one running bot; later steps build on earlier ones. */
describe('the page', () => {
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-page-'))
    await cp(path.join(ROOT, 'knowledge'), path.join(folder, 'knowledge'), { recursive: true })
    await launch()
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function launch(): Promise<void> {
    ;({ bot, url } = await startOnPage(folder, { GUOSHEN_KNOWLEDGE_DIR: path.join(folder, 'knowledge') }))
  }

  const windowOf = (person: string, conversation: string): Promise<Page> =>
    openWindow(browser, url, { person, conversation })

  it('answers a question in the group with section and picture, live in a second window', async () => {
    const wang = await windowOf('wang', GROUP)
    const li = await windowOf('li', GROUP)
    await say(wang, '@过审小助手 提审的时候弹出UGC说明要怎么填')
    await botSays(wang, '用户生成内容：选“包含”').waitFor()
    await botSays(wang, '@王老板').first().waitFor()
    await wang.locator('li.row[data-from=bot][data-kind=picture] img').first().waitFor()
    await botSays(li, '用户生成内容：选“包含”').waitFor()
    await li.locator('li.row[data-from=bot][data-kind=picture] img').first().waitFor()
    await Promise.all([wang.close(), li.close()])
  })

  it('stays silent at an idle remark and shows why', async () => {
    const li = await windowOf('li', GROUP)
    const before = await li.locator('li.row[data-from=bot]').count()
    await say(li, '中午吃什么，楼下那家面馆还开着吗')
    await li.locator('li.row.mine').last().locator('[data-badge=silent]').waitFor({ state: 'attached' })
    await li.waitForTimeout(SILENCE_MS)
    expect(await li.locator('li.row[data-from=bot]').count()).toBe(before)
    await li.locator('li.row.mine').last().locator('[data-action=why]').first().click()
    await li.locator('#why .verdict[data-decision=silent]').waitFor()
    await li.close()
  })

  it('hands over to the staff group, where the ticket is taken and closed', async () => {
    const wang = await windowOf('wang', GROUP)
    const chen = await windowOf('chen', STAFF_GROUP)
    await say(wang, '@过审小助手 转人工')
    await botSays(wang, /已转人工，工单 1/).waitFor()
    await botSays(chen, /工单 1[\s\S]*王老板/).waitFor()
    await say(chen, '接单 1')
    await botSays(chen, /已由 陈工 接手/).waitFor()
    await Promise.all([wang.close(), chen.close()])
  })

  it('keeps the ticket over a restart', async () => {
    await bot.stop()
    await launch()
    const chen = await windowOf('chen', STAFF_GROUP)
    await say(chen, '工单')
    await botSays(chen, /工单 1｜陈工 处理中/).waitFor()
    await say(chen, '结单 1 已处理')
    await botSays(chen, /工单 1 已结单/).waitFor()
    await chen.close()
  })

  it('reloads for the admin in the chat, and by the button', async () => {
    const guide = path.join(folder, 'knowledge/fasttest.md')
    const text = await readFile(guide, 'utf8')
    await writeFile(guide, text.replace('没有硬性要求', '随便写一句即可'))
    const xu = await windowOf('xu', 'direct:xu')
    await say(xu, '重载')
    await botSays(xu, /已采用发布 2[\s\S]*小节：修改 1（4\.2）/).waitFor()
    await say(xu, '4.2')
    await botSays(xu, '随便写一句即可').waitFor()
    await writeFile(guide, text.replace(/\n首次提审\n:::/, '\n首次题审\n:::'))
    const machine = await openConsole(browser, url, { view: '/machine' })
    await machine.locator('#reload').click()
    await machine
      .locator('#toast[data-ok=false]', { hasText: /继续用发布 2[\s\S]*fasttest\.md:\d+/ })
      .waitFor({ timeout: 60_000 })
    await machine.close()
    await say(xu, '回滚')
    await botSays(xu, /已回到发布 1/).waitFor()
    await say(xu, '4.2')
    await botSays(xu, '没有硬性要求').waitFor()
    await xu.close()
  })

  it('reloads by npm run reload as well', async () => {
    const reload = npm(['run', '--silent', 'reload'], folder)
    expect((await reload.waitExit())?.code).toBe(1)
    expect(reload.output).toMatch(/有错误，继续用发布 1/)
  })

  it('tells its state to npm run admin', async () => {
    const admin = npm(['run', '--silent', 'admin', '--', '状态'], folder)
    expect((await admin.waitExit())?.code).toBe(0)
    expect(admin.output).toMatch(/知识[\s\S]*登录/)
  })

  it('does not reload for a customer', async () => {
    const wang = await windowOf('wang', 'direct:wang')
    await say(wang, '重载')
    await botSays(wang, /./).last().waitFor()
    expect(await botSays(wang, /重载/).count()).toBe(0)
    await wang.close()
  })
})
