import type { Clock } from '../model/ports.js'
import type { Pacing, Traveller } from './pacing.js'

interface Waiter extends Traveller {
  /** Who can't go before this moment need not wait. */
  readonly deadlineMs: number
  readonly go: () => void
  readonly giveUp: () => void
}

export interface LineTicket extends Traveller {
  /** Moment after which the bubble is of no use; `Infinity` waits as long as it takes. */
  readonly deadlineMs: number
}

const LONGEST_TIMER_MS = 60_000

/** The one line that everything said by the account stands in: one bubble at a time, paced, first come first served. */
export class SendLine {
  readonly #pacing: Pacing
  readonly #clock: Clock
  #waiters: readonly Waiter[] = []
  #busy = false
  #closesAtMs = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(pacing: Pacing, clock: Clock) {
    this.#pacing = pacing
    this.#clock = clock
  }

  get length(): number {
    return this.#waiters.length
  }

  /**
   * Runs `send` when its turn has come; nothing else goes out meanwhile.
   *
   * @returns what `send` gives, or `held-back` when its turn would come after the deadline
   */
  async run<T>(ticket: LineTicket, send: () => Promise<T>): Promise<T | 'held-back'> {
    const myTurn = await new Promise<boolean>((resolve) => {
      this.#waiters = [...this.#waiters, { ...ticket, go: () => resolve(true), giveUp: () => resolve(false) }]
      this.#next()
    })
    if (!myTurn) return 'held-back'
    try {
      return await send()
    } finally {
      this.#busy = false
      this.#next()
    }
  }

  /** Lets those go who can within this time, and from now on gives all others up. */
  close(withinMs: number): void {
    this.#closesAtMs = Math.min(this.#closesAtMs, this.#clock.now() + withinMs)
    this.#next()
  }

  /** Gives up all who wait, and whoever comes from now on. */
  abandon(): void {
    this.close(Number.NEGATIVE_INFINITY)
  }

  #next(): void {
    clearTimeout(this.#timer)
    const nowMs = this.#clock.now()
    const hopeless = this.#waiters.filter(
      (waiter) => this.#pacing.allowedAtMs(waiter, nowMs) > Math.min(waiter.deadlineMs, this.#closesAtMs),
    )
    if (hopeless.length > 0) this.#waiters = this.#waiters.filter((waiter) => !hopeless.includes(waiter))
    for (const { giveUp } of hopeless) giveUp()
    if (this.#busy || this.#waiters.length === 0) return
    const times = this.#waiters.map((waiter) => this.#pacing.allowedAtMs(waiter, nowMs))
    const first = this.#waiters[times.findIndex((atMs) => atMs <= nowMs)]
    if (first) {
      this.#busy = true
      this.#waiters = this.#waiters.filter((waiter) => waiter !== first)
      first.go()
    } else this.#timer = setTimeout(() => this.#next(), Math.min(Math.min(...times) - nowMs, LONGEST_TIMER_MS))
  }
}
