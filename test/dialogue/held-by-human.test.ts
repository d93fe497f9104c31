import { describe, expect, test } from 'vitest'
import { decide } from '../../src/dialogue/policy.js'
import type { Decision } from '../../src/model/decision.js'
import type { Understanding } from '../../src/model/understanding.js'
import { aMessage } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding, aReason } from '../support/an-understanding.js'

const HELD = aSituation({ quiet: 'held', humanOffered: true, offered: ['5'], talkedLately: true })
const SILENT: Decision = { kind: 'silent', reason: 'held-by-human' }

describe.each([true, false])('while a person has the question (mentioned: %s)', (addressedToBot) => {
  test.each<[string, Partial<Understanding>]>([
    ['a sure question', { candidates: [aCandidate('5')] }],
    ['an unsure one', { candidates: [aCandidate('5', { asked: 0.3 })] }],
    ['a number', { act: 'choice', choice: '1' }],
    ['a yes', { act: 'yes' }],
    ['a greeting', { act: 'greeting' }],
    ['a notice', { notice: [aReason('A3')] }],
    ['a notice with an unknown reason', { notice: [aReason('A3'), aReason()] }],
    ['talk', { act: 'statement' }],
    ['who asks for a person again', { act: 'wants-human' }],
  ])('keeps quiet at %s', (_, understanding) => {
    expect(decide(aMessage({ addressedToBot }), anUnderstanding(understanding), HELD)).toEqual(SILENT)
  })
})

test('keeps quiet about messages that it may not answer anyway, for their own reason', () => {
  const decision = decide(aMessage({ fromSelf: true }), anUnderstanding({ act: 'wants-human' }), HELD)
  expect(decision).toEqual({ kind: 'silent', reason: 'own-message' })
})
