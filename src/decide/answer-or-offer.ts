import type { Decision } from '../model/decision.js'
import type { Candidate } from '../model/understanding.js'
import { MAX_OFFERED, OFFERED_SHARE, THRESHOLDS } from './thresholds.js'

/** Sure → the section; two or three likely → a choice; neither → "I don't know". */
export function answerOrOffer(candidates: readonly Candidate[]): Decision {
  const [top, second] = candidates
  if (!top || scopeOf(top.confidence, top) < THRESHOLDS.offerScope)
    return { kind: 'fallback', reason: 'not-understood' }
  if (!second || top.share >= THRESHOLDS.answerShare) {
    return { kind: 'answer', sectionKeys: [top.sectionKey], reason: 'sure' }
  }
  const others = candidates.slice(2, MAX_OFFERED).filter(({ share }) => share >= OFFERED_SHARE)
  return {
    kind: 'clarify',
    sectionKeys: [top.sectionKey, second.sectionKey, ...others.map(({ sectionKey }) => sectionKey)],
  }
}

/** How probably the message is for us at all, whichever section it is; 0..1. */
export const scopeOf = (confidence: number, { share }: Candidate): number => (share === 0 ? 0 : confidence / share)
