import type { z } from 'zod'
import { MINUTE_MS, SECOND_MS } from '../../base/time.js'
import { ConfigError } from '../../errors.js'
import type { Clock, Log, LoginState, LoginStatus, Session } from '../../model/ports.js'
import {
  accountStatus,
  CallError,
  loginInfo,
  type Misfit,
  type OneBotAddress,
  OneBotConnection,
  type OneBotEvent,
  readEvent,
} from './connection.js'

export interface OneBotSessionOptions {
  readonly address: OneBotAddress
  readonly clock: Clock
  readonly log: Log
  /** For whoever sits at the machine, in Chinese. */
  readonly tellOperator: (text: string) => void
  /** The configuration can't work, as the implementation has just said; called before it has ever been reached. */
  readonly onMisconfigured: (error: ConfigError) => void
}

/** What a channel has to hear of. */
export interface OneBotListener {
  onEvent(event: OneBotEvent): void
  /** The account can be used from now on; comes again after every outage. */
  onUp(): void
}

/** A start does not wait longer: the implementation may be started after the bot. */
const FIRST_TRY_MS = 12 * SECOND_MS
const LOOK_MS = 30 * SECOND_MS
/** An implementation that hangs in the middle of its work still answers pings. */
const UNANSWERED = 2
/** A word of the account's end counts for more than one heartbeat that knows nothing of it. */
const ONLINE_REPORTS = 2
/** People read of it at the terminal once in so long. */
const TELL_EVERY_MS = 10 * MINUTE_MS
const WATCH_MS = SECOND_MS
/** An implementation that has let so many heartbeats pass is asked whether it still lives. */
const MISSED_BEATS = 2
const BEAT_LATE_MS = 3 * SECOND_MS
const STATUS_TIMEOUT_MS = 5 * SECOND_MS

/**
 * Where the account stands, by all that the implementation lets us see: the connection, its heartbeats, its word that
 * the account was logged out, and answers that don't come.
 */
export class OneBotSession implements Pick<Session, 'login' | 'pollAgeMs' | 'onState' | 'stop'> {
  readonly #options: OneBotSessionOptions
  readonly #connection: OneBotConnection
  readonly #listeners = new Set<(state: LoginState) => void>()
  #state: LoginState
  #listener: OneBotListener | undefined
  #self: { readonly number: string; readonly nick: string } | undefined
  /** Since this connection was opened. */
  #isUp = false
  #wasUp = false
  #onlineReports = ONLINE_REPORTS
  #answersStatus = false
  #unanswered = 0
  #toldAtMs = Number.NEGATIVE_INFINITY
  /** When the next heartbeat is overdue, by the interval that the last one told. */
  #overdueMs = Number.POSITIVE_INFINITY
  #timers: readonly NodeJS.Timeout[] = []
  #first: PromiseWithResolvers | undefined

