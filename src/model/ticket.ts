import type { PictureFile } from './chat.js'
import type { EscalationReason } from './decision.js'

/** Somebody who did something to a ticket. */
export interface Party {
  /** Key that outlives a re-login; `BOT.key` for the bot and its clock. */
  readonly key: string
  readonly name: string
}

export const BOT: Party = { key: 'bot', name: '机器人' }

/**
 * `added`: the asker wrote more; `spoke`: the holder wrote in the customers' group; `replied`: words relayed there;
 * `told-staff`: the notice of the event before it is out; `bot-back`: the bot serves the asker again.
 */
export type TicketEventKind =
  | 'opened'
  | 'added'
  | 'claimed'
  | 'passed'
  | 'spoke'
  | 'replied'
  | 'noted'
  | 'resolved'
  | 'closed'
  | 'rated'
  | 'reopened'
  | 'withdrawn'
  | 'expired'
  | 'told-staff'
  | 'reminded'
  | 'bot-back'

/** One change of a ticket; the list of them is its history, oldest first. */
export interface TicketEvent {
  readonly atMs: number
  readonly who: Party
  readonly what: TicketEventKind
  /** The words that go with it (a note, an explanation), or a reason; may be empty. */
  readonly why: string
}

export interface SaidWords {
  readonly atMs: number
  readonly text: string
}

interface TicketFacts {
  readonly number: number
  /** Which account holds the customers' group, and on which network; absent where there is only one. */
  readonly account?: string | undefined
  readonly channel?: string | undefined
  readonly placeKey: string
  /** Topic of the group, or `私聊`; for people to read. */
  readonly placeName: string
  readonly askerKey: string
  readonly askerName: string
  readonly question: string
  readonly reason: EscalationReason
  /** The section that the bot thinks it is about. */
  readonly sectionKey: string | null
  /** Sections that the bot had answered this asker with, oldest first. */
  readonly answeredSections: readonly string[]
  /** What the asker had said before, oldest first; `[图片]` for a picture. */
  readonly lastWords: readonly SaidWords[]
  readonly openedAtMs: number
  readonly events: readonly TicketEvent[]
}

export type OpenTicket = TicketFacts & { readonly status: 'open' }
/** The asker says that it is not solved; nobody has taken it again. */
export type ReopenedTicket = TicketFacts & { readonly status: 'reopened'; readonly reopenedAtMs: number }
export type ClaimedTicket = TicketFacts & {
  readonly status: 'claimed'
  readonly holder: Party
  readonly claimedAtMs: number
}
/** A person says that it is solved; the asker has been asked. */
export type ResolvedTicket = TicketFacts & {
  readonly status: 'resolved'
  readonly resolvedBy: Party
  readonly resolvedAtMs: number
  /** What solved it, in the words of whoever did; may be empty. */
  readonly gist: string
}
export type ClosedTicket = TicketFacts & {
  readonly status: 'closed'
  readonly closedAtMs: number
  readonly gist: string
  /** 1..5, the asker's. */
  readonly rating: number | null
}
/** The asker no longer needs anybody. */
export type WithdrawnTicket = TicketFacts & { readonly status: 'withdrawn'; readonly endedAtMs: number }
/** Nobody did anything for too long. */
export type ExpiredTicket = TicketFacts & { readonly status: 'expired'; readonly endedAtMs: number }

/** Waits for a person. */
export type WaitingTicket = OpenTicket | ReopenedTicket
/** Lies with people: the bot keeps quiet for the asker. */
export type UnsettledTicket = WaitingTicket | ClaimedTicket
export type SettledTicket = ResolvedTicket | ClosedTicket | WithdrawnTicket | ExpiredTicket

/** A question handed over to a person. */
export type Ticket = UnsettledTicket | SettledTicket

/** Somebody of the vendor went on or off duty by saying so. */
export interface DutyChange {
  readonly person: Party
  readonly on: boolean
  readonly atMs: number
}

/** What the desk remembers beside its tickets. */
export interface DeskNotes {
  /** The latest change of each person. */
  readonly duty: readonly DutyChange[]
  /** The day (see `Day`) whose evening digest is out; null before the first. */
  readonly digestDay: number | null
}

/** How long somebody has waited, in working time, against what was promised. */
export interface TicketWait {
  /** For a first answer, or for the next word since their last. */
  readonly for: 'first' | 'next'
  readonly ms: number
  readonly limitMs: number
  /** When the promise ends; milliseconds since the epoch. */
  readonly dueMs: number
}

/** Where a ticket stands in the list. `late`: beyond the promise; `customer`: waits for the customer's word. */
export type TicketPart = 'late' | 'waiting' | 'working' | 'customer' | 'settled'

