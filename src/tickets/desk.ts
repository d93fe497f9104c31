import PQueue from 'p-queue'
import { DAY_MS } from '../base/time.js'
import type { PictureFile } from '../model/chat.js'
import { type Clock, done, failed, type Report } from '../model/ports.js'
import type { LostNumbers, PutOptions, TicketStore, Told } from '../model/stores.js'
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
import { askerPhrases, momentWords, deskCommandPhrases as say, unknownYearNotice } from './phrases.js'
import * as to from './states.js'
import {
  colleagueNamed,
  isSameColleague,
  isUnsettled,
  onDuty,
  type Quiet,
  quietOf,
  withDuty,
  withdrawTicket,
} from './states.js'
import {
  chineseOfficialDays,
  type DeskConfig,
  type DeskRules,
  deskRulesOf,
  nextWorkingMs,
  unknownYear,
} from './working-time.js'

/**
 * `refused`: the ticket is in a state that does not allow it; it is left as it was.
 * Every change is on disk when its result is known, as long as the disk takes anything, see `isOnDisk`.
 */
export type Change<T extends Ticket = Ticket> =
  | { readonly status: 'done'; readonly ticket: T }
  | { readonly status: 'unknown' }
  | { readonly status: 'refused'; readonly ticket: Ticket }
  /** The desk that several accounts share can't be reached: nothing was changed, and it may be ordered again. */
  | { readonly status: 'unreachable' }

export interface Opened {
  readonly ticket: UnsettledTicket
  readonly isNew: boolean
}

type Transition = (ticket: Ticket, atMs: number) => Ticket | false

/** Keeps the questions that lie with people; one unsettled ticket for an asker in a place. The only owner of tickets. */
export class TicketDesk {
  readonly rules: DeskRules
  readonly #store: TicketStore
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  // Changes are made one after another, also while an earlier one is still being written.
  readonly #queue = new PQueue({ concurrency: 1 })

  constructor(store: TicketStore, clock: Clock, rules: DeskRules) {
    this.#store = store
    this.#clock = clock
    this.rules = rules
  }

  /** The asker's unsettled ticket in that place. */
  heldFor(placeKey: string, askerKey: string): UnsettledTicket | undefined {
    return this.mine()
      .filter(to.isUnsettled)
      .find((ticket) => ticket.placeKey === placeKey && ticket.askerKey === askerKey)
  }

  /** The asker's newest settled ticket in that place which may still be opened again. */
  settledFor(placeKey: string, askerKey: string): SettledTicket | undefined {
    const ticket = this.mine().findLast((one) => one.placeKey === placeKey && one.askerKey === askerKey)
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

  /** Those whose customers this process talks to, settled ones included. Keys of places and people are theirs alone. */
  mine(): readonly Ticket[] {
    return this.#store.home === undefined ? this.all() : this.all().filter((ticket) => this.isMine(ticket))
  }

  isMine({ account }: Ticket): boolean {
    return this.#store.home === undefined || account === this.#store.home.account
  }

  find(number: number): Ticket | undefined {
    return this.all().find((ticket) => ticket.number === number)
  }

  /** False while the disk takes nothing: changes are in memory only. */
  isOnDisk(): boolean {
    return this.#store.isOnDisk()
  }

  /** What an earlier run could not write down. */
  lostNumbers(): LostNumbers | undefined {
    return this.#store.lostNumbers?.()
  }

  notes(): DeskNotes {
    return this.#store.notes()
  }

  /** @returns a function that ends the subscription */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    const endOthers = this.#store.onChange?.(listener)
    return () => {
      this.#listeners.delete(listener)
      endOthers?.()
    }
  }

