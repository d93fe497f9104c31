import { describe, expect, test } from 'vitest'
import { aboutReason, elided, goesOnward as goesOnwardFor, staysBeyond } from '../../src/dialogue/follow-up.js'
import {
  asksOfGoods,
  awaitsCategory,
  elidedWordForWord,
  isBareQuestion,
  ofSubject,
  subjectOf,
  swapsGoods,
} from '../../src/dialogue/subject.js'
import type { Situation } from '../../src/dialogue/turn.js'
import type { RankedAnswer, Understanding } from '../../src/model/understanding.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const ranked = (facts: Partial<RankedAnswer> = {}, sectionKey: string | undefined = '1.1'): RankedAnswer => ({
  ...{ answer: { id: 'seal', topic: 'filing', sectionKey } as never, share: 0.6, within: 0.6, wordForWord: false },
  ...facts,
})
const talking = (best: RankedAnswer) =>
  aSituation({ talkedLately: true, lastSection: '1.1', factsWithin: () => [best] })
const goesOnward = (understanding: Understanding, situation: Situation, isAsked = true) =>
  goesOnwardFor(understanding, situation, { isAsked })
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

  test('that name goods leave nothing out', () => {
    const goods = [{ word: '奶粉', rows: [{ id: 'milk' } as never], general: false }]
    expect(elided(asks({ categories: goods }), talking(ranked()))).toBeUndefined()
    expect(goesOnward(asks({ act: 'question', categories: goods }), talking(ranked()))).toBeUndefined()
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

describe('read behind the last question', () => {
  const match = (answers: readonly RankedAnswer[], facts = {}) => ({
    ...{ candidates: [aCandidate('1.1')], wantsHuman: { confidence: 0, overheard: 0 }, answers, ...facts },
  })
  const named = (id: string, share: number) => ranked({ answer: { id, topic: 'x', sectionKey: '1.1' } as never, share })
  const last = match([named('material', 0.7), named('seal', 0.01)])
  const onward = (joint: ReturnType<typeof match>, facts = {}) =>
    aSituation({ talkedLately: true, lastSection: '1.1', factsOnward: () => ({ joint, last }), ...facts })
  const told = { kind: 'answer', reason: 'follow-up', fact: { answer: { id: 'seal' } } }

  const alone = (id: string, share: number) => asks({ answers: [named(id, share)] })

  test('words ask for the fact that they, the talk and both questions speak for', () => {
    const joint = match([named('material', 0.8), named('seal', 0.1)])
    const factsWithin = () => [named('seal', 0.5), named('size', 0.3)]
    expect(goesOnward(alone('seal', 0.2), onward(joint, { factsWithin }))).toMatchObject(told)
    // 每年都交啊
    const remark = { ...alone('seal', 0.2), act: 'statement', normalized: '每张都盖啊' } as const
    expect(goesOnward(remark, onward(joint, { factsWithin }))).toMatchObject(told)
    const theirs = { factsWithin, colleagueSpokeSince: true }
    expect(goesOnward(remark, onward(joint, theirs), false)).toBeUndefined()
    expect(goesOnward(remark, onward(joint, { factsWithin, spokenToLast: true }), false)).toMatchObject(told)
    const chatter = { ...remark, candidates: [aCandidate('1.1', { overheard: 0.1 })] }
    expect(goesOnward(chatter, onward(joint, { factsWithin }))).toBeUndefined()
  })

  test('a fact that only one of them speaks for is not asked for', () => {
    const joint = match([named('material', 0.8), named('seal', 0.02)])
    expect(goesOnward(asks(), onward(joint))).toBeUndefined()
    expect(goesOnward(alone('size', 0.45), onward(joint))).toBeUndefined()
  })

  test('words that name another section by themselves go on with nothing', () => {
    const other = { ...alone('seal', 0.4), candidates: [aCandidate('4.3', { share: 0.9 })] }
    const factsWithin = () => [named('seal', 0.05)]
    expect(goesOnward(other, onward(match([named('seal', 0.3)]), { factsWithin }))).toBeUndefined()
  })

  test('goods that are named behind a question for a category are what it is asked for', () => {
    const categories = [{ word: '饼干', rows: [], general: false }]
    const onSale = asks({ act: 'statement', normalized: '还卖饼干' })
    expect(goesOnward(onSale, onward(match([], { categories })))).toMatchObject({
      fact: { kind: 'category', hits: categories },
    })
    // The goods of a question before the last are not asked for again.
    expect(goesOnward(asks({ act: 'statement' }), onward(match([], { categories })))).toBeUndefined()
  })

  test('words that leave the question what it was are told again what was told', () => {
    const fact = { kind: 'short-answer', answer: named('seal', 1).answer }
    const replies = saying({ kind: 'answer', sectionKeys: ['1.1'], fact })
    const same = match([named('seal', 0.95)])
    const talk = onward(same, { replies, spokenToLast: true, language: LANGUAGE })
    expect(goesOnward(asks({ normalized: '要盖几个' }), talk)).toMatchObject(told)
    expect(goesOnward(asks({ act: 'statement', normalized: '行吧我去盖' }), talk)).toBeUndefined()
  })

  test('words that answer a question back say with the first one what is meant', () => {
    const replies = [{ decision: { kind: 'fallback', reason: 'unclear' } } as never]
    const joint = match([], { candidates: [aCandidate('4.3', { share: 0.95 })] })
    expect(goesOnward(asks({ act: 'statement' }), onward(joint, { replies }))).toMatchObject({ sectionKeys: ['4.3'] })
    expect(goesOnward(asks({ act: 'statement' }), onward(joint))).toBeUndefined()
  })
})

test('a talk about what lies outside stays there', () => {
  const decision = { kind: 'outside', fact: { kind: 'short-answer', answer: { topic: 'filing' } as never } } as const
  const replies = [{ atMs: 0, personKey: '', decision, sections: [], options: [], asked: '', text: '' }]
  expect(subjectOf(aSituation({ talkedLately: true, lastSection: '1.1', replies }))).toEqual({ topic: 'filing' })
})

const saying = (decision: unknown) => [{ decision } as never]

describe('after goods whose category was told', () => {
  const FRUIT = { word: '水果', rows: [{ path: '商家自营-生鲜' }], general: false } as never
  const decision = { kind: 'outside', fact: { kind: 'category', hits: [FRUIT] } }
  const talk = aSituation({ talkedLately: true, language: LANGUAGE, replies: saying(decision) })
  const said = (normalized: string, facts = {}) => asksOfGoods(anUnderstanding({ normalized, ...facts }), talk)

  test.each([
    ['证呢', 'question'],
    ['要什么资质', 'question'],
    ['执照没写蔬菜两个字', 'statement'],
  ] as const)('%s asks for their documents', (text, act) => {
    expect(said(text, { act })).toEqual(decision)
  })

  test('个人能卖吗 asks whether a person may sell them', () => {
    expect(said('个人能卖吗', { act: 'question', wants: 'individual' })).toMatchObject({ fact: { asks: 'individual' } })
  })

  test.each([
    ['好的我去办证', 'statement'],
    ['执照传好了', 'statement'],
    ['要几天', 'question'],
  ] as const)('%s is none of it', (text, act) => {
    expect(said(text, { act })).toBeUndefined()
  })

  test('a name alone asks of it what was asked before', () => {
    const drinks = { word: '饮料', rows: [{ path: '商家自营-食品饮料' }], general: true } as never
    const joint = { candidates: [aCandidate('A1.2')], wantsHuman: { confidence: 0, overheard: 0 }, categories: [FRUIT] }
    const asked = { kind: 'outside', fact: { kind: 'category', hits: [FRUIT], asks: 'individual' } }
    const goes = (normalized: string) =>
      goesOnward(asks({ normalized }), {
        ...talk,
        ...{ replies: saying(asked), goodsNamed: () => [drinks], factsOnward: () => ({ joint, last: joint }) },
      })
    expect(goes('那饮料呢')).toMatchObject({ fact: { hits: [drinks], asks: 'individual' } })
    expect(goes('饮料瓶上的日期没拍清楚怎么办')).toBeUndefined()
  })

  test('other goods are looked for by themselves', () => {
    const categories = [{ word: '酒', rows: [{ path: '商家自营-酒类' }], general: false } as never]
    expect(said('酒要什么证', { act: 'question', categories })).toBeUndefined()
  })
})

test('a few words behind what nobody here knows are not guessed at', () => {
  const beyond = { kind: 'outside', fact: { kind: 'short-answer', answer: { beyond: true } } }
  const talk = aSituation({ talkedLately: true, replies: saying(beyond) })
  expect(staysBeyond(asks({ normalized: '费率多少' }), talk)).toEqual({ kind: 'outside', unknown: '费率多少' })
  expect(staysBeyond(asks({ normalized: '费率多少', answers: [ranked({ share: 0.8 })] }), talk)).toBeUndefined()
  expect(staysBeyond(asks({ normalized: '费率多少' }), aSituation({ talkedLately: true }))).toBeUndefined()
})

describe('after a notice was taken apart', () => {
  const reasons = [
    { text: '内容为空', candidates: [aCandidate('A3')], alsoSections: [] },
    { text: '内容安全', candidates: [aCandidate('A2')], alsoSections: [] },
    { text: '诱导分享', candidates: [], alsoSections: [], rule: { id: 'share' } as never },
  ]
  const notice = { kind: 'answer', sectionKeys: ['A3', 'A2'], reason: 'notice', fact: { kind: 'notice', reasons } }
  const talk = (facts = {}) =>
    aSituation({
      ...{ talkedLately: true, language: LANGUAGE, replies: saying(notice), spokenToLast: true },
      ...{ nextSection: () => '4', isRejection: (key: string) => key.startsWith('A'), ...facts },
    })
  const said = (normalized: string, facts = {}, isAsked = false) =>
    aboutReason(anUnderstanding({ normalized, act: 'statement', ...facts }), talk(), { isAsked })

  test('第二条我们做了啊 objects to that reason', () => {
    expect(said('第二条我们做了啊')).toMatchObject({ sectionKeys: ['A2'], inVain: true })
    expect(said('第二条早就接了')).toMatchObject({ sectionKeys: ['A2'], inVain: true })
  })

  test('第一条已经删了 is a report, and wants no more than the next step', () => {
    expect(said('第一条已经删了')).toBeUndefined()
    expect(said('第一条已经删了', {}, true)).toMatchObject({ sectionKeys: ['4'], says: 'mended' })
  })

  test('第二条怎么弄 gets the steps, 第三条啥意思 that reason alone', () => {
    expect(said('第二条怎么弄', { act: 'question', wants: 'steps' })).toMatchObject({ sectionKeys: ['A2'] })
    expect(said('第三条啥意思', { act: 'question' })).toEqual({
      kind: 'outside',
      fact: { kind: 'notice', reasons, about: 2 },
    })
  })

  test('what was no reason, and what others say, is left alone', () => {
    expect(said('第四条呢', { act: 'question' })).toBeUndefined()
    expect(said('第二条先不管')).toBeUndefined()
    const others = talk({ spokenToLast: false })
    const understanding = anUnderstanding({ normalized: '第二条我们做了啊', act: 'statement' })
    expect(aboutReason(understanding, others, { isAsked: false })).toBeUndefined()
  })
})

describe('waiting for a category', () => {
  const FRUIT = { word: '水果', rows: [{ path: '商家自营-生鲜' }], general: false } as never
  const told = { kind: 'outside', fact: { kind: 'category', hits: [FRUIT] } }
  const waiting = { ...ranked({ share: 0.6 }, '3').answer, id: 'wait' }
  const reads = (words: string) => ({
    ...{ candidates: [], wantsHuman: { confidence: 0, overheard: 0 } },
    answers: [ranked({ share: 0.6, answer: { ...waiting, id: words } as never })],
  })
  const talk = (decision: unknown = told) =>
    aSituation({ talkedLately: true, language: LANGUAGE, replies: saying(decision), reads })
  const notice = { reasons: [{ category: { path: '社交-笔记' } }], kind: 'notice' }
  const said = (normalized: string, facts = {}, decision: unknown = told) =>
    awaitsCategory(anUnderstanding({ normalized, act: 'statement', ...facts }), talk(decision))

  test.each(['我加了但是显示审核中', '提交了，一直待审核', '还没批下来'])('%s is about its own review', (text) => {
    expect(said(text)).toMatchObject({ sectionKeys: ['3'], fact: { answer: { id: '类目还在审核中' } } })
    expect(said(text, {}, { kind: 'answer', sectionKeys: ['A1'], fact: notice })).toBeDefined()
    expect(said(text, {}, { kind: 'answer', sectionKeys: ['5'] })).toBeUndefined()
  })

  test('a few words for how long ask for that of the category, of a version for that of the version', () => {
    const howLong = { act: 'question', followUp: { kind: 'how-long' } }
    expect(said('一般几天批', howLong)).toMatchObject({ fact: { answer: { id: '类目审核 一般几天批' } } })
    expect(said('审核要多久', howLong)).toBeUndefined()
    expect(said('提审了显示审核中')).toBeUndefined()
  })
})

describe('the same question of something else', () => {
  const row = (path: string) => [{ path }]
  const FRUIT = { word: '水果', rows: row('商家自营-生鲜'), general: false } as never
  const WINE = { word: '卖酒', rows: row('商家自营-酒类'), general: false } as never
  const reads = (words: string) => ({
    ...{ candidates: [], wantsHuman: { confidence: 0, overheard: 0 } },
    categories: words.includes('卖酒') ? [WINE] : [],
  })
  const told = { kind: 'outside', fact: { kind: 'category', hits: [FRUIT] } }
  const talk = aSituation({ talkedLately: true, language: LANGUAGE, replies: saying(told), reads })
  const said = (normalized: string, facts = {}) =>
    swapsGoods(anUnderstanding({ normalized, act: 'question', ...facts }), talk, { isAsked: true })

  test('is answered by its own category, else as one that nobody knows', () => {
    expect(said('那酒呢')).toMatchObject({ kind: 'outside', fact: { hits: [WINE] } })
    expect(said('换成活体呢')).toEqual({ kind: 'outside', unknown: '活体' })
  })

  test.each(['没有呢', '证呢', '怎么弄呢', '多久呢'])('%s asks for something of what was told', (text) => {
    expect(said(text)).toBeUndefined()
  })

  test('says nothing unasked of what nobody knows', () => {
    const understanding = anUnderstanding({ normalized: '活体呢', act: 'question' })
    expect(swapsGoods(understanding, talk, { isAsked: false })).toBeUndefined()
  })
})

describe('a question of a few words behind a fact', () => {
  const both = { id: 'both', topic: 'filing', title: '两种备案', lines: ['两样都要办'], asks: [], followUps: [] }
  const replies = saying({ kind: 'outside', fact: { kind: 'short-answer', answer: both } })
  const talk = aSituation({ talkedLately: true, replies, factsWithin: () => [], language: LANGUAGE })
  const of = (normalized: string) => ofSubject(anUnderstanding({ normalized, act: 'question' }), talk)

  test('that repeats it gets it once more, and else the word that nobody knows', () => {
    expect(of('两个都要办吗')).toMatchObject({ fact: { answer: { id: 'both' } } })
    expect(of('哪个快')).toEqual({ kind: 'outside', unknown: '哪个快' })
  })

  test('is none where it names something, or nothing was told', () => {
    const bare = (normalized: string, facts = {}, situation = talk) =>
      isBareQuestion(anUnderstanding({ normalized, act: 'question', ...facts }), situation)
    expect(bare('哪个快')).toBe(true)
    expect(bare('哪个快', {}, aSituation({ talkedLately: true }))).toBe(false)
    expect(bare('哪个快', { act: 'statement' })).toBe(false)
    expect(bare('服务类目里的社交社区要不要选')).toBe(false)
  })
})
