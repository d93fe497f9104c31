import type { Alerts } from '../model/alerts.js'
import type { Clock } from '../model/ports.js'

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
