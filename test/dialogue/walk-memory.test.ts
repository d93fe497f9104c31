import { expect, test } from 'vitest'
import { WalkMemory } from '../../src/dialogue/state.js'
import type { Decision } from '../../src/model/decision.js'
import type { StoredWalk } from '../../src/model/understanding.js'
import { aMessage, DIRECT, LI, WANG } from '../support/a-message.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const DAY_MS = 86_400_000

const at = (key: string): Decision => ({
  kind: 'answer',
  sectionKeys: [key],
  reason: 'walk-through',
  walk: { told: 'step', walk: { status: 'walking', at: key, outcomes: {} }, steps: ['0', '1', '2'] },
})

const walkOf = (memory: WalkMemory, message = aMessage(), nowMs = MONDAY_MS) => memory.recall(message, nowMs).walk?.at

test('keeps one walk for a person in a place', () => {
  const memory = new WalkMemory()
  memory.note(aMessage(), at('0'), MONDAY_MS)
  memory.note(aMessage({ sender: LI }), at('1'), MONDAY_MS)
  memory.note(aMessage({ place: DIRECT }), at('2'), MONDAY_MS)
  expect(walkOf(memory)).toBe('0')
  expect(walkOf(memory, aMessage({ sender: LI }))).toBe('1')
  expect(walkOf(memory, aMessage({ place: DIRECT, sender: WANG }))).toBe('2')
})

test('takes a bare remark for an answer for two hours only', () => {
  const memory = new WalkMemory()
  memory.note(aMessage(), at('0'), MONDAY_MS)
  expect(memory.recall(aMessage(), MONDAY_MS + 2 * 3_600_000).isFresh).toBe(true)
  expect(memory.recall(aMessage(), MONDAY_MS + 2 * 3_600_000 + 1)).toMatchObject({
    isFresh: false,
    walk: { at: '0' },
  })
})

test('forgets a walk after thirty days, in memory and on disk', () => {
  let kept: readonly StoredWalk[] = []
  const memory = new WalkMemory({
    keep: (records) => {
      kept = records
    },
  })
  memory.note(aMessage(), at('0'), MONDAY_MS)
  expect(walkOf(memory, aMessage(), MONDAY_MS + 30 * DAY_MS)).toBe('0')
  expect(walkOf(memory, aMessage(), MONDAY_MS + 30 * DAY_MS + 1)).toBeUndefined()
  memory.note(aMessage({ sender: LI }), at('1'), MONDAY_MS + 31 * DAY_MS)
  expect(kept.map(({ askerKey }) => askerKey)).toEqual([LI.key])
})

test('forgets the longest untouched walk when there are too many', () => {
  const memory = new WalkMemory({ maxWalks: 2 })
  const message = (name: string) => aMessage({ sender: { ...WANG, key: name } })
  memory.note(message('a'), at('0'), MONDAY_MS)
  memory.note(message('b'), at('0'), MONDAY_MS)
  memory.note(message('a'), at('1'), MONDAY_MS)
  memory.note(message('c'), at('0'), MONDAY_MS)
  expect(['a', 'b', 'c'].map((name) => walkOf(memory, message(name)))).toEqual(['1', undefined, '0'])
})

test('knows whether anything else was told since', () => {
  const memory = new WalkMemory()
  const justTold = () => memory.recall(aMessage(), MONDAY_MS).justTold
  memory.note(aMessage(), at('0'), MONDAY_MS)
  memory.note(aMessage(), { kind: 'silent', reason: 'not-for-us' }, MONDAY_MS)
  memory.note(aMessage({ sender: LI }), { kind: 'courtesy', word: 'thanks' }, MONDAY_MS)
  expect(justTold()).toBe(true)
  memory.note(aMessage(), { kind: 'answer', sectionKeys: ['4'], reason: 'sure' }, MONDAY_MS)
  expect(justTold()).toBe(false)
  memory.note(aMessage(), at('0'), MONDAY_MS)
  expect(justTold()).toBe(true)
})

test('takes up what an earlier run has kept', () => {
  let kept: readonly StoredWalk[] = []
  new WalkMemory({
    keep: (records) => {
      kept = records
    },
  }).note(aMessage(), at('1'), MONDAY_MS)
  const records = JSON.parse(JSON.stringify(kept)) as StoredWalk[]
  expect(walkOf(new WalkMemory({ records }), aMessage(), MONDAY_MS + 5 * DAY_MS)).toBe('1')
})
