import { describe, expect, test } from 'vitest'
import { decide } from '../../src/dialogue/policy.js'
import type { Situation } from '../../src/dialogue/turn.js'
import type { Decision } from '../../src/model/decision.js'
import type { RankedAnswer, Understanding } from '../../src/model/understanding.js'
import { aMessage } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const answer = { id: 'seal', topic: 'filing', sectionKey: '1.1' } as RankedAnswer['answer']
const fact: RankedAnswer = { answer, share: 0.6, within: 0.8, wordForWord: false }
/** Likely enough for who is asked, not for who overhears. */
const likely = {
  act: 'question',
  candidates: [aCandidate('1.1', { asked: 0.7, overheard: 0.3 })],
  answers: [fact],
} as const
const talking: Partial<Situation> = { language: LANGUAGE, talkedLately: true, lastSection: '4.1', spokenToLast: true }

const hears = (
  understanding: Partial<Understanding>,
  situation: Partial<Situation>,
  addressedToBot = false,
): Decision => decide(aMessage({ addressedToBot }), anUnderstanding(understanding), aSituation(situation))

describe('whoever was answered last, with nobody else speaking since', () => {
  test('is answered without calling the bot', () => {
    expect(hears(likely, talking)).toMatchObject({
      kind: 'answer',
      sectionKeys: ['1.1'],
      fact: { answer: { id: 'seal' } },
    })
  })

  test('is left alone once somebody else has spoken', () => {
    expect(hears(likely, { language: LANGUAGE })).toMatchObject({ kind: 'silent' })
  })

  test('hears that nobody here knows where the question is surely for us', () => {
    const candidates = [aCandidate('A1.2', { share: 0.2, asked: 0.9, overheard: 0.8 })]
    const joint = { candidates: [aCandidate('A1.2', { overheard: 0.9 })] } as never
    const behind = { ...talking, lastSection: undefined, factsOnward: () => ({ joint, last: joint }) }
    const asks = { act: 'question', normalized: '下架完还要跟微信说一声吗', candidates, answers: [] } as const
    expect(hears(asks, behind)).toMatchObject({ kind: 'fallback', reason: 'not-understood' })
    const chatter = [aCandidate('A1.2', { share: 0.2, asked: 0.9, overheard: 0.1 })]
    expect(hears({ ...asks, candidates: chatter }, behind)).toMatchObject({
      kind: 'silent',
    })
  })

  test('hears nothing where the bot would only admit that it does not know', () => {
    const unknown = { act: 'question', candidates: [aCandidate('1.1', { asked: 0.1, overheard: 0.02 })] } as const
    expect(hears(unknown, talking)).toMatchObject({ kind: 'silent' })
    expect(hears(unknown, talking, true)).toMatchObject({ kind: 'fallback' })
  })

  test('hears nothing to a mere report', () => {
    expect(hears({ ...likely, act: 'statement', normalized: '7个都填了' }, talking)).toMatchObject({ kind: 'silent' })
  })
})

describe('chatter put to the bot by name', () => {
  const idle = {
    candidates: [aCandidate('5', { share: 0.05, asked: 0.7, overheard: 0.3 })],
    answers: [{ ...fact, share: 0.1 }],
  }

  test('that asks nothing gets a friendly word, and no fact', () => {
    const weather = { ...idle, act: 'statement', normalized: '今天天气真不错' } as const
    expect(hears(weather, { language: LANGUAGE }, true)).toEqual({ kind: 'courtesy', word: 'chat' })
    expect(hears(weather, talking, true)).toEqual({ kind: 'courtesy', word: 'acknowledged' })
  })

  test.each([
    ...['请问小助手', '帮客户问的 客户公司叫杭州某某文化', '我这边是深圳某某科技公司', '我接着上次那个问题'],
    ...['小助手你好我是老刘', '您好,我单位系街道办,属机关。', '老师好,我姓王'],
  ])('that leads to a question bids go on: %s', (normalized) => {
    const told = { ...likely, act: 'statement', normalized } as const
    const heard = hears(told, { language: LANGUAGE }, true)
    expect(heard).toEqual({ kind: 'courtesy', word: 'listening' })
  })

  test('that is none gets the fact that stands out', () => {
    const dialect = { ...idle, act: 'statement', normalized: '二审要等好多天嗦', answers: [fact] } as const
    expect(hears(dialect, { language: LANGUAGE }, true)).toMatchObject({
      kind: 'answer',
      fact: { answer: { id: 'seal' } },
    })
  })

  test('that asks gets the honest word', () => {
    expect(hears({ ...idle, act: 'question', normalized: '周末去哪玩' }, { language: LANGUAGE }, true)).toMatchObject({
      kind: 'fallback',
    })
  })
})

describe('a remark that wants nothing', () => {
  test.each(['行吧 我考虑一下', '我把招聘和拼车先去掉吧', '这么麻烦啊', '没问题了 拜拜'])(
    'is left alone among people, and gets a friendly word by name: %s',
    (normalized) => {
      const remark = { ...likely, act: 'statement', normalized } as const
      expect(hears(remark, talking)).toMatchObject({ kind: 'silent' })
      expect(hears(remark, talking, true)).toEqual({ kind: 'courtesy', word: 'acknowledged' })
    },
  )
})

test('whoever is about to withdraw says no mere remark', () => {
  const plan = { ...likely, act: 'statement', normalized: '那我先撤回重新提吧', withdraws: true } as const
  expect(hears(plan, talking, true)).toMatchObject({ kind: 'answer', warns: 'withdrawal' })
  const plain = { ...likely, act: 'statement', normalized: '那我就撤回重提吧' } as const
  expect(hears(plain, talking, true)).toMatchObject({ kind: 'answer' })
})

describe('words that only point', () => {
  test('at a picture ask for its words, whatever they sound like', () => {
    expect(hears(likely, { language: LANGUAGE, pointsAt: 'picture' }, true)).toMatchObject({ kind: 'fallback' })
  })

  test('at nothing are no ground for a guess', () => {
    const pointing = { language: LANGUAGE, pointsAt: 'nothing' } as const
    expect(hears(likely, pointing, true)).toEqual({ kind: 'fallback', reason: 'unclear' })
  })
})
