import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import { BotProcess } from '../support/fake-weixin/bot-process.js'
import { botSays, openConsole, openWindow, say, startOnPage } from '../support/on-the-page.js'
import { WechatBot } from '../support/wechat-bot.js'

const ROOT = path.join(import.meta.dirname, '../..')
const QUIET_MS = 2_500
const UGC = '@过审小助手 提审的时候弹出UGC说明要怎么填'
const UGC_ANSWER = '用户生成内容：选“包含”'
/** Told once in a run of the bot, before it keeps quiet. */
const HELD = '工单 1 由 陈工 在处理'

/** Two askers and two colleagues in one group; see the first test. Later steps build on earlier ones. */
describe('handing over on the page', () => {
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let url: string
  let wang: Page
  let li: Page
  let chen: Page
  let xu: Page
  let desk: Page

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-handoff-'))
    browser = await openBrowser()
    await startBot()
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function startBot(): Promise<void> {
    ;({ bot, url } = await startOnPage(folder))
    wang = await windowOf('wang', 'room-xiangtian')
    li = await windowOf('li', 'room-xiangtian')
    chen = await windowOf('chen', 'room-xiangtian')
    xu = await windowOf('xu', 'room-staff')
  }

  const windowOf = (person: string, conversation: string): Promise<Page> =>
    openWindow(browser, url, { person, conversation })

  /** Says it, and sees the bot keep quiet. */
  async function saysWithoutAnswer(page: Page, text: string): Promise<void> {
    const before = await page.locator('li.row[data-from=bot]').count()
    await say(page, text)
    await page.locator('li.row.mine').last().locator('[data-badge=silent]').waitFor({ state: 'attached' })
    await page.waitForTimeout(QUIET_MS)
    expect(await page.locator('li.row[data-from=bot]').count()).toBe(before)
  }

  it('tells one asker the number and goes on serving the other', async () => {
    await say(wang, '@过审小助手 转人工，包的页面打不开')
    await botSays(wang, /已转人工，工单 1/).waitFor()
    await botSays(xu, /🔔 工单 1[\s\S]*王老板[\s\S]*包的页面打不开/).waitFor()
    await say(li, UGC)
    await botSays(li, UGC_ANSWER).waitFor()
  })

  it('keeps quiet for the asker as soon as a colleague just speaks', async () => {
    await say(chen, '@王老板 您发个截图，我看一下')
    await chen.locator('li.row.mine').last().locator('[data-badge=silent]').waitFor({ state: 'attached' })
    await saysWithoutAnswer(wang, UGC)
    await saysWithoutAnswer(wang, '@过审小助手 转人工')
  })

  it('shows the ticket in the console, live', async () => {
    desk = await openConsole(browser, url, { view: '/tickets/1', as: '徐经理' })
    await desk.locator('[data-ticket="1"][data-status=claimed]', { hasText: '陈工' }).waitFor()
    await desk.locator('#thread .bubble', { hasText: '您发个截图，我看一下' }).waitFor()
  })

  it('remembers all of it over a kill, and serves the other asker at once', async () => {
    bot.kill('SIGKILL')
    await bot.waitExit()
    await Promise.all([wang, li, chen, xu, desk].map((page) => page.close()))
    await startBot()
    await say(wang, UGC)
    await botSays(wang, HELD).waitFor()
    await saysWithoutAnswer(wang, UGC)
    await say(li, '@过审小助手 版本描述怎么写')
    await botSays(li, '新版本提交').waitFor()
  })

  it('closes from the console by the other colleague, and asks the asker', async () => {
    desk = await openConsole(browser, url, { view: '/tickets/1', as: '徐经理' })
    await desk.locator('[data-verb=resolve]').click()
    await desk.locator('#resolve-text').fill('包已重新上传')
    await desk.locator('#resolve-preview', { hasText: '@王老板 工单 1 已处理：包已重新上传' }).waitFor()
    await desk.locator('#resolve-go').click()
    await botSays(wang, /@王老板 工单 1 已处理：包已重新上传[\s\S]*解决了吗/).waitFor()
    await say(wang, '没解决')
    await botSays(wang, /工单 1 已重新打开/).waitFor()
    await desk.locator('[data-ticket="1"][data-status=reopened]').waitFor()
    await desk.close()
  })

  it('relays a reply, closes again, and counts the rating', async () => {
    await say(xu, '回复 1 请清缓存再打开')
    await botSays(wang, /@王老板 请清缓存再打开[\s\S]*徐经理/).waitFor()
    await say(xu, '结单 1 清缓存')
    await botSays(wang, /工单 1 已处理：清缓存/).waitFor()
    await say(wang, '满意')
    await botSays(wang, /谢谢您的评价/).waitFor()
    await say(wang, UGC)
    await botSays(wang, UGC_ANSWER).last().waitFor()
  })

  it('reads all of it on the command line', async () => {
    const tickets = (...args: readonly string[]) =>
      new BotProcess({
        command: 'npm',
        args: ['run', '--silent', 'tickets', '--', ...args],
        cwd: ROOT,
        env: { ...process.env, GUOSHEN_DATA_DIR: path.join(folder, 'data') },
      }).start()
    const csv = tickets('export', '--csv')
    expect((await csv.waitExit(60_000))?.code).toBe(0)
    expect(csv.output).toMatch(/1,closed,想天售后服务群,王老板[\s\S]*清缓存,5,1,/)
    const asked = tickets('forget', '王老板')
    expect((await asked.waitExit(60_000))?.code).toBe(0)
    expect(asked.output).toMatch(/还没有删除[\s\S]*工单 1[\s\S]*--yes/)
    const forget = tickets('forget', '王老板', '--yes')
    expect((await forget.waitExit(60_000))?.code).toBe(0)
    expect(forget.output).toContain('1 张工单')
    const list = tickets('list', '--all')
    await list.waitExit(60_000)
    expect(list.output).not.toContain('王老板')
  })
})

