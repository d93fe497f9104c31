import { describe, expect, test } from 'vitest'
import type { Bubble, Decision } from '../../src/model/decision.js'
import { composeReply, type ReplyContext } from '../../src/reply/compose.js'
import { factPhrases, phrases } from '../../src/reply/phrases.js'
import { MAX_BUBBLES } from '../../src/reply/render.js'
import { aPicture, aSection, TIMELINE } from '../support/a-section.js'
import { anIntent, aSnapshot } from '../support/a-snapshot.js'

const LONG_STEPS = Array.from({ length: 8 }, (_, index) => `${index + 1}. ${'步'.repeat(100)}`)
const snapshot = aSnapshot({
  sections: [
    aSection('0', { title: '注册' }),
    aSection('1.1', {
      parts: [
        { lines: ['1. 选类目'], pictures: [aPicture('dialog')] },
        { lines: ['2. 截图'], pictures: [aPicture('icp'), aPicture('icp-2')] },
      ],
    }),
    aSection('4', { parts: [{ lines: LONG_STEPS, pictures: [aPicture('submit')] }] }),
    aSection('5', { timeline: '⏱ 全部时效', tellsTimeline: true }),
    aSection('A1', { handoff: '改了还不过，找同事。' }),
    aSection('A2'),
    aSection('A3', { parts: [{ lines: LONG_STEPS, pictures: [aPicture('empty')] }] }),
    aSection('A4', { parts: [{ lines: LONG_STEPS, pictures: [aPicture('test')] }] }),
  ],
  intents: [
    anIntent('registration', { sectionKey: '0', title: '注册小程序' }),
    anIntent('auto-a2', { sectionKey: 'A2', title: '自动标题', automatic: true }),
    anIntent('human', { title: '要找人工' }),
  ],
})

const CONTEXT: ReplyContext = {
  mentionChars: 5,
  timelineToldLately: false,
  question: '',
  aboutPicture: false,
  nowMs: 0,
}
const compose = (decision: Decision, context: Partial<ReplyContext> = {}) =>
  composeReply(decision, snapshot, { ...CONTEXT, ...context })
const answer = (...keys: [string, ...string[]]): Decision => ({ kind: 'answer', sectionKeys: keys, reason: 'sure' })

const textsOf = (bubbles: readonly Bubble[]): readonly string[] =>
  bubbles.flatMap((bubble) => (bubble.kind === 'text' ? [bubble.text] : []))
const textOf = (bubbles: readonly Bubble[]): string => textsOf(bubbles).join('\n')
/** Bubbles in the order sent: `T` for text, a picture by its name. */
const orderOf = (bubbles: readonly Bubble[]): readonly string[] =>
  bubbles.map((bubble) => (bubble.kind === 'text' ? 'T' : bubble.picture.alt))

describe('an answer', () => {
  test('mentions the asker in its first bubble and nowhere else', () => {
    const mentions = compose(answer('4')).bubbles.flatMap((bubble) => (bubble.kind === 'text' ? [bubble.mention] : []))
    expect(mentions).toEqual([true, ...mentions.slice(1).map(() => false)])
    expect(mentions.length).toBeGreaterThan(1)
  })

  test('mentions nobody in a direct chat', () => {
    expect(compose(answer('5'), { mentionChars: 0 }).bubbles[0]).toMatchObject({ mention: false })
  })

  test('leaves out a mention that would eat up the bubble', () => {
    expect(compose(answer('5'), { mentionChars: 300 }).bubbles[0]).toMatchObject({ mention: false })
  })

  test('sends pictures after the text that they belong to', () => {
    expect(orderOf(compose(answer('1.1')).bubbles)).toEqual(['T', 'dialog', 'icp', 'icp-2'])
    expect(orderOf(compose(answer('4')).bubbles)).toEqual(['T', 'T', 'submit'])
  })

  test('sends a picture before the text that goes on without it', () => {
    const parts = [
      { lines: ['1. 先看这里'], pictures: [aPicture('first')] },
      { lines: LONG_STEPS, pictures: [aPicture('last')] },
    ]
    const pictured = aSnapshot({ sections: [aSection('4', { parts })] })
    const { bubbles } = composeReply(answer('4'), pictured, CONTEXT)
    expect(orderOf(bubbles)).toEqual(['T', 'first', 'T', 'last'])
  })

  test('sends a picture after the last piece of a line that fills two bubbles', () => {
    const parts = [{ lines: ['步'.repeat(800)], pictures: [aPicture('late')] }]
    const pictured = aSnapshot({ sections: [aSection('4', { parts })] })
    const { bubbles } = composeReply(answer('4'), pictured, CONTEXT)
    expect(orderOf(bubbles)).toEqual(['T', 'T', 'late'])
  })

  test('sends a picture without text of its own all the same', () => {
    const parts = [{ lines: [], pictures: [aPicture('alone')] }]
    const pictured = aSnapshot({ sections: [aSection('4', { parts })] })
    const { bubbles } = composeReply(answer('4'), pictured, CONTEXT)
    expect(orderOf(bubbles)).toEqual(['T', 'alone'])
    expect(textOf(bubbles)).not.toContain('\n\n')
  })

  test('says so where it has to be cut off', () => {
    const parts = [{ lines: Array.from({ length: 40 }, () => '步'.repeat(100)), pictures: [aPicture('end')] }]
    const endless = aSnapshot({ sections: [aSection('4', { parts })] })
    const { bubbles } = composeReply(answer('4'), endless, CONTEXT)
    expect(orderOf(bubbles)).toEqual(['T', 'T', 'T', 'end'])
    expect(textsOf(bubbles).at(-1)).toMatch(new RegExp(`${phrases.cutOff}$`))
  })

  test('of a section that is gone is honest about it', () => {
    expect(textOf(compose(answer('9')).bubbles)).toBe(phrases.fallback)
  })
})

