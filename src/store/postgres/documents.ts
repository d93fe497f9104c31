import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import PQueue from 'p-queue'
import { z } from 'zod'
import type { DayFigures } from '../../model/decision.js'
import type { AuditEntry, AuditLog, Log } from '../../model/ports.js'
import type { AccountState, LearningEntry, LearningRecords } from '../../model/stores.js'
import type { ForgottenPerson } from '../../model/ticket.js'
import { storedEntry } from '../audit.js'
import { LowdbDocument } from '../json-file.js'
import { storedFigures } from '../records.js'
import { type Changed, type Database, DatabaseGone, type SharedTable } from './database.js'
import type { KeptHere } from './kept-here.js'

export interface SharedDocumentOptions<Data> {
  /** In the database. */
  readonly name: string
  readonly schema: z.ZodType<Data>
  readonly empty: () => Data
  /** Joins what was changed here with what others have made of the base meanwhile. */
  readonly merge: (base: Data | null, mine: Data, theirs: Data) => Data
  /** Where its copy lies on this machine. */
  readonly dataDir: string
  readonly delayMs?: number
  readonly log: Log
}

interface Copy<Data> {
  /** In the database; 0 before the first. */
  readonly version: number
  /** As it was in that version; null before the first. */
  readonly base: Data | null
  readonly data: Data
}

const PUSH_DELAY_MS = 500

/**
 * Plain data that several accounts share as one document, with a copy on this machine. Who changes it gives it as a
 * whole, as with `LowdbDocument`; what others have changed meanwhile is joined with it.
 */
export class SharedDocument<Data> implements SharedTable {
  readonly tables = ['documents']
  readonly #db: Database
  readonly #options: SharedDocumentOptions<Data>
  readonly #copy: LowdbDocument<Copy<Data>>
  #timer: NodeJS.Timeout | undefined
  readonly #exchanges = new PQueue({ concurrency: 1 })

  private constructor(db: Database, options: SharedDocumentOptions<Data>, copy: LowdbDocument<Copy<Data>>) {
    this.#db = db
    this.#options = options
    this.#copy = copy
  }

  /** @throws StoreError when the copy is damaged or of another shape; it is left as it is */
  static async open<Data>(db: Database, options: SharedDocumentOptions<Data>): Promise<SharedDocument<Data>> {
    const { schema, empty, dataDir, name, log } = options
    const copy = await LowdbDocument.open<Copy<Data>>(join(dataDir, `shared-${name.replace(/[^\w-]/g, '')}.json`), {
      schema: z.strictObject({ version: z.number(), base: schema.nullable(), data: schema }) as z.ZodType<Copy<Data>>,
      empty: () => ({ version: 0, base: null, data: empty() }),
      log,
    })
    const document = new SharedDocument(db, options, copy)
    db.join(document)
    return document
  }

  records(): Data {
    return this.#copy.records().data
  }

  /** In the database soon. */
  keep(data: Data): void {
    this.#copy.keep({ ...this.#copy.records(), data })
    this.#timer ??= setTimeout(() => void this.#push().catch(() => undefined), this.#options.delayMs ?? PUSH_DELAY_MS)
    this.#timer.unref()
  }

  /** Resolves when it is in the database, or on this machine while that is gone. */
  async save(data: Data): Promise<void> {
    await this.#copy.save({ ...this.#copy.records(), data })
    await this.#push()
  }

