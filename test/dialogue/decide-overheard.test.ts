import { describe, expect, test } from 'vitest'
import { THRESHOLDS } from '../../src/dialogue/answer.js'
import { decide } from '../../src/dialogue/policy.js'
import type { Situation } from '../../src/dialogue/turn.js'
import type { Decision, SilenceReason } from '../../src/model/decision.js'
import type { SpeechAct, Understanding } from '../../src/model/understanding.js'
import { aMessage } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding, aReason } from '../support/an-understanding.js'

const overheard = (understanding: Partial<Understanding>, situation: Partial<Situation> = {}): Decision =>
  decide(aMessage(), anUnderstanding(understanding), aSituation(situation))

const silent = (reason: SilenceReason): Decision => ({ kind: 'silent', reason })
const NUDGE = 0.001
const SURE = { share: THRESHOLDS.speakShare, overheard: THRESHOLDS.speakScope + NUDGE }

describe('among people', () => {
  test('answers when it is sure that it is for us, and of the section', () => {
    expect(overheard({ candidates: [aCandidate('5', SURE)] })).toEqual({
      kind: 'answer',
      sectionKeys: ['5'],
      reason: 'sure',
    })
  })

  test('stays silent where it would only answer somebody who asked', () => {
    const candidates = [aCandidate('5', { ...SURE, asked: 1, overheard: THRESHOLDS.speakScope - NUDGE })]
    expect(overheard({ candidates })).toEqual(silent('not-for-us'))
  })

  test('stays silent where several sections come near', () => {
    const share = THRESHOLDS.speakShare - NUDGE
    expect(overheard({ candidates: [aCandidate('5', { ...SURE, share })] })).toEqual(silent('not-sure'))
  })

  test('stays silent when nothing fits', () => {
    expect(overheard({ candidates: [] })).toEqual(silent('not-for-us'))
    expect(overheard({ candidates: [aCandidate('5', { share: 0, asked: 0 })] })).toEqual(silent('not-for-us'))
  })

  test('never offers a choice nor admits that it does not know', () => {
    const kinds = new Set(
      Array.from({ length: 101 }, (_, percent) => {
        const candidate = { share: percent / 100, overheard: 1 }
        return overheard({ candidates: [aCandidate('A3', candidate), aCandidate('2', { share: 0 })] }).kind
      }),
    )
    expect([...kinds].sort()).toEqual(['answer', 'silent'])
  })

  test.each<SpeechAct>(['greeting', 'thanks', 'menu', 'yes', 'no', 'choice', 'statement'])(
    'leaves a %s to people',
    (act) => {
      expect(overheard({ act, ...(act === 'choice' ? { choice: '1' } : {}) })).toEqual(silent('not-for-us'))
    },
  )

  test.each(['picture', 'other'] as const)('lets a %s pass', (kind) => {
    expect(decide(aMessage({ kind }), anUnderstanding(), aSituation())).toEqual(silent('not-text'))
  })

  test('lets a lone emoji pass', () => {
    expect(overheard({ normalized: '', act: 'statement' })).toEqual(silent('empty'))
  })
})

describe('the same answer', () => {
  const toldLately = (key: string): boolean => key === '5' || key === 'A3'

  test('is not given twice', () => {
    expect(overheard({ candidates: [aCandidate('5')] }, { toldLately })).toEqual(silent('answered-lately'))
  })

  test('does not hold back another one', () => {
    expect(overheard({ candidates: [aCandidate('4')] }, { toldLately })).toMatchObject({ kind: 'answer' })
  })

  test('is given again where a notice holds something new', () => {
    expect(overheard({ notice: [aReason('A3'), aReason('A1')] }, { toldLately })).toMatchObject({
      sectionKeys: ['A3', 'A1'],
    })
    expect(overheard({ notice: [aReason('A3')] }, { toldLately })).toEqual(silent('answered-lately'))
  })

  test('is given again to who picks its number', () => {
    const situation = { offered: ['5'], talkedLately: true, toldLately }
    expect(overheard({ act: 'choice', choice: '1' }, situation)).toMatchObject({ kind: 'answer', reason: 'chosen' })
  })
})

describe('a rejection notice', () => {
  test('is answered when every reason is known', () => {
    expect(overheard({ notice: [aReason('A3'), aReason('A4')] })).toEqual({
      kind: 'answer',
      sectionKeys: ['A3', 'A4'],
      reason: 'notice',
      fact: { kind: 'notice', reasons: [aReason('A3'), aReason('A4')] },
    })
  })

  test('with an unknown reason calls nobody unasked', () => {
    expect(overheard({ notice: [aReason('A3'), aReason()] })).toEqual(silent('not-for-us'))
  })
})

describe('what was offered', () => {
  const choice = (written: string): Partial<Understanding> => ({ act: 'choice', choice: written })

  test('is taken up without a mention', () => {
    expect(overheard(choice('B'), { offered: ['A1', '3'], talkedLately: true })).toMatchObject({ sectionKeys: ['3'] })
    expect(overheard({ act: 'yes' }, { humanOffered: true })).toMatchObject({ reason: 'accepted-offer' })
    expect(overheard({ act: 'no' }, { humanOffered: true })).toEqual({ kind: 'courtesy', word: 'declined' })
  })

  test('is not taken up by numbers that people tell each other', () => {
    expect(overheard(choice('2'))).toEqual(silent('not-for-us'))
    expect(overheard(choice('4.1'))).toEqual(silent('not-for-us'))
    expect(overheard(choice('99'), { offered: ['A1'], talkedLately: true })).toEqual(silent('not-for-us'))
  })

  test('a section is called by its number while we talk', () => {
    expect(overheard(choice('4.1'), { talkedLately: true })).toMatchObject({ sectionKeys: ['4.1'], reason: 'chosen' })
  })
})

describe('a person', () => {
  const wants = (confidence: number): Partial<Understanding> => ({
    wantsHuman: { confidence: 0, overheard: confidence },
  })

  test.each<[string, Partial<Understanding>]>([
    ['asked for in so many words', { act: 'wants-human' }],
    ['asked for by the sound of it', wants(THRESHOLDS.humanOverheard)],
  ])('is called when %s', (_, understanding) => {
    expect(overheard(understanding)).toEqual({ kind: 'escalate', reason: 'asked', sectionKeys: [] })
  })

  test('is not called on a suspicion', () => {
    expect(overheard(wants(THRESHOLDS.humanOverheard - NUDGE))).toEqual(silent('not-for-us'))
    expect(overheard({ ...wants(0.99), candidates: [aCandidate('5')] })).toMatchObject({ kind: 'answer' })
  })
})
