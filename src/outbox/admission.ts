import { MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { DropReason } from '../model/decision.js'
import type { Pacing } from './pacing.js'

/** Something that wants to be said. */
export interface Arrival {
  readonly placeKey: string
  /** Never refused: staff's notices and orders, hand-overs; and whatever waits as long as it takes. */
  readonly mustBeSaid: boolean
  /** Answers words that were not put to the bot. */
  readonly isOverheard: boolean
  readonly bubbleCount: number
  /** Whose question it answers, where that counts for a person's share of the day. */
  readonly personKey?: string | undefined
}

/** Its place among all that waits. */
export interface Standing {
  readonly placeKey: string
  readonly isOverheard: boolean
  /** Bubbles that are not out yet. */
  left: number
  hasBegun: boolean
  /** Had to go for somebody who was asked. */
  isGivenUp: boolean
  /** So much waits that pictures have to stay behind. */
  readonly textOnly: boolean
}

/** Nobody should wait longer for the first word. */
const MAX_WAIT_MS = 20 * SECOND_MS
/** Whoever did not ask waits less, and goes first. */
const MAX_OVERHEARD_WAIT_MS = 10 * SECOND_MS
/** All that is begun is to be out by then. */
const MAX_QUEUE_MS = MINUTE_MS
/** With so much waiting, texts go before pictures. */
const TEXT_ONLY_MS = 40 * SECOND_MS

/**
 * Meets overload early: what can't be said soon is refused at once, so that what is answered is answered in time. The
 * newest are refused first, overheard ones before those who asked, pictures before texts.
 */
export class Admission {
  readonly #pacing: Pacing
  readonly #standing = new Set<Standing>()

  constructor(pacing: Pacing) {
    this.#pacing = pacing
  }

  /** @returns the place in the queue, or why there is none */
  admit(arrival: Arrival, nowMs: number): Standing | DropReason {
    const { mustBeSaid, personKey } = arrival
    if (mustBeSaid) return this.#stand(arrival, false)
    if (personKey !== undefined && this.#pacing.isPersonServed(personKey, nowMs)) return 'person-cap'
    if (this.#pacing.isDayServed(nowMs)) return 'day-cap'
    // How long nothing goes out is known, and who may wait that long says so by the deadline.
    if (this.#pacing.heldUntilMs(nowMs) > nowMs) return this.#stand(arrival, false)
    const maxWaitMs = arrival.isOverheard ? MAX_OVERHEARD_WAIT_MS : MAX_WAIT_MS
    for (;;) {
      const { firstMs, allMs } = this.#waits(nowMs)
      if (firstMs <= maxWaitMs && allMs <= MAX_QUEUE_MS) return this.#stand(arrival, allMs > TEXT_ONLY_MS)
      const overheard = arrival.isOverheard ? undefined : this.#newestOverheard()
      if (!overheard) return 'overload'
      overheard.isGivenUp = true
    }
  }

  leave(standing: Standing): void {
    this.#standing.delete(standing)
  }

  #stand({ placeKey, isOverheard, bubbleCount }: Arrival, textOnly: boolean): Standing {
    const standing = { placeKey, isOverheard, left: bubbleCount, hasBegun: false, isGivenUp: false, textOnly }
    this.#standing.add(standing)
    return standing
  }

  /** How long a newcomer waits for the first word, and until all others are out. Places take turns. */
  #waits(nowMs: number): { readonly firstMs: number; readonly allMs: number } {
    const others = [...this.#standing].filter(({ isGivenUp }) => !isGivenUp)
    const places = new Set(others.map(({ placeKey }) => placeKey)).size
    const bubbles = others.reduce((sum, { left }) => sum + left, 0)
    return {
      firstMs: this.#pacing.expectedAtMs(places, nowMs) - nowMs,
      allMs: this.#pacing.expectedAtMs(bubbles, nowMs) - nowMs,
    }
  }

  #newestOverheard(): Standing | undefined {
    return [...this.#standing].findLast(
      ({ isOverheard, hasBegun, isGivenUp }) => isOverheard && !hasBegun && !isGivenUp,
    )
  }
}
