import { describe, expect, test } from 'vitest'
import { elided, elidedWordForWord, subjectOf } from '../../src/dialogue/follow-up.js'
import type { RankedAnswer } from '../../src/model/understanding.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'

const ranked = (facts: Partial<RankedAnswer> = {}, sectionKey: string | undefined = '1.1'): RankedAnswer => ({
  ...{ answer: { id: 'seal', topic: 'filing', sectionKey } as never, share: 0.6, within: 0.6, wordForWord: false },
  ...facts,
})
const talking = (best: RankedAnswer) =>
  aSituation({ talkedLately: true, lastSection: '1.1', factsWithin: () => [best] })
const asks = (facts = {}) => anUnderstanding({ normalized: '要盖章吗', candidates: [aCandidate('1.1')], ...facts })

describe('a few words that leave out what the talk is about', () => {
  test('get the fact that an author wrote them for, however little else fits', () => {
    const understanding = asks({ act: 'statement', candidates: [] })
    const exact = talking(ranked({ within: 1, wordForWord: true }))
    expect(elidedWordForWord(understanding, exact)).toMatchObject({
      sectionKeys: ['1.1'],
      fact: { answer: { id: 'seal' } },
    })
    expect(elidedWordForWord(understanding, talking(ranked()))).toBeUndefined()
  })

  test('get the likeliest fact there', () => {
    expect(elided(asks(), talking(ranked()))).toMatchObject({
      sectionKeys: ['1.1'],
      reason: 'follow-up',
    })
    expect(elided(asks(), talking(ranked({ within: 0.1 })))).toBeUndefined()
  })

  test('that name another section are about that one', () => {
    const other = asks({ candidates: [aCandidate('4.3', { share: 0.9 }), aCandidate('1.1', { share: 0.05 })] })
    expect(elided(other, talking(ranked()))).toBeUndefined()
  })

  test('that nobody would put to us are left alone', () => {
    const chatter = asks({ candidates: [aCandidate('1.1', { overheard: 0.01 })] })
    expect(elided(chatter, talking(ranked()))).toBeUndefined()
  })
})

test('a talk about what lies outside stays there', () => {
  const decision = { kind: 'outside', fact: { kind: 'short-answer', answer: { topic: 'filing' } as never } } as const
  const replies = [{ atMs: 0, personKey: '', decision, sections: [], options: [], text: '' }]
  expect(subjectOf(aSituation({ talkedLately: true, lastSection: '1.1', replies }))).toEqual({ topic: 'filing' })
})
