import { expect, test } from 'vitest'
import { traceDecision } from '../../src/dialogue/turn.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision, DecisionTrace } from '../../src/model/decision.js'
import type { Understanding } from '../../src/model/understanding.js'
import { aMessage } from '../support/a-message.js'
import { aSection } from '../support/a-section.js'
import { anIntent, aSnapshot } from '../support/a-snapshot.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'

const snapshot = aSnapshot({
  sections: [aSection('5'), aSection('A1')],
  intents: [anIntent('publish', { sectionKey: '5' }), anIntent('rejected', { sectionKey: 'A1' })],
})
const UNDERSTOOD = anUnderstanding({
  candidates: [aCandidate('5', { asked: 0.8, overheard: 0.6 }), aCandidate('A1', { asked: 0.1, overheard: 0.05 })],
  wantsHuman: { confidence: 0.7, overheard: 0.4 },
})

interface Traced {
  readonly message?: Partial<IncomingMessage>
  readonly understanding?: Understanding | undefined
}
const trace = (decision: Decision, { message, understanding = UNDERSTOOD }: Traced = {}): DecisionTrace =>
  traceDecision(
    aMessage({ addressedToBot: true, ...message }),
    { decision, policy: 'guide' },
    { snapshot, understanding, tookMs: 3 },
  )

test('tells what was decided, on what knowledge, and how long it took', () => {
  expect(trace({ kind: 'answer', sectionKeys: ['5'], reason: 'sure' })).toEqual({
    messageId: 'm1',
    placeKey: 'room:想天售后服务群',
    kind: 'answer',
    sections: ['5'],
    card: null,
    intent: 'publish',
    confidence: 0.8,
    reason: 'sure',
    policy: 'guide',
    candidates: [
      { section: '5', confidence: 0.8 },
      { section: 'A1', confidence: 0.1 },
    ],
    timeline: null,
    knowledgeVersion: 'cafe0001',
    tookMs: 3,
  })
})

test.each<[Decision, Partial<DecisionTrace>]>([
  [
    { kind: 'silent', reason: 'not-sure' },
    { reason: 'not-sure', sections: [], intent: null, confidence: 0.8 },
  ],
  [
    { kind: 'answer', sectionKeys: ['A1'], reason: 'chosen' },
    { reason: 'chosen', intent: 'rejected', confidence: 1 },
  ],
  [
    { kind: 'answer', sectionKeys: ['A1', '5'], reason: 'notice' },
    { sections: ['A1', '5'], confidence: 0.1 },
  ],
  [
    { kind: 'answer', sectionKeys: ['A9'], reason: 'notice' },
    { sections: ['A9'], intent: null, confidence: 0 },
  ],
  [
    { kind: 'clarify', sectionKeys: ['5', 'A1'] },
    { reason: 'several-likely', sections: ['5', 'A1'], intent: 'publish' },
  ],
  [
    { kind: 'fallback', reason: 'not-understood' },
    { reason: 'not-understood', sections: [], intent: null },
  ],
  [
    { kind: 'courtesy', word: 'menu' },
    { reason: 'menu', intent: 'menu', confidence: 1 },
  ],
  [
    { kind: 'escalate', reason: 'asked', sectionKeys: [] },
    { reason: 'asked', intent: 'human', confidence: 0.7 },
  ],
  [
    { kind: 'escalate', reason: 'accepted-offer', sectionKeys: [] },
    { reason: 'accepted-offer', confidence: 1 },
  ],
  [
    { kind: 'command', command: { kind: 'reload', force: false } },
    { reason: 'reload', intent: 'reload', confidence: 1 },
  ],
])('tells the reason of %o', (decision, expected) => {
  expect(trace(decision)).toMatchObject(expected)
})

test('counts overheard talk by what was overheard', () => {
  const overheard = { message: { addressedToBot: false } }
  expect(trace({ kind: 'silent', reason: 'not-sure' }, overheard).confidence).toBe(0.6)
  expect(trace({ kind: 'escalate', reason: 'asked', sectionKeys: [] }, overheard).confidence).toBe(0.4)
})

test('is sure of a person asked for in so many words', () => {
  const understanding = anUnderstanding({ act: 'wants-human' })
  expect(trace({ kind: 'escalate', reason: 'asked', sectionKeys: [] }, { understanding }).confidence).toBe(1)
})

test('can be written where nothing was understood', () => {
  const decision: Decision = { kind: 'silent', reason: 'failed' }
  const traced = traceDecision(
    aMessage(),
    { decision, policy: 'failed' },
    { snapshot, understanding: undefined, tookMs: 0 },
  )
  expect(traced).toMatchObject({ kind: 'silent', reason: 'failed', candidates: [], confidence: 0 })
})

test('holds no text and no names', () => {
  const secret = { text: '我的密码是 hunter2', sender: { id: '@x', key: 'k', name: '张三', role: 'customer' as const } }
  const written = JSON.stringify(trace({ kind: 'fallback', reason: 'not-understood' }, { message: secret }))
  expect(written).not.toMatch(/hunter2|张三|密码/)
})
