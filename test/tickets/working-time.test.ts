import { describe, expect, test } from 'vitest'
import { chinaDay, isoOf } from '../../src/base/time.js'
import {
  addWorkingTime,
  chineseOfficialDays,
  expectAnswer,
  isWorkingTime,
  nextWorkingMs,
  type WorkHours,
  workingTimeBetween,
} from '../../src/tickets/working-time.js'
import { someDeskRules } from '../support/desk-rules.js'
import { randomFrom } from '../support/random-picks.js'

const RULES = someDeskRules()
const HOURS = RULES.hours
const LUNCH = someDeskRules({ hours: ['14:00-18:00', '09:00-12:00'] }).hours
const NIGHT = someDeskRules({ hours: ['00:00-02:00', '22:00-24:00'], weekdays: [1, 2, 3, 4, 5, 6, 7] }).hours
const NEVER: WorkHours = { ...HOURS, officialDays: { kindOf: () => 'off' } }
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`)
const words = (ms: number | undefined): string | undefined => {
  if (ms === undefined || !Number.isFinite(ms)) return undefined
  const minutes = Math.floor((ms + 8 * HOUR_MS) / MINUTE_MS) % 1_440
  const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  return `${isoOf(chinaDay(ms))} ${clock}`
}

test.each([
  ['a Monday at 9', '2026-11-23 09:00', true],
  ['a moment before', '2026-11-23 08:59', false],
  ['a Monday at 18, when work ends', '2026-11-23 18:00', false],
  ['a Saturday', '2026-11-21 10:00', false],
  ['a Thursday that is National Day', '2026-10-01 10:00', false],
  ['a Wednesday within the National Day week', '2026-10-07 10:00', false],
  ['a Saturday made up for National Day', '2026-10-10 10:00', true],
  ['a Sunday made up for National Day', '2026-09-20 10:00', true],
  ['a Saturday made up for Spring Festival', '2026-02-28 10:00', true],
  ['New Year of a year without published days', '2027-01-01 10:00', false],
  ['its lunar new year', '2027-02-06 10:00', false],
  ['its Qingming', '2027-04-05 10:00', false],
  ['its Dragon Boat Festival', '2027-06-09 10:00', false],
  ['its Mid-Autumn Festival', '2027-09-15 10:00', false],
  ['an ordinary Monday of that year', '2027-03-01 10:00', true],
])('%s', (_what, moment, works) => {
  expect(isWorkingTime(at(moment), HOURS)).toBe(works)
})

test.each([
  ['at work: now', '2026-11-23 10:30', '2026-11-23 10:30'],
  ['after work: tomorrow', '2026-11-23 18:00', '2026-11-24 09:00'],
  ['just before midnight', '2026-11-23 23:59', '2026-11-24 09:00'],
  ['at midnight', '2026-11-24 00:00', '2026-11-24 09:00'],
  ['on a Friday evening: on Monday', '2026-11-20 19:00', '2026-11-23 09:00'],
  ['before a holiday: behind it', '2026-09-30 18:00', '2026-10-08 09:00'],
  ['on a Friday before a made-up Saturday: on Saturday', '2026-10-09 18:00', '2026-10-10 09:00'],
  ['before Spring Festival, with a made-up Saturday first', '2026-02-13 18:00', '2026-02-14 09:00'],
  ['on New Year’s Eve: behind New Year and its weekend', '2026-12-31 18:00', '2027-01-04 09:00'],
])('the next working moment %s', (_what, from, next) => {
  expect(words(nextWorkingMs(at(from), HOURS))).toBe(next)
})

test.each([
  ['within a day', '2026-11-23 10:00', 90, '2026-11-23 11:30'],
  ['to the very end of it', '2026-11-23 17:00', 60, '2026-11-23 18:00'],
  ['over night', '2026-11-23 17:50', 15, '2026-11-24 09:05'],
  ['from the middle of the night', '2026-11-24 03:00', 15, '2026-11-24 09:15'],
  ['over a weekend', '2026-11-20 17:30', 60, '2026-11-23 09:30'],
  ['over a holiday of eight days', '2026-09-30 17:00', 120, '2026-10-08 10:00'],
  ['with a made-up day counted', '2026-10-09 17:00', 120, '2026-10-10 10:00'],
  ['over several days', '2026-11-23 09:00', 20 * 60, '2026-11-25 11:00'],
])('adds working time %s', (_what, from, minutes, until) => {
  const ended = addWorkingTime(at(from), minutes * MINUTE_MS, HOURS)
  expect(words(ended)).toBe(until)
  expect(workingTimeBetween(at(from), ended, HOURS)).toBe(minutes * MINUTE_MS)
})

test('takes lunch out, whatever the order of the spans', () => {
  expect(words(addWorkingTime(at('2026-11-23 11:30'), HOUR_MS, LUNCH))).toBe('2026-11-23 14:30')
  expect(workingTimeBetween(at('2026-11-23 00:00'), at('2026-11-24 00:00'), LUNCH)).toBe(7 * HOUR_MS)
})

test('works around midnight', () => {
  expect(words(addWorkingTime(at('2026-11-23 23:30'), HOUR_MS, NIGHT))).toBe('2026-11-24 00:30')
  expect(workingTimeBetween(at('2026-11-23 23:59'), at('2026-11-24 00:01'), NIGHT)).toBe(2 * MINUTE_MS)
})

test('a desk that never works promises nothing', () => {
  expect(nextWorkingMs(at('2026-11-23 10:00'), NEVER)).toBeUndefined()
  expect(addWorkingTime(at('2026-11-23 10:00'), 1, NEVER)).toBe(Number.POSITIVE_INFINITY)
})

test('days of the operator win over the published ones', () => {
  const days = chineseOfficialDays({ holidays: ['2026-10-10'], workdays: ['2026-10-01'] })
  expect(isWorkingTime(at('2026-10-01 10:00'), { ...HOURS, officialDays: days })).toBe(true)
  expect(isWorkingTime(at('2026-10-10 10:00'), { ...HOURS, officialDays: days })).toBe(false)
  expect(days.lastYear).toBe(2026)
})

test('adding and measuring agree, from any moment of two years', () => {
  const random = randomFrom(20261123)
  const start = at('2026-01-01 00:00')
  for (let round = 0; round < 2_000; round++) {
    const from = start + random.below(700 * 24 * 60) * MINUTE_MS
    const duration = random.below(50 * 60) * MINUTE_MS
    const until = addWorkingTime(from, duration, LUNCH)
    expect(workingTimeBetween(from, until, LUNCH)).toBe(duration)
    // Not a moment later than needed.
    if (duration > 0) expect(workingTimeBetween(from, until - MINUTE_MS, LUNCH)).toBeLessThan(duration)
  }
})

describe('what an asker may expect', () => {
  const expected = (moment: string, someoneOnDuty = false) => expectAnswer(at(moment), RULES, { someoneOnDuty })

  test.each([
    ['at work', '2026-11-23 10:00', { kind: 'within', minutes: 15 }],
    ['a quarter of an hour before the end', '2026-11-23 17:45', { kind: 'within', minutes: 15 }],
    ['a minute later', '2026-11-23 17:46', { kind: 'by', atMs: at('2026-11-24 09:01') }],
    ['on a Friday at the end', '2026-11-20 17:50', { kind: 'by', atMs: at('2026-11-23 09:05') }],
    ['in the evening', '2026-11-23 18:00', { kind: 'from', atMs: at('2026-11-24 09:00') }],
    ['on a Saturday', '2026-11-21 10:00', { kind: 'from', atMs: at('2026-11-23 09:00') }],
    ['in the holidays', '2026-10-02 10:00', { kind: 'from', atMs: at('2026-10-08 09:00') }],
    ['on a made-up Saturday', '2026-10-10 10:00', { kind: 'within', minutes: 15 }],
  ])('%s', (_what, moment, expectation) => {
    expect(expected(moment)).toEqual(expectation)
  })

  test('whoever volunteers answers in the evening as well', () => {
    expect(expected('2026-11-23 21:00', true)).toEqual({ kind: 'within', minutes: 15 })
  })
})
