import type { Candidate, NoticeReason, Understanding } from '../../src/model/understanding.js'

/** A section that may be meant; overheard it counts as much as asked unless told otherwise. */
export const aCandidate = (sectionKey: string, confidence: number, overheard = confidence): Candidate => ({
  sectionKey,
  intentId: `intent-${sectionKey}`,
  confidence,
  overheard,
  share: confidence,
  share: confidence,
})

/** One reason of a notice with the sections that it may mean, best first. */
export const aReason = (...sectionKeys: readonly string[]): NoticeReason => ({
  text: sectionKeys.join(),
  candidates: sectionKeys.map((key) => aCandidate(key, 0.9)),
})

/** A question that no section answers, unless told otherwise. */
export const anUnderstanding = (facts: Partial<Understanding> = {}): Understanding => ({
  normalized: '审核要多久',
  act: 'question',
  candidates: [],
  wantsHuman: { confidence: 0, overheard: 0 },
  ...facts,
})
