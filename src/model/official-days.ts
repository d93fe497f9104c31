import type { Day } from './calendar-day.js'

/** China's public holidays and the weekend days that are worked in exchange. */
export interface OfficialDays {
  /** `off`: a holiday, also on a weekday; `work`: a make-up working day; undefined: its weekday decides. */
  kindOf(day: Day): 'off' | 'work' | undefined
}
