import type { Decision } from '../model/decision.js'
import type { NoticeReason } from '../model/understanding.js'

/**
 * Each reason of a rejection notice to its own answer, an unknown one to a person.
 *
 * @returns undefined when none of the reasons is known
 */
export function answerNotice(
  notice: readonly NoticeReason[],
): Extract<Decision, { kind: 'answer' | 'escalate' }> | undefined {
  const keys = [...new Set(notice.flatMap(toSections))]
  const [first, ...rest] = keys
  if (first === undefined) return undefined
  if (notice.some(({ candidates }) => candidates.length === 0)) {
    return { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: keys }
  }
  return { kind: 'answer', sectionKeys: [first, ...rest], reason: 'notice' }
}

const toSections = ({ candidates, alsoSections }: NoticeReason): readonly string[] =>
  candidates[0] ? [candidates[0].sectionKey, ...alsoSections] : []
