import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { DayFigures, Mute } from '../model/decision.js'
import type { Edit } from '../model/knowledge.js'
import type { HeardIds, Log, RoleClaim, RoleGrant, WebSession } from '../model/ports.js'
import type { IdentityRecords, KnownRoom, LearningRecords, StaffBinding } from '../model/stores.js'
import type { Reminder, StoredWalk } from '../model/understanding.js'
import { LowdbDocument, openRecords, refusedText } from './json-file.js'

/** Ids of messages as they stand on disk. */
export const storedIds = z.array(z.string())

/** Some hours of a busy account; WeChat redelivers within minutes. */
const KEPT_IDS = 2_000
/**
 * One write serves the messages of two seconds. What a kill loses with it is silenced by its age: a bot that starts
 * anew answers nothing that was said before.
 */
const IDS_DELAY_MS = 2_000

/** Ids of the latest messages, in one JSON file; one process may own it. */
export class LowdbHeardIds implements HeardIds {
  readonly #known: Set<string>
  readonly #file: LowdbDocument<string[]>

  private constructor(file: LowdbDocument<string[]>) {
    this.#known = new Set(file.records())
    this.#file = file
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string, log: Pick<Log, 'error'>): Promise<LowdbHeardIds> {
    return new LowdbHeardIds(
      await LowdbDocument.open(path, { schema: storedIds, empty: () => [], delayMs: IDS_DELAY_MS, log }),
    )
  }

  add(id: string): boolean {
    if (this.#known.has(id)) return false
    const ids = this.#file.records()
    this.#known.add(id)
    ids.push(id)
    while (ids.length > KEPT_IDS) this.#known.delete(ids.shift()!)
    this.#file.keep(ids)
    return true
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#file.flush()
  }
}

const known = { key: z.string().min(1), id: z.string(), doubtful: z.boolean(), seenAtMs: z.number() }
const storedIdentities = z.strictObject({
  accountId: z.string(),
  rooms: z.array(
    // Earlier versions went by the name alone.
    z.strictObject({ ...known, topics: z.array(z.string()).min(1), members: z.array(z.string()).default([]) }),
  ),
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

const NOBODY: IdentityRecords = { accountId: '', rooms: [], people: [], told: [] }
/** One write serves the messages of two seconds. A loss costs at most a change of name that was just seen. */
const IDENTITIES_DELAY_MS = 2_000

/** Who is known, in one JSON file; see `LowdbDocument.open`. */
export const openIdentities = (path: string, log: Pick<Log, 'error'>): Promise<LowdbDocument<IdentityRecords>> =>
  LowdbDocument.open<IdentityRecords>(path, {
    ...{ schema: storedIdentities, empty: () => NOBODY, delayMs: IDENTITIES_DELAY_MS, log },
  })

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
): Promise<LowdbDocument<readonly StaffBinding[]>> {
  const path = join(dataDir, 'staff-room.json')
  const isNew = !existsSync(path) && refusedText(path) === undefined
  const list = await openRecords(path, { schema: storedStaffBinding, log })
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

/** They change with every message that is decided on, and a few counts are no great loss. */
export const FIGURES_DELAY_MS = 5_000

/** Figures as they stand on disk. */
export const storedFigures: z.ZodType<DayFigures[]> = z.array(
  z.strictObject({
    day: z.number().int(),
    ...{ answered: count, offered: count, handedOver: count, silent: count, orders: count },
    ...{ judged: count.exactOptional(), wrong: count.exactOptional() },
  }),
)

/** Sessions of the page as they stand on disk. */
export const storedSessions: z.ZodType<WebSession[]> = z.array(
  z.strictObject({
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    role: z.enum(['boss', 'staff', 'admin', 'operator']),
    who: z.strictObject({ key: z.string(), name: z.string() }),
    by: z.enum(['token', 'chat', 'roster', 'handed']),
    ...{ beganAtMs: z.number(), seenAtMs: z.number(), endsAtMs: z.number() },
    device: z.string(),
  }),
)

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/

/** Drafts of the knowledge as they stand on disk. */
export const storedEdits: z.ZodType<readonly Edit[]> = z.array(
  z.strictObject({
    ...{ key: z.string(), markdown: z.string(), baseHash: z.string(), by: z.string(), atMs: z.number() },
    file: z.string().exactOptional(),
  }),
)

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
        days: z.array(z.strictObject({ day: z.number().int(), count: z.number().int().positive() })).exactOptional(),
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

/** One write serves a burst of messages; what a person ordered is saved at once. */
const LEARNING_DELAY_MS = 500

/** What the bot could not answer, in one JSON file; see `LowdbDocument.open`. */
export const openLearningStore = (
  path: string | undefined,
  log: Pick<Log, 'error'>,
): Promise<LowdbDocument<LearningRecords>> =>
  LowdbDocument.open(path, { schema: storedLearning, empty: nothingLearned, delayMs: LEARNING_DELAY_MS, log })

/** Before anything was learned; the salt is random. */
export const nothingLearned = (): LearningRecords => ({
  ...{ salt: randomBytes(16).toString('hex'), lastNumber: 0, entries: [], sightings: [], told: [] },
})
