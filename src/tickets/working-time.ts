import { createRequire } from 'node:module'
import { z } from 'zod'
import {
  CHINA_OFFSET_MS,
  chinaDay,
  civilOf,
  DAY_MS,
  type Day,
  dayFromIso,
  dayOf,
  HOUR_MS,
  isoOf,
  MINUTE_MS,
  type OfficialDays,
  weekdayOf,
} from '../base/time.js'

/** A stretch of a working day in minutes after midnight in China, `0 ≤ from < to ≤ 1440`. */
interface WorkSpan {
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
function workingUntilMs(atMs: number, hours: WorkHours): number | undefined {
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

const LOOK_BACK_MS = 14 * DAY_MS
const STEP_MS = 5 * MINUTE_MS

/** When the desk closed last, on an earlier day while it is open; milliseconds since the epoch. */
export function lastClosingMs(nowMs: number, hours: WorkHours): number {
  const midnightMs = Math.floor((nowMs + CHINA_OFFSET_MS) / DAY_MS) * DAY_MS - CHINA_OFFSET_MS
  const fromMs = isWorkingTime(nowMs, hours) ? midnightMs : Math.floor(nowMs / STEP_MS) * STEP_MS
  for (let atMs = fromMs; atMs > nowMs - LOOK_BACK_MS; atMs -= STEP_MS)
    if (isWorkingTime(atMs - STEP_MS, hours)) return atMs
  return midnightMs
}

const clockTime = z
  .string()
  .regex(/^(?:[01]?\d|2[0-3]):[0-5]\d$/, 'must be a time such as 18:00')
  .transform(minutesOf)
/** `09:00-12:00`; `24:00` ends a day. */
const span = z
  .string()
  .regex(/^(?:[01]?\d|2[0-3]):[0-5]\d-(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a span such as 09:00-18:00')
  .transform((text): WorkSpan => {
    const [from = '', to = ''] = text.split('-')
    return { fromMinute: minutesOf(from), toMinute: minutesOf(to) }
  })
  .refine(({ fromMinute, toMinute }) => fromMinute < toMinute, 'must end after it begins')
const spans = z
  .array(span)
  .min(1)
  .transform((list) => list.toSorted((a, b) => a.fromMinute - b.fromMinute))
  .refine((list) => list.every((one, at) => at === 0 || list[at - 1]!.toMinute <= one.fromMinute), 'must not overlap')
const weekdays = z.array(z.number().int().min(1).max(7)).min(1)
const day = z.iso.date()

/** Who answers tickets, when, and how fast. */
export const deskSchema = z.strictObject({
  /** In the order in which they are called; empty: whoever reads the staff group. */
  people: z
    .array(
      z.strictObject({
        /** Nick or group display name in the staff group. */
        name: z.string().min(1),
        remark: z.string().min(1).optional(),
        /** 1 Monday … 7 Sunday; default: the desk's. */
        weekdays: weekdays.optional(),
        hours: spans.optional(),
      }),
    )
    .default([]),
  /** Working hours, times of China. */
  hours: spans.prefault(['09:00-18:00']),
  weekdays: weekdays.default([1, 2, 3, 4, 5]),
  /** Days off, and days worked, beside the official ones. */
  holidays: z.array(day).default([]),
  workdays: z.array(day).default([]),
  /** Working minutes until a person should have answered. */
  firstResponseMinutes: z.number().min(1).max(1_440).default(15),
  /** Working hours until it should be solved. */
  resolutionHours: z.number().min(1).max(400).default(8),
  /** Working minutes between reminders once everybody has been called. */
  remindMinutes: z.number().min(5).max(1_440).default(60),
  /** Working minutes without a word after which whoever has taken a ticket is reminded. */
  silentMinutes: z.number().min(5).max(1_440).default(60),
  /** Working hours after a person's last word for which the bot keeps quiet for an asker. */
  quietHours: z.number().min(0.25).max(40).default(4),
  /** The same, nights and holidays included. */
  quietAtMostHours: z.number().min(0.25).max(240).default(24),
  /** Minutes for which the bot holds back for an asker without a ticket after a colleague spoke to them. */
  holdBackMinutes: z.number().min(0).max(60).default(5),
  /** Hours after which a solved ticket closes when the asker says nothing. */
  confirmHours: z.number().min(1).max(240).default(24),
  /** Days without anything new after which a ticket has expired. */
  expireDays: z.number().min(1).max(60).default(7),
  /** Days for which a settled ticket can be opened again; then it moves to the archive. */
  reopenDays: z.number().min(0).max(30).default(3),
  /** When the digest of the day goes to the staff group, on working days. */
  digestAt: clockTime.prefault('18:00'),
  /** Days for which archived tickets are kept. */
  retentionDays: z.number().int().min(1).max(3_650).default(180),
})

export type DeskConfig = z.infer<typeof deskSchema>

/** How the desk works, as configured. Durations of work count in working time, all others as they pass. */
export const deskRulesOf = (desk: DeskConfig, officialDays: OfficialDays) => ({
  hours: { weekdays: desk.weekdays, spans: desk.hours, officialDays },
  roster: desk.people as readonly Colleague[],
  firstResponseMs: desk.firstResponseMinutes * MINUTE_MS,
  resolutionMs: desk.resolutionHours * HOUR_MS,
  remindEveryMs: desk.remindMinutes * MINUTE_MS,
  silentMs: desk.silentMinutes * MINUTE_MS,
  quietWorkingMs: desk.quietHours * HOUR_MS,
  quietMs: desk.quietAtMostHours * HOUR_MS,
  confirmMs: desk.confirmHours * HOUR_MS,
  expireMs: desk.expireDays * DAY_MS,
  reopenMs: desk.reopenDays * DAY_MS,
  digestMinute: desk.digestAt,
  retentionDays: desk.retentionDays,
})

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return hour * 60 + minute
}

export type DeskRules = ReturnType<typeof deskRulesOf>

/** Somebody who answers questions, in the order in which they are called. */
export type Colleague = DeskConfig['people'][number]

/** When an asker may truthfully expect a person. */
export type Expectation =
  | { readonly kind: 'within'; readonly minutes: number }
  /** At work now, but not long enough: by then. */
  | { readonly kind: 'by'; readonly atMs: number }
  /** Nobody works now: from then on. */
  | { readonly kind: 'from'; readonly atMs: number }
  /** The desk never works, as far as is known. */
  | { readonly kind: 'unknown' }

/** @param someoneOnDuty whoever has said "我来值班" answers outside working hours too */
export function expectAnswer(
  nowMs: number,
  rules: DeskRules,
  { someoneOnDuty }: { someoneOnDuty: boolean },
): Expectation {
  const { hours, firstResponseMs } = rules
  const minutes = Math.round(firstResponseMs / 60_000)
  if (!isWorkingTime(nowMs, hours)) {
    if (someoneOnDuty) return { kind: 'within', minutes }
    const atMs = nextWorkingMs(nowMs, hours)
    return atMs === undefined ? { kind: 'unknown' } : { kind: 'from', atMs }
  }
  const byMs = addWorkingTime(nowMs, firstResponseMs, hours)
  if (someoneOnDuty || byMs <= (workingUntilMs(nowMs, hours) ?? nowMs)) return { kind: 'within', minutes }
  return Number.isFinite(byMs) ? { kind: 'by', atMs: byMs } : { kind: 'unknown' }
}

interface PublishedDays {
  readonly holidays: Readonly<Record<string, string>>
  readonly workdays: Readonly<Record<string, string>>
}

interface Almanac {
  getSolarDateFromLunar(lunarDate: string): { readonly date: string }
  getSolarTermDate(year: number, month: number, term: 'pure_brightness'): string
}

export interface ChineseOfficialDays extends OfficialDays {
  /** Last year for which the State Council's days are known; later years have the statutory holidays only. */
  readonly lastYear: number
}

// The package has no ESM entry; its JSON is read as it is published.
const load = createRequire(import.meta.url)

/**
 * The State Council's holidays and make-up days.
 *
 * @param extra days that the operator adds, `YYYY-MM-DD`; they win over what is published
 */
export function chineseOfficialDays(
  extra: { readonly holidays: readonly string[]; readonly workdays: readonly string[] } = {
    holidays: [],
    workdays: [],
  },
): ChineseOfficialDays {
  const { holidays, workdays } = load('chinese-days/dist/chinese-days.json') as PublishedDays
  const lastYear = Math.max(...Object.keys(holidays).map((iso) => Number(iso.slice(0, 4))))
  const statutory = new Map<number, ReadonlySet<Day>>()
  return {
    lastYear,
    kindOf(day) {
      const iso = isoOf(day)
      if (extra.workdays.includes(iso)) return 'work'
      if (extra.holidays.includes(iso)) return 'off'
      const year = Number(iso.slice(0, 4))
      if (year <= lastYear) return iso in holidays ? 'off' : iso in workdays ? 'work' : undefined
      if (!statutory.has(year)) statutory.set(year, statutoryHolidays(year))
      return statutory.get(year)?.has(day) ? 'off' : undefined
    },
  }
}

/** 全国年节及纪念日放假办法 (2025): thirteen days that hold before the year's arrangement is announced. */
function statutoryHolidays(year: number): ReadonlySet<Day> {
  const almanac = load('chinese-days') as Almanac
  const lunar = (date: string): Day => dayFromIso(almanac.getSolarDateFromLunar(`${year}-${date}`).date)
  const civil = (month: number, date: number): Day => dayOf({ year, month, date }) ?? 0
  const newYear = lunar('01-01')
  return new Set([
    civil(1, 1),
    ...[-1, 0, 1, 2].map((offset) => newYear + offset),
    dayFromIso(almanac.getSolarTermDate(year, 4, 'pure_brightness')),
    ...[civil(5, 1), civil(5, 2)],
    lunar('05-05'),
    lunar('08-15'),
    ...[civil(10, 1), civil(10, 2), civil(10, 3)],
  ])
}

/** From this month on next year's days matter: the State Council announces them in November. */
const ANNOUNCED_IN_MONTH = 11

/**
 * The year whose days off ought to be known by now, and are not.
 *
 * @param lastYear last year that is published in the data
 * @param configured days that the operator has set, `YYYY-MM-DD`; one of a year is taken for all of it
 */
export function unknownYear({
  lastYear,
  configured,
  nowMs,
}: {
  readonly lastYear: number
  readonly configured: readonly string[]
  readonly nowMs: number
}): number | undefined {
  const { year, month } = civilOf(chinaDay(nowMs))
  const needed = month >= ANNOUNCED_IN_MONTH ? [year, year + 1] : [year]
  return needed.find((one) => one > lastYear && !configured.some((day) => day.startsWith(`${one}-`)))
}
