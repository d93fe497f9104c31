import { describe, expect, test } from 'vitest'
import { takeUp } from '../../src/decide/take-up.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'

const talking = aSituation({
  talkedLately: true,
  lastSection: '4.1',
  nextSection: (key) => (key === '4.1' ? '4.2' : undefined),
  timelineSection: '5',
})
const follow = (
  kind: 'how-long' | 'next' | 'again' | 'screenshot' | 'still-failing' | 'settled',
  situation = talking,
) => takeUp(anUnderstanding({ followUp: { kind } }), situation, { isAsked: false })

describe('after an answer', () => {
  test.each([
    ['how-long', '5'],
    ['next', '4.2'],
    ['again', '4.1'],
    ['screenshot', '4.1'],
  ] as const)('"%s" leads to section %s', (kind, key) => {
    expect(follow(kind)).toEqual({ kind: 'answer', sectionKeys: [key], reason: 'follow-up' })
  })

  test('the end of the guide is told once more rather than nothing', () => {
    expect(follow('next', { ...talking, lastSection: '5' })).toMatchObject({ sectionKeys: ['5'] })
  })

  test('asks what fails at first, and calls a person the second time', () => {
    expect(follow('still-failing')).toEqual({ kind: 'fallback', reason: 'still-failing' })
    expect(follow('still-failing', { ...talking, failedTries: 1 })).toMatchObject({
      kind: 'escalate',
      reason: 'still-failing',
    })
  })

  test('a correction leaves out what was just told', () => {
    const followUp = {
      kind: 'correction',
      candidates: [aCandidate('4.1', { share: 0.6 }), aCandidate('4.3', { share: 0.99 })],
    } as const
    expect(takeUp(anUnderstanding({ followUp }), talking, { isAsked: true })).toMatchObject({ sectionKeys: ['4.3'] })
  })

  test('a correction that surely means what was told is told that again', () => {
    const followUp = { kind: 'correction', candidates: [aCandidate('4.1', { share: 0.99 })] } as const
    expect(takeUp(anUnderstanding({ followUp }), talking, { isAsked: true })).toMatchObject({ sectionKeys: ['4.1'] })
  })

  test('nothing is taken up once the talk has faded', () => {
    expect(follow('next', aSituation({ lastSection: undefined }))).toBeUndefined()
  })
})

describe('after a question back', () => {
  const clarifying = aSituation({ talkedLately: true, clarifying: true, offered: ['A1', '3'] })

  test('"对" means the first choice', () => {
    expect(takeUp(anUnderstanding({ act: 'yes' }), clarifying, { isAsked: false })).toEqual({
      kind: 'answer',
      sectionKeys: ['A1'],
      reason: 'chosen',
    })
  })

  test('a number means its own', () => {
    expect(takeUp(anUnderstanding({ act: 'choice', choice: '2' }), clarifying, { isAsked: false })).toMatchObject({
      sectionKeys: ['3'],
    })
  })
})

test('calling a person is no complaint to be asked about', () => {
  const understanding = anUnderstanding({ act: 'wants-human', followUp: { kind: 'still-failing' } })
  expect(takeUp(understanding, talking, { isAsked: true })).toBeUndefined()
})
