import { createRequire } from 'node:module'
import { type Day, dayFromIso, dayOf, isoOf } from '../../model/calendar-day.js'
import type { OfficialDays } from '../../model/official-days.js'

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
