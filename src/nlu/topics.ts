import type { Candidate, IntentMatcher, Topics } from '../model/understanding.js'
import { FITTED } from './fitted.js'
import { numberedItems } from './rejection-notice.js'

/** Words that lead over to another matter; the source of a pattern. */
const CONNECTIVES = '还有|另外|再问|顺便|以及|其次|对了|然后|再就是|再一个|又说|还说'
/** Where one thing that is said may end and the next begin. */
const BREAK = new RegExp(
  [
    '[?!。;\\n,]+',
    // Words in letters belong together: "leimu bufu".
    '(?<![a-z])\\s+',
    '\\s+(?![a-z])',
    '(?<=[^\\s、]{4})、(?=[^\\s、]{4})',
    `(?<=\\S)(?=${CONNECTIVES}|第[一二三四两1-4][个条]|[一二三]是)`,
  ].join('|'),
)
/** Words that only lead over; they say nothing of what follows. */
const LEADING =
  /^(?:还有一?[个条点]?(?:就是|是)?|另外|再就是|顺便问?一?下?|然后|以及|其次|对了|再一个|请?问一?下?|想问一?下?)+/
/** Less than this says too little to tell a topic; it goes with its neighbour. */
const MIN_CHARS = 4
/** What comes after is left with the last clause, so that a long message costs no more than a short one. */
const MAX_CLAUSES = 6

/** Cuts a message into the least pieces that may be about things of their own. @param text see `normalizeText` */
export function splitClauses(text: string): readonly string[] {
  const numbered = numberedClauses(text)
  if (numbered.length > 1) return limited(numbered)
  const clauses: string[] = []
  let short = ''
  for (const piece of text.split(BREAK)) {
    const clause = piece?.replace(LEADING, '').trim() ?? ''
    if (clause === '') continue
    const joined = short === '' ? clause : `${short} ${clause}`
    if (joined.length < MIN_CHARS) short = joined
    else {
      clauses.push(joined)
      short = ''
    }
  }
  if (short !== '') clauses.push(short)
  const [last, beforeLast] = [clauses.at(-1), clauses.at(-2)]
  if (short !== '' && last !== undefined && beforeLast !== undefined) clauses.splice(-2, 2, `${beforeLast} ${last}`)
  return limited(clauses)
}

/** What a person numbers is several things by their own word. */
function numberedClauses(text: string): readonly string[] {
  const items = numberedItems(text).map(({ heading, details }) => [heading, ...details].join(' ').trim())
  return items.every((item) => item.length >= MIN_CHARS) ? items : []
}

const limited = (clauses: readonly string[]): readonly string[] =>
  clauses.length <= MAX_CLAUSES
    ? clauses
    : [...clauses.slice(0, MAX_CLAUSES - 1), clauses.slice(MAX_CLAUSES - 1).join(' ')]

// The best of seven settings that were tried on 2026-11-23, on the joined utterances of scripts/fit-topics.ts.
/** What a change of topic from one clause to the next costs, in log-odds. */
const CHANGE_COST = 0.5
/** What a clause that is not for us speaks for each topic: little, but not against any. */
const IDLE_SHARE = 0.02
/** Share of a section that the matcher does not name at all. */
const UNNAMED_SHARE = 0.002
/** Nothing is offered below this, so that reading such a message in parts would be a waste of time. */
export const WORTH_READING_SCOPE = FITTED.thresholds.offerScope
/** A topic of its own needs this much, however surely there are several. */
const MIN_SHARE = 0.3
const MIN_SCOPE = 0.3
/** Sections of a clause that are thought about. */
const LIKELY = 4

const JOINS = new RegExp(`${CONNECTIVES}|第[二三四两2][个条点]?|[两三几][个条]|一起|分别|都不|二是|;`)
const ASKS =
  /[?]|怎么|如何|咋|啥|什么|吗|呢|哪|几|多少|多久|是不是|能不能|要不要|有没有|为什么|凭什么|么$|不$|没$|行不行|可以/

