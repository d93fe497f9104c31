import type { Day } from '../base/calendar.js'

/** An order as it was read; what each kind says, `commands/table.ts` knows. */
export interface Order {
  readonly kind: string
  readonly [argument: string]: unknown
}

/** Roles that a person can be given. */
export type GrantedRole = 'staff' | 'admin'

export type FiguresSpan = 'today' | 'week'

/** What the bot did on one day of China. */
export interface DayFigures {
  readonly day: Day
  /** Answers, courtesies included. */
  readonly answered: number
  /** Asked back, or offered a person because it did not know. */
  readonly offered: number
  readonly handedOver: number
  /** Heard customers and kept quiet. */
  readonly silent: number
  readonly orders: number
}

/** A group, or all of them, in which the bot says nothing. */
export interface Mute {
  /** Of the group; `*` for all groups and direct chats of customers. */
  readonly placeKey: string
  /** As it was called when it was muted. */
  readonly topic: string
  /** Milliseconds since the epoch; null until further notice. */
  readonly untilMs: number | null
  readonly by: string
}
