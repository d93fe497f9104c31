import { describe, expect, test } from 'vitest'
import { answerAsked, answerPart, factOf } from '../../src/dialogue/answer.js'
import type { CategoryRow, ShortAnswer } from '../../src/model/knowledge.js'
import type { CategoryHit, RankedAnswer, Understanding } from '../../src/model/understanding.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'

const card = (id: string, sectionKey?: string, facts: Partial<ShortAnswer> = {}): ShortAnswer => ({
  ...{ id, title: id, asks: [], more: [], followUps: [], lines: [id], topic: 'filing', beyond: false, whole: false },
  ...{ source: { text: '', date: '', strength: 'S' }, file: 'a.md', line: 1 },
  ...(sectionKey === undefined ? {} : { sectionKey }),
  ...facts,
})
const ranked = (answer: ShortAnswer, facts: Partial<RankedAnswer> = {}): RankedAnswer => ({
  ...{ answer, share: 0.8, within: 0.8, wordForWord: false },
  ...facts,
})
const FOOD = {
  id: '类目:食品',
  path: '商家自营-食品饮料',
  documents: ['《食品经营许可证》'],
  choose: 1,
} as unknown as CategoryRow
const MILK: CategoryHit = { word: '奶粉', rows: [FOOD], general: false }
const OUTSIDE = { share: 0.9, confidence: 0.9, overheard: 0.9 }
const WHERE = card('where', '4', { steps: true })
const asks = (facts: Partial<Understanding>): Understanding =>
  anUnderstanding({ candidates: [aCandidate('4')], ...facts })

describe('what one message asks for', () => {
  test('is the fact of the section that it is about', () => {
    expect(answerAsked(asks({ answers: [ranked(card('limit', '4'))] }))).toMatchObject({
      kind: 'answer',
      sectionKeys: ['4'],
      fact: { answer: { id: 'limit' } },
    })
  })

  test('is the section itself where no fact of it stands out', () => {
    expect(answerAsked(asks({ answers: [ranked(card('limit', '4'), { within: 0.1 })] }))).toEqual({
      kind: 'answer',
      sectionKeys: ['4'],
      reason: 'sure',
    })
  })

  test('lies outside the guides where most of what may be meant does', () => {
    const outside = { share: 0.9, confidence: 0.9, overheard: 0.9 }
    const understanding = asks({
      candidates: [aCandidate('4', { share: 0.1 })],
      outside,
      answers: [ranked(card('filing-time'))],
    })
    expect(answerAsked(understanding)).toMatchObject({ kind: 'outside', fact: { answer: { id: 'filing-time' } } })
  })

  test('is asked back between a section and what lies outside, with the likelier fact', () => {
    const understanding = asks({
      candidates: [aCandidate('4', { share: 0.55 }), aCandidate('3', { share: 0.1 })],
      outside: { share: 0.35, confidence: 0.35, overheard: 0.35 },
      answers: [ranked(card('limit', '4'), { share: 0.6 }), ranked(card('filing-time'), { share: 0.4 })],
    })
    expect(answerAsked(understanding)).toMatchObject({ kind: 'clarify', fact: { answer: { id: 'limit' } } })
  })

  test('is not known where nothing stands out', () => {
    const candidates = ['1', '2', '3', '4'].map((key) => aCandidate(key, { share: 0.2 }))
    expect(answerAsked(asks({ candidates, answers: [] }))).toBeUndefined()
  })

  test('is told word for word whatever else it may be', () => {
    const exact = ranked(card('seal', '1.1'), { wordForWord: true, share: 1, within: 1 })
    expect(answerAsked(asks({ answers: [exact] }))).toMatchObject({
      sectionKeys: ['1.1'],
      fact: { answer: { id: 'seal' } },
    })
  })
})

describe('goods beside words of asking for documents', () => {
  const documents = (facts: Partial<ShortAnswer>, sectionKey?: string) =>
    asks({ categories: [MILK], answers: [ranked(card('documents', sectionKey, facts))] })

  test('get their category, whatever the guides say of documents in general', () => {
    expect(factOf('4', documents({ asks: ['要什么资质'] }, '4'))).toMatchObject({ kind: 'category', hits: [MILK] })
  })

  test('get the fact that its author wrote for them', () => {
    const own = { kind: 'short-answer', answer: { id: 'documents' } }
    expect(factOf('4', documents({ asks: ['奶粉要什么资质'] }, '4'))).toMatchObject(own)
    expect(answerAsked({ ...documents({}), outside: OUTSIDE, candidates: [] })).toMatchObject({ fact: own })
  })
})

describe('a question how something is done', () => {
  test('gets the steps, and one where it is the place with its picture', () => {
    const answers = [ranked(WHERE)]
    expect(answerAsked(asks({ answers, wants: 'steps' }))).toEqual({
      kind: 'answer',
      sectionKeys: ['4'],
      reason: 'sure',
    })
    expect(answerAsked(asks({ answers, wants: 'place' }))).toMatchObject({
      fact: { answer: { id: 'where' } },
      shows: true,
    })
    expect(answerAsked(asks({ answers }))).not.toHaveProperty('shows')
  })

  test('gets the fact of one field, however it is asked', () => {
    const answers = [ranked(card('contact', '4'))]
    expect(answerAsked(asks({ answers, wants: 'steps' }))).toMatchObject({ fact: { answer: { id: 'contact' } } })
  })

  test('beside another question gets its few lines and the pictures', () => {
    const part = { text: '怎么提审', candidates: [aCandidate('4')], wantsHuman: { confidence: 0, overheard: 0 } }
    const whole = card('how', '4', { whole: true })
    expect(answerPart({ ...part, answers: [ranked(whole)], wants: 'steps' })).toEqual({
      sectionKey: '4',
      fact: { kind: 'short-answer', answer: whole },
      shows: true,
    })
    expect(answerPart({ ...part, candidates: [], answers: [] })).toBeUndefined()
  })
})

describe('a good that is named', () => {
  const factFor = (facts: Parameters<typeof factOf>[1]) => factOf('A1.2', facts)

  test('is answered by its category, unless a short answer fits better', () => {
    const answers = (within: number) => [ranked(card('shop', 'A1.2', { asks: ['奶粉能卖吗'] }), { within })]
    expect(factFor({ categories: [MILK], answers: answers(0.4) })).toEqual({ kind: 'category', hits: [MILK] })
    expect(factFor({ categories: [MILK], answers: answers(0.9) })).toMatchObject({ answer: { id: 'shop' } })
  })

  test.each(['individual', 'second-review'] as const)('is looked up in the table where it is asked for %s', (wants) => {
    const answers = [ranked(card('shop', 'A1.2'), { within: 0.95 })]
    expect(factFor({ categories: [MILK], answers, wants })).toEqual({ kind: 'category', hits: [MILK], asks: wants })
  })

  test('is not guessed where the table has no row', () => {
    const unknown: CategoryHit = { word: '二手', rows: [], general: false }
    const answers = [ranked(card('shop', 'A1.2'), { within: 0.95 })]
    expect(factFor({ categories: [unknown], answers, wants: 'individual' })).toMatchObject({ answer: { id: 'shop' } })
  })

  test('beats the word that nobody here knows', () => {
    const answers = [ranked(card('industry', 'A1.2', { beyond: true }), { within: 0.95 })]
    expect(factFor({ categories: [MILK], answers })).toEqual({ kind: 'category', hits: [MILK] })
  })
})
