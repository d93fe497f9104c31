import { setTimeout as delay } from 'node:timers/promises'
import type { AlertFacts, AlertKind, Alerts, Clock, Log } from '../model/ports.js'
import { areAlertFacts, isAlertKind } from './alerts.js'

/** The part of a child process that is needed; `ChildProcess` fits. */
export interface Child {
  readonly pid?: number | undefined
  kill(signal: NodeJS.Signals): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown
  once(event: 'error', listener: (error: Error) => void): unknown
}

export interface SupervisorOptions {
  /** Starts the bot's process. @param downMs since the last run ended; 0 for the first */
  readonly startBot: (downMs: number) => Child
  readonly log: Log
  readonly policy?: RestartPolicy
  /** What the bot says, unchecked. Anything counts as a sign of life. */
  readonly onMessage?: (message: unknown) => void
  /** The bot has ended and will be started again. */
  readonly onRestart?: () => void
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const STOP_GRACE_MS = 10_000 // the bot gives itself 5 s to let out what waits
const TICK_MS = 5_000
// A bot whose event loop stands still for so long (90 s) will not come back. Ticks are counted, not time: after the
// machine has slept, hours have passed and nobody is to blame.
const SILENT_TICKS = 18

/** Keeps one bot process running: starts it, starts it again when it ends or hangs, and ends with it when asked to. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #policy: RestartPolicy
  readonly #stop = new AbortController()
  #child: Child | undefined
  #silentTicks = 0

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#policy = options.policy ?? new RestartPolicy()
  }

  /** @returns the code to exit with, once the bot has ended for good */
  async run(): Promise<number> {
    const watch = setInterval(() => this.#tick(), TICK_MS)
    try {
      for (let endedMs: number | undefined; ; ) {
        const startedMs = performance.now()
        const ended = await this.#live(startedMs - (endedMs ?? startedMs))
        endedMs = performance.now()
        const final = this.#finalCode(ended)
        if (final !== undefined) return final
        await this.#pause(ended, endedMs - startedMs)
        if (this.#stop.signal.aborted) return EXIT.stopped
      }
    } finally {
      clearInterval(watch)
    }
  }

  /** Passes the signal on; a bot that does not end within 10 s is killed. Further calls do nothing. */
  stop(signal: NodeJS.Signals): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    const child = this.#child
    child?.kill(signal)
    setTimeout(() => child?.kill('SIGKILL'), STOP_GRACE_MS).unref()
  }

  /** Passes a signal on that does not end the bot; between two runs there is nobody to hear it. */
  tell(signal: NodeJS.Signals): void {
    if (!this.#stop.signal.aborted) this.#child?.kill(signal)
  }

  #live(downMs: number): Promise<Ended> {
    const child = this.#options.startBot(downMs)
    this.#child = child
    this.#silentTicks = 0
    child.on('message', (message) => {
      this.#silentTicks = 0
      this.#options.onMessage?.(message)
    })
    return new Promise<Ended>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
      child.once('error', (error) => {
        this.#options.log.error({ error: error.message }, 'bot could not be started or reached')
        // After a failed start there is no exit; after other errors the exit comes by itself.
        if (child.pid === undefined) resolve({ code: EXIT.crashed, signal: null })
      })
    }).finally(() => {
      this.#child = undefined
    })
  }

  /** @returns undefined when the bot is to be started again */
  #finalCode({ code, signal }: Ended): number | undefined {
    const ending = endingOf(code)
    if (ending === 'stopped') return EXIT.stopped
    if (ending === 'bad-input') return EXIT.badInput
    if (!this.#stop.signal.aborted) return undefined
    // A bot that was still starting has no handler yet and dies of the signal itself.
    return signal === 'SIGTERM' || signal === 'SIGINT' ? EXIT.stopped : EXIT.crashed
  }

  async #pause({ code, signal }: Ended, uptimeMs: number): Promise<void> {
    const ending = endingOf(code)
    const restartInMs = this.#policy.nextDelayMs(ending, uptimeMs)
    const fields = { code, signal, uptimeMs: Math.round(uptimeMs), restartInMs }
    if (ending === 'restart') this.#options.log.info(fields, 'bot asked to be started anew')
    else this.#options.log.error(fields, 'bot ended unexpectedly, starting it again')
    this.#options.onRestart?.()
    // Aborted means that we are to end, which the caller sees.
    await delay(restartInMs, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }

  #tick(): void {
    if (!this.#child || ++this.#silentTicks <= SILENT_TICKS) return
    this.#options.log.error({ pid: this.#child.pid, silentMs: SILENT_TICKS * TICK_MS }, 'bot hangs, killing it')
    this.#silentTicks = 0
    this.#child.kill('SIGKILL')
  }
}

