import type { Decision } from '../model/decision.js'
import type { KnowledgeSnapshot, StepOutcome, Understanding, Walk, WalkTurn, WalkWord } from '../model/understanding.js'
import { type Situation, timelineSection } from './turn.js'

/**
 * Words of a walk-through: its start, and "好了", "跳过", "退出" … of somebody who walks.
 *
 * @returns undefined when the message has nothing to do with a walk
 */
export function takeUpWalk(
  understanding: Understanding,
  { walking, humanOffered }: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  if (!walking) return undefined
  // "算了" refuses the person who was offered last.
  if (humanOffered && (understanding.act === 'yes' || understanding.act === 'no')) return undefined
  const { walk, isFresh, justTold } = walking
  const word = wordFor(understanding, walk)
  if (word === undefined) return undefined
  if (!isAsked && !mayBeTakenUnasked(word, { namesReview: understanding.walk?.namesReview === true, walk, isFresh })) {
    return undefined
  }
  const turn = turnWalk(walk, word, { steps: walking.steps(), justTold: isFresh && justTold })
  return turn && decisionOf(turn)
}

function wordFor({ walk: remark, act, followUp }: Understanding, walk: Walk | undefined): WalkWord | undefined {
  if (remark) return remark.word
  if (walk?.status === 'asked' && act === 'yes') return 'resume'
  if (walk?.status === 'asked' && act === 'no') return 'stop'
  // "然后呢", "接下来"
  return walk?.status === 'walking' && followUp?.kind === 'next' ? 'done' : undefined
}

interface Overheard {
  readonly namesReview: boolean
  readonly walk: Walk | undefined
  readonly isFresh: boolean
}

/** "带我走一遍" may be meant for a colleague, and hours later "好了" tells of anything. */
function mayBeTakenUnasked(word: WalkWord, { namesReview, walk, isFresh }: Overheard): boolean {
  if (word === 'start') return namesReview || isFresh
  if (!isFresh || !walk) return false
  return walk.status === 'walking' || walk.status === 'asked' || word === 'resume'
}

function decisionOf(turn: WalkTurn): Decision {
  const { told, walk, steps } = turn
  if (told === 'offer') return { kind: 'courtesy', word: 'walk-offered', walk: turn }
  if (told === 'stopped') return { kind: 'courtesy', word: 'walk-ended', walk: turn }
  const left = steps.filter((key) => walk.outcomes[key] !== 'done')
  const [first = walk.at, ...others] = told === 'verdict' ? left : [walk.at]
  return { kind: 'answer', sectionKeys: [first, ...others], reason: 'walk-through', walk: turn }
}

/** `4.1`, `payment/2`, and `2-2` where a guide gives a number twice; no appendix, no unnumbered heading. */
const NUMBERED = /^(?:[^/]+\/)?\d+(?:\.\d+)*(?:-\d+)?$/

/**
 * The steps of a walk-through: those that the guide names which tells how long a review takes, else the first guide; or
 * all its numbered sections.
 *
 * @returns section keys in the guide's order; empty when there are none
 */
export function walkSteps(snapshot: KnowledgeSnapshot): readonly string[] {
  const { guides } = snapshot.content
  const guideId = snapshot.sections.get(timelineSection(snapshot) ?? '')?.guideId ?? guides[0]?.id
  const named = guides.find(({ id }) => id === guideId)?.steps
  if (named) return named
  return [...snapshot.sections.values()].flatMap(({ guideId: of, key, role }) =>
    of === guideId && role !== 'rejection' && NUMBERED.test(key) ? [key] : [],
  )
}

interface Way {
  /** Section keys of the steps, in order. */
  readonly steps: readonly string[]
  /** The present step is the last thing that this person was told. */
  readonly justTold: boolean
}

/**
 * One turn of a walk-through. Pure: state in, state out.
 *
 * @param walk undefined where this person walks nothing here
 * @returns undefined when the word means nothing to a walk in this state
 */
export function turnWalk(walk: Walk | undefined, word: WalkWord, way: Way): WalkTurn | undefined {
  const [first] = way.steps
  if (first === undefined) return undefined
  const begin: WalkTurn = {
    told: 'first-step',
    walk: { status: 'walking', at: first, outcomes: {} },
    steps: way.steps,
  }
  if (!walk) return word === 'start' ? begin : undefined
  const present = onTheWay(walk, way.steps)
  if (word === 'restart') return begin
  if (present.status === 'finished') return afterTheEnd(present, word, begin)
  if (word === 'start') return isUntouched(present, first) ? begin : turn('offer', { ...present, status: 'asked' }, way)
  if (word === 'stop') return present.status === 'paused' ? undefined : turn('stopped', pause(present), way)
  if (word === 'where' && present.status !== 'walking') return turn('offer', { ...present, status: 'asked' }, way)
  // Whoever left off is first shown where that was.
  if (present.status !== 'walking') return tell(present, present.at, way)
  switch (word) {
    case 'resume':
      return way.justTold ? advance(present, 'done', way) : tell(present, present.at, way)
    case 'done':
      return advance(present, 'done', way)
    case 'skip':
      return advance(present, 'skipped', way)
    case 'back':
      return tell(present, before(present.at, way.steps), way)
    case 'where':
      return turn('where', present, way)
  }
}

/** The guide may have been edited since: steps that are gone are forgotten, and the walk stands on one that is there. */
function onTheWay(walk: Walk, steps: readonly string[]): Walk {
  const outcomes = Object.fromEntries(Object.entries(walk.outcomes).filter(([key]) => steps.includes(key)))
  if (steps.includes(walk.at)) return { ...walk, outcomes }
  return { ...walk, outcomes, at: steps.find((key) => outcomes[key] === undefined) ?? steps.at(-1)! }
}

function afterTheEnd(walk: Walk, word: WalkWord, begin: WalkTurn): WalkTurn | undefined {
  const { steps } = begin
  if (word === 'start') return begin
  if (word === 'back') return tell(walk, walk.at, { steps })
  const left = steps.find((key) => walk.outcomes[key] !== 'done')
  return word === 'resume' && left !== undefined ? tell(walk, left, { steps }) : undefined
}

function advance(walk: Walk, outcome: StepOutcome, way: Way): WalkTurn {
  const outcomes = { ...walk.outcomes, [walk.at]: outcome }
  // After going back, and on a second round, what is done already is passed over.
  const next = way.steps.slice(way.steps.indexOf(walk.at) + 1).find((key) => outcomes[key] !== 'done')
  if (next === undefined) return turn('verdict', { ...walk, status: 'finished', outcomes }, way)
  return tell({ ...walk, outcomes }, next, way)
}

const isUntouched = ({ at, outcomes }: Walk, first: string): boolean =>
  at === first && Object.keys(outcomes).length === 0

const before = (key: string, steps: readonly string[]): string => steps[Math.max(0, steps.indexOf(key) - 1)]!

const pause = (walk: Walk): Walk => ({ ...walk, status: 'paused' })

const tell = (walk: Walk, at: string, way: Pick<Way, 'steps'>): WalkTurn =>
  turn('step', { ...walk, status: 'walking', at }, way)

const turn = (told: WalkTurn['told'], walk: Walk, { steps }: Pick<Way, 'steps'>): WalkTurn => ({ told, walk, steps })
