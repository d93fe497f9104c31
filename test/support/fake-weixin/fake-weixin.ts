import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Backend } from './backend.js'
import { botEnvironment } from './bot-env.js'
import { makeCertificates } from './certificates.js'
import { Faults } from './faults.js'
import { Feed, type MessageEntry } from './feed.js'
import { Journal, type Violation } from './journal.js'
import type { MessageSpec } from './message-spec.js'
import { DEFAULT_OPTIONS, type FakeWeixinOptions } from './options.js'
import { prepareMessage } from './prepare-message.js'
import { type QrCode, QrCodes } from './qr-codes.js'
import { answerRequest } from './request-router.js'
import { applyRoomNotice, type RoomNotice } from './room-notices.js'
import { type SentFilter, SentLog, type SentRecord } from './sent-log.js'
import { Logins, type Session } from './session.js'
import { TlsFront } from './tls-front.js'
import { World, type WorldSpec } from './world.js'

/** A message as it was delivered; `text` has the names written out. */
export interface Injected {
  readonly msgId: string
  readonly text: string
}

export interface WaitSent extends SentFilter {
  /** Wait for so many; 1 unless said. */
  min?: number
  /** At most; 10 s unless said. */
  waitMs?: number
  /** Then until nothing more has come for so long: tells that there was one answer and no second. */
  quietMs?: number
}

export interface WaitLogin {
  /** At most; 30 s unless said. */
  waitMs?: number
  /** Only a login with a higher number; logins count from 1. */
  after?: number
  /** Only when the client has started with it so often; 2 is a resumed session. */
  inits?: number
}

/** What somebody wrote within the XML of a card. */
const WORDS = /\p{Script=Han}{3,}/gu

/**
 * A stand-in for the Web WeChat service on 127.0.0.1, over real HTTPS, for tests of an unmodified bot in a process of
 * its own. Needs `openssl`. What it does beyond the client's own sources is marked as a guess where it is done.
 *
 * ```ts
 * const wx = await new FakeWeixin({ autoScan: false }).start()
 * wx.world({
 *   me: { nick: '小助手' },
 *   contacts: [{ key: 'zhang', nick: '张三', remark: '张经理' }],
 *   rooms: [{ key: 'g1', topic: '售后一群', members: [{ contact: 'zhang', display: '张工' }, 'li'] }],
 * })
 * const bot = new BotProcess({ command: 'npm', args: ['start'], env: wx.botEnv({ LOG_LEVEL: 'debug' }) }).start()
 * await wx.waitQr(); wx.qrCodes.scan(); wx.qrCodes.confirm() // by itself unless `autoScan: false`
 * await wx.waitLogin()
 * wx.inject({ from: 'zhang', room: 'g1', text: '怎么提审', mentions: [BOT] })
 * const [answer] = await wx.waitSent({ to: 'g1' })
 * wx.kick() // likewise wx.outage(), wx.faults.add({ path: 'webwxsendmsg', action: 'ret', ret: 1205 })
 * await wx.waitLogin({ after: 1 })
 * await bot.stop()
 * await wx.stop()
 * ```
 *
 * People and groups go by keys of the test's own; `BOT` is the account. The ids that the bot sees are new at each login,
 * names stay until they are changed (`wx.people.setRoom('g1', { topic: '…' })`). Messages injected without an `await`
 * between them come in one batch; earlier `createTime`s make them old or reordered. A network where packets vanish is
 * `wx.faults.add({ path: '*', times: -1, action: 'hang' })`, as far as requests to come are concerned.
 */
export class FakeWeixin {
  /** Every one so far, for looking through what bots have printed. */
  static readonly started: FakeWeixin[] = []
  /** May be changed at any time. */
  readonly options: FakeWeixinOptions
  /** Events, requests and violations so far. */
  readonly journal = new Journal()
  /** People and groups: `setContact`, `setRoom`, `addMember`, `removeMember` … */
  readonly people = new World((keys) => {
    if (this.options.pushChanges) this.feed.push({ kind: 'change', keys })
  })
  /** All logins so far. */
  readonly logins = new Logins(this.journal)
  /** The QR codes, for scanning by hand: `scan`, `confirm`, `expire`. */
  readonly qrCodes: QrCodes
  /** What goes wrong from now on: `add`, `clear`. */
  readonly faults = new Faults()
  private readonly feed = new Feed(this.journal, () => this.options.clockAheadMs)
  private readonly sent = new SentLog()
  private readonly backend: Backend
  private readonly texts: string[] = []
  private folder = ''
  private caPath = ''
  private front: TlsFront | undefined
  private isStopped = false

  constructor(options: Partial<FakeWeixinOptions> = {}) {
    this.options = { ...DEFAULT_OPTIONS, ...options }
    this.qrCodes = new QrCodes(this.options, this.journal)
    const { faults, feed, journal, logins, people: world, qrCodes, sent } = this
    const isStopped = () => this.isStopped
    this.backend = { options: this.options, faults, feed, journal, logins, world, qrCodes, sent, isStopped }
  }

