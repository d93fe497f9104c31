import type { DecisionTrace } from './decision.js'
import type { ForgottenPerson } from './forgotten.js'
import type { IncomingMessage, Person, Place, RoomPlace } from './message.js'
import type { Door, OrdererRole } from './operations.js'
import type { Remarks } from './rights.js'
import type { DeskNotes, Party, Ticket } from './ticket.js'

/** A bubble ready for the wire. */
export type Outgoing =
  | { readonly kind: 'text'; readonly text: string; readonly mention?: Person }
  | {
      readonly kind: 'picture'
      /** As the guide names it. */
      readonly path: string
      readonly bytes: Uint8Array /** Ends in .png, .jpg or .gif: the ending decides how WeChat shows it. */
      readonly fileName: string
    }

export type MessageListener = (message: IncomingMessage) => Promise<void>

/** A chat network, real or not. Implementations translate and nothing else. */
export interface Channel {
  start(listener: MessageListener): Promise<void>
  /** Hears nothing more, and resolves when all that was heard has been handed on; sends still go out. */
  stopHearing(): Promise<void>
  stop(): Promise<void>
  /** @throws ChannelError when the bubble did not go out */
  send(to: Place, bubble: Outgoing): Promise<void>
  /** The vendor's own group, where staff read notices; undefined while unknown or ambiguous. */
  staffPlace(): Promise<Place | undefined>
  /** A place by the key that outlives a login; undefined while it is unknown or can't be told from another. */
  findPlace?(key: string): Promise<Place | undefined>
  /** Direct chat with the one friend who bears a remark of the bot's account; undefined for none or several. */
  findColleague?(remark: string): Promise<Place | undefined>
  /** The groups in which the bot sits; empty while logged out. */
  rooms?(): Promise<readonly RoomPlace[]>
  /** Absent where nobody can be given one. */
  readonly remarks?: Remarks
}

/** Keeps tickets on disk. Every method resolves only when the change is durable. */
export interface TicketStore {
  /** Tickets that are not archived, oldest first. */
  list(): readonly Ticket[]
  /** Highest number ever given out; 0 before the first. */
  lastNumber(): number
  put(ticket: Ticket): Promise<void>
  notes(): DeskNotes
  putNotes(notes: DeskNotes): Promise<void>
  /** Moves tickets to the archive of their month; unknown numbers are passed over. */
  archive(numbers: readonly number[]): Promise<void>
  /** Once a day: a backup of today, and what was opened before `oldestMs` leaves the archive. */
  keepDay(nowMs: number, oldestMs: number): Promise<void>
  /**
   * Removes what was kept of a person: changes every ticket, archived ones included, and drops the backups.
   *
   * @returns whose tickets it were
   */
  forget(askerName: string, forgetIn: (ticket: Ticket) => Ticket): Promise<ForgottenPerson>
}

/** Ids of messages that were heard before, by earlier runs too. */
export interface HeardIds {
  /** @returns false when the id was there already */
  add(id: string): boolean
}

export interface NoticePicture {
  readonly bytes: Uint8Array
  /** Ends in .png, .jpg or .gif. */
  readonly fileName: string
}

export interface NoticeFacts {
  /** Number of the ticket that it is about. */
  readonly ticket?: number
  /** Go out behind the text, once. */
  readonly pictures?: readonly NoticePicture[]
}

/** What staff have to hear. */
export interface StaffNotices {
  /** Resolves when the notice is on disk; it reaches staff at least once, however long that takes. */
  add(text: string, facts?: NoticeFacts): Promise<void>
}

/** Bytes of a guide picture, or undefined when no source has it. Never throws. */
export interface PictureSource {
  load(path: string): Promise<{ readonly bytes: Uint8Array; readonly fileName: string } | undefined>
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** Takes note of every decision, for readers of the page. */
export interface DecisionJournal {
  record(trace: DecisionTrace): void
}

/** One order, carried out or refused. */
export interface AuditEntry {
  readonly atMs: number
  readonly who: Party
  readonly role: OrdererRole
  /** The order in its plain form, e.g. `归类 7 4.1`; at most 80 characters, and never a code. */
  readonly what: string
  readonly result: 'done' | 'failed' | 'refused'
  readonly where: Door
}

/** Append-only. */
export interface AuditLog {
  /** Resolves when the entry is on disk. Never throws. */
  record(entry: AuditEntry): Promise<void>
  /** The last entries, newest first. */
  recent(count: number): Promise<readonly AuditEntry[]>
}

/** The part of pino that the rest of the code may see. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
