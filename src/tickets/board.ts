import type { Clock } from '../model/ports.js'
import type { BoardTicket, DeskBoard, DeskFeed, Ticket } from '../model/ticket.js'
import type { TicketDesk } from './desk.js'
import { isOverdue, onDuty } from './due.js'
import { deskFigures } from './figures.js'
import { deskCommandPhrases, stateWords } from './phrases.js'
import { isUnsettled } from './states.js'

const SETTLED_SHOWN = 10

export interface BoardParts {
  readonly desk: TicketDesk
  readonly clock: Clock
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly forget: DeskFeed['forget']
}

/** The desk as the page may read it. */
export const openBoard = (parts: BoardParts): DeskFeed => ({
  board: () => boardOf(parts),
  onChange: (listener) => parts.desk.onChange(listener),
  forget: (order) => parts.forget(order),
})

function boardOf({ desk, clock, titleOf }: BoardParts): DeskBoard {
  const nowMs = clock.now()
  const all = desk.all()
  const settled = all.filter((ticket) => !isUnsettled(ticket)).slice(-SETTLED_SHOWN)
  const view = (ticket: Ticket): BoardTicket => ({
    number: ticket.number,
    status: ticket.status,
    state: stateWords(ticket),
    placeName: ticket.placeName,
    askerName: ticket.askerName,
    question: ticket.question,
    section: ticket.sectionKey === null ? '' : `${ticket.sectionKey} ${titleOf(ticket.sectionKey) ?? ''}`.trim(),
    openedAtMs: ticket.openedAtMs,
    overdue: isOverdue(ticket, nowMs, desk.rules),
    history: deskCommandPhrases.history(ticket),
  })
  return {
    tickets: [...desk.list(), ...settled.toReversed()].map(view),
    duty: onDuty(nowMs, desk.notes().duty, desk.rules),
    summary: deskCommandPhrases.figures(deskFigures(all, nowMs, desk.rules)),
  }
}