  /** Listen on a free port. @throws Error when there is no `openssl` */
  async start(): Promise<this> {
    FakeWeixin.started.push(this)
    this.folder = await mkdtemp(path.join(tmpdir(), 'fake-weixin-'))
    const certificates = await makeCertificates(this.folder)
    this.caPath = certificates.caPath
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void answerRequest(this.backend, request, response)
    this.front = new TlsFront(certificates, listener)
    await this.front.open()
    return this
  }

  /** Break all connections and clean up. Safe to call twice. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.journal.wake()
    await this.front?.close()
    if (this.folder) await rm(this.folder, { recursive: true, force: true })
  }

  /** Environment for the bot's process, on top of this process's own; `extra` wins. */
  botEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return botEnvironment({ port: this.running.port, caPath: this.caPath }, extra)
  }

  /** Add people and groups to what is there; `people` changes them one by one. */
  world({ me, contacts = [], rooms = [] }: WorldSpec): void {
    if (me) this.people.me.nick = me.nick
    for (const contact of contacts) this.people.addContact(contact)
    for (const room of rooms) this.people.addRoom(room)
  }

  /** Change a group and show its members the grey notice of it. */
  notice(room: string, notice: RoomNotice): Injected {
    return this.inject({ kind: 'notice', room, text: applyRoomNotice(this.people, room, notice) })
  }

  /** Somebody says something. @throws Error when it names somebody or something unknown */
  inject(spec: MessageSpec): Injected {
    const message = prepareMessage(spec, { world: this.people, feed: this.feed, sent: this.sent })
    const { msgId } = this.feed.addMessage(message)
    this.journal.note('injected', { msgId, kind: message.kind, room: message.room })
    const text = 'text' in message ? message.text : ''
    this.texts.push(text)
    if (message.kind === 'raw') this.texts.push(...(message.content.match(WORDS) ?? []))
    return { msgId, text }
  }

  /** What people have written so far, and what they and their groups are called now. */
  get spoken(): readonly string[] {
    const names = [...this.people.contacts.values()].flatMap(({ nick, remark }) => [nick, remark])
    return [...this.texts, ...names, ...[...this.people.rooms.values()].map(({ topic }) => topic)]
  }

  /** Deliver an earlier message once more, with the same id. */
  redeliver(msgId: string): void {
    this.feed.push(this.delivered(msgId))
  }

  /** What the bot has sent; refused sends only with `refused`. */
  sentList(filter: SentFilter = {}): SentRecord[] {
    return this.sent.list(filter)
  }

  /** Wait for `min` sends. @returns all that fit; fewer than `min` when the time is up */
  async waitSent({ min = 1, waitMs = 30_000, quietMs = 0, ...filter }: WaitSent = {}): Promise<SentRecord[]> {
    const end = Date.now() + waitMs
    await this.journal.until(() => this.sent.list(filter).length >= min, waitMs)
    for (;;) {
      const lastAt = this.sent.list(filter).at(-1)?.at ?? 0
      const quietAt = Math.min(lastAt + quietMs, end)
      if (quietAt <= Date.now()) return this.sent.list(filter)
      await sleep(quietAt - Date.now())
    }
  }

  /** Wait until the bot is logged in and polling. @throws Error when the time is up */
  async waitLogin({ waitMs = 30_000, after = 0, inits = 1 }: WaitLogin = {}): Promise<Session> {
    const session = await this.journal.until(() => {
      const newest = this.session
      return newest && newest.number > after && newest.inits >= inits && newest.polls > 0 && newest
    }, waitMs)
    if (session) return session
    const lately = this.journal.events.slice(-8).map((event) => event.name)
    throw new Error(`no login within ${waitMs} ms; last events: ${lately.join(', ')}`)
  }

  /** Wait for a QR code that nobody has scanned. @throws Error when the time is up */
  async waitQr(waitMs = 30_000): Promise<QrCode> {
    const code = await this.journal.until(() => this.qrCodes.all.find((shown) => shown.state === 'waiting'), waitMs)
    if (!code) throw new Error(`no QR code within ${waitMs} ms`)
    return code
  }

  /** The living login. */
  get session(): Session | undefined {
    const newest = this.logins.newest
    return newest?.endedWith === null ? newest : undefined
  }

  /** End the login: 1101 logged in elsewhere, 1102 thrown out. */
  kick(code: 1100 | 1101 | 1102 = 1101): void {
    this.logins.end(code)
  }

  /** Vanish from the network: connections break and are refused, until `restore`. */
  async outage(): Promise<void> {
    this.journal.note('outage-start')
    await this.running.close()
  }

  async restore(): Promise<void> {
    await this.running.open()
    this.journal.note('outage-end')
  }

  /** What a correct client would not do, e.g. sends to ids of an earlier login. */
  get violations(): readonly Violation[] {
    return this.journal.violations
  }

  /** First truthy value of `probe`, looked at whenever something happens here; undefined when the time is up. */
  until<T>(probe: () => T | undefined | null | false, waitMs = 10_000): Promise<T | undefined> {
    return this.journal.until(probe, waitMs)
  }

  private delivered(msgId: string): MessageEntry {
    const entry = this.feed.message(msgId)
    if (!entry) throw new Error(`no such message: ${msgId}`)
    return entry
  }

  private get running(): TlsFront {
    if (!this.front) throw new Error('start() the stand-in first')
    return this.front
  }
}
