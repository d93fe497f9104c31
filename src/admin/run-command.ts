import type { Command } from '../model/command.js'
import type { IncomingMessage } from '../model/message.js'
import type { TicketDesk } from '../tickets/ticket-desk.js'
import { commandPhrases as say } from './command-phrases.js'

export interface ReloadReport {
  readonly ok: boolean
  /** For the admin's phone: at most 500 characters. */
  readonly text: string
}

/** What can be ordered; chat, page and command line call the same functions. */
export interface Operations {
  reload(): Promise<ReloadReport>
}

/** Carries out one order and says what came of it. */
export async function runCommand(
  command: Command,
  message: IncomingMessage,
  { operations, desk }: { operations: Operations; desk: TicketDesk },
): Promise<string> {
  switch (command.kind) {
    case 'reload':
      return (await operations.reload()).text
    case 'list-tickets':
      return listTickets(desk)
    case 'claim-ticket':
      return command.number === null
        ? say.howToClaim
        : say.claimed(await desk.claim(command.number, message.sender.name), command.number)
    case 'close-ticket':
      return command.number === null
        ? say.howToClose
        : say.closed(await desk.close(command.number, message.sender.name, command.note), command.number)
  }
}

// Three bubbles hold as many even with the longest names.
const MAX_LISTED = 10

function listTickets(desk: TicketDesk): string {
  const tickets = desk.list()
  if (tickets.length === 0) return say.noTickets
  const more = tickets.length - MAX_LISTED
  const lines = tickets.slice(0, MAX_LISTED).map(say.ticketLine)
  return [...lines, ...(more > 0 ? [say.moreTickets(more)] : [])].join('\n')
}

/**
 * Reloading is for admins; tickets are worked in the staff group, by whoever sits in it. Where customers read along no
 * order is taken, because the answer would tell them of each other.
 */
export function mayOrder({ sender, place }: IncomingMessage, command: Command): boolean {
  const amongUs = place.kind === 'room' && place.purpose === 'staff'
  if (sender.role === 'admin') return amongUs || place.kind === 'direct'
  return command.kind !== 'reload' && amongUs
}
