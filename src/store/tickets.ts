import { existsSync, readdirSync } from 'node:fs'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { type Adapter, Low, Memory } from 'lowdb'
import { z } from 'zod'
import { chinaDay, DAY_MS, isoOf } from '../base/time.js'
import { StoreError } from '../errors.js'
import type { PictureFile } from '../model/chat.js'
import type { LostNumbers, PutOutcome, TicketStore } from '../model/stores.js'
import { BOT, type DeskNotes, type ForgottenPerson, type Ticket, type TicketPictures } from '../model/ticket.js'
import {
  type Damage,
  DurableJsonFile,
  damagedTicketsWords,
  fileWords,
  KeptJsonFile,
  LatestWrite,
  writeDurably,
} from './json-file.js'

/** Tickets in one JSON file, with archive and backups in folders beside it; one process may own it. */
export class LowdbTicketStore implements TicketStore {
  readonly #db: Low<StoredTickets>
  readonly #folder: TicketFolder | undefined
  readonly #writes: LatestWrite
  readonly #mark: NumberMark | undefined
  /** What another run has given out and could not write down. */
  readonly #lost: LostNumbers | undefined
  /** Of this run: nobody else writes to the file. */
  readonly #versions = new Map<number, number>()

  private constructor(db: Low<StoredTickets>, folder: TicketFolder | undefined, marked = 0) {
    this.#db = db
    this.#folder = folder
    this.#mark = folder && new NumberMark(folder.markPath)
    const { lastNumber } = db.data
    if (marked > lastNumber) {
      this.#lost = { from: lastNumber + 1, to: marked }
      db.data = { ...db.data, lastNumber: marked }
    }
    this.#writes = new LatestWrite(() => db.write())
  }

  /**
   * @throws StoreError when the file is damaged, of another shape, or gone while its backups are there; everything is
   *   left as it is, and the message has the commands that bring the newest good backup back
   */
  static async open(path: string): Promise<LowdbTicketStore> {
    const folder = new TicketFolder(dirname(path))
    const store = await LowdbTicketStore.#load(new KeptJsonFile<StoredTickets>(path), path, folder).catch(
      async (error: unknown) => {
        if (!(error instanceof StoreError) || error instanceof NewerFileError) throw error
        throw offeringBackup(error, { path, backup: await folder.newestGoodBackup(), isThere: true })
      },
    )
    store.#writes.catchUp(path)
    if ((store.#lost?.from ?? store.lastNumber() + 1) > 1) return store
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
      if (checked.newer !== undefined) throw new NewerFileError(fileWords.newer(name, checked.newer))
      throw new StoreError(fileWords.otherShape(name, checked.where))
    }
    db.data = checked.stored
    return new LowdbTicketStore(db, folder, folder && (await new NumberMark(folder.markPath).read()))
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

  isOnDisk(): boolean {
    return !this.#writes.isBehind
  }

  lostNumbers(): LostNumbers | undefined {
    return this.#lost
  }

  versionOf(number: number): number {
    const version = this.#versions.get(number)
    if (version !== undefined) return version
    return this.#db.data.tickets.some((ticket) => ticket.number === number) ? 1 : 0
  }

  async add<Opened extends Ticket>(open: (number: number) => Opened): Promise<Opened> {
    const ticket = open(this.lastNumber() + 1)
    await this.put(ticket, 0)
    if (this.isOnDisk()) await this.#mark?.prepare()
    else await this.#mark?.note(ticket.number)
    return ticket
  }

  async put(ticket: Ticket, expectedVersion: number): Promise<PutOutcome> {
    const { number } = ticket
    if (this.versionOf(number) !== expectedVersion) return 'conflict'
    this.#versions.set(number, expectedVersion + 1)
    try {
      await this.#keep(ticket)
      return 'kept'
    } catch (error) {
      if (this.#versions.get(number) === expectedVersion + 1) this.#versions.set(number, expectedVersion)
      throw error
    }
  }

  async #keep(ticket: Ticket): Promise<void> {
    const before = this.#db.data
    const others = before.tickets.filter(({ number }) => number !== ticket.number)
    await this.#write({
      ...before,
      lastNumber: Math.max(before.lastNumber, ticket.number),
      tickets: [...others, ticket].sort((a, b) => a.number - b.number),
    })
  }

  async changeNotes(change: (notes: DeskNotes) => DeskNotes): Promise<void> {
    await this.#write({ ...this.#db.data, notes: change(this.notes()) })
  }

  async archive(numbers: readonly number[]): Promise<void> {
    const { tickets } = this.#db.data
    const moved = new Set(numbers)
    // Killed in between, a ticket is in both; the live one counts, and the next try replaces the archived one.
    await this.#folder?.archive(tickets.filter(({ number }) => moved.has(number)))
    await this.#write({ ...this.#db.data, tickets: tickets.filter(({ number }) => !moved.has(number)) })
    for (const number of numbers) this.#versions.delete(number)
  }

  async keepDay(nowMs: number, oldestMs: number): Promise<void> {
    // What was lost is told once.
    if (this.#lost) await this.#write(this.#db.data)
    if (this.isOnDisk()) await this.#mark?.prepare()
    await this.#folder?.backUp(this.#db.data, nowMs)
    await this.#folder?.dropOpenedBefore(oldestMs)
  }

  async all(): Promise<readonly Ticket[]> {
    const archived = (await this.#folder?.archived()) ?? []
    // Killed while archiving, a ticket is in both; the live one counts.
    const live = new Set(this.list().map(({ number }) => number))
    return [...archived.filter(({ number }) => !live.has(number)), ...this.list()].sort((a, b) => a.number - b.number)
  }

  async forget(forgetIn: (ticket: Ticket) => Ticket): Promise<void> {
    await this.#write({ ...this.#db.data, tickets: this.list().map(forgetIn) })
    await this.#folder?.change(forgetIn)
    await this.#folder?.dropBackups()
  }

  async #write(data: StoredTickets): Promise<void> {
    const before = this.#db.data
    this.#db.data = data
    try {
      await this.#writes.now()
    } catch (error) {
      this.#db.data = before // what is not on disk was never promised to anybody
      throw error
    }
  }
}

