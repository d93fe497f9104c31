import { describe, expect, test } from 'vitest'
import { takeUp } from '../../src/dialogue/follow-up.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const talking = aSituation({
  language: LANGUAGE,
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
  ] as const)('"%s" leads to section %s', (kind, key) => {
    expect(follow(kind)).toEqual({ kind: 'answer', sectionKeys: [key], reason: 'follow-up' })
  })

  test.each(['again', 'screenshot'] as const)('"%s" asks for a place in what was told, not for all of it', (kind) => {
    expect(follow(kind)).toEqual({ kind: 'answer', sectionKeys: ['4.1'], reason: 'follow-up', narrows: true })
  })

  test('"how-long" is reckoned from the days that were told before', () => {
    const toldDays = { timeline: { overdue: false } } as never
    const reminding = { nowMs: 0, toldDays, isWished: false, isSet: false }
    expect(follow('how-long', { ...talking, reminding })).toMatchObject({ reason: 'days', days: toldDays })
  })

  test('"改好了" after a rejection leads back to submitting, in a line', () => {
    const situation = { ...talking, lastSection: 'A4', nextSection: () => '4', isRejection: () => true }
    const done = anUnderstanding({ followUp: { kind: 'done' } })
    expect(takeUp(done, situation, { isAsked: true })).toMatchObject({ sectionKeys: ['4'], says: 'mended' })
    expect(takeUp(done, situation, { isAsked: false })).toBeUndefined()
  })

  test('"直接再提？" after a rejection does so too, and elsewhere is none of that', () => {
    const situation = { ...talking, lastSection: 'A4', nextSection: () => '4', isRejection: () => true }
    const asks = anUnderstanding({ followUp: { kind: 'resubmit' } })
    expect(takeUp(asks, situation, { isAsked: false })).toMatchObject({ sectionKeys: ['4'], says: 'mended' })
    expect(takeUp(asks, talking, { isAsked: true })).toBeUndefined()
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

describe('words that name what they ask about', () => {
  const asks = (text: string, key: string) =>
    takeUp(
      anUnderstanding({
        normalized: text,
        followUp: { kind: 'screenshot' },
        candidates: [aCandidate(key, { asked: 0.97, share: 0.98 })],
      }),
      talking,
      { isAsked: false },
    )

  test('are matched like any other, whatever was told last', () => {
    expect(asks('隐私协议截图发哪个', '4.3')).toBeUndefined()
    expect(asks('备案截图去哪里截', '1.1')).toBeUndefined()
  })

  test('that a fact of another section answers are told that one', () => {
    const answer = { id: 'site', topic: 'x', sectionKey: '1.1', whole: false } as never
    const site = { answer, share: 0.9, within: 0.9, wordForWord: false }
    const joint = { candidates: [aCandidate('1.1')], answers: [{ ...site, share: 0.1 }] } as never
    const understanding = anUnderstanding({
      ...{ normalized: '这截图上哪截', followUp: { kind: 'screenshot' }, answers: [site] },
    })
    const situation = { ...talking, spokenToLast: true, factsOnward: () => ({ joint, last: joint }) }
    expect(takeUp(understanding, situation, { isAsked: false })).toMatchObject({
      sectionKeys: ['1.1'],
      fact: { answer },
    })
  })

  test('a bare question for screenshots stays with what was told', () => {
    expect(asks('截图要发哪个', '1.1')).toMatchObject({ sectionKeys: ['4.1'] })
    expect(asks('这个要截几张图呢', '1.1')).toMatchObject({ sectionKeys: ['4.1'] })
  })
})

describe('a place in what was told', () => {
  const picks = (normalized: string, offered: readonly string[] = []) =>
    takeUp(
      anUnderstanding({ normalized, act: 'choice', choice: '2' }),
      { ...talking, offered, hasSection: () => true },
      { isAsked: true },
    )

  test('is a line of the last answer where nothing was offered', () => {
    expect(picks('第二项')).toMatchObject({ sectionKeys: ['4.1'], narrows: true })
  })

  test.each(['第五项写什么', '那第一步截图发哪个'])('may be asked about: %s', (normalized) => {
    expect(takeUp(anUnderstanding({ normalized }), talking, { isAsked: true })).toMatchObject({ narrows: true })
  })

  test('is none where more is named', () => {
    expect(takeUp(anUnderstanding({ normalized: '隐私协议第五项写什么' }), talking, { isAsked: true })).toBeUndefined()
  })

  test('is a choice where something was', () => {
    expect(picks('第二项', ['A1', '3'])).toMatchObject({ sectionKeys: ['3'] })
  })

  test('a bare number is that section', () => {
    expect(picks('2')).toMatchObject({ sectionKeys: ['2'] })
  })
})

describe('"不是这个"', () => {
  const notThat = (situation = talking) =>
    takeUp(anUnderstanding({ followUp: { kind: 'not-that' } }), situation, { isAsked: false })

  test('leaves the other choices', () => {
    expect(notThat({ ...talking, offered: ['4.1', '4.2', '4.3'] })).toEqual({
      kind: 'clarify',
      sectionKeys: ['4.2', '4.3'],
    })
  })

  test('to all choices at once is asked back, and the second time a person comes', () => {
    const none = { ...talking, clarifying: true, offered: ['4.1', '4.2', '4.3'] }
    expect(notThat(none)).toEqual({ kind: 'fallback', reason: 'not-that' })
    expect(notThat({ ...none, failedTries: 1 })).toMatchObject({ kind: 'escalate', reason: 'failed-twice' })
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
