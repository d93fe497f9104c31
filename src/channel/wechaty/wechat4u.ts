import { chmod, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MemoryCard } from 'memory-card'
import { WechatyBuilder } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import type { Puppet, payloads } from 'wechaty-puppet'
import { MINUTE_MS } from '../../base/time.js'
import { ConfigError } from '../../errors.js'
import type { Log, WeChatTime } from '../../model/ports.js'
import { LatestWrite, noteRefused, noteWritten, readKept, writeDurably, writeKept } from '../../store/json-file.js'

/** An error as wechat4u emits it. It carries cookies and keys: never log it whole. */
export interface Wechat4uError {
  readonly message: string
  readonly name?: string
  /** WeChat's number, from a refused request. */
  readonly actual?: unknown
  readonly code?: unknown
  readonly response?: { readonly status?: unknown }
}

/** The part of the library behind wechaty-puppet-wechat4u that we look at. It is private there, hence `findWechat4u`. */
export interface Wechat4u {
  /** Milliseconds since the epoch of the last successful poll; 0 before the first login. */
  lastSyncTime: number
  /** `CONF.STATE.login` while it polls. */
  readonly state: string
  readonly CONF: { readonly STATE: { readonly login: string } }
  /** Asks for a scan. */
  start(): unknown
  /** Gives the session up: logs out at the server, then emits `logout`, upon which the puppet wipes its card. */
  stop(): void
  handleMsg(messages: readonly RawMessage[]): void
  on(event: 'error', listener: (error: Wechat4uError) => void): unknown
  on(event: 'logout' | 'login', listener: () => void): unknown
  on(event: 'init', listener: (answer: { readonly SystemTime?: unknown }) => void): unknown
}

interface RawMessage {
  readonly Content?: unknown
}

/** @returns undefined for any other puppet, before the start, and when a new version looks different */
export function findWechat4u(puppet: object): Wechat4u | undefined {
  const { wechat4u } = puppet as { readonly wechat4u?: unknown }
  return looksLikeWechat4u(wechat4u) ? wechat4u : undefined
}

function looksLikeWechat4u(value: unknown): value is Wechat4u {
  if (typeof value !== 'object' || value === null) return false
  const { lastSyncTime, state, CONF, start, stop, handleMsg, on } = value as Partial<Record<keyof Wechat4u, unknown>>
  const states = (CONF as { STATE?: { login?: unknown } } | undefined)?.STATE
  return (
    typeof lastSyncTime === 'number' &&
    typeof state === 'string' &&
    typeof states?.login === 'string' &&
    [start, stop, handleMsg, on].every((method) => typeof method === 'function')
  )
}

/** When the last poll succeeded, in milliseconds since the epoch; undefined while it does not poll. */
export function lastPollMs({ lastSyncTime, state, CONF }: Wechat4u): number | undefined {
  return state === CONF.STATE.login && lastSyncTime > 0 ? lastSyncTime : undefined
}

/** Session ended: 1100 on the phone, 1101 elsewhere, 1102 by WeChat; 1203 login not allowed. */
const ENDED = new Set([1100, 1101, 1102, 1203])

/** Whether WeChat itself says that the session is over; anything else may pass. */
export const saysSessionEnded = ({ actual }: Wechat4uError): boolean => ENDED.has(Number(actual))

/** Whether WeChat was not reached, or something else answered in its place. */
export function isFailedRequest({ name, code, actual, response }: Wechat4uError): boolean {
  if (actual !== undefined) return false // an answer of WeChat's own that was not the expected one
  const status = Number(response?.status)
  return typeof code === 'string' || status >= 500 || name === 'TypeError' || name === 'SyntaxError'
}

/** Emoji as the service may send them. */
const EMOJI_SPAN = /<span.*?class="emoji emoji([0-9a-f]{4,5})"><\/span>/gi
// wechat4u's own pattern for its hidden command.
const LOGOUT_COMMAND = /^(.\udf1a\u0020\ud83c.){3}$/

/**
 * wechat4u logs the account out when anybody writes three pairs of moons in a direct chat. Such a message is dropped
 * unheard.
 */
export function dropLogoutCommands(wechat4u: Wechat4u): void {
  const handle = wechat4u.handleMsg
  wechat4u.handleMsg = (messages) =>
    handle.call(
      wechat4u,
      messages.filter((message) => !isLogoutCommand(message)),
    )
}

