import { describe, expect, test } from 'vitest'
import type { FloodLimits } from '../../src/dialogue/permission.js'
import { flooding } from '../../src/dialogue/permission.js'
import type { Saying } from '../../src/dialogue/replies.js'
import { decideBy } from '../../src/dialogue/turn.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'
import { aMessage, DIRECT, LI } from '../support/a-message.js'
import { aTurn } from '../support/a-situation.js'
import { aState } from '../support/a-state.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const ANSWER: Decision = { kind: 'answer', sectionKeys: ['4.1'], reason: 'sure' }
const HUMAN: Decision = { kind: 'escalate', reason: 'asked', sectionKeys: [] }
const FLOODING: Decision = { kind: 'silent', reason: 'flooding' }
const LOOP: Decision = { kind: 'silent', reason: 'bot-loop' }
const TOO_FAST: Decision = { kind: 'courtesy', word: 'too-fast' }
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const LIMITS: FloodLimits = {
  perPersonMinute: 3,
  perPersonHour: 10,
  perRoomMinute: 5,
  quietMinutes: 10,
}

function guarded(limits: Partial<FloodLimits> = {}, maxEntries = 50) {
  const state = aState({ flood: { ...LIMITS, ...limits }, maxEntries })
  let nowMs = MONDAY_MS
  let count = 0
  const decides = (message: IncomingMessage, wanted: Decision): { decision: Decision; saying: Saying } => {
    state.heard(message)
    const turn = aTurn(message, { situation: { flood: state.recall(message, nowMs).flood } })
    const { decision } = decideBy([flooding, { name: 'the words', decide: () => wanted }], turn)
    return { decision, saying: state.decided(message, decision, { wanted, nowMs }) }
  }
  const says = (facts: Partial<IncomingMessage> = {}, wanted: Decision = ANSWER): Decision =>
    decides(aMessage({ text: `第${++count}个问题`, ...facts }), wanted).decision
  /** The same, and all of the answer is out. */
  const talks = (facts: Partial<IncomingMessage>, text: string, wanted: Decision = ANSWER): Decision => {
    const { decision, saying } = decides(aMessage({ text: `第${++count}个问题`, ...facts }), wanted)
    state.composed(saying, { shown: [], toldTimeline: false, text, invites: [] })
    state.said(saying, nowMs)
    return decision
  }
  const refused = (facts: Partial<IncomingMessage> = {}): Decision => {
    const { decision, saying } = decides(aMessage({ text: `第${++count}个问题`, ...facts }), ANSWER)
    state.dropped(saying, { said: false, reason: 'refused', bubblesOut: 0 }, nowMs)
    return decision
  }
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { says, talks, refused, pass }
}

const times = (count: number, act: () => Decision): readonly Decision[] => Array.from({ length: count }, act)

describe('a person who asks too fast', () => {
  test('is told so once, and then met with silence for a while', () => {
    const { says, pass } = guarded()
    expect(times(6, () => says())).toEqual([ANSWER, ANSWER, ANSWER, TOO_FAST, FLOODING, FLOODING])
    pass(10 * MINUTE_MS - 1)
    expect(says()).toEqual(FLOODING)
    pass(1)
    expect(says()).toEqual(ANSWER)
  })

  test('is not counted for what could not be said', () => {
    const { says, refused } = guarded()
    expect(times(3, () => says())).toEqual([ANSWER, ANSWER, ANSWER])
    expect(times(3, () => refused())).toEqual([TOO_FAST, FLOODING, FLOODING])
    const other = guarded()
    times(9, () => other.refused())
    expect(other.says()).toEqual(ANSWER)
  })

  test('is not told twice within an hour', () => {
    const { says, pass } = guarded()
    times(4, () => says())
    pass(11 * MINUTE_MS)
    expect(times(4, () => says())).toEqual([ANSWER, ANSWER, ANSWER, FLOODING])
  })

  test('does not keep others from being answered, nor loses anything for another group', () => {
    const { says } = guarded()
    times(4, () => says())
    expect(says({ sender: LI })).toEqual(ANSWER)
    expect(says({ place: DIRECT })).toEqual(ANSWER)
  })

  test('reaches a colleague all the same, once', () => {
    const { says } = guarded()
    times(5, () => says())
    expect(says({ text: '转人工' }, HUMAN)).toEqual(HUMAN)
    expect(says({ text: '转人工' }, HUMAN)).toEqual(FLOODING)
  })

  test('cannot keep on for an hour at a pace that is just allowed', () => {
    const { says, pass } = guarded()
    const met = times(12, () => {
      pass(30 * SECOND_MS)
      return says()
    })
    expect(met.slice(0, 10).every((decision) => decision === ANSWER)).toBe(true)
    expect(met.slice(10)).toEqual([TOO_FAST, FLOODING])
  })

  test('may talk to others as much as they like', () => {
    const { says } = guarded()
    const overheard: Decision = { kind: 'silent', reason: 'not-for-us' }
    expect(new Set(times(100, () => says({}, overheard)))).toEqual(new Set([overheard]))
    expect(says()).toEqual(ANSWER)
  })

  test.each(['staff', 'admin'] as const)('is none of the %s', (role) => {
    const { says } = guarded()
    const sender = { ...LI, role }
    expect(new Set(times(50, () => says({ sender })))).toEqual(new Set([ANSWER]))
  })
})

