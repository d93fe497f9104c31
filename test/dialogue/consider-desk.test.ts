import { describe, expect, test } from 'vitest'
import { considerDesk, type DeskView } from '../../src/dialogue/handoff.js'
import type { Decision } from '../../src/model/decision.js'
import type { SpeechAct } from '../../src/model/understanding.js'
import { aMessage, DIRECT } from '../support/a-message.js'
import { anUnderstanding } from '../support/an-understanding.js'

const FREE: DeskView = {
  quiet: 'none',
  colleagueTalks: false,
  failedTries: 0,
  talkedLately: false,
  handoff: undefined,
}
const ANSWER: Decision = { kind: 'answer', sectionKeys: ['4.1'], reason: 'sure' }
const FALLBACK: Decision = { kind: 'fallback', reason: 'not-understood' }
const CLARIFY: Decision = { kind: 'clarify', sectionKeys: ['1', '2'] }
const MENU: Decision = { kind: 'courtesy', word: 'menu' }
const ESCALATE: Decision = { kind: 'escalate', reason: 'asked', sectionKeys: [] }
const NOT_FOR_US: Decision = { kind: 'silent', reason: 'not-for-us' }
const HELD = { decision: { kind: 'silent', reason: 'held-by-human' }, botFirst: false }

interface Case {
  readonly asked?: boolean
  readonly text?: string
  readonly act?: SpeechAct
}

function consider(decision: Decision, view: Partial<DeskView>, { asked = false, text = '类目选哪个', act }: Case = {}) {
  const understanding = anUnderstanding({ normalized: text, act: act ?? 'statement' })
  return considerDesk(aMessage({ addressedToBot: asked, text }), understanding, {
    decision,
    view: { ...FREE, ...view },
  })
}

test.each([ANSWER, FALLBACK, CLARIFY, MENU, ESCALATE])('without colleagues $kind stays as it is', (decision) => {
  for (const asked of [true, false]) expect(consider(decision, {}, { asked })).toEqual({ decision, botFirst: false })
})

describe('while a person holds the ticket', () => {
  test.each([ANSWER, FALLBACK, CLARIFY, MENU, ESCALATE, NOT_FOR_US])('no word for $kind, asked or not', (decision) => {
    for (const asked of [true, false]) expect(consider(decision, { quiet: 'held' }, { asked })).toEqual(HELD)
  })

  test('nor in a direct chat', () => {
    const view = { ...FREE, quiet: 'held' } as const
    const message = aMessage({ place: DIRECT })
    expect(considerDesk(message, anUnderstanding(), { decision: ANSWER, view })).toEqual(HELD)
  })
})

describe('while nobody has taken the ticket', () => {
  test('a clear question by name is answered, as the bot’s', () => {
    expect(consider(ANSWER, { quiet: 'waiting' }, { asked: true })).toEqual({ decision: ANSWER, botFirst: true })
  })

  test('who asks for a person again hears of the ticket', () => {
    expect(consider(ESCALATE, { quiet: 'waiting' })).toEqual({ decision: ESCALATE, botFirst: false })
  })

  test.each([FALLBACK, CLARIFY, MENU])('no $kind, even by name', (decision) => {
    expect(consider(decision, { quiet: 'waiting' }, { asked: true })).toEqual(HELD)
  })

  test('nothing unasked', () => {
    expect(consider(ANSWER, { quiet: 'waiting' })).toEqual(HELD)
  })
})

test('while a colleague talks with the asker the bot speaks only when it is asked by name', () => {
  expect(consider(ANSWER, { colleagueTalks: true })).toEqual(HELD)
  expect(consider(ANSWER, { colleagueTalks: true }, { asked: true }).decision).toEqual(ANSWER)
})

test('reasons that are not about the words stand', () => {
  const staff: Decision = { kind: 'silent', reason: 'staff' }
  expect(consider(staff, { quiet: 'held', talkedLately: true }, { text: '没用' }).decision).toEqual(staff)
})

describe('hands over', () => {
  test('at the second try in a row that fails', () => {
    expect(consider(FALLBACK, { failedTries: 1 }, { asked: true }).decision).toMatchObject({ reason: 'failed-twice' })
    expect(consider(ANSWER, { failedTries: 1 }, { asked: true }).decision).toEqual(ANSWER)
  })

  test.each(['没用', '这个没用啊', '答非所问', '不是我问的', '你听不懂人话吗'.replace('吗', ''), '机器人没什么用'])(
    'when told %s after an answer',
    (text) => {
      expect(consider(NOT_FOR_US, { talkedLately: true }, { text }).decision).toMatchObject({ reason: 'complaint' })
      expect(consider(NOT_FOR_US, {}, { text }).decision).toEqual(NOT_FOR_US)
    },
  )

  test('not when something else is of no use', () => {
    for (const text of ['这个优惠券没用', '没用过这个功能', '有没有用']) {
      expect(consider(NOT_FOR_US, { talkedLately: true }, { text }).decision).toEqual(NOT_FOR_US)
    }
  })

  const handoff = '违规帖能直接发出来，就是没接上：回复“转人工”，同事重新打包。'

  test.each(['违规帖直接发出来了', '就是这种情况', '对，就是这个问题'])('when the section says so: %s', (text) => {
    expect(consider(NOT_FOR_US, { talkedLately: true, handoff }, { text }).decision).toMatchObject({
      kind: 'escalate',
      reason: 'section-says-so',
    })
  })

  test.each([
    ['a question about it', '违规帖直接发出来了怎么办', 'question'],
    ['something else', '好的我试试', 'statement'],
  ] as const)('not for %s', (_what, text, act) => {
    expect(consider(NOT_FOR_US, { talkedLately: true, handoff }, { text, act }).decision).toEqual(NOT_FOR_US)
  })
})
