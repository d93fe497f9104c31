import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import type { Situation } from './situation.js'

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