test('a group in which all ask at once is told so once, and then met with silence', () => {
  const { says, pass } = guarded()
  let person = 0
  const another = (): Decision => says({ sender: { ...LI, key: `name:${person++}` } })
  expect(times(7, another)).toEqual([...times(5, () => ANSWER), TOO_FAST, FLOODING])
  pass(10 * MINUTE_MS)
  expect(another()).toEqual(ANSWER)
})

describe('another bot', () => {
  /** One round: it writes at once, is answered. */
  const rounds = (count: number, reply: (round: number) => string, waitMs = SECOND_MS) => {
    const { talks, pass } = guarded({ perPersonMinute: 0, perPersonHour: 1_000, perRoomMinute: 0 })
    return Array.from({ length: count }, (_, round) => {
      pass(waitMs)
      return talks({ text: reply(round) }, `这是第 ${round} 条回答，完整说明回复“4.1”`)
    })
  }

  test('that says the same to every answer is left alone', () => {
    expect(rounds(9, () => '您好，我现在不在，稍后回复您')).toEqual([
      ...times(5, () => ANSWER),
      ...times(4, () => LOOP),
    ])
  })

  test('that repeats what it hears is left alone', () => {
    const echo = (round: number): string => `收到：这是第 ${round - 1} 条回答，完整说明回复“4.1”`
    expect(rounds(9, echo).at(-1)).toEqual(LOOP)
  })

  test('that knows a few sentences is left alone', () => {
    expect(rounds(15, (round) => ['您好', '请问有什么可以帮您', '稍等一下'][round % 3]!).at(-1)).toEqual(LOOP)
  })

  test('is not seen in a person who asks the same again after a while', () => {
    expect(new Set(rounds(20, () => '审核要多久', 10 * SECOND_MS))).toEqual(new Set([ANSWER]))
  })

  test('is not seen in a person who asks one thing after the other', () => {
    expect(new Set(rounds(20, (round) => `第 ${round} 步怎么弄`))).toEqual(new Set([ANSWER]))
  })

  test('that says something new each time gets no more than the hour allows', () => {
    const { talks, pass } = guarded({ perPersonMinute: 0, perRoomMinute: 0 })
    const met = times(100, () => {
      pass(SECOND_MS)
      return talks({}, '一条回答')
    })
    expect(met.filter(({ kind }) => kind !== 'silent')).toHaveLength(11) // ten answers and one word
  })
})

test('walking through the steps is no loop', () => {
  const { talks } = guarded({ perPersonMinute: 0, perRoomMinute: 0, perPersonHour: 100 })
  const step = { ...ANSWER, reason: 'walk-through' } as Decision
  const met = times(30, () => talks({ text: '好了' }, '下一步', step))
  expect(new Set(met)).toEqual(new Set([step]))
})

test('remembers no more people than it may', () => {
  const { says } = guarded({ perRoomMinute: 0 }, 2)
  times(4, () => says())
  says({ sender: { ...LI, key: 'name:a' } })
  says({ sender: { ...LI, key: 'name:b' } })
  expect(says()).toEqual(ANSWER)
})
