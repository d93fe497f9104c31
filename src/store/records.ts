import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Adapter, Low, Memory } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../errors.js'
import type { DayFigures, Mute } from '../model/decision.js'
import type { LearningRecords, LearningStore } from '../model/learning.js'
import type { HeardIds, IdentityRecords, KnownRoom, Log, RoleClaim, RoleGrant, StaffBinding } from '../model/ports.js'
import type { Reminder, StoredWalk } from '../model/understanding.js'
import { DurableJsonFile, fileWords, LatestWrite } from './json-file.js'

export interface RecordsOptions<Item> {
  /** Shape of the whole list. */
  readonly schema: z.ZodType<Item[]>
  readonly log: Pick<Log, 'error'>
}

/** Soon, but once only for a burst of changes. */
const WRITE_DELAY_MS = 300

/** A list of plain records in one JSON file; one process may own it. Who changes it, gives it as a whole. */
export class LowdbRecords<Item> {
  readonly #db: Low<Item[]>
  readonly #writes: LatestWrite

  private constructor(db: Low<Item[]>, log: Pick<Log, 'error'>) {
    this.#db = db
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'records not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static open<Item>(path: string, options: RecordsOptions<Item>): Promise<LowdbRecords<Item>> {
    return LowdbRecords.#load(new DurableJsonFile<Item[]>(path), path, options)
  }

  /** For trying the bot out: nothing is kept. */
  static inMemory<Item>(options: RecordsOptions<Item>): Promise<LowdbRecords<Item>> {
    return LowdbRecords.#load(new Memory<Item[]>(), 'memory', options)
  }

  static async #load<Item>(
    adapter: Adapter<Item[]>,
    name: string,
    { schema, log }: RecordsOptions<Item>,
  ): Promise<LowdbRecords<Item>> {
    const db = new Low<Item[]>(adapter, [])
    await db.read()
    const checked = schema.safeParse(db.data)
    if (checked.success) return new LowdbRecords(db, log)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(name, where))
  }

  records(): readonly Item[] {
    return this.#db.data
  }

  /** On disk within half a second. */
  keep(records: readonly Item[]): void {
    this.#db.data = [...records]
    this.#writes.within(WRITE_DELAY_MS)
  }

  /** Resolves when the records are on disk. */
  save(records: readonly Item[]): Promise<void> {
    this.#db.data = [...records]
    return this.#writes.now()
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}

/** Ids of messages as they stand on disk. */
export const storedIds = z.array(z.string())

/** Some hours of a busy account; WeChat redelivers within minutes. */
const KEPT_IDS = 2_000
/** Shorter than messages are held for their order, so that an id is on disk before its answer can go out. */
const LOWDB_HEARD_IDS_WRITE_DELAY_MS = 200

/** Ids of the latest messages, in one JSON file; one process may own it. */
export class LowdbHeardIds implements HeardIds {
  readonly #ids: Set<string>
  readonly #writes: LatestWrite

