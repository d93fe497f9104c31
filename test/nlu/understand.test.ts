import { describe, expect, test } from 'vitest'
import type { Candidate, IntentMatcher, NoticeReason, Understanding } from '../../src/model/understanding.js'
import { MAX_CHARS } from '../../src/nlu/normalize.js'
import { understand } from '../../src/nlu/pipeline.js'
import { anIntent, DEAF_MATCHER } from '../support/a-snapshot.js'
import { aCandidate } from '../support/an-understanding.js'
import { hostileTexts } from '../support/hostile-text.js'
import { FACTS } from '../support/review-days.js'
import { LANGUAGE } from '../support/shipped-language.js'

const INTENTS = [
  anIntent('empty', { sectionKey: 'A3', noticeMarks: ['无内容', '无具体运营内容'] }),
  anIntent('test-data', { sectionKey: 'A4', noticeMarks: ['测试', 'Demo'] }),
  anIntent('security', { sectionKey: 'A2', noticeMarks: ['msgSecCheck', '內容安全'] }),
  anIntent('human', { noticeMarks: ['无内容'] }),
]

/** Knows a section by a word in the message. */
const hearing = (words: Readonly<Record<string, readonly Candidate[]>>): IntentMatcher => ({
  match: (normalized) => ({
    candidates: Object.entries(words).flatMap(([word, candidates]) => (normalized.includes(word) ? candidates : [])),
    wantsHuman: { confidence: 0.8, overheard: 0.3 },
  }),
})

const read = (text: string, matcher: IntentMatcher = DEAF_MATCHER): Understanding =>
  understand(text, { matcher, intents: INTENTS, facts: FACTS, language: LANGUAGE, nowMs: 0 })
const keysOf = (reasons: readonly NoticeReason[] | undefined): readonly (readonly string[])[] | undefined =>
  reasons?.map(({ candidates }) => candidates.map(({ sectionKey }) => sectionKey))

describe('a plain message', () => {
  test('is read in its normal form, with what the matcher says of it', () => {
    const candidate = aCandidate('5', { share: 0.9 })
    expect(read('审核要多久？？', hearing({ 审核要多久: [candidate] }))).toEqual({
      normalized: '审核要多久?',
      trimmed: '审核要多久?',
      act: 'question',
      candidates: [candidate],
      wantsHuman: { confidence: 0.8, overheard: 0.3 },
      followUp: { kind: 'how-long' },
    })
  })

  test('carries the number that it picks', () => {
    expect(read('选②')).toMatchObject({ act: 'choice', choice: '2' })
  })

  test.each(['不用转人工，告诉我怎么填就行', '不用转人工'])('wants no person when it says so: %s', (text) => {
    expect(read(text, hearing({})).wantsHuman).toEqual({ confidence: 0, overheard: 0 })
  })

  test('may be empty', () => {
    expect(read('😀')).toMatchObject({ normalized: '', act: 'statement', candidates: [] })
  })
})

describe('a reason of a notice', () => {
  const notice = (text: string, matcher?: IntentMatcher): Understanding['notice'] =>
    read(`代码发布审核未通过：\n1.${text}\n2.别的原因`, matcher).notice

  test('is known by its mark, be the wording new', () => {
    expect(keysOf(notice('【广场】无具体运营内容'))).toEqual([['A3'], []])
  })

  test.each([
    ['in capitals', '请接入MSGSECCHECK', ['A2']],
    ['in traditional characters', '请接入内容安全接口', ['A2']],
    ['in lower case', '疑似demo', ['A4']],
  ])('is known by a mark written %s', (_, text, keys) => {
    expect(keysOf(notice(text))?.[0]).toEqual(keys)
  })

  test('is known by the longest of several marks', () => {
    expect(keysOf(notice('测试页无具体运营内容'))?.[0]).toEqual(['A3', 'A4'])
  })

  test('is known by the classifier where it has no mark', () => {
    const matcher = hearing({ 敬请期待: [aCandidate('A3', { share: 0.7 }), aCandidate('A4', { share: 0.2 })] })
    expect(keysOf(notice('页面显示敬请期待', matcher))?.[0]).toEqual(['A3'])
  })

  test('is what mark and classifier agree on', () => {
    const matcher = hearing({ 测试: [aCandidate('A3', { share: 0.8 }), aCandidate('A4', { share: 0.6 })] })
    expect(keysOf(notice('测试帖', matcher))?.[0]).toEqual(['A4'])
  })

  test('is what the classifier surely knows, whatever mark stands in it', () => {
    const matcher = hearing({ 测试: [aCandidate('5', { share: 0.97 }), aCandidate('A4', { share: 0.01 })] })
    expect(keysOf(notice('测试帖', matcher))?.[0]?.[0]).toBe('5')
  })

  test('is unknown where the classifier only guesses', () => {
    expect(keysOf(notice('名称侵权', hearing({ 名称: [aCandidate('1', { share: 0.49 })] })))?.[0]).toEqual([])
  })

  test('is as sure as an answer needs to be', () => {
    const [reason] = notice('点击无内容') ?? []
    expect(reason?.candidates[0]).toMatchObject({ intentId: 'empty', confidence: 0.9, overheard: 0.9 })
  })
})

test('each reason of a notice is read on its own', () => {
  const { notice, normalized } = read(
    '"石榴邻里"代码发布审核未通过，原因如下：<br>1:小程序功能不符合规则<br>(1):点击无内容<br>(2):存在测试数据<br>2:请接入msgSecCheck',
  )
  expect(notice?.map(({ text }) => text)).toEqual(['点击无内容', '存在测试数据', '请接入msgseccheck'])
  expect(keysOf(notice)).toEqual([['A3'], ['A4'], ['A2']])
  expect(normalized).toContain('石榴邻里')
})

test('a message that merely mentions a rejection has no notice', () => {
  expect(read('审核没通过，说测试，怎么办')).not.toHaveProperty('notice')
})

test('reads anything without throwing, within its limits', () => {
  const matcher = hearing({ 审: [aCandidate('5', { share: 0.9 })] })
  const readings = hostileTexts(400, 9).map((text) => read(text, matcher))
  const offenders = readings.filter(
    ({ normalized, act, choice, notice }) =>
      normalized.length > MAX_CHARS || (act === 'choice') !== (choice !== undefined) || notice?.length === 0,
  )
  expect(offenders).toEqual([])
})
