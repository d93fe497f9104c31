import { describe, expect, test } from 'vitest'
import { THRESHOLDS } from '../../src/dialogue/answer.js'
import { decide } from '../../src/dialogue/policy.js'
import type { Situation } from '../../src/dialogue/turn.js'
import type { Decision } from '../../src/model/decision.js'
import type { Understanding } from '../../src/model/understanding.js'
import { readBareRejection } from '../../src/nlu/rejection-notice.js'
import { aMessage, DIRECT } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding, aReason } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const asked = (understanding: Partial<Understanding>, situation: Partial<Situation> = {}): Decision =>
  decide(aMessage({ addressedToBot: true }), anUnderstanding(understanding), aSituation(situation))

const NUDGE = 0.001
const SURE = { share: THRESHOLDS.answerShare, asked: THRESHOLDS.offerScope + NUDGE }

describe('asked by name', () => {
  test('answers when one section stands out', () => {
    expect(asked({ candidates: [aCandidate('5', SURE), aCandidate('4', { share: 0.01 })] })).toEqual({
      kind: 'answer',
      sectionKeys: ['5'],
      reason: 'sure',
    })
  })

  test('tells all of a section that a colleague has named, unless one of its facts is surely meant', () => {
    const ranked = (within: number) => [
      { answer: { id: 'text', sectionKey: '4.1' } as never, share: 1, within, wordForWord: false },
    ]
    const told = (within: number, facts: Partial<Understanding> = {}): Decision =>
      asked({ candidates: [aCandidate('4.1', SURE)], answers: ranked(within), ...facts })
    expect(told(0.3)).toHaveProperty('fact')
    expect(told(0.3, { taught: 'section' })).not.toHaveProperty('fact')
    expect(told(0.8, { taught: 'section' })).toHaveProperty('fact')
  })

  test('answers with the only section that comes near', () => {
    expect(asked({ candidates: [aCandidate('5', { ...SURE, share: 0.1 })] })).toMatchObject({ sectionKeys: ['5'] })
  })

  test('offers a choice where none stands out', () => {
    const candidates = [
      aCandidate('A3', { share: 0.5 }),
      aCandidate('2', { share: 0.4 }),
      aCandidate('5', { share: 0.001 }),
    ]
    expect(asked({ candidates })).toEqual({ kind: 'clarify', sectionKeys: ['A3', '2'] })
  })

  test('answers both of two that are torn, each with words of its own', () => {
    const candidates = [aCandidate('A3', { share: 0.5 }), aCandidate('2', { share: 0.4 })]
    const topics = { candidates: [aCandidate('A3'), aCandidate('2')], confidence: 0 }
    expect(asked({ candidates, topics })).toMatchObject({ sectionKeys: ['A3', '2'], reason: 'several' })
  })

  test('offers a choice where the parts leave out a likelier reading of the whole', () => {
    const candidates = ['A1.2', '1.1', 'A1'].map((key, at) => aCandidate(key, { share: [0.5, 0.4, 0.1][at]! }))
    const topics = { candidates: [aCandidate('A1.2'), aCandidate('A1')], confidence: 0 }
    expect(asked({ candidates, topics })).toMatchObject({ kind: 'clarify' })
  })

  test('offers no more than three', () => {
    const candidates = ['A1', 'A1.2', '3', '1.1', '2'].map((key) => aCandidate(key, { share: 0.2 }))
    expect(asked({ candidates })).toEqual({ kind: 'clarify', sectionKeys: ['A1', 'A1.2', '3'] })
  })

  test.each([
    ['nothing fits', []],
    ['it is hardly for us', [aCandidate('5', { asked: THRESHOLDS.offerScope - NUDGE }), aCandidate('4')]],
    ['it is not for us', [aCandidate('5', { share: 0, asked: 0 })]],
  ])('says that it does not know when %s', (_, candidates) => {
    expect(asked({ candidates })).toEqual({ kind: 'fallback', reason: 'not-understood' })
  })

  test('answers again what it has just told', () => {
    expect(asked({ candidates: [aCandidate('5')] }, { toldLately: () => true })).toMatchObject({ kind: 'answer' })
  })

  test.each(['picture', 'other'] as const)('says that it cannot read a %s', (kind) => {
    const message = aMessage({ kind, place: DIRECT, text: '' })
    expect(decide(message, anUnderstanding({ normalized: '' }), aSituation())).toEqual({
      kind: 'fallback',
      reason: 'not-understood',
    })
  })
})