describe('the timeline', () => {
  test('closes an answer, once in a while', () => {
    const first = compose(answer('1.1'))
    expect(textOf(first.bubbles)).toContain(TIMELINE)
    expect(first.toldTimeline).toBe(true)
    const second = compose(answer('1.1'), { timelineToldLately: true })
    expect(textOf(second.bubbles)).not.toContain(TIMELINE)
    expect(second.toldTimeline).toBe(false)
  })

  test('is no closing line where it is the subject, and counts as told', () => {
    const { bubbles, toldTimeline } = compose(answer('5'))
    expect(textOf(bubbles)).not.toContain('⏱')
    expect(toldTimeline).toBe(true)
  })

  test('is not told where a section has none', () => {
    const { timeline: _none, ...timeless } = aSection('4')
    expect(composeReply(answer('4'), aSnapshot({ sections: [timeless] }), CONTEXT).toldTimeline).toBe(false)
  })

  test('closes several answers once', () => {
    const { bubbles, toldTimeline } = compose(answer('A1', 'A2'))
    expect(textOf(bubbles).split(TIMELINE)).toHaveLength(2)
    expect(toldTimeline).toBe(true)
    expect(textOf(compose(answer('A1', 'A2'), { timelineToldLately: true }).bubbles)).not.toContain(TIMELINE)
  })
})

describe('several reasons', () => {
  test('are answered one after the other, counted in the first line', () => {
    const { bubbles, shown } = compose(answer('A2', 'A1'))
    const text = textOf(bubbles)
    expect(text.startsWith(phrases.severalQuestions(2))).toBe(true)
    expect(text.indexOf('标题A2')).toBeLessThan(text.indexOf('标题A1'))
    expect(text).toContain(phrases.handoff('改了还不过，找同事。'))
    expect(shown).toEqual(['A2', 'A1'])
  })

  test('that do not fit are told by the keys of their sections', () => {
    const { bubbles, shown } = compose(answer('A3', 'A4', '4', 'A1'))
    expect(textsOf(bubbles).length).toBeLessThanOrEqual(MAX_BUBBLES)
    expect(shown).toEqual(['A3', 'A4', '4', 'A1'])
    const byNumber = [...textOf(bubbles).matchAll(/^(\S+)：回复“(.+)”看做法$/gm)]
    expect(byNumber.length).toBeGreaterThan(0)
    for (const [, title, key] of byNumber) expect(title).toBe(`标题${key}`)
  })

  test('keep the pictures of those that are told', () => {
    expect(orderOf(compose(answer('A3', 'A1')).bubbles)).toContain('empty')
  })

  test('of which one is gone leave the rest', () => {
    expect(textOf(compose(answer('9', 'A1')).bubbles)).toContain('标题A1')
  })
})

describe('a choice', () => {
  test('goes by letters, in the words of authors where they gave some', () => {
    const { bubbles, shown, toldTimeline } = compose({ kind: 'clarify', sectionKeys: ['0', 'A2'] })
    expect(textOf(bubbles).split('\n')).toEqual([
      phrases.clarifyHeading,
      'A. 注册小程序',
      'B. 标题A2',
      phrases.clarifyFooter,
    ])
    expect(shown).toEqual(['0', 'A2'])
    expect(toldTimeline).toBe(false)
  })
})

