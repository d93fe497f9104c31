import type { Reminder, ReminderPlan } from '../model/reminder.js'
import { reminderPhrases } from './reminder-phrases.js'
import { labeller } from './render-review-dates.js'

/** Promises a reminder. @param nowMs today, because the year is told only where it is another */
export const renderReminderSet = ({ day }: ReminderPlan, nowMs: number): string =>
  reminderPhrases.set(labeller(nowMs)(day))

/** The reminder itself. @param isLate it should have been sent well before */
export function renderReminder(
  { about, day }: Reminder,
  { nowMs, isLate }: { nowMs: number; isLate: boolean },
): string {
  const say = { second: 'dueSecond', internal: 'dueInternal', submit: 'dueSubmit' } as const
  const text = reminderPhrases[say[about]](labeller(nowMs)(day))
  return isLate ? `${reminderPhrases.late}\n${text}` : text
}