  private constructor(db: Low<string[]>, log: Log) {
    this.#ids = new Set(db.data)
    this.#writes = new LatestWrite(
      async () => {
        db.data = [...this.#ids]
        await db.write()
      },
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'ids of messages not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string, log: Log): Promise<LowdbHeardIds> {
    const db = new Low<string[]>(new DurableJsonFile(path), [])
    await db.read()
    if (storedIds.safeParse(db.data).success) return new LowdbHeardIds(db, log)
    throw new StoreError(fileWords.otherShape(path, ''))
  }

  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    for (const oldest of this.#ids) {
      if (this.#ids.size <= KEPT_IDS) break
      this.#ids.delete(oldest)
    }
    this.#writes.within(LOWDB_HEARD_IDS_WRITE_DELAY_MS)
    return true
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}

const known = { key: z.string().min(1), id: z.string(), doubtful: z.boolean(), seenAtMs: z.number() }
const storedRecords = z.strictObject({
  accountId: z.string(),
  rooms: z.array(z.strictObject({ ...known, topics: z.array(z.string()).min(1) })),
  people: z.array(
    z.strictObject({
      ...known,
      remark: z.string(),
      nicks: z.array(z.string()).min(1),
      displays: z.record(z.string(), z.string()),
    }),
  ),
  told: z.array(z.string()),
})

const NOTHING: IdentityRecords = { accountId: '', rooms: [], people: [], told: [] }
/** Soon, but not once for each of a burst of messages. A loss costs at most a change of name that was just seen. */
const LOWDB_IDENTITY_STORE_WRITE_DELAY_MS = 500

/** Who is known, in one JSON file; one process may own it. */
export class LowdbIdentityStore {
  readonly #db: Low<IdentityRecords>
  readonly #writes: LatestWrite

  private constructor(db: Low<IdentityRecords>, log: Log) {
    this.#db = db
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'identities not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string, log: Log): Promise<LowdbIdentityStore> {
    const db = new Low<IdentityRecords>(new DurableJsonFile(path), NOTHING)
    await db.read()
    const checked = storedRecords.safeParse(db.data)
    if (checked.success) return new LowdbIdentityStore(db, log)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(path, where))
  }

  records(): IdentityRecords {
    return this.#db.data
  }

  /** On disk within half a second. */
  keep(records: IdentityRecords): void {
    this.#db.data = records
    this.#writes.within(LOWDB_IDENTITY_STORE_WRITE_DELAY_MS)
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}

const role = z.enum(['staff', 'admin'])

/** Roles as they stand on disk. */
export const storedGrants: z.ZodType<RoleGrant[]> = z.array(
  z.strictObject({
    role,
    name: z.string(),
    personKey: z.string().min(1),
    contactId: z.string(),
    remark: z.string().min(1),
    formerRemark: z.string(),
    isRemarkSeen: z.boolean(),
    grantedAtMs: z.number(),
  }),
)

/** Which group is the vendor's own, as it stands on disk. */
const storedStaffBinding: z.ZodType<StaffBinding[]> = z
  .array(
    z.strictObject({
      key: z.string().min(1),
      named: z.string().nullable(),
      by: z.string(),
      boundAtMs: z.number(),
      members: z.array(z.string()),
      toldOf: z.array(z.string()),
    }),
  )
  .max(1)

export interface FormerRooms {
  readonly rooms: readonly KnownRoom[]
  /** What the configuration calls the staff group. */
  readonly staffRoom: string | null
  readonly nowMs: number
  readonly log: Pick<Log, 'error'>
}

/**
 * Which group is the vendor's own, on disk in `dataDir`. Versions that went by the name alone have stored nothing: of
 * theirs counts the one group of that name, if it was never called otherwise. From then on the file is there, so that
 * no name is taken for a binding later on.
 *
 * @throws StoreError when the file is damaged or of another shape
 */
export async function openStaffBinding(
  dataDir: string,
  { rooms, staffRoom, nowMs, log }: FormerRooms,
): Promise<LowdbRecords<StaffBinding>> {
  const path = join(dataDir, 'staff-room.json')
  const isNew = !existsSync(path)
  const list = await LowdbRecords.open<StaffBinding>(path, { schema: storedStaffBinding, log })
  if (!isNew) return list
  const called = rooms.filter(({ topics }) => topics.includes(staffRoom ?? ''))
  const [room] = called
  const isSure = room !== undefined && called.length === 1 && room.topics.length === 1 && !room.doubtful
  const facts = { named: staffRoom, by: 'earlier-version', boundAtMs: nowMs, members: [], toldOf: [] }
  await list.save(isSure ? [{ key: room.key, ...facts }] : [])
  return list
}

/** Codes that wait, and who has guessed, as they stand on disk. */
export const storedClaims: z.ZodType<RoleClaim[]> = z.array(
  z.strictObject({
    person: z.strictObject({ key: z.string().min(1), name: z.string() }),
    contactId: z.string(),
    codes: z.array(z.strictObject({ role, code: z.string().regex(/^\d{8}$/) })),
    expiresAtMs: z.number(),
    wrongCount: z.number().int().min(0),
    lastWrongAtMs: z.number(),
    lockedUntilMs: z.number(),
  }),
)

/** Mutes as they stand on disk. */
export const storedMutes: z.ZodType<Mute[]> = z.array(
  z.strictObject({
    placeKey: z.string().min(1),
    topic: z.string(),
    untilMs: z.number().nullable(),
    by: z.string(),
  }),
)

const count = z.number().int().min(0)

/** Figures as they stand on disk. */
export const storedFigures: z.ZodType<DayFigures[]> = z.array(
  z.strictObject({
    day: z.number().int(),
    ...{ answered: count, offered: count, handedOver: count, silent: count, orders: count },
  }),
)

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/

/** Walk-throughs as they stand on disk. Strict, because a key that we don't know would be gone after the first write. */
export const storedWalks: z.ZodType<StoredWalk[]> = z.array(
  z.strictObject({
    placeKey: z.string().min(1),
    askerKey: z.string().min(1),
    walk: z.strictObject({
      status: z.enum(['walking', 'paused', 'asked', 'finished']),
      at: z.string().min(1),
      outcomes: z.record(z.string(), z.enum(['done', 'skipped'])),
    }),
    turnedAtMs: z.number(),
  }),
)

const place = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('room'),
    id: z.string(),
    key: z.string().min(1),
    topic: z.string(),
    purpose: z.enum(['customers', 'staff', 'ignored']),
  }),
  z.strictObject({ kind: z.literal('direct'), id: z.string(), key: z.string().min(1) }),
])