describe('the menu', () => {
  test('calls the steps, then the rejection reasons, by the keys of their sections', () => {
    const { bubbles, shown } = compose({ kind: 'courtesy', word: 'menu' })
    expect(shown).toEqual(['0', '1.1', '4', '5', 'A1', 'A2', 'A3', 'A4'])
    const lines = textOf(bubbles).split('\n')
    expect(lines.slice(0, 3)).toEqual([phrases.menuHeading, '0 注册小程序', '1.1 标题1.1'])
    expect(lines.slice(5, 7)).toEqual([phrases.menuRejections, 'A1 标题A1'])
    expect(lines.at(-1)).toBe(phrases.menuFooter)
  })

  test('has no heading for rejections where there are none', () => {
    const { bubbles } = composeReply(
      { kind: 'courtesy', word: 'menu' },
      aSnapshot({ sections: [aSection('1')] }),
      CONTEXT,
    )
    expect(textOf(bubbles)).not.toContain(phrases.menuRejections)
  })

  test('is short, however much the bot knows', () => {
    const sections = Array.from({ length: 300 }, (_, index) => aSection(`guide/${index}`))
    const { bubbles, shown } = composeReply({ kind: 'courtesy', word: 'menu' }, aSnapshot({ sections }), CONTEXT)
    expect(shown).toHaveLength(20)
    expect(bubbles).toHaveLength(1)
  })
})

describe('a hand-over', () => {
  const asked: Decision = { kind: 'escalate', reason: 'asked', sectionKeys: [] }

  test('tells what the desk says of the ticket', () => {
    expect(textOf(compose(asked, { ticketNews: '已转人工，工单 12。' }).bubbles)).toBe('已转人工，工单 12。')
  })

  test('answers the reasons that are known first', () => {
    const decision: Decision = { kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: ['A1'] }
    const lines = textOf(compose(decision, { ticketNews: '工单 12' }).bubbles).split('\n')
    expect(lines[0]).toContain('标题A1')
    expect(lines.slice(-2)).toEqual([phrases.unknownReason, '工单 12'])
  })
})

test.each<[Decision, Partial<ReplyContext>, string]>([
  [{ kind: 'fallback', reason: 'not-understood' }, {}, phrases.fallback],
  [{ kind: 'fallback', reason: 'not-understood' }, { aboutPicture: true }, phrases.fallbackPicture],
  [{ kind: 'courtesy', word: 'greeting' }, {}, phrases.greeting],
  [{ kind: 'courtesy', word: 'thanks' }, {}, phrases.thanks],
  [{ kind: 'courtesy', word: 'declined' }, {}, phrases.declined],
])('%o is said as it stands in the phrases (%o)', (decision, context, text) => {
  expect(compose(decision, context)).toEqual({
    bubbles: [{ kind: 'text', text, mention: true }],
    shown: [],
    toldTimeline: false,
  })
})

test.each<Decision>([
  { kind: 'silent', reason: 'not-sure' },
  { kind: 'command', command: { kind: 'reload', force: false } },
])('$kind says nothing', (decision) => {
  expect(compose(decision)).toEqual({ bubbles: [], shown: [], toldTimeline: false })
})

test('a decision that does not exist is an error', () => {
  expect(() => compose({ kind: 'sing' } as unknown as Decision)).toThrow(TypeError)
})

describe('the same once more', () => {
  const lines = ['原件不用盖。']
  const fact = { kind: 'short-answer', answer: { id: 'seal', lines } as never } as const
  const again = (times: number, facts: object = { fact }): string =>
    textOf(compose({ ...answer('1.1'), ...facts, again: times } as Decision).bubbles)

  test('is pointed to, then put in other words, then a person is offered', () => {
    expect(again(1)).toContain('就在上面那条：原件不用盖。')
    expect(again(2)).toMatch(/^换个说法：[\s\S]*1\. 选类目[\s\S]*要我请同事来看吗？回复“是”。$/)
    // Asked for by another question, it stays a line.
    expect(again(2, { fact, unknown: '两份都要吗' })).toBe(
      `${factPhrases.again('原件不用盖。')}\n${factPhrases.stillUnclear}`,
    )
    expect(again(3)).toMatch(/^看来我没说到您的难处.*回复“是”。$/)
  })

  test('never sends pictures twice', () => {
    for (const times of [1, 2, 3]) {
      expect(compose({ ...answer('1.1'), again: times } as Decision).bubbles).toMatchObject([{ kind: 'text' }])
    }
  })
})

test('several questions are answered by their facts, each once, with the sections below', () => {
  const fact = { kind: 'short-answer', answer: { id: 'seal', lines: ['原件不用盖。'] } as never } as const
  const parts = [{ sectionKey: '1.1', fact }, { sectionKey: 'A2' }]
  const { bubbles } = compose({ ...answer('1.1', 'A2'), reason: 'several', parts } as Decision)
  const text = textOf(bubbles)
  expect(text).toContain('① 原件不用盖。')
  expect(text).toContain('② ')
  expect(text).toContain('回复“1.1”')
  const besides = compose({
    ...answer('1.1'),
    reason: 'several',
    parts: [...parts, { unknown: '能分期吗' }],
  } as Decision)
  expect(textOf(besides.bubbles)).toContain('③ “能分期吗”这一条我没有准话')
})
