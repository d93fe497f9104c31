import { type CivilDate, chinaDay, civilOf, type Day, weekdayOf } from '../../base/time.js'

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
  /** What looks like a date (`4.1`) and is the number of a section. */
  readonly dateLikeKeys: ReadonlySet<string>
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

const NO_KEYS: ReadonlySet<string> = new Set()

export function todayAt(nowMs: number, dateLikeKeys = NO_KEYS): Today {
  const day = chinaDay(nowMs)
  return { nowMs, day, civil: civilOf(day), weekday: weekdayOf(day), dateLikeKeys }
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

const DIGITS = '一二三四五六七八九'
/** Source of a pattern for 0..999 in digits or 1..99 in characters; not anchored, see `NOT_AFTER_NUMBER`. */
export const NUMBER = '(?:\\d{1,3}|[一二两三四五六七八九十廿卅]{1,3})'
/** Put in front of `NUMBER`, so that it never starts in the middle of a longer number, a range or a version. */
export const NOT_AFTER_NUMBER =
  '(?<![\\d一二两三四五六七八九十廿卅百几数][.\\-~、+x×*到至/:] ?|[\\d一二两三四五六七八九十廿卅百几数])'

const WRITTEN = /^(?:([一二三四五六七八九])?(十)|([廿卅]))?([一二三四五六七八九])?$/

/**
 * Reads a number as people write it in a chat: `12`, `两`, `十二`, `二十`, `三十一`, `廿三`.
 *
 * @returns undefined for anything else, also for two digits in a row: `三四` means "three or four"
 */
export function readNumber(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written)
  if (written === '两') return 2
  const match = WRITTEN.exec(written)
  if (!match || written === '') return undefined
  const [, tensDigit, ten, scoreSign, onesDigit] = match
  const ones = onesDigit ? DIGITS.indexOf(onesDigit) + 1 : 0
  if (scoreSign) return (scoreSign === '廿' ? 20 : 30) + ones
  return (ten ? (tensDigit ? DIGITS.indexOf(tensDigit) + 1 : 1) * 10 : 0) + ones
}
