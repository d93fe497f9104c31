import type { LabelledMessage } from '../src/evaluate/exam.js'
import { leaveOut, trainingMessages } from '../src/evaluate/report.js'
import type { KnowledgeContent } from '../src/model/knowledge.js'
import { buildIntentMatcher } from '../src/nlu/intent-matcher.js'
import { normalizeText } from '../src/nlu/normalize.js'
import { separateTopics } from '../src/nlu/topics.js'

/** A message torn apart in vain mostly still gets its own answer, with another one beside it. */
const COSTS = { missed: 1, tornApart: 1.2, chatter: 3 }
const FOLDS = 5
const JOINED_PER_FOLD = 300
export const JOINTS = [
  ' ',
  ' ',
  ',',
  ',',
  '?',
  '?',
  '。',
  ' 还有',
  ',还有',
  ',另外',
  ' 然后',
  ' 顺便问下',
  ',再就是',
  ';',
]
export const MAX_JOINED_CHARS = 26

export interface Point {
  readonly kind: 'joined' | 'single' | 'chatter'
  /** Undefined where no second topic is found at all. */
  readonly signs: readonly number[] | undefined
  /** At least two of the sections that were joined are found, or all of them. */
  readonly several: boolean
  readonly complete: boolean
}

let seed = 20261123
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}
export const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!

function join2or3(messages: readonly LabelledMessage[]): { text: string; sections: readonly string[] } {
  const wanted = random() < 0.2 ? 3 : 2
  const picked: LabelledMessage[] = []
  while (picked.length < wanted) {
    const next = pick(messages)
    if (!picked.some(({ sections }) => sections[0] === next.sections[0])) picked.push(next)
  }
  const text = picked
    .map((one, index) => (index === 0 ? '' : pick(JOINTS)) + one.text.replace(/[?？。!！]$/, ''))
    .join('')
  return { text, sections: picked.map(({ sections }) => sections[0]!) }
}

/** Utterances joined by chance and single ones, each read by a matcher that has not seen them. */
const readOutOfFold = (content: KnowledgeContent): readonly Point[] => {
  const messages = trainingMessages(content)
  return Array.from({ length: FOLDS }, (_, fold) => {
    const own = messages.filter((_message, index) => index % FOLDS === fold)
    const matcher = buildIntentMatcher(leaveOut(content, new Set(own.map(({ text }) => text))))
    const asked = own.filter(({ sections }) => sections.length === 1)
    const short = asked.filter(({ text }) => text.length <= MAX_JOINED_CHARS && !text.includes('\n'))
    const read = (text: string, kind: Point['kind'], sections: readonly string[]): Point => {
      const normalized = normalizeText(text)
      const found = separateTopics(normalized, matcher.match(normalized).candidates, matcher)
      const keys = found?.topics.map(({ sectionKey }) => sectionKey) ?? []
      const hits = sections.filter((key) => keys.includes(key)).length
      return { kind, signs: found?.signs, several: hits >= 2, complete: hits === sections.length }
    }
    return [
      ...Array.from({ length: JOINED_PER_FOLD }, () => join2or3(short)).map(({ text, sections }) =>
        read(text, 'joined', sections),
      ),
      ...asked.map(({ text }) => read(text, 'single', [])),
      ...own
        .filter(({ sections, wantsHuman }) => sections.length === 0 && !wantsHuman)
        .map(({ text }) => read(text, 'chatter', [])),
    ]
  }).flat()
}

/** Logistic regression by gradient descent, with a touch of ridge. @returns the bias, then the weights */
export function fitWeights(points: readonly Point[]): readonly number[] {
  const rows = points.flatMap(({ several, signs }) => (signs ? [{ x: [1, ...signs], y: several ? 1 : 0 }] : []))
  const weights = rows[0]!.x.map(() => 0)
  for (let round = 0; round < 4_000; round++) {
    const gradient = weights.map(() => 0)
    for (const { x, y } of rows) {
      const error = sigmoid(dot(x, weights)) - y
      for (const [at, value] of x.entries()) gradient[at]! += error * value
    }
    for (const at of weights.keys()) weights[at]! -= 0.5 * (gradient[at]! / rows.length + 5e-4 * weights[at]!)
  }
  return weights
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0)
export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

/**
 * Fits how several topics are told from one.
 *
 * @returns the entry of `FITTED`, and what each level would come to
 */
export function fitTopics(content: KnowledgeContent): { readonly entry: string; readonly levels: readonly string[] } {
  const points = readOutOfFold(content)
  const [bias = 0, ...weights] = fitWeights(points)
  const scored = points.map((point) => ({
    ...point,
    confidence: point.signs ? sigmoid(bias + dot(point.signs, weights)) : 0,
  }))
  const shareOf = (kind: Point['kind'], holds: (point: (typeof scored)[number]) => boolean): number => {
    const all = scored.filter((point) => point.kind === kind)
    return all.filter(holds).length / Math.max(1, all.length)
  }
  const scoreAt = (level: number) => ({
    joined: shareOf('joined', ({ confidence, complete }) => complete && confidence >= level),
    single: shareOf('single', ({ confidence }) => confidence >= level),
    chatter: shareOf('chatter', ({ confidence }) => confidence >= level),
  })
  const cost = (level: number): number => {
    const { joined, single, chatter } = scoreAt(level)
    return COSTS.missed * (1 - joined) + COSTS.tornApart * single + COSTS.chatter * chatter
  }
  const candidates = Array.from({ length: 90 }, (_, index) => (index + 5) / 100)
  const threshold = candidates.reduce((best, next) => (cost(next) < cost(best) ? next : best))
  const { joined, single, chatter } = scoreAt(threshold)
  const entry = `  /** What tells several topics from one. */
  topics: {
    /** Out of fold: joined messages of which every section is found, single ones torn apart, chatter torn apart. */
    score: { joined: ${round(joined)}, single: ${round(single)}, chatter: ${round(chatter)} },
    /** Logistic regression over \`TopicSigns\`. */
    bias: ${round(bias)},
    weights: [${weights.map(round).join(', ')}],
    /** 0..1: from here on several topics are answered. */
    threshold: ${threshold},
  },`
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5].map((level) => {
    const at = scoreAt(level)
    return `${level}: joined ${at.joined.toFixed(3)} single ${at.single.toFixed(4)} chatter ${at.chatter.toFixed(4)}`
  })
  return { entry, levels }
}

export const round = (value: number): number => Number(value.toFixed(4))
