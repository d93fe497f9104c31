import { expect, test } from 'vitest'
import { turnWalk } from '../../src/dialogue/checklist.js'
import type { Walk, WalkTurn, WalkWord } from '../../src/model/understanding.js'
import { randomFrom } from '../support/random-picks.js'

const STEPS = '0 1 1.1 2 3'.split(' ')
const WORDS: readonly WalkWord[] = ['start', 'restart', 'resume', 'done', 'skip', 'back', 'stop', 'where']

interface Turned {
  readonly walk: Walk | undefined
  readonly turns: readonly (WalkTurn | undefined)[]
}

/** Says words one after another, from nothing. */
function walkWith(words: readonly WalkWord[], { justTold = true, steps = STEPS } = {}): Turned {
  let walk: Walk | undefined
  const turns = words.map((word) => {
    const turn = turnWalk(walk, word, { steps, justTold })
    walk = turn?.walk ?? walk
    return turn
  })
  return { walk, turns }
}

const toldBy = (...words: readonly WalkWord[]): string => {
  const last = walkWith(words).turns.at(-1)
  return last ? `${last.told} ${last.walk.at}` : 'nothing'
}

test.each([
  ['start', 'first-step 0'],
  ['start done', 'step 1'],
  ['start done skip', 'step 1.1'],
  ['start done back', 'step 0'],
  ['start back', 'step 0'],
  ['start resume', 'step 1'],
  ['start stop', 'stopped 0'],
  ['start done where', 'where 1'],
  ['start done stop where', 'offer 1'],
  ['where', 'nothing'],
  ['start done stop resume', 'step 1'],
  ['start done stop done', 'step 1'],
  ['start done stop start', 'offer 1'],
  ['start done start resume', 'step 1'],
  ['start done start restart', 'first-step 0'],
  ['start done start stop', 'stopped 1'],
  ['start start', 'first-step 0'],
  ['start done done done done done', 'verdict 3'],
  ['start done done back back done', 'step 1.1'],
  ['start done done done done done back', 'step 3'],
  ['start done done done done done start', 'first-step 0'],
  ['start done skip done done done resume', 'step 1'],
  ['start done skip done done done resume done', 'verdict 1'],
])('%s: tells %s', (words, told) => {
  expect(toldBy(...(words.split(' ') as WalkWord[]))).toBe(told)
})

test.each(['restart', 'resume', 'done', 'skip', 'back', 'stop'] as const)('knows no %s before the start', (word) => {
  expect(turnWalk(undefined, word, { steps: STEPS, justTold: false })).toBeUndefined()
})

test.each(['done', 'skip', 'stop', 'resume'])('is at its end when all is done: no %s', (word) => {
  expect(toldBy('start', 'done', 'done', 'done', 'done', 'done', word as WalkWord)).toBe('nothing')
})

test('shows the step again to somebody who goes on after something else was told', () => {
  const { walk } = walkWith(['start', 'done'])
  expect(turnWalk(walk, 'resume', { steps: STEPS, justTold: false })).toMatchObject({ told: 'step', walk: { at: '1' } })
})

test('goes on with the steps that a reload has left', () => {
  const { walk } = walkWith(['start', 'done', 'done'])
  const turn = turnWalk(walk, 'resume', { steps: ['0', '2', '3'], justTold: false })
  expect(turn?.walk).toEqual({ status: 'walking', at: '2', outcomes: { '0': 'done' } })
})

test('walks nowhere where no steps are known', () => {
  expect(turnWalk(undefined, 'start', { steps: [], justTold: false })).toBeUndefined()
})

test('stays whole whatever is said in whatever order', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = randomFrom(seed)
    let walk: Walk | undefined
    for (let said = 0; said < 60; said++) {
      const steps = STEPS.slice(0, random.below(20) === 0 ? 1 + random.below(STEPS.length) : STEPS.length)
      const before = structuredClone(walk)
      const turn = turnWalk(walk, random.pick(WORDS), { steps, justTold: random.below(2) === 0 })
      expect(walk).toEqual(before)
      if (!turn) continue
      expect(steps).toContain(turn.walk.at)
      expect(steps).toEqual(expect.arrayContaining(Object.keys(turn.walk.outcomes)))
      // Kept on disk and read again it is the same walk.
      expect(JSON.parse(JSON.stringify(turn.walk))).toEqual(turn.walk)
      expect(turn.told === 'verdict').toBe(turn.walk.status === 'finished')
      walk = turn.walk
    }
  }
})

test('comes to a verdict over every step, however often somebody goes back, leaves off or begins anew', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = randomFrom(seed)
    const detours = Array.from({ length: random.below(40) }, () => random.pick(WORDS))
    let { walk } = walkWith(['start', ...detours, 'restart'])
    let turn: WalkTurn | undefined
    for (let step = 0; step < STEPS.length; step++) {
      turn = turnWalk(walk, random.pick(['done', 'skip'] as const), { steps: STEPS, justTold: true })
      walk = turn?.walk
    }
    expect(turn?.told).toBe('verdict')
    expect(Object.keys(walk!.outcomes).sort()).toEqual([...STEPS].sort())
  }
})
