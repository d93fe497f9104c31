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
    case 'list-tickets': {
      const tickets = desk.list()
      return tickets.length === 0 ? say.noTickets : tickets.map(say.ticketLine).join('\n')
    }
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

/** Reloading is for admins; tickets are worked in the staff group, by whoever sits in it. */
export function mayOrder({ sender, place }: IncomingMessage, command: Command): boolean {
  if (sender.role === 'admin') return true
  return command.kind !== 'reload' && place.kind === 'room' && place.purpose === 'staff'
}
