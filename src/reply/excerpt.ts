import type { Section } from '../model/knowledge.js'
import { phrases } from './phrases.js'
import { type ReplyLine, renderSection, renderSectionBriefly } from './render.js'

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
  const { title, spoken } = speaking(section, question)
  if (title === undefined || spoken.length === 0) {
    return [...renderSectionBriefly(section), { text: phrases.notInSection, pictures: [] }]
  }
  return [title, ...spoken, { text: phrases.excerptFooter(section.key), pictures: [] }]
}

/** What of a section speaks of a question; empty where nothing does. */
export const linesAbout = (question: string, section: Section): readonly string[] =>
  speaking(section, question).spoken.map(({ text }) => text)

function speaking(section: Section, question: string) {
  // What comes next is about another section.
  const { next: _next, ...own } = section
  const [title, ...lines] = renderSection(own, { withTimeline: section.timeline !== undefined })
  const telling = asksForAll(question, section.title) ? [] : lines.filter(({ text }) => !LEADS_OVER.test(text))
  return { title, spoken: spokenAmong(question, telling) }
}

function spokenAmong(question: string, lines: readonly ReplyLine[]): readonly ReplyLine[] {
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

/** Words of asking and of acting, which stand in questions and answers alike. */
const ASKING =
  /怎么样?|如何|什么|可以|哪里|哪个|哪些|哪张|那里|这里|是不是|要不要|能不能|有没有|需要|这个|那个|一下|我们|你们|就是|还是|填|选|写|[吗呢吧啊呀嘛的了要啥]/g
/** Said of a place in a form or list: 第三项, 第 2 步. */
const ORDINAL = /第 ?(\d{1,2}|[一二三四五六七八九十]) ?[个项步条点处]/g
const HAN_NUMBERS = '一二三四五六七八九十'
/** 几张, 多少字: asks for a line that counts the same. */
const AMOUNT = /(?:几|多少) ?(?:个?)(\p{Script=Han})/gu
const SIZE = /多大/
const TELLS_SIZE = /\d ?[mk]b?(?![a-z])/i
/** What a place that the question names counts for; words alone never outweigh it. */
const PLACE_SCORE = 4
const AMOUNT_SCORE = 1
/** 盖章 in 盖公司公章. */
const APART_SCORE = 0.7
const MAX_APART = 3
/** A stretch of the question of which a smaller share is found anywhere is about something that no line tells. */
const MIN_FOUND = 0.5

/** 怎么弄, 咋整: asks for all the steps. */
const ASKS_HOW = /(?:怎么|如何|咋)(?:弄|办|搞|整|做|操作|处理|填|写|选)?(?:[呢啊呀吧了的]|[\s?,.!])*$/

/** "类目怎么弄" about 服务类目: names no more than the whole section. @param question see `normalizeText` */
const asksForAll = (question: string, title: string): boolean =>
  ASKS_HOW.test(question) &&
  stretchesOf(question.replace(ASKS_HOW, ''))
    .flat()
    .every((word) => finderOf(word)(title))

/**
 * How much each line of an answer speaks of a question: places by their number, amounts by what is counted, words by how
 * rare they are among the lines.
 *
 * @param question see `normalizeText`
 * @returns a score for each line, 0 where it says nothing of the question; all 0 where the question names something
 *   that no line tells of
 */
function scoreLines(question: string, lines: readonly string[]): readonly number[] {
  const places = placeScores(question, lines)
  const amounts = amountScores(question, lines)
  const words = wordScores(question.replace(ORDINAL, ' ').replace(ASKING, ' '), lines)
  return lines.map((_, at) => places[at]! + amounts[at]! + words[at]!)
}

/** "第三项" is what a line calls so, else the line with that number. */
function placeScores(question: string, lines: readonly string[]): readonly number[] {
  const named = lines.map(ordinalsIn)
  const isAt = (place: number, at: number): boolean =>
    named.some((places) => places.includes(place))
      ? named[at]!.includes(place)
      : new RegExp(`^${place}[.、] `).test(lines[at]!)
  const asked = ordinalsIn(question)
  return lines.map((_, at) => (asked.some((place) => isAt(place, at)) ? PLACE_SCORE : 0))
}

const ordinalsIn = (text: string): readonly number[] =>
  [...text.matchAll(ORDINAL)].map(([, written = '']) => HAN_NUMBERS.indexOf(written) + 1 || Number(written))

function amountScores(question: string, lines: readonly string[]): readonly number[] {
  const counted = [...question.matchAll(AMOUNT)].map(
    ([, measure = '']) => new RegExp(`[\\d一二两三四五六七八九十] ?${measure}`),
  )
  const asked = SIZE.test(question) ? [...counted, TELLS_SIZE] : counted
  return lines.map((line) => (asked.some((pattern) => pattern.test(line)) ? AMOUNT_SCORE : 0))
}

function wordScores(asked: string, lines: readonly string[]): readonly number[] {
  const none = lines.map(() => 0)
  const found = new Map<string, readonly number[]>()
  for (const stretch of stretchesOf(asked)) {
    const words = [...new Set(stretch)].map((word) => [word, linesWith(word, lines)] as const)
    const known = words.filter(([, scores]) => scores.some((score) => score > 0))
    // A lone pair may be no more than a way of asking.
    if (words.length > 1 && known.length < words.length * MIN_FOUND) return none
    for (const [word, scores] of known) found.set(word, scores)
  }
  return none.map((_, at) =>
    [...found.values()].reduce((total, scores) => total + scores[at]! / scores.filter((score) => score > 0).length, 0),
  )
}

/** 1 for each line with the word; where none has it, less for those that have its two characters a little apart. */
function linesWith(word: string, lines: readonly string[]): readonly number[] {
  const holds = finderOf(word)
  const whole = lines.map((line) => (holds(line) ? 1 : 0))
  if (whole.some((score) => score > 0) || !/^\p{Script=Han}{2}$/u.test(word)) return whole
  const [first = '', last = ''] = word
  if (!lines.some((line) => line.includes(first) && line.includes(last))) return whole
  const apart = new RegExp(`${word[0]}\\p{Script=Han}{1,${MAX_APART}}${word[1]}`, 'u')
  return lines.map((line) => (apart.test(line) ? APART_SCORE : 0))
}

/** Whether a text holds the word, not as a part of a longer one in letters. */
function finderOf(word: string): (text: string) => boolean {
  if (!/^[a-z0-9.]+$/.test(word)) return (text) => text.includes(word)
  const pattern = new RegExp(`(?<![a-z0-9.])${word.replace('.', '\\.')}(?![a-z0-9]|\\.\\d)`, 'i')
  return (text) => pattern.test(text)
}

/** The question in stretches without a break, each as pairs of characters; words in letters, and numbers like 2.2. */
function stretchesOf(text: string): readonly (readonly string[])[] {
  const written = text.match(/[a-z][a-z0-9]+|\d+\.\d+|\d{3,}|\d+[a-z]+/g) ?? []
  const han = text.match(/\p{Script=Han}{2,}/gu) ?? []
  return [...written.map((word) => [word]), ...han.map(pairsIn)]
}

const pairsIn = (run: string): readonly string[] =>
  Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2))
