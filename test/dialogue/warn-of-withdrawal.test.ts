import { expect, test } from 'vitest'
import { warnOfWithdrawal } from '../../src/dialogue/answer.js'
import type { Decision } from '../../src/model/decision.js'
import { aSituation } from '../support/a-situation.js'
import { anUnderstanding } from '../support/an-understanding.js'

const SITUATION = aSituation({ timelineSection: '5' })
const WITHDRAWS = anUnderstanding({ withdraws: true })
const warn = (decision: Decision) => warnOfWithdrawal(decision, WITHDRAWS, SITUATION)

const UNSURE: readonly Decision[] = [
  { kind: 'fallback', reason: 'not-understood' },
  { kind: 'clarify', sectionKeys: ['3', '5'] },
]

test.each(UNSURE)('answers with the timeline instead of $kind', (decision) => {
  const warned = { kind: 'answer', sectionKeys: ['5'], reason: 'withdrawal', warns: 'withdrawal' }
  expect(warn(decision)).toEqual(warned)
  expect(warnOfWithdrawal(decision, anUnderstanding(), SITUATION)).toBe(decision)
  // Where no section tells a timeline, nothing is known of a second review.
  expect(warnOfWithdrawal(decision, WITHDRAWS, aSituation())).toBe(decision)
})

test.each([
  { kind: 'answer', sectionKeys: ['4'], reason: 'sure' },
  { kind: 'escalate', reason: 'overdue', sectionKeys: ['5'] },
] satisfies readonly Decision[])('adds the warning to $kind', (decision) => {
  expect(warn(decision)).toEqual({ ...decision, warns: 'withdrawal' })
})

test.each([
  { kind: 'silent', reason: 'not-for-us' },
  { kind: 'courtesy', word: 'thanks' },
  { kind: 'escalate', reason: 'asked', sectionKeys: [] },
  // After a rejection nothing is under review.
  { kind: 'answer', sectionKeys: ['A1'], reason: 'notice' },
] satisfies readonly Decision[])('leaves $kind ($reason) as it is', (decision) => {
  expect(warn(decision)).toBe(decision)
})
