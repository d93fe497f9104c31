import type { Log } from '../model/ports.js'
import { EXIT } from './exit-codes.js'

const STOP_TIMEOUT_MS = 5_000
// Who wants to start again soon does not wait long. Longer than last words may take (3 s): what is dropped is logged then.
const RESTART_TIMEOUT_MS = 4_000

/** Ends the process once, after undoing what was started. */
export class OrderlyExit {
  readonly #log: Log
  readonly #steps: (() => void | Promise<void>)[] = []
  #ending = false

  constructor(log: Log) {
    this.#log = log
  }

  /** What is to be undone before the end; the latest comes first. */
  before(step: () => void | Promise<void>): void {
    this.#steps.push(step)
  }

  /** Ends the process with `code` when all is undone or time is up. Only the first call counts. */
  end(code: number, reason: string): void {
    if (this.#ending) return
    this.#ending = true
    this.#log.info({ code, reason }, 'ending')
    const limitMs = code === EXIT.restart ? RESTART_TIMEOUT_MS : STOP_TIMEOUT_MS
    setTimeout(() => {
      this.#log.warn({ limitMs }, 'not everything was undone in time')
      process.exit(code)
    }, limitMs).unref()
    // The puppet's polls would keep the process alive, and its own stop would log the account out.
    void this.#undo().finally(() => process.exit(code))
  }

  endOnSignals(): void {
    // Kept for all of the process's life: launchers pass on what the terminal has sent already.
    process.on('SIGINT', () => this.end(EXIT.stopped, 'SIGINT'))
    process.on('SIGTERM', () => this.end(EXIT.stopped, 'SIGTERM'))
  }

  async #undo(): Promise<void> {
    for (const step of this.#steps.reverse()) {
      try {
        await step()
      } catch (error) {
        this.#log.warn({ error: error instanceof Error ? error.message : String(error) }, 'not undone')
      }
    }
  }
}
