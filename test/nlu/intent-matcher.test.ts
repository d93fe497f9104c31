import { describe, expect, test } from 'vitest'
import type { Intent, KnowledgeContent, Section } from '../../src/model/knowledge.js'
import { NO_KNOWLEDGE } from '../../src/model/knowledge.js'
import type { IntentMatcher } from '../../src/model/understanding.js'
import { buildIntentMatcher } from '../../src/nlu/intent-matcher.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { aSection } from '../support/a-section.js'
import { anIntent } from '../support/a-snapshot.js'
import { hostileTexts } from '../support/hostile-text.js'

const CATEGORY = ['类目怎么加', '在哪里加类目', '服务类目怎么设置', '类目选哪个', '想换一个类目', '类目在后台哪里']
const WAITING = ['审核要多久', '几天能过审', '审核要几天', '什么时候审完', '提交多久能通过', '要等多长时间']
const PERSON = ['转人工', '找个真人', '我要人工客服', '叫你们客服来', '让人工处理', '找人工客服']
const CHATTER = ['今天天气不错', '中午吃什么', '周末打球吗', '收到谢谢', '老板早上好', '发个红包吧', '群里有人吗今天']

const CONTENT: KnowledgeContent = {
  ...NO_KNOWLEDGE,
  intents: [
    anIntent('category', { sectionKey: '3', utterances: CATEGORY }),
    anIntent('waiting', { sectionKey: '5', utterances: WAITING }),
    anIntent('human', { utterances: PERSON }),
  ],
  silence: CHATTER.map((text) => ({ text, kind: 'chitchat', hard: false })),
  concepts: [{ id: 'category', words: ['类目', '服务类目'] }],
}

const matcher = buildIntentMatcher(CONTENT)
const match = (text: string, by: IntentMatcher = matcher) => by.match(normalizeText(text))
const firstOf = (text: string, by: IntentMatcher = matcher) => match(text, by).candidates[0]

describe('why a section is the likeliest', () => {
  const because = (text: string, key: string) => matcher.because?.(normalizeText(text), key)

  test('is told by whole words of the message, none of them the asking', () => {
    expect(because('请问服务类目在哪里加', '3')).toContain('类目')
    expect(because('审核一般要多久', '5')?.[0]).toBe('审核')
    expect(because('类目审核要多久', '3')).not.toContain('审核')
    expect(because('类目怎么加', '3')?.join()).not.toMatch(/怎么/)
  })

  test('is told of no section that nobody has written about, and of no message without words', () => {
    expect(because('类目怎么加', '9')).toEqual([])
    expect(hostileTexts(200).every((text) => (because(text, '3') ?? []).every((word) => word.length > 1))).toBe(true)
    expect(because('', '3')).toEqual([])
  })
})

describe('authored intents', () => {
  test.each([
    ['类目在哪加', '3'],
    ['服务类木怎么设置', '3'],
    ['leimu 怎么换', '3'],
    ['審核要多久', '5'],
    ['审核一般几天', '5'],
  ])('%s → %s', (text, key) => {
    expect(firstOf(text)?.sectionKey).toBe(key)
  })

  test('is surer of what it was taught than of talk', () => {
    expect(firstOf('类目怎么加')!.overheard).toBeGreaterThan(firstOf('中午吃什么')!.overheard)
  })

  test('hears that a person is wanted, which is no section', () => {
    const { wantsHuman, candidates } = match('转人工客服')
    expect(wantsHuman.confidence).toBeGreaterThan(candidates[0]!.confidence)
    expect(candidates.map(({ sectionKey }) => sectionKey)).not.toContain('human')
  })

  test('gives the same answer each time it is built', () => {
    expect(match('类目审核要几天', buildIntentMatcher(CONTENT))).toEqual(match('类目审核要几天'))
  })
})

describe('confidence', () => {
  const texts = [...CATEGORY, ...WAITING, ...PERSON, ...CHATTER, '', '?', ...hostileTexts(150, 10)]

  test('lies between 0 and 1, sections and person together', () => {
    const sums = texts.map((text) => {
      const { candidates, wantsHuman } = match(text)
      return candidates.reduce((sum, { confidence }) => sum + confidence, wantsHuman.confidence)
    })
    expect(sums.filter((sum) => !(sum >= 0 && sum <= 1 + 1e-9))).toEqual([])
  })

  test('is never lower for a message that was put to the bot', () => {
    const offenders = texts.filter((text) =>
      match(text).candidates.some(({ confidence, overheard }) => confidence < overheard - 1e-9),
    )
    expect(offenders).toEqual([])
  })

  test('falls from candidate to candidate, of which there are five at most', () => {
    const offenders = texts.filter((text) => {
      const { candidates } = match(text)
      return (
        candidates.length > 5 ||
        candidates.some(({ confidence }, i) => confidence > (candidates[i - 1]?.confidence ?? 1))
      )
    })
    expect(offenders).toEqual([])
  })
})