/** As many digits as any number has. */
const MARK_CHARS = 16

/**
 * The highest number that was given out while the disk took nothing, so that it is not given out again after a kill:
 * people have heard of it. It is written in place, over bytes that the file has already, which a full disk allows.
 */
class NumberMark {
  readonly #path: string
  #isReady = false

  constructor(path: string) {
    this.#path = path
  }

  /** @returns 0 when there is none */
  async read(): Promise<number> {
    const text = await readFile(this.#path, 'utf8').catch(() => '')
    return /^\d{1,16}$/.test(text) ? Number(text) : 0
  }

  /** Has a file ready, in which nothing is marked. Never throws. */
  async prepare(): Promise<void> {
    if (this.#isReady) return
    try {
      const text = await readFile(this.#path, 'utf8').catch(() => '')
      if (text !== markOf(0)) await writeDurably(this.#path, markOf(0))
      this.#isReady = true
    } catch {
      // Tried again with the next ticket.
    }
  }

  /** Never throws: a read-only disk takes not even this. */
  async note(number: number): Promise<void> {
    this.#isReady = false
    try {
      const file = await open(this.#path, 'r+')
      try {
        await file.write(markOf(number), 0)
        await file.sync()
      } finally {
        await file.close()
      }
    } catch {
      // Nothing is left to write it to.
    }
  }
}

const markOf = (number: number): string => String(number).padStart(MARK_CHARS, '0')

/** No backup helps there. */
class NewerFileError extends StoreError {}

const offeringBackup = (error: StoreError, damage: Damage): StoreError =>
  new StoreError(`${error.message}\n${damagedTicketsWords(damage)}`, { cause: error })

/** What the ticket file holds. */
export interface StoredTickets {
  readonly version: 2
  /** Highest number ever given out. */
  readonly lastNumber: number
  readonly tickets: readonly Ticket[]
  readonly notes: DeskNotes
}

const NO_TICKETS: StoredTickets = {
  version: 2,
  lastNumber: 0,
  tickets: [],
  notes: { duty: [], digestDay: null },
}

const party = z.object({ key: z.string(), name: z.string() })
const reason = z.string() as unknown as z.ZodType<Ticket['reason']> // of a newer version perhaps; only ever shown
const event = z.object({
  atMs: z.number(),
  who: party,
  what: z.enum([
    ...(['opened', 'added', 'claimed', 'passed', 'spoke', 'replied', 'noted', 'resolved', 'closed', 'rated'] as const),
    ...(['reopened', 'withdrawn', 'expired', 'told-staff', 'reminded', 'bot-back'] as const),
  ]),
  why: z.string(),
})
const known = {
  number: z.number().int().positive(),
  account: z.string().optional(),
  channel: z.string().optional(),
  placeKey: z.string(),
  placeName: z.string(),
  askerKey: z.string(),
  askerName: z.string(),
  question: z.string(),
  answeredSections: z.array(z.string()),
  openedAtMs: z.number(),
}
const facts = {
  ...known,
  reason,
  sectionKey: z.string().nullable(),
  lastWords: z.array(z.object({ atMs: z.number(), text: z.string() })),
  events: z.array(event).min(1),
}
/** A ticket as it stands on disk, or in the database. */
export const storedTicket = z.discriminatedUnion('status', [
  z.object({ ...facts, status: z.literal('open') }),
  z.object({ ...facts, status: z.literal('reopened'), reopenedAtMs: z.number() }),
  z.object({ ...facts, status: z.literal('claimed'), holder: party, claimedAtMs: z.number() }),
  z.object({ ...facts, status: z.literal('resolved'), resolvedBy: party, resolvedAtMs: z.number(), gist: z.string() }),
  z.object({
    ...facts,
    status: z.literal('closed'),
    closedAtMs: z.number(),
    gist: z.string(),
    rating: z.number().int().min(1).max(5).nullable(),
  }),
  z.object({ ...facts, status: z.literal('withdrawn'), endedAtMs: z.number() }),
  z.object({ ...facts, status: z.literal('expired'), endedAtMs: z.number() }),
])
const archivedTickets = z.strictObject({ tickets: z.array(storedTicket) })

/** What the desk remembers beside its tickets. */
export const storedNotes = z.strictObject({
  duty: z.array(z.object({ person: party, on: z.boolean(), atMs: z.number() })),
  digestDay: z.number().nullable(),
})

// Strict, because a key that we don't know would be gone after the first write.
const current = z.strictObject({
  version: z.literal(2),
  lastNumber: z.number().int().nonnegative(),
  tickets: z.array(storedTicket),
  notes: storedNotes,
})
/** Before tickets had a history. */
const first = z.strictObject({
  lastNumber: z.number().int().nonnegative(),
  tickets: z.array(
    z.discriminatedUnion('status', [
      z.object({ ...known, status: z.literal('open') }),
      z.object({ ...known, status: z.literal('claimed'), claimedBy: z.string(), claimedAtMs: z.number() }),
      z.object({
        ...known,
        status: z.literal('closed'),
        claimedBy: z.string().optional(),
        claimedAtMs: z.number().optional(),
        closedBy: z.string(),
        closedAtMs: z.number(),
        closingNote: z.string(),
      }),
    ]),
  ),
})
type FirstTicket = z.infer<typeof first>['tickets'][number]

type ReadTickets =
  | { readonly ok: true; readonly stored: StoredTickets }
  /** `where`: path of the first thing that is wrong, e.g. `tickets.3.status`. `newer`: version of a later program. */
  | { readonly ok: false; readonly where: string; readonly newer?: number }

/** Checks what a ticket file holds; a file of the first version is carried over. */
function readStoredTickets(content: unknown): ReadTickets {
  const isFirst = typeof content === 'object' && content !== null && !('version' in content)
  const checked = isFirst ? first.transform(carryOver).safeParse(content) : current.safeParse(content)
  if (!checked.success) {
    const version = z.object({ version: z.number().int().gt(NO_TICKETS.version) }).safeParse(content).data?.version
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    return { ok: false, where, ...(version === undefined ? {} : { newer: version }) }
  }
  const { tickets, lastNumber } = checked.data
  // A number given out again would replace its first ticket.
  if (tickets.some(({ number }) => number > lastNumber)) return { ok: false, where: 'lastNumber' }
  if (new Set(tickets.map(({ number }) => number)).size < tickets.length) return { ok: false, where: 'tickets' }
  return { ok: true, stored: checked.data }
}

const carryOver = ({ lastNumber, tickets }: z.infer<typeof first>): StoredTickets => ({
  ...NO_TICKETS,
  lastNumber,
  tickets: tickets.map(carryOverTicket),
})

function carryOverTicket(ticket: FirstTicket): Ticket {
  const { number, placeKey, placeName, askerKey, askerName, question, answeredSections, openedAtMs } = ticket
  const asker = { key: askerKey, name: askerName }
  const opened = { atMs: openedAtMs, who: asker, what: 'opened', why: question } as const
  // Its staff were told by the version that opened it.
  const told = { atMs: openedAtMs, who: BOT, what: 'told-staff', why: '' } as const
  const carried = {
    ...{ number, placeKey, placeName, askerKey, askerName, question, answeredSections, openedAtMs },
    reason: 'asked' as const,
    sectionKey: answeredSections.at(-1) ?? null,
    lastWords: [],
  }
  if (ticket.status === 'open') return { ...carried, status: 'open', events: [opened, told] }
  const holder = { key: `name:${ticket.claimedBy ?? ''}`, name: ticket.claimedBy ?? '' }
  const claimedAtMs = ticket.claimedAtMs ?? openedAtMs
  const claimed = ticket.claimedBy ? [{ atMs: claimedAtMs, who: holder, what: 'claimed', why: '' } as const] : []
  const events = [opened, told, ...claimed]
  if (ticket.status === 'claimed') return { ...carried, status: 'claimed', holder, claimedAtMs, events }
  const { closedAtMs, closedBy, closingNote: gist } = ticket
  const closed = {
    atMs: closedAtMs,
    who: { key: `name:${closedBy}`, name: closedBy },
    what: 'closed',
    why: gist,
  } as const
  return { ...carried, status: 'closed', closedAtMs, gist, rating: null, events: [...events, closed] }
}

interface Archived {
  readonly tickets: readonly Ticket[]
}

const ARCHIVE = /^tickets-\d{4}-\d{2}\.json$/
const BACKUP = /^tickets-\d{4}-\d{2}-\d{2}\.json$/
const KEPT_BACKUPS = 7

/** What lies beside the ticket file: `archive/tickets-2026-11.json` and `backups/tickets-2026-11-23.json`. */
export class TicketFolder {
  readonly markPath: string
  readonly #archivePath: string
  readonly #backupPath: string

  constructor(dataDir: string) {
    this.markPath = join(dataDir, 'last-number.txt')
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

const PICTURE = /^(\d+)-(\d+)\.(?:png|jpg|gif)$/
const PICTURES_KEPT_MS = 30 * DAY_MS
const MAX_PICTURES = 8

/** What askers had sent before their tickets were opened: `ticket-pictures/12-0.png`, for thirty days. */
export class TicketPictureFolder implements TicketPictures {
  readonly #dir: string | undefined

  /** @param dir undefined: nothing is kept */
  constructor(dir: string | undefined) {
    this.#dir = dir
  }

  /** Never throws: a ticket without its pictures is better than none. */
  async keep(number: number, pictures: readonly PictureFile[]): Promise<void> {
    if (this.#dir === undefined || pictures.length === 0) return
    try {
      for (const [index, { bytes, fileName }] of pictures.slice(0, MAX_PICTURES).entries())
        await writeDurably(join(this.#dir, `${number}-${index}${extname(fileName)}`), bytes)
      await this.#dropOld()
    } catch {
      // The notice to the staff group carries them all the same.
    }
  }

  names(number: number): readonly string[] {
    if (this.#dir === undefined) return []
    return namesIn(this.#dir, PICTURE).filter((name) => name.startsWith(`${number}-`))
  }

  async load(number: number, index: number): Promise<PictureFile | undefined> {
    const fileName = this.names(number)[index]
    if (fileName === undefined || this.#dir === undefined) return undefined
    const bytes = await readFile(join(this.#dir, fileName)).catch(() => undefined)
    return bytes && { bytes, fileName }
  }

  async forget({ tickets }: Pick<ForgottenPerson, 'tickets'>): Promise<void> {
    for (const number of tickets)
      for (const name of this.names(number)) await rm(join(this.#dir!, name), { force: true })
  }

  async #dropOld(): Promise<void> {
    for (const name of namesIn(this.#dir!, PICTURE)) {
      const path = join(this.#dir!, name)
      const { mtimeMs } = await stat(path)
      // By the file's own clock: nothing else of a picture tells its age.
      if (mtimeMs + PICTURES_KEPT_MS < (await stat(this.#dir!)).mtimeMs) await rm(path, { force: true })
    }
  }
}
