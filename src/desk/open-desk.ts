import type { StaffTools } from '../admin/run-staff-command.js'
import { TalkWatch } from '../decide/talk-watch.js'
import type { Alerts } from '../model/alerts.js'
import type { Channel, Clock, Log, StaffNotices } from '../model/ports.js'
import type { Outbox } from '../send/outbox.js'
import { AskerWords } from '../tickets/asker-words.js'
import type { TicketDesk } from '../tickets/ticket-desk.js'
import { AddressBook } from './address-book.js'
import { DeskAttendant } from './desk-attendant.js'
import { DeskFront } from './desk-front.js'

export interface DeskSurroundings {
  readonly desk: TicketDesk
  readonly channel: Channel
  readonly outbox: Pick<Outbox, 'send'>
  readonly notices: StaffNotices
  readonly alerts?: Alerts | undefined
  /** Title of a guide section. */
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly holdBackMs: number
  /** Askers remembered at most. */
  readonly maxEntries: number
  readonly clock: Clock
  readonly log: Log
}

/** The parts of the desk that work together. */
export interface DeskParts {
  readonly deskFront: DeskFront
  readonly attendant: DeskAttendant
  readonly staffTools: StaffTools
  readonly talks: TalkWatch
  readonly addresses: AddressBook
}

/** Joins the parts of the desk around its tickets. */
export function openDesk(surroundings: DeskSurroundings): DeskParts {
  const { desk, channel, outbox, notices, alerts, titleOf, holdBackMs, maxEntries, clock, log } = surroundings
  const talks = new TalkWatch({ holdBackMs, maxEntries })
  const addresses = new AddressBook(channel)
  const deskFront = new DeskFront({
    desk,
    talks,
    // The words themselves take room, and few askers ever want a person.
    words: new AskerWords(maxEntries / 4),
    addresses,
    outbox,
    tellStaff: (ticket, pictures) => attendant.tellStaff(ticket, pictures),
    clock,
  })
  const tellAsker: DeskFront['tellAsker'] = (ticket, text) => deskFront.tellAsker(ticket, text)
  const attendant = new DeskAttendant({ desk, notices, alerts, tellAsker, titleOf, clock, log })
  return { deskFront, attendant, staffTools: { desk, clock, tellAsker, titleOf }, talks, addresses }
}
