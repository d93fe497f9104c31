import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { botSays, openConsole, openWindow, say, startOnPage } from '../support/on-the-page.js'

const ROOT = path.join(import.meta.dirname, '../..')
const GROUP = 'room-xiangtian'
/** A reload reads, builds and measures; the machine may be busy. */
const RELOAD = { timeout: 60_000 }
const QUESTION = '@过审小助手 4.2'
const BEFORE = '没有硬性要求'
const AFTER = '随便写一句即可'
const UNKNOWN = '蓝胖子那个小框框到底放啥'

/** Windows of several people on one running bot; later steps build on earlier ones. */
describe('an admin runs the bot from the page', () => {
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-admin-page-'))
    for (const name of ['knowledge', 'intents']) {
      await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true })
    }
    await launch()
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function launch(): Promise<void> {
    const folders = {
      GUOSHEN_KNOWLEDGE_DIR: path.join(folder, 'knowledge'),
      GUOSHEN_INTENTS_DIR: path.join(folder, 'intents'),
    }
    ;({ bot, url } = await startOnPage(folder, folders))
  }

  const windowOf = (person: string, conversation = `direct:${person}`): Promise<Page> =>
    openWindow(browser, url, { person, conversation })

  const lastOfBot = (page: Page, text: string | RegExp): Locator => botSays(page, text).last()

  async function orderInBox(page: Page, text: string): Promise<Locator> {
    await page.locator('#admin-order').fill(text)
    await page.locator('#admin-order').press('Enter')
    return page.locator('#admin-answers li', { hasText: text }).first()
  }

  const edit = async (from: string | RegExp, to: string): Promise<void> => {
    const guide = path.join(folder, 'knowledge/fasttest.md')
    await writeFile(guide, (await readFile(guide, 'utf8')).replace(from, to))
  }

  it('makes an admin of a person by the code in the box', async () => {
    const wang = await windowOf('wang')
    await say(wang, '重载')
    await lastOfBot(wang, '只有管理员能用').waitFor()
    await say(wang, '认领')
    await lastOfBot(wang, '认领码已经显示').waitFor()
    const machine = await openConsole(browser, url, { view: '/machine' })
    await machine.locator('h2', { hasText: '1 人认领' }).waitFor()
    const code = await machine.locator('.admin-code[data-role=admin] b').innerText()
    await say(wang, code)
    await lastOfBot(wang, '您现在是管理员').waitFor()
    await machine.locator('.admin-grant', { hasText: '管理员 王老板' }).waitFor()
    expect(await machine.locator('.admin-code').count()).toBe(0)
    await Promise.all([wang.close(), machine.close()])
  })

  it('takes an edit, refuses a broken one by line, and goes back', async () => {
    const wang = await windowOf('wang')
    const li = await windowOf('li', GROUP)
    await edit(BEFORE, AFTER)
    await say(wang, '重载')
    await lastOfBot(wang, '已采用').waitFor(RELOAD)
    await say(li, QUESTION)
    await lastOfBot(li, AFTER).waitFor()
    await edit(/\n首次提审\n:::/, '\n首次题审\n:::')
    await say(wang, '重载')
    await lastOfBot(wang, /fasttest\.md:\d+/).waitFor(RELOAD)
    await say(li, QUESTION)
    await expect.poll(() => li.locator('li[data-from=bot] .bubble', { hasText: AFTER }).count()).toBe(2)
    await say(wang, '回滚')
    await lastOfBot(wang, '已回到发布 1').waitFor(RELOAD)
    await say(li, QUESTION)
    await lastOfBot(li, BEFORE).waitFor()
    await Promise.all([wang.close(), li.close()])
  })

  it('learns with one order, and knows lesson and admin after a restart', async () => {
    await edit(/\n首次题审\n:::/, '\n首次提审\n:::')
    await edit(AFTER, BEFORE)
    const li = await windowOf('li')
    await say(li, UNKNOWN)
    await lastOfBot(li, /./).waitFor()
    const wang = await windowOf('wang')
    await say(wang, '未答')
    const list = await lastOfBot(wang, UNKNOWN).innerText()
    await say(wang, `归类 ${new RegExp(`(\\d+)\\. “${UNKNOWN}`).exec(list)![1]} 4.1`)
    await lastOfBot(wang, '学会了').waitFor(RELOAD)
    await Promise.all([wang.close(), li.close()])
    await bot.stop()
    await launch()
    const group = await windowOf('li', GROUP)
    await say(group, `@过审小助手 ${UNKNOWN}`)
    await lastOfBot(group, '用户生成内容').waitFor()
    const admin = await windowOf('wang')
    await say(admin, '状态')
    await lastOfBot(admin, '今天：回答').waitFor()
    await Promise.all([group.close(), admin.close()])
  })

  it('obeys the operator in the box, in the words of the chat, and shows texts as texts', async () => {
    const li = await windowOf('li', GROUP)
    const machine = await openConsole(browser, url, { view: '/machine' })
    await (await orderInBox(machine, '静音 想天 1小时')).locator('p', { hasText: '已静音' }).waitFor()
    await say(li, QUESTION)
    await li.locator('li.row.mine').last().locator('[data-badge=silent]').waitFor({ state: 'attached' })
    await (await orderInBox(machine, '恢复')).locator('p', { hasText: '已全部恢复' }).waitFor()
    const answer = await orderInBox(machine, '撤销 <img src=x onerror=alert(1)>')
    await answer.locator('p', { hasText: '<img src=x' }).waitFor()
    expect(await machine.locator('#admin-answers img').count()).toBe(0)
    await (await orderInBox(machine, '撤销 王老板')).locator('p', { hasText: '已收回 王老板' }).waitFor()
    await (await orderInBox(machine, '审计')).locator('p', { hasText: /操作员：撤销 王老板/ }).waitFor()
    await Promise.all([li.close(), machine.close()])
    const wang = await windowOf('wang')
    await say(wang, '重载')
    await lastOfBot(wang, '只有管理员能用').waitFor()
    await wang.close()
  })

  it('corrects a row of a table field by field, on a phone, and begins a guide of one’s own', async () => {
    const row = `/knowledge/${encodeURIComponent('row:categories:商家自营-酒类')}`
    const phone = await openConsole(browser, url, { view: row, width: 390, as: '徐经理' })
    const use = phone.locator('[data-field=for] textarea')
    await expect.poll(() => use.inputValue()).toContain('酒')
    await use.fill('')
    await phone
      .locator('[data-field=for] .field-problem', { hasText: /categories\.yaml:\d+ “用在哪里”是空的/ })
      .waitFor()
    await use.fill('自营卖酒的店')
    await expect.poll(() => phone.locator('.field-problem').count()).toBe(0)
    await phone.locator('#preview .bubble', { hasText: '商家自营-酒类' }).waitFor()
    await phone.locator('#raw-row').click()
    await phone.locator('.editor-line', { hasText: 'for: 自营卖酒的店' }).waitFor()
    await phone.evaluate(() => {
      location.hash = '/knowledge'
    })
    await phone.locator('#add-guide').click()
    await phone.locator('#guide-title').fill('开发票')
    await phone.locator('#guide-id').fill('invoice')
    await phone.locator('#guide-save').click()
    await phone.locator('#preview .bubble', { hasText: '开发票怎么开始' }).waitFor()
    expect(await phone.locator('.line-note').count()).toBe(0)
    await phone.evaluate(() => {
      location.hash = '/knowledge'
    })
    await phone.locator('#release').click()
    await phone.locator('#release-note').fill('酒类写得更清楚')
    await phone.locator('#release-go').click()
    await phone.locator('#toast[data-ok=true]', { hasText: /已采用发布/ }).waitFor(RELOAD)
    expect(await readFile(path.join(folder, 'knowledge/categories.yaml'), 'utf8')).toContain('for: 自营卖酒的店\n')
    const li = await windowOf('li', GROUP)
    await say(li, '@过审小助手 开发票要多久')
    await lastOfBot(li, '三个工作日').waitFor()
    await phone.locator('#releases').click()
    await phone.locator('.sheet li', { hasText: '酒类写得更清楚' }).waitFor()
    expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await Promise.all([phone.context().close(), li.close()])
  })
})
