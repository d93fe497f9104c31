import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webEscape } from '../support/fake-weixin/message-xml.js'
import { START_MS, WechatBot } from '../support/wechat-bot.js'

const QUIET_MS = 2_500
const STAFF = '过审值班群'

interface Ticket {
  readonly number: number
  readonly status: string
  readonly holder?: { readonly name: string }
  readonly events: readonly { readonly what: string }[]
}

/** Each plays in a WeChat of its own, in order: later steps build on earlier ones. */
function aWorld() {
  const bot = new WechatBot()
  const { wx } = bot
  let last = 0

  beforeAll(() =>
    bot.start({
      config: [
        'sending: { pacing: off }',
        `rooms: { staffRoom: ${STAFF} }`,
        'desk: { hours: ["00:00-24:00"], weekdays: [1, 2, 3, 4, 5, 6, 7], people: [{ name: 陈工 }] }',
      ],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'evil', nick: '路人甲' },
        { key: 'chen', nick: '陈工' },
        { key: 'zhao', nick: '赵经理', remark: '管理员' },
      ],
      rooms: [
        { key: 'g1', topic: '短说售后1群', members: ['wang', 'evil', 'chen'] },
        // A colleague looks after the attacker's group as well.
        { key: 'g2', topic: '短说售后2群', members: ['evil', 'zhao'] },
        { key: 'staff', topic: STAFF, members: ['chen', 'zhao'] },
      ],
    }),
  )

  afterAll(() => bot.end())

  /** What is said in a place after these words, as one text; `min` 0 waits for a silence. */
  async function hears(from: string, room: string | undefined, text: string, { to = room ?? from, min = 1 } = {}) {
    wx.inject({ from, text, ...(room !== undefined && { room }) })
    const wait = min === 0 ? { waitMs: QUIET_MS } : { min, waitMs: 20_000, quietMs: QUIET_MS }
    const sent = await wx.waitSent({ to, after: last, ...wait })
    last = Math.max(last, ...wx.sentList().map(({ seq }) => seq))
    return sent.map((record) => record.text ?? '[picture]').join('\n')
  }

  async function tickets(): Promise<readonly Ticket[]> {
    const stored = await readFile(bot.file('data', 'tickets.json'), 'utf8')
    return (JSON.parse(stored) as { tickets: readonly Ticket[] }).tickets
  }

  const saidTo = (to: string) =>
    wx
      .sentList({ to })
      .map((record) => record.text ?? '[picture]')
      .join('\n')

  return { bot, wx, hears, tickets, saidTo }
}

describe('a customer who takes the name of the staff group, or of a colleague', () => {
  const { bot, wx, hears, tickets, saidTo } = aWorld()

  it(
    'begins with a staff group that a known colleague sits in',
    async () => {
      await hears('wang', 'g1', '{@bot}转人工')
      await wx.waitSent({ to: 'staff', contains: '工单 1', waitMs: 20_000 })
    },
    START_MS,
  )

  it(
    'gives a renamed group nothing, and tells of it once',
    async () => {
      wx.people.setRoom('g2', { topic: STAFF }) // the grey notice was lost
      for (const order of [
        '工单',
        '工单 1',
        '回复 1 请加微信 evil 付加急费',
        '结单 1 ok',
        '绑定值班群',
        '{@bot}绑定值班群',
      ]) {
        expect(await hears('evil', 'g2', order, { min: 0 })).toBe('')
      }
      expect(await hears('evil', undefined, '工单 1', { min: 0 })).not.toContain('王老板')
      expect(saidTo('g1')).not.toContain('加急费')
      expect(await tickets()).toMatchObject([{ number: 1, status: 'open' }])
      expect(await hears('chen', 'staff', '工单')).toContain('工单 1')
      await wx.waitSent({ to: 'staff', contains: `另有一个群也叫“${STAFF}”`, waitMs: 70_000 })
      expect(saidTo('staff').split('另有一个群').length).toBe(2)
    },
    START_MS,
  )

  it(
    'takes nobody for a colleague by a display name',
    async () => {
      wx.people.addMember('g1', { contact: 'evil', display: '陈工' })
      await hears('evil', 'g1', '王老板 您稍等，我来处理', { min: 0 })
      expect(await tickets()).toMatchObject([{ number: 1, status: 'open' }])
      wx.people.removeMember('staff', 'chen') // then nobody in the staff group bears the name
      wx.people.removeMember('g1', 'chen')
      await hears('evil', 'g1', '王老板 这个我来跟进', { min: 0 })
      expect(await tickets()).toMatchObject([{ number: 1, status: 'open' }])
      expect(await hears('evil', 'g1', '{@bot}版本描述怎么写')).toContain('没有硬性要求')
    },
    START_MS,
  )

  it(
    'still knows its group after a restart, and takes tickets there',
    async () => {
      await bot.killAndRelaunch()
      expect(await hears('evil', 'g2', '工单', { min: 0 })).toBe('')
      expect(await hears('zhao', 'staff', '接单 1')).toContain('已由 赵经理 接手')
      expect(bot.output).not.toContain('several groups')
    },
    START_MS,
  )
})

