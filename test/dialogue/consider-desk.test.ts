import { describe, expect, test } from 'vitest'
import { policies } from '../../src/dialogue/policy.js'
import { decideBy, type Situation } from '../../src/dialogue/turn.js'
import type { Place } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'
import type { SpeechAct } from '../../src/model/understanding.js'
import { aMessage, DIRECT, WANG } from '../support/a-message.js'
import { aTurn } from '../support/a-situation.js'
import { anUnderstanding } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const SEAL = { kind: 'short-answer', answer: { id: 'seal', beyond: false } } as never
const ANSWER: Decision = { kind: 'answer', sectionKeys: ['4.1'], reason: 'sure' }
const FALLBACK: Decision = { kind: 'fallback', reason: 'not-understood' }
const CLARIFY: Decision = { kind: 'clarify', sectionKeys: ['1', '2'] }
const MENU: Decision = { kind: 'courtesy', word: 'menu' }
const ESCALATE: Decision = { kind: 'escalate', reason: 'asked', sectionKeys: [] }
const NOT_FOR_US: Decision = { kind: 'silent', reason: 'not-for-us' }
const HELD: Decision = { kind: 'silent', reason: 'held-by-human' }
/** Those of the list that are about people, before what the words alone would get. */
const ABOUT_PEOPLE = ['held-by-human', 'ticket-waits', 'section-says-so', 'failed-twice', 'complaint']

/** How likely its words alone ask for `SEAL`. */
const sealAt = (share: number) => [
  { answer: (SEAL as { answer: never }).answer, share, within: share, wordForWord: false },
]

interface Case {
  readonly answers?: ReturnType<typeof sealAt>
  readonly asked?: boolean
  readonly text?: string
  readonly act?: SpeechAct
  readonly place?: Place
}

function consider(
  wanted: Decision,
  situation: Partial<Situation>,
  { asked = false, text = '类目选哪个', act = 'statement', answers = sealAt(0.9), ...facts }: Case = {},
): Decision {
  const message = aMessage({ addressedToBot: asked, text, ...facts })
  const list = [
    ...policies.filter(({ name }) => ABOUT_PEOPLE.includes(name)),
    { name: 'the words', decide: () => wanted },
  ]
  const understanding = anUnderstanding({ normalized: text, act, answers })
  return decideBy(list, aTurn(message, { understanding, situation: { language: LANGUAGE, ...situation } })).decision
}

test.each([ANSWER, FALLBACK, CLARIFY, MENU, ESCALATE])('without colleagues $kind stays as it is', (decision) => {
  for (const asked of [true, false]) expect(consider(decision, {}, { asked })).toEqual(decision)
})

describe('while a person holds the ticket', () => {
  test.each([ANSWER, FALLBACK, CLARIFY, MENU, ESCALATE, NOT_FOR_US])('no word for $kind, asked or not', (decision) => {
    for (const asked of [true, false]) expect(consider(decision, { quiet: 'held' }, { asked })).toEqual(HELD)
  })

  test('nor in a direct chat', () => {
    expect(consider(ANSWER, { quiet: 'held' }, { place: DIRECT })).toEqual(HELD)
  })
})

