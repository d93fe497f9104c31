import type { Day } from '../base/calendar.js'

/** What colleagues may order about tickets. `null` numbers and empty texts are told how it is meant. */
export type StaffCommand =
  | { readonly kind: 'list-tickets' }
  | { readonly kind: 'show-ticket'; readonly number: number }
  | { readonly kind: 'claim-ticket'; readonly number: number | null }
  | { readonly kind: 'pass-ticket'; readonly number: number | null; readonly to: string }
  | { readonly kind: 'reply-ticket'; readonly number: number | null; readonly text: string }
  | { readonly kind: 'note-ticket'; readonly number: number | null; readonly text: string }
  | { readonly kind: 'close-ticket'; readonly number: number | null; readonly note: string }
  | { readonly kind: 'return-ticket'; readonly number: number | null }
  | { readonly kind: 'show-duty' }
  | { readonly kind: 'start-duty' }
  | { readonly kind: 'end-duty' }

/** Roles that a person can be given. */
export type GrantedRole = 'staff' | 'admin'

export type FiguresSpan = 'today' | 'week'

interface Insisting {
  /** Also when the golden questions get worse. */
  readonly force?: true
}

/** What the bot itself is ordered to do. What is missing is `null` or empty, and answered with how it is meant. */
export type AdminCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'status' }
  /** `force`: also when the golden questions got worse. */
  | { readonly kind: 'reload'; readonly force: boolean }
  | { readonly kind: 'check' }
  /** `to`: number of a release; null is the one before. */
  | { readonly kind: 'roll-back'; readonly to: number | null }
  /** What would be said to this sentence, and why. */
  | { readonly kind: 'try'; readonly text: string }
  | { readonly kind: 'list-unanswered' }
  | ({ readonly kind: 'assign'; readonly number: number | null; readonly sectionKey: string | null } & Insisting)
  | { readonly kind: 'ignore'; readonly number: number | null }
  | ({ readonly kind: 'teach'; readonly sectionKey: string | null; readonly text: string } & Insisting)
  | { readonly kind: 'list-drafts' }
  /** Makes a draft part of the knowledge. */
  | ({ readonly kind: 'accept-draft'; readonly number: number | null } & Insisting)
  /** `room`: as the orderer calls it, empty for all groups. `minutes`: null is until further notice. */
  | { readonly kind: 'mute'; readonly room: string; readonly minutes: number | null }
  | { readonly kind: 'unmute'; readonly room: string }
  | { readonly kind: 'list-rooms' }
  | { readonly kind: 'show-figures'; readonly span: FiguresSpan }
  | { readonly kind: 'show-audit' }
  /** `role`: null where whoever hands out the code decides. */
  | { readonly kind: 'claim-role'; readonly role: GrantedRole | null }
  | { readonly kind: 'revoke-role'; readonly name: string }

/** What can be ordered in the chat, on the page and on the command line. */
export type Command = AdminCommand | StaffCommand

/** What the bot did on one day of China. */
export interface DayFigures {
  readonly day: Day
  /** Answers, courtesies included. */
  readonly answered: number
  /** Asked back, or offered a person because it did not know. */
  readonly offered: number
  readonly handedOver: number
  /** Heard customers and kept quiet. */
  readonly silent: number
  readonly orders: number
}

/** A group, or all of them, in which the bot says nothing. */
export interface Mute {
  /** Of the group; `*` for all groups and direct chats of customers. */
  readonly placeKey: string
  /** As it was called when it was muted. */
  readonly topic: string
  /** Milliseconds since the epoch; null until further notice. */
  readonly untilMs: number | null
  readonly by: string
}
