import { describe, expect, test } from 'vitest'
import { answerQuestions, answerSeveral } from '../../src/dialogue/answer.js'
import { nextSection, timelineSection } from '../../src/dialogue/turn.js'
import type { Candidate } from '../../src/model/understanding.js'
import { aSection } from '../support/a-section.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'

describe('several questions', () => {
  const answer = (candidates: readonly Candidate[], { confidence = 1 } = {}) =>
    answerSeveral(anUnderstanding({ candidates, topics: { candidates, confidence } }), {
      scope: 0.5,
      confidence: 'confidence',
    })

  test('get an answer each, in order', () => {
    expect(answer([aCandidate('5'), aCandidate('4')])).toEqual({
      kind: 'answer',
      sectionKeys: ['5', '4'],
      reason: 'several',
    })
  })

  test('that are not for us are left out', () => {
    expect(answer([aCandidate('5'), aCandidate('4'), aCandidate('1', { asked: 0.4 })])).toMatchObject({
      sectionKeys: ['5', '4'],
    })
  })

  test('are no several answers where only one is for us', () => {
    expect(answer([aCandidate('5'), aCandidate('4', { asked: 0.4 })])).toBeUndefined()
  })

  test('are no several answers where one thing is rather told at length', () => {
    expect(answer([aCandidate('5'), aCandidate('4')], { confidence: 0.01 })).toBeUndefined()
  })

  test('are no several answers where the whole rather means something else', () => {
    const candidates = [aCandidate('5'), aCandidate('4')]
    const understanding = anUnderstanding({ candidates: [aCandidate('A1')], topics: { candidates, confidence: 0.9 } })
    expect(answerSeveral(understanding, { scope: 0.5, confidence: 'confidence' })).toBeUndefined()
  })

  test('are judged on the scale that is named', () => {
    const candidates = [aCandidate('5', { overheard: 0.4 }), aCandidate('4', { overheard: 0.4 })]
    const understanding = anUnderstanding({ candidates, topics: { candidates, confidence: 1 } })
    expect(answerSeveral(understanding, { scope: 0.5, confidence: 'confidence' })).toBeDefined()
    expect(answerSeveral(understanding, { scope: 0.5, confidence: 'overheard' })).toBeUndefined()
  })

  test('need not be there at all', () => {
    expect(answerSeveral(anUnderstanding(), { scope: 0.5, confidence: 'confidence' })).toBeUndefined()
  })
})

describe('questions of which one is not understood', () => {
  const known = (id: string, sectionKey: string) => {
    const answer = { id, sectionKey, asks: [], more: [], lines: [] } as never
    return {
      ...{ text: id, candidates: [aCandidate(sectionKey)], wantsHuman: { confidence: 0, overheard: 0 } },
      answers: [{ answer, share: 0.9, within: 0.9, wordForWord: false }],
    }
  }
  const unread = {
    text: '能分期吗',
    candidates: [],
    wantsHuman: { confidence: 0, overheard: 0 },
    unread: true,
  } as const
  const asked = (parts: readonly (ReturnType<typeof known> | typeof unread)[], confidence = 1) =>
    answerQuestions(anUnderstanding({ candidates: [aCandidate('5')], questions: { parts, confidence } }))

  test('are told, and that one is named as unknown', () => {
    expect(asked([known('a', '5'), unread, known('b', '4')])?.parts).toMatchObject([
      { sectionKey: '5' },
      { unknown: '能分期吗' },
      { sectionKey: '4' },
    ])
  })

  test('are no several answers where only one is understood, unless these are surely several', () => {
    expect(asked([known('a', '5'), unread], 0.4)).toBeUndefined()
    expect(asked([known('a', '5'), unread], 0.6)?.parts).toMatchObject([{ sectionKey: '5' }, { unknown: '能分期吗' }])
  })
})

describe('the order of sections', () => {
  const snapshot = aSnapshot({
    sections: [
      aSection('1'),
      aSection('4'),
      aSection('A1'),
      aSection('5', { tellsTimeline: true }),
      aSection('other/1', { guideId: 'other' }),
    ],
  })

  test.each([
    ['1', '4'],
    ['4', '5'],
    ['5', undefined],
    ['A1', '4'],
    ['other/1', undefined],
  ])('after %s comes %s', (key, next) => {
    expect(nextSection(snapshot, key)).toBe(next)
  })

  test('leads back to submitting only where that is told', () => {
    expect(nextSection(aSnapshot({ sections: [aSection('A1'), aSection('1')] }), 'A1')).toBeUndefined()
  })

  test('knows the section that tells the timeline', () => {
    expect(timelineSection(snapshot)).toBe('5')
    expect(timelineSection(aSnapshot())).toBeUndefined()
  })
})