describe('while nobody has taken the ticket', () => {
  test('a clear question by name is answered, as the bot’s', () => {
    expect(consider(ANSWER, { quiet: 'waiting' }, { asked: true })).toEqual({ ...ANSWER, personStillComes: true })
  })

  test('who asks for a person again hears of the ticket', () => {
    expect(consider(ESCALATE, { quiet: 'waiting' })).toEqual(ESCALATE)
  })

  test.each([FALLBACK, CLARIFY, MENU])('no $kind, even by name', (decision) => {
    expect(consider(decision, { quiet: 'waiting' }, { asked: true })).toEqual(HELD)
  })

  test('a fact around the guides is one, that nobody knows is none', () => {
    const outside: Decision = { kind: 'outside', fact: SEAL }
    expect(consider(outside, { quiet: 'waiting' }, { asked: true })).toEqual({ ...outside, personStillComes: true })
    expect(consider({ kind: 'outside' }, { quiet: 'waiting' }, { asked: true })).toEqual(HELD)
  })

  test('nothing unasked, but for a plain fact right behind the bot’s own words', () => {
    const fact: Decision = { ...ANSWER, fact: SEAL }
    expect(consider(ANSWER, { quiet: 'waiting' })).toEqual(HELD)
    expect(consider(ANSWER, { quiet: 'waiting', spokenToLast: true }, { act: 'question' })).toEqual(HELD)
    expect(consider(fact, { quiet: 'waiting' }, { act: 'question' })).toEqual(HELD)
    expect(consider(fact, { quiet: 'waiting', spokenToLast: true }, { act: 'question' })).toMatchObject(fact)
  })

  test.each(['那现在怎么办', '咋办呢', '我们该怎么弄'])('nor where the words name nothing: %s', (text) => {
    const fact: Decision = { ...ANSWER, fact: SEAL }
    expect(consider(fact, { quiet: 'waiting', spokenToLast: true }, { act: 'question', text })).toEqual(HELD)
  })

  test('nor where the fact is a guess: 正常吗', () => {
    const fact: Decision = { ...ANSWER, fact: SEAL }
    const guess = { act: 'question', text: '正常吗', answers: sealAt(0.02) } as const
    expect(consider(fact, { quiet: 'waiting', spokenToLast: true }, guess)).toEqual(HELD)
    expect(consider(fact, { quiet: 'waiting' }, { ...guess, asked: true })).toMatchObject(fact)
  })

  test('but the days anew for who has told them wrongly', () => {
    const days: Decision = { ...ANSWER, reason: 'days' } as never
    const text = '说错了，是上个月30号交的'
    expect(consider(days, { quiet: 'waiting', spokenToLast: true }, { text })).toMatchObject(days)
    expect(consider(days, { quiet: 'waiting' }, { text })).toEqual(HELD)
  })
})

test('while a colleague talks with the asker the bot speaks only when it is asked by name', () => {
  expect(consider(ANSWER, { colleagueTalks: true })).toEqual(HELD)
  expect(consider(ANSWER, { colleagueTalks: true }, { asked: true })).toEqual(ANSWER)
})

test('reasons that are not about the words stand', () => {
  const message = aMessage({ sender: { ...WANG, role: 'staff' }, text: '没用' })
  const understanding = anUnderstanding({ normalized: '没用', act: 'statement' })
  const turn = aTurn(message, { understanding, situation: { quiet: 'held', talkedLately: true } })
  expect(decideBy(policies, turn).decision).toEqual({ kind: 'silent', reason: 'staff' })
})

describe('hands over', () => {
  test('at the second try in a row that fails', () => {
    expect(consider(FALLBACK, { failedTries: 1 }, { asked: true })).toMatchObject({ reason: 'failed-twice' })
    expect(consider(ANSWER, { failedTries: 1 }, { asked: true })).toEqual(ANSWER)
  })

  test.each(['没用', '这个没用啊', '答非所问', '不是我问的', '你听不懂人话吗'.replace('吗', ''), '机器人没什么用'])(
    'when told %s after an answer',
    (text) => {
      expect(consider(NOT_FOR_US, { talkedLately: true }, { text })).toMatchObject({ reason: 'complaint' })
      expect(consider(NOT_FOR_US, {}, { text })).toEqual(NOT_FOR_US)
    },
  )

  test.each(['我要投诉 群里问了三天没人理', '都没人管的吗 问好几天了', '我要投诉你们'])(
    'when nobody has answered, %s',
    (text) => {
      expect(consider(NOT_FOR_US, {}, { text })).toMatchObject({ reason: 'complaint' })
    },
  )

  test.each(['我要投诉那个卖假货的', '发了两天帖子没人理 哈哈', '我昨天问他三次都不回', '百度那个审核问了三天没人理'])(
    'not when others do not answer, %s',
    (text) => {
      expect(consider(NOT_FOR_US, {}, { text })).toEqual(NOT_FOR_US)
    },
  )

  test('not when something else is of no use', () => {
    for (const text of ['这个优惠券没用', '没用过这个功能', '有没有用']) {
      expect(consider(NOT_FOR_US, { talkedLately: true }, { text })).toEqual(NOT_FOR_US)
    }
  })

  const handoff = '违规帖能直接发出来，就是没接上：回复“转人工”，同事重新打包。'

  test.each(['违规帖直接发出来了', '就是这种情况', '对，就是这个问题'])('when the section says so: %s', (text) => {
    expect(consider(NOT_FOR_US, { talkedLately: true, handoff }, { text })).toMatchObject({
      kind: 'escalate',
      reason: 'section-says-so',
    })
  })

  test.each([
    ['a question about it', '违规帖直接发出来了怎么办', 'question'],
    ['something else', '好的我试试', 'statement'],
  ] as const)('not for %s', (_what, text, act) => {
    expect(consider(NOT_FOR_US, { talkedLately: true, handoff }, { text, act })).toEqual(NOT_FOR_US)
  })
})
