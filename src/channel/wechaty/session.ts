import { type ClientRequest, request } from 'node:http'
import { Agent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { ScanStatus } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import type { Clock, Log, LoginState, LoginStatus, Session } from '../../model/ports.js'
import {
  type CardKeeper,
  dropLogoutCommands,
  findWechat4u,
  isFailedRequest,
  lastPollMs,
  rewriteCard,
  saysSessionEnded,
  type Wechat4u,
  type Wechat4uError,
} from './wechat4u.js'

export interface SessionOptions {
  /** Looks after the login of wechat4u; absent with other puppets. */
  readonly keeper?: CardKeeper | undefined
  /** Age in ms of the last successful poll at which nothing is heard any more. */
  readonly pollLimitMs: number
  readonly clock: Clock
  readonly log: Log
  /** The process is to be started anew; `reason` is fit for a log. Called once. */
  readonly onEnd: (reason: string) => void
}

const CARD_CHECK_MS = 5_000
const CHECKS_PER_REWRITE = 120 // every ten minutes: cookies change while a session lasts

/**
 * Makes ready what a login needs before Wechaty starts: the card restored, the listeners in place. With other puppets
 * than wechat4u there is no card of ours to keep, no network to wait for and no poll to look at; a logout or a burst of
 * errors ends the run all the same.
 */
export async function openSession(bot: WechatyInterface, options: SessionOptions): Promise<Session> {
  const { keeper, clock, log } = options
  const card = (await keeper?.prepare()) ?? { hasSession: false, refusedSinceMs: undefined }
  await keeper?.memory.load()
  const listeners = new Set<(state: LoginState) => void>()
  const watch = new SessionWatch(bot, {
    ...options,
    firstState: firstLoginState({ ...card, nowMs: clock.now() }),
    onState: (state) => {
      for (const listener of listeners) listener(state)
    },
    onEnd: (end) => void setAsideIfRefused(end).finally(() => options.onEnd(end.reason)),
  })
  watch.listen()
  const upkeep = keeper && keepCardUp(keeper, { bot, isLoggedIn: () => watch.state.status === 'logged-in', log })

  async function setAsideIfRefused({ kind }: SessionEnd): Promise<void> {
    clearInterval(upkeep)
    if (kind === 'refused') await keeper?.setAside()
  }

  return {
    login: () => watch.state,
    pollAgeMs: () => watch.pollAgeMs(),
    onState: (listener) => {
      listeners.add(listener)
      listener(watch.state)
    },
    networkReady: async (onAway = () => {}) => void (keeper && (await waitForNetwork({ log, onAway }))),
    started: () => watch.watch(),
    sendRefused: () => watch.sendRefused(),
    stop: () => {
      clearInterval(upkeep)
      watch.stop()
    },
  }
}

interface Upkeep {
  readonly bot: WechatyInterface
  readonly isLoggedIn: () => boolean
  readonly log: Log
}

/** While logged in: the copy follows the card, which the puppet writes in its own time. */
function keepCardUp(keeper: CardKeeper, { bot, isLoggedIn, log }: Upkeep): NodeJS.Timeout {
  let checks = 0
  const check = async (): Promise<void> => {
    if (!isLoggedIn()) return
    if (++checks % CHECKS_PER_REWRITE === 0) await rewriteCard(bot.puppet)
    if (await keeper.keep()) await keeper.forgetRefused()
  }
  const timer = setInterval(() => {
    check().catch((error: NodeJS.ErrnoException) => log.warn({ error: error.code }, 'login card could not be kept'))
  }, CARD_CHECK_MS)
  return timer.unref()
}

export type LoginEvent =
  /** There is a QR code to scan; a new one replaces the old. */
  | { readonly kind: 'code'; readonly qrText: string }
  | { readonly kind: 'login' }
  /** Nothing is heard, but the session may still be good. */
  | { readonly kind: 'trouble' }
  /** Something is heard again. */
  | { readonly kind: 'recovered' }
  /** WeChat says that the session has ended. */
  | { readonly kind: 'refused' }

/** How a run of the bot begins, by what is known of earlier ones. */
export function firstLoginState({
  hasSession,
  refusedSinceMs,
  nowMs,
}: {
  readonly hasSession: boolean
  readonly refusedSinceMs: number | undefined
  readonly nowMs: number
}): LoginState {
  if (hasSession) return { status: 'reconnecting', sinceMs: nowMs }
  if (refusedSinceMs !== undefined) return { status: 'kicked', sinceMs: refusedSinceMs }
  return { status: 'starting', sinceMs: nowMs }
}

/**
 * What an event makes of a state.
 *
 * @returns the same object when nothing changes; `sinceMs` moves only with the status
 */
export function nextLoginState(state: LoginState, event: LoginEvent, nowMs: number): LoginState {
  switch (event.kind) {
    case 'login':
      return become(state, 'logged-in', nowMs)
    case 'recovered':
      return state.status === 'reconnecting' ? become(state, 'logged-in', nowMs) : state
    case 'trouble':
      return state.status === 'logged-in' ? become(state, 'reconnecting', nowMs) : state
    case 'refused':
      return become(state, 'kicked', nowMs)
    case 'code': {
      if (state.qrText === event.qrText) return state
      // After a kick the code is only the way back: people want to know of the kick until it is mended.
      const status = state.status === 'kicked' ? 'kicked' : 'waiting-scan'
      return { ...become(state, status, nowMs), qrText: event.qrText }
    }
  }
}

function become(state: LoginState, status: LoginStatus, nowMs: number): LoginState {
  if (state.status === status) return state
  return { status, sinceMs: nowMs }
}

/**
 * Why a fresh process is needed. `refused`: WeChat has ended the session; `lost`: nothing is heard any more, and the
 * session may still be good.
 */
export type SessionEnd = { readonly kind: 'refused' | 'lost'; readonly reason: string }

export interface SessionWatchOptions {
  readonly firstState: LoginState
  /** Age in ms at which a last successful poll means that nothing is heard any more. A quiet poll takes up to 25 s. */
  readonly pollLimitMs: number
  readonly clock: Clock
  readonly log: Log
  readonly onState: (state: LoginState) => void
  /** Called once; the process is to end. */
  readonly onEnd: (end: SessionEnd) => void
}

const TICK_MS = 2_000
// The first look after the event loop stood still may come before the answer of a poll that has long been there.
const OVERDUE_TICKS = 2
/** Between two looks passed more than this: the machine slept, and its network needs a while to be back. */
const SLEPT_MS = 10_000
const WAKING_TICKS = 5
const RESUME_LIMIT_MS = 20_000 // resuming takes a second or two
const BURST_ERRORS = 20
const BURST_MS = 10_000
/** wechat4u has failed three times and will try once more in 5 s. */
const FAILING = /^连续\d+次同步失败|^状态同步超过/
/** What gRPC says when the stream of a gateway breaks: CANCELLED, INTERNAL, UNAVAILABLE. Nothing is heard from then on. */
const GATEWAY_GONE = /\b(?:1 CANCELLED|13 INTERNAL|14 UNAVAILABLE)\b/
/** That has failed as well: 60 s from here it would give the session up. */
const GIVEN_UP = /^重启时网络错误/

/**
 * Watches over one login, from the outside for any puppet and from the inside for wechat4u: whatever would leave the
 * bot deaf, half logged in or without its session ends this run, and a fresh process resumes.
 */
export class SessionWatch {
  readonly #bot: WechatyInterface
  readonly #options: SessionWatchOptions
  #state: LoginState
  #wechat4u: Wechat4u | undefined
  #lastError: Wechat4uError | undefined
  #refusedAtMs = Number.NEGATIVE_INFINITY
  #errorsAtMs: number[] = []
  #troubleAtMs = 0
  #overdueTicks = 0
  #lookedMs = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(bot: WechatyInterface, options: SessionWatchOptions) {
    this.#bot = bot
    this.#options = options
    this.#state = options.firstState
  }

  get state(): LoginState {
    return this.#state
  }

  /** Milliseconds since the last successful poll; undefined where the puppet does not tell, and while logged out. */
  pollAgeMs(): number | undefined {
    const atMs = this.#wechat4u && lastPollMs(this.#wechat4u)
    return atMs === undefined ? undefined : Math.max(0, this.#options.clock.now() - atMs)
  }

  /** Before the puppet starts. */
  listen(): void {
    this.#options.onState(this.#state)
    this.#bot.on('scan', (qrText, status) => {
      if (status === ScanStatus.Waiting) this.#onCode(qrText)
    })
    this.#bot.on('login', () => this.#note({ kind: 'login' }))
    // A login within the same process would leave dead groups and people in Wechaty's lists.
    this.#bot.on('logout', () => this.#end({ kind: 'lost', reason: 'logged out' }))
    this.#bot.on('error', ({ message }) => this.#onError(message))
  }

  /** As soon as the puppet has started; the session is resumed at this very moment. */
  watch(): void {
    const startedMs = this.#options.clock.now()
    this.#wechat4u = findWechat4u(this.#bot.puppet)
    if (this.#wechat4u) this.#holdSession(this.#wechat4u)
    tendConnections(this.#bot.puppet)
    this.#timer = setInterval(() => this.#tick(startedMs), TICK_MS)
    this.#timer.unref()
  }

  /**
   * A send was refused because the session is over: what else is to be said would be lost as well until polling gives
   * up, some 11 s later. Where the last poll was refused too, that is certain; else a fresh process tries to resume.
   */
  sendRefused(): void {
    const age = this.pollAgeMs() ?? Number.POSITIVE_INFINITY
    const pollRefused = this.#refusedAtMs > this.#options.clock.now() - age
    this.#end({ kind: pollRefused ? 'refused' : 'lost', reason: 'a send was refused, the session is over' })
  }

  stop(): void {
    this.#ended = true
    clearInterval(this.#timer)
  }

  /** From now on wechat4u can't throw the session away: it may ask, and a fresh process decides. */
  #holdSession(wechat4u: Wechat4u): void {
    dropLogoutCommands(wechat4u)
    wechat4u.on('error', (error) => {
      this.#lastError = error
      if (saysSessionEnded(error)) this.#refusedAtMs = this.#options.clock.now()
    })
    // `stop` is replaced below, so this comes only when WeChat has refused to resume.
    wechat4u.on('logout', () => {
      if (this.#hasSession()) this.#end({ kind: 'refused', reason: 'session ended by WeChat' })
    })
    const giveUp = wechat4u.stop
    wechat4u.stop = () => {
      const error = this.#lastError
      if (this.#hasSession()) {
        const refused = error !== undefined && saysSessionEnded(error)
        this.#end({ kind: refused ? 'refused' : 'lost', reason: error?.message ?? 'puppet gave up' })
      } else if (error && isFailedRequest(error)) this.#end({ kind: 'lost', reason: error.message })
      else giveUp.call(wechat4u) // the QR code has expired: it makes a new one
    }
  }

  #hasSession(): boolean {
    return this.#state.status === 'logged-in' || this.#state.status === 'reconnecting'
  }

  #onCode(qrText: string): void {
    // The session was there, and instead of a login comes a code: it was not accepted.
    if (this.#hasSession()) this.#end({ kind: 'refused', reason: 'a scan is asked for' })
    else this.#note({ kind: 'code', qrText })
  }

  #onError(message: string): void {
    const nowMs = this.#options.clock.now()
    this.#errorsAtMs = [...this.#errorsAtMs.filter((atMs) => atMs > nowMs - BURST_MS), nowMs].slice(-BURST_ERRORS)
    if (this.#errorsAtMs.length >= BURST_ERRORS) this.#end({ kind: 'lost', reason: 'too many errors of the puppet' })
    else if (GIVEN_UP.test(message)) this.#end({ kind: 'lost', reason: 'WeChat cannot be reached' })
    else if (GATEWAY_GONE.test(message)) this.#end({ kind: 'lost', reason: 'the gateway is gone' })
    else if (FAILING.test(message)) {
      this.#troubleAtMs = nowMs
      this.#note({ kind: 'trouble' })
    }
  }

  #tick(startedMs: number): void {
    const nowMs = this.#options.clock.now()
    if (nowMs - this.#lookedMs > SLEPT_MS) this.#overdueTicks = -WAKING_TICKS
    this.#lookedMs = nowMs
    const age = this.pollAgeMs()
    if (age === undefined) {
      if (this.#wechat4u && this.#hasSession() && nowMs - startedMs > RESUME_LIMIT_MS)
        this.#end({ kind: 'lost', reason: 'the session was not resumed in time' })
      return
    }
    this.#overdueTicks = age > this.#options.pollLimitMs ? this.#overdueTicks + 1 : 0
    if (this.#overdueTicks >= OVERDUE_TICKS)
      this.#end({ kind: 'lost', reason: `no successful poll for ${Math.round(age / 1000)} s` })
    else if (nowMs - age > this.#troubleAtMs) this.#note({ kind: 'recovered' })
  }

  #note(event: LoginEvent): void {
    const next = nextLoginState(this.#state, event, this.#options.clock.now())
    if (this.#ended || next === this.#state) return
    if (next.status !== this.#state.status) this.#options.log.info({ status: next.status }, 'login state')
    this.#state = next
    this.#options.onState(next)
  }

  #end(end: SessionEnd): void {
    if (this.#ended) return
    this.#note({ kind: end.kind === 'refused' ? 'refused' : 'trouble' })
    this.stop()
    // Upon a refusal the puppet asks for a scan at once; nobody would see that code.
    if (this.#wechat4u) this.#wechat4u.start = () => undefined
    this.#options.onEnd(end)
  }
}

/** Where a login begins; if it answers, the rest of WeChat's hosts are as good as there. */
const LOGIN_HOST = 'login.wx.qq.com'
const TIMEOUT_MS = 5_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5_000 // the network shall not be back for long unnoticed
// Should the probe be wrong about the network, the bot tries its luck all the same.
const GIVE_UP_MS = 15 * 60_000

export interface NetworkWait {
  readonly log: Log
  readonly onAway?: (host: string) => void
  /** Whether WeChat can be reached just now; never throws. */
  readonly probe?: () => Promise<boolean>
  readonly firstWaitMs?: number
  readonly giveUpMs?: number
}

/**
 * Resolves once WeChat can be reached. Two lines in the log at most, however long it takes.
 *
 * @returns false when it could not be reached for a quarter of an hour
 */
export async function waitForNetwork({
  log,
  onAway = () => {},
  probe = canReachWechat,
  firstWaitMs = FIRST_WAIT_MS,
  giveUpMs = GIVE_UP_MS,
}: NetworkWait): Promise<boolean> {
  if (await probe()) return true
  log.warn({ host: LOGIN_HOST }, 'WeChat cannot be reached, waiting for the network')
  onAway(LOGIN_HOST)
  const startedMs = performance.now()
  const waitedMs = (): number => Math.round(performance.now() - startedMs)
  for (let waitMs = firstWaitMs; waitedMs() < giveUpMs; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    await delay(waitMs)
    if (!(await probe())) continue
    log.info({ waitedMs: waitedMs() }, 'network is back')
    return true
  }
  log.warn({ waitedMs: waitedMs() }, 'network is still away, trying all the same')
  return false
}

/**
 * A TLS handshake with the login host: a hotel's log-in page takes connections too, but has no such certificate. Behind
 * a proxy, the proxy has to say that it gets through.
 */
export function canReachWechat(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const proxy = proxyFor(LOGIN_HOST, env)
  return proxy ? proxyConnects(proxy) : handshakes()
}

function handshakes(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOGIN_HOST, port: 443, servername: LOGIN_HOST })
    const end = (reached: boolean) => (): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.setTimeout(TIMEOUT_MS, end(false))
    socket.once('secureConnect', end(true)).once('error', end(false))
  })
}

function proxyConnects(proxy: URL): Promise<boolean> {
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return new Promise((resolve) => {
    const asked = request({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: `${LOGIN_HOST}:443`,
      headers: {
        host: `${LOGIN_HOST}:443`,
        ...(credentials === ':'
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
    })
    const end = (reached: boolean): void => {
      asked.destroy()
      resolve(reached)
    }
    asked.setTimeout(TIMEOUT_MS, () => end(false))
    asked.once('connect', ({ statusCode }) => end(statusCode === 200))
    asked.once('response', () => end(false)).once('error', () => end(false))
    asked.end()
  })
}

/** The proxy that the puppet's own requests take, by the usual variables. */
export function proxyFor(host: string, env: NodeJS.ProcessEnv): URL | undefined {
  const proxy = env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY
  if (!proxy || !/^https?:/.test(proxy) || !URL.canParse(proxy)) return undefined
  const spared = (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter(Boolean)
  const isSpared = spared.some((name) => name === '*' || host === name || host.endsWith(name.replace(/^\*?\.?/, '.')))
  return isSpared ? undefined : new URL(proxy)
}

interface PuppetRequest {
  readonly httpsAgent?: Agent
  readonly url?: string
  readonly headers?: object
}

/** The part of wechat4u through which all its requests go; it is private there. */
interface Requester {
  request(options: PuppetRequest): Promise<unknown>
}

/** Node then asks once a second and gives up after ten: 15 s in all, where a request waits for 60 s. */
const SILENT_MS = 5_000

/**
 * Has TCP ask whether the other end is still there. A poll says nothing for up to 25 s, and when the way to WeChat has
 * changed meanwhile (another address, a router that was started anew) nobody would tell: now the poll fails within
 * 15 s, and wechat4u polls again. Other puppets are left alone.
 *
 * wechat4u connects anew for each request, which is half of what a message costs on its way in. Polls keep their
 * connection, as those of WeChat's own page do; what is sent does not, since a stale connection would lose it.
 */
export function tendConnections(puppet: object): void {
  const wechat4u = findWechat4u(puppet) as Partial<Requester> | undefined
  if (typeof wechat4u?.request !== 'function') return
  const ask = wechat4u.request
  const httpsAgent = new CheckingAgent()
  const kept = new CheckingAgent({ keepAlive: true, keepAliveMsecs: SILENT_MS, timeout: KEPT_MS })
  wechat4u.request = (options) => {
    const anew = () => ask({ httpsAgent, ...options })
    if (!POLL.test(options.url ?? '')) return anew()
    const headers = { ...options.headers, connection: 'keep-alive' }
    return ask({ httpsAgent: kept, ...options, headers }).catch((error: unknown) => {
      // The other end has closed it just now: nothing was asked yet, and to ask twice does no harm.
      if (wasStale(error)) return anew()
      throw error
    })
  }
}

const POLL = /\/(?:synccheck|webwxsync)(?:[?#]|$)/
/** Unused for longer, the other end may be about to close it. */
const KEPT_MS = 5_000

/** As axios tells it, with what follows redirects in between. */
function wasStale(error: unknown): boolean {
  const { code, request } = error as {
    readonly code?: unknown
    readonly request?: {
      readonly reusedSocket?: boolean
      readonly _currentRequest?: { readonly reusedSocket?: boolean }
    }
  }
  const { reusedSocket } = request?._currentRequest ?? request ?? {}
  return reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE')
}

class CheckingAgent extends Agent {
  override createConnection(
    options: RequestOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const stream = super.createConnection(options, done)
    // Asked for earlier, it would come with a delay of 60 s.
    const socket = stream as TLSSocket | undefined
    socket?.once('connect', () => socket.setKeepAlive(true, SILENT_MS))
    return stream
  }

  /** Of a connection that was kept the same is asked again, behind whoever hears of it. */
  override reuseSocket(socket: Duplex, asking: ClientRequest): void {
    super.reuseSocket(socket, asking)
    asking.once('socket', (used) => queueMicrotask(() => used.setKeepAlive(true, SILENT_MS)))
  }
}
