import { describe, expect, test } from 'vitest'
import { type LastQuestion, readUnanswered } from '../../src/learning/listen.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'
import type { Understanding } from '../../src/model/understanding.js'
import { aMessage, STAFF_ROOM } from '../support/a-message.js'
import { aCandidate, anUnderstanding, aReason } from '../support/an-understanding.js'
import { CHEN, XU } from '../support/bot-under-test.js'

const LAST: LastQuestion = { text: '声明怎么填', answeredBy: '4.1', otherwise: '4.2' }
const FALLBACK: Decision = { kind: 'fallback', reason: 'not-understood' }
const silent = (reason: 'not-sure' | 'not-for-us' | 'held-by-human' | 'answered-lately'): Decision => ({
  kind: 'silent',
  reason,
})
const answer = (reason: 'sure' | 'chosen', ...keys: [string, ...string[]]): Decision => ({
  kind: 'answer',
  sectionKeys: keys,
  reason,
})

function reading(
  text: string,
  decision: Decision,
  facts: { message?: Partial<IncomingMessage>; last?: LastQuestion; understanding?: Partial<Understanding> } = {},
) {
  const understanding = anUnderstanding({ normalized: text, ...facts.understanding })
  return readUnanswered(aMessage({ text, ...facts.message }), { decision, understanding, last: facts.last })
}

describe('keeps', () => {
  test('what the bot did not know, with its guess where it has one', () => {
    expect(reading('码要多大', FALLBACK)).toEqual({
      asked: { text: '码要多大', why: 'not-understood', sectionKey: null },
    })
    const candidates = [aCandidate('4.1', { share: 0.6, asked: 0.5 })]
    expect(reading('码要多大', FALLBACK, { understanding: { candidates } })).toMatchObject({
      asked: { sectionKey: '4.1' },
    })
  })

  test('what it offered, until something is chosen', () => {
    const clarify: Decision = { kind: 'clarify', sectionKeys: ['3', '1.1'] }
    expect(reading('这个怎么填', clarify)).toMatchObject({ asked: { why: 'not-chosen', sectionKey: '3' } })
    expect(reading('1', answer('chosen', '3'), { last: LAST })).toEqual({ chosen: true })
  })

  test('overheard questions of ours that it was not sure of', () => {
    const ours = { candidates: [aCandidate('4.1', { share: 0.7, overheard: 0.7 })] }
    expect(reading('声明那个怎么选', silent('not-sure'), { understanding: ours })).toMatchObject({
      asked: { why: 'not-sure', sectionKey: '4.1' },
    })
    expect(reading('声明那个怎么选', silent('not-for-us'), { understanding: ours })).toHaveProperty('asked')
    const others = { candidates: [aCandidate('4.1', { share: 0.7, overheard: 0.2 })] }
    expect(reading('中午吃什么', silent('not-for-us'), { understanding: others })).toEqual({})
    expect(reading('声明填好了', silent('not-sure'), { understanding: { ...ours, act: 'statement' } })).toEqual({})
  })

  test('the question before a correction, with what was meant', () => {
    const understanding = { followUp: { kind: 'correction' as const, candidates: [] } }
    expect(reading('不是声明，是协议', answer('sure', '4.3'), { understanding, last: LAST })).toEqual({
      asked: { text: '声明怎么填', why: 'corrected', sectionKey: '4.3' },
    })
  })

  test.each(['没用', '答非所问', '不对', '不是这个', '你说的不对啊', '回答错了！', '不是我想问的'])(
    'the question and the section of an answer of which is said %s',
    (text) => {
      expect(reading(text, { kind: 'fallback', reason: 'still-failing' }, { last: LAST })).toEqual({
        asked: { text: '声明怎么填', why: 'disliked', sectionKey: '4.2' },
        disliked: '4.1',
      })
    },
  )

  test('what a person had to take, without the call for one', () => {
    const handOver: Decision = { kind: 'escalate', reason: 'asked', sectionKeys: [] }
    const called = { act: 'wants-human' as const }
    expect(reading('转人工', handOver, { understanding: called, last: LAST })).toEqual({
      asked: { text: '声明怎么填', why: 'person', sectionKey: '4.1' },
    })
    const text = '麻烦转人工，我的包传上去一直在转圈'
    expect(reading(text, handOver, { understanding: called })).toMatchObject({
      asked: { text: '我的包传上去一直在转圈', why: 'person' },
    })
    expect(reading('转人工', handOver, { understanding: called })).toEqual({})
    const unknown: Decision = { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: [] }
    expect(reading('缺少投诉入口', unknown, { understanding: { notice: [aReason()] } })).toMatchObject({
      asked: { text: '缺少投诉入口' },
    })
  })
})

test.each<[string, Decision, Parameters<typeof reading>[2]]>([
  ['staff', FALLBACK, { message: { sender: CHEN } }],
  ['an admin who tries it out', FALLBACK, { message: { sender: XU } }],
  ['the staff group', FALLBACK, { message: { place: STAFF_ROOM } }],
  ['a picture', FALLBACK, { message: { kind: 'picture' } }],
  ['a sentence that people have dealt with', FALLBACK, { understanding: { taught: 'silence' } }],
  ['an answered question', answer('sure', '4.1'), {}],
  ['a repeated question', silent('answered-lately'), {}],
  ['a question that a person has', silent('held-by-human'), {}],
  ['没用 about nothing that was answered', { kind: 'fallback', reason: 'still-failing' }, {}],
])('keeps nothing of %s', (_what, decision, facts) => {
  expect(reading('声明怎么填', decision, facts)).toEqual({})
})