  async flush(): Promise<void> {
    if (this.#timer) await this.#push()
    await this.#copy.flush()
  }

  changed({ key, version }: Changed): void {
    const { name } = this.#options
    if (key !== name || version <= this.#copy.records().version) return
    this.#db.soon(() => this.resync())
  }

  async resync(): Promise<void> {
    await this.#exchanges.add(() => this.#exchange())
  }

  #push(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#exchanges.add(() =>
      this.#db.reaching(
        () => this.#exchange(),
        async () => {},
      ),
    )
  }

  /** Takes what others have changed, and gives what was changed here. */
  async #exchange(): Promise<void> {
    const { name, schema, merge } = this.#options
    for (;;) {
      const { rows } = await this.#db.query<{ version: number; body: unknown }>(
        'select version, body from guoshen.documents where name = $1',
        [name],
      )
      const [row] = rows
      const before = this.#copy.records()
      const isChanged = !isDeepStrictEqual(before.data, before.base)
      if (!row) {
        const { rowCount } = await this.#db.query(
          'insert into guoshen.documents (name, version, body) values ($1, 1, $2) on conflict do nothing',
          [name, JSON.stringify(before.data)],
        )
        if (rowCount === 1) return this.#settle(before.data, 1, before.data)
        continue
      }
      if (row.version === before.version && !isChanged) return
      const theirs = row.version === before.version && before.base !== null ? before.base : schema.parse(row.body)
      const data = isChanged ? merge(before.base, before.data, theirs) : theirs
      if (isDeepStrictEqual(data, theirs)) return this.#settle(theirs, row.version, before.data)
      const { rowCount } = await this.#db.query(
        'update guoshen.documents set version = version + 1, body = $3 where name = $1 and version = $2',
        [name, row.version, JSON.stringify(data)],
      )
      if (rowCount === 1) return this.#settle(data, row.version + 1, before.data)
    }
  }

  /** @param given what was here when it was given: what was changed since stays */
  async #settle(data: Data, version: number, given: Data): Promise<void> {
    const now = this.#copy.records().data
    const left = now === given ? data : this.#options.merge(given, now, data)
    await this.#copy.save({ version, base: data, data: left })
  }
}

/** What both have of the lists of learning, by number; a number that both have given to something new is given anew. */
export function mergeLearning(
  base: LearningRecords | null,
  mine: LearningRecords,
  theirs: LearningRecords,
): LearningRecords {
  const baseBy = byNumber(base?.entries ?? [])
  const mineBy = byNumber(mine.entries)
  let lastNumber = Math.max(mine.lastNumber, theirs.lastNumber)
  const entries = theirs.entries.flatMap((entry): readonly LearningEntry[] => {
    const before = baseBy.get(entry.number)
    if (!before) return [entry]
    const changed = mineBy.get(entry.number)
    if (!changed) return [] // taken out here
    return [isDeepStrictEqual(changed, before) ? entry : changed]
  })
  const taken = new Set(theirs.entries.map(({ number }) => number))
  for (const entry of mine.entries) {
    if (baseBy.has(entry.number)) continue
    entries.push(taken.has(entry.number) ? { ...entry, number: ++lastNumber } : entry)
  }
  return {
    salt: theirs.salt,
    lastNumber,
    entries: entries.sort((a, b) => a.number - b.number),
    sightings: mergeList(base?.sightings ?? [], mine.sightings, theirs.sightings),
    told: mergeList(base?.told ?? [], mine.told, theirs.told),
  }
}

const byNumber = (entries: readonly LearningEntry[]): ReadonlyMap<number, LearningEntry> =>
  new Map(entries.map((entry) => [entry.number, entry]))

function mergeList<Item>(base: readonly Item[], mine: readonly Item[], theirs: readonly Item[]): readonly Item[] {
  const has = (list: readonly Item[], item: Item): boolean => list.some((one) => isDeepStrictEqual(one, item))
  const removed = base.filter((item) => !has(mine, item))
  const added = mine.filter((item) => !has(base, item) && !has(theirs, item))
  return [...theirs.filter((item) => !has(removed, item)), ...added]
}

