import { expect, test } from 'vitest'
import type { DialogueState } from '../../src/dialogue/state.js'
import type { Decision } from '../../src/model/decision.js'
import type { StoredWalk } from '../../src/model/understanding.js'
import { aMessage, DIRECT, LI, WANG } from '../support/a-message.js'
import { aState, saysTo } from '../support/a-state.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const DAY_MS = 86_400_000

const at = (key: string): Decision => ({
  kind: 'answer',
  sectionKeys: [key],
  reason: 'walk-through',
  walk: { told: 'step', walk: { status: 'walking', at: key, outcomes: {} }, steps: ['0', '1', '2'] },
})

const walkOf = (state: DialogueState, message = aMessage(), nowMs = MONDAY_MS) =>
  state.recall(message, nowMs).walking.walk?.at

test('keeps one walk for a person in a place', () => {
  const state = aState()
  saysTo(state, aMessage(), { decision: at('0'), nowMs: MONDAY_MS })
  saysTo(state, aMessage({ sender: LI }), { decision: at('1'), nowMs: MONDAY_MS })
  saysTo(state, aMessage({ place: DIRECT }), { decision: at('2'), nowMs: MONDAY_MS })
  expect(walkOf(state)).toBe('0')
  expect(walkOf(state, aMessage({ sender: LI }))).toBe('1')
  expect(walkOf(state, aMessage({ place: DIRECT, sender: WANG }))).toBe('2')
})

test('takes a bare remark for an answer for two hours only', () => {
  const state = aState()
  saysTo(state, aMessage(), { decision: at('0'), nowMs: MONDAY_MS })
  expect(state.recall(aMessage(), MONDAY_MS + 2 * 3_600_000).walking.isFresh).toBe(true)
  expect(state.recall(aMessage(), MONDAY_MS + 2 * 3_600_000 + 1).walking).toMatchObject({
    isFresh: false,
    walk: { at: '0' },
  })
})

test('forgets a walk after thirty days, in state and on disk', () => {
  let kept: readonly StoredWalk[] = []
  const state = aState({
    walks: {
      keep: (records) => {
        kept = records
      },
    },
  })
  saysTo(state, aMessage(), { decision: at('0'), nowMs: MONDAY_MS })
  expect(walkOf(state, aMessage(), MONDAY_MS + 30 * DAY_MS)).toBe('0')
  expect(walkOf(state, aMessage(), MONDAY_MS + 30 * DAY_MS + 1)).toBeUndefined()
  saysTo(state, aMessage({ sender: LI }), { decision: at('1'), nowMs: MONDAY_MS + 31 * DAY_MS })
  expect(kept.map(({ askerKey }) => askerKey)).toEqual([LI.key])
})

test('forgets the longest untouched walk when there are too many', () => {
  const state = aState({ walks: { maxWalks: 2 } })
  const message = (name: string) => aMessage({ sender: { ...WANG, key: name } })
  saysTo(state, message('a'), { decision: at('0'), nowMs: MONDAY_MS })
  saysTo(state, message('b'), { decision: at('0'), nowMs: MONDAY_MS })
  saysTo(state, message('a'), { decision: at('1'), nowMs: MONDAY_MS })
  saysTo(state, message('c'), { decision: at('0'), nowMs: MONDAY_MS })
  expect(['a', 'b', 'c'].map((name) => walkOf(state, message(name)))).toEqual(['1', undefined, '0'])
})

test('knows whether anything else was told since', () => {
  const state = aState()
  const justTold = () => state.recall(aMessage(), MONDAY_MS).walking.justTold
  saysTo(state, aMessage(), { decision: at('0'), nowMs: MONDAY_MS })
  saysTo(state, aMessage(), { decision: { kind: 'silent', reason: 'not-for-us' }, nowMs: MONDAY_MS })
  saysTo(state, aMessage({ sender: LI }), { decision: { kind: 'courtesy', word: 'thanks' }, nowMs: MONDAY_MS })
  expect(justTold()).toBe(true)
  saysTo(state, aMessage(), { decision: { kind: 'answer', sectionKeys: ['4'], reason: 'sure' }, nowMs: MONDAY_MS })
  expect(justTold()).toBe(false)
  saysTo(state, aMessage(), { decision: at('0'), nowMs: MONDAY_MS })
  expect(justTold()).toBe(true)
})

test('takes up what an earlier run has kept', () => {
  let kept: readonly StoredWalk[] = []
  const state = aState({
    walks: {
      keep: (records) => {
        kept = records
      },
    },
  })
  saysTo(state, aMessage(), { decision: at('1'), nowMs: MONDAY_MS })
  const records = JSON.parse(JSON.stringify(kept)) as StoredWalk[]
  expect(walkOf(aState({ walks: { records } }), aMessage(), MONDAY_MS + 5 * DAY_MS)).toBe('1')
})