/**
 * How a process of ours ends. `npm start` itself ends with `stopped`, `badInput` or `crashed` only; the others are words
 * between the bot and its supervisor. Codes 70 to 78 are those of `sysexits.h`.
 */
export const EXIT = {
  /** As asked, by a signal. */
  stopped: 0,
  /** Configuration, knowledge or ticket file are wrong and have been explained; starting again would not help. */
  badInput: 1,
  /** An error of ours. The supervisor starts the bot anew. */
  crashed: 70,
  /** The bot asks for a fresh process, e.g. to resume its session. The supervisor starts it soon. */
  restart: 75,
  /** What `badInput` is called by the bot's process, because Node itself ends with 1 for errors of every kind. */
  badInputOfBot: 78,
} as const

/** What the end of the bot's process means. */
export type Ending = 'stopped' | 'bad-input' | 'restart' | 'crash'

/** @param code null when a signal has ended it */
function endingOf(code: number | null): Ending {
  switch (code) {
    case EXIT.stopped:
      return 'stopped'
    case EXIT.badInputOfBot:
      return 'bad-input'
    case EXIT.restart:
      return 'restart'
    default:
      return 'crash'
  }
}

export interface RestartPolicyOptions {
  /** Wait before the first restart in a row. */
  readonly firstMs?: number
  /** Longest wait after a crash; each is twice the one before. */
  readonly longestMs?: number
  /** Longest wait when the bot itself asked: it has seen to the cause and should hear again soon. */
  readonly longestAskedMs?: number
  /** Whoever lived so long was healthy: the waits begin anew. */
  readonly healthyMs?: number
}

/** How long to wait before the bot is started again: 1, 2, 4 … 60 s while it ends again and again. */
export class RestartPolicy {
  readonly #options: Required<RestartPolicyOptions>
  #inARow = 0

  constructor({
    firstMs = 1_000,
    longestMs = 60_000,
    longestAskedMs = 8_000,
    healthyMs = 180_000,
  }: RestartPolicyOptions = {}) {
    this.#options = { firstMs, longestMs, longestAskedMs, healthyMs }
  }

  /** @param uptimeMs how long the process that has ended had lived */
  nextDelayMs(ending: Ending, uptimeMs: number): number {
    const { firstMs, longestMs, longestAskedMs, healthyMs } = this.#options
    if (uptimeMs >= healthyMs) this.#inARow = 0
    const longest = ending === 'restart' ? longestAskedMs : longestMs
    return Math.min(firstMs * 2 ** this.#inARow++, longest)
  }
}

export interface RestartWatchOptions {
  readonly alerts: Alerts
  /** Restarts within ten minutes that are still put up with. */
  readonly limit: number
  readonly clock: Clock
}

const WINDOW_MS = 10 * 60_000

/** Tells people when the bot is started again and again, and when it has run for ten minutes since. */
export class RestartWatch {
  readonly #options: RestartWatchOptions
  #recentMs: number[] = []
  #calm: NodeJS.Timeout | undefined
  #total = 0

  constructor(options: RestartWatchOptions) {
    this.#options = options
    this.#waitForCalm() // an earlier supervisor may have left an incident open
  }

  /** Restarts so far. */
  get total(): number {
    return this.#total
  }

