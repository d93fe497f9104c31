import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../model/ports.js'
import { EXIT, endingOf } from './exit-codes.js'
import { RestartPolicy } from './restart-policy.js'

/** The part of a child process that is needed; `ChildProcess` fits. */
export interface Child {
  readonly pid?: number | undefined
  kill(signal: NodeJS.Signals): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown
  once(event: 'error', listener: (error: Error) => void): unknown
}

export interface SupervisorOptions {
  /** Starts the bot's process. */
  readonly startBot: () => Child
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
      for (;;) {
        const startedMs = performance.now()
        const ended = await this.#live()
        const final = this.#finalCode(ended)
        if (final !== undefined) return final
        await this.#pause(ended, performance.now() - startedMs)
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

  #live(): Promise<Ended> {
    const child = this.#options.startBot()
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
