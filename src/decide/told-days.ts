import type { Decision } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { DatesReading } from '../model/understanding.js'

const MAX_ASKERS = 5_000
/** People come back to it on the same day. */
const TOLD_MS = 24 * 3_600_000
/** The day asked for is told soon or not at all. */
const WISHED_MS = 10 * 60_000

interface Told {
  readonly days?: DatesReading
  readonly daysAtMs: number
  readonly wishedAtMs: number
}

const NOTHING: Told = { daysAtMs: Number.NEGATIVE_INFINITY, wishedAtMs: Number.NEGATIVE_INFINITY }

/** Whose days were told lately, and who wants to be reminded of a day not told yet. */
export class ToldDays {
  readonly #askers = new Map<string, Told>()

  recall(message: IncomingMessage, nowMs: number): { toldDays: DatesReading | undefined; isWished: boolean } {
    const told = this.#askers.get(keyOf(message)) ?? NOTHING
    return {
      toldDays: nowMs - told.daysAtMs <= TOLD_MS ? told.days : undefined,
      isWished: nowMs - told.wishedAtMs <= WISHED_MS,
    }
  }

  note(message: IncomingMessage, decision: Decision, nowMs: number): void {
    const days = decision.kind === 'answer' || decision.kind === 'escalate' ? decision.days : undefined
    const wishes = decision.kind === 'courtesy' && decision.word === 'reminder-needs-day'
    if (!days && !wishes) return
    const key = keyOf(message)
    const before = this.#askers.get(key) ?? NOTHING
    this.#askers.delete(key)
    this.#askers.set(key, {
      ...before,
      ...(days ? { days, daysAtMs: nowMs } : {}),
      wishedAtMs: wishes ? nowMs : Number.NEGATIVE_INFINITY,
    })
    for (const oldest of this.#askers.keys()) {
      if (this.#askers.size <= MAX_ASKERS) break
      this.#askers.delete(oldest)
    }
  }
}

const keyOf = ({ place, sender }: IncomingMessage): string => `${place.key}\u0000${sender.key}`
