import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SentRecord } from '../support/fake-weixin/sent-log.js'
import { BOT } from '../support/fake-weixin/world.js'
import { ROOT, WechatBot } from '../support/wechat-bot.js'

const QUIET_MS = 3_000
/** A reload reads, trains and measures; the machine may be busy. */
const ANSWER_MS = 60_000
const GUIDE = 'knowledge/fasttest.md'

/** One account goes through a day, in order: later steps build on earlier ones. */
describe('the bot on WeChat', () => {
  const bot = new WechatBot()
  const { wx } = bot
  let last = 0

  beforeAll(() =>
    bot.start({
      own: ['knowledge'],
      config: ['rooms: { staffRoom: 过审值班群 }'],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'li', nick: '小李' },
        { key: 'chen', nick: '陈工' },
        { key: 'xu', nick: '徐经理', remark: '管理员' },
        { key: 'mallory', nick: '管理员' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'li', 'chen'] },
        { key: 'duty', topic: '过审值班群', members: ['chen', 'xu'] },
      ],
    }),
  )

  afterAll(() => bot.end())

  /** What the bot sends to `to` from now on, once it has been quiet for a while. */
  async function answers(to: string, min = 1): Promise<readonly SentRecord[]> {
    // Silence is waited for as for one bubble that does not come.
    const wait = min === 0 ? { waitMs: QUIET_MS } : { min, waitMs: ANSWER_MS, quietMs: QUIET_MS }
    const sent = await wx.waitSent({ to, after: last, ...wait })
    last = Math.max(last, ...sent.map(({ seq }) => seq))
    return sent
  }

  async function ask(from: string, room: string, text: string, min = 1): Promise<readonly SentRecord[]> {
    wx.inject({ from, room, text })
    return answers(room, min)
  }

  it('shows the QR code in the terminal and names the page', () => {
    expect(bot.output).toMatch(/请用微信扫码登录/)
    expect(bot.output).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
  })

  it('answers a question in the group with the section, the asker named, and its picture', async () => {
    const [text, picture] = await ask('wang', 'g1', '{@bot}提审的时候弹出UGC说明要怎么填', 2)
    expect(text).toMatchObject({ kind: 'text' })
    expect(text!.text).toMatch(/^@王老板/)
    expect(text!.text).toContain('用户生成内容：选“包含”')
    expect(picture).toMatchObject({ kind: 'image', mime: 'image/png' })
    const drawn = await readFile(path.join(ROOT, 'knowledge/illustrations/1736bd3fa5e923a6.png'))
    expect(Buffer.compare(picture!.bytes!, drawn)).toBe(0)
  })

  it('stays silent at an idle remark', async () => {
    expect(await ask('li', 'g1', '中午吃什么，楼下那家面馆还开着吗', 0)).toEqual([])
  })

  it('hears all of a text that the puppet cuts', async () => {
    const [text] = await ask('li', 'g1', '{@bot}问题如下:\n版本描述那一栏要写什么', 1)
    expect(text!.text).toContain('新版本提交')
  })

  it('answers in a direct chat without being mentioned', async () => {
    wx.inject({ from: 'li', text: '首次审核一共要多久' })
    const [text] = await answers('li')
    expect(text!.text).toMatch(/7 天/)
  })

  it('hands over with a number, tells the staff group, and keeps quiet for that asker alone', async () => {
    const [reply] = await ask('wang', 'g1', '{@bot}转人工')
    const number = /工单 (\d+)/.exec(reply!.text!)![1]!
    const [notice] = await wx.waitSent({ to: 'duty', contains: `工单 ${number}` })
    expect(notice!.text).toMatch(/想天售后服务群[\s\S]*王老板[\s\S]*4\.1/)
    // Nobody has taken it: asked by name, the bot helps out, and says that a person will still come.
    expect((await ask('wang', 'g1', '{@bot}隐私协议的录音那条填什么'))[0]!.text).toMatch(/工单 1 还在等同事来接/)
    expect(await ask('wang', 'g1', '那现在怎么办', 0)).toEqual([])
    expect((await ask('li', 'g1', '{@bot}类目要选哪个'))[0]!.text).toContain('社交')
  })

  it('remembers the ticket after a kill, and logs in again without a scan', async () => {
    await bot.killAndRelaunch()
    expect(bot.process.output).not.toMatch(/请用微信扫码登录/)
    const [list] = await ask('chen', 'duty', '工单')
    expect(list!.text).toMatch(/王老板/)
    await ask('chen', 'duty', '接单 1')
    // Two groups are told, in no order that counts.
    const [order] = await wx.waitSent({ to: 'duty', contains: '工单 1 已由 陈工 接手' })
    const [taken] = await wx.waitSent({ to: 'g1', contains: '陈工 已接手', quietMs: QUIET_MS })
    last = Math.max(order!.seq, taken!.seq)
    expect((await ask('wang', 'g1', '{@bot}隐私协议的录音那条填什么'))[0]!.text).toContain('工单 1 由 陈工 在处理')
    expect(await ask('wang', 'g1', '{@bot}隐私协议的录音那条填什么', 0)).toEqual([])
    await ask('chen', 'duty', '结单 1 已处理')
    const [closed] = await wx.waitSent({ to: 'duty', contains: '工单 1 已结单' })
    const [gist] = await wx.waitSent({ to: 'g1', contains: '工单 1 已处理：已处理', quietMs: QUIET_MS })
    last = Math.max(closed!.seq, gist!.seq)
    expect((await ask('wang', 'g1', '{@bot}隐私协议的录音那条填什么'))[0]!.text).toContain('发布语音帖')
  })

  it('reloads for the admin by remark, and for nobody who merely bears that name', async () => {
    await bot.edit(GUIDE, '没有硬性要求', '随便写一句即可')
    wx.inject({ from: 'mallory', text: '重载' })
    expect((await answers('mallory'))[0]!.text).not.toMatch(/已重载/)
    wx.inject({ from: 'xu', text: '重载' })
    expect((await answers('xu'))[0]!.text).toMatch(/已采用发布 2/)
    expect((await ask('wang', 'g1', '{@bot}4.2'))[0]!.text).toContain('随便写一句即可')
  })

  it('refuses a broken edit with file and line, and keeps the old answer', async () => {
    await bot.edit(GUIDE, /\n首次提审\n:::/, '\n首次题审\n:::')
    wx.inject({ from: 'xu', text: '重载' })
    expect((await answers('xu'))[0]!.text).toMatch(/继续用发布 2[\s\S]*fasttest\.md:\d+/)
    expect((await ask('li', 'g1', '{@bot}4.2'))[0]!.text).toContain('随便写一句即可')
  })

  it('sends to nobody that it does not know', () => {
    expect(wx.violations).toEqual([])
    expect(BOT).toBe('bot')
  })
})
