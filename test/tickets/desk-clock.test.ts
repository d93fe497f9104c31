import { describe, expect, test } from 'vitest'
import { chinaDay } from '../../src/base/time.js'
import type { DeskNotes, Ticket, TicketEvent } from '../../src/model/ticket.js'
import * as to from '../../src/tickets/states.js'
import { type DeskAction, dueActions, nextReminderMs, onDuty } from '../../src/tickets/states.js'
import { anOpenTicket, CHEN, XU } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'

const RULES = someDeskRules()
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`)
const MONDAY_10 = at('2026-11-23 10:00')
const NOTES: DeskNotes = { duty: [], digestDay: chinaDay(MONDAY_10) + 365 }

const BOT = { key: 'bot', name: '机器人' }
const note = <T extends Ticket>(ticket: T, what: 'told-staff' | 'reminded' | 'bot-back' | 'added', atMs: number): T =>
  to.noteOnTicket(ticket, what, { by: BOT, atMs, why: '' })
const told = (number = 1, atMs = MONDAY_10) => note(anOpenTicket(number, { atMs }), 'told-staff', atMs)
const claimed = (atMs = MONDAY_10) => to.claimTicket(told(), { by: CHEN, atMs, why: '' })
const due = (ticket: Ticket, nowMs: number, notes = NOTES) => dueActions([ticket], nowMs, { notes, rules: RULES })
const kinds = (actions: readonly DeskAction[]) =>
  actions.map((action) => (action.kind === 'remind' ? `remind ${action.to}` : action.kind))

/** Everything that comes due within a time, done as soon as it is due. */
function follow(start: Ticket, untilMs: number, stepMs = 5 * 60_000): readonly string[] {
  let ticket = start
  const seen: string[] = []
  for (let nowMs = MONDAY_10; nowMs <= untilMs; nowMs += stepMs) {
    for (const action of due(ticket, nowMs)) {
      const clock = new Date(nowMs + 8 * HOUR_MS).toISOString().slice(8, 16).replace('T', ' ')
      seen.push(`${clock} ${kinds([action])[0]}`)
      if (action.kind === 'remind') ticket = note(ticket, 'reminded', nowMs)
      if (action.kind === 'bot-back') ticket = note(ticket, 'bot-back', nowMs)
      if (action.kind === 'tell-staff') ticket = note(ticket, 'told-staff', nowMs)
      if (action.kind === 'expire' || action.kind === 'close') return seen
    }
  }
  return seen
}

test('staff are told of a ticket until that is confirmed, and only then reminded', () => {
  const fresh = anOpenTicket(1, { atMs: MONDAY_10 })
  expect(kinds(due(fresh, MONDAY_10))).toEqual(['tell-staff'])
  expect(kinds(due(fresh, MONDAY_10 + HOUR_MS))).toEqual(['tell-staff'])
  expect(kinds(due(told(), MONDAY_10 + 14 * 60_000))).toEqual([])
  expect(kinds(due(told(), MONDAY_10 + 15 * 60_000))).toEqual(['remind duty'])
})

test('reminds who is on duty, the next, everyone, and everyone again each hour', () => {
  expect(follow(told(), at('2026-11-23 13:00'))).toEqual([
    '23 10:15 remind duty',
    '23 10:30 remind next',
    '23 10:45 remind everyone',
    '23 11:45 remind everyone',
    '23 12:45 remind everyone',
  ])
})

test('reminds the holder who says nothing, then everyone; in working time', () => {
  expect(follow(claimed(), at('2026-11-24 11:00')).filter((line) => line.includes('remind'))).toEqual([
    '23 11:00 remind holder',
    '23 12:00 remind everyone',
    '23 13:00 remind everyone',
    '23 14:00 remind everyone',
    '23 15:00 remind everyone',
    '23 16:00 remind everyone',
    '23 17:00 remind everyone',
    '23 18:00 remind everyone',
    '24 10:00 remind everyone',
    '24 11:00 remind everyone',
  ])
})

test('each word of the holder begins the silence anew', () => {
  const spoke = to.noteOnTicket(claimed(), 'spoke', { by: CHEN, atMs: MONDAY_10 + 50 * 60_000, why: '在看' })
  expect(kinds(due(spoke, MONDAY_10 + HOUR_MS))).toEqual([])
  expect(kinds(due(spoke, MONDAY_10 + HOUR_MS + 50 * 60_000))).toEqual(['remind holder'])
})

test('nobody is reminded at night or in holidays, and nothing is forgotten over them', () => {
  const evening = told(1, at('2026-09-30 17:50'))
  expect(kinds(due(evening, at('2026-10-05 12:00')))).toEqual(['bot-back'])
  const back = note(evening, 'bot-back', at('2026-10-05 12:00'))
  expect(kinds(due(back, at('2026-10-07 17:40')))).toEqual([])
  expect(nextReminderMs(back, at('2026-10-05 12:00'), RULES)).toBe(at('2026-10-08 09:05'))
})

test('after a long absence one reminder is due, the strongest', () => {
  expect(kinds(due(told(), MONDAY_10 + 4 * HOUR_MS - 1))).toEqual(['remind everyone'])
})

test('the bot comes back once when a person has been silent for too long, and again after the next silence', () => {
  const cap = MONDAY_10 + 4 * HOUR_MS
  const reminded = note(claimed(), 'reminded', cap - 1)
  expect(kinds(due(reminded, cap - 1))).toEqual([])
  expect(kinds(due(reminded, cap))).toContain('bot-back')
  const back = note(reminded, 'bot-back', cap)
  expect(kinds(due(back, cap + 1))).not.toContain('bot-back')
  const spoke = to.noteOnTicket(back, 'spoke', { by: CHEN, atMs: cap + 1_000, why: '' })
  expect(kinds(due(spoke, at('2026-11-24 10:01')))).toContain('bot-back')
})

test('a mute does not outlast a holiday', () => {
  const eve = to.claimTicket(told(1, at('2026-09-30 17:00')), { by: CHEN, atMs: at('2026-09-30 17:30'), why: '' })
  expect(kinds(due(eve, at('2026-10-01 17:29')))).toEqual([])
  expect(kinds(due(eve, at('2026-10-01 17:30')))).toEqual(['bot-back'])
})

test('a ticket expires when nothing happens for a week, whatever was reminded', () => {
  const old = note(note(told(), 'bot-back', MONDAY_10 + DAY_MS), 'reminded', MONDAY_10 + 6 * DAY_MS)
  expect(kinds(due(old, MONDAY_10 + 7 * DAY_MS - 1))).not.toContain('expire')
  expect(kinds(due(old, MONDAY_10 + 7 * DAY_MS))).toEqual(['expire'])
  const alive = note(old, 'added', MONDAY_10 + 6 * DAY_MS)
  expect(kinds(due(alive, MONDAY_10 + 7 * DAY_MS))).not.toContain('expire')
})

test('what was solved closes by itself after a day, and is archived when it can no longer be opened', () => {
  const resolved = to.resolveTicket(claimed(), { by: XU, atMs: MONDAY_10, why: '好了' })
  expect(kinds(due(resolved, MONDAY_10 + DAY_MS - 1))).toEqual([])
  expect(kinds(due(resolved, MONDAY_10 + DAY_MS))).toEqual(['close'])
  const closed = to.confirmTicket(resolved, { by: BOT, atMs: MONDAY_10 + DAY_MS, why: '' })
  expect(kinds(due(closed, MONDAY_10 + 4 * DAY_MS - 1))).toEqual([])
  expect(due(closed, MONDAY_10 + 4 * DAY_MS)).toEqual([{ kind: 'archive', numbers: [1] }])
})

test('a ticket whose end staff have not heard of is not archived', () => {
  const withdrawn = to.withdrawTicket(told(), { by: CHEN, atMs: MONDAY_10, why: '' })
  expect(kinds(due(withdrawn, MONDAY_10 + 30 * DAY_MS))).toEqual(['tell-staff'])
})

describe('the digest', () => {
  const digestAt = (moment: string, digestDay: number | null) =>
    dueActions([], at(moment), { notes: { duty: [], digestDay }, rules: RULES }).map((action) =>
      action.kind === 'digest' ? `${action.skip ? 'skip' : 'send'} ${action.day - chinaDay(MONDAY_10)}` : action.kind,
    )
  const SUNDAY = chinaDay(MONDAY_10) - 1

  test.each([
    ['not before its time', '2026-11-23 17:59', SUNDAY, []],
    ['at its time', '2026-11-23 18:00', SUNDAY, ['send 0']],
    ['once', '2026-11-23 18:00', SUNDAY + 1, []],
    ['late after a restart in the evening', '2026-11-23 23:59', SUNDAY, ['send 0']],
    ['still after midnight', '2026-11-24 03:00', SUNDAY, ['send 0']],
    ['but not the next morning', '2026-11-24 09:00', SUNDAY, ['skip 0']],
    ['not on a Saturday', '2026-11-28 18:00', SUNDAY + 5, ['skip 5']],
    ['not at the very first start', '2026-11-23 20:00', null, ['skip 0']],
  ])('%s', (_what, moment, digestDay, actions) => {
    expect(digestAt(moment, digestDay)).toEqual(actions)
  })
})

describe('who is on duty', () => {
  const rules = someDeskRules({
    people: [
      { name: '陈工', weekdays: [1, 2, 3], hours: ['09:00-13:00'] },
      { name: '徐经理' },
      { name: '小赵', hours: ['13:00-22:00'] },
    ],
  })
  const on = (name: string, atMs: number, isOn = true) => ({ person: { key: `name:${name}`, name }, on: isOn, atMs })

  test.each([
    ['by plan, in the order of the roster', '2026-11-23 10:00', [], ['陈工', '徐经理']],
    ['after the change of shifts', '2026-11-23 13:00', [], ['徐经理', '小赵']],
    ['in the evening, by own hours', '2026-11-23 20:00', [], ['小赵']],
    ['at night nobody', '2026-11-23 23:00', [], []],
    ['whoever says so, first', '2026-11-23 10:00', [on('小赵', MONDAY_10)], ['小赵', '陈工', '徐经理']],
    ['for twelve hours', '2026-11-23 22:00', [on('小赵', MONDAY_10)], []],
    ['not who went home', '2026-11-23 10:01', [on('陈工', MONDAY_10, false)], ['徐经理']],
    ['until the next working day', '2026-11-24 10:00', [on('陈工', MONDAY_10, false)], ['陈工', '徐经理']],
  ])('%s', (_what, moment, duty, names) => {
    expect(onDuty(at(moment), duty, rules)).toEqual(names)
  })
})

test('what is due depends on stored events alone', () => {
  const events: readonly TicketEvent[] = claimed().events
  const restored = JSON.parse(JSON.stringify(claimed())) as Ticket
  expect(restored.events).toEqual(events)
  expect(due(restored, MONDAY_10 + 2 * HOUR_MS)).toEqual(due(claimed(), MONDAY_10 + 2 * HOUR_MS))
})
