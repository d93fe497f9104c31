import type { Ticket } from '../model/ticket.js'
import { isUnsettled, withdrawTicket } from './ticket-transitions.js'

const FORGOTTEN = { key: '', name: '—' }

/** A single letter is in too many words of others. */
const MIN_NAME_CHARS = 2

/** What is left of any ticket once a person is to be forgotten: of their own next to nothing, of others all but the name. */
export const forgetIn =
  (name: string) =>
  (ticket: Ticket): Ticket =>
    ticket.askerName === name ? forgetAsker(ticket) : withoutName(ticket, name)

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

/** Somebody else's ticket, in whose words the name may stand. */
function withoutName(ticket: Ticket, name: string): Ticket {
  const cleaned = (text: string): string =>
    name.length < MIN_NAME_CHARS ? text : text.replaceAll(name, FORGOTTEN.name)
  const changed: Ticket = {
    ...ticket,
    question: cleaned(ticket.question),
    lastWords: ticket.lastWords.map((said) => ({ ...said, text: cleaned(said.text) })),
    ...('gist' in ticket ? { gist: cleaned(ticket.gist) } : {}),
    events: ticket.events.map((event) => ({ ...event, why: cleaned(event.why) })),
  }
  return changed
}
