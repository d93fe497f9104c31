import { expect, test } from 'vitest'
import { overtakenBy, type Since } from '../../src/dialogue/permission.js'
import type { IncomingMessage, Person } from '../../src/model/chat.js'
import { aMessage, LI } from '../support/a-message.js'
import { aState } from '../support/a-state.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const WANG: Person = { id: '@wang', key: 'name:王老板', name: '王老板', role: 'customer' }
const CHEN: Person = { id: '@chen', key: 'name:陈工', name: '陈工', role: 'staff' }
const question = aMessage({ id: 'q', sender: WANG, sentAtMs: MONDAY_MS })
const byChen = (facts: Partial<IncomingMessage> = {}) => aMessage({ id: 'c', sender: CHEN, text: '我来', ...facts })
const NOTHING: Since = {
  ...{ isRecalled: false, isMuted: false, isTaken: false, isAnsweredByColleague: false },
  handsOver: false,
}
const TO_WANG = { rule: 'answered', askerKeys: [WANG.key] } as const

test('a reply is wanted as long as nothing has happened', () => {
  const state = aState()
  const { sequence } = state.heard(question)
  expect(overtakenBy({ ...NOTHING, ...state.since(question, sequence) })).toBeUndefined()
})

test.each<[string, Partial<Since>]>([
  ['recalled', { isRecalled: true, isMuted: true }],
  ['room-muted', { isMuted: true, handsOver: true }],
  ['held-by-human', { isTaken: true }],
  ['colleague-answered', { isAnsweredByColleague: true }],
])('is dropped when %s', (reason, since) => {
  expect(overtakenBy({ ...NOTHING, ...since })).toBe(reason)
})

test('what hands the question over is said all the same', () => {
  expect(overtakenBy({ ...NOTHING, isTaken: true, isAnsweredByColleague: true, handsOver: true })).toBeUndefined()
})

test('a recalled question is known, and no other', () => {
  const state = aState()
  const { sequence } = state.heard(question)
  state.heard(aMessage({ id: 'r', kind: 'notice', recalls: 'q' }))
  expect(state.since(question, sequence).isRecalled).toBe(true)
  expect(state.since(aMessage({ id: 'q2', sender: WANG }), sequence).isRecalled).toBe(false)
})

test.each<[string, boolean, IncomingMessage, readonly string[]]>([
  ['a colleague who speaks to the asker', true, byChen(), [WANG.key]],
  ['a colleague who sends a picture', true, byChen({ kind: 'picture', text: '' }), [WANG.key]],
  ['a colleague who speaks to somebody else', false, byChen(), [LI.key]],
  ['whoever asked', false, byChen({ sender: { ...WANG, role: 'admin' } }), [WANG.key]],
  ['a colleague elsewhere', false, byChen({ place: { kind: 'direct', id: '@c', key: 'direct:c' } }), [WANG.key]],
])('%s has answered: %s', (_who, isAnswered, message, askerKeys) => {
  const state = aState()
  const { sequence } = state.heard(question)
  state.heard(message)
  state.colleagueSpoke(message, { rule: 'answered', askerKeys })
  expect(state.since(question, sequence).isAnsweredByColleague).toBe(isAnswered)
})

test('only what was said after the question counts', () => {
  const state = aState()
  state.heard(byChen())
  state.colleagueSpoke(byChen(), TO_WANG)
  const { sequence } = state.heard(question)
  expect(state.since(question, sequence).isAnsweredByColleague).toBe(false)
})
