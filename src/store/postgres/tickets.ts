import { isDeepStrictEqual } from 'node:util'
import { SharedDeskError } from '../../errors.js'
import type { Log } from '../../model/ports.js'
import type { AccountMark, PutOptions, PutOutcome, TicketStore } from '../../model/stores.js'
import type { DeskNotes, DutyChange, Ticket, TicketEvent } from '../../model/ticket.js'
import { storedNotes, storedTicket } from '../tickets.js'
import { type Changed, type Database, DatabaseGone, type SharedTable } from './database.js'
import { type KeptHere, NO_NOTES, type PendingTicket } from './kept-here.js'

interface Row {
  readonly number: number
  readonly version: number
  readonly archived: boolean
  readonly body: unknown
}

interface Seen {
  readonly ticket: Ticket
  readonly version: number
}

/** A number that was given out while the database was gone is the account's own: 2,000,001 is the first of account 2. */
const NUMBERS_OF_ACCOUNT = 1_000_000
/**
 * A change that is kept on this machine raises the version by so little that it is none of the database: whatever the
 * database has next is newer, and no version of it is taken for one of ours.
 */
const KEPT_HERE = 2 ** -20
/** Changes that are told within so long are read together. */
const GATHER_MS = 10
/** While they keep coming, they are read no more often: twenty accounts that read each change cost more than the change. */
const READ_EVERY_MS = 250
const NOTES = 'desk'

const READ = 'select number, version, archived, body from guoshen.tickets'

/**
 * Tickets that several accounts share. What is listed is a copy in memory that follows the database; a change counts
 * only when the row still has the version that it was made from. While the database is gone, what customers and the bot
 * do to tickets of this account is kept on this machine, and merged into what the tickets have become when it is back.
 */
export class PostgresTicketStore implements TicketStore, SharedTable {
  readonly tables = ['tickets', 'documents']
  readonly home: AccountMark
  readonly #db: Database
  readonly #here: KeptHere
  readonly #log: Log
  readonly #seen = new Map<number, Seen>()
  readonly #listeners = new Set<() => void>()
  readonly #told = new Set<number>()
  #sorted: readonly Ticket[] | undefined
  #notes: DeskNotes = NO_NOTES
  #gathering: NodeJS.Timeout | undefined
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(db: Database, { home, here, log }: { home: AccountMark; here: KeptHere; log: Log }) {
    this.#db = db
    this.home = home
    this.#here = here
    this.#log = log
    const { tickets, notes } = here.seen.records()
    for (const { version, ticket } of tickets) this.#seen.set(ticket.number, { ticket, version })
    const { pending } = here
    for (const { baseVersion, ticket } of pending.records().tickets)
      this.#seen.set(ticket.number, { ticket, version: baseVersion + KEPT_HERE })
    this.#notes = pending.records().notes ?? notes
  }

  list(): readonly Ticket[] {
    this.#sorted ??= [...this.#seen.values()].map(({ ticket }) => ticket).sort((a, b) => a.number - b.number)
    return this.#sorted
  }

  versionOf(number: number): number {
    return this.#seen.get(number)?.version ?? 0
  }

  /** What is kept on this machine is as safe as it is on its disk. */
  isOnDisk(): boolean {
    return true
  }

