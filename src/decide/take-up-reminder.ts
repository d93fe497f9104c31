import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { planReminder } from './plan-reminder.js'
import type { Situation } from './situation.js'

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