/** 之前已经提交过一次了 */
const TELLS_DONE = /(?:已经?|之前|以前|刚刚?|早就)[^?]{0,12}(?:过|好|完)[^?]{0,4}了$/
const TROUBLE = /被|拒|驳|打回|退|没|不|[?]|怎么|如何|吗|啥|什么/

interface Piece {
  readonly sectionKey: string
  readonly text: string
}

interface Topic extends Piece {
  readonly candidate: Candidate
}

/** What tells several topics from one that is told at length, in the order of the weights of `FITTED.topics`. */
export type TopicSigns = readonly number[]

/**
 * Finds what a message is about when it asks or tells several things: clause by clause, each change of topic at a cost.
 *
 * @param text see `normalizeText`
 * @param whole what `matcher` makes of the whole text
 * @returns undefined when no more than one section is spoken of
 */
export function findTopics(text: string, whole: readonly Candidate[], matcher: IntentMatcher): Topics | undefined {
  if (scopeOf(whole[0]) < WORTH_READING_SCOPE) return undefined
  const found = separateTopics(text, whole, matcher)
  if (!found) return undefined
  const parts = found.topics.map(({ text: part }) => {
    const { answers, categories } = matcher.match(part)
    return { ...(answers && { answers }), ...(categories && { categories }) }
  })
  return {
    candidates: found.topics.map(({ candidate }) => candidate),
    ...(parts.some(({ answers }) => answers) && { parts }),
    confidence: confidenceOf(found.signs),
  }
}

/** Which sections a part of a message may mean. @param part see `normalizeText` */
export const candidatesOf = (part: string, matcher: IntentMatcher): readonly Candidate[] =>
  matcher.candidates?.(part) ?? matcher.match(part).candidates

/** So sure by its own words, 0..1, a clause speaks of a section. */
const MENTIONED_SHARE = 0.6

/** The sections that the clauses of a text surely speak of, each once; empty for a text of one clause. */
export function findMentions(text: string, matcher: IntentMatcher): readonly Candidate[] {
  const clauses = splitClauses(text)
  if (clauses.length < 2) return []
  const tops = clauses.flatMap((clause) => candidatesOf(clause, matcher)[0] ?? [])
  const sure = tops.filter((top) => top.share >= MENTIONED_SHARE && scopeOf(top) >= WORTH_READING_SCOPE)
  return sure.filter(({ sectionKey }, at) => sure.findIndex((one) => one.sectionKey === sectionKey) === at)
}

/** As `findTopics`, with the signs themselves, to fit their weights on. */
export function separateTopics(
  text: string,
  whole: readonly Candidate[],
  matcher: IntentMatcher,
): { readonly topics: readonly Topic[]; readonly signs: TopicSigns } | undefined {
  const clauses = splitClauses(text)
  if (clauses.length < 2) return undefined
  // Most pieces are one clause, and are not read twice.
  const readBefore = new Map<string, readonly Candidate[]>()
  const readPart = (part: string): readonly Candidate[] => {
    const known = readBefore.get(part) ?? candidatesOf(part, matcher)
    readBefore.set(part, known)
    return known
  }
  const read = clauses.map(readPart)
  const keys = [...new Set(read.flatMap((candidates) => candidates.slice(0, LIKELY).map((one) => one.sectionKey)))]
  if (keys.length < 2) return undefined
  const { path, gain } = likeliestPath(read.map((candidates) => keys.map((key) => logEvidence(key, candidates))))
  const pieces = joinNeighbours(clauses, path, keys)
  const topics = pieces.length < 2 ? [] : pieces.flatMap((piece) => toTopic(piece, readPart(piece.text)))
  const best = strongestOfEach(topics)
  return best.length < 2 ? undefined : { topics: best, signs: signsOf({ text, whole, gain, topics, best }) }
}

function confidenceOf(signs: TopicSigns): number {
  const sum = signs.reduce((total, sign, index) => total + sign * FITTED.topics.weights[index]!, FITTED.topics.bias)
  return 1 / (1 + Math.exp(-sum))
}

