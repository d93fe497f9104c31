import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../src/config.js'
import { wantsSilence } from '../src/evaluate/exam.js'
import { crossValidate, type Understood } from '../src/evaluate/report.js'
import { FITTED } from '../src/nlu/fitted.js'
import { ASKED_LOGIT } from '../src/nlu/intent-matcher.js'
import { createLoadSnapshot } from '../src/releases/build.js'
import { fitSegments } from './fit-segments.js'
import { fitTopics } from './fit-topics.js'

/**
 * Fits calibration and thresholds on out-of-fold readings of the whole corpus, then what tells several topics
 * from one and cuts a message into its questions, and writes src/nlu/fitted.ts.
 * Thresholds are those of the least cost; costs are what a group feels, in units of one missed answer.
 */
const COSTS = {
  asked: { missed: 1, wrong: 4, askedBack: 0.45, askedBackInVain: 1.2, chatterAnswered: 0.9, chatterOffered: 0.6 },
  overheard: { missed: 1, wrong: 8.2, plain: 24, hard: 4 },
  /** A person called in vain, for each kind of message; `missed` where a person was wanted. */
  human: { missed: 1, section: 18, chatter: 18, overheardChatter: 150 },
}
const FOLDS = 5

interface Point {
  /** Uncalibrated log-odds that the message is for us. */
  readonly logit: number
  /** Uncalibrated shares, best first. */
  readonly shares: readonly number[]
  /** Uncalibrated share of "a person is wanted". */
  readonly human: number
  readonly topRight: boolean
  readonly offeredRight: boolean
  readonly kind: 'section' | 'human' | 'plain' | 'hard'
}

const { snapshot } = await createLoadSnapshot({
  knowledgeDir: join(PROJECT_ROOT, 'knowledge'),
  intentsDir: join(PROJECT_ROOT, 'intents'),
})()
const points = crossValidate(snapshot.content, FOLDS).map(toPoint)
const inScope = points.filter(({ kind }) => kind === 'section')
const plain = points.filter(({ kind }) => kind === 'plain')
const hard = points.filter(({ kind }) => kind === 'hard')

function toPoint({ message, understanding }: Understood): Point {
  const { candidates, wantsHuman, outside } = understanding
  const top = candidates[0]!
  const { slope, offset, temperature } = FITTED.calibration
  const scope = Math.min(Math.max(top.overheard / top.share, 1e-9), 1 - 1e-9)
  const raw = candidates.map(({ share }) => share ** temperature)
  const human = (wantsHuman.overheard / scope) ** temperature
  // What lies around the guides takes its part of the whole, too.
  const around = (outside?.share ?? 0) ** temperature
  const sum = raw.reduce((total, share) => total + share, human + around)
  return {
    logit: (Math.log(scope / (1 - scope)) - offset) / slope,
    shares: [...raw, around].map((share) => share / sum),
    human: human / sum,
    topRight: message.sections.includes(top.sectionKey),
    offeredRight: candidates.slice(0, 3).some(({ sectionKey }) => message.sections.includes(sectionKey)),
    kind: message.wantsHuman ? 'human' : wantsSilence(message) ? (message.hard ? 'hard' : 'plain') : 'section',
  }
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** Platt scaling by gradient descent: what the log-odds really mean. */
function fitScope(): { slope: number; offset: number } {
  let slope = 1
  let offset = 0
  for (let round = 0; round < 3_000; round++) {
    let slopeGradient = 0
    let offsetGradient = 0
    for (const { logit, kind } of points) {
      const error = sigmoid(slope * logit + offset) - (kind === 'section' || kind === 'human' ? 1 : 0)
      slopeGradient += error * logit
      offsetGradient += error
    }
    slope -= (0.5 * slopeGradient) / points.length
    offset -= (0.5 * offsetGradient) / points.length
  }
  return { slope, offset }
}

/** The temperature at which the first share is right as often as it says. */
function fitTemperature(): number {
  const loss = (temperature: number): number =>
    inScope.reduce((total, { shares, topRight }) => {
      const sharp = sharpen(shares, temperature)
      return total - Math.log(Math.max(1e-9, topRight ? sharp : 1 - sharp))
    }, 0)
  return grid(0.4, 1.6, 0.02).reduce((best, temperature) => (loss(temperature) < loss(best) ? temperature : best), 1)
}

function sharpenHuman({ shares, human }: Point, temperature: number): number {
  const powered = [human, ...shares].map((share) => share ** (1 / temperature))
  return powered[0]! / powered.reduce((total, share) => total + share, 0)
}

function sharpen(shares: readonly number[], temperature: number): number {
  const powered = shares.map((share) => share ** (1 / temperature))
  return powered[0]! / powered.reduce((total, share) => total + share, 0)
}

function grid(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) =>
    Number((from + index * step).toFixed(4)),
  )
}

const share = <T extends Point>(group: readonly T[], holds: (point: T) => boolean): number =>
  group.filter(holds).length / Math.max(1, group.length)

const { slope, offset } = fitScope()
const temperature = fitTemperature()
const calibrated = (group: readonly Point[]) =>
  group.map((point) => ({
    ...point,
    scope: sigmoid(slope * point.logit + offset),
    top: sharpen(point.shares, temperature),
    person: sharpenHuman(point, temperature),
  }))