  constructor(options: OneBotSessionOptions) {
    this.#options = options
    this.#state = { status: 'starting', sinceMs: options.clock.now(), network: 'QQ' }
    this.#connection = new OneBotConnection({
      address: options.address,
      log: options.log,
      onEvent: (frame) => this.#hear(frame),
      onOpen: () => void this.#greet(),
      onClosed: () => this.#closed(),
      onMisfit: (misfit) => this.#misfit(misfit),
      onDown: (reason) => this.#down(reason),
    })
  }

  /** Resolves when the account can be used, or when that will take longer. @throws ConfigError when it never will */
  async start(listener: OneBotListener): Promise<void> {
    this.#listener = listener
    if (this.#timers.length > 0) return
    this.#timers = [
      setInterval(() => void this.#look(), LOOK_MS).unref(),
      setInterval(() => this.#watchHeartbeat(), WATCH_MS).unref(),
    ]
    const first = withResolvers()
    this.#first = first
    const timer = setTimeout(first.resolve, FIRST_TRY_MS)
    this.#connection.start()
    await first.promise.finally(() => {
      clearTimeout(timer)
      this.#first = undefined
    })
  }

  call<T>(
    action: string,
    params: object,
    options: { readonly answer: z.ZodType<T>; readonly timeoutMs?: number },
  ): Promise<T> {
    return this.#connection.call(action, params, options)
  }

  /** The account's own number; undefined before it was known. */
  get selfNumber(): string | undefined {
    return this.#self?.number
  }

  get selfNick(): string {
    return this.#self?.nick ?? ''
  }

  get isUp(): boolean {
    return this.#isUp && this.#state.status === 'logged-in'
  }

  /** Something came back that only QQ itself knows, or did not: an account can be off without anybody telling. */
  noteReach(isReached: boolean): void {
    if (!this.#isUp || this.#state.status === 'kicked') return
    this.#become(isReached ? 'logged-in' : 'reconnecting')
  }

  login(): LoginState {
    return this.#state
  }

  pollAgeMs(): number | undefined {
    return this.#connection.silentMs()
  }

  onState(listener: (state: LoginState) => void): void {
    this.#listeners.add(listener)
    listener(this.#state)
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#connection.stop()
  }

  async #greet(): Promise<void> {
    const info = await this.#connection.call('get_login_info', {}, { answer: loginInfo }).catch(() => undefined)
    if (info) this.#knows(info.user_id, info.nickname)
    await this.#look()
  }

  /** The implementation has shown that it is one: it said whose account it is. */
  #knows(number: string, nick?: string): void {
    this.#self = { number, nick: nick ?? (this.#self?.number === number ? this.#self.nick : '') }
    if (this.#isUp || !this.#connection.isOpen) return
    this.#isUp = true
    this.#wasUp = true
    this.#onlineReports = ONLINE_REPORTS
    this.#connection.confirm()
    this.#become('logged-in')
    this.#options.log.info({}, 'logged in')
    this.#first?.resolve()
    this.#listener?.onUp()
  }

  #hear(frame: unknown): void {
    const event = readEvent(frame)
    if (!event) {
      this.#options.log.debug({}, 'a frame that is not known')
      return
    }
    if (event.self_id !== undefined) this.#knows(event.self_id)
    if (event.post_type === 'meta_event') {
      if (event.meta_event_type === 'heartbeat' && event.interval !== undefined && event.interval > 0)
        this.#overdueMs = performance.now() + event.interval * MISSED_BEATS + BEAT_LATE_MS
      this.#report(event.status?.online)
    } else if (event.post_type === 'notice' && event.notice_type === 'bot_offline') this.#offline('bot_offline')
    else if (event.post_type === 'message') this.#online()
    this.#listener?.onEvent(event)
  }

  #report(online: boolean | null | undefined): void {
    if (online === false) this.#offline('online: false')
    else if (online === true && ++this.#onlineReports >= ONLINE_REPORTS) this.#online()
  }

  #offline(sign: string): void {
    this.#onlineReports = 0
    if (this.#state.status !== 'kicked') this.#options.log.warn({ sign }, 'the account is off line')
    this.#become('kicked')
  }

  #online(): void {
    this.#onlineReports = ONLINE_REPORTS
    if (!this.#isUp || this.#state.status === 'logged-in') return
    this.#options.log.info({}, 'the account is on line again')
    this.#become('logged-in')
    this.#listener?.onUp()
  }

  /** Not every implementation has heartbeats, or has them switched on. */
  async #look(patience = UNANSWERED): Promise<void> {
    if (!this.#isUp) return
    try {
      const options = { answer: accountStatus, timeoutMs: STATUS_TIMEOUT_MS }
      const { online } = await this.#connection.call('get_status', {}, options)
      this.#answersStatus = true
      this.#unanswered = 0
      this.#report(online)
    } catch (error) {
      if (!(error instanceof CallError) || error.kind !== 'no-answer' || !this.#answersStatus) return
      if (++this.#unanswered >= patience) this.#connection.dropConnection('no answer to get_status')
    }
  }

  /** What answers pings may hang all the same: its heartbeats have stopped, and one question more tells. */
  #watchHeartbeat(): void {
    if (performance.now() < this.#overdueMs) return
    this.#overdueMs = Number.POSITIVE_INFINITY // until the next one
    if (!this.#isUp) return
    this.#options.log.warn({}, 'heartbeats have stopped')
    void this.#look(1)
  }

  #closed(): void {
    this.#isUp = false
    this.#unanswered = 0
    this.#overdueMs = Number.POSITIVE_INFINITY
    this.#become('reconnecting')
  }

  #down(reason: string): void {
    if (this.#state.status === 'starting') this.#become('reconnecting')
    this.#first?.resolve()
    const nowMs = performance.now()
    if (this.#wasUp || nowMs - this.#toldAtMs < TELL_EVERY_MS) return
    this.#toldAtMs = nowMs
    this.#options.tellOperator(say.waiting(reason))
  }

  #misfit(misfit: Misfit): void {
    const { log, address, tellOperator, onMisconfigured } = this.#options
    const wrongToken = say.wrongToken(address.token !== null)
    // What was right once may be right again: somebody is at work there.
    if (this.#wasUp) {
      if (misfit !== 'token' || this.#state.trouble === 'token') return
      log.warn({ misfit }, 'OneBot does not take us any more')
      tellOperator(wrongToken)
      this.#become('reconnecting', 'token')
      return
    }
    log.warn({ misfit }, 'OneBot does not take us')
    this.#connection.stop()
    const error = new ConfigError([misfit === 'token' ? wrongToken : say.notOneBot])
    if (this.#first) this.#first.reject(error)
    else onMisconfigured(error)
  }

  #become(status: LoginStatus, trouble?: LoginState['trouble']): void {
    if (status === this.#state.status && (trouble === undefined || trouble === this.#state.trouble)) return
    this.#state = { status, sinceMs: this.#options.clock.now(), network: 'QQ', ...(trouble && { trouble }) }
    this.#options.log.info({ status, trouble }, 'login state')
    for (const listener of this.#listeners) listener(this.#state)
  }
}

/** For the operator. */
const say = {
  waiting: (reason: string): string =>
    `还没连上 QQ 端（${reason}），会一直重试。请检查 NapCat（或别的 OneBot 实现）是否已启动、onebot.url 的地址和端口是否正确。`,
  wrongToken: (isSet: boolean): string =>
    isSet
      ? 'onebot.token: QQ 端不认这个口令。请和 OneBot 实现里 WebSocket 服务端的 token 写成一样（环境变量 GUOSHEN_ONEBOT_TOKEN）'
      : 'onebot.token: QQ 端要口令。请填上 OneBot 实现里 WebSocket 服务端的 token（环境变量 GUOSHEN_ONEBOT_TOKEN）',
  notOneBot:
    'onebot.url: 这个地址不是 OneBot 的正向 WebSocket 服务端。请填实现里“WebSocket 服务端”的地址，例如 ws://127.0.0.1:3001（不是网页管理端口）',
} as const

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  resolve(): void
  reject(error: Error): void
}

/** Node 20 has no `Promise.withResolvers`. */
function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve, reject }
}
