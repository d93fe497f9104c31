import type { Ticket } from '../model/ticket.js'
import { isUnsettled, withdrawTicket } from './ticket-transitions.js'

const FORGOTTEN = { key: '', name: '—' }

/** The ticket without its asker's name and words; numbers, times and sections stay for the figures. */
export function forgetAsker(ticket: Ticket): Ticket {
  const lastMs = ticket.events.at(-1)?.atMs ?? ticket.openedAtMs
  const settled = isUnsettled(ticket) ? withdrawTicket(ticket, { by: FORGOTTEN, atMs: lastMs, why: '' }) : ticket
  return {
    ...settled,
    // Of this ticket alone, so that nobody else is taken for the one forgotten.
    askerKey: `forgotten:${ticket.number}`,
    askerName: FORGOTTEN.name,
    question: '',
    lastWords: [],
    ...('gist' in settled ? { gist: '' } : {}),
    events: settled.events.map((event) => ({
      ...event,
      who: event.who.key === ticket.askerKey ? FORGOTTEN : event.who,
      why: '',
    })),
  }
}
