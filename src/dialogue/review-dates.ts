import { CHINA_OFFSET_MS, DAY_MS, dayFromIso, HOUR_MS } from '../base/time.js'
import type { Decision } from '../model/decision.js'
import type { DatesReading, IsoDay, ReminderPlan, Understanding } from '../model/understanding.js'
import { scopeOf, THRESHOLDS } from './answer.js'
import type { Situation } from './turn.js'

/**
 * The asker's own days: when the review ends, the latest day to submit, or that it is overdue.
 *
 * @returns undefined when the message tells no days, or is surely about something else
 */
export function answerDays(understanding: Understanding, { timelineSection }: Situation): Decision | undefined {
  const { days, candidates } = understanding
  if (!days || timelineSection === undefined) return undefined
  const top = candidates[0]
  // "昨天提的被拒了，说类目不符" tells a day and asks about something else.
  const isAboutElse =
    top !== undefined &&
    top.sectionKey !== timelineSection &&
    top.share >= THRESHOLDS.answerShare &&
    scopeOf(top.confidence, top) >= THRESHOLDS.offerScope
  if (isAboutElse && !tellsResubmission(understanding) && !days.dates.questionLike) return undefined
  if (days.timeline.overdue) return { kind: 'escalate', reason: 'overdue', sectionKeys: [timelineSection], days }
  return { kind: 'answer', sectionKeys: [timelineSection], reason: 'days', days }
}

/** Was rejected, and has submitted again since. */
export const tellsResubmission = ({ days }: Understanding): boolean =>
  days?.dates.kind === 'submitted' && days.dates.again === true

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

/**
 * "到时候提醒我" after the bot has told somebody's days, and "取消提醒".
 *
 * @returns undefined when the message wants no reminder, or tells the days itself (see `withReminder`)
 */
export function takeUpReminder(
  { reminder, days }: Understanding,
  { reminding, talkedLately }: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  if (!reminding || reminder === undefined) return undefined
  if (reminder === 'cancel') {
    if (reminding.isSet) return { kind: 'courtesy', word: 'reminder-cancelled' }
    return isAsked ? { kind: 'courtesy', word: 'reminder-none' } : undefined
  }
  if (days) return undefined
  // Said among people, "到时候叫我" is for the bot only where it has just spoken of that day.
  if (!isAsked && !(talkedLately && reminding.toldDays)) return undefined
  const plan = reminding.toldDays && planReminder(reminding.toldDays)
  if (!plan) return { kind: 'courtesy', word: 'reminder-needs-day' }
  return plan.dueAtMs <= reminding.nowMs
    ? { kind: 'courtesy', word: 'reminder-today' }
    : { kind: 'courtesy', word: 'reminder-set', remind: plan }
}

/** "我20号提的，到时候提醒我", or the day that was asked for to remind of it. */
export function withReminder(decision: Decision, { reminder }: Understanding, { reminding }: Situation): Decision {
  if (!reminding || decision.kind !== 'answer' || !decision.days) return decision
  if (reminder !== 'set' && !reminding.isWished) return decision
  const plan = planReminder(decision.days)
  return plan && plan.dueAtMs > reminding.nowMs ? { ...decision, remind: plan } : decision
}

/**
 * Whoever is about to withdraw or to resubmit is warned on top of the answer; where none was sure, how long the review
 * takes is the answer.
 */
export function warnOfWithdrawal(
  decision: Decision,
  { withdraws }: Understanding,
  { timelineSection }: Situation,
): Decision {
  if (!withdraws) return decision
  switch (decision.kind) {
    case 'answer':
      return decision.reason === 'notice' ? decision : { ...decision, warns: 'withdrawal' }
    case 'escalate':
      return decision.reason === 'overdue' ? { ...decision, warns: 'withdrawal' } : decision
    case 'clarify':
    case 'fallback':
      return timelineSection === undefined
        ? decision
        : { kind: 'answer', sectionKeys: [timelineSection], reason: 'withdrawal', warns: 'withdrawal' }
    default:
      return decision
  }
}
