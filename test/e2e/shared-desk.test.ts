import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postToBot } from '../../src/cli/running-bot.js'
import { BotProcess } from '../support/fake-weixin/bot-process.js'
import { DATABASE_PASSWORD, hasPostgres, TestPostgres } from '../support/postgres.js'
import { ROOT, START_MS, WechatBot } from '../support/wechat-bot.js'

/** A second or two on a machine of its own; here others build and start beside it. */
const TAKES_A_RELEASE_MS = 60_000

/** Two accounts on WeChats of their own and a console, on one database. Later steps build on earlier ones. */
describe('several accounts, one desk', { skip: !hasPostgres }, () => {
  let postgres: TestPostgres
  let url: string
  let folder: string
  let one: WechatBot
  let two: WechatBot
  let console_: BotProcess
  const endings: (() => Promise<void>)[] = []

  beforeAll(async () => {
    postgres = await TestPostgres.start()
    url = await postgres.database()
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-desk-'))
    await cp(path.join(ROOT, 'knowledge'), path.join(folder, 'knowledge'), { recursive: true })
    one = await startOnWeChat('one')
    two = await startOnWeChat('two')
    console_ = new BotProcess({
      ...{ command: process.execPath, args: ['dist/main.js'], cwd: ROOT },
      env: {
        ...process.env,
        ...{ GUOSHEN_ACCOUNT: 'console', GUOSHEN_DATABASE_URL: url, GUOSHEN_WEB_PORT: '0' },
        ...{ GUOSHEN_DATA_DIR: path.join(folder, 'data'), GUOSHEN_KNOWLEDGE_DIR: path.join(folder, 'knowledge') },
      },
    }).start()
    await console_.waitOutput(/http:\/\/127\.0\.0\.1:\d+/, START_MS)
  }, 280_000)

  afterAll(async () => {
    await console_?.stop({ signal: 'SIGKILL' })
    for (const end of endings) await end()
    await postgres?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** 王老板 asks in the group of customers; a colleague sits in that of staff. */
  async function startOnWeChat(account: string): Promise<WechatBot> {
    const bot = new WechatBot()
    endings.push(() => bot.end())
    await bot.start({
      config: [
        `account: ${account}`,
        `store: { url: "${url}" }`,
        `rooms: { staffRoom: 值班${account} }`,
        `desk: { people: [{ name: 陈工${account}, remark: 陈工${account} }] }`,
        'sending: { gapSeconds: 1, jitterSeconds: 0 }',
      ],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'li', nick: '小李' },
        { key: 'chen', nick: `陈工${account}`, remark: `陈工${account}` },
      ],
      rooms: [
        { key: 'customers', topic: `售后${account}`, members: ['wang', 'li'] },
        { key: 'staff', topic: `值班${account}`, members: ['chen'] },
      ],
    })
    return bot
  }

  const order = async (text: string): Promise<string> =>
    String((await postToBot(path.join(folder, 'data'), '/api/orders', { text }))?.text)

  const colleague = ({ wx }: WechatBot, text: string): void => void wx.inject({ from: 'chen', room: 'staff', text })

  /** The first bubble to somebody that has these words. */
  async function hears({ wx }: WechatBot, to: string, words: string): Promise<string> {
    const [sent] = await wx.waitSent({ to, contains: words, waitMs: 60_000 })
    expect(sent, `${to} to hear ${words}`).toBeDefined()
    return sent!.text!
  }

  it('a ticket of one account is worked from the staff group of another and from the console', async () => {
    one.wx.inject({ from: 'wang', room: 'customers', text: '{@bot}转人工，备案页打不开' })
    await hears(one, 'customers', '工单 1')
    await hears(one, 'staff', '🔔 工单 1')
    colleague(two, '接单 1')
    await hears(two, 'staff', '工单 1 已由 陈工two 接手')
    await hears(one, 'customers', '陈工two 已接手')
    expect(await order('接单 1')).toBe('工单 1 已经由 陈工two 接手了。')
    colleague(one, '接单 1')
    await hears(one, 'staff', '工单 1 已经由 陈工two 接手了')
  })

  it('a reply goes out once, by the account that holds the group', async () => {
    colleague(two, '回复 1 请清缓存再打开')
    await hears(one, 'customers', '请清缓存再打开')
    await hears(two, 'staff', '已发到客户群')
    expect(await order('回复 1 再试试换个浏览器')).toMatch(/^已发到客户群|^已交给账号“one”/)
    await hears(one, 'customers', '再试试换个浏览器')
    await sleep(2_000)
    for (const words of ['请清缓存再打开', '再试试换个浏览器', '陈工two 已接手'])
      expect(one.wx.sentList({ to: 'customers', contains: words })).toHaveLength(1)
    expect(two.wx.sentList({ to: 'customers' })).toEqual([])
  })

  it('a release reaches all, and so does the way back', async () => {
    const guide = path.join(folder, 'knowledge/answers/guide-4.2.md')
    const before = await readFile(guide, 'utf8')
    await writeFile(guide, before.replace('没有硬性要求', '随便写一句即可'))
    expect(await order('重载')).toMatch(/已采用发布 2/)
    await allHave(2)
    one.wx.inject({ from: 'li', room: 'customers', text: '{@bot}版本描述怎么写' })
    await hears(one, 'customers', '随便写一句即可')
    expect(await order('状态')).toMatch(/账号：console；共用工单的还有：one（发布 2）、two（发布 2）/)
    expect(await order('回滚')).toMatch(/已回到发布 1/)
    await allHave(1)
  })

  async function allHave(release: number): Promise<void> {
    const end = performance.now() + TAKES_A_RELEASE_MS
    const name = url.split('/').at(-1)!
    for (;;) {
      const rows = await postgres.run(name, 'select release from guoshen.accounts')
      if (rows.every((row) => row.release === release)) return
      expect(performance.now(), `all to have release ${release}, not ${JSON.stringify(rows)}`).toBeLessThan(end)
      await sleep(50)
    }
  }

  it('without the database customers are answered, tickets are kept, and all is handed over when it is back', async () => {
    await postgres.crash()
    await hears(one, 'staff', '工单库连不上了')
    one.wx.inject({ from: 'li', room: 'customers', text: '{@bot}类目要选哪个' })
    await hears(one, 'customers', '社交')
    two.wx.inject({ from: 'wang', room: 'customers', text: '{@bot}转人工' })
    const [, number] = /工单 (\d+)/.exec(await hears(two, 'customers', '工单'))!
    expect(Number(number)).toBeGreaterThan(1_000_000)
    await hears(two, 'staff', `🔔 工单 ${number}`)
    expect(await order('结单 1 好了')).toMatch(/工单库暂时连不上/)
    await postgres.launch()
    await hears(two, 'staff', '工单库恢复了')
    await hears(one, 'staff', '工单库恢复了')
    await sleep(2_000)
    expect(await order(`接单 ${number}`)).toMatch(/已由 操作员 接手/)
    await hears(two, 'customers', '操作员 已接手')
    expect(await order('结单 1 好了')).toMatch(/工单 1 已结单/)
    await hears(one, 'customers', '工单 1 已处理：好了')
  })

  it('a killed account loses nothing, says nothing twice, and no output shows the password', async () => {
    process.kill((await one.running()).pid, 'SIGKILL')
    const told = order('回复 1 补充一句：别忘了重启') // nobody holds the group at this moment
    await one.online({ inits: 2 })
    expect(await told).toMatch(/不用再操作了|已发到客户群|已交给账号/)
    one.wx.inject({ from: 'wang', room: 'customers', text: '没解决' })
    await hears(one, 'customers', '工单 1 已重新打开')
    expect(await order('回复 1 这次发新包给您')).toMatch(/^已发到客户群|^已交给账号“one”/)
    await hears(one, 'customers', '这次发新包给您')
    await sleep(2_000)
    expect(one.wx.sentList({ to: 'customers', contains: '这次发新包给您' })).toHaveLength(1)
    for (const output of [one.output, two.output, console_.output]) expect(output).not.toContain(DATABASE_PASSWORD)
  })
})