  isReachable(): boolean {
    return this.#db.isUp
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  notes(): DeskNotes {
    return this.#notes
  }

  async add<Opened extends Ticket>(open: (number: number) => Opened): Promise<Opened> {
    const number = await this.#nextNumber()
    const ticket = open(number)
    const isKept = this.#db.isUp && number < NUMBERS_OF_ACCOUNT && (await this.#insert(ticket))
    if (isKept) this.#see(ticket, 1)
    else await this.#keepHere(ticket, 0)
    return ticket
  }

  async put(ticket: Ticket, expectedVersion: number, { isOrdered = false }: PutOptions = {}): Promise<PutOutcome> {
    const { number } = ticket
    if (this.versionOf(number) !== expectedVersion) return 'conflict'
    const putThere = async (): Promise<PutOutcome> => {
      // What waits here of a ticket goes before anything new of it, which is then made from what has come of that.
      const waiting = this.#pendingOf(number)
      if (waiting) {
        await this.#handOverTicket(waiting)
        return 'conflict'
      }
      if (await this.#update(ticket, expectedVersion)) {
        this.#see(ticket, expectedVersion + 1)
        return 'kept'
      }
      await this.#read([number])
      return 'conflict'
    }
    return this.#db.reaching(putThere, async () => {
      if (isOrdered) return 'unreachable'
      await this.#keepHere(ticket, expectedVersion)
      return 'kept'
    })
  }

  async changeNotes(change: (notes: DeskNotes) => DeskNotes): Promise<void> {
    const changeThere = async (): Promise<void> => {
      this.#notes = await this.#changeNotesThere(change)
      this.#remember()
    }
    await this.#db.reaching(changeThere, async () => {
      this.#notes = change(this.#notes)
      await this.#here.keep({ notes: this.#notes })
      this.#db.keptHere()
    })
  }

  /** Due again when the database is back. */
  async archive(numbers: readonly number[]): Promise<void> {
    const archiveThere = async (): Promise<void> => {
      await this.#db.query('update guoshen.tickets set archived = true, version = version + 1 where number = any($1)', [
        numbers,
      ])
      for (const number of numbers) this.#seen.delete(number)
      this.#changed()
    }
    await this.#db.reaching(archiveThere, async () => {})
  }

  /** Backups are those of the database; see docs/operations.md. */
  async keepDay(_nowMs: number, oldestMs: number): Promise<void> {
    const keepThere = async (): Promise<void> => {
      await this.#db.query('delete from guoshen.tickets where archived and account = $1 and opened_at_ms < $2', [
        ...[this.#db.account, oldestMs],
      ])
      await this.#db.query(`delete from guoshen.notices where account = $1 and said_at < now() - interval '2 days'`, [
        this.#db.account,
      ])
      await this.#db.query(
        `delete from guoshen.relays where account = $1 and state not in ('waiting', 'sending')
           and changed_at < now() - interval '2 days'`,
        [this.#db.account],
      )
    }
    await this.#db.reaching(keepThere, async () => {})
  }

  async all(): Promise<readonly Ticket[]> {
    const rows = this.#db.isUp
      ? (await this.#db.query<Row>(`${READ} order by number`)).rows.flatMap((row) => this.#ticketOf(row) ?? [])
      : []
    const numbers = new Set(rows.map(({ number }) => number))
    return [...rows, ...this.list().filter(({ number }) => !numbers.has(number))].sort((a, b) => a.number - b.number)
  }

  /** Of this account only: keys of people are each account's own. @throws StoreError while the database is gone */
  async forget(forgetIn: (ticket: Ticket) => Ticket): Promise<void> {
    if (!this.#db.isUp) throw new SharedDeskError('工单库暂时连不上，没有删除任何内容，请稍后再试。')
    const { rows } = await this.#db.query<Row>(`${READ} where account = $1`, [this.#db.account])
    for (const row of rows) {
      const before = this.#ticketOf(row)
      const after = before && forgetIn(before)
      if (!after || after === before) continue
      await this.#db.query(
        `update guoshen.tickets set version = version + 1, status = $2, asker_key = $3, body = $4 where number = $1`,
        [after.number, after.status, after.askerKey, JSON.stringify(after)],
      )
    }
    await this.resync()
  }

  changed({ table, key, version }: Changed): void {
    if (table === 'documents') {
      if (key === NOTES) this.#db.soon(() => this.#readNotes())
      return
    }
    const number = Number(key)
    if (this.versionOf(number) >= version || this.#pendingOf(number)) return
    this.#told.add(number)
    const gatherMs = Math.max(GATHER_MS, this.#readAtMs + READ_EVERY_MS - performance.now())
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#readAtMs = performance.now()
      const numbers = [...this.#told]
      this.#told.clear()
      this.#db.soon(() => this.#read(numbers))
    }, gatherMs)
  }

  async resync(): Promise<void> {
    const { rows } = await this.#db.query<{ number: number; version: number }>(
      'select number, version from guoshen.tickets where not archived',
    )
    const live = new Set(rows.map(({ number }) => number))
    for (const number of this.#seen.keys()) {
      if (!live.has(number) && !this.#pendingOf(number)) this.#seen.delete(number)
    }
    const stale = rows.filter(({ number, version }) => this.versionOf(number) !== version && !this.#pendingOf(number))
    await this.#read(stale.map(({ number }) => number))
    await this.#readNotes()
  }

  async #readNotes(): Promise<void> {
    this.#notes = await this.#changeNotesThere((notes) => notes)
    this.#changed()
  }

  async handOver(): Promise<void> {
    const { notes, tickets } = this.#here.pending.records()
    if (notes) {
      this.#notes = await this.#changeNotesThere((theirs) => mergeNotes(theirs, notes))
      await this.#here.keep({ notes: null })
    }
    for (const one of tickets) {
      try {
        await this.#handOverTicket(one)
      } catch (error) {
        if (error instanceof DatabaseGone) throw error
        this.#log.error({ ticket: one.ticket.number, error: String(error) }, 'ticket not handed over, it stays here')
      }
    }
    if (tickets.length > 0) this.#log.info({ count: tickets.length }, 'tickets handed over')
  }

  async #handOverTicket({ baseVersion, base, ticket }: PendingTicket): Promise<void> {
    const { number } = ticket
    let kept: Seen | undefined
    if (baseVersion === 0 && (await this.#insert(ticket))) kept = { ticket, version: 1 }
    else if (baseVersion > 0 && (await this.#update(ticket, baseVersion))) kept = { ticket, version: baseVersion + 1 }
    while (!kept) {
      const { rows } = await this.#db.query<Row>(`${READ} where number = $1`, [number])
      const [row] = rows
      const theirs = row && this.#ticketOf(row)
      if (!row || !theirs) break // forgotten or gone for good
      const merged = mergeTickets(base, ticket, theirs)
      if (merged === theirs) kept = { ticket: theirs, version: row.version }
      else if (await this.#update(merged, row.version)) kept = { ticket: merged, version: row.version + 1 }
    }
    const later = this.#pendingOf(number)
    // Changed again while it was handed over: what is left is made from what the database has now.
    const left =
      later && kept && !isDeepStrictEqual(later.ticket, ticket)
        ? [{ baseVersion: kept.version, base: kept.ticket, ticket: mergeTickets(ticket, later.ticket, kept.ticket) }]
        : []
    const others = this.#here.pending.records().tickets.filter((one) => one.ticket.number !== number)
    const saved = this.#here.keep({ tickets: [...others, ...left] })
    if (kept) this.#see(kept.ticket, kept.version)
    if (kept && left[0]) this.#see(left[0].ticket, kept.version + KEPT_HERE)
    await saved
  }

  async #nextNumber(): Promise<number> {
    if (this.#db.isUp) {
      try {
        const { rows } = await this.#db.query<{ number: number }>(
          `select nextval('guoshen.ticket_numbers')::integer as number`,
        )
        return rows[0]!.number
      } catch (error) {
        if (!(error instanceof DatabaseGone)) throw error
      }
    }
    const { accountId } = this.#here.seen.records()
    const lastNumber = this.#here.pending.records().lastNumber + 1
    await this.#here.keep({ lastNumber })
    return (this.#db.accountId || accountId) * NUMBERS_OF_ACCOUNT + lastNumber
  }

  /** @returns false when it is not known to be there */
  async #insert(ticket: Ticket): Promise<boolean> {
    try {
      const { rowCount } = await this.#db.query(
        `insert into guoshen.tickets (number, version, account, place_key, asker_key, status, opened_at_ms, body)
         values ($1, 1, $2, $3, $4, $5, $6, $7) on conflict (number) do nothing`,
        [
          ...[ticket.number, ticket.account ?? this.#db.account, ticket.placeKey, ticket.askerKey, ticket.status],
          ...[ticket.openedAtMs, JSON.stringify(ticket)],
        ],
      )
      return rowCount === 1
    } catch (error) {
      if (error instanceof DatabaseGone && !this.#db.isUp && !this.#pendingOf(ticket.number)) return false
      throw error
    }
  }

  async #update(ticket: Ticket, version: number): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      `update guoshen.tickets set version = version + 1, status = $3, asker_key = $4, archived = false, body = $5
       where number = $1 and version = $2`,
      [ticket.number, version, ticket.status, ticket.askerKey, JSON.stringify(ticket)],
    )
    return rowCount === 1
  }

  async #keepHere(ticket: Ticket, expectedVersion: number): Promise<void> {
    const before = this.#pendingOf(ticket.number)
    const change: PendingTicket = before
      ? { ...before, ticket }
      : { baseVersion: expectedVersion, base: this.#seen.get(ticket.number)?.ticket ?? null, ticket }
    const others = this.#here.pending.records().tickets.filter((one) => one !== before)
    const saved = this.#here.keep({ tickets: [...others, change] })
    this.#see(ticket, expectedVersion + KEPT_HERE)
    await saved
    this.#db.keptHere()
  }

  #pendingOf(number: number): PendingTicket | undefined {
    return this.#here.pending.records().tickets.find(({ ticket }) => ticket.number === number)
  }

  async #read(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return
    const { rows } = await this.#db.query<Row>(`${READ} where number = any($1)`, [numbers])
    for (const row of rows) {
      if (this.#pendingOf(row.number)) continue
      const ticket = this.#ticketOf(row)
      if (!ticket || row.archived) this.#seen.delete(row.number)
      else if (this.versionOf(row.number) < row.version) this.#seen.set(row.number, { ticket, version: row.version })
    }
    const found = new Set(rows.map(({ number }) => number))
    for (const number of numbers) if (!found.has(number) && !this.#pendingOf(number)) this.#seen.delete(number)
    this.#changed()
  }

  /** @returns undefined for a row that nobody of ours has written */
  #ticketOf({ number, body }: Row): Ticket | undefined {
    const { success, data } = storedTicket.safeParse(body)
    if (!success) this.#log.error({ ticket: number }, 'ticket can not be read')
    return data
  }

  async #changeNotesThere(change: (notes: DeskNotes) => DeskNotes): Promise<DeskNotes> {
    return this.#db.transaction(async (client) => {
      await client.query(
        `insert into guoshen.documents (name, version, body) values ($1, 1, $2) on conflict do nothing`,
        [NOTES, JSON.stringify(NO_NOTES)],
      )
      const { rows } = await client.query<{ body: unknown }>(
        'select body from guoshen.documents where name = $1 for update',
        [NOTES],
      )
      const before = storedNotes.parse(rows[0]?.body)
      const after = change(before)
      if (after !== before)
        await client.query('update guoshen.documents set version = version + 1, body = $2 where name = $1', [
          ...[NOTES, JSON.stringify(after)],
        ])
      return after
    })
  }

  #see(ticket: Ticket, version: number): void {
    if (this.versionOf(ticket.number) < version) this.#seen.set(ticket.number, { ticket, version })
    this.#changed({ isOwn: true })
  }

  #changed({ isOwn = false } = {}): void {
    this.#sorted = undefined
    this.#remember()
    // Whoever changed it here tells of it.
    if (!isOwn) for (const listener of this.#listeners) listener()
  }

  /** For a start without the database. */
  #remember(): void {
    const tickets = [...this.#seen.values()].filter(
      ({ ticket, version }) => ticket.account === this.home.account && Number.isInteger(version),
    )
    const accountId = this.#db.accountId || this.#here.seen.records().accountId
    this.#here.seen.keep({ accountId, tickets, notes: this.#notes })
  }
}

/** The latest word of each person, and the last digest. */
function mergeNotes(theirs: DeskNotes, mine: DeskNotes): DeskNotes {
  const latest = new Map<string, DutyChange>()
  for (const change of [...theirs.duty, ...mine.duty]) {
    const known = latest.get(change.person.key)
    if (!known || known.atMs <= change.atMs) latest.set(change.person.key, change)
  }
  const digestDay = Math.max(theirs.digestDay ?? -1, mine.digestDay ?? -1)
  return { duty: [...latest.values()], digestDay: digestDay < 0 ? null : digestDay }
}

/**
 * What a ticket is when it was changed on this machine while others changed it in the database: all events, in the state
 * that the others have given it, unless they have given it none.
 *
 * @returns `theirs` itself when it has all of it already
 */
function mergeTickets(base: Ticket | null, mine: Ticket, theirs: Ticket): Ticket {
  const has = (events: readonly TicketEvent[], event: TicketEvent): boolean =>
    events.some((one) => isDeepStrictEqual(one, event))
  const added = mine.events.filter((event) => !has(base?.events ?? [], event) && !has(theirs.events, event))
  if (added.length === 0) return theirs
  const events = [...theirs.events, ...added].sort((a, b) => a.atMs - b.atMs)
  const haveOthersMovedIt = theirs.status !== (base?.status ?? 'open')
  return { ...(haveOthersMovedIt ? theirs : mine), events }
}