describe('courtesy', () => {
  test.each([
    ['', 'menu'],
    ['👍', 'acknowledged'],
  ])('a mention with %j beside it: %s', (text, word) => {
    const message = aMessage({ text, addressedToBot: true })
    expect(decide(message, anUnderstanding({ normalized: '' }), aSituation())).toEqual({ kind: 'courtesy', word })
  })

  test.each<[string, Partial<Understanding>, Decision]>([
    ['a call for the menu gets it', { act: 'menu' }, { kind: 'courtesy', word: 'menu' }],
    ['a greeting is returned', { act: 'greeting' }, { kind: 'courtesy', word: 'greeting' }],
    ['thanks are returned', { act: 'thanks' }, { kind: 'courtesy', word: 'thanks' }],
    ['agreeing with nothing on offer opens no ticket', { act: 'yes' }, { kind: 'courtesy', word: 'declined' }],
    ['refusing with nothing on offer is accepted', { act: 'no' }, { kind: 'courtesy', word: 'declined' }],
  ])('%s', (_, understanding, decision) => {
    const unsure = { candidates: [aCandidate('5')], wantsHuman: { confidence: 0.99, overheard: 0.99 } }
    expect(asked({ ...unsure, ...understanding })).toEqual(decision)
  })

  test('does not stand in the way of a question behind it', () => {
    expect(asked({ act: 'question', candidates: [aCandidate('5')] })).toMatchObject({ kind: 'answer' })
  })
})

describe('a person is wanted', () => {
  const wants = (confidence: number): Partial<Understanding> => ({ wantsHuman: { confidence, overheard: 0 } })

  test('in so many words', () => {
    expect(asked({ act: 'wants-human', candidates: [aCandidate('5')] })).toEqual({
      kind: 'escalate',
      reason: 'asked',
      sectionKeys: [],
    })
  })

  test('by the sound of it', () => {
    expect(asked(wants(THRESHOLDS.humanAsked))).toMatchObject({ kind: 'escalate', reason: 'asked' })
  })

  test.each([
    ['it is not sure enough', { ...wants(THRESHOLDS.humanAsked - NUDGE) }],
    ['a section fits better', { ...wants(0.98), candidates: [aCandidate('5', { share: 0.99 })] }],
  ])('but not where %s', (_, understanding) => {
    expect(asked(understanding).kind).not.toBe('escalate')
  })
})

describe('a rejection notice', () => {
  test('gets an answer for each reason, in order and each once', () => {
    expect(asked({ notice: [aReason('A3', '2'), aReason('A1'), aReason('A3')] })).toEqual({
      kind: 'answer',
      sectionKeys: ['A3', 'A1'],
      reason: 'notice',
      fact: { kind: 'notice', reasons: [aReason('A3', '2'), aReason('A1'), aReason('A3')] },
    })
  })

  test('goes before the guess about the whole text', () => {
    expect(asked({ notice: [aReason('A2')], candidates: [aCandidate('5')] })).toMatchObject({
      sectionKeys: ['A2'],
    })
  })

  test('goes to a person where one reason is unknown, with what is known', () => {
    expect(asked({ notice: [aReason('A3'), aReason()] })).toEqual({
      kind: 'escalate',
      reason: 'unknown-rejection-reason',
      sectionKeys: ['A3'],
      fact: { kind: 'notice', reasons: [aReason('A3'), aReason()] },
    })
  })

  test('of which nothing is known goes to a person', () => {
    expect(asked({ notice: [aReason(), aReason()], candidates: [aCandidate('5')] })).toMatchObject({
      kind: 'answer',
      sectionKeys: ['5'],
    })
    expect(asked({ notice: [aReason()] })).toEqual({
      kind: 'escalate',
      reason: 'unknown-rejection-reason',
      sectionKeys: [],
      fact: { kind: 'notice', reasons: [aReason()] },
    })
  })
})

