import { describe, expect, test } from 'vitest'
import type { Said } from '../../src/dialogue/replies.js'
import { withoutRepeating } from '../../src/dialogue/replies.js'
import type { Decision } from '../../src/model/decision.js'
import { aMessage } from '../support/a-message.js'
import { aTurn } from '../support/a-situation.js'
import { anUnderstanding } from '../support/an-understanding.js'

const SECTION: Decision = { kind: 'answer', sectionKeys: ['1.1'], reason: 'sure' }
const fact = (id: string): Decision => ({
  ...SECTION,
  fact: { kind: 'short-answer', answer: { id } as never },
})

const said = (decision: Decision): Said => ({
  ...{ atMs: 0, personKey: 'wang', decision, sections: ['1.1'], options: [], asked: '', text: '' },
})
const told = (replies: readonly Decision[], decision: Decision): Decision =>
  withoutRepeating(aTurn(aMessage(), { situation: { replies: replies.map(said) } }), () => decision)

describe('what was just told', () => {
  test('is pointed to, and then put in other words', () => {
    expect(told([], SECTION)).toBe(SECTION)
    expect(told([SECTION], SECTION)).toEqual({ ...SECTION, again: 1, unknown: '审核要多久' })
    expect(told([SECTION, { ...SECTION, again: 1 }], SECTION)).toEqual({ ...SECTION, again: 2, unknown: '审核要多久' })
  })

  test('is another thing than a fact of the same section', () => {
    expect(told([SECTION, fact('seal')], fact('size'))).toEqual(fact('size'))
    expect(told([fact('seal')], SECTION)).toBe(SECTION)
    expect(told([fact('seal')], fact('seal'))).toMatchObject({ again: 1 })
  })

  test('is no wish for other words where another question has the same fact', () => {
    const twice = [fact('seal'), { ...fact('seal'), again: 1 }].map((one) => ({ ...said(one), asked: '要盖章吗' }))
    const asking = (trimmed: string): Decision =>
      withoutRepeating(
        aTurn(aMessage(), { situation: { replies: twice }, understanding: anUnderstanding({ trimmed }) }),
        () => fact('seal'),
      )
    expect(asking('到底要不要盖章')).toEqual({ ...fact('seal'), again: 2 })
    expect(asking('两份都有')).toEqual({ ...fact('seal'), again: 2, unknown: '两份都有' })
  })

  test('holds the lines that are asked for next, too', () => {
    const narrows: Decision = { ...SECTION, reason: 'follow-up', narrows: true }
    expect(told([fact('seal')], narrows)).toBe(narrows)
    expect(told([SECTION], narrows)).toMatchObject({ again: 1 })
  })

  test('is told anew once the knowledge has changed', () => {
    const replies = [{ ...said(fact('seal')), knowledge: 'before' }]
    const decided = (knowledge: string): Decision =>
      withoutRepeating(aTurn(aMessage(), { situation: { replies, knowledge } }), () => fact('seal'))
    expect(decided('before')).toMatchObject({ again: 1 })
    expect(decided('after')).toEqual(fact('seal'))
  })

  test.each(['days', 'walk-through', 'notice'] as const)(
    'may be said again where it is the asker’s own: %s',
    (reason) => {
      const own: Decision = { ...SECTION, reason }
      expect(told([own], own)).toBe(own)
    },
  )
})
