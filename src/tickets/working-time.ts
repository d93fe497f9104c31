import { chinaDay, type Day, weekdayOf } from '../model/calendar-day.js'
import type { OfficialDays } from '../model/official-days.js'

/** A stretch of a working day in minutes after midnight in China, `0 ≤ from < to ≤ 1440`. */
export interface WorkSpan {
  readonly fromMinute: number
  readonly toMinute: number
}

export interface WorkHours {
  /** 1 Monday … 7 Sunday. */
  readonly weekdays: readonly number[]
  /** In order, without overlap; at least one. */
  readonly spans: readonly WorkSpan[]
  readonly officialDays: OfficialDays
}

interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const CHINA_OFFSET_MS = 8 * 3_600_000
/** No holiday lasts longer; a desk that never works ends the search here. */
const MAX_DAYS_WITHOUT_WORK = 60

/** Is this day worked at all? Holidays and make-up days win over the weekday. */
export function isWorkingDay(day: Day, { weekdays, officialDays }: WorkHours): boolean {
  const official = officialDays.kindOf(day)
  return official === undefined ? weekdays.includes(weekdayOf(day)) : official === 'work'
}

export function isWorkingTime(atMs: number, hours: WorkHours): boolean {
  return stretchesOf(chinaDay(atMs), hours).some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
}

/** The first working moment at or after `atMs`; undefined when two months hold none. */
export function nextWorkingMs(atMs: number, hours: WorkHours): number | undefined {
  for (const { fromMs, toMs } of stretchesFrom(atMs, hours)) if (toMs > atMs) return Math.max(fromMs, atMs)
  return undefined
}

/** The end of the stretch of work that `atMs` lies in; undefined outside working time. */
export function workingUntilMs(atMs: number, hours: WorkHours): number | undefined {
  return stretchesOf(chinaDay(atMs), hours).find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.toMs
}

/**
 * The moment at which `durationMs` of working time have passed since `fromMs`.
 *
 * @returns the moment itself for 0 in working time; `Infinity` when nobody works for two months
 */
export function addWorkingTime(fromMs: number, durationMs: number, hours: WorkHours): number {
  let leftMs = durationMs
  for (const stretch of stretchesFrom(fromMs, hours)) {
    const startMs = Math.max(stretch.fromMs, fromMs)
    if (stretch.toMs <= startMs) continue
    if (startMs + leftMs <= stretch.toMs) return startMs + leftMs
    leftMs -= stretch.toMs - startMs
  }
  return Number.POSITIVE_INFINITY
}

/** Working time between two moments in milliseconds; 0 when `toMs` is not later. */
export function workingTimeBetween(fromMs: number, toMs: number, hours: WorkHours): number {
  let sumMs = 0
  for (let day = chinaDay(fromMs); day <= chinaDay(toMs); day++) {
    for (const stretch of stretchesOf(day, hours)) {
      sumMs += Math.max(0, Math.min(stretch.toMs, toMs) - Math.max(stretch.fromMs, fromMs))
    }
  }
  return sumMs
}

/** The stretches of work from the day of `atMs` on; ends after two months without any. */
function* stretchesFrom(atMs: number, hours: WorkHours): Generator<Stretch> {
  let idleDays = 0
  for (let day = chinaDay(atMs); idleDays < MAX_DAYS_WITHOUT_WORK; day++) {
    const stretches = stretchesOf(day, hours)
    idleDays = stretches.length === 0 ? idleDays + 1 : 0
    yield* stretches
  }
}

function stretchesOf(day: Day, hours: WorkHours): readonly Stretch[] {
  if (!isWorkingDay(day, hours)) return []
  const midnightMs = day * DAY_MS - CHINA_OFFSET_MS
  return hours.spans.map(({ fromMinute, toMinute }) => ({
    fromMs: midnightMs + fromMinute * MINUTE_MS,
    toMs: midnightMs + toMinute * MINUTE_MS,
  }))
}
