import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Adapter, Low, Memory } from 'lowdb'
import { StoreError } from '../../errors.js'
import type { ForgottenPerson } from '../../model/forgotten.js'
import type { TicketStore } from '../../model/ports.js'
import type { DeskNotes, Ticket } from '../../model/ticket.js'
import { type Damage, damagedTicketsWords, fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { NO_TICKETS, readStoredTickets, type StoredTickets } from './stored-tickets.js'
import { TicketFolder } from './ticket-folder.js'

/** Tickets in one JSON file, with archive and backups in folders beside it; one process may own it. */
export class LowdbTicketStore implements TicketStore {
  readonly #db: Low<StoredTickets>
  readonly #folder: TicketFolder | undefined

  private constructor(db: Low<StoredTickets>, folder: TicketFolder | undefined) {
    this.#db = db
    this.#folder = folder
  }

  /**
   * @throws StoreError when the file is damaged, of another shape, or gone while its backups are there; everything is
   *   left as it is, and the message has the commands that bring the newest good backup back
   */
  static async open(path: string): Promise<LowdbTicketStore> {
    const folder = new TicketFolder(dirname(path))
    const store = await LowdbTicketStore.#load(new DurableJsonFile<StoredTickets>(path), path, folder).catch(
      async (error: unknown) => {
        if (!(error instanceof StoreError)) throw error
        throw offeringBackup(error, { path, backup: await folder.newestGoodBackup(), isThere: true })
      },
    )
    if (store.lastNumber() > 0) return store
    const backup = await folder.newestGoodBackup()
    if (backup === undefined) return store
    throw offeringBackup(new StoreError(fileWords.ticketsGone(path)), {
      ...{ path, backup, isThere: existsSync(path) },
    })
  }

  /** For trying the bot out: nothing is kept. */
  static async inMemory(): Promise<LowdbTicketStore> {
    return LowdbTicketStore.#load(new Memory<StoredTickets>(), 'memory', undefined)
  }

  static async #load(
    adapter: Adapter<StoredTickets>,
    name: string,
    folder: TicketFolder | undefined,
  ): Promise<LowdbTicketStore> {
    const db = new Low<StoredTickets>(adapter, NO_TICKETS)
    await db.read()
    const checked = readStoredTickets(db.data)
    if (!checked.ok) {
      throw new StoreError(fileWords.otherShape(name, checked.where))
    }
    db.data = checked.stored
    return new LowdbTicketStore(db, folder)
  }

  list(): readonly Ticket[] {
    return this.#db.data.tickets
  }

  lastNumber(): number {
    return this.#db.data.lastNumber
  }

  notes(): DeskNotes {
    return this.#db.data.notes
  }

  async put(ticket: Ticket): Promise<void> {
    const before = this.#db.data
    const others = before.tickets.filter(({ number }) => number !== ticket.number)
    await this.#write({
      ...before,
      lastNumber: Math.max(before.lastNumber, ticket.number),
      tickets: [...others, ticket].sort((a, b) => a.number - b.number),
    })
  }

  async putNotes(notes: DeskNotes): Promise<void> {
    await this.#write({ ...this.#db.data, notes })
  }

  async archive(numbers: readonly number[]): Promise<void> {
    const { tickets } = this.#db.data
    const moved = new Set(numbers)
    // Killed in between, a ticket is in both; the live one counts, and the next try replaces the archived one.
    await this.#folder?.archive(tickets.filter(({ number }) => moved.has(number)))
    await this.#write({ ...this.#db.data, tickets: tickets.filter(({ number }) => !moved.has(number)) })
  }

  async keepDay(nowMs: number, oldestMs: number): Promise<void> {
    await this.#folder?.backUp(this.#db.data, nowMs)
    await this.#folder?.dropOpenedBefore(oldestMs)
  }

  async forget(askerName: string, forgetIn: (ticket: Ticket) => Ticket): Promise<ForgottenPerson> {
    const archived = (await this.#folder?.archived()) ?? []
    const theirs = [...this.list(), ...archived].filter((ticket) => ticket.askerName === askerName)
    await this.#write({ ...this.#db.data, tickets: this.list().map(forgetIn) })
    await this.#folder?.change(forgetIn)
    await this.#folder?.dropBackups()
    return {
      name: askerName,
      keys: [...new Set(theirs.map(({ askerKey }) => askerKey))],
      tickets: [...new Set(theirs.map(({ number }) => number))],
    }
  }

  async #write(data: StoredTickets): Promise<void> {
    const before = this.#db.data
    this.#db.data = data
    try {
      await this.#db.write()
    } catch (error) {
      this.#db.data = before // what is not on disk was never promised to anybody
      throw error
    }
  }
}

const offeringBackup = (error: StoreError, damage: Damage): StoreError =>
  new StoreError(`${error.message}\n${damagedTicketsWords(damage)}`, { cause: error })