describe('handing over on WeChat', () => {
  const bot = new WechatBot()
  const { wx } = bot
  /** What has been looked at, by place: words to two places go out in any order. */
  const last: Record<string, number> = {}

  beforeAll(() =>
    bot.start({
      config: [
        'sending: { jitterSeconds: 0, perPlaceMinute: 60, perMinute: 60 }',
        'rooms: { staffRoom: 过审值班群 }',
        // Somebody known sits in the staff group, so that it is bound.
        'desk: { people: [{ name: 陈工, remark: 同事陈工 }] }',
      ],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'li', nick: '小李', friend: false },
        { key: 'chen', nick: '陈工', remark: '同事陈工' },
        { key: 'xu', nick: '徐经理' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'li', 'chen', 'xu'] },
        { key: 'duty', topic: '过审值班群', members: ['chen', 'xu'] },
      ],
    }),
  )

  afterAll(() => bot.end())

  /** The bot's words to a place that hold `contains`. */
  const reads = async (to: string, contains: string): Promise<string> => {
    const found = await wx.waitSent({ to, contains, after: last[to] ?? 0, waitMs: 20_000 })
    expect(found.map(({ text }) => text).join(), contains).toContain(contains)
    last[to] = Math.max(...found.map(({ seq }) => seq))
    return found.map(({ text }) => text ?? '').join('\n')
  }
  const say = (from: string, text: string, room = 'g1') => wx.inject({ from, room, text })
  const keepsQuiet = async (from: string, text: string): Promise<void> => {
    // Pictures of an earlier answer may still be on their way.
    const before = await wx.waitSent({ to: 'g1', min: 0, quietMs: QUIET_MS })
    last.g1 = before.at(-1)?.seq ?? 0
    say(from, text)
    expect(await wx.waitSent({ to: 'g1', after: last.g1 ?? 0, waitMs: QUIET_MS })).toEqual([])
  }

  it('hands one asker over, and two colleagues are heard right', async () => {
    say('wang', '{@bot}转人工，包的页面打不开')
    await reads('g1', '已转人工，工单 1')
    expect(await reads('duty', '🔔 工单 1')).toMatch(/想天售后服务群[\s\S]*王老板[\s\S]*包的页面打不开/)
    say('li', '{@bot}提审的时候弹出UGC说明要怎么填')
    expect(await reads('g1', UGC_ANSWER)).toMatch(/^@小李/)
    say('chen', '{@wang}您发个截图')
    await keepsQuiet('wang', '{@bot}类目要选哪个')
    await keepsQuiet('wang', '{@bot}转人工')
    say('li', '{@bot}版本描述怎么写')
    expect(await reads('g1', '新版本提交')).toMatch(/^@小李/)
  })

  it('knows everybody again after a login with new ids', async () => {
    wx.kick()
    await bot.online({ after: wx.session?.number ?? 1 })
    // Before the group has said anything in this login.
    say('xu', '回复 1 包已重新上传', 'duty')
    expect(await reads('g1', '包已重新上传')).toMatch(/^@王老板[\s\S]*徐经理（工单 1）/)
    say('wang', '{@bot}类目要选哪个')
    await reads('g1', HELD)
    await keepsQuiet('wang', '{@bot}类目要选哪个')
    say('li', '{@bot}隐私协议的录音那条填什么')
    expect(await reads('g1', '发布语音帖')).toMatch(/^@小李/)
  })

  it('knows everybody again after a kill, and a login with new ids', async () => {
    const { number } = wx.session!
    await bot.process.stop({ signal: 'SIGKILL' })
    wx.kick()
    bot.launch()
    await bot.online({ after: number })
    say('chen', '{@wang}我再查一下')
    await keepsQuiet('wang', '{@bot}提审的时候弹出UGC说明要怎么填')
    say('li', '{@bot}首次审核一共要多久')
    expect(await reads('g1', '审核')).toMatch(/^@小李/)
  })

  it('closes from the staff group, and the asker has the last word', async () => {
    say('xu', '结单 1 已重新上传', 'duty')
    await reads('duty', '工单 1 已结单')
    await reads('g1', '解决了吗')
    say('wang', '解决了，满意')
    say('wang', '满意')
    await reads('g1', '谢谢您的评价')
    say('wang', '{@bot}提审的时候弹出UGC说明要怎么填')
    expect(await reads('g1', UGC_ANSWER)).toMatch(/^@王老板/)
  })

  it('says nothing to ids of an earlier login', () => {
    expect(wx.violations).toEqual([])
  })
})
