import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BotProcess } from '../support/fake-weixin/bot-process.js'
import { FakeWeixin } from '../support/fake-weixin/fake-weixin.js'
import { pngPicture } from '../support/fake-weixin/pictures.js'
import { BOT } from '../support/fake-weixin/world.js'

const TSX = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url))
const ECHO_BOT = fileURLToPath(new URL('../support/echo-bot.ts', import.meta.url))
const PICTURE = pngPicture({ width: 96, height: 64 })

interface EchoEvent {
  readonly event: string
  readonly [fact: string]: unknown
}

/** One bot goes through all of it, as one account does; each test leaves it logged in. */
describe('the Web WeChat stand-in with the real puppet', () => {
  const wx = new FakeWeixin({ autoScan: false })
  let folder: string
  let trace: string
  let bot: BotProcess

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'echo-bot-'))
    trace = path.join(folder, 'connections.jsonl')
    await wx.start()
    wx.world({
      me: { nick: '小助手' },
      contacts: [
        { key: 'zhang', nick: '张三', remark: '张经理' },
        { key: 'li', nick: '李四', friend: false },
      ],
      rooms: [{ key: 'g1', topic: '售后一群', members: [{ contact: 'zhang', display: '张工' }, 'li'] }],
    })
    bot = startBot()
  })

  afterAll(async () => {
    await bot?.stop({ signal: 'SIGKILL' })
    await wx.stop()
    await rm(folder, { recursive: true, force: true })
  })

  function startBot(): BotProcess {
    return new BotProcess({
      command: TSX,
      args: [ECHO_BOT],
      cwd: folder,
      env: wx.botEnv({ FAKE_WEIXIN_TRACE: trace, WECHATY_LOG: 'error' }),
    }).start()
  }

  function events(name: string): EchoEvent[] {
    const lines = bot.output.split('\n').filter((line) => line.startsWith('{"event":'))
    return lines.map((line) => JSON.parse(line) as EchoEvent).filter(({ event }) => event === name)
  }

  async function heard(msgId: string): Promise<EchoEvent> {
    await bot.waitOutput(new RegExp(`"id":"${msgId}".*\n`))
    return events('message').find(({ id }) => id === msgId)!
  }

  it('logs the bot in when a person scans and confirms', async () => {
    const code = await wx.waitQr()
    await bot.waitOutput(/"status":"Waiting"/)
    expect(events('scan')[0]?.code).toBe(`https://login.weixin.qq.com/l/${code.uuid}`)
    wx.qrCodes.scan()
    await bot.waitOutput(/"status":"Scanned"/)
    expect(wx.session).toBeUndefined()
    wx.qrCodes.confirm()
    await wx.waitLogin()
    await bot.waitOutput(/"event":"login".*\n/)
    expect(events('login')[0]).toMatchObject({ name: '小助手', id: wx.session?.contactId(BOT) })
  })

  it('carries a group text with a mention there and the answer back', async () => {
    const { msgId, text } = wx.inject({ from: 'zhang', room: 'g1', text: '怎么 <提审>？\n急', mentions: [BOT] })
    expect(text).toBe('@小助手\u2005怎么 <提审>？\n急')
    expect(await heard(msgId)).toMatchObject({
      ...{ type: 'Text', text, talker: '张三', alias: '张经理', topic: '售后一群', self: false },
      roomId: wx.session?.roomId('g1'),
    })
    const sent = await wx.waitSent({ to: 'g1', quietMs: 500 })
    expect(sent).toMatchObject([{ kind: 'text', toKind: 'room', text: '收到：怎么 <提审>？\n急', ret: 0 }])
  })

  it('carries a direct message there and the answer back', async () => {
    const { msgId } = wx.inject({ from: 'zhang', text: '在吗' })
    const message = await heard(msgId)
    expect(message).toMatchObject({ talker: '张三', text: '在吗' })
    expect(message).not.toHaveProperty('topic')
    expect(await wx.waitSent({ to: 'zhang' })).toMatchObject([{ toKind: 'contact', text: '收到：在吗' }])
  })

  it('carries a picture both ways without changing a byte', async () => {
    wx.inject({ kind: 'image', from: 'li', room: 'g1', bytes: PICTURE })
    const [sent] = await wx.waitSent({ to: 'g1', kind: 'image' })
    expect(sent).toMatchObject({ fileName: '回图.png', mime: 'image/png' })
    expect(sent?.bytes?.equals(PICTURE)).toBe(true)
  })

  it('takes pictures that come in pieces', async () => {
    const large = Buffer.concat([PICTURE, Buffer.alloc(1_200_000, 7)])
    const after = wx.sentList().at(-1)?.seq ?? 0
    wx.inject({ kind: 'image', from: 'zhang', bytes: large })
    const [sent] = await wx.waitSent({ to: 'zhang', kind: 'image', after })
    expect(sent?.bytes?.equals(large)).toBe(true)
  })

  it('delivers quotes, recalls, notices and what the owner types on the phone', async () => {
    const asked = wx.inject({ from: 'zhang', room: 'g1', text: '原来的问题' })
    const owners = await heard(wx.inject({ from: BOT, room: 'g1', text: '我来答' }).msgId)
    const quote = wx.inject({ kind: 'quote', from: 'li', room: 'g1', text: '同问', quote: { msgId: asked.msgId } })
    const quoted = await heard(quote.msgId)
    const recall = await heard(wx.inject({ kind: 'recall', from: 'zhang', room: 'g1', recalls: asked.msgId }).msgId)
    wx.notice('g1', { kind: 'topic', by: 'zhang', topic: '售后甲群' })
    await bot.waitOutput(/"event":"room-topic".*\n/)

    expect(owners).toMatchObject({ self: true, topic: '售后一群' })
    expect(quoted.type).toBe('Text')
    expect(quoted.text).toMatch(/^「张工：原来的问题」\n[- ]+\n同问$/)
    expect(recall).toMatchObject({ type: 'Recalled' })
    expect(events('room-topic')).toMatchObject([{ topic: '售后甲群', oldTopic: '售后一群' }])
  })

  it('delivers old messages and duplicates as the service does', async () => {
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600
    const old = wx.inject({ from: 'zhang', room: 'g1', text: '旧消息', createTime: anHourAgo })
    const twice = wx.inject({ from: 'zhang', room: 'g1', text: '说了两遍', repeat: 2 })
    await heard(twice.msgId)
    wx.redeliver(twice.msgId)
    await heard(wx.inject({ from: 'zhang', room: 'g1', text: '最后一句' }).msgId)
    const ids = events('message').map(({ id }) => id)
    expect(ids.filter((id) => id === old.msgId)).toHaveLength(0) // the puppet drops what is older than its start
    expect(ids.filter((id) => id === twice.msgId)).toHaveLength(3)
  })

  it('keeps the remark that the bot gives and lets a member choose a display name', async () => {
    wx.inject({ from: 'zhang', text: '备注管理员' })
    await wx.until(() => wx.people.contact('zhang').remark === '管理员')
    expect(wx.people.contact('zhang').remark).toBe('管理员')
    wx.people.addMember('g1', { contact: BOT, display: '过审' })
    const { text } = wx.inject({ from: 'li', room: 'g1', text: '{@bot}在吗' })
    expect(text).toBe('@过审\u2005在吗')
    expect(await wx.waitSent({ to: 'g1', contains: '在吗' })).toHaveLength(1)
  })

  it('refuses sends and loses answers as told', async () => {
    wx.faults.add({ path: 'webwxsendmsg', action: 'ret', ret: 1205 })
    wx.inject({ from: 'zhang', text: '拒绝' })
    await bot.waitOutput(/"event":"failed".*1205/)
    wx.faults.add({ path: 'webwxsendmsg', action: 'lost-answer' })
    wx.inject({ from: 'zhang', text: '丢失' })
    await bot.waitOutput(/"event":"failed".*(hang up|ECONNRESET)/)
    expect(wx.sentList({ contains: '拒绝' })).toHaveLength(0)
    expect(wx.sentList({ contains: '拒绝', refused: true })).toMatchObject([{ ret: 1205 }])
    expect(wx.sentList({ contains: '丢失' })).toHaveLength(1)
  })

  it('comes back from a short outage with the session still good', async () => {
    await wx.outage()
    await bot.waitOutput(/"event":"error"/)
    await wx.restore()
    const { msgId } = wx.inject({ from: 'zhang', room: 'g1', text: '断网之后', mentions: [BOT] })
    await heard(msgId)
    expect(await wx.waitSent({ contains: '断网之后' })).toHaveLength(1)
    expect(wx.logins.all).toHaveLength(1)
  })

  it('resumes the session after SIGKILL with the memory card, without a scan', async () => {
    const roomId = wx.session?.roomId('g1')
    await bot.stop({ signal: 'SIGKILL' })
    expect(bot.processes()).toEqual([])
    await access(path.join(folder, 'echo.memory-card.json'))
    bot = startBot()
    const session = await wx.waitLogin({ inits: 2 })
    await bot.waitOutput(/"event":"login".*\n/)
    const { msgId } = wx.inject({ from: 'zhang', room: 'g1', text: '重启之后', mentions: [BOT] })
    expect((await heard(msgId)).roomId).toBe(roomId)
    expect(await wx.waitSent({ to: 'g1', contains: '重启之后' })).toHaveLength(1)
    expect([session.number, wx.qrCodes.all.length, events('scan').length]).toEqual([1, 1, 0])
  })

  it('gives new ids and the same names after a kick', async () => {
    const before = { room: wx.session?.roomId('g1'), zhang: wx.session?.contactId('zhang') }
    wx.options.autoScan = true
    wx.kick()
    const session = await wx.waitLogin({ after: 1, waitMs: 60_000 })
    await bot.waitOutput(/"event":"login"[\s\S]*"event":"login".*\n/)
    expect(events('logout')).toHaveLength(1)
    const { msgId } = wx.inject({ from: 'zhang', room: 'g1', text: '重新登录之后', mentions: [BOT] })
    const message = await heard(msgId)
    expect(message).toMatchObject({ talker: '张三', alias: '管理员', topic: '售后甲群' })
    expect([message.roomId, message.talkerId]).toEqual([session.roomId('g1'), session.contactId('zhang')])
    expect(message.roomId).not.toBe(before.room)
    expect(message.talkerId).not.toBe(before.zhang)
    expect(await wx.waitSent({ to: 'g1', contains: '重新登录之后' })).toMatchObject([{ login: 2 }])
  })

  it('is all that the bot has talked to', async () => {
    const lines = (await readFile(trace, 'utf8')).trim().split('\n')
    const connections = lines.map((line) => JSON.parse(line) as { host: string; redirected: boolean })
    expect(connections.filter(({ redirected }) => redirected).length).toBeGreaterThan(30)
    expect(connections.filter(({ host, redirected }) => !redirected && !/^(127\.|::1$|localhost$)/.test(host))).toEqual(
      [],
    )
  })

  it('has seen nothing from the puppet that a correct client would not do', () => {
    expect(wx.violations).toEqual([])
  })
})
