import type { Ticket } from './ticket.js'

/** One ticket as the page draws it; all words are for people. */
export interface BoardTicket {
  readonly number: number
  readonly status: Ticket['status']
  /** `待接单`, `陈工 处理中`. */
  readonly state: string
  readonly placeName: string
  readonly askerName: string
  readonly question: string
  /** Key and title of the section that it is about; empty when there is none. */
  readonly section: string
  readonly openedAtMs: number
  readonly overdue: boolean
  /** Newest last. */
  readonly history: readonly { readonly atMs: number; readonly text: string }[]
}

/** What the staff view of the page shows. */
export interface DeskBoard {
  /** With people first, oldest first; then what was settled lately, newest first. */
  readonly tickets: readonly BoardTicket[]
  /** Who is on duty. */
  readonly duty: readonly string[]
  /** A line of figures. */
  readonly summary: string
}

/** Where the page reads the desk. */
export interface DeskFeed {
  board(): DeskBoard
  /** @returns a function that ends the subscription */
  onChange(listener: () => void): () => void
  /** Removes what was kept of a person. @returns the number of tickets concerned */
  forget(askerName: string): Promise<number>
}