function isLogoutCommand({ Content }: RawMessage): boolean {
  if (typeof Content !== 'string') return false
  const text = Content.replace(EMOJI_SPAN, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
  return LOGOUT_COMMAND.test(text)
}

/** Each is read within seconds, a picture's too. */
const KEPT_RAW_MESSAGES = 1_000

/**
 * The puppet keeps the last 10,000 to 20,000 messages as they came, for an hour or until as many others have come. A
 * quote or a mini-program takes up to some 30 KB, so that busy groups would cost hundreds of megabytes.
 */
export function keepFewRawMessages(puppet: object): void {
  const { cacheMessageRawPayload: kept } = puppet as { readonly cacheMessageRawPayload?: Partial<RawMessages> }
  kept?.resize?.(KEPT_RAW_MESSAGES)
}

interface RawMessages {
  resize(size: number): void
}

const SHORT_NAMES: Readonly<Record<string, string>> = { wechat4u: 'wechaty-puppet-wechat4u' }

/**
 * The real Wechaty on a puppet.
 *
 * @param puppet one of ours, or the name of a puppet's package
 * @param dataDir where the login card is kept, so that a restart needs no scan
 * @param memory the card itself, where we look after it; default: a file of Wechaty's own
 * @throws ConfigError when that package is not installed
 */
export function buildWechaty(puppet: Puppet | string, dataDir: string, memory?: MemoryCard): WechatyInterface {
  if (typeof puppet !== 'string') return WechatyBuilder.build({ puppet })
  requirePackage(packageOf(puppet))
  if (packageOf(puppet) === GATEWAY) requireGateway(process.env)
  return WechatyBuilder.build({
    name: cardName(puppet, dataDir),
    ...(memory && { memory }),
    // Wechaty types the puppets that it knows by name; any other package is loaded the same way.
    puppet: packageOf(puppet) as 'wechaty-puppet-wechat4u',
  })
}

/** The puppet that speaks to a gateway; without these it would crash again and again. */
const GATEWAY = 'wechaty-puppet-service'

/**
 * Looks whether a gateway is named. Where an authority is set, that tells the endpoint for the token.
 *
 * @throws ConfigError naming each variable that is missing or wrong
 */
export function requireGateway(env: NodeJS.ProcessEnv): void {
  const {
    WECHATY_PUPPET_SERVICE_TOKEN: token = '',
    WECHATY_PUPPET_SERVICE_ENDPOINT: endpoint = '',
    WECHATY_PUPPET_SERVICE_AUTHORITY: authority = '',
  } = env
  const isNamed = /^[\w.-]+:\d{1,5}$/.test(endpoint)
  const problems = [
    ...(token === ''
      ? ['WECHATY_PUPPET_SERVICE_TOKEN: 请填网关的令牌，例如 puppet_padlocal_…，或者自建网关的令牌']
      : []),
    ...(endpoint === '' && authority === ''
      ? [
          'WECHATY_PUPPET_SERVICE_ENDPOINT: 请填网关的地址和端口，例如 192.0.2.8:8788；由服务商按令牌分配的，填 WECHATY_PUPPET_SERVICE_AUTHORITY',
        ]
      : []),
    ...(endpoint !== '' && !isNamed
      ? ['WECHATY_PUPPET_SERVICE_ENDPOINT: 应该写成“地址:端口”，例如 192.0.2.8:8788，前面不要 http://']
      : []),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
}

function requirePackage(name: string): void {
  try {
    import.meta.resolve(name)
  } catch {
    throw new ConfigError([`puppet: 没有安装 ${name}。请改正名字，或者先运行 npm install ${name}`])
  }
}

/** The file in which the puppet of that name keeps its login. */
export const cardPath = (puppet: string, dataDir: string): string => `${cardName(puppet, dataDir)}.memory-card.json`

export const isWechat4u = (puppet: string): boolean => packageOf(puppet) === SHORT_NAMES.wechat4u

const packageOf = (puppet: string): string => SHORT_NAMES[puppet] ?? puppet

const cardName = (puppet: string, dataDir: string): string => join(dataDir, packageOf(puppet).replace(/[^\w-]/g, '_'))

/** What wechaty-puppet-wechat4u keeps to itself. */
interface Connection {
  /** Seconds since the epoch; set anew at each login, and whenever it connects again by itself. */
  startTime?: unknown
}

interface LogUnheardRawMessage {
  readonly MsgId?: unknown
  readonly MsgType?: unknown
  /** Seconds since the epoch. */
  readonly CreateTime?: unknown
}

/** What is older, nobody waits for any more. */
export const HEARS_BACK_MS = 10 * MINUTE_MS

/** The list of open chats, which looks like a message. */
const STATUS_NOTIFY = 51

/**
 * The puppet drops what was said before it was connected, without a word: after an outage, what people wrote meanwhile.
 * The log names these messages. To be called as soon as the puppet has started; does nothing with other puppets.
 */
export function logUnheard(puppet: object, log: Log): void {
  const wechat4u = findWechat4u(puppet)
  if (!wechat4u) return
  const handle = wechat4u.handleMsg
  wechat4u.handleMsg = (messages) => {
    const { startTime } = puppet as Connection
    for (const { MsgId, MsgType, CreateTime } of messages as readonly LogUnheardRawMessage[]) {
      if (MsgType !== STATUS_NOTIFY && Number(CreateTime) < Number(startTime))
        log.info({ messageId: MsgId, reason: 'too-old' }, 'not heard, said before the bot was connected')
    }
    handle.call(wechat4u, messages)
  }
}

/**
 * Makes the puppet reckon with WeChat's time instead of the machine's. By a clock that is ahead it would drop what people
 * say as older than its connection; by one that jumps it would think that it has not polled for days. To be called as
 * soon as the puppet has started; does nothing with other puppets.
 *
 * What was said while the connection was broken is heard, should WeChat bring it: messages are known by their ids, so that
 * nothing is heard twice.
 *
 * @param awayMs how long before the start of the process nobody listened; absent: nobody ever did
 */
export function keepWeChatTime(puppet: object, time: WeChatTime, awayMs?: number): void {
  const wechat4u = findWechat4u(puppet)
  if (!wechat4u) return
  wechat4u.on('init', ({ SystemTime: seconds }) => {
    if (typeof seconds === 'number' && seconds > 0) time.told(seconds * 1000)
  })
  // The puppet's own listener comes first, and takes the machine's time.
  let sinceMs: number | undefined
  wechat4u.on('login', () => {
    const nowMs = time.now()
    const before = awayMs === undefined ? nowMs : (time.startedMs?.() ?? nowMs) - awayMs
    sinceMs = Math.max(sinceMs ?? before, nowMs - HEARS_BACK_MS)
    ;(puppet as Connection).startTime = Math.floor(sinceMs / 1000)
  })
  let polledMs = wechat4u.lastSyncTime
  let polledRunningMs = performance.now()
  Object.defineProperty(wechat4u, 'lastSyncTime', {
    configurable: true,
    enumerable: true,
    get: () => (polledMs === 0 ? 0 : Date.now() - (performance.now() - polledRunningMs)),
    set: (ms: number) => {
      polledMs = ms
      polledRunningMs = performance.now()
    },
  })
}

/** What every puppet has and Wechaty's interface hides. Unlike Wechaty's own answers these come from no cache. */
export interface RawPuppet {
  messageRawPayload(messageId: string): Promise<unknown>
  contactRawPayload(contactId: string): Promise<unknown>
  contactRawPayloadParser(raw: unknown): Promise<payloads.Contact>
  roomRawPayload(roomId: string): Promise<unknown>
  roomRawPayloadParser(raw: unknown): Promise<payloads.Room>
  roomMemberRawPayload(roomId: string, contactId: string): Promise<unknown>
  roomMemberRawPayloadParser(raw: unknown): Promise<payloads.RoomMember>
}

export const rawPuppet = (bot: WechatyInterface): RawPuppet => bot.puppet as unknown as RawPuppet

export interface CardFound {
  /** There is a session to resume: no scan is needed as long as WeChat still accepts it. */
  readonly hasSession: boolean
  /** Since when WeChat refuses the last session, in milliseconds since the epoch; undefined after a login. */
  readonly refusedSinceMs: number | undefined
}

const OWNER_ONLY = 0o600
const NO_SESSION = '{}'

/**
 * Looks after the memory card, in which the puppet keeps the session in clear: only its owner may read it, and a copy
 * lies beside it, because wechat4u wipes the card when the network is away for a minute. Whether anybody logged out is
 * told by the copy alone: it goes when WeChat itself has refused the session.
 *
 * The puppet would write the card in place, and a card that is not written would end the run: on a full disk that would
 * take the session away, and everybody would have to scan. Here it is tried again until the disk takes it.
 */
export class CardKeeper {
  /** For Wechaty; to be loaded once the card is prepared. */
  readonly memory: MemoryCard
  readonly #card: string
  readonly #copy: string
  readonly #refused: string
  readonly #log: Log
  readonly #writes: LatestWrite
  readonly #copies: LatestWrite
  /** What the card holds, and the copy is to hold. */
  #text = ''
  #kept = ''

  /** @param card path of the memory card, `….memory-card.json` */
  constructor(card: string, log: Log) {
    this.#card = card
    this.#copy = card.replace(/\.json$/, '.copy.json')
    this.#refused = card.replace(/\.json$/, '.refused.json')
    this.#log = log
    const tellFailed = (error: unknown): void => this.#warn(error, 'login card could not be kept')
    this.#writes = new LatestWrite(() => writeKept(this.#card, this.#text), tellFailed)
    this.#copies = new LatestWrite(() => writeKept(this.#copy, this.#kept), tellFailed)
    this.memory = KeptCard.in({
      load: async () => parse(this.#text) as Awaited<ReturnType<CardStorage['load']>>,
      save: (content) => this.#save(JSON.stringify(content)),
      destroy: () => this.#save(NO_SESSION),
    })
  }

  /**
   * To be called before the puppet reads the card: restores it when it was wiped or damaged.
   *
   * @throws StoreError when a card can't be read that there is, and no copy helps: another scan would end that login
   */
  async prepare(): Promise<CardFound> {
    const read = await readKept(this.#card).catch((error: Error) => error)
    this.#text = read instanceof Error ? '' : (read ?? '')
    this.#kept = (await readKept(this.#copy).catch(() => undefined)) ?? ''
    if (!holdsSession(this.#text)) {
      if (holdsSession(this.#kept)) {
        await this.#save(this.#kept)
        this.#log.info({}, 'login card restored from its copy')
      } else if (read instanceof Error) throw read
    }
    this.#writes.catchUp(this.#card)
    this.#copies.catchUp(this.#copy)
    const hasSession = await this.keep()
    const refusedSinceMs = hasSession ? undefined : (await stat(this.#refused).catch(() => undefined))?.mtimeMs
    return { hasSession, refusedSinceMs }
  }

  /**
   * Copies the card if it holds a session.
   *
   * @returns whether it does
   */
  async keep(): Promise<boolean> {
    const text = await this.#current()
    if (text === '') return false
    await this.#close()
    if (!holdsSession(text)) return false
    if (text === ((await readKept(this.#copy).catch(() => undefined)) ?? '')) return true
    if (this.#copies.isBehind && text === this.#kept) return true // it is being tried
    this.#kept = text
    await this.#copies.now()
    return true
  }

  /** WeChat refuses the session: neither card nor copy is tried again. What they held is kept, for the operator. Never throws. */
  async setAside(): Promise<void> {
    const card = await this.#current()
    const refused = holdsSession(card) ? card : ((await readKept(this.#copy).catch(() => undefined)) ?? '')
    await writeDurably(this.#refused, refused).catch((error) => this.#warn(error, 'refused login card not kept'))
    await this.#remove(this.#copy)
    await this.#remove(this.#card)
    this.#log.warn({}, 'WeChat refuses the session, login card set aside')
  }

  /** There is a new login; what was refused before is of no more use. */
  async forgetRefused(): Promise<void> {
    await rm(this.#refused, { force: true }).catch(() => undefined) // seen to again in some seconds
  }

  /** What the card holds, be it that the disk has not taken it yet. */
  async #current(): Promise<string> {
    return this.#writes.isBehind ? this.#text : ((await readKept(this.#card).catch(() => undefined)) ?? '')
  }

  async #save(text: string): Promise<void> {
    this.#text = text
    await this.#writes.now()
  }

  /** Earlier versions left the card as the puppet wrote it. */
  async #close(): Promise<void> {
    const mode = (await stat(this.#card).catch(() => undefined))?.mode ?? OWNER_ONLY
    if ((mode & 0o777) !== OWNER_ONLY)
      await chmod(this.#card, OWNER_ONLY).catch((error) => this.#warn(error, 'login card is open to others'))
  }

  /** Where the disk lets nothing go, the next run is told that there is no session. */
  async #remove(path: string): Promise<void> {
    try {
      await rm(path, { force: true })
      noteWritten(path)
    } catch (error) {
      noteRefused(path, NO_SESSION)
      this.#warn(error, 'refused login card not removed')
    }
  }

  #warn(error: unknown, what: string): void {
    this.#log.warn({ error: (error as NodeJS.ErrnoException).code }, what)
  }
}

/** As Wechaty's own, but for where it is kept. */
class KeptCard extends MemoryCard {
  static in(storage: Pick<CardStorage, 'load' | 'save' | 'destroy'>): MemoryCard {
    const card = new KeptCard()
    card.storage = storage as CardStorage
    return card
  }
}

type CardStorage = NonNullable<MemoryCard['storage']>

/** Where wechaty-puppet-wechat4u keeps its session within the memory card, below the puppet's own name space. */
const SESSION_SLOT = /PUPPET-WECHAT4U$/

/**
 * Whether the text of a memory card holds a session that can be resumed. The card is written in place, so it may be cut
 * short, and after a logout it is `{}`.
 */
function holdsSession(cardText: string): boolean {
  const card = parse(cardText)
  const session = Object.entries(card).find(([slot]) => SESSION_SLOT.test(slot))?.[1]
  const { PROP: keys } = asRecord(session)
  const { uin, sid, skey } = asRecord(keys)
  return [uin, sid, skey].every((key) => (typeof key === 'string' && key !== '') || typeof key === 'number')
}

function parse(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return {} // cut short
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Has the puppet write its card anew: keys and cookies change while a session lasts. Other puppets are left alone. */
export async function rewriteCard(puppet: object): Promise<void> {
  const { memory } = puppet as { readonly memory?: { readonly save?: () => Promise<void> } }
  await memory?.save?.()
}
