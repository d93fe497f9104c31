import type { Section } from '../model/knowledge.js'
import { phrases } from './phrases.js'
import { type ReplyLine, renderSection, renderSectionBriefly } from './render-section.js'

const MAX_LINES = 3
/** Lines that say this much less than the best one are about something else. */
const NEAR_BEST = 0.6
/** One rare pair of characters in common is ground enough; what stands in every line is none. */
const MIN_SCORE = 0.4
/** Words of asking, which stand in questions and answers alike. */
const ASKING = /怎么|如何|什么|可以|哪里|哪个|是不是|要不要|能不能|需要|这个|那个|一下|吗|呢|吧|啊/g

/**
 * What of a section speaks of one question about it: title, the best three lines at most, how to see the rest. Where no
 * line does, the steps once more and the way to a person.
 *
 * @param question see `normalizeText`
 */
export function renderExcerpt(section: Section, question: string): readonly ReplyLine[] {
  const [title, ...lines] = renderSection(section, { withTimeline: section.timeline !== undefined })
  const spoken = title === undefined ? [] : linesAbout(question, lines)
  if (title === undefined || spoken.length === 0) {
    return [...renderSectionBriefly(section), { text: phrases.notInSection, pictures: [] }]
  }
  return [title, ...spoken, { text: phrases.excerptFooter(section.key), pictures: [] }]
}

function linesAbout(question: string, lines: readonly ReplyLine[]): readonly ReplyLine[] {
  const asked = pairsOf(question.replace(ASKING, ' '))
  const pairs = lines.map(({ text }) => pairsOf(text))
  const rarity = (pair: string): number => 1 / pairs.filter((own) => own.has(pair)).length
  const scores = pairs.map((own) =>
    [...asked].filter((pair) => own.has(pair)).reduce((total, pair) => total + rarity(pair), 0),
  )
  const best = Math.max(0, ...scores)
  if (best < MIN_SCORE) return []
  const chosen = [...scores.keys()]
    .filter((at) => scores[at]! >= best * NEAR_BEST)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, MAX_LINES)
  return lines.filter((_, at) => chosen.includes(at))
}

function pairsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>(text.toLowerCase().match(/[a-z0-9]{2,}/g) ?? [])
  for (const run of text.match(/\p{Script=Han}{2,}/gu) ?? []) {
    for (let at = 0; at + 2 <= run.length; at++) found.add(run.slice(at, at + 2))
  }
  return found
}