/** Figures by day: this account's own lie on this machine and go to the database; those of the others come from there. */
export class SharedFigures implements SharedTable {
  readonly tables = ['figures']
  readonly #db: Database
  readonly #own: LowdbDocument<readonly DayFigures[]>
  #given = new Map<number, DayFigures>()
  #others: readonly DayFigures[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(db: Database, own: LowdbDocument<readonly DayFigures[]>) {
    this.#db = db
    this.#own = own
    db.join(this)
  }

  records(): readonly DayFigures[] {
    return this.#own.records()
  }

  /** Those of all accounts, a day as often as there are accounts. */
  everywhere(): readonly DayFigures[] {
    return [...this.#others, ...this.records()]
  }

  keep(records: readonly DayFigures[]): void {
    this.#own.keep(records)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#db.soon(() => this.handOver())
    }, PUSH_DELAY_MS).unref()
  }

  flush(): Promise<void> {
    return this.#own.flush()
  }

  changed({ key }: Changed): void {
    if (key !== this.#db.account) this.#db.soon(() => this.resync())
  }

  async resync(): Promise<void> {
    const { rows } = await this.#db.query<{ body: unknown }>('select body from guoshen.figures where account <> $1', [
      this.#db.account,
    ])
    this.#others = storedFigures.parse(rows.map(({ body }) => body))
  }

  async handOver(): Promise<void> {
    const changed = this.records().filter((figures) => !isDeepStrictEqual(this.#given.get(figures.day), figures))
    for (const figures of changed) {
      await this.#db.query(
        `insert into guoshen.figures (account, day, body) values ($1, $2, $3)
         on conflict (account, day) do update set body = excluded.body`,
        [this.#db.account, figures.day, JSON.stringify(figures)],
      )
      this.#given.set(figures.day, figures)
    }
  }
}

/** Orders of all accounts; while the database is gone they wait on this machine. */
export class SharedAudit implements AuditLog, SharedTable {
  readonly tables = []
  readonly #db: Database
  readonly #here: KeptHere
  readonly #log: Log

  constructor(db: Database, { here, log }: { here: KeptHere; log: Log }) {
    this.#db = db
    this.#here = here
    this.#log = log
    db.join(this)
  }

  async record(entry: AuditEntry): Promise<void> {
    try {
      if (!this.#db.isUp) throw new DatabaseGone('kept here')
      await this.#insert(entry)
    } catch {
      await this.#here
        .keep({ audit: [...this.#here.pending.records().audit, entry] })
        .catch(() => this.#log.error({}, 'order not in the audit log'))
      this.#db.keptHere()
    }
  }

  async recent(count: number): Promise<readonly AuditEntry[]> {
    const waiting = this.#here.pending.records().audit.toReversed()
    try {
      const { rows } = await this.#db.query<{ body: unknown }>(
        'select body from guoshen.audit order by at_ms desc, id desc limit $1',
        [count],
      )
      return [...waiting, ...z.array(storedEntry).parse(rows.map(({ body }) => body))].slice(0, count)
    } catch {
      return waiting.slice(0, count)
    }
  }

  async forget({ keys, names }: Pick<ForgottenPerson, 'keys' | 'names'>): Promise<void> {
    await this.#db.query(
      `update guoshen.audit set body = body || jsonb_build_object('who', jsonb_build_object('key', '', 'name', '—'))
       where account = $1 and body->'who'->>'key' = any($2)`,
      [this.#db.account, keys],
    )
    await this.#db.query(
      `update guoshen.audit set body = jsonb_set(body, '{what}', to_jsonb(substring(body->>'what' from '^\\S+(?: \\d+)?')))
       where account = $1 and exists (select 1 from unnest($2::text[]) as name where strpos(body->>'what', name) > 0)`,
      [this.#db.account, names],
    )
  }

  changed(): void {}

  async resync(): Promise<void> {}

  async handOver(): Promise<void> {
    const { pending } = this.#here
    for (const entry of pending.records().audit) {
      await this.#insert(entry)
      await this.#here.keep({ audit: pending.records().audit.filter((one) => one !== entry) })
    }
  }

  async #insert(entry: AuditEntry): Promise<void> {
    await this.#db.query('insert into guoshen.audit (account, at_ms, body) values ($1, $2, $3)', [
      ...[this.#db.account, entry.atMs, JSON.stringify(entry)],
    ])
  }
}

const inUse = z.object({ number: z.number().int(), pinned: z.boolean() })

/** A release as it lies in the database; what its record and files are is the affair of who makes releases. */
export interface KeptRelease {
  readonly number: number
  readonly record: unknown
  readonly files: unknown
  /** Markdown. */
  readonly report: string
}

/** What of the releases is there. */
export interface SharedInUse {
  readonly number: number
  readonly pinned: boolean
}

const KEPT_RELEASES = 10
/** Each account says twice a minute that it lives; a restart of its process takes a minute at most. */
const AWAY_AFTER = '3 minutes'

/** The releases that all accounts take, and which account has which. */
export class PostgresReleases implements SharedTable {
  readonly tables = ['release_in_use', 'accounts']
  readonly #db: Database
  readonly #listeners = new Set<() => void>()
  #inUse: SharedInUse | undefined
  #accounts: readonly AccountState[] = []

  constructor(db: Database) {
    this.#db = db
    db.join(this)
  }

  /** Undefined before the first, and while the database was never reached. */
  inUse(): SharedInUse | undefined {
    return this.#inUse
  }

  /** All accounts that ever shared the desk, as they were last heard of. */
  accounts(): readonly AccountState[] {
    return this.#accounts
  }

  isReachable(): boolean {
    return this.#db.isUp
  }

  /** Oldest first. */
  async kept(): Promise<readonly { readonly number: number; readonly textsKey: string }[]> {
    const { rows } = await this.#db.query<{ number: number; texts_key: string }>(
      `select number, record->>'textsKey' as texts_key from guoshen.releases order by number`,
    )
    return rows.map(({ number, texts_key }) => ({ number, textsKey: texts_key }))
  }

  async read(number: number): Promise<KeptRelease | undefined> {
    const { rows } = await this.#db.query<{ number: number; record: unknown; files: unknown; report: string }>(
      'select number, record, files, report from guoshen.releases where number = $1',
      [number],
    )
    return rows[0]
  }

  /** Adds a release and takes it into use. @returns false when its number is taken: somebody was faster */
  async add(
    { number, record, files, report }: KeptRelease,
    { pinned }: { readonly pinned: boolean },
  ): Promise<boolean> {
    const isAdded = await this.#db.transaction(async (client) => {
      const { rowCount } = await client.query(
        `insert into guoshen.releases (number, record, files, report) values ($1, $2, $3, $4) on conflict do nothing`,
        [number, JSON.stringify(record), JSON.stringify(files), report],
      )
      if (rowCount !== 1) return false
      await client.query(USE, [number, pinned])
      await client.query(
        `delete from guoshen.releases where number <> $1 and number not in
           (select number from guoshen.releases order by number desc limit $2)`,
        [number, KEPT_RELEASES],
      )
      return true
    })
    if (isAdded) this.#inUse = { number, pinned }
    else await this.resync()
    return isAdded
  }

  async use({ number, pinned }: SharedInUse): Promise<void> {
    await this.#db.query(USE, [number, pinned])
    this.#inUse = { number, pinned }
  }

  /** This account answers from it now. Told when the database is back, where it is gone. */
  async took(number: number): Promise<void> {
    await this.#db
      .query('update guoshen.accounts set release = $2, seen_at = now() where name = $1', [this.#db.account, number])
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseGone)) throw error
      })
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(_change: Changed): void {
    this.#db.soon(() => this.resync())
  }

  async resync(): Promise<void> {
    const found = await this.#db.query<{ number: number; pinned: boolean }>(
      'select number, pinned from guoshen.release_in_use',
    )
    const before = this.#inUse
    this.#inUse = found.rows[0] && inUse.parse(found.rows[0])
    const { rows } = await this.#db.query<{
      name: string
      channel: string
      release: number | null
      seen_ms: string
      is_away: boolean
    }>(
      `select name, channel, release, extract(epoch from seen_at) * 1000 as seen_ms,
         now() - greatest(seen_at, pg_postmaster_start_time()) > $1::interval as is_away
       from guoshen.accounts order by name`,
      [AWAY_AFTER],
    )
    this.#accounts = rows.map(({ name, channel, release, seen_ms, is_away }) => ({
      ...{ name, channel, release, seenAtMs: Math.round(Number(seen_ms)), isAway: is_away },
    }))
    const isOther = before?.number !== this.#inUse?.number || before?.pinned !== this.#inUse?.pinned
    if (isOther) for (const listener of this.#listeners) listener()
  }
}

const USE = `
  insert into guoshen.release_in_use (only_one, number, pinned, version) values (true, $1, $2, 1)
  on conflict (only_one) do update set number = $1, pinned = $2, version = release_in_use.version + 1`
