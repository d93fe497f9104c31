import type { StepOutcome, Walk, WalkTurn, WalkWord } from '../model/walk.js'

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
