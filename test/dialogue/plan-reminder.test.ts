import { expect, test } from 'vitest'
import { planReminder } from '../../src/dialogue/reminders.js'
import type { DatesReading, ReviewTimeline } from '../../src/model/understanding.js'
import { REVIEW } from '../support/review-days.js'

const reading = (timeline: Partial<ReviewTimeline>): DatesReading => ({
  dates: { kind: 'counts-holidays', questionLike: true, asksHolidays: true },
  timeline: {
    ...{ submitted: null, internalBy: null, secondBy: null, latestSubmit: null },
    ...{ overdue: false, laterVersion: false },
    ...timeline,
  },
  review: REVIEW,
})

test.each([
  ['the end of the second review', { internalBy: '2026-11-21', secondBy: '2026-11-28' }, 'second', '2026-11-28'],
  ["the end of WeChat's, for later versions", { internalBy: '2026-11-21' }, 'internal', '2026-11-21'],
  ['the latest day to submit', { latestSubmit: '2026-12-23' }, 'submit', '2026-12-23'],
] as const)('plans for half past nine in China on %s', (_, timeline, about, day) => {
  const plan = planReminder(reading(timeline))
  expect(plan).toEqual({ about, day, dueAtMs: Date.parse(`${day}T09:30:00+08:00`) })
})

test('plans nothing without a day', () => {
  expect(planReminder(reading({}))).toBeUndefined()
})
