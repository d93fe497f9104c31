import type { Clock, TicketStore } from '../model/ports.js'
import type { ClaimedTicket, ClosedTicket, OpenTicket, Ticket } from '../model/ticket.js'
import { claimTicket, closeTicket } from './ticket-transitions.js'

export type NewTicket = Omit<OpenTicket, 'number' | 'openedAtMs' | 'status'>

export type ClaimResult =
  | { readonly status: 'claimed'; readonly ticket: ClaimedTicket }
  | { readonly status: 'unknown' }
  | { readonly status: 'already-closed'; readonly ticket: ClosedTicket }
  | { readonly status: 'already-claimed'; readonly ticket: ClaimedTicket }

export type CloseResult =
  | { readonly status: 'closed'; readonly ticket: ClosedTicket }
  | { readonly status: 'unknown' }
  | { readonly status: 'already-closed'; readonly ticket: ClosedTicket }

/** Keeps the questions that lie with people; one unsettled ticket for an asker in a place. */
export class TicketDesk {
  readonly #store: TicketStore
  readonly #clock: Clock
  // Numbers are given out one after another, also while an earlier ticket is still being written.
  #queue: Promise<unknown> = Promise.resolve()

  constructor(store: TicketStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** The asker's unsettled ticket in that place. */
  heldFor(placeKey: string, askerKey: string): OpenTicket | ClaimedTicket | undefined {
    return this.#unsettled().find((ticket) => ticket.placeKey === placeKey && ticket.askerKey === askerKey)
  }

  /** Unsettled tickets, oldest first. */
  list(): readonly (OpenTicket | ClaimedTicket)[] {
    return this.#unsettled()
  }

  /** Opens a ticket, or gives the asker's open one. Resolves when it is on disk. */
  open(request: NewTicket): Promise<{ readonly ticket: OpenTicket | ClaimedTicket; readonly isNew: boolean }> {
    return this.#oneAtATime(async () => {
      const held = this.heldFor(request.placeKey, request.askerKey)
      if (held) return { ticket: held, isNew: false }
      const ticket: OpenTicket = {
        ...request,
        status: 'open',
        number: this.#store.lastNumber() + 1,
        openedAtMs: this.#clock.now(),
      }
      await this.#store.put(ticket)
      return { ticket, isNew: true }
    })
  }

  claim(number: number, by: string): Promise<ClaimResult> {
    return this.#oneAtATime(async () => {
      const ticket = this.#find(number)
      if (!ticket) return { status: 'unknown' }
      if (ticket.status === 'closed') return { status: 'already-closed', ticket }
      if (ticket.status === 'claimed') return { status: 'already-claimed', ticket }
      const claimed = claimTicket(ticket, by, this.#clock.now())
      await this.#store.put(claimed)
      return { status: 'claimed', ticket: claimed }
    })
  }

  close(number: number, by: string, note: string): Promise<CloseResult> {
    return this.#oneAtATime(async () => {
      const ticket = this.#find(number)
      if (!ticket) return { status: 'unknown' }
      if (ticket.status === 'closed') return { status: 'already-closed', ticket }
      const closed = closeTicket(ticket, { by, note, atMs: this.#clock.now() })
      await this.#store.put(closed)
      return { status: 'closed', ticket: closed }
    })
  }

  #find(number: number): Ticket | undefined {
    return this.#store.list().find((ticket) => ticket.number === number)
  }

  #unsettled(): readonly (OpenTicket | ClaimedTicket)[] {
    return this.#store.list().filter((ticket) => ticket.status !== 'closed')
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined) // the caller gets the error; the next one starts all the same
    return result
  }
}