describe('sections without an intent of their own', () => {
  const paying: Section = aSection('pay/2', {
    title: '微信支付配置',
    parts: [{ lines: ['1. 填写商户号', '2. 上传API证书'], pictures: [{ path: '/a.png', alt: '密钥页面' }] }],
    required: ['营业执照扫描件'],
  })
  const automatic = anIntent('auto-pay', { sectionKey: 'pay/2', title: '微信支付配置', automatic: true })
  const guides = [{ id: 'pay', title: '支付', file: 'knowledge/pay.md', sections: [paying] }]
  const mixed = buildIntentMatcher({ ...CONTENT, guides, intents: [...CONTENT.intents, automatic] })
  const alone = buildIntentMatcher({ ...NO_KNOWLEDGE, guides, intents: [automatic] })

  test.each(['微信支付怎么配置', '商户号在哪填', 'API证书怎么上传', '密钥页面在哪', '要营业执照扫描件吗'])(
    'are found by their own words: %s',
    (text) => {
      expect(firstOf(text, mixed)).toMatchObject({ sectionKey: 'pay/2', intentId: 'auto-pay' })
      expect(firstOf(text, alone)).toMatchObject({ sectionKey: 'pay/2', intentId: 'auto-pay' })
    },
  )

  test('do not push the authored ones aside', () => {
    expect(firstOf('类目怎么加', mixed)?.sectionKey).toBe('3')
  })

  test('need a closer match when the talk is overheard', () => {
    const { confidence, overheard } = firstOf('微信支付和别的东西要怎么弄', alone)!
    expect(overheard).toBeLessThan(confidence)
  })

  test('are not guessed from talk', () => {
    expect(match('中午吃什么', alone).candidates).toEqual([])
  })
})

test.each<[string, KnowledgeContent]>([
  ['no knowledge at all', NO_KNOWLEDGE],
  ['messages that want silence alone', { ...CONTENT, intents: [] }],
  [
    'an automatic intent whose section is gone',
    { ...CONTENT, intents: [anIntent('x', { sectionKey: '9', automatic: true })] },
  ],
])('with %s nothing is matched', (_, content) => {
  expect(match('类目怎么加', buildIntentMatcher(content))).toEqual({
    candidates: [],
    wantsHuman: { confidence: 0, overheard: 0 },
  })
})

test('without messages that want silence everything is for us', () => {
  const eager = buildIntentMatcher({ ...CONTENT, silence: [] })
  expect(firstOf('类目怎么加', eager)!.overheard).toBeGreaterThan(0.5)
})

describe('an intent of few sentences beside those of many', () => {
  const many = (what: string): readonly string[] =>
    Array.from(
      { length: 100 },
      (_, index) => `${what}${['怎么弄', '在哪', '要多久', '是什么', '填什么'][index % 5]}第${index}次`,
    )
  const section = (key: string, title: string, line: string): Section =>
    aSection(`invoice/${key}`, { guideId: 'invoice', title, parts: [{ lines: [line], pictures: [] }] })
  const sections = [
    section('1', '开发票', '在订单里点开发票，填好抬头和税号。'),
    section('2', '改发票抬头', '打开发票，点申请红冲，填正确的抬头。'),
  ]
  const authored = ['抬头写错了怎么改', '发票抬头错了', '开票信息填错了', '已经开的发票能改吗']
  const automatic = anIntent('auto:invoice/1', { sectionKey: 'invoice/1', automatic: true, utterances: ['开发票'] })
  const content = (own: Intent): KnowledgeContent => ({
    ...CONTENT,
    guides: [{ id: 'invoice', title: '发票', file: 'invoice.md', sections }],
    intents: [
      anIntent('a', { sectionKey: '3', utterances: many('类目') }),
      anIntent('b', { sectionKey: '4', utterances: many('提审') }),
      anIntent('c', { sectionKey: '5', utterances: many('隐私协议') }),
      automatic,
      own,
    ],
  })
  const byHand = anIntent('title', { sectionKey: 'invoice/2', utterances: authored })
  const untouched = anIntent('auto:invoice/2', { sectionKey: 'invoice/2', automatic: true, utterances: ['改发票抬头'] })
  const helped = buildIntentMatcher(content(byHand))
  const bare = buildIntentMatcher(content(untouched))

  test.each(authored)('understands %s word for word', (text) => {
    expect(firstOf(`你好，${text}？`, helped)).toMatchObject({ sectionKey: 'invoice/2', intentId: 'title' })
    expect(firstOf(text, helped)!.confidence).toBeGreaterThanOrEqual(0.99)
  })

  test.each(['改发票抬头', '发票的抬头要改', '申请红冲'])(
    'finds %s by the section’s own words, no worse than before',
    (text) => {
      expect(firstOf(text, helped)?.sectionKey).toBe('invoice/2')
      expect(firstOf(text, helped)!.confidence).toBeGreaterThanOrEqual(firstOf(text, bare)!.confidence - 0.01)
    },
  )

  test.each(['类目在哪第三次', '提审要多久', '隐私协议填什么', '开发票'])(
    'takes nothing from the others: %s',
    (text) => {
      const [with_, without] = [match(text, helped).candidates[0]!, match(text, bare).candidates[0]!]
      expect(with_.sectionKey).toBe(without.sectionKey)
      expect(with_.confidence).toBeCloseTo(without.confidence, 6)
    },
  )

  test('a topic around the guides does not draw off what a guide has a section about', () => {
    const topics = [{ name: 'vendor', utterances: many('发票').concat('改发票抬头找谁', '发票抬头', '改抬头') }]
    const { outside, candidates } = match('改发票抬头', buildIntentMatcher({ ...content(byHand), topics }))
    expect(candidates[0]?.sectionKey).toBe('invoice/2')
    expect(outside!.share).toBeLessThan(0.1)
  })
})