/** One ticket as a list shows it; all words are for people. */
export interface TicketRow {
  readonly number: number
  /** Which account holds the customers' group; null where there is only one. */
  readonly account: string | null
  readonly status: Ticket['status']
  /** Changes when the state or the holder does: whoever acts on another one has not seen what it is now. */
  readonly version: string
  /** `待接单`, `陈工 处理中`. */
  readonly state: string
  readonly part: TicketPart
  readonly placeName: string
  readonly askerName: string
  readonly question: string
  /** Key and title of the section that it is about; empty when there is none. */
  readonly section: string
  readonly holder: string | null
  readonly openedAtMs: number
  readonly lastAtMs: number
  /** Null where nobody waits. */
  readonly wait: TicketWait | null
  /** Came in when nobody works. */
  readonly atNight: boolean
  readonly pictureCount: number
  readonly rating: number | null
}

/** A line of what happened. `words` was said where the customer reads it, `note` was not. */
export type ThreadItem =
  | {
      readonly kind: 'words' | 'note'
      readonly by: 'customer' | 'colleague' | 'bot'
      readonly name: string
      readonly atMs: number
      readonly text: string
      /** The message behind it, where its decision may be known. */
      readonly messageId?: string
    }
  | { readonly kind: 'event'; readonly atMs: number; readonly text: string }

/** One ticket with all that whoever answers it wants to see. */
export interface TicketView extends TicketRow {
  /** This process holds the customers' group, and has heard the talk in it. */
  readonly isHere: boolean
  readonly placeKey: string
  readonly askerKey: string
  readonly isDirect: boolean
  readonly thread: readonly ThreadItem[]
  /** What the bot does towards the customer now. */
  readonly quiet: 'none' | 'waiting' | 'held'
  /** Sections that the bot had answered with, oldest first. */
  readonly answered: readonly { readonly key: string; readonly title: string }[]
  readonly earlier: readonly {
    readonly number: number
    readonly question: string
    readonly state: string
    readonly rating: number | null
  }[]
  readonly promise: {
    readonly openedAtMs: number
    readonly firstDueMs: number
    /** Null while nobody has answered. */
    readonly firstAtMs: number | null
    readonly resolveDueMs: number
  }
  /** Where pictures are fetched by their place in the list. */
  readonly pictures: readonly string[]
  /** What the customer reads when it is closed, by whether there is an explanation. */
  readonly closing: { readonly withNote: string; readonly without: string }
}

/** What the list of tickets shows. */
export interface DeskBoard {
  /** With people first, who waits longest on top; then what was settled lately, newest first. */
  readonly tickets: readonly TicketRow[]
  readonly people: readonly { readonly name: string; readonly onDuty: boolean; readonly ticketCount: number }[]
  /** A line of figures. */
  readonly summary: string
}

/** Where the page reads the desk. */
export interface DeskFeed {
  board(): DeskBoard
  /** @returns undefined for a number that is not known, or archived */
  view(number: number): TicketView | undefined
  /** Who asked what where, of all that are not archived. */
  numbered(): readonly Pick<Ticket, 'number' | 'placeKey' | 'askerKey' | 'openedAtMs'>[]
  /** A picture that came with the question; undefined when it is not kept any more. */
  picture(number: number, index: number): Promise<PictureFile | undefined>
  /** @returns a function that ends the subscription */
  onChange(listener: () => void): () => void
  /** Removes what was kept of a person, or tells whom that would be. */
  forget(order: ForgetOrder): Promise<ForgetOutcome>
}

/** Keeps what askers had sent before their tickets were opened. */
export interface TicketPictures {
  keep(number: number, pictures: readonly PictureFile[]): Promise<void>
  /** File names, in order. */
  names(number: number): readonly string[]
  load(number: number, index: number): Promise<PictureFile | undefined>
}

export interface ForgetOrder {
  /** A key, or a whole name. */
  readonly who: string
  /** Else it is only told whom it would be. */
  readonly sure: boolean
}

export interface ForgetOutcome {
  readonly people: readonly {
    readonly key: string
    readonly names: readonly string[]
    readonly tickets: readonly number[]
  }[]
  /** Others' tickets that name them; they stay as they are. */
  readonly mentionedIn: readonly number[]
  readonly isDone: boolean
}

/** Somebody who asked that what was kept of them be removed. */
export interface ForgottenPerson {
  readonly keys: readonly string[]
  /** All that they were called, of two characters and more. */
  readonly names: readonly string[]
  /** Numbers of their tickets, archived ones included. */
  readonly tickets: readonly number[]
  /** Their words that stood in them. */
  readonly said: readonly string[]
}

/** How the desk is doing; over the tickets that are not archived. */
export interface DeskFigures {
  /** With people, taken or not. */
  readonly open: number
  /** Not taken by anybody. */
  readonly waiting: number
  readonly overdue: number
  /** Working time that the longest waiting one has waited; 0 when none waits. */
  readonly longestWaitMs: number
  /** Working time from opening to a person's first act; null without any. */
  readonly firstResponseMedianMs: number | null
  readonly reopened: number
  readonly openedToday: number
  readonly settledToday: number
  /** `mean`: 1..5, null without any. */
  readonly ratings: { readonly count: number; readonly mean: number | null }
  /** Most first; `-` where the bot has no idea. */
  readonly bySection: readonly { readonly name: string; readonly count: number }[]
}
