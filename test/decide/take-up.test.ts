import { describe, expect, test } from 'vitest'
import type { Situation } from '../../src/decide/situation.js'
import { takeUp } from '../../src/decide/take-up.js'
import type { Decision } from '../../src/model/decision.js'
import type { FollowUp } from '../../src/model/understanding.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'

const TALKING: Partial<Situation> = {
  talkedLately: true,
  lastSection: '4.1',
  timelineSection: '5',
  nextSection: (key) => (key === '4.1' ? '4.2' : undefined),
}
const follow = (followUp: FollowUp, situation: Partial<Situation> = {}): Decision | undefined =>
  takeUp(anUnderstanding({ followUp }), aSituation({ ...TALKING, ...situation }), { isAsked: false })
const told = (key: string): Decision => ({ kind: 'answer', sectionKeys: [key], reason: 'follow-up' })

describe('a remark after an answer', () => {
  test.each<[FollowUp['kind'], string]>([
    ['how-long', '5'],
    ['next', '4.2'],
    ['again', '4.1'],
    ['screenshot', '4.1'],
  ])('%s is answered with section %s', (kind, key) => {
    expect(follow({ kind } as FollowUp)).toEqual(told(key))
  })

  test('next at the end of the guide stays where it is', () => {
    expect(follow({ kind: 'next' }, { lastSection: '5' })).toEqual(told('5'))
  })

  test('settled is a pleasure', () => {
    expect(follow({ kind: 'settled' })).toEqual({ kind: 'courtesy', word: 'settled' })
  })

  test('still failing is offered a person first, then gets one', () => {
    expect(follow({ kind: 'still-failing' }, { failedTries: 0 })).toEqual({ kind: 'fallback', reason: 'still-failing' })
    expect(follow({ kind: 'still-failing' }, { failedTries: 1 })).toEqual({
      kind: 'escalate',
      reason: 'still-failing',
      sectionKeys: [],
    })
  })

  test.each<FollowUp>([
    { kind: 'how-long' },
    { kind: 'next' },
    { kind: 'again' },
    { kind: 'screenshot' },
    { kind: 'settled' },
    { kind: 'still-failing' },
    { kind: 'correction', candidates: [aCandidate('4.3')] },
  ])('means nothing long after ($kind)', (followUp) => {
    expect(follow(followUp, { talkedLately: false })).toBeUndefined()
  })

  test.each<FollowUp['kind']>(['next', 'again', 'screenshot'])('%s means nothing where no section was told', (kind) => {
    expect(follow({ kind } as FollowUp, { lastSection: undefined })).toBeUndefined()
  })

  test('how long means nothing where no section tells it', () => {
    expect(follow({ kind: 'how-long' }, { timelineSection: undefined })).toBeUndefined()
  })
})

describe('a correction', () => {
  const correct = (...keys: readonly string[]): Decision | undefined =>
    follow({ kind: 'correction', candidates: keys.map((key) => aCandidate(key)) })

  test('is answered with what was meant', () => {
    expect(correct('4.3')).toMatchObject({ kind: 'answer', sectionKeys: ['4.3'] })
  })

  test('is not answered with what was told before, unless nothing else is likely', () => {
    expect(correct('4.1', '4.3')).toMatchObject({ sectionKeys: ['4.3'] })
    expect(correct('4.1')).toMatchObject({ sectionKeys: ['4.1'] })
  })

  test('that is not understood is admitted', () => {
    expect(correct()).toEqual({ kind: 'fallback', reason: 'not-understood' })
  })
})

test('a number goes before a remark, and an offered person too', () => {
  const situation = aSituation({ ...TALKING, offered: ['A1'], humanOffered: true })
  const followUp: FollowUp = { kind: 'again' }
  const read = { followUp, act: 'choice', choice: '1' } as const
  expect(takeUp(anUnderstanding(read), situation, { isAsked: false })).toMatchObject({ reason: 'chosen' })
  expect(takeUp(anUnderstanding({ followUp, act: 'yes' }), situation, { isAsked: false })).toMatchObject({
    reason: 'accepted-offer',
  })
})

test('a message that stands on its own takes up nothing', () => {
  expect(takeUp(anUnderstanding(), aSituation(TALKING), { isAsked: true })).toBeUndefined()
})
