import type { KnowledgeContent } from '../model/knowledge.js'
import { normalizeText } from '../understand/normalize-text.js'
import type { Understood } from './cross-validate.js'
import { judge } from './tally-decisions.js'

/** For each wrong answer, the authored utterance of the wrong intent that looks most like the message. In Chinese. */
export function nearestUtterance(
  understood: readonly Understood[],
  { intents }: KnowledgeContent,
  limit: number,
): string {
  return understood
    .filter(({ message, understanding }) => judge(message, understanding, true).outcome === 'wrong')
    .slice(0, limit)
    .map(({ message, understanding }) => {
      const wrong = intents.find(({ id }) => id === understanding.candidates[0]?.intentId)
      const pulls = (wrong?.utterances ?? [])
        .map((utterance) => ({ utterance, likeness: likeness(message.text, utterance) }))
        .reduce((best, next) => (next.likeness > best.likeness ? next : best), { utterance: '—', likeness: 0 })
      return `  ${message.text.replace(/\s+/g, ' ').slice(0, 40)} ← ${wrong?.id ?? '—'}：${pulls.utterance.slice(0, 40)}`
    })
    .join('\n')
}

/** Share of character pairs that two texts have in common, 0..1 (Jaccard). */
function likeness(one: string, other: string): number {
  const [a, b] = [pairsOf(one), pairsOf(other)]
  const common = [...a].filter((pair) => b.has(pair)).length
  return common / Math.max(1, a.size + b.size - common)
}

function pairsOf(text: string): ReadonlySet<string> {
  const chars = Array.from(normalizeText(text).replace(/[^\p{L}\p{N}]/gu, ''))
  return new Set(chars.slice(0, -1).map((char, index) => char + chars[index + 1]!))
}
