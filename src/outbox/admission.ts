import { MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { DropReason } from '../model/decision.js'
import type { AlertFacts, AlertKind, Alerts, Clock, SendingLoad } from '../model/ports.js'
import type { OutboxWatch } from './outbox.js'
import type { CapUse, Pacing } from './pacing.js'

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

export interface CapWatchParts {
  readonly pacing: Pacing
  readonly alerts?: Alerts | undefined
  readonly clock: Clock
}

/** Of a cap; from there on people are to know. */
const NEAR = 0.8
/** A rush that comes again within this time is the same one. */
const CALM_MS = 10 * MINUTE_MS
const LOOK_EVERY_MS = 30_000
const WATCHED = ['day-cap-near', 'day-cap', 'minute-cap-near', 'overload'] as const satisfies readonly AlertKind[]
type Watched = (typeof WATCHED)[number]

/** Sees to it that no cap is reached unnoticed: one alert near it, one at its end, and a word for whoever asks. */
export class CapWatch implements OutboxWatch {
  readonly #parts: CapWatchParts
  /** What people were told last; before the first look an earlier run may have left anything open. */
  readonly #told = new Map<Watched, boolean>()
  #minuteNearAtMs = Number.NEGATIVE_INFINITY
  #overloadAtMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(parts: CapWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
    this.#look()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  tried(): void {
    const { pacing, clock } = this.#parts
    const nowMs = clock.now()
    if (isNear(pacing.minuteUse(nowMs))) this.#minuteNearAtMs = nowMs
    this.#look()
  }

  refused(reason: DropReason): void {
    if (reason === 'overload') this.#overloadAtMs = this.#parts.clock.now()
    this.#look()
  }

  load(): SendingLoad {
    const { pacing, clock } = this.#parts
    const nowMs = clock.now()
    const day = pacing.dayUse(nowMs)
    const heldUntilMs = pacing.heldUntilMs(nowMs)
    return {
      ...(day && { day: { ...day, level: pacing.isDayServed(nowMs) ? 'end' : isNear(day) ? 'near' : 'ok' } }),
      isMinuteNear: nowMs - this.#minuteNearAtMs < CALM_MS,
      isOverloaded: nowMs - this.#overloadAtMs < CALM_MS,
      ...(heldUntilMs > nowMs && { heldUntilMs }),
    }
  }

  #look(): void {
    const { alerts, pacing, clock } = this.#parts
    const { day, isMinuteNear, isOverloaded } = this.load()
    const minute = pacing.minuteUse(clock.now())
    const holds: Readonly<Record<Watched, boolean>> = {
      'day-cap-near': day !== undefined && day.level !== 'ok',
      'day-cap': day?.level === 'end',
      'minute-cap-near': isMinuteNear,
      overload: isOverloaded,
    }
    for (const kind of WATCHED) {
      if (this.#told.get(kind) === holds[kind]) continue
      this.#told.set(kind, holds[kind])
      if (holds[kind]) alerts?.raise(kind, factsOf(kind.startsWith('day') ? day : minute))
      else alerts?.clear(kind)
    }
  }
}

const isNear = (use: CapUse | undefined): boolean => use !== undefined && use.used >= NEAR * use.cap

const factsOf = (use: CapUse | undefined): AlertFacts => (use ? { count: use.used, limit: use.cap } : {})
