import { describe, expect, test } from 'vitest'
import type { ReviewDates } from '../../../src/model/understanding.js'
import { readReviewDates, timelineFor } from '../../../src/nlu/dates/review-dates.js'
import { REVIEW } from '../../support/review-days.js'
import { LANGUAGE } from '../../support/shipped-language.js'

const TOLD = { questionLike: true, asksHolidays: false } as const

function submitted(day: string, laterVersion = false): ReviewDates {
  return { kind: 'submitted', day, laterVersion, ...TOLD }
}

const at = (moment: string) => Date.parse(moment)

describe('a first submission: one day at WeChat, then seven at the authority', () => {
  test.each([
    ['2026-11-20', '2026-11-21', '2026-11-28'],
    ['2026-12-24', '2026-12-25', '2027-01-01'],
    ['2026-12-31', '2027-01-01', '2027-01-08'],
    ['2028-02-21', '2028-02-22', '2028-02-29'],
    ['2028-02-28', '2028-02-29', '2028-03-07'],
    ['2027-02-28', '2027-03-01', '2027-03-08'],
    ['2026-09-25', '2026-09-26', '2026-10-03'],
    ['2027-01-31', '2027-02-01', '2027-02-08'],
  ])('%s → %s → %s', (day, internalBy, secondBy) => {
    expect(timelineFor(submitted(day), REVIEW, at(`${day}T12:00:00+08:00`))).toEqual({
      submitted: day,
      internalBy,
      secondBy,
      latestSubmit: null,
      overdue: false,
      laterVersion: false,
    })
  })
})

describe('overdue begins with the day behind the last one, in China', () => {
  test.each([
    ['2026-11-28T00:30:00+08:00', false],
    ['2026-11-28T23:50:00+08:00', false],
    ['2026-11-28T16:30:00Z', true],
    ['2026-11-29T00:30:00+08:00', true],
  ])('first version at %s: %s', (now, overdue) => {
    expect(timelineFor(submitted('2026-11-20'), REVIEW, at(now)).overdue).toBe(overdue)
  })

  test.each([
    ['2026-11-21T23:50:00+08:00', false],
    ['2026-11-22T00:30:00+08:00', true],
  ])('later version at %s: %s', (now, overdue) => {
    expect(timelineFor(submitted('2026-11-20', true), REVIEW, at(now)).overdue).toBe(overdue)
  })

  test.each([
    ['2026-11-27T23:50:00+08:00', false],
    ['2026-11-28T00:30:00+08:00', true],
  ])('second review since the 20th at %s: %s', (now, overdue) => {
    const dates: ReviewDates = { kind: 'second-started', day: '2026-11-20', ...TOLD }
    expect(timelineFor(dates, REVIEW, at(now))).toEqual({
      submitted: null,
      internalBy: null,
      secondBy: '2026-11-27',
      latestSubmit: null,
      overdue,
      laterVersion: false,
    })
  })
})

test('a later version has no second review', () => {
  expect(timelineFor(submitted('2026-11-20', true), REVIEW, at('2026-11-20T12:00:00+08:00'))).toMatchObject({
    internalBy: '2026-11-21',
    secondBy: null,
    laterVersion: true,
  })
})

describe('a wish', () => {
  test.each([
    ['2026-12-31', false, '2026-12-23'],
    ['2027-01-01', false, '2026-12-24'],
    ['2028-03-08', false, '2028-02-29'],
    ['2027-03-08', false, '2027-02-28'],
    ['2026-12-31', true, '2026-12-30'],
    ['2027-01-01', true, '2026-12-31'],
  ])('to be online by %s (later version: %s) needs a submission by %s', (day, laterVersion, latestSubmit) => {
    const dates: ReviewDates = { kind: 'deadline', day, laterVersion, ...TOLD }
    expect(timelineFor(dates, REVIEW, at('2026-11-23T10:00:00+08:00'))).toEqual({
      submitted: null,
      internalBy: null,
      secondBy: null,
      latestSubmit,
      overdue: false,
      laterVersion,
    })
  })

  test('beside a submission is reckoned as well', () => {
    const dates: ReviewDates = { ...submitted('2026-11-12'), wishDay: '2026-11-20' } as ReviewDates
    expect(timelineFor(dates, REVIEW, at('2026-11-23T10:00:00+08:00'))).toMatchObject({
      submitted: '2026-11-12',
      secondBy: '2026-11-20',
      latestSubmit: '2026-11-12',
    })
  })
})

test('the mere question whether holidays count gives no day', () => {
  expect(timelineFor({ kind: 'counts-holidays', ...TOLD }, REVIEW, at('2026-11-23T10:00:00+08:00'))).toEqual({
    submitted: null,
    internalBy: null,
    secondBy: null,
    latestSubmit: null,
    overdue: false,
    laterVersion: false,
  })
})

test('a submission read on any day of three years ends eight days later and falls due on the ninth', () => {
  const noon = at('2026-01-01T12:00:00+08:00')
  for (let offset = 0; offset < 1096; offset++) {
    const now = noon + offset * 86_400_000
    const dates = readReviewDates('昨天提的', { phrases: LANGUAGE.review, nowMs: now })!
    const { submitted: day, secondBy } = timelineFor(dates, REVIEW, now)
    expect(Date.parse(secondBy!) - Date.parse(day!)).toBe(8 * 86_400_000)
    expect(timelineFor(dates, REVIEW, now + 7 * 86_400_000).overdue).toBe(false)
    expect(timelineFor(dates, REVIEW, now + 8 * 86_400_000).overdue).toBe(true)
  }
})
