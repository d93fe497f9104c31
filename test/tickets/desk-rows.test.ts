import { expect, test } from 'vitest'
import { deskRows } from '../../src/tickets/board.js'
import { claimTicket, reopenTicket, resolveTicket } from '../../src/tickets/states.js'
import { anOpenTicket, CHEN } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const RULES = someDeskRules()
const MINUTE_MS = 60_000
const GROUP = 'room:想天售后服务群'
const opened = (number: number, facts: Parameters<typeof anOpenTicket>[1] = {}) =>
  anOpenTicket(number, { atMs: MONDAY_MS, ...facts })
const act = (afterMinutes: number) => ({ by: CHEN, atMs: MONDAY_MS + afterMinutes * MINUTE_MS, why: '' })

test('tells open, waiting, waiting time, first response and reopened by section and group', () => {
  const claimed = claimTicket(opened(2), act(4))
  const reopened = reopenTicket(resolveTicket(claimTicket(opened(3), act(10)), act(12)), act(20))
  const elsewhere = opened(4, { placeKey: 'room:别的群', sectionKey: null, atMs: MONDAY_MS + 25 * MINUTE_MS })
  const rows = deskRows([opened(1), claimed, reopened, elsewhere], MONDAY_MS + 30 * MINUTE_MS, RULES)
  expect(rows).toEqual([
    {
      ...{ sectionKey: '1.1', placeKey: GROUP, open: 3, waiting: 2, longestWaitMs: 30 * MINUTE_MS },
      ...{ firstResponseMedianMs: 7 * MINUTE_MS, reopened: 1 },
    },
    {
      ...{ sectionKey: '-', placeKey: 'room:别的群', open: 1, waiting: 1, longestWaitMs: 5 * MINUTE_MS },
      ...{ firstResponseMedianMs: null, reopened: 0 },
    },
  ])
})

test('waiting counts in working time', () => {
  const friday = Date.parse('2026-11-20T17:30:00+08:00')
  const [row] = deskRows([opened(1, { atMs: friday })], MONDAY_MS, RULES)
  expect(row?.longestWaitMs).toBe(90 * MINUTE_MS)
})

test('a thousand groups and sections make no more than two hundred rows, and no ticket is left out', () => {
  const tickets = Array.from({ length: 3_000 }, (_, index) =>
    opened(index + 1, { placeKey: `room:${index % 1_000}`, sectionKey: String(index % 70), askerKey: `name:${index}` }),
  )
  const rows = deskRows(tickets, MONDAY_MS, RULES)
  expect(rows.length).toBeLessThanOrEqual(200)
  expect(rows.reduce((sum, { open }) => sum + open, 0)).toBe(3_000)
  expect(new Set(rows.map(({ sectionKey, placeKey }) => `${sectionKey} ${placeKey}`)).size).toBe(rows.length)
  expect(new Set(rows.map(({ placeKey }) => placeKey)).size).toBeLessThanOrEqual(51)
  expect(rows.some(({ placeKey }) => placeKey === 'other')).toBe(true)
})
