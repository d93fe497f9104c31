import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { scopeOf } from './answer-or-offer.js'
import type { Situation } from './situation.js'
import { THRESHOLDS } from './thresholds.js'

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
