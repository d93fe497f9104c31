import type { TeachEngine } from '../engine.js'
import { characterBigrams } from './character-bigrams.js'
import { NEIGHBOUR_COUNT, nearestVote } from './nearest-vote.js'

export const teachFlexSearch: TeachEngine = async (taught) => {
  const { Index } = await import('flexsearch')
  const index = new Index({ tokenize: 'strict', encode: characterBigrams })
  for (const [id, { normalized }] of taught.entries()) index.add(id, normalized)
  return ({ normalized }) => {
    const ids = index.search(normalized, { limit: NEIGHBOUR_COUNT, suggest: true })
    // It ranks and tells no score.
    return nearestVote(ids.map((id, rank) => ({ label: taught[Number(id)]!.label, weight: 1 / (1 + rank) })))
  }
}
