import { readFile, stat } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MessageSpec } from '../support/fake-weixin/message-spec.js'
import { pngPicture } from '../support/fake-weixin/pictures.js'
import type { SentRecord } from '../support/fake-weixin/sent-log.js'
import { BOT } from '../support/fake-weixin/world.js'
import { WechatBot } from '../support/wechat-bot.js'

const QUIET_MS = 2_500
/** What a bot says that knows of the asker's open ticket. */
const HELD = '还在等同事来接'
/** Gets an answer only when it is put to the bot, and one with section 4.1 when it is. */
const QUESTION = '提审的时候弹出UGC说明要怎么填'
const GREETING = '在吗'
const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** One account goes through its days, in order: later steps build on earlier ones. */
describe('the bot among the traps of WeChat', () => {
  const bot = new WechatBot()
  const { wx } = bot
  let last = 0

  beforeAll(() =>
    bot.start({
      config: ['sending: { pacing: off, maxAgeSeconds: 10 }', 'rooms: { staffRoom: 过审值班群 }'],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'li', nick: '小李' },
        { key: 'zhao', nick: '赵总' },
        { key: 'twin', nick: '过审小助手', friend: false },
        { key: 'liu1', nick: '小刘', friend: false },
        { key: 'liu2', nick: '小刘', friend: false },
        { key: 'chen', nick: '陈工' },
        { key: 'xu', nick: '徐经理', remark: '管理员' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'li', 'zhao', 'chen'] },
        { key: 'amp', topic: '名字带符号', members: ['li', { contact: BOT, display: 'A&B 助手' }] },
        { key: 'moon', topic: '名字带表情', members: ['li', { contact: BOT, display: '助手🌙' }] },
        { key: 'twins', topic: '有人同名', members: ['li', 'twin'] },
        { key: 'named', topic: '有人同名而我有群昵称', members: ['li', 'twin', { contact: BOT, display: '机器人' }] },
        { key: 'same1', topic: '同名群', members: ['li'] },
        { key: 'same2', topic: '同名群', members: ['li'] },
        { key: 'lius', topic: '两个小刘', members: ['liu1', 'liu2'] },
        { key: 'duty', topic: '过审值班群', members: ['chen', 'xu'] },
      ],
    }),
  )

  afterEach(() => {
    wx.options.sendLatencyMs = 0
    wx.faults.clear()
  })

  afterAll(() => bot.end())

  /** What the bot sends from now on, once it has been quiet for a while. */
  async function answers({ to, min = 1 }: { to?: string; min?: number } = {}): Promise<readonly SentRecord[]> {
    const filter = { after: last, ...(to !== undefined && { to }) }
    // Silence is waited for as for one bubble that does not come.
    const wait = min === 0 ? { waitMs: QUIET_MS } : { min, waitMs: 20_000, quietMs: QUIET_MS }
    const sent = await wx.waitSent({ ...filter, ...wait })
    last = Math.max(last, ...sent.map(({ seq }) => seq))
    return sent
  }

  async function hears(spec: MessageSpec, min = 1): Promise<readonly SentRecord[]> {
    wx.inject(spec)
    const to = spec.room ?? ('from' in spec ? spec.from : undefined)
    return answers({ ...(to !== undefined && { to }), min })
  }

  const texts = (sent: readonly SentRecord[]): readonly string[] => sent.flatMap(({ text }) => text ?? [])
  const ticketOf = (sent: readonly SentRecord[]): string => /工单 (\d+)/.exec(texts(sent).join())![1]!

  /** What the staff group reads about a ticket. */
  async function notice(number: string): Promise<string> {
    const [sent] = await wx.waitSent({ to: 'duty', contains: `工单 ${number}\n`, waitMs: 20_000 })
    last = Math.max(last, sent!.seq)
    return sent!.text!
  }

  it('hears a text whole: cut lines, &, <, emoji', async () => {
    const words = '我要转人工:\n1. A & B <页面>\n2. 卡住了🌙'
    const number = ticketOf(await hears({ from: 'zhao', text: words }))
    expect(await notice(number)).toContain(`问题：\n${words.replace(/^/gm, '> ')}`)
    const inGroup = ticketOf(await hears({ from: 'zhao', room: 'g1', text: `{@bot}${words}` }))
    expect(await notice(inGroup)).toContain(`问题：\n${words.replace(/^/gm, '> ')}`)
  })

  it('is addressed by what stands after a quote, not by what is quoted', async () => {
    const quote = { name: '小李', text: `@过审小助手 ${GREETING}` }
    expect(await hears({ kind: 'quote', from: 'wang', room: 'g1', text: '同问', quote }, 0)).toEqual([])
    const mentioning = { kind: 'quote', from: 'wang', room: 'g1', text: `${QUESTION} @过审小助手`, quote } as const
    expect(texts(await hears(mentioning)).join()).toContain('用户生成内容')
  })

  it.each([
    ['as phones do it', { room: 'g1', text: `{@bot}${GREETING}` }],
    ['with a blank', { room: 'g1', text: GREETING, mentions: [BOT], separator: ' ' }],
    ['with nothing between', { room: 'g1', text: `@过审小助手${GREETING}` }],
    ['at the end', { room: 'g1', text: `${GREETING}@过审小助手` }],
    ['by a display name with & and a blank', { room: 'amp', text: `{@bot}${GREETING}` }],
    ['by a display name with an emoji', { room: 'moon', text: `{@bot}${GREETING}` }],
    ['by its nick where it has a display name', { room: 'amp', text: `@过审小助手 ${GREETING}` }],
    ['by its display name where a member has its nick', { room: 'named', text: `{@bot}${GREETING}` }],
  ])('knows that it is mentioned %s', async (_how, spec) => {
    expect(await hears({ from: 'li', ...spec })).toHaveLength(1)
  })

  it.each([
    ['everybody is', { room: 'g1', text: `@所有人\u2005${GREETING}` }],
    ['its name stands there without an @', { room: 'same1', text: `过审小助手 ${GREETING}` }],
    ['a member who bears its nick is', { room: 'named', text: `{@twin}${GREETING}` }],
    ['nobody can tell whether that member is', { room: 'twins', text: `{@bot}${GREETING}` }],
  ])('knows that it is not mentioned when %s', async (_how, spec) => {
    expect(await hears({ from: 'li', ...spec }, 0)).toEqual([])
  })

  it('answers what is surely for it where a member bears its own name', async () => {
    expect(texts(await hears({ from: 'li', room: 'twins', text: `{@bot}${QUESTION}` })).join()).toContain(
      '用户生成内容',
    )
  })

  it('answers the same message once, though it comes three times', async () => {
    expect(await hears({ from: 'li', room: 'g1', text: `{@bot}${GREETING}`, repeat: 3 })).toHaveLength(1)
  })

  it('leaves what is older than its start', async () => {
    const createTime = nowSeconds() - 600
    expect(await hears({ from: 'li', room: 'g1', text: `{@bot}${GREETING}`, createTime }, 0)).toEqual([])
  })

  it('hears in the order in which people see it', async () => {
    const second = nowSeconds()
    // The later one first; of one second, what holds an @ takes the puppet longer.
    wx.inject({ from: 'li', room: 'g1', text: '{@bot}版本描述怎么写', createTime: second + 1 })
    wx.inject({ from: 'wang', room: 'g1', text: '{@bot}在吗', createTime: second })
    expect(texts(await answers({ to: 'g1', min: 2 })).map((text) => text.slice(0, 3))).toEqual(['@王老', '@小李'])
  })

  it('takes what the owner writes on the phone for a colleague: says nothing to it, and leaves the question', async () => {
    expect(await hears({ from: BOT, room: 'moon', text: QUESTION }, 0)).toEqual([])
    wx.options.sendLatencyMs = 2_500
    wx.inject({ from: 'li', room: 'amp', text: `{@bot}${GREETING}` }) // keeps the line busy
    await wx.until(() =>
      wx.journal.requests.some(({ name, status }) => name === 'webwxsendmsg' && status === undefined),
    )
    // Where nobody else waits for a person, so that it is clear who is answered.
    wx.inject({ from: 'li', room: 'moon', text: `{@bot}${QUESTION}` })
    wx.inject({ from: BOT, room: 'moon', text: '我来答：选包含' })
    expect((await answers({ min: 1 })).map(({ to }) => to)).toEqual(['amp'])
    await bot.waitOutput(/"reason":"colleague-answered"/)
  })

  it('does not answer a question that was taken back', async () => {
    wx.options.sendLatencyMs = 2_500
    wx.inject({ from: 'li', room: 'amp', text: `{@bot}${GREETING}` })
    await wx.until(() =>
      wx.journal.requests.some(({ name, status }) => name === 'webwxsendmsg' && status === undefined),
    )
    const { msgId } = wx.inject({ from: 'li', room: 'g1', text: `{@bot}${GREETING}` })
    wx.inject({ kind: 'recall', from: 'li', room: 'g1', recalls: msgId })
    expect((await answers({ min: 1 })).map(({ to }) => to)).toEqual(['amp'])
    await bot.waitOutput(/"reason":"recalled"/)
  })

  it('fetches a picture at once, and knows by its first bytes that an error page is none', async () => {
    const fetched = () => wx.journal.requests.filter(({ name, status }) => name === 'webwxgetmsgimg' && status === 200)
    wx.inject({ kind: 'image', from: 'li', bytes: pngPicture() })
    await wx.until(() => fetched().length === 1)
    await answers({ to: 'li' })
    expect(bot.output).not.toContain('not a picture')
    wx.inject({ kind: 'image', from: 'li', bytes: Buffer.from('<html>expired</html>') })
    await bot.waitOutput(/"byteCount":20,"msg":"not a picture, or too large"/)
    await answers({ to: 'li' })
    await answers({ min: 0 }) // a picture is handed over, and the staff group hears of it
  })

  it('does not answer when it is too late', async () => {
    wx.options.sendLatencyMs = 12_000
    wx.inject({ from: 'li', room: 'amp', text: `{@bot}${GREETING}` })
    await wx.until(() =>
      wx.journal.requests.some(({ name, status }) => name === 'webwxsendmsg' && status === undefined),
    )
    wx.inject({ from: 'li', room: 'g1', text: `{@bot}${GREETING}` })
    expect((await answers({ min: 1 })).map(({ to }) => to)).toEqual(['amp'])
    await bot.waitOutput(/"reason":"(?:too-old|held-back)"/)
  })

  it('says nothing twice when the answer of WeChat is lost', async () => {
    wx.faults.add({ path: 'webwxsendmsg', action: 'lost-answer' })
    expect(await hears({ from: 'li', room: 'g1', text: `{@bot}${GREETING}` })).toHaveLength(1)
    await bot.waitOutput(/the bubble may have been said/)
    expect(await hears({ from: 'li', room: 'g1', text: `{@bot}${GREETING}` })).toHaveLength(1)
  })

  it('keeps groups of one name apart, and tells an operator once', async () => {
    await hears({ from: 'li', room: 'same1', text: '{@bot}转人工' })
    expect(texts(await hears({ from: 'li', room: 'same1', text: `{@bot}${QUESTION}` })).join()).toContain(HELD)
    expect(texts(await hears({ from: 'li', room: 'same2', text: `{@bot}${QUESTION}` })).join()).toContain(
      '用户生成内容',
    )
    expect(bot.output.match(/"kind":"room","msg":"several bear one name/g)).toHaveLength(1)
  })

  it('keeps members of one name apart, and tells an operator once', async () => {
    await hears({ from: 'liu1', room: 'lius', text: '{@bot}转人工' })
    expect(texts(await hears({ from: 'liu1', room: 'lius', text: `{@bot}${QUESTION}` })).join()).toContain(HELD)
    expect(texts(await hears({ from: 'liu2', room: 'lius', text: `{@bot}${QUESTION}` })).join()).toContain(
      '用户生成内容',
    )
    expect(bot.output.match(/"kind":"person","msg":"several bear one name/g)).toHaveLength(1)
  })

  it('knows group and member by their ticket after both were renamed, and after a login with new ids', async () => {
    await hears({ from: 'wang', room: 'g1', text: '{@bot}转人工' })
    wx.notice('g1', { kind: 'topic', by: 'li', topic: '想天售后一群' })
    wx.people.setContact('wang', { nick: '王总' })
    expect(texts(await hears({ from: 'wang', room: 'g1', text: `{@bot}${QUESTION}` })).join()).toContain(HELD)
    const before = wx.session!.number
    wx.kick()
    await bot.online({ after: before })
    expect(texts(await hears({ from: 'wang', room: 'g1', text: `{@bot}${QUESTION}` })).join()).toContain(HELD)
    expect(texts(await hears({ from: 'li', room: 'g1', text: `{@bot}${GREETING}` }))).toHaveLength(1)
  })

  it('gives nothing of before to groups and members of one name in the new login', async () => {
    expect(texts(await hears({ from: 'li', room: 'same1', text: `{@bot}${GREETING}` }))).toHaveLength(1)
    expect(texts(await hears({ from: 'liu1', room: 'lius', text: `{@bot}${GREETING}` }))).toHaveLength(1)
  })

  it('ends the run when a send is refused because the session is over, and says the notice after the next login', async () => {
    const { number } = wx.session!
    wx.options.sendLatencyMs = 2_500
    wx.inject({ from: 'li', room: 'amp', text: `{@bot}${GREETING}` }) // keeps the line busy
    await wx.until(() =>
      wx.journal.requests.some(({ name, status }) => name === 'webwxsendmsg' && status === undefined),
    )
    const { msgId } = wx.inject({ from: 'li', room: 'named', text: '{@bot}转人工' })
    await bot.waitOutput(new RegExp(`"messageId":"${msgId}".*"kind":"escalate"`))
    wx.kick()
    await bot.waitOutput(/"reason":"a send was refused, the session is over"/)
    await bot.online({ after: number })
    const told = await wx.waitSent({ to: 'duty', after: last, contains: '有人同名而我有群昵称', waitMs: 20_000 })
    expect(told).toHaveLength(1)
    last = told[0]!.seq
  })

  it('says a notice for staff after it was killed, and answers nothing again', async () => {
    const { msgId } = wx.inject({ from: 'li', room: 'g1', text: `{@bot}${GREETING}`, createTime: nowSeconds() + 300 })
    expect(await answers({ to: 'g1' })).toHaveLength(1)
    wx.faults.add({ path: 'webwxsendmsg', to: 'duty', action: 'ret', ret: 1204, times: -1 })
    const number = ticketOf(await hears({ from: 'li', room: 'moon', text: '{@bot}转人工' }))
    bot.process.kill('SIGKILL')
    wx.faults.clear()
    await bot.killAndRelaunch()
    expect(await notice(number)).toContain('名字带表情')
    wx.redeliver(msgId)
    expect(await answers({ to: 'g1', min: 0 })).toEqual([])
    const file = bot.file('data', 'outbox.json')
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ notices: [] })
    for (const name of ['outbox.json', 'identities.json', 'heard.json']) {
      expect((await stat(bot.file('data', name))).mode & 0o777).toBe(0o600)
    }
  })

  it('sends nowhere but to the right groups, and logs neither secrets nor names', () => {
    expect(wx.violations).toEqual([])
    for (const { sid, skey } of wx.logins.all) expect(bot.output).not.toMatch(new RegExp(`${sid}|${skey}`))
    const lines = bot.output.split('\n').filter((line) => line.startsWith('{'))
    expect(lines.join('\n')).not.toMatch(/王老板|想天售后|弹出UGC/)
  })

  it('says nothing more after "too many requests", also after a restart', async () => {
    const sends = () => wx.journal.requests.filter(({ name }) => /^webwxsend/.test(name)).length
    wx.faults.add({ path: 'webwxsendmsg', action: 'ret', ret: 1205 })
    wx.inject({ from: 'li', room: 'g1', text: `{@bot}${GREETING}` })
    await bot.waitOutput(/too many sends/)
    const before = sends()
    wx.inject({ from: 'li', room: 'amp', text: `{@bot}${GREETING}` })
    await bot.waitOutput(/"reason":"held-back"/)
    await bot.killAndRelaunch()
    wx.inject({ from: 'li', room: 'amp', text: `{@bot}${GREETING}` })
    await bot.waitOutput(/"reason":"held-back"/)
    expect(sends()).toBe(before)
  })
})
