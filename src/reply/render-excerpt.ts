import type { Section } from '../model/knowledge.js'
import { phrases } from './phrases.js'
import { type ReplyLine, renderSection, renderSectionBriefly } from './render-section.js'
import { asksForAll, scoreLines } from './score-lines.js'

const MAX_LINES = 3
/** Lines that say this much less than the best one are about something else. */
const NEAR_BEST = 0.6
/** One rare pair of characters in common is ground enough; what stands in every line is none. */
const MIN_SCORE = 0.4
/** "…这样填：" leads to the lines below and says nothing by itself. */
const LEADS_OVER = /[：:]$/

/**
 * What of a section speaks of one question about it: title, the best three lines at most, how to see the rest. Where no
 * line does, the steps once more and the way to a person.
 *
 * @param question see `normalizeText`
 */
export function renderExcerpt(section: Section, question: string): readonly ReplyLine[] {
  // What comes next is about another section.
  const { next: _next, ...own } = section
  const [title, ...lines] = renderSection(own, { withTimeline: section.timeline !== undefined })
  const telling = asksForAll(question, section.title) ? [] : lines.filter(({ text }) => !LEADS_OVER.test(text))
  const spoken = linesAbout(question, telling)
  if (title === undefined || spoken.length === 0) {
    return [...renderSectionBriefly(section), { text: phrases.notInSection, pictures: [] }]
  }
  return [title, ...spoken, { text: phrases.excerptFooter(section.key), pictures: [] }]
}

function linesAbout(question: string, lines: readonly ReplyLine[]): readonly ReplyLine[] {
  const scores = scoreLines(
    question,
    lines.map(({ text }) => text),
  )
  const best = Math.max(0, ...scores)
  if (best < MIN_SCORE) return []
  const chosen = [...scores.keys()]
    .filter((at) => scores[at]! >= best * NEAR_BEST)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, MAX_LINES)
  return lines.filter((_, at) => chosen.includes(at))
}