  /** Opens a ticket, opens the asker's solved but not confirmed one again, or gives the one that is unsettled. */
  open(request: to.NewTicket): Promise<Opened> {
    const { home } = this.#store
    return this.#oneAtATime(async () => {
      const held = this.heldFor(request.placeKey, request.askerKey)
      if (held) return { ticket: held, isNew: false }
      const act = { by: askerOf(request), atMs: this.#clock.now(), why: request.question }
      const settled = this.settledFor(request.placeKey, request.askerKey)
      if (settled?.status === 'resolved') {
        const reopened = await this.#changeNow(settled.number, () => {
          const now = this.settledFor(request.placeKey, request.askerKey)
          return now?.status === 'resolved' && to.reopenTicket(now, act)
        })
        if (reopened.status === 'done' && to.isUnsettled(reopened.ticket))
          return { ticket: reopened.ticket, isNew: true }
      }
      const ticket = await this.#store.add((number) => to.openTicket(request, { ...act, number, home }))
      return { ticket, isNew: true }
    })
  }

  claim(number: number, by: Party, why = ''): Promise<Change> {
    return this.#order(number, (ticket, atMs) => to.isWaiting(ticket) && to.claimTicket(ticket, { by, atMs, why }))
  }

  /** @param to the colleague who has it from now on */
  pass(number: number, by: Party, colleague: Party): Promise<Change> {
    return this.#order(number, (ticket, atMs) => {
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
    const isOrdered = how === 'replied'
    return this.#change(number, { isOrdered }, (ticket, atMs) => {
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

  /** The same, unless it stands there already. */
  addMissingWords(number: number, text: string): Promise<Change> {
    const begin = text.slice(0, to.MAX_WHY_CHARS - 1)
    return this.#change(number, (ticket, atMs) => {
      if (!to.isUnsettled(ticket) || ticket.question.includes(begin)) return false
      if (ticket.events.some(({ why }) => why.includes(begin))) return false
      return to.noteOnTicket(ticket, 'added', { by: askerOf(ticket), atMs, why: text })
    })
  }

  /** For colleagues; the asker does not see it. */
  note(number: number, by: Party, text: string): Promise<Change> {
    return this.#order(number, (ticket, atMs) => to.noteOnTicket(ticket, 'noted', { by, atMs, why: text }))
  }

  resolve(number: number, by: Party, gist: string): Promise<Change> {
    return this.#order(number, (ticket, atMs) => {
      return to.isUnsettled(ticket) && to.resolveTicket(ticket, { by, atMs, why: gist })
    })
  }

  giveBack(number: number, by: Party): Promise<Change> {
    return this.#order(number, (ticket, atMs) => {
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
      if (to.isUnsettled(ticket) || !this.isMine(ticket) || this.heldFor(ticket.placeKey, ticket.askerKey)) return false
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
    return this.#oneAtATime(() =>
      this.#store.changeNotes((notes) => ({ ...notes, duty: withDuty(notes.duty, change) })),
    )
  }

  putDigestDay(digestDay: number): Promise<void> {
    return this.#oneAtATime(() => this.#store.changeNotes((notes) => ({ ...notes, digestDay })))
  }

  archive(numbers: readonly number[]): Promise<void> {
    return this.#oneAtATime(() => this.#store.archive(numbers))
  }

  keepDay(): Promise<void> {
    const nowMs = this.#clock.now()
    return this.#oneAtATime(() => this.#store.keepDay(nowMs, nowMs - this.rules.retentionDays * DAY_MS))
  }

  /** Archived ones included. */
  everything(): Promise<readonly Ticket[]> {
    return this.#store.all()
  }

  /** Removes what was kept of a person. */
  forget(person: ForgottenPerson): Promise<void> {
    return this.#oneAtATime(() => this.#store.forget(forgetIn(person)))
  }

  /** What the asker, the bot or its clock does; kept here while a shared desk can't be reached. */
  #change(number: number, ...rest: [Transition] | [PutOptions, Transition]): Promise<Change> {
    const [options, change] = rest.length === 1 ? [{}, rest[0]] : rest
    return this.#oneAtATime(() => this.#changeNow(number, change, options))
  }

  /** What a colleague orders: of two at once one wins, on whichever process they order it. */
  #order(number: number, change: Transition): Promise<Change> {
    return this.#change(number, { isOrdered: true }, change)
  }

  /** Made anew from what the ticket has become, as long as others are faster. */
  async #changeNow(number: number, change: Transition, options?: PutOptions): Promise<Change> {
    for (;;) {
      const before = this.find(number)
      if (!before) return { status: 'unknown' }
      const version = this.#store.versionOf(number)
      const ticket = change(before, this.#clock.now())
      if (!ticket) return { status: 'refused', ticket: before }
      const outcome = await this.#store.put(ticket, version, options)
      if (outcome === 'kept') return { status: 'done', ticket }
      if (outcome === 'unreachable') return { status: 'unreachable' }
    }
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.add(work).finally(() => this.#tell())
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

/** An operator learns in time when next year's days off are not known yet: `missing` is that year. */
export function readDeskRules(desk: DeskConfig, nowMs: number) {
  const officialDays = chineseOfficialDays(desk)
  const { lastYear } = officialDays
  const missing = unknownYear({ lastYear, configured: [...desk.holidays, ...desk.workdays], nowMs })
  return {
    rules: deskRulesOf(desk, officialDays),
    notice: missing === undefined ? undefined : unknownYearNotice(missing, lastYear),
  }
}

export interface StaffTools {
  readonly desk: TicketDesk
  readonly clock: Clock
  /** Says something to a ticket's asker, where it was opened. */
  readonly tellAsker: (ticket: Ticket, text: string, options?: TellOptions) => Promise<Told>
  readonly titleOf: (sectionKey: string) => string | undefined
}

interface OnTicket {
  readonly number: number
}

/** `isReply`: a colleague's words, which must not get lost; `pictures` go out behind them. */
export interface TellOptions {
  readonly isReply?: boolean
  readonly pictures?: readonly PictureFile[]
}

/** Words that go to the asker; pictures come from the page alone. */
export interface RelayedWords extends OnTicket {
  readonly text: string
  readonly pictures?: readonly PictureFile[]
}

/** What colleagues order about tickets and their own duty. */
export const ticketOrders = {
  list({ desk, clock }: StaffTools): Report {
    const tickets = desk.list()
    return done(tickets.length === 0 ? say.noTickets : say.list(tickets, clock.now()))
  },

  show({ number }: OnTicket, tools: StaffTools): Report {
    const ticket = tools.desk.find(number)
    return done(ticket ? say.show(ticket, tools.clock.now(), tools) : say.unknown(number))
  },

  async claim({ number }: OnTicket, by: Party, tools: StaffTools): Promise<Report> {
    const change = await tools.desk.claim(number, by)
    if (change.status === 'refused' && change.ticket.status === 'claimed')
      return done(say.alreadyClaimed(number, change.ticket.holder.name))
    return answered(change, number, (ticket) => {
      void tools.tellAsker(ticket, askerPhrases.taken(number, by.name))
      return say.claimed(ticket, by.name)
    })
  },

  async pass({ number, to }: OnTicket & { readonly to: string }, by: Party, tools: StaffTools): Promise<Report> {
    const { desk, tellAsker } = tools
    const name = colleagueNamed(to, desk.rules)
    const names = desk.rules.roster.map((colleague) => colleague.name)
    if (name === undefined) return done(say.noColleague(to, names))
    const colleague = isSameColleague({ key: '', name }, by) ? by : { key: `name:${name}`, name }
    return answered(await desk.pass(number, by, colleague), number, (ticket) => {
      void tellAsker(ticket, askerPhrases.passed(number, name))
      return say.passed(number, name)
    })
  },

  async reply({ number, text, pictures = [] }: RelayedWords, by: Party, tools: StaffTools): Promise<Report> {
    const noted = pictures.length > 0 ? say.withPictures(text, pictures.length) : text
    const change = await tools.desk.answered(number, by, { how: 'replied', text: noted })
    if (change.status !== 'done') return answered(change, number, () => '')
    const told = await tools.tellAsker(change.ticket, askerPhrases.relayed(number, by.name, text), {
      ...{ isReply: true, pictures },
    })
    if (told === 'later') return done(say.handedOn(change.ticket))
    if (told === 'said') return done(say.replied(change.ticket))
    // The ticket says that they were written; whoever looks at it later has to see that nobody has read them.
    await tools.desk.note(number, BOT, say.unsentWords(text))
    return failed(say.notReplied(change.ticket))
  },

  async note({ number, text }: OnTicket & { readonly text: string }, by: Party, { desk }: StaffTools): Promise<Report> {
    return answered(await desk.note(number, by, text), number, () => say.noted(number))
  },

  async close({ number, note }: OnTicket & { readonly note: string }, by: Party, tools: StaffTools): Promise<Report> {
    return answered(await tools.desk.resolve(number, by, note), number, (ticket) => {
      void tools.tellAsker(ticket, askerPhrases.resolved(number, note))
      return say.resolved(ticket)
    })
  },

  async giveBack({ number }: OnTicket, by: Party, tools: StaffTools): Promise<Report> {
    return answered(await tools.desk.giveBack(number, by), number, (ticket) => {
      void tools.tellAsker(ticket, askerPhrases.returned(number))
      return say.returned(ticket)
    })
  },

  showDuty({ desk, clock }: StaffTools): Report {
    const nowMs = clock.now()
    const nextMs = nextWorkingMs(nowMs, desk.rules.hours)
    // In working hours the next begin is no news.
    const next = nextMs === undefined || nextMs <= nowMs ? undefined : momentWords(nextMs)
    return done(say.onDuty(onDuty(nowMs, desk.notes().duty, desk.rules), next))
  },

  async changeDuty(on: boolean, person: Party, { desk, clock }: StaffTools): Promise<Report> {
    await desk.putDuty({ person, on, atMs: clock.now() })
    if (on) return done(say.startedDuty(person.name))
    return done(say.endedDuty(person.name, onDuty(clock.now(), desk.notes().duty, desk.rules)))
  },
} as const

function answered(change: Change, number: number, words: (ticket: Ticket) => string): Report {
  switch (change.status) {
    case 'done':
      return done(words(change.ticket))
    case 'unknown':
      return done(say.unknown(number))
    case 'refused':
      return done(say.over(change.ticket))
    case 'unreachable':
      return failed(say.unreachable(number))
  }
}
