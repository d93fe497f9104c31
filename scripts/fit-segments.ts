import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { PROJECT_ROOT } from '../src/config.js'
import { leaveOut } from '../src/evaluate/report.js'
import type { KnowledgeSnapshot } from '../src/model/understanding.js'
import { FITTED } from '../src/nlu/fitted.js'
import { buildIntentMatcher } from '../src/nlu/intent-matcher.js'
import { normalizeText } from '../src/nlu/normalize.js'
import {
  bestPath,
  type Lattice,
  latticeOf,
  piecesOf,
  type SegmentReading,
  type SegmentWeights,
} from '../src/nlu/segmenter.js'
import { JOINTS, MAX_JOINED_CHARS, pick, round } from './fit-topics.js'

/** In units of one question that is left out of several. */
const COSTS = { extra: 0.1, tornApart: 0.2 }
const FOLDS = 5
const JOINED_PER_FOLD = 120
/** What people have written tells more than what was joined by chance. */
const WRITTEN_WEIGHT = 6

interface Example {
  readonly kind: 'written' | 'joined' | 'single'
  readonly lattice: Lattice
  /** What is asked for, as `Run.target`. */
  readonly targets: ReadonlySet<string>
}

interface Way {
  readonly text: string
  readonly id: string
  readonly subject: string
}

/** Ways of asking for two short answers or three, of one subject every other time: what people ask at once mostly is. */
function joinWays(all: readonly Way[]): { readonly text: string; readonly ids: readonly string[] } {
  const first = pick(all)
  const near = pick([true, false]) ? all.filter(({ subject }) => subject === first.subject) : all
  const others = near.filter(({ id }) => id !== first.id)
  const third = pick([0, 1, 2, 3, 4]) === 0 ? [pick(all)] : []
  const joined = [first, ...(others.length > 0 ? [pick(others)] : []), ...third]
  const text = joined.map((one, at) => (at === 0 ? '' : pick(JOINTS)) + one.text.replace(/[?？。!！]$/, '')).join('')
  return { text, ids: [...new Set(joined.map(({ id }) => id))] }
}

function exampleOf(kind: Example['kind'], text: string, targets: readonly string[], reading: SegmentReading): Example {
  const normalized = normalizeText(text)
  const pieces = piecesOf(normalized, reading.phrases)
  return { kind, lattice: latticeOf(pieces, normalized, reading), targets: new Set(targets) }
}

/** Ways of asking, alone and joined by chance, each read by a matcher that has not seen them. */
function examplesOutOfFold({ content, language }: KnowledgeSnapshot): readonly Example[] {
  const ways: readonly Way[] = content.answers.flatMap(({ id, asks, more, sectionKey, topic }) =>
    [...new Set([...asks, ...more])].map((text) => ({ text, id, subject: sectionKey ?? topic })),
  )
  return Array.from({ length: FOLDS }, (_, fold) => {
    const own = ways.filter((_way, index) => index % FOLDS === fold)
    const texts = new Set(own.map(({ text }) => text))
    const kept = (all: readonly string[]): readonly string[] => all.filter((text) => !texts.has(text))
    const rest = leaveOut(content, texts)
    const answers = rest.answers.map((one) => ({ ...one, asks: kept(one.asks), more: kept(one.more) }))
    const reading = { matcher: buildIntentMatcher({ ...rest, answers }), phrases: language.questions }
    const short = own.filter(({ text }) => text.length <= MAX_JOINED_CHARS)
    return [
      ...Array.from({ length: JOINED_PER_FOLD }, () => joinWays(short)).map(({ text, ids }) =>
        exampleOf('joined', text, ids, reading),
      ),
      ...own.map(({ text, id }) => exampleOf('single', text, [id], reading)),
    ]
  }).flat()
}

/** What people have written who ask several things at once, and what of it asks for one thing each. */
function examplesWritten({ matcher, language: { questions: phrases } }: KnowledgeSnapshot): readonly Example[] {
  const reading = { matcher, phrases }
  const targetsOf = (text: string): readonly string[] => {
    const pieces = piecesOf(normalizeText(text), phrases)
    const whole = latticeOf(pieces, text, reading)
      .at(-1)
      ?.find(({ from }) => from === 0)
    return whole ? [whole.target] : []
  }
  const all = parse(readFileSync(join(PROJECT_ROOT, 'intents/several.yaml'), 'utf8')) as readonly {
    readonly text: string
    readonly asks: readonly string[]
  }[]
  return all.flatMap(({ text, asks }) => [
    exampleOf('written', text, asks.flatMap(targetsOf), reading),
    ...asks.map((ask) => exampleOf('single', ask, targetsOf(ask), reading)),
  ])
}

function costOf({ kind, lattice, targets }: Example, weights: SegmentWeights): number {
  const told = new Set(bestPath(lattice, weights).runs.map(({ target }) => target))
  const extra = [...told].filter((target) => !targets.has(target)).length
  if (kind === 'single') return told.size > 1 ? COSTS.tornApart : 0
  const missed = [...targets].filter((target) => !told.has(target)).length
  return (kind === 'written' ? WRITTEN_WEIGHT : 1) * (missed / targets.size + COSTS.extra * extra)
}

/** By the steps of a coordinate search from what is fitted now, as the costs have no slope. */
function search(examples: readonly Example[]): SegmentWeights {
  const unpacked = ([repeated = 0, ...weights]: readonly number[]): SegmentWeights => ({ weights, repeated })
  const total = (values: readonly number[]): number =>
    examples.reduce((sum, example) => sum + costOf(example, unpacked(values)), 0)
  let best: readonly number[] = [FITTED.segments.repeated, ...FITTED.segments.weights]
  let cost = total(best)
  for (let step = 0.4; step > 0.04; step /= 2) {
    for (const at of best.keys()) {
      for (const sign of [1, -1]) {
        const next = best.map((value, index) =>
          index === at ? value + sign * step * Math.max(0.3, Math.abs(value)) : value,
        )
        const price = total(next)
        if (price < cost) {
          best = next
          cost = price
        }
      }
    }
  }
  return unpacked(best.map(round))
}

/**
 * Fits how a message is cut into its questions.
 *
 * @returns the entry of `FITTED`
 */
export function fitSegments(snapshot: KnowledgeSnapshot): string {
  const examples = [...examplesOutOfFold(snapshot), ...examplesWritten(snapshot)]
  const fitted = search(examples)
  const scoreOf = (kind: Example['kind']): number => {
    const all = examples.filter((example) => example.kind === kind)
    return all.filter((example) => costOf(example, fitted) === 0).length / Math.max(1, all.length)
  }
  return `  /** What speaks for a part of a message being a question of its own. */
  segments: {
    /** Cut into what is asked for and nothing else: as people wrote it, joined by chance, and single ones left whole. */
    score: { written: ${round(scoreOf('written'))}, joined: ${round(scoreOf('joined'))}, single: ${round(scoreOf('single'))} },
    /** Linear in \`Run.signs\`. */
    weights: [${fitted.weights.join(', ')}],
    repeated: ${fitted.repeated},
  },`
}
