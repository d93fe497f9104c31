import type { DeskRules } from './desk-rules.js'
import { addWorkingTime, isWorkingTime, nextWorkingMs, workingUntilMs } from './working-time.js'

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
