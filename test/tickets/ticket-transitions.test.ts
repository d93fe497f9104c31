import { expect, test } from 'vitest'
import type { ClaimedTicket, ClosedTicket, ResolvedTicket, Ticket, WithdrawnTicket } from '../../src/model/ticket.js'
import * as to from '../../src/tickets/states.js'
import { anOpenTicket, CHEN, XU } from '../support/a-ticket.js'

const ASKER = { key: 'name:王老板', name: '王老板' }
const open = anOpenTicket(7, { atMs: 1_000 })
const act = (by = CHEN, atMs = 2_000, why = '') => ({ by, atMs, why })
const claimed = to.claimTicket(open, act())
const resolved = to.resolveTicket(claimed, act(XU, 3_000, '已重新打包'))
const whatsOf = ({ events }: Ticket) => events.map(({ what }) => what)

test('opening is the first event, with the question', () => {
  expect(open.events).toEqual([{ atMs: 1_000, who: ASKER, what: 'opened', why: '转人工，备案页打不开' }])
})

test('claiming notes who and when, and leaves the ticket before alone', () => {
  expect(claimed).toMatchObject({ status: 'claimed', holder: CHEN, claimedAtMs: 2_000, number: 7 })
  expect(claimed.events.at(-1)).toEqual({ atMs: 2_000, who: CHEN, what: 'claimed', why: '' })
  expect(open).toMatchObject({ status: 'open', events: [{ what: 'opened' }] })
})

test('passing on changes the holder and remembers by whom', () => {
  const passed = to.passTicket(claimed, { ...act(CHEN, 2_500, '徐经理'), to: XU })
  expect(passed).toMatchObject({ status: 'claimed', holder: XU, claimedAtMs: 2_500 })
  expect(passed.events.at(-1)).toMatchObject({ who: CHEN, what: 'passed', why: '徐经理' })
})

test('what belonged to the state before stays behind in the history', () => {
  expect(resolved).not.toHaveProperty('holder')
  const closed = to.confirmTicket(resolved, act(ASKER, 4_000, '解决了'))
  expect(closed).toMatchObject({ status: 'closed', gist: '已重新打包', rating: null, closedAtMs: 4_000 })
  expect(whatsOf(closed)).toEqual(['opened', 'claimed', 'resolved', 'closed'])
  const reopened = to.reopenTicket(closed, act(ASKER, 5_000, '没解决'))
  expect(reopened).toMatchObject({ status: 'reopened', reopenedAtMs: 5_000, number: 7 })
  expect(reopened).not.toHaveProperty('gist')
  expect(whatsOf(reopened)).toEqual(['opened', 'claimed', 'resolved', 'closed', 'reopened'])
})

test('a rating closes what was solved, and does not move the end of what was closed', () => {
  expect(to.rateTicket(resolved, { ...act(ASKER, 4_000), rating: 5 })).toMatchObject({ closedAtMs: 4_000, rating: 5 })
  const closed = to.confirmTicket(resolved, act(ASKER, 4_000))
  expect(to.rateTicket(closed, { ...act(ASKER, 9_000), rating: 1 })).toMatchObject({ closedAtMs: 4_000, rating: 1 })
})

test('a long life loses chatter, never what happened', () => {
  let ticket: Ticket = claimed
  for (let at = 0; at < 3 * to.MAX_EVENTS; at++)
    ticket = to.noteOnTicket(ticket, 'added', act(ASKER, 10_000 + at, '在吗'))
  expect(ticket.events).toHaveLength(to.MAX_EVENTS)
  expect(whatsOf(ticket).slice(0, 2)).toEqual(['opened', 'claimed'])
  expect(ticket.events.at(-1)?.atMs).toBe(10_000 + 3 * to.MAX_EVENTS - 1)
})

test('long words are cut in the history', () => {
  const ticket = to.noteOnTicket(open, 'added', act(ASKER, 5, '很长'.repeat(2_000)))
  expect(ticket.events.at(-1)?.why).toHaveLength(to.MAX_WHY_CHARS)
})

test('the types allow no step that the life of a ticket does not have', () => {
  // Never run: the compiler is the judge, and complains about a line that should not compile but does.
  const _never = (closed: ClosedTicket, withdrawn: WithdrawnTicket, taken: ClaimedTicket, solved: ResolvedTicket) => {
    // @ts-expect-error a closed ticket can't be claimed
    to.claimTicket(closed, act())
    // @ts-expect-error nor can one that somebody has taken
    to.claimTicket(taken, act())
    // @ts-expect-error what was withdrawn is not solved
    to.resolveTicket(withdrawn, act())
    // @ts-expect-error nor passed on
    to.passTicket(withdrawn, { ...act(), to: XU })
    // @ts-expect-error only what was called solved can be confirmed
    to.confirmTicket(taken, act())
    // @ts-expect-error what lies with people is open already
    to.reopenTicket(taken, act())
    // @ts-expect-error only what is over can be rated
    to.rateTicket(taken, { ...act(), rating: 5 })
    // @ts-expect-error what was solved does not expire, it closes
    to.expireTicket(solved, act())
    // @ts-expect-error nor is it withdrawn
    to.withdrawTicket(solved, act())
    // @ts-expect-error a claim has a holder
    const _unheld: ClaimedTicket = { ...open, status: 'claimed', claimedAtMs: 1 }
  }
  expect(_never).toBeTypeOf('function')
})
