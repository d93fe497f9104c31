import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { scopeOf } from './answer-or-offer.js'

// Apart, each question has fewer words to go by than the whole message; this much has to point to one section.
const PART_SHARE = 0.5

/**
 * Several questions in one message, each to its own section.
 *
 * @param scope 0..1 that each question must reach on the named scale
 * @returns undefined when fewer than two questions are sure, or all mean the same section
 */
export function answerSeveral(
  { questions }: Understanding,
  { scope, confidence }: { scope: number; confidence: 'confidence' | 'overheard' },
): Extract<Decision, { kind: 'answer' }> | undefined {
  const sure = (questions ?? []).flatMap((candidates) => {
    const top = candidates[0]
    return top && top.share >= PART_SHARE && scopeOf(top[confidence], top) >= scope ? [top.sectionKey] : []
  })
  const [first, ...rest] = [...new Set(sure)]
  if (first === undefined || rest.length === 0) return undefined
  return { kind: 'answer', sectionKeys: [first, ...rest], reason: 'several' }
}
