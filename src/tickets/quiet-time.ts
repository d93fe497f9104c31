import type { TicketEventKind, UnsettledTicket } from '../model/ticket.js'
import type { DeskRules } from './desk-rules.js'
import { isWaiting } from './ticket-transitions.js'
import { addWorkingTime } from './working-time.js'

/**
 * Whether the bot speaks to the asker of a ticket. `waiting`: only when it is asked by name, and says that a person
 * will still come; `held`: not at all; `none`: as if there were no ticket.
 */
export type Quiet = 'none' | 'waiting' | 'held'

/** What a person does with a ticket; each act lets the quiet time begin anew. */
const PERSONS_ACTS: ReadonlySet<TicketEventKind> = new Set([
  'opened',
  'reopened',
  'claimed',
  'passed',
  'spoke',
  'replied',
  'noted',
])

/** When a person last did something with it (opening counts); milliseconds since the epoch. */
export const lastPersonsActMs = (ticket: UnsettledTicket): number =>
  ticket.events.findLast(({ what }) => PERSONS_ACTS.has(what))?.atMs ?? ticket.openedAtMs

/** When the quiet time ends unless a person does something; milliseconds since the epoch. */
export function quietUntilMs(ticket: UnsettledTicket, { hours, quietWorkingMs, quietMs }: DeskRules): number {
  const sinceMs = lastPersonsActMs(ticket)
  return Math.min(addWorkingTime(sinceMs, quietWorkingMs, hours), sinceMs + quietMs)
}

/** Holds by the clock alone: a bot that was away, or could not say that it is back, is no longer mute either. */
export function quietOf(ticket: UnsettledTicket, nowMs: number, rules: DeskRules): Quiet {
  if (nowMs >= quietUntilMs(ticket, rules)) return 'none'
  return isWaiting(ticket) ? 'waiting' : 'held'
}
