import { describe, expect, test } from 'vitest'
import type { Bubble, Decision, Fact } from '../../src/model/decision.js'
import type { CategoryRow, ShortAnswer } from '../../src/model/knowledge.js'
import type { NoticeReason } from '../../src/model/understanding.js'
import { composeReply, renderFact } from '../../src/reply/compose.js'
import { aPicture, aSection } from '../support/a-section.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { aCandidate, aReason } from '../support/an-understanding.js'

const fact = (id: string, lines: readonly string[], facts: Partial<ShortAnswer> = {}): Fact => ({
  kind: 'short-answer',
  answer: { id, lines, beyond: false, whole: false, sectionKey: '1.1', topic: 't', ...facts } as ShortAnswer,
})
const SEAL = fact('seal', ['原件不用盖；复印件要盖公司公章。'])
const WITHDRAW = fact('withdraw', ['能撤但不建议：7 天要从头再算。'])
const FOOD = {
  ...{ id: '类目:食品', path: '商家自营-食品饮料', documents: ['《食品经营许可证》', '《食品生产许可证》'], choose: 1 },
  ...{ individual: false, secondReview: false, sections: [] },
} as unknown as CategoryRow
const LIVE = { ...FOOD, id: '类目:直播', path: '社交-直播', secondReview: true } as CategoryRow

const snapshot = aSnapshot({
  sections: [
    aSection('1.1', {
      title: '类目',
      parts: [{ lines: ['1. 选类目'], pictures: [aPicture('dialog')] }],
      supplements: [
        { text: '个人主体选不了。', source: 'example.com', checkedOn: '2026-11-23' },
        { text: '时政要另加。', source: 'example.com', checkedOn: '2026-11-23' },
      ],
    }),
    aSection('5', { title: '发布', tellsTimeline: true }),
    aSection('A4', { title: '测试数据', parts: [{ lines: ['1. 删掉。', '2. 再查一遍。'], pictures: [] }] }),
  ],
})
const compose = (decision: Decision): readonly Bubble[] =>
  composeReply(decision, snapshot, {
    ...{ mentionChars: 0, timelineToldLately: false, question: '', aboutPicture: false, nowMs: 0 },
  }).bubbles
const textOf = (decision: Decision): string =>
  compose(decision)
    .flatMap((bubble) => (bubble.kind === 'text' ? bubble.text : []))
    .join('\n')
const told = (facts: object): Decision =>
  ({ kind: 'answer', sectionKeys: ['1.1'], reason: 'sure', ...facts }) as Decision

describe('a fact', () => {
  test('comes first, in three lines at most, then where its steps are', () => {
    const lines = textOf(told({ fact: SEAL })).split('\n')
    expect(lines).toEqual(['原件不用盖；复印件要盖公司公章。', '完整步骤回复“1.1”。'])
  })

  test('comes with the picture of the screen where its place is asked for, else without', () => {
    const kinds = (facts: object) => compose(told({ fact: SEAL, ...facts })).map(({ kind }) => kind)
    expect(kinds({ shows: true })).toEqual(['text', 'picture'])
    expect(kinds({})).toEqual(['text'])
  })

  test('names what else may be meant in one line', () => {
    expect(textOf(told({ fact: SEAL, alternatives: ['5'] }))).toContain('如果问的是「发布」，回复“5”。')
  })

  test('told in doubt names only what else may be meant', () => {
    const lines = textOf({ kind: 'clarify', sectionKeys: ['1.1', '5'], fact: SEAL }).split('\n')
    expect(lines.slice(1)).toEqual(['完整步骤回复“1.1”。', '如果问的是「发布」，回复“5”。'])
  })
})

describe('a category', () => {
  const line = (row: CategoryRow, asks?: 'individual' | 'second-review' | 'without'): string =>
    renderFact({
      kind: 'category',
      hits: [{ word: '零食', rows: [row], general: false }],
      ...(asks ? { asks } : {}),
    }).join()

  test.each([
    [FOOD, undefined, /^“零食”选类目“商家自营-食品饮料”，2 选 1：/],
    [FOOD, 'individual', /^个人主体选不了“商家自营-食品饮料”/],
    [{ ...FOOD, individual: true } as CategoryRow, 'individual', /^可以，个人主体能选/],
    [FOOD, 'second-review', /^不用二审/],
    [LIVE, 'second-review', /^要，“社交-直播”首次提审还要过属地网信二审/],
    [LIVE, undefined, /首次提审还要过属地网信二审（约 7 天）。$/],
    [FOOD, 'without', /^没证就先把“零食”下架/],
  ] as const)('says what was asked first: %#', (row, asks, begins) => {
    expect(line(row, asks)).toMatch(begins)
  })
})

describe('several questions', () => {
  test('get a line each, the key once, and no heading', () => {
    const parts = [
      { sectionKey: '1.1', fact: SEAL },
      { sectionKey: '1.1', fact: fact('size', ['10MB。']) },
      { sectionKey: '5', fact: WITHDRAW },
    ]
    const text = textOf(told({ sectionKeys: ['1.1', '5'], reason: 'several', parts }))
    expect(text.split('\n')).toEqual([
      '① 原件不用盖；复印件要盖公司公章。',
      '② 10MB。',
      '③ 能撤但不建议：7 天要从头再算。',
      '完整步骤回复“1.1”“5”。',
    ])
  })

  test('that all lie outside the guides name no section', () => {
    const parts = [{ fact: SEAL }, { fact: WITHDRAW }]
    expect(textOf({ kind: 'outside', parts })).not.toContain('回复“')
  })
})

describe('nothing is said twice', () => {
  test('not what the fact says itself as a warning above it', () => {
    expect(textOf(told({ fact: WITHDRAW, warns: 'withdrawal' })).match(/从头/g)).toHaveLength(1)
    expect(textOf(told({ fact: SEAL, warns: 'withdrawal' }))).toMatch(/^⚠️ 先别撤/)
  })

  test('not where the rules of the platform stand', () => {
    const text = textOf(told({}))
    expect(text.match(/平台规则，以页面提示为准/g)).toHaveLength(1)
    expect(text).not.toMatch(/指南之外|核对|example\.com/)
  })
})

describe('a notice', () => {
  const reasonOf = (text: string, facts: Partial<NoticeReason> = {}): NoticeReason => ({ ...aReason(), text, ...facts })
  const notice = (...reasons: readonly NoticeReason[]): string =>
    textOf(told({ sectionKeys: ['A4'], reason: 'notice', fact: { kind: 'notice', reasons } }))

  test('counts its reasons, quotes each, and tells the clock once', () => {
    const text = notice(reasonOf('存在测试数据', { candidates: [aCandidate('A4')] }), reasonOf('没见过的原因'))
    expect(text).toContain('2 条原因')
    expect(text).toContain('①“存在测试数据”')
    expect(text).toContain('②“没见过的原因”')
  })

  test('puts the named category in its place, with its documents', () => {
    const text = notice(reasonOf('请补充选择：商家自营-食品饮料', { category: FOOD }))
    expect(text).toContain('里加“商家自营-食品饮料”，2 选 1')
  })

  test('says the same twice only by its number', () => {
    const same = { candidates: [aCandidate('A4')] }
    expect(notice(reasonOf('测试一', same), reasonOf('测试二', same))).toContain('做法同 ①。')
  })
})
