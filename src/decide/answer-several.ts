import type { Decision } from '../model/decision.js'
import { FITTED_TOPICS } from '../model/fitted-topics.js'
import type { Understanding } from '../model/understanding.js'
import { scopeOf } from './answer-or-offer.js'

/**
 * Several questions in one message, each to its own section.
 *
 * @param scope 0..1 that each question must reach on the named scale
 * @returns undefined when the message rather asks one thing, or fewer than two are for us
 */
export function answerSeveral(
  { topics, candidates }: Understanding,
  { scope, confidence }: { scope: number; confidence: 'confidence' | 'overheard' },
): Extract<Decision, { kind: 'answer' }> | undefined {
  if (!topics || topics.confidence < FITTED_TOPICS.threshold) return undefined
  // Parts that leave out what the whole most likely means were torn from their context.
  if (!topics.candidates.some(({ sectionKey }) => sectionKey === candidates[0]?.sectionKey)) return undefined
  const [first, ...rest] = topics.candidates
    .filter((candidate) => scopeOf(candidate[confidence], candidate) >= scope)
    .map(({ sectionKey }) => sectionKey)
  if (first === undefined || rest.length === 0) return undefined
  return { kind: 'answer', sectionKeys: [first, ...rest], reason: 'several' }
}
