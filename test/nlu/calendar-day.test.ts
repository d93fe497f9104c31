import { describe, expect, test } from 'vitest'
import {
  chinaDay,
  chinaHour,
  civilOf,
  dayFromIso,
  dayOf,
  isoOf,
  lastDayOfMonth,
  weekdayOf,
} from '../../src/base/time.js'

describe('the day in China', () => {
  test.each([
    ['2026-11-22T16:00:00Z', '2026-11-23', 0],
    ['2026-11-22T15:59:59.999Z', '2026-11-22', 23],
    ['2026-11-23T00:30:00+08:00', '2026-11-23', 0],
    ['2026-11-23T23:50:00+08:00', '2026-11-23', 23],
    ['2026-12-31T17:00:00Z', '2027-01-01', 1],
    ['1969-12-31T12:00:00Z', '1969-12-31', 20],
  ])('%s is %s, hour %i', (moment, day, hour) => {
    expect([isoOf(chinaDay(Date.parse(moment))), chinaHour(Date.parse(moment))]).toEqual([day, hour])
  })
})

test.each([
  ['2026-11-23', 1],
  ['2026-11-29', 7],
  ['2028-02-29', 2],
  ['1970-01-01', 4],
  ['1969-12-31', 3],
])('%s is weekday %i', (iso, weekday) => {
  expect(weekdayOf(dayFromIso(iso))).toBe(weekday)
})

test.each([
  [{ year: 2028, month: 2, date: 29 }, '2028-02-29'],
  [{ year: 2026, month: 12, date: 31 }, '2026-12-31'],
])('%o is a day', (civil, iso) => {
  const day = dayOf(civil)
  expect(day === undefined ? undefined : isoOf(day)).toBe(iso)
})

test.each([
  { year: 2026, month: 2, date: 29 },
  { year: 2026, month: 4, date: 31 },
  { year: 2026, month: 13, date: 1 },
  { year: 2026, month: 0, date: 1 },
  { year: 2026, month: 1, date: 0 },
])('%o is no day', (civil) => {
  expect(dayOf(civil)).toBeUndefined()
})

test('months end where the calendar says, over the ends of the year too', () => {
  const ends = [
    [2026, 2],
    [2028, 2],
    [2026, 0],
    [2026, 13],
  ].map(([year, month]) => isoOf(lastDayOfMonth(year!, month!)))
  expect(ends).toEqual(['2026-02-28', '2028-02-29', '2025-12-31', '2027-01-31'])
})

test('every day from 2024 to 2029 survives the way to its date and back', () => {
  for (let day = dayFromIso('2024-01-01'); day <= dayFromIso('2029-12-31'); day++) {
    expect(dayOf(civilOf(day))).toBe(day)
    expect(dayFromIso(isoOf(day))).toBe(day)
  }
})
