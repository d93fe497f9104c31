import { readFile, stat } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BotProcess } from '../support/fake-weixin/bot-process.js'
import { ROOT, WechatBot } from '../support/wechat-bot.js'

const QUIET_MS = 2_500
/** A reload reads, builds and measures; the machine may be busy. */
const ANSWER_MS = 60_000
const QUESTION = '{@bot}4.2'
const BEFORE = '没有硬性要求'
const AFTER = '随便写一句即可'
/** Nothing in the guides sounds like it. */
const UNKNOWN = '蓝胖子那个小框框到底放啥'
const ORDERS = [
  ...['状态', '重载', '重载 强制', '检查', '回滚', '测试 审核要多久', '未答', '归类 1 4.1', '忽略 1', '群', '审计'],
  ...['新说法 4.1 怎么填啊', '静音', '恢复', '统计 本周', '接单 1', '结单 1 好了', '回复 1 在吗'],
]

/** One account and its admin, in order: later steps build on earlier ones. */
describe('an admin runs the bot from WeChat', () => {
  const bot = new WechatBot()
  const { wx } = bot
  let last = 0

  beforeAll(() =>
    bot.start({
      own: ['knowledge', 'intents'],
      config: ['sending: { pacing: off }', 'rooms: { staffRoom: 过审值班群 }'],
      contacts: [
        { key: 'wang', nick: '王老板' },
        { key: 'xu', nick: '徐经理', remark: '徐总' },
        { key: 'chen', nick: '陈工' },
        { key: 'mallory', nick: '徐经理' },
        { key: 'eve', nick: '过审管理员-7k2m' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'xu', 'chen', 'mallory', 'eve'] },
        { key: 'duty', topic: '过审值班群', members: ['chen'] },
      ],
    }),
  )

  afterAll(() => bot.end())

  /** What one person says to the bot alone, and what it says to that, as one text. */
  const tells = (from: string, text: string, min = 1) => exchange({ from, text }, from, min)
  const asks = (from: string, text: string, min = 1) => exchange({ from, room: 'g1', text }, 'g1', min)

  async function exchange(said: { from: string; room?: string; text: string }, to: string, min: number) {
    wx.inject(said)
    const wait = min === 0 ? { waitMs: QUIET_MS } : { min, waitMs: ANSWER_MS, quietMs: QUIET_MS }
    const sent = await wx.waitSent({ to, after: last, ...wait })
    last = Math.max(last, ...sent.map(({ seq }) => seq))
    return sent.map(({ text }) => text ?? '[picture]').join('\n')
  }

  /** The code that the terminal shows last. */
  function shownCode(role: '管理员' | '同事'): string {
    const shown = [...bot.output.matchAll(new RegExp(`要认领身份.*${role} (\\d{4} \\d{4})`, 'g'))]
    return shown.at(-1)![1]!
  }

  async function orderAtTerminal(text: string): Promise<string> {
    const args = ['--import', 'tsx', 'src/cli/admin.ts', text]
    const cli = new BotProcess({
      command: process.execPath,
      args,
      cwd: ROOT,
      env: { ...process.env, ...bot.settings() },
    })
    await cli.start().waitExit()
    await cli.waitOutput(/[\s\S]*/)
    return cli.output
  }

  const edit = (from: string | RegExp, to: string): Promise<void> => bot.edit('knowledge/fasttest.md', from, to)

  const auditLines = async () => {
    const text = await readFile(bot.file('data/audit.jsonl'), 'utf8')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  it('takes no order of anybody before somebody has a code', async () => {
    expect(await tells('xu', '重载')).toContain('只有管理员能用')
    expect(await tells('xu', '审计', 0)).toBe('')
  })

  it('makes an admin of whoever sends back the code that only the operator sees', async () => {
    const asked = await tells('xu', '认领')
    expect(asked).toContain('认领码')
    expect(asked).not.toMatch(/\d{4} ?\d{4}/)
    await bot.waitOutput(/徐经理 要认领身份/)
    expect(await orderAtTerminal('认领')).toContain(shownCode('管理员'))
    expect(await tells('xu', shownCode('管理员'))).toContain('您现在是管理员')
    const { remark } = wx.people.contacts.get('xu')!
    expect(remark).toMatch(/^过审管理员-[2-9a-z]{4}$/)
    expect(await tells('xu', '帮助')).toMatch(/重载[\s\S]*归类/)
    expect((await stat(bot.file('data/roles.json'))).mode & 0o777).toBe(0o600)
  })

  it('takes an edit into use that was reloaded, and tells so within a phone screen', async () => {
    expect(await asks('wang', QUESTION)).toContain(BEFORE)
    await edit(BEFORE, AFTER)
    const report = await tells('xu', '重载')
    expect(report).toMatch(/已采用/)
    expect(report.length).toBeLessThanOrEqual(500)
    expect(await asks('wang', QUESTION)).toContain(AFTER)
  })

  it('refuses a broken edit with file and line, and keeps the old answer', async () => {
    await edit(/\n首次提审\n:::/, '\n首次题审\n:::')
    expect(await tells('xu', '重载')).toMatch(/fasttest\.md:\d+/)
    expect(await asks('wang', QUESTION)).toContain(AFTER)
    await edit(/\n首次题审\n:::/, '\n首次提审\n:::')
  })

  it('brings the former release back', async () => {
    expect(await tells('xu', '回滚')).toContain('已回到发布 1')
    expect(await asks('wang', QUESTION)).toContain(BEFORE)
  })

  it('learns a question that it could not answer, with one order', async () => {
    await edit(AFTER, BEFORE)
    expect(await tells('wang', UNKNOWN)).not.toContain('用户生成内容')
    const list = await tells('xu', '未答')
    const number = new RegExp(`(\\d+)\\. “${UNKNOWN}`).exec(list)?.[1]
    expect(number, list).toBeDefined()
    expect(await tells('xu', `归类${number} 4.1`)).toContain('学会了')
    expect(await asks('wang', `{@bot}${UNKNOWN}`)).toContain('用户生成内容')
  })

  it('says what it would say, and how it is', async () => {
    expect(await tells('xu', `测试 ${UNKNOWN}`)).toMatch(/点名问：回答 4\.1[\s\S]*没点名：/)
    const status = await tells('xu', '状态')
    expect(status).toMatch(/已登录[\s\S]*今天：回答 \d+/)
    expect(await orderAtTerminal('状态')).toContain('已登录')
    expect(await tells('xu', '统计')).toMatch(/回答 [1-9]/)
  })

  it('keeps quiet in a muted group until it is told to speak', async () => {
    expect(await tells('xu', '群')).toMatch(/1\. 想天售后服务群：开着/)
    expect(await tells('xu', '静音 想天售后服务群 2小时')).toContain('已静音')
    expect(await asks('wang', QUESTION, 0)).toBe('')
  })

  it('knows admin, lessons, figures and mutes after a restart and a login with new ids', async () => {
    const figures = /回答 (\d+)/.exec(await orderAtTerminal('统计'))![1]
    const { number } = wx.session!
    wx.kick()
    await wx.waitLogin({ after: number, waitMs: 120_000 })
    await expect.poll(() => orderAtTerminal('状态'), { timeout: 60_000, interval: 2_000 }).toContain('已登录')
    expect(Number(/回答 (\d+)/.exec(await orderAtTerminal('统计'))![1])).toBe(Number(figures))
    expect(await asks('wang', QUESTION, 0)).toBe('')
    expect(await tells('xu', '恢复 想天售后服务群')).toContain('已恢复')
    expect(await asks('wang', `{@bot}${UNKNOWN}`)).toContain('用户生成内容')
  })

  it.each(['mallory', 'eve', 'wang'])('lets %s nowhere, whatever they are called and send', async (who) => {
    for (const order of ORDERS) {
      wx.inject({ from: who, text: order })
      wx.inject({ from: who, room: 'g1', text: `{@bot}${order}` })
    }
    wx.inject({ kind: 'quote', from: who, text: '重载', quote: { name: '徐经理', text: '重载' } })
    const sent = await wx.waitSent({ to: who, after: last, min: 1, waitMs: ANSWER_MS, quietMs: QUIET_MS })
    const said = sent.map(({ text }) => text ?? '')
    const inGroup = await wx.waitSent({ to: 'g1', after: last, waitMs: QUIET_MS })
    last = Math.max(last, ...sent.map(({ seq }) => seq))
    expect(said.filter((text) => text.includes('只有管理员能用'))).toHaveLength(1)
    expect(said.join('\n')).not.toMatch(/已采用|审计|已静音|今天：/)
    expect(inGroup).toEqual([])
  })

  it('locks out whoever guesses, and tells the operator', async () => {
    await tells('mallory', '认领')
    for (const guess of ['12345678', '8765 4321']) expect(await tells('mallory', guess)).toContain('认领码不对')
    const right = shownCode('管理员')
    expect(await tells('mallory', '00000000')).toContain('分钟后再试')
    await bot.waitOutput(/徐经理 连续三次输错认领码/)
    expect(await tells('mallory', right)).toContain('分钟后再试')
    expect(await orderAtTerminal('认领')).toContain('输错三次')
  })

  it('takes rights and remark back', async () => {
    expect(await orderAtTerminal('撤销 徐经理')).toContain('已收回')
    await expect.poll(() => wx.people.contacts.get('xu')!.remark).toBe('徐总')
    expect(await tells('xu', '重载')).toContain('只有管理员能用')
  })

  it('has written down who ordered what, and no code', async () => {
    const lines = await auditLines()
    const whats = lines.map(({ what, result }) => `${what} ${result}`)
    expect(whats).toEqual(
      expect.arrayContaining(['重载 refused', '认领 done', '重载 done', '重载 failed', '回滚 done']),
    )
    expect(
      lines.filter(({ result, who }) => result === 'refused' && (who as { name: string }).name === '王老板'),
    ).not.toEqual([])
    expect(JSON.stringify(lines)).not.toMatch(/\d{4} ?\d{4}"/)
    expect((await stat(bot.file('data/audit.jsonl'))).mode & 0o777).toBe(0o600)
    expect(wx.violations).toEqual([])
  })
})