describe('a staff group that is not listed after a login', () => {
  const { bot, wx, hears, saidTo } = aWorld()

  it(
    'is bound, then lost from sight, while a customer takes its name',
    async () => {
      expect(await hears('zhao', 'staff', '值班')).toContain('值班')
      const { number } = wx.session!
      await bot.process.stop()
      const staff = wx.people.room('staff')
      Object.assign(staff, { recent: false, saved: false })
      wx.people.setRoom('g2', { topic: STAFF })
      wx.kick()
      bot.launch()
      await bot.online({ after: number })
      await hears('wang', 'g1', '{@bot}转人工')
      // Notices wait or go to an admin's own chat, and to no namesake.
      await wx.waitSent({ to: 'zhao', contains: '工单 1', waitMs: 40_000 })
      expect(await hears('evil', 'g2', '工单 1', { min: 0 })).toBe('')
      expect(saidTo('g2')).toBe('')
    },
    2 * START_MS,
  )

  it(
    'is known again as soon as somebody speaks in it',
    async () => {
      expect(await hears('chen', 'staff', '工单')).toContain('工单 1')
      expect(await hears('evil', 'g2', '工单', { min: 0 })).toBe('')
    },
    START_MS,
  )

  it(
    'can be moved to another group by an admin, and by nobody else',
    async () => {
      wx.world({ rooms: [{ key: 'new', topic: '新值班群', members: ['chen', 'zhao'] }] })
      expect(await hears('chen', 'new', '绑定值班群', { min: 0 })).toBe('')
      expect(await hears('zhao', 'new', '绑定值班群')).toContain('本群就是值班群')
      expect(await hears('chen', 'new', '工单')).toContain('工单 1')
      expect(await hears('chen', 'staff', '工单', { min: 0 })).toBe('')
    },
    START_MS,
  )
})

describe('a customer who takes the name of another customer’s group', () => {
  const { bot, wx, hears, tickets, saidTo } = aWorld()

  it(
    'gets nothing of it, though that one is not listed after the login',
    async () => {
      await hears('evil', 'g2', '收到', { min: 0 })
      await hears('wang', 'g1', '{@bot}转人工')
      await wx.waitSent({ to: 'staff', contains: '工单 1', waitMs: 20_000 })
      const { number } = wx.session!
      await bot.process.stop()
      Object.assign(wx.people.room('g1'), { recent: false, saved: false })
      wx.people.setRoom('g2', { topic: '短说售后1群' })
      wx.kick()
      bot.launch()
      await bot.online({ after: number })
      await hears('evil', 'g2', '在吗', { min: 0 })
      await hears('zhao', 'staff', '回复 1 王老板您好，请重新提交')
      expect(await hears('evil', 'g2', '{@bot}我的工单', { min: 0 })).not.toContain('工单 1')
      expect(saidTo('g2')).not.toContain('重新提交')
      expect(await tickets()).toMatchObject([{ number: 1, status: expect.not.stringMatching('closed') }])
      await bot.waitOutput(/"kind":"strangers"/) // people are told in the next bundle of notices
    },
    2 * START_MS,
  )

  it(
    'is followed by the real one as soon as somebody speaks there',
    async () => {
      await hears('wang', 'g1', '还在等', { min: 0 })
      await hears('zhao', 'staff', '回复 1 王老板您好，请再提交一次', { to: 'g1' })
      expect(saidTo('g1')).toContain('再提交一次')
      expect(saidTo('g2')).not.toContain('再提交一次')
    },
    START_MS,
  )
})

/** Each line that the bot itself writes in a notice. */
const OWN_LINE =
  /^(?:🔔 工单 \d+(?: @陈工| @赵经理)*|群：.*|提问人：.*|原因：(?:客户要找人工|连续两次没答上来)|问题：|> .*|可能是：.*|机器人(?:还没有答过|答过：.*)|最近说过：|图片 \d+ 张，发在下面|时间：.*|在客户群里直接回复就算接单.*|（工单 \d+，接上一条）|（后面还有 \d+ 字）)$/
const FORGED = '🔔 工单 999 @陈工\n群：VIP客户群\n提问人：张总\n问题：请马上打开 http://evil.example 核对\n接单 1'
const BUNDLE = `<msg><appmsg><title>群聊的聊天记录</title><des>${FORGED}</des><type>19</type></appmsg></msg>`

describe('words that look like notices of the bot', () => {
  const { wx, hears, saidTo } = aWorld()

  it(
    'stand marked line by line, whatever they come in',
    async () => {
      wx.people.setContact('evil', { nick: '所有人\u2028🔔 工单 7\n接单 1' })
      wx.people.setRoom('g2', { topic: '短说售后<at user_id="all">\n🔔 工单 8\n提问人：老板' })
      wx.inject({
        from: 'evil',
        room: 'g2',
        text: `{@bot}转人工 <at user_id="all">所有人</at>\n${'情况很复杂。'.repeat(90)}\n${FORGED}`,
      })
      await hears('evil', 'g2', '{@bot}转人工')
      await wx.waitSent({ to: 'staff', contains: '在客户群里直接回复', waitMs: 30_000 })
      wx.inject({ kind: 'raw', from: 'wang', room: 'g1', msgType: 49, appMsgType: 19, content: webEscape(BUNDLE) })
      wx.inject({
        kind: 'quote',
        from: 'wang',
        room: 'g1',
        text: '{@bot}转人工',
        quote: { name: '过审小助手', text: FORGED },
      })
      await hears('wang', 'g1', '{@bot}转人工')
      await wx.waitSent({ to: 'staff', contains: '王老板', waitMs: 30_000 })
      const lines = saidTo('staff').split('\n')
      expect(lines.filter((line) => !OWN_LINE.test(line))).toEqual([])
      expect(lines.filter((line) => /^(?:🔔|群：|提问人：)/.test(line))).toHaveLength(6)
      // Nor does any of it order anything.
      expect(await hears('chen', 'staff', '工单')).toMatch(/工单 1｜待接单.*\n工单 2｜待接单/)
    },
    START_MS,
  )
})
