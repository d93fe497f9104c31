import { dayFromIso } from '../model/calendar-day.js'
import type { ReminderPlan } from '../model/reminder.js'
import type { IsoDay } from '../model/review-timeline.js'
import type { DatesReading } from '../model/understanding.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const CHINA_OFFSET_MS = 8 * HOUR_MS
/** Half past nine in the morning: people are at work, and the whole day is left. */
const REMIND_AT_MS = 9.5 * HOUR_MS

/** The day to be reminded of: the end of the last review, or the latest day to submit. */
export function planReminder({ timeline }: DatesReading): ReminderPlan | undefined {
  const { secondBy, internalBy, latestSubmit } = timeline
  if (secondBy !== null) return { about: 'second', day: secondBy, dueAtMs: morningOf(secondBy) }
  if (internalBy !== null) return { about: 'internal', day: internalBy, dueAtMs: morningOf(internalBy) }
  return latestSubmit === null ? undefined : { about: 'submit', day: latestSubmit, dueAtMs: morningOf(latestSubmit) }
}

const morningOf = (day: IsoDay): number => dayFromIso(day) * DAY_MS - CHINA_OFFSET_MS + REMIND_AT_MS
