import type { TeachEngine } from '../engine.js'
import { characterBigrams } from './character-bigrams.js'
import { NEIGHBOUR_COUNT, nearestVote } from './nearest-vote.js'

export const teachMiniSearch: TeachEngine = async (taught) => {
  const { default: MiniSearch } = await import('minisearch')
  const index = new MiniSearch({
    fields: ['text'],
    storeFields: ['label'],
    tokenize: characterBigrams,
    processTerm: (term) => term,
  })
  index.addAll(taught.map(({ normalized, label }, id) => ({ id, text: normalized, label })))
  return ({ normalized }) => {
    const hits = index.search(normalized).slice(0, NEIGHBOUR_COUNT)
    return nearestVote(hits.map(({ label, score }) => ({ label: String(label), weight: score })))
  }
}
