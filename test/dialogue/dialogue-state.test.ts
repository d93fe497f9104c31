import { beforeEach, describe, expect, test } from 'vitest'
import type { DialogueState } from '../../src/dialogue/state.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'
import { aMessage, CUSTOMERS, DIRECT, LI, WANG } from '../support/a-message.js'
import { aState, STATE_OPTIONS, saysTo } from '../support/a-state.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const OPTIONS = STATE_OPTIONS

const MENU: Decision = { kind: 'courtesy', word: 'menu' }
const FALLBACK: Decision = { kind: 'fallback', reason: 'not-understood' }
const CLARIFY: Decision = { kind: 'clarify', sectionKeys: ['A1', '3'] }
const answer = (key: string, reason: 'sure' | 'chosen' = 'sure'): Decision => ({
  kind: 'answer',
  sectionKeys: [key],
  reason,
})

const WANG_SAYS = aMessage({ sender: WANG })
const LI_SAYS = aMessage({ sender: LI })

let state: DialogueState
beforeEach(() => {
  state = aState()
})

interface Told {
  readonly to?: IncomingMessage
  readonly shown?: readonly string[]
  readonly toldTimeline?: boolean
  readonly nowMs?: number
}
function note(
  decision: Decision,
  { to = WANG_SAYS, shown = [], toldTimeline = false, nowMs = MONDAY_MS }: Told = {},
): void {
  saysTo(state, to, { decision, shown, toldTimeline, nowMs })
}
const offeredTo = (message: IncomingMessage, nowMs = MONDAY_MS): readonly string[] =>
  state.recall(message, nowMs).offered

describe('offers', () => {
  test('are remembered in the order shown', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(offeredTo(WANG_SAYS)).toEqual(['A1', '3'])
  })

  test('fade', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(offeredTo(WANG_SAYS, MONDAY_MS + OPTIONS.offerMs)).toEqual(['A1', '3'])
    expect(state.recall(WANG_SAYS, MONDAY_MS + OPTIONS.offerMs + 1)).toMatchObject({
      offered: [],
      humanOffered: false,
      talkedLately: false,
    })
  })

  test('are made to one person in one place', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(offeredTo(LI_SAYS)).toEqual([])
    expect(offeredTo(aMessage({ place: DIRECT }))).toEqual([])
    expect(offeredTo(aMessage({ place: { ...CUSTOMERS, key: 'room:二群' } }))).toEqual([])
  })

  test('of several people never mix', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    note(MENU, { to: LI_SAYS, shown: ['0', '1'] })
    note(answer('1', 'chosen'), { to: LI_SAYS })
    expect(offeredTo(WANG_SAYS)).toEqual(['A1', '3'])
    expect(offeredTo(LI_SAYS)).toEqual(['0', '1'])
  })

  test('stay open after a pick, so that one number follows another', () => {
    note(MENU, { shown: ['0', '1', '2'] })
    note(answer('1', 'chosen'), { nowMs: MONDAY_MS + OPTIONS.offerMs })
    expect(offeredTo(WANG_SAYS, MONDAY_MS + 2 * OPTIONS.offerMs)).toEqual(['0', '1', '2'])
  })

  test('do not come back from the past with a pick of something else', () => {
    note(MENU, { shown: ['0', '1', '2'] })
    const laterMs = MONDAY_MS + OPTIONS.offerMs + 1
    note(answer('4.1', 'chosen'), { nowMs: laterMs })
    expect(offeredTo(WANG_SAYS, laterMs)).toEqual([])
  })

  test('are replaced by the next reply', () => {
    note(MENU, { shown: ['0', '1', '2'] })
    note(answer('5'))
    expect(offeredTo(WANG_SAYS)).toEqual([])
  })

  test.each<Decision>([
    { kind: 'silent', reason: 'not-for-us' },
    { kind: 'command', command: { kind: 'reload', force: false } },
  ])('outlive what is decided without a reply ($kind)', (decision) => {
    note(CLARIFY, { shown: ['A1', '3'] })
    note(decision)
    expect(offeredTo(WANG_SAYS)).toEqual(['A1', '3'])
  })
})

describe('a person', () => {
  test.each<[boolean, Decision]>([
    [true, FALLBACK],
    [false, CLARIFY],
    [false, MENU],
    [false, answer('5')],
    [false, { kind: 'escalate', reason: 'asked', sectionKeys: [] }],
  ])('offered: %s after %o', (offered, decision) => {
    note(decision)
    expect(state.recall(WANG_SAYS, MONDAY_MS).humanOffered).toBe(offered)
  })

  test('is offered to the asker alone', () => {
    note(FALLBACK)
    expect(state.recall(LI_SAYS, MONDAY_MS).humanOffered).toBe(false)
  })
})

