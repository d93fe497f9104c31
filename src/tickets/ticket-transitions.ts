import type { ClaimedTicket, ClosedTicket, OpenTicket } from '../model/ticket.js'

/** Somebody takes the ticket. */
export const claimTicket = (ticket: OpenTicket, claimedBy: string, claimedAtMs: number): ClaimedTicket => ({
  ...ticket,
  status: 'claimed',
  claimedBy,
  claimedAtMs,
})

/** The ticket is settled; the bot may talk to the asker again. */
export function closeTicket(
  ticket: OpenTicket | ClaimedTicket,
  { by, atMs, note }: { by: string; atMs: number; note: string },
): ClosedTicket {
  const { status: _status, ...facts } = ticket
  return { ...facts, status: 'closed', closedBy: by, closedAtMs: atMs, closingNote: note }
}