/** Reminders as they stand on disk. */
export const storedReminders: z.ZodType<Reminder[]> = z.array(
  z.strictObject({
    about: z.enum(['second', 'internal', 'submit']),
    day: z.string().regex(ISO_DAY),
    dueAtMs: z.number(),
    place,
    person: z.strictObject({
      id: z.string(),
      key: z.string().min(1),
      name: z.string(),
      role: z.enum(['customer', 'staff', 'admin']),
    }),
    status: z.enum(['waiting', 'sending']),
  }),
)

const facts = { number: z.number().int().positive(), firstAtMs: z.number(), lastAtMs: z.number() }
/** Questions, drafts and sightings as they stand on disk. */
export const storedLearning: z.ZodType<LearningRecords> = z.strictObject({
  salt: z.string().min(1),
  lastNumber: z.number().int().nonnegative(),
  entries: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({
        ...facts,
        kind: z.literal('question'),
        texts: z.array(z.string().min(1)).min(1),
        count: z.number().int().positive(),
        why: z.enum(['not-understood', 'not-chosen', 'not-sure', 'corrected', 'disliked', 'person']),
        places: z.array(z.string()),
        sectionKey: z.string().nullable(),
        status: z.enum(['open', 'ignored']),
      }),
      z.strictObject({
        ...facts,
        kind: z.literal('disliked'),
        sectionKey: z.string(),
        people: z.array(z.string()),
      }),
      z.strictObject({
        ...facts,
        kind: z.literal('draft'),
        ticketNumber: z.number().int().positive(),
        question: z.string(),
        answer: z.string(),
        status: z.enum(['open', 'settled']),
      }),
    ]),
  ),
  sightings: z.array(z.strictObject({ reason: z.string(), place: z.string(), atMs: z.number() })),
  told: z.array(z.strictObject({ reason: z.string(), atMs: z.number() })),
})

/** Soon, but once only for a burst of messages; what a person ordered is saved at once. */
const LOWDB_LEARNING_STORE_WRITE_DELAY_MS = 500

/** What the bot could not answer, in one JSON file; one process may own it. */
export class LowdbLearningStore implements LearningStore {
  readonly #db: Low<LearningRecords>
  readonly #writes: LatestWrite

  private constructor(db: Low<LearningRecords>, log: Pick<Log, 'error'>) {
    this.#db = db
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'questions not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static open(path: string, log: Pick<Log, 'error'>): Promise<LowdbLearningStore> {
    return LowdbLearningStore.#load(new DurableJsonFile<LearningRecords>(path), path, log)
  }

  /** For trying the bot out: nothing is kept. */
  static inMemory(log: Pick<Log, 'error'>): Promise<LowdbLearningStore> {
    return LowdbLearningStore.#load(new Memory<LearningRecords>(), 'memory', log)
  }

  static async #load(
    adapter: Adapter<LearningRecords>,
    name: string,
    log: Pick<Log, 'error'>,
  ): Promise<LowdbLearningStore> {
    const salt = randomBytes(16).toString('hex')
    const db = new Low<LearningRecords>(adapter, { salt, lastNumber: 0, entries: [], sightings: [], told: [] })
    await db.read()
    const checked = storedLearning.safeParse(db.data)
    if (checked.success) return new LowdbLearningStore(db, log)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(name, where))
  }

  records(): LearningRecords {
    return this.#db.data
  }

  keep(records: LearningRecords): void {
    this.#db.data = records
    this.#writes.within(LOWDB_LEARNING_STORE_WRITE_DELAY_MS)
  }

  save(records: LearningRecords): Promise<void> {
    this.#db.data = records
    return this.#writes.now()
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}