describe('a section told', () => {
  test('is told lately to the whole group, and not in another', () => {
    note(answer('5'))
    expect(state.recall(LI_SAYS, MONDAY_MS).toldLately('5')).toBe(true)
    expect(state.recall(LI_SAYS, MONDAY_MS).toldLately('4')).toBe(false)
    expect(state.recall(aMessage({ place: DIRECT }), MONDAY_MS).toldLately('5')).toBe(false)
  })

  test('as one fact is that fact, and not the section', () => {
    const fact = { kind: 'short-answer', answer: { id: 'seal' } } as never
    note({ ...answer('5'), fact } as never)
    const { toldLately } = state.recall(LI_SAYS, MONDAY_MS)
    expect([toldLately('answer:seal'), toldLately('answer:size'), toldLately('5')]).toEqual([true, false, false])
  })

  test('may be told again after the cooldown', () => {
    note(answer('5'))
    expect(state.recall(WANG_SAYS, MONDAY_MS + OPTIONS.cooldownMs - 1).toldLately('5')).toBe(true)
    expect(state.recall(WANG_SAYS, MONDAY_MS + OPTIONS.cooldownMs).toldLately('5')).toBe(false)
  })

  test('may be told again once the knowledge has changed', () => {
    state.said(state.decided(WANG_SAYS, answer('5'), { knowledge: 'before', nowMs: MONDAY_MS }), MONDAY_MS)
    expect(state.recall(LI_SAYS, MONDAY_MS, 'before').toldLately('5')).toBe(true)
    expect(state.recall(LI_SAYS, MONDAY_MS, 'after').toldLately('5')).toBe(false)
  })

  test('counts every section of a notice, also where a person was called', () => {
    note({ kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: ['A3', 'A4'] })
    expect(['A3', 'A4'].every((key) => state.recall(WANG_SAYS, MONDAY_MS).toldLately(key))).toBe(true)
  })

  test('does not count what was merely offered', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(state.recall(WANG_SAYS, MONDAY_MS).toldLately('A1')).toBe(false)
  })

  test('is kept for the ticket, the latest five', () => {
    for (const key of ['0', '1', '2', '3', '4', '5']) note(answer(key))
    expect(state.recall(WANG_SAYS, MONDAY_MS).answeredSections).toEqual(['1', '2', '3', '4', '5'])
    expect(state.recall(LI_SAYS, MONDAY_MS).answeredSections).toEqual([])
  })
})

describe('the timeline', () => {
  test('is told lately to the person who read it, and may be told again later', () => {
    note(answer('5'), { toldTimeline: true })
    expect(state.recall(WANG_SAYS, MONDAY_MS + OPTIONS.timelineMs - 1).timelineToldLately).toBe(true)
    expect(state.recall(WANG_SAYS, MONDAY_MS + OPTIONS.timelineMs).timelineToldLately).toBe(false)
    expect(state.recall(LI_SAYS, MONDAY_MS).timelineToldLately).toBe(false)
  })

  test('counts from when it was told, not from the last reply', () => {
    note(answer('5'), { toldTimeline: true })
    note(answer('4'), { nowMs: MONDAY_MS + OPTIONS.timelineMs - 1 })
    expect(state.recall(WANG_SAYS, MONDAY_MS + OPTIONS.timelineMs).timelineToldLately).toBe(false)
  })
})

test('knows a message that comes twice', () => {
  expect([
    state.heard(aMessage({ id: 'm1' })).seenBefore,
    state.heard(aMessage({ id: 'm2' })).seenBefore,
    state.heard(aMessage({ id: 'm1' })).seenBefore,
  ]).toEqual([false, false, true])
})

describe('forgets the oldest first', () => {
  test('of the messages', () => {
    for (let index = 0; index <= OPTIONS.maxEntries; index++) state.heard(aMessage({ id: `m${index}` })).seenBefore
    expect([
      state.heard(aMessage({ id: 'm0' })).seenBefore,
      state.heard(aMessage({ id: `m${OPTIONS.maxEntries}` })).seenBefore,
    ]).toEqual([false, true])
  })

  test('of the askers, by when they were last spoken to', () => {
    const asker = (index: number): IncomingMessage => aMessage({ sender: { ...WANG, key: `name:${index}` } })
    for (let index = 0; index < OPTIONS.maxEntries; index++) note(MENU, { to: asker(index), shown: ['0'] })
    note(MENU, { to: asker(0), shown: ['1'] })
    note(MENU, { to: asker(OPTIONS.maxEntries), shown: ['2'] })
    expect([0, 1, OPTIONS.maxEntries].map((index) => offeredTo(asker(index)))).toEqual([['1'], [], ['2']])
  })

  test('of the places', () => {
    const placeOf = (index: number) => ({ ...CUSTOMERS, key: `room:${index}` })
    for (let index = 0; index < 30; index++) note(answer('5'), { to: aMessage({ place: placeOf(index) }) })
    const toldIn = (index: number) => state.recall(aMessage({ place: placeOf(index) }), MONDAY_MS).toldLately('5')
    expect([29, 20, 19].map(toldIn)).toEqual([true, true, false])
  })
})

