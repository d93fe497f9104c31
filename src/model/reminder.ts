import type { Person, Place } from './message.js'
import type { IsoDay } from './review-timeline.js'

export type ReminderWord = 'set' | 'cancel'

/** A day worth being reminded of. `second`, `internal`: that review ends; `submit`: the last day to submit on. */
export interface ReminderPlan {
  readonly about: 'second' | 'internal' | 'submit'
  readonly day: IsoDay
  /** Milliseconds since the epoch. */
  readonly dueAtMs: number
}

/** One for a person in a place. `sending`: may have been said already. */
export interface Reminder extends ReminderPlan {
  readonly place: Place
  readonly person: Person
  readonly status: 'waiting' | 'sending'
}
