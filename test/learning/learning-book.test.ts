import { expect, test } from 'vitest'
import {
  LikestQuestion,
  merged,
  noteDislike,
  noteQuestion,
  prune,
  questions,
  retractQuestion,
} from '../../src/learning/records.js'
import type { LearningRecords } from '../../src/model/stores.js'
import { noRecords } from '../support/learning-records.js'

const CONCEPTS = [
  { id: 'record', words: ['备案'] },
  { id: 'domain', words: ['域名'] },
  { id: 'long', words: ['多久', '多长时间', '几天'] },
]
const likest = new LikestQuestion()

function noted(records: LearningRecords, texts: readonly string[], again = false): LearningRecords {
  return texts.reduce((before, text, index) => {
    const asked = { text, why: 'not-understood', sectionKey: null, place: `place-${index}`, atMs: index } as const
    return noteQuestion(before, asked, {
      likest: likest.find(text, before, CONCEPTS),
      again: () => again,
    }).records
  }, records)
}

const groupsOf = (texts: readonly string[]): readonly (readonly string[])[] =>
  questions(noted(noRecords(), texts)).map((question) => question.texts)

test.each([
  ['in other words', ['小程序能绑定两个公众号吗', '请问小程序能不能绑两个公众号呀']],
  ['with other marks and greetings', ['你好，域名备案要多久？', '域名备案要多久~谢谢']],
  ['in traditional characters', ['支付怎么开通', '支付怎麼開通']],
  ['with somebody else’s numbers', ['我的[号码]收不到验证码', '我的13900139000收不到验证码']],
  ['naming the same two things', ['域名备案一般要多久', '域名备案得几天']],
])('groups what is asked %s', (_how, texts) => {
  expect(groupsOf(texts)).toEqual([texts])
})

test('keeps apart what is asked about other things', () => {
  const texts = ['支付怎么开通', '小程序头像怎么换', '小程序名字怎么换', '备案要多久', '微信认证要多久']
  expect(groupsOf(texts)).toHaveLength(texts.length)
})

test('counts askers and places, and the same talk once', () => {
  const twice = noted(noRecords(), ['支付怎么开通', '支付怎么开通啊'])
  expect(questions(twice)).toMatchObject([{ number: 1, count: 2, places: ['place-0', 'place-1'] }])
  expect(questions(noted(twice, ['支付怎么开通'], true))).toMatchObject([{ count: 2 }])
})

test('knows on which of the last fourteen days it was asked how often', () => {
  const DAY_MS = 86_400_000
  const on = (records: LearningRecords, day: number, again = false) =>
    noteQuestion(
      records,
      { text: '支付怎么开通', why: 'not-understood', sectionKey: null, place: 'p', atMs: day * DAY_MS },
      { likest: questions(records)[0]?.number, again: () => again },
    ).records
  const asked = [1, 10, 10, 20].reduce((records, day) => on(records, day), noRecords())
  const days = [
    { day: 10, count: 2 },
    { day: 20, count: 1 },
  ]
  expect(questions(asked)).toMatchObject([{ count: 4, days }])
  expect(questions(on(asked, 20, true))).toMatchObject([{ count: 4, days }])
  expect(questions(retractQuestion(asked, 1))).toMatchObject([{ count: 3, days: days.slice(0, 1) }])
  const [one] = questions(asked)
  expect(merged(one!, { ...one!, number: 2, days: [{ day: 20, count: 3 }] }).days).toEqual([
    { day: 10, count: 2 },
    { day: 20, count: 4 },
  ])
})

test('keeps at most five wordings of one question', () => {
  const texts = Array.from({ length: 9 }, (_, index) => `支付怎么开通${'一二三四五六七八九'[index]}`)
  const [first] = questions(noted(noRecords(), texts))
  expect(first!.count).toBe(9)
  expect(first!.texts).toEqual(texts.slice(0, 5))
})

test('takes a count back, and the question with its last one, whose number is never given again', () => {
  const records = noted(noRecords(), ['支付怎么开通', '支付怎么开通'])
  const once = retractQuestion(records, 1)
  expect(questions(once)).toMatchObject([{ count: 1 }])
  const none = retractQuestion(once, 1)
  expect(questions(none)).toEqual([])
  expect(questions(noted(none, ['头像怎么换']))).toMatchObject([{ number: 2 }])
})

test('counts each person once who dislikes an answer', () => {
  const say = (records: LearningRecords, person: string) => noteDislike(records, { sectionKey: '4.1', person, atMs: 1 })
  const records = ['a', 'b', 'a'].reduce(say, noRecords())
  expect(records.entries).toMatchObject([{ kind: 'disliked', sectionKey: '4.1', people: ['a', 'b'] }])
})

test('forgets what is old, and the rarest where there are too many', () => {
  const records = noted(noRecords(), ['支付怎么开通', '头像怎么换', '支付怎么开通', '认证费交多少'])
  const limits = { keepMs: 1_000, maxQuestions: 2 }
  expect(questions(prune(records, 10, limits)).map(({ texts }) => texts[0])).toEqual(['支付怎么开通', '认证费交多少'])
  expect(prune(records, 2_000, limits).entries).toEqual([])
  const roomy = { keepMs: 1_000, maxQuestions: 3 }
  expect(prune(records, 10, roomy)).toBe(records)
})
