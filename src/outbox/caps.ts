import { MINUTE_MS } from '../base/time.js'
import type { DropReason } from '../model/decision.js'
import type { AlertFacts, AlertKind, Alerts, Clock, SendingLoad } from '../model/ports.js'
import type { OutboxWatch } from './outbox.js'
import type { CapUse, Pacing } from './pacing.js'

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
