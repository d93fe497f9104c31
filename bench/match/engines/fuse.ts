import type { TeachEngine } from '../engine.js'
import { NEIGHBOUR_COUNT, nearestVote } from './nearest-vote.js'

/** Its matching takes time with the square of the length; 32 is the longest pattern that it takes in one piece. */
const MAX_PATTERN_CHARS = 32

export const teachFuse: TeachEngine = async (taught) => {
  const { default: Fuse } = await import('fuse.js')
  const documents = taught.map(({ normalized, label }) => ({ text: normalized, label }))
  const fuse = new Fuse(documents, { keys: ['text'], includeScore: true, threshold: 0.6, ignoreLocation: true })
  return ({ normalized }) => {
    const hits = fuse.search(normalized.slice(0, MAX_PATTERN_CHARS), { limit: NEIGHBOUR_COUNT })
    // Its score is a distance, 0..1.
    return nearestVote(hits.map(({ item, score = 1 }) => ({ label: item.label, weight: 1.001 - score })))
  }
}
