import type { Clock, TicketStore } from '../model/ports.js'
import {
  BOT,
  type DeskNotes,
  type DutyChange,
  type ForgottenPerson,
  type Party,
  type SettledTicket,
  type Ticket,
  type UnsettledTicket,
} from '../model/ticket.js'
import { withDuty } from './due.js'
import * as to from './states.js'
import { isUnsettled, withdrawTicket } from './states.js'
import { type DeskRules, type Quiet, quietOf } from './working-time.js'

/**
 * `refused`: the ticket is in a state that does not allow it; it is left as it was.
 * Every change is on disk when its result is known, as long as the disk takes anything, see `isOnDisk`.
 */
export type Change<T extends Ticket = Ticket> =
  | { readonly status: 'done'; readonly ticket: T }
  | { readonly status: 'unknown' }
  | { readonly status: 'refused'; readonly ticket: Ticket }

export interface Opened {
  readonly ticket: UnsettledTicket
  readonly isNew: boolean
}

/** Keeps the questions that lie with people; one unsettled ticket for an asker in a place. The only owner of tickets. */
export class TicketDesk {
  readonly rules: DeskRules
  readonly #store: TicketStore
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  // Changes are made one after another, also while an earlier one is still being written.
  #queue: Promise<unknown> = Promise.resolve()

  constructor(store: TicketStore, clock: Clock, rules: DeskRules) {
    this.#store = store
    this.#clock = clock
    this.rules = rules
  }

  /** The asker's unsettled ticket in that place. */
  heldFor(placeKey: string, askerKey: string): UnsettledTicket | undefined {
    return this.list().find((ticket) => ticket.placeKey === placeKey && ticket.askerKey === askerKey)
  }

  /** The asker's newest settled ticket in that place which may still be opened again. */
  settledFor(placeKey: string, askerKey: string): SettledTicket | undefined {
    const ticket = this.all().findLast((one) => one.placeKey === placeKey && one.askerKey === askerKey)
    if (!ticket || to.isUnsettled(ticket)) return undefined
    const endedMs = ticket.events.at(-1)?.atMs ?? ticket.openedAtMs
    return this.#clock.now() < endedMs + this.rules.reopenMs ? ticket : undefined
  }

