interface TicketFacts {
  readonly number: number
  readonly placeKey: string
  /** Topic of the group, or `私聊`; for people to read. */
  readonly placeName: string
  readonly askerKey: string
  readonly askerName: string
  readonly question: string
  /** Sections that the bot had answered this asker with, oldest first. */
  readonly answeredSections: readonly string[]
  readonly openedAtMs: number
}

export type OpenTicket = TicketFacts & { readonly status: 'open' }
export type ClaimedTicket = TicketFacts & {
  readonly status: 'claimed'
  readonly claimedBy: string
  readonly claimedAtMs: number
}
export type ClosedTicket = TicketFacts & {
  readonly status: 'closed'
  readonly closedBy: string
  readonly closedAtMs: number
  readonly closingNote: string
}

/** A question handed over to a person. */
export type Ticket = OpenTicket | ClaimedTicket | ClosedTicket
