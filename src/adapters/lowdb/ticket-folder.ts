import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Low } from 'lowdb'
import { StoreError } from '../../errors.js'
import { chinaDay, isoOf } from '../../model/calendar-day.js'
import type { Ticket } from '../../model/ticket.js'
import { fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { archivedTickets, readStoredTickets, type StoredTickets } from './stored-tickets.js'

interface Archived {
  readonly tickets: readonly Ticket[]
}

const ARCHIVE = /^tickets-\d{4}-\d{2}\.json$/
const BACKUP = /^tickets-\d{4}-\d{2}-\d{2}\.json$/
const KEPT_BACKUPS = 7

/** What lies beside the ticket file: `archive/tickets-2026-11.json` and `backups/tickets-2026-11-23.json`. */
export class TicketFolder {
  readonly #archivePath: string
  readonly #backupPath: string

  constructor(dataDir: string) {
    this.#archivePath = join(dataDir, 'archive')
    this.#backupPath = join(dataDir, 'backups')
  }

  /** Adds tickets to the archive of the month in which they ended; those of the same number are replaced. */
  async archive(tickets: readonly Ticket[]): Promise<void> {
    for (const month of new Set(tickets.map(monthOf))) {
      const moved = tickets.filter((ticket) => monthOf(ticket) === month)
      const file = await this.#open(`tickets-${month}.json`)
      const numbers = new Set(moved.map(({ number }) => number))
      await file.update((before) => [...before.filter(({ number }) => !numbers.has(number)), ...moved])
    }
  }

  /** Every archived ticket, oldest number first. @throws StoreError when an archive is damaged */
  async archived(): Promise<readonly Ticket[]> {
    const byNumber = new Map<number, Ticket>()
    for (const name of this.#archives()) {
      for (const ticket of (await this.#open(name)).tickets) byNumber.set(ticket.number, ticket)
    }
    return [...byNumber.values()].sort((a, b) => a.number - b.number)
  }

  async change(change: (ticket: Ticket) => Ticket): Promise<void> {
    for (const name of this.#archives()) await (await this.#open(name)).update((tickets) => tickets.map(change))
  }

  /** Forgets archived tickets that were opened before a moment. */
  async dropOpenedBefore(oldestMs: number): Promise<void> {
    for (const name of this.#archives()) {
      const file = await this.#open(name)
      const kept = file.tickets.filter(({ openedAtMs }) => openedAtMs >= oldestMs)
      if (kept.length === 0) await rm(join(this.#archivePath, name))
      else if (kept.length < file.tickets.length) await file.update(() => kept)
    }
  }

  /** Keeps one backup for each of the last seven days on which there was something to keep. */
  async backUp(stored: StoredTickets, nowMs: number): Promise<void> {
    const name = `tickets-${isoOf(chinaDay(nowMs))}.json`
    const names = this.#backups()
    if (names.includes(name) || stored.lastNumber === 0) return
    await new DurableJsonFile<StoredTickets>(join(this.#backupPath, name)).write(stored)
    for (const old of [...names, name].toSorted().slice(0, -KEPT_BACKUPS)) await rm(join(this.#backupPath, old))
  }

  async dropBackups(): Promise<void> {
    for (const name of this.#backups()) await rm(join(this.#backupPath, name))
  }

  /** Path of the newest backup that can be read; undefined when there is none. */
  async newestGoodBackup(): Promise<string | undefined> {
    for (const name of this.#backups().toReversed()) {
      const path = join(this.#backupPath, name)
      const content = await new DurableJsonFile(path).read().catch(() => undefined)
      if (readStoredTickets(content).ok) return path
    }
    return undefined
  }

  async #open(name: string) {
    const path = join(this.#archivePath, name)
    const db = new Low<Archived>(new DurableJsonFile<Archived>(path), { tickets: [] })
    await db.read()
    if (!archivedTickets.safeParse(db.data).success) {
      throw new StoreError(fileWords.otherShape(path, ''))
    }
    return {
      tickets: db.data.tickets,
      update: (change: (tickets: readonly Ticket[]) => readonly Ticket[]) =>
        db.update((content) => Object.assign(content, { tickets: change(content.tickets) })),
    }
  }

  #archives = (): readonly string[] => namesIn(this.#archivePath, ARCHIVE)
  #backups = (): readonly string[] => namesIn(this.#backupPath, BACKUP)
}

/** `2026-11`: when it ended, which is when its last event was. */
const monthOf = ({ events, openedAtMs }: Ticket): string =>
  isoOf(chinaDay(events.at(-1)?.atMs ?? openedAtMs)).slice(0, 7)

/** Sorted: oldest first. */
function namesIn(path: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(path)
      .filter((name) => pattern.test(name))
      .sort()
  } catch {
    return [] // not there yet
  }
}