const [section, plainTalk, hardTalk] = [calibrated(inScope), calibrated(plain), calibrated(hard)]
const callers = calibrated(points.filter(({ kind }) => kind === 'human'))

type Calibrated = (typeof section)[number]

/** Overheard: silence costs a missed answer, speaking up in vain costs more. */
function fitSpeaking(): { speakScope: number; speakShare: number } {
  const { missed, wrong, plain: plainCost, hard: hardCost } = COSTS.overheard
  const cost = ({ speakScope, speakShare }: { speakScope: number; speakShare: number }): number => {
    const speaks = ({ scope, top }: Calibrated): boolean => scope >= speakScope && top >= speakShare
    const spoken = share(section, speaks)
    const spokenWrong = share(section, (point) => speaks(point) && !point.topRight)
    return (
      missed * (1 - spoken) +
      wrong * spokenWrong +
      plainCost * share(plainTalk, speaks) +
      hardCost * share(hardTalk, speaks)
    )
  }
  const all = grid(0.4, 0.98, 0.01).flatMap((speakScope) =>
    grid(0.3, 0.98, 0.02).map((speakShare) => ({ speakScope, speakShare })),
  )
  return cheapest(all, cost)
}

/** Asked: the same with a question back as the middle way. */
function fitAnswering(): { offerScope: number; answerShare: number } {
  const { missed, wrong, askedBack, askedBackInVain, chatterAnswered, chatterOffered } = COSTS.asked
  const chatter = [...plainTalk, ...hardTalk]
  const cost = ({ offerScope, answerShare }: { offerScope: number; answerShare: number }): number => {
    const kept = (point: Calibrated): boolean => askedScope(point) >= offerScope
    const answered = (point: Calibrated): boolean => kept(point) && point.top >= answerShare
    const offered = (point: Calibrated): boolean => kept(point) && point.top < answerShare
    return (
      missed * (1 - share(section, kept)) +
      wrong * share(section, (point) => answered(point) && !point.topRight) +
      askedBack * share(section, (point) => offered(point) && point.offeredRight) +
      askedBackInVain * share(section, (point) => offered(point) && !point.offeredRight) +
      chatterAnswered * share(chatter, answered) +
      chatterOffered * share(chatter, offered)
    )
  }
  const all = grid(0.05, 0.95, 0.01).flatMap((offerScope) =>
    grid(0.3, 0.98, 0.02).map((answerShare) => ({ offerScope, answerShare })),
  )
  return cheapest(all, cost)
}

/** When a person is called, put to the bot and overheard. */
function fitHuman(scopeOf: (point: Calibrated) => number, chatterCost: number): number {
  const { missed, section: sectionCost } = COSTS.human
  const chatter = [...plainTalk, ...hardTalk]
  return cheapest(grid(0.2, 0.99, 0.01), (level) => {
    const calls = (point: Calibrated): boolean => scopeOf(point) * point.person >= level
    return (
      missed * (1 - share(callers, calls)) + sectionCost * share(section, calls) + chatterCost * share(chatter, calls)
    )
  })
}

const askedScope = ({ scope }: Calibrated): number => sigmoid(Math.log(scope / (1 - scope)) + ASKED_LOGIT)

function cheapest<T>(all: readonly T[], cost: (one: T) => number): T {
  return all.map((one) => ({ one, price: cost(one) })).reduce((best, next) => (next.price < best.price ? next : best))
    .one
}

const speaking = fitSpeaking()
const answering = fitAnswering()
const humanAsked = fitHuman(askedScope, COSTS.human.chatter)
const humanOverheard = fitHuman(({ scope }) => scope, COSTS.human.overheardChatter)
const topics = fitTopics(snapshot.content)
const segments = fitSegments(snapshot)
const text = `/** Written by \`npm run fit\` from the corpus in \`intents/\`; no number here is set by hand. */
export const FITTED = {
  date: '${new Date().toISOString().slice(0, 10)}',
  /** Out of fold on ${points.length} messages: sections right first, overheard answered right. */
  score: { rightFirst: ${share(inScope, ({ topRight }) => topRight).toFixed(4)}, overheardRight: ${share(section, (p) => p.scope >= speaking.speakScope && p.top >= speaking.speakShare && p.topRight).toFixed(4)} },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: ${slope.toFixed(4)}, offset: ${offset.toFixed(4)}, temperature: ${temperature} },
  /** 0..1, see \`src/dialogue/answer.ts\`. */
  thresholds: {
    offerScope: ${answering.offerScope},
    answerShare: ${answering.answerShare},
    speakScope: ${speaking.speakScope},
    speakShare: ${speaking.speakShare},
    humanAsked: ${humanAsked},
    humanOverheard: ${humanOverheard},
  },
${topics.entry}
${segments}
} as const
`
writeFileSync(join(PROJECT_ROOT, 'src/nlu/fitted.ts'), text)
console.log(text)
for (const level of topics.levels) console.log(level)
console.log('right or offered', share(inScope, ({ offeredRight }) => offeredRight).toFixed(4))
for (const level of [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]) {
  console.log(
    `scope ≥ ${level}: sections ${share(section, (p) => p.scope >= level).toFixed(3)} plain ${share(plainTalk, (p) => p.scope >= level).toFixed(4)} hard ${share(hardTalk, (p) => p.scope >= level).toFixed(4)}`,
  )
}
