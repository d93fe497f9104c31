import type { GuideFacts, ReviewDays } from '../../src/model/knowledge.js'

/** As our guide tells them. */
export const REVIEW: ReviewDays = { internal: 1, second: 7 }

export const FACTS: GuideFacts = { review: REVIEW, dateLikeKeys: new Set(['1.1', '1.2', '4.1', '4.2', '4.3']) }
