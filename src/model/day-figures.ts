import type { Day } from './calendar-day.js'

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
