import type { Candidate, NoticeReason, Understanding } from '../../src/model/understanding.js'

interface Sureness {
  /** How surely this section rather than another. */
  readonly share?: number
  /** How surely the message is for us, had it been put to the bot. */
  readonly asked?: number
  /** The same, overheard. */
  readonly overheard?: number
}

/** A section that is surely meant by a message that is surely for us, unless told otherwise. */
export const aCandidate = (
  sectionKey: string,
  { share = 1, asked = 1, overheard = asked }: Sureness = {},
): Candidate => ({
  sectionKey,
  intentId: `intent-${sectionKey}`,
  confidence: share * asked,
  overheard: share * overheard,
  share,
})

/** One reason of a notice with the sections that it may mean, best first. */
export const aReason = (...sectionKeys: readonly string[]): NoticeReason => ({
  text: sectionKeys.join(),
  alsoSections: [],
  candidates: sectionKeys.map((key) => aCandidate(key, { share: 0.9 })),
})

/** A question that no section answers, unless told otherwise. */
export const anUnderstanding = (facts: Partial<Understanding> = {}): Understanding => ({
  normalized: '审核要多久',
  trimmed: facts.normalized ?? '审核要多久',
  act: 'question',
  candidates: [],
  wantsHuman: { confidence: 0, overheard: 0 },
  ...facts,
})
