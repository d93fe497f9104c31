import { type CivilDate, chinaDay, civilOf, type Day, weekdayOf } from '../model/calendar-day.js'

/** How a day was named. `lone-time`: only a time was told, so a day close by is meant. */
export type DaySource = 'date' | 'weekday' | 'relative' | 'ago' | 'elapsed' | 'holiday' | 'lone-time'

/** The two days that one wording may mean; the same where only one is possible. */
export interface TwoDays {
  /** The last such day up to today: what is meant of something that happened. */
  readonly past: Day
  /** The next such day from today on: what is meant of a wish or a plan. */
  readonly future: Day
}

export interface DayReading extends TwoDays {
  /** A week or a season rather than one day ("上周", "国庆期间"). */
  readonly approximate?: boolean
  /** The words say evening already ("昨晚"). */
  readonly evening?: boolean
}

export interface Today {
  readonly nowMs: number
  readonly day: Day
  readonly civil: CivilDate
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number
}

/** One way to name days. */
export interface DayRule {
  readonly source: DaySource
  /** What every text that the pattern matches holds: spares most texts the search. */
  readonly hint: RegExp
  /** Global; the whole match is the day's own words. */
  readonly pattern: RegExp
  /** @returns undefined where the words, seen in the text, name no day */
  read(match: RegExpExecArray, today: Today): DayReading | undefined
}

export function todayAt(nowMs: number): Today {
  const day = chinaDay(nowMs)
  return { nowMs, day, civil: civilOf(day), weekday: weekdayOf(day) }
}

export function exactly(day: Day): TwoDays {
  return { past: day, future: day }
}

/**
 * The last and the next day among those that `dayAt` gives for the steps 0, -1, -2 … and 0, 1, 2 … of a
 * cycle (years, months); steps without such a day are skipped.
 */
export function aroundToday(
  today: Today,
  maxSteps: number,
  dayAt: (step: number) => Day | undefined,
): TwoDays | undefined {
  let past: Day | undefined
  let future: Day | undefined
  for (let step = 0; step <= maxSteps && past === undefined; step++) {
    const day = dayAt(-step)
    if (day !== undefined && day <= today.day) past = day
  }
  for (let step = 0; step <= maxSteps && future === undefined; step++) {
    const day = dayAt(step)
    if (day !== undefined && day >= today.day) future = day
  }
  if (past !== undefined) return { past, future: future ?? past }
  return future === undefined ? undefined : exactly(future)
}
