import { expect, test } from 'vitest'
import type { OpenTicket } from '../../src/model/ticket.js'
import { claimTicket, closeTicket } from '../../src/tickets/ticket-transitions.js'
import { aTicketRequest } from '../support/a-ticket.js'

const open: OpenTicket = { ...aTicketRequest(), status: 'open', number: 7, openedAtMs: 1_000 }

test('claiming notes who and when, and leaves the facts alone', () => {
  expect(claimTicket(open, '陈工', 2_000)).toEqual({
    ...open,
    status: 'claimed',
    claimedBy: '陈工',
    claimedAtMs: 2_000,
  })
  expect(open.status).toBe('open')
})

test('closing keeps who had claimed it', () => {
  const closed = closeTicket(claimTicket(open, '陈工', 2_000), { by: '徐经理', atMs: 3_000, note: '已重新打包' })
  expect(closed).toEqual({
    ...open,
    status: 'closed',
    claimedBy: '陈工',
    claimedAtMs: 2_000,
    closedBy: '徐经理',
    closedAtMs: 3_000,
    closingNote: '已重新打包',
  })
})

test('a ticket may be closed without having been claimed', () => {
  const closed = closeTicket(open, { by: '徐经理', atMs: 3_000, note: '' })
  expect(closed).toMatchObject({ status: 'closed', number: 7, closingNote: '' })
  expect(closed).not.toHaveProperty('claimedBy')
})