describe('a number', () => {
  const chosen = (key: string): Decision => ({ kind: 'answer', sectionKeys: [key], reason: 'chosen' })
  const pick = (choice: string, situation: Partial<Situation> = {}): Decision =>
    asked({ act: 'choice', choice, normalized: choice }, situation)

  test.each([
    ['1', 'A1'],
    ['3', '5'],
    ['A', 'A1'],
    ['C', '5'],
    ['4.1', '4.1'],
    ['A2', 'A2'],
    ['4', '4'],
  ])('%s picks %s from the choices of a question back, or by its own number', (choice, key) => {
    expect(pick(choice, { offered: ['A1', '3', '5'], clarifying: true, talkedLately: true })).toEqual(chosen(key))
  })

  test('that the question back itself calls a section by is that section', () => {
    const named = { offered: ['A1', '3'], invited: ['2'], clarifying: true, talkedLately: true }
    expect(pick('2', named)).toEqual(chosen('2'))
  })

  test('is a section once an answer stands below the choices, and a letter still a choice', () => {
    const answered = { offered: ['A1', '3', '5'], invited: ['2'], talkedLately: true }
    expect(pick('2', answered)).toEqual(chosen('2'))
    expect(pick('B', answered)).toEqual(chosen('3'))
  })

  test.each(['99', 'A9', '7.7'])('%s picks nothing', (choice) => {
    expect(pick(choice, { offered: ['A1', '3'], talkedLately: true })).toEqual({
      kind: 'fallback',
      reason: 'not-understood',
    })
  })

  test('without an offer names a section only while we talk', () => {
    expect(pick('1', { talkedLately: true })).toEqual(chosen('1'))
    expect(pick('1')).toEqual({ kind: 'fallback', reason: 'not-understood' })
  })

  test('that only a section can have names it at any time', () => {
    expect(pick('4.1')).toEqual(chosen('4.1'))
    expect(pick('A1')).toEqual(chosen('A1'))
  })

  test('with a decimal never picks from the offer', () => {
    expect(pick('1.1', { offered: ['A1', '3'], talkedLately: true })).toEqual(chosen('1.1'))
  })
})

describe('an offered person', () => {
  test('is accepted', () => {
    expect(asked({ act: 'yes' }, { humanOffered: true })).toEqual({
      kind: 'escalate',
      reason: 'accepted-offer',
      sectionKeys: [],
    })
  })

  test('is declined', () => {
    expect(asked({ act: 'no' }, { humanOffered: true })).toEqual({ kind: 'courtesy', word: 'declined' })
  })

  test('is forgotten over the next question', () => {
    expect(asked({ candidates: [aCandidate('5')] }, { humanOffered: true })).toMatchObject({ kind: 'answer' })
  })
})

describe('a rejection without its reason', () => {
  const rejections = { language: LANGUAGE, rejections: () => ['A1', 'A2'] }
  const about = (normalized: string) => {
    const rejected = readBareRejection(normalized, LANGUAGE)
    return { normalized, ...(rejected && { rejected }) }
  }

  test.each([
    ...['被驳回了怎么办', '审核失败', '你好,审核没通过,帮忙看下是什么原因', '又被拒了', '卧槽又被驳回'],
    ...['这都第四次打回来了,到底哪里不对', '微信给毙了,咋整', '天哪怎么又给退回来了呀', '连着两次没给过'],
  ])('is asked for it: %s', (normalized) => {
    expect(asked(about(normalized), rejections)).toEqual({
      kind: 'clarify',
      sectionKeys: ['A1', 'A2'],
      asksNotice: true,
    })
  })

  test.each(['驳回通知在哪看', '审核通过了', '备案没过怎么办', '名称被驳回了'])('is none in %s', (normalized) => {
    expect(asked(about(normalized), rejections)).not.toMatchObject({ asksNotice: true })
  })

  test('is told among other things, and nothing of them is known', () => {
    const known = { ...rejections, isRejection: (key: string) => key.startsWith('A') }
    const told = { normalized: '第二次给我打回来了,老板要骂死我' }
    expect(asked(told, known)).toMatchObject({ asksNotice: true })
    const pages = [aCandidate('5', { share: 0.3 }), aCandidate('4', { share: 0.3 })]
    expect(asked({ ...told, candidates: pages }, known)).toMatchObject({ asksNotice: true })
  })

  test('is none where the reason is known, or only reasons are left', () => {
    const known = { ...rejections, isRejection: (key: string) => key.startsWith('A') }
    const normalized = '审核没通过说类目不符'
    expect(asked({ normalized, candidates: [aCandidate('A1', SURE)] }, known)).toMatchObject({ kind: 'answer' })
    const reasons = [aCandidate('A1', { share: 0.4 }), aCandidate('A3', { share: 0.4 })]
    expect(asked({ normalized, candidates: reasons }, known)).not.toMatchObject({ asksNotice: true })
  })
})

test('good news is met with congratulations, asked or in a talk', () => {
  const situation = { language: LANGUAGE, timelineSection: '5' }
  for (const normalized of ['过了!', '审核通过了', '终于过审了']) {
    expect(asked({ normalized, act: 'statement' }, situation)).toMatchObject({ sectionKeys: ['5'], says: 'passed' })
  }
  expect(asked({ normalized: '过了吗?' }, situation)).not.toMatchObject({ says: 'passed' })
})