  note(): void {
    const { alerts, limit, clock } = this.#options
    const nowMs = clock.now()
    this.#total++
    this.#recentMs = [...this.#recentMs.filter((ms) => ms > nowMs - WINDOW_MS), nowMs]
    if (this.#recentMs.length > limit) alerts.raise('restarting', { count: this.#recentMs.length })
    this.#waitForCalm()
  }

  #waitForCalm(): void {
    clearTimeout(this.#calm)
    this.#calm = setTimeout(() => this.#options.alerts.clear('restarting'), WINDOW_MS).unref()
  }
}

/** What the bot's process says to its supervisor. */
type BotMessage =
  | { readonly type: 'alive' }
  | { readonly type: 'raise'; readonly kind: AlertKind; readonly facts?: AlertFacts }
  | { readonly type: 'clear'; readonly kind: AlertKind }
  | { readonly type: 'tell'; readonly text: string }
  | { readonly type: 'started'; readonly config: string }
  /** Without a text: it is on disk after all. */
  | { readonly type: 'refused'; readonly path: string; readonly text?: string }

/** Of each kind of message, whether it holds what it has to; see `areAlertFacts`. */
const HOLDS: Readonly<Record<BotMessage['type'], (message: Record<string, unknown>) => boolean>> = {
  alive: () => true,
  raise: ({ kind, facts }) => isAlertKind(kind) && (facts === undefined || areAlertFacts(facts)),
  clear: ({ kind }) => isAlertKind(kind),
  tell: ({ text }) => typeof text === 'string',
  started: ({ config }) => typeof config === 'string',
  refused: ({ path, text }) => typeof path === 'string' && (text === undefined || typeof text === 'string'),
}

/** @returns undefined for anything else */
function botMessage(message: unknown): BotMessage | undefined {
  const { type } = (message ?? {}) as { readonly type?: unknown }
  if (typeof type !== 'string' || !Object.hasOwn(HOLDS, type)) return undefined
  return HOLDS[type as BotMessage['type']](message as Record<string, unknown>) ? (message as BotMessage) : undefined
}

/** The process that the bot runs in; `process` fits. */
interface BotSide {
  readonly send?: ((message: unknown, ...rest: undefined[]) => boolean) | undefined
  readonly connected: boolean
  once(event: 'disconnect', listener: () => void): unknown
}

const ALIVE_MS = 5_000

export interface SupervisorLink {
  readonly alerts: Alerts
  /** The disk has refused a file's text, or has taken it after all. */
  refused(path: string, text: string | undefined): void
  /** The bot is up, with this in its configuration file. */
  started(config: string): void
}

/**
 * The bot's end of the line to its supervisor. Alerts are told by the supervisor, because it outlives the bot: what was
 * said just before a restart still arrives. Without a supervisor nothing is told.
 *
 * @param onGone the supervisor is no more; the bot is to end as well
 */
export function linkToSupervisor(bot: BotSide, onGone: () => void): SupervisorLink {
  const say = (message: BotMessage): void => {
    if (bot.connected) bot.send?.(message)
  }
  if (bot.connected) {
    bot.once('disconnect', onGone)
    say({ type: 'alive' })
    setInterval(() => say({ type: 'alive' }), ALIVE_MS).unref()
  } else if (bot.send) onGone() // it was killed while we were starting
  return {
    alerts: {
      raise: (kind, facts) => say({ type: 'raise', kind, ...(facts && { facts: { ...facts } }) }),
      clear: (kind) => say({ type: 'clear', kind }),
      tell: (text) => say({ type: 'tell', text }),
    },
    refused: (path, text) => say({ type: 'refused', path, ...(text !== undefined && { text }) }),
    started: (config) => {
      say({ type: 'clear', kind: 'given-up' })
      say({ type: 'started', config })
    },
  }
}

/** Has the supervisor tell people why the bot can't be started. Resolves when it knows. */
export function giveUp(bot: Pick<NodeJS.Process, 'send' | 'connected'>, reason: string): Promise<void> {
  const message: BotMessage = { type: 'raise', kind: 'given-up', facts: { reason } }
  return new Promise((resolve) => {
    if (bot.connected && bot.send) bot.send(message, undefined, undefined, () => resolve())
    else resolve()
  })
}

/** @returns what stood in the configuration file of a bot that says that it is up */
export function startedConfig(message: unknown): string | undefined {
  const said = botMessage(message)
  return said?.type === 'started' ? said.config : undefined
}

/** The supervisor's end: passes on what the bot wants people to hear. */
export function passOnAlerts(message: unknown, alerts: Alerts): void {
  const said = botMessage(message)
  if (said?.type === 'raise') alerts.raise(said.kind, said.facts ?? {})
  else if (said?.type === 'clear') alerts.clear(said.kind)
  else if (said?.type === 'tell') alerts.tell(said.text)
}

/** The supervisor's end: what the disk refuses to the bot, for its next run. */
export class RefusedFiles {
  readonly #texts = new Map<string, string>()

  hear(message: unknown): void {
    const said = botMessage(message)
    if (said?.type !== 'refused') return
    if (said.text === undefined) this.#texts.delete(said.path)
    else this.#texts.set(said.path, said.text)
  }

  /** How many there are; the bot is told beforehand whether it has to wait for them. */
  get count(): number {
    return this.#texts.size
  }

  handTo(bot: { send(message: LeftFiles): unknown }): void {
    if (this.count > 0) bot.send({ type: 'left', files: [...this.#texts] })
  }
}

/** What the supervisor says to the bot's process. */
interface LeftFiles {
  readonly type: 'left'
  readonly files: readonly (readonly [path: string, text: string])[]
}

interface Heir {
  once(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'disconnect', listener: () => void): unknown
}

/**
 * What the disk has refused to earlier runs, by path.
 *
 * @param count how many files the supervisor has said there are
 */
export async function leftFiles(bot: Heir, count: number): Promise<ReadonlyMap<string, string>> {
  if (count === 0) return new Map()
  const message = await new Promise<unknown>((resolve) => {
    bot.once('message', resolve)
    bot.once('disconnect', () => resolve(undefined))
  })
  return new Map((message as LeftFiles | undefined)?.files ?? [])
}
