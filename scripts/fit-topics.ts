import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../src/config.js'
import type { LabelledMessage } from '../src/evaluate/exam.js'
import { leaveOut, trainingMessages } from '../src/evaluate/report.js'
import { buildIntentMatcher } from '../src/nlu/intent-matcher.js'
import { normalizeText } from '../src/nlu/normalize.js'
import { separateTopics } from '../src/nlu/topics.js'
import { createLoadSnapshot } from '../src/releases/build.js'

/**
 * Fits how several topics are told from one, on utterances joined by chance and read out of fold, and writes
 * src/nlu/fitted-topics.ts. A message torn apart in vain mostly still gets its own answer, with another one beside it.
 */
const COSTS = { missed: 1, tornApart: 1.2, chatter: 3 }
const FOLDS = 5
const JOINED_PER_FOLD = 300
const JOINTS = [' ', ' ', ',', ',', '?', '?', '。', ' 还有', ',还有', ',另外', ' 然后', ' 顺便问下', ',再就是', ';']
const MAX_JOINED_CHARS = 26

interface Point {
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
const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!

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

const { snapshot } = await createLoadSnapshot({
  knowledgeDir: join(PROJECT_ROOT, 'knowledge'),
  intentsDir: join(PROJECT_ROOT, 'intents'),
})()
const messages = trainingMessages(snapshot.content)
const points: readonly Point[] = Array.from({ length: FOLDS }, (_, fold) => {
  const own = messages.filter((_message, index) => index % FOLDS === fold)
  const matcher = buildIntentMatcher(leaveOut(snapshot.content, new Set(own.map(({ text }) => text))))
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

/** Logistic regression by gradient descent, with a touch of ridge. @returns the bias, then the weights */
function fitWeights(): readonly number[] {
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

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0)
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

const [bias = 0, ...weights] = fitWeights()
const scored = points.map((point) => ({
  ...point,
  confidence: point.signs ? sigmoid(bias + dot(point.signs, weights)) : 0,
}))
const shareOf = (kind: Point['kind'], holds: (point: (typeof scored)[number]) => boolean): number => {
  const all = scored.filter((point) => point.kind === kind)
  return all.filter(holds).length / Math.max(1, all.length)
}
const cost = (threshold: number): number =>
  COSTS.missed * (1 - shareOf('joined', ({ confidence, complete }) => complete && confidence >= threshold)) +
  COSTS.tornApart * shareOf('single', ({ confidence }) => confidence >= threshold) +
  COSTS.chatter * shareOf('chatter', ({ confidence }) => confidence >= threshold)
const levels = Array.from({ length: 90 }, (_, index) => (index + 5) / 100)
const threshold = levels.reduce((best, next) => (cost(next) < cost(best) ? next : best))

const round = (value: number): number => Number(value.toFixed(4))
const text = `/** Written by \`npm run fit\` from the corpus in \`intents/\`; no number here is set by hand. */
export const FITTED_TOPICS = {
  date: '${new Date().toISOString().slice(0, 10)}',
  /** Out of fold: joined messages of which every section is found, single ones torn apart, chatter torn apart. */
  score: { joined: ${round(shareOf('joined', (p) => p.complete && p.confidence >= threshold))}, single: ${round(shareOf('single', (p) => p.confidence >= threshold))}, chatter: ${round(shareOf('chatter', (p) => p.confidence >= threshold))} },
  /** Logistic regression over \`TopicSigns\`. */
  bias: ${round(bias)},
  weights: [${weights.map(round).join(', ')}],
  /** 0..1: from here on several topics are answered. */
  threshold: ${threshold},
} as const
`
writeFileSync(join(PROJECT_ROOT, 'src/nlu/fitted-topics.ts'), text)
console.log(text)
for (const level of [0.1, 0.2, 0.3, 0.4, 0.5]) {
  console.log(
    `${level}: joined ${shareOf('joined', (p) => p.complete && p.confidence >= level).toFixed(3)} single ${shareOf('single', (p) => p.confidence >= level).toFixed(4)} chatter ${shareOf('chatter', (p) => p.confidence >= level).toFixed(4)}`,
  )
}
