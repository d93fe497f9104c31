import { z } from 'zod'
import type { AccountState } from '../../model/stores.js'
import { type Changed, type Database, DatabaseGone, type SharedTable } from './database.js'

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