/** How likely a clause is said about a section, as a logarithm. */
function logEvidence(sectionKey: string, candidates: readonly Candidate[]): number {
  const scope = scopeOf(candidates[0])
  const share = candidates.find((candidate) => candidate.sectionKey === sectionKey)?.share ?? UNNAMED_SHARE
  return Math.log(scope * share + (1 - scope) * IDLE_SHARE)
}

export const scopeOf = (top: Candidate | undefined): number => (top && top.share > 0 ? top.confidence / top.share : 0)

/**
 * The likeliest sequence of sections, by Viterbi's algorithm.
 *
 * @param evidence for each clause, for each section
 * @returns a section's index for each clause, and how much likelier that is than the best single section throughout
 */
function likeliestPath(evidence: readonly (readonly number[])[]): { path: readonly number[]; gain: number } {
  const [first, ...rest] = evidence
  let scores = [...(first ?? [])]
  const cameFrom: number[][] = []
  for (const clause of rest) {
    const best = indexOfHighest(scores)
    const from = scores.map((score, at) => (score >= scores[best]! - CHANGE_COST ? at : best))
    scores = from.map((source, at) => scores[source]! - (source === at ? 0 : CHANGE_COST) + clause[at]!)
    cameFrom.push(from)
  }
  const end = indexOfHighest(scores)
  const path = [end]
  for (const from of cameFrom.reverse()) path.unshift(from[path[0]!]!)
  const single = (first ?? []).map((_, at) => evidence.reduce((total, clause) => total + clause[at]!, 0))
  return { path, gain: scores[end]! - Math.max(...single) }
}

const indexOfHighest = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores))

function joinNeighbours(
  clauses: readonly string[],
  path: readonly number[],
  keys: readonly string[],
): readonly Piece[] {
  const pieces: Piece[] = []
  for (const [index, text] of clauses.entries()) {
    const sectionKey = keys[path[index]!]!
    const last = pieces.at(-1)
    if (last?.sectionKey === sectionKey) pieces[pieces.length - 1] = { sectionKey, text: `${last.text} ${text}` }
    else pieces.push({ sectionKey, text })
  }
  return pieces
}

/** A piece counts when, read by itself, it means what it was taken for and is no story of what has been done. */
function toTopic(piece: Piece, [top]: readonly Candidate[]): readonly Topic[] {
  if (TELLS_DONE.test(piece.text) && !TROUBLE.test(piece.text)) return []
  if (top?.sectionKey !== piece.sectionKey || top.share < MIN_SHARE || scopeOf(top) < MIN_SCOPE) return []
  return [{ ...piece, candidate: top }]
}

/** Each section once, in the order in which they are first spoken of. */
function strongestOfEach(topics: readonly Topic[]): readonly Topic[] {
  return [...new Set(topics.map(({ sectionKey }) => sectionKey))].map((key) =>
    topics
      .filter(({ sectionKey }) => sectionKey === key)
      .reduce((best, next) => (next.candidate.confidence > best.candidate.confidence ? next : best)),
  )
}

interface Separation {
  readonly text: string
  readonly whole: readonly Candidate[]
  readonly gain: number
  readonly topics: readonly Topic[]
  readonly best: readonly Topic[]
}

const MAX_GAIN = 6
const TINY = 1e-3

function signsOf({ text, whole, gain, topics, best }: Separation): TopicSigns {
  const wholeShares = best.map(
    ({ sectionKey }) => whole.find((candidate) => candidate.sectionKey === sectionKey)?.share ?? TINY,
  )
  const leastShare = Math.min(...best.map(({ candidate }) => candidate.share))
  return [
    Math.min(MAX_GAIN, gain) / 3,
    Math.log(Math.max(leastShare, TINY) / Math.max(1 - leastShare, TINY)) / 3,
    Math.log(Math.max(Math.min(...wholeShares), TINY)) / 3,
    JOINS.test(text) ? 1 : 0,
    best.every((topic) => ASKS.test(topic.text)) ? 1 : 0,
    best.length - 2,
    topics.length - best.length,
    Math.log(text.length) - 3,
  ]
}