test('keys of place and person cannot be forged into one another', () => {
  note(MENU, { to: aMessage({ place: { ...DIRECT, key: 'a' }, sender: { ...WANG, key: 'b:c' } }), shown: ['0'] })
  expect(offeredTo(aMessage({ place: { ...DIRECT, key: 'a:b' }, sender: { ...WANG, key: 'c' } }))).toEqual([])
})

describe('a question back', () => {
  test('is open until something else was said', () => {
    note(CLARIFY)
    expect(state.recall(WANG_SAYS, MONDAY_MS).clarifying).toBe(true)
    note(answer('3', 'chosen'))
    expect(state.recall(WANG_SAYS, MONDAY_MS).clarifying).toBe(false)
  })
})

describe('until a reply is said', () => {
  const REFUSED = { said: false, reason: 'refused', bubblesOut: 0 } as const
  const isTold = (key = '5') => state.recall(LI_SAYS, MONDAY_MS).toldLately(key)
  const decideOn = (decision: Decision, to = WANG_SAYS) => state.decided(to, decision, { nowMs: MONDAY_MS })

  test('it counts as told while it is on its way, and not at all once it is dropped', () => {
    const saying = decideOn(answer('5'))
    expect([isTold(), state.recall(WANG_SAYS, MONDAY_MS).lastSection]).toEqual([true, '5'])
    state.dropped(saying, REFUSED, MONDAY_MS)
    expect([isTold(), state.recall(WANG_SAYS, MONDAY_MS).lastSection]).toEqual([false, undefined])
    expect(state.recall(WANG_SAYS, MONDAY_MS).talkedLately).toBe(false)
  })

  test('what was said before stands when the next is dropped', () => {
    note(MENU, { shown: ['0', '1'] })
    state.dropped(decideOn(answer('5')), REFUSED, MONDAY_MS)
    expect(state.recall(WANG_SAYS, MONDAY_MS)).toMatchObject({ offered: ['0', '1'], answeredSections: [] })
  })

  test('what was decided first counts first, whichever is out first', () => {
    const [first, second] = [decideOn(answer('1')), decideOn(answer('2'))]
    state.said(second, MONDAY_MS)
    state.said(first, MONDAY_MS)
    expect(state.recall(WANG_SAYS, MONDAY_MS).answeredSections).toEqual(['1', '2'])
  })

  test('others may wait for what becomes of it', async () => {
    const saying = decideOn(answer('5'))
    expect(await state.beingSaid(LI_SAYS, answer('4'))).toBe(false)
    const waiting = state.beingSaid(LI_SAYS, answer('5'))
    state.dropped(saying, REFUSED, MONDAY_MS)
    expect(await waiting).toBe(true)
    expect(await state.beingSaid(LI_SAYS, answer('5'))).toBe(false)
  })

  test('half an answer is known to whom it was said, and told to nobody else', () => {
    state.dropped(decideOn(answer('5')), { said: false, reason: 'refused', bubblesOut: 1 }, MONDAY_MS)
    expect([isTold(), state.recall(WANG_SAYS, MONDAY_MS).lastSection]).toEqual([false, '5'])
  })

  test('a walk-through takes no step', () => {
    let kept = 0
    state = aState({ walks: { keep: () => void kept++ } })
    const walk = { status: 'walking', at: '1', outcomes: {} } as const
    const step: Decision = {
      ...{ kind: 'answer', sectionKeys: ['1'], reason: 'walk-through' },
      walk: { told: 'step', walk, steps: ['1', '2'] },
    }
    const saying = decideOn(step)
    expect(state.recall(WANG_SAYS, MONDAY_MS).walking).toMatchObject({ walk, justTold: true })
    state.dropped(saying, REFUSED, MONDAY_MS)
    expect(state.recall(WANG_SAYS, MONDAY_MS).walking.walk).toBeUndefined()
    expect(kept).toBe(0)
  })
})

test('keeps what was said last, with its options and when, for the person and for the place', () => {
  note(MENU, { shown: ['0', '1'] })
  note(answer('5'), { to: LI_SAYS, nowMs: MONDAY_MS + 1 })
  const { replies, repliesHere } = state.recall(WANG_SAYS, MONDAY_MS + 1)
  expect(replies).toMatchObject([{ atMs: MONDAY_MS, options: [{ label: 'A', sectionKey: '0' }, { label: 'B' }] }])
  expect(repliesHere).toMatchObject([{ personKey: WANG.key }, { personKey: LI.key, sections: ['5'] }])
})

test('forgets a person, and nobody else', () => {
  note(MENU, { shown: ['0'] })
  note(MENU, { to: LI_SAYS, shown: ['1'] })
  state.forget({ names: [WANG.name], keys: [WANG.key], tickets: [], said: [] })
  expect([offeredTo(WANG_SAYS), offeredTo(LI_SAYS)]).toEqual([[], ['1']])
  expect([...state.namesIn(CUSTOMERS.key)]).toEqual([LI.name])
})