  quietFor(placeKey: string, askerKey: string): Quiet {
    const ticket = this.heldFor(placeKey, askerKey)
    return ticket ? quietOf(ticket, this.#clock.now(), this.rules) : 'none'
  }

  /** Unsettled tickets, oldest first. */
  list(): readonly UnsettledTicket[] {
    return this.all().filter(to.isUnsettled)
  }

  /** Every ticket that is not archived, oldest first. */
  all(): readonly Ticket[] {
    return this.#store.list()
  }

  find(number: number): Ticket | undefined {
    return this.all().find((ticket) => ticket.number === number)
  }

  /** False while the disk takes nothing: changes are in memory only. */
  isOnDisk(): boolean {
    return this.#store.isOnDisk()
  }

  notes(): DeskNotes {
    return this.#store.notes()
  }

  /** @returns a function that ends the subscription */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Opens a ticket, opens the asker's solved but not confirmed one again, or gives the one that is unsettled. */
  open(request: to.NewTicket): Promise<Opened> {
    return this.#oneAtATime(async () => {
      const held = this.heldFor(request.placeKey, request.askerKey)
      if (held) return { ticket: held, isNew: false }
      const act = { by: askerOf(request), atMs: this.#clock.now(), why: request.question }
      const settled = this.settledFor(request.placeKey, request.askerKey)
      const ticket =
        settled?.status === 'resolved'
          ? to.reopenTicket(settled, act)
          : to.openTicket(request, { ...act, number: this.#store.lastNumber() + 1 })
      await this.#store.put(ticket)
      return { ticket, isNew: true }
    })
  }

  claim(number: number, by: Party, why = ''): Promise<Change> {
    return this.#change(number, (ticket, atMs) => to.isWaiting(ticket) && to.claimTicket(ticket, { by, atMs, why }))
  }

  /** @param to the colleague who has it from now on */
  pass(number: number, by: Party, colleague: Party): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      if (!to.isUnsettled(ticket)) return false
      return to.passTicket(ticket, { by, to: colleague, atMs, why: colleague.name })
    })
  }

  /**
   * A colleague has spoken to the asker: takes the ticket when nobody had.
   *
   * @param how `spoke` in the group, or `replied` through the bot
   */
  answered(number: number, by: Party, { how, text }: { how: 'spoke' | 'replied'; text: string }): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      if (!to.isUnsettled(ticket)) return false
      const taken = to.isWaiting(ticket) ? to.claimTicket(ticket, { by, atMs, why: '' }) : ticket
      return to.noteOnTicket(taken, how, { by, atMs, why: text })
    })
  }

  /** The asker said more. */
  addWords(number: number, text: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      return to.isUnsettled(ticket) && to.noteOnTicket(ticket, 'added', { by: askerOf(ticket), atMs, why: text })
    })
  }

  /** For colleagues; the asker does not see it. */
  note(number: number, by: Party, text: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => to.noteOnTicket(ticket, 'noted', { by, atMs, why: text }))
  }

  resolve(number: number, by: Party, gist: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      return to.isUnsettled(ticket) && to.resolveTicket(ticket, { by, atMs, why: gist })
    })
  }

  giveBack(number: number, by: Party): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      return to.isUnsettled(ticket) && to.returnTicket(ticket, { by, atMs, why: 'given back to the bot' })
    })
  }

  withdraw(number: number, why: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      return to.isUnsettled(ticket) && to.withdrawTicket(ticket, { by: askerOf(ticket), atMs, why })
    })
  }

  /** @param by undefined: the asker */
  confirm(number: number, why: string, by?: Party): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      return ticket.status === 'resolved' && to.confirmTicket(ticket, { by: by ?? askerOf(ticket), atMs, why })
    })
  }

  /** @param rating 1..5 */
  rate(number: number, rating: number, why: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      if (ticket.status !== 'resolved' && ticket.status !== 'closed') return false
      return to.rateTicket(ticket, { by: askerOf(ticket), atMs, why, rating })
    })
  }

  /** Refused while the asker has another ticket with people. */
  reopen(number: number, why: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      if (to.isUnsettled(ticket) || this.heldFor(ticket.placeKey, ticket.askerKey)) return false
      return to.reopenTicket(ticket, { by: askerOf(ticket), atMs, why })
    })
  }

  expire(number: number, why: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => {
      return to.isUnsettled(ticket) && to.expireTicket(ticket, { by: BOT, atMs, why })
    })
  }

  /** Notes down what the bot itself did about a ticket. */
  record(number: number, what: 'told-staff' | 'reminded' | 'bot-back', why: string): Promise<Change> {
    return this.#change(number, (ticket, atMs) => to.noteOnTicket(ticket, what, { by: BOT, atMs, why }))
  }

  putDuty(change: DutyChange): Promise<void> {
    return this.#keep(() => {
      const notes = this.#store.notes()
      return this.#store.putNotes({ ...notes, duty: withDuty(notes.duty, change) })
    })
  }

  putDigestDay(digestDay: number): Promise<void> {
    return this.#keep(() => this.#store.putNotes({ ...this.#store.notes(), digestDay }))
  }

  archive(numbers: readonly number[]): Promise<void> {
    return this.#keep(() => this.#store.archive(numbers))
  }

  keepDay(): Promise<void> {
    const nowMs = this.#clock.now()
    return this.#keep(() => this.#store.keepDay(nowMs, nowMs - this.rules.retentionDays * 86_400_000))
  }

  /** Archived ones included. */
  everything(): Promise<readonly Ticket[]> {
    return this.#store.all()
  }

  /** Removes what was kept of a person. */
  forget(person: ForgottenPerson): Promise<void> {
    return this.#oneAtATime(() => this.#store.forget(forgetIn(person)))
  }

  #change(number: number, change: (ticket: Ticket, atMs: number) => Ticket | false): Promise<Change> {
    return this.#oneAtATime(async () => {
      const before = this.find(number)
      if (!before) return { status: 'unknown' }
      const ticket = change(before, this.#clock.now())
      if (!ticket) return { status: 'refused', ticket: before }
      await this.#store.put(ticket)
      return { status: 'done', ticket }
    })
  }

  #keep(work: () => Promise<void>): Promise<void> {
    return this.#oneAtATime(work)
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined) // the caller gets the error; the next one starts all the same
    return result.finally(() => this.#tell())
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

const askerOf = ({ askerKey, askerName }: { askerKey: string; askerName: string }): Party => ({
  key: askerKey,
  name: askerName,
})

const FORGOTTEN = { key: '', name: '—' }

/** What is left of any ticket once a person is to be forgotten: of their own next to nothing. */
export const forgetIn =
  ({ keys }: Pick<ForgottenPerson, 'keys'>) =>
  (ticket: Ticket): Ticket =>
    keys.includes(ticket.askerKey) ? forgetAsker(ticket) : ticket

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
