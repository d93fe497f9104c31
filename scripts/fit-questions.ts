import { leaveOut } from '../src/evaluate/report.js'
import type { KnowledgeContent } from '../src/model/knowledge.js'
import { buildIntentMatcher } from '../src/nlu/intent-matcher.js'
import { compileLanguage } from '../src/nlu/language.js'
import { normalizeText } from '../src/nlu/normalize.js'
import { separateQuestions } from '../src/nlu/questions.js'
import { dot, fitWeights, JOINTS, MAX_JOINED_CHARS, type Point, pick, round, sigmoid } from './fit-topics.js'

/** A question that is answered in two parts has its own answer among them; one of two that is left out is asked again. */
const COSTS = { missed: 1, tornApart: 2 }
const FOLDS = 5
const JOINED_PER_FOLD = 600

interface Way {
  readonly text: string
  /** Of the short answer. */
  readonly id: string
  readonly subject: string
}

/** Ways of asking for two short answers or three, of one subject every other time: what people ask at once mostly is. */
function join(all: readonly Way[]): { readonly text: string; readonly ids: readonly string[] } {
  const first = pick(all)
  const near = pick([true, false]) ? all.filter(({ subject }) => subject === first.subject) : all
  const others = near.filter(({ id }) => id !== first.id)
  const third = pick([0, 1, 2, 3, 4]) === 0 ? [pick(all)] : []
  const joined = [first, ...(others.length > 0 ? [pick(others)] : []), ...third]
  const text = joined.map((one, at) => (at === 0 ? '' : pick(JOINTS)) + one.text.replace(/[?？。!！]$/, '')).join('')
  return { text, ids: [...new Set(joined.map(({ id }) => id))] }
}

/** Joined ways of asking, single ones, and two for the same fact, each read by a matcher that has not seen them. */
function readOutOfFold(content: KnowledgeContent): readonly Point[] {
  const phrases = compileLanguage(content.language).questions
  const ways: readonly Way[] = content.answers.flatMap(({ id, asks, more, sectionKey, topic }) =>
    [...new Set([...asks, ...more])].map((text) => ({ text, id, subject: sectionKey ?? topic })),
  )
  return Array.from({ length: FOLDS }, (_, fold) => {
    const own = ways.filter((_way, index) => index % FOLDS === fold)
    const texts = new Set(own.map(({ text }) => text))
    const kept = (all: readonly string[]): readonly string[] => all.filter((text) => !texts.has(text))
    const rest = leaveOut(content, texts)
    const answers = rest.answers.map((one) => ({ ...one, asks: kept(one.asks), more: kept(one.more) }))
    const matcher = buildIntentMatcher({ ...rest, answers })
    const short = own.filter(({ text }) => text.length <= MAX_JOINED_CHARS)
    const read = (text: string, kind: Point['kind'], ids: readonly string[]): Point => {
      const normalized = normalizeText(text)
      const found = separateQuestions(normalized, matcher.match(normalized), { matcher, phrases })
      const told = found?.questions.map(({ answers: ranked }) => ranked?.[0]?.answer.id) ?? []
      const hits = ids.filter((id) => told.includes(id)).length
      return { kind, signs: found?.signs, several: kind === 'joined' && hits >= 1, complete: hits === ids.length }
    }
    const twice = ({ text, id }: Way): string => `${text} ${pick(own.filter((one) => one.id === id)).text}`
    return [
      ...Array.from({ length: JOINED_PER_FOLD }, () => join(short)).map(({ text, ids }) => read(text, 'joined', ids)),
      ...own.map(({ text }) => read(text, 'single', [])),
      ...own.filter((_way, index) => index % FOLDS === 0).map((way) => read(twice(way), 'single', [])),
    ]
  }).flat()
}

/**
 * Fits how several questions are told from one.
 *
 * @returns the entry of `FITTED`, and what each level would come to
 */
export function fitQuestions(content: KnowledgeContent): {
  readonly entry: string
  readonly levels: readonly string[]
} {
  const points = readOutOfFold(content)
  const [bias = 0, ...weights] = fitWeights(points)
  const confidenceOf = ({ signs }: Point): number => (signs ? sigmoid(bias + dot(signs, weights)) : 0)
  const shareAt = (kind: Point['kind'], level: number): number => {
    const all = points.filter((point) => point.kind === kind)
    return all.filter((point) => confidenceOf(point) >= level).length / Math.max(1, all.length)
  }
  const cost = (level: number): number =>
    COSTS.missed * (1 - shareAt('joined', level)) + COSTS.tornApart * shareAt('single', level)
  const candidates = Array.from({ length: 90 }, (_, index) => (index + 5) / 100)
  const threshold = candidates.reduce((best, next) => (cost(next) < cost(best) ? next : best))
  const entry = `  /** What tells several questions of one message from one. */
  questions: {
    /** Out of fold: joined questions found to be several, and single ones torn apart. */
    score: { joined: ${round(shareAt('joined', threshold))}, single: ${round(shareAt('single', threshold))} },
    /** Logistic regression over \`QuestionSigns\`. */
    bias: ${round(bias)},
    weights: [${weights.map(round).join(', ')}],
    /** 0..1: from here on each is answered by itself. */
    threshold: ${threshold},
  },`
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5].map(
    (level) =>
      `questions ${level}: joined ${shareAt('joined', level).toFixed(3)} single ${shareAt('single', level).toFixed(4)}`,
  )
  return { entry, levels }
}
