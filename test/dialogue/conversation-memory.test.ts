import { beforeEach, describe, expect, test } from 'vitest'
import { ConversationMemory } from '../../src/dialogue/state.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'
import { aMessage, CUSTOMERS, DIRECT, LI, WANG } from '../support/a-message.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const MINUTE_MS = 60_000
const OPTIONS = { cooldownMs: 3 * MINUTE_MS, offerMs: 10 * MINUTE_MS, timelineMs: 30 * MINUTE_MS, maxEntries: 100 }

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

let memory: ConversationMemory
beforeEach(() => {
  memory = new ConversationMemory(OPTIONS)
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
  memory.note(to, decision, { shown, toldTimeline, nowMs })
}
const offeredTo = (message: IncomingMessage, nowMs = MONDAY_MS): readonly string[] =>
  memory.recall(message, nowMs).offered

describe('offers', () => {
  test('are remembered in the order shown', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(offeredTo(WANG_SAYS)).toEqual(['A1', '3'])
  })

  test('fade', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(offeredTo(WANG_SAYS, MONDAY_MS + OPTIONS.offerMs)).toEqual(['A1', '3'])
    expect(memory.recall(WANG_SAYS, MONDAY_MS + OPTIONS.offerMs + 1)).toMatchObject({
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
    expect(memory.recall(WANG_SAYS, MONDAY_MS).humanOffered).toBe(offered)
  })

  test('is offered to the asker alone', () => {
    note(FALLBACK)
    expect(memory.recall(LI_SAYS, MONDAY_MS).humanOffered).toBe(false)
  })
})

describe('a section told', () => {
  test('is told lately to the whole group, and not in another', () => {
    note(answer('5'))
    expect(memory.toldLately(LI_SAYS, '5', MONDAY_MS)).toBe(true)
    expect(memory.toldLately(LI_SAYS, '4', MONDAY_MS)).toBe(false)
    expect(memory.toldLately(aMessage({ place: DIRECT }), '5', MONDAY_MS)).toBe(false)
  })

  test('may be told again after the cooldown', () => {
    note(answer('5'))
    expect(memory.toldLately(WANG_SAYS, '5', MONDAY_MS + OPTIONS.cooldownMs - 1)).toBe(true)
    expect(memory.toldLately(WANG_SAYS, '5', MONDAY_MS + OPTIONS.cooldownMs)).toBe(false)
  })

  test('counts every section of a notice, also where a person was called', () => {
    note({ kind: 'escalate', reason: 'unknown-rejection-reason', sectionKeys: ['A3', 'A4'] })
    expect(['A3', 'A4'].every((key) => memory.toldLately(WANG_SAYS, key, MONDAY_MS))).toBe(true)
  })

  test('does not count what was merely offered', () => {
    note(CLARIFY, { shown: ['A1', '3'] })
    expect(memory.toldLately(WANG_SAYS, 'A1', MONDAY_MS)).toBe(false)
  })

  test('is kept for the ticket, the latest five', () => {
    for (const key of ['0', '1', '2', '3', '4', '5']) note(answer(key))
    expect(memory.recall(WANG_SAYS, MONDAY_MS).answeredSections).toEqual(['1', '2', '3', '4', '5'])
    expect(memory.recall(LI_SAYS, MONDAY_MS).answeredSections).toEqual([])
  })
})

describe('the timeline', () => {
  test('is told lately to the person who read it, and may be told again later', () => {
    note(answer('5'), { toldTimeline: true })
    expect(memory.timelineToldLately(WANG_SAYS, MONDAY_MS + OPTIONS.timelineMs - 1)).toBe(true)
    expect(memory.timelineToldLately(WANG_SAYS, MONDAY_MS + OPTIONS.timelineMs)).toBe(false)
    expect(memory.timelineToldLately(LI_SAYS, MONDAY_MS)).toBe(false)
  })

  test('counts from when it was told, not from the last reply', () => {
    note(answer('5'), { toldTimeline: true })
    note(answer('4'), { nowMs: MONDAY_MS + OPTIONS.timelineMs - 1 })
    expect(memory.timelineToldLately(WANG_SAYS, MONDAY_MS + OPTIONS.timelineMs)).toBe(false)
  })
})

test('knows a message that comes twice', () => {
  expect([memory.seen('m1'), memory.seen('m2'), memory.seen('m1')]).toEqual([false, false, true])
})

describe('forgets the oldest first', () => {
  test('of the messages', () => {
    for (let index = 0; index <= OPTIONS.maxEntries; index++) memory.seen(`m${index}`)
    expect([memory.seen('m0'), memory.seen(`m${OPTIONS.maxEntries}`)]).toEqual([false, true])
  })

  test('of the askers, by when they were last spoken to', () => {
    const asker = (index: number): IncomingMessage => aMessage({ sender: { ...WANG, key: `name:${index}` } })
    for (let index = 0; index < OPTIONS.maxEntries; index++) note(MENU, { to: asker(index), shown: ['0'] })
    note(MENU, { to: asker(0), shown: ['1'] })
    note(MENU, { to: asker(OPTIONS.maxEntries), shown: ['2'] })
    expect([0, 1, OPTIONS.maxEntries].map((index) => offeredTo(asker(index)))).toEqual([['1'], [], ['2']])
  })

  test('of the sections, by when they were last told', () => {
    for (let index = 0; index < OPTIONS.maxEntries; index++) note(answer(`s${index}`))
    note(answer('s0'))
    note(answer('new'))
    expect(['s0', 's1', 'new'].map((key) => memory.toldLately(WANG_SAYS, key, MONDAY_MS))).toEqual([true, false, true])
  })
})

test('keys of place and person cannot be forged into one another', () => {
  note(MENU, { to: aMessage({ place: { ...DIRECT, key: 'a' }, sender: { ...WANG, key: 'b:c' } }), shown: ['0'] })
  expect(offeredTo(aMessage({ place: { ...DIRECT, key: 'a:b' }, sender: { ...WANG, key: 'c' } }))).toEqual([])
})

describe('a question back', () => {
  test('is open until something else was said', () => {
    note(CLARIFY)
    expect(memory.recall(WANG_SAYS, MONDAY_MS).clarifying).toBe(true)
    note(answer('3', 'chosen'))
    expect(memory.recall(WANG_SAYS, MONDAY_MS).clarifying).toBe(false)
  })
})
