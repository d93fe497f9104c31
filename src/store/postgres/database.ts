import { Client, type ClientBase, DatabaseError, Pool, type QueryResult, type QueryResultRow } from 'pg'
import { SharedDeskError, StoreError } from '../../errors.js'
import type { Log } from '../../model/ports.js'
import { inTransaction, migrate } from './schema.js'

/** The database can't be reached, or not for writing. What was asked of it may have been done all the same. */
export class DatabaseGone extends Error {}

/** One row of a shared table has changed, whoever did it. */
export interface Changed {
  readonly table: string
  readonly key: string
  readonly version: number
}

export interface SharedTable {
  /** Tables of which it wants to hear. */
  readonly tables: readonly string[]
  changed(change: Changed): void
  /** Reads what it may have missed. */
  resync(): Promise<void>
  /** Hands over what was kept here while the database was gone. */
  handOver?(): Promise<void>
}

export interface DatabaseOptions {
  /** With user, password and TLS; never shown to anybody. */
  readonly url: string
  readonly account: string
  readonly channel: string
  readonly log: Log
  /** How long another process of the account may take to end and, on a first start, the database to come up. */
  readonly lockWaitMs?: number
  /** Told when the database is gone, and when all is handed over again. */
  readonly onReach?: (isReached: boolean) => void
}

const CONNECT_MS = 5_000
const QUERY_MS = 10_000
const LOOK_EVERY_MS = 30_000
const RECONNECT_MS = 1_000
const LOCK_WAIT_MS = 15_000
const KEEP_ALIVE = 'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3'
/** Any number beside that of the migrations. */
const ACCOUNT_LOCK = 740_603

/**
 * The connection to the database that several accounts share: a pool to ask, and one connection that listens for
 * changes and holds the account, so that no two processes serve it. When it is lost it is sought again every second.
 */
export class Database {
  readonly #options: DatabaseOptions
  readonly #tables: SharedTable[] = []
  #pool: Pool
  #listener: Client | undefined
  #state: 'down' | 'coming' | 'up' = 'down'
  #accountId = 0
  #isEnding = false
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #handingOver: Promise<void> = Promise.resolve()

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#pool = this.#newPool()
  }

  get account(): string {
    return this.#options.account
  }

  /** Small number of the account; 0 before the first connection. */
  get accountId(): number {
    return this.#accountId
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  /**
   * Connects, brings the schema up to date and takes the account.
   *
   * @param options `isKnown`: the account was served on this machine before, so that a connection of it which has not
   *   ended yet is most likely its own
   * @returns false when the database can't be reached
   * @throws StoreError when it refuses us, is of a later program, or the account is served by another process
   */
  async connect({ isKnown = false } = {}): Promise<boolean> {
    const { log, lockWaitMs = LOCK_WAIT_MS } = this.#options
    // A first start has nothing to go on with, and the database may be starting beside it.
    const end = performance.now() + (isKnown ? 0 : lockWaitMs)
    for (;;) {
      try {
        await this.#attach()
        return true
      } catch (error) {
        const isOwn = isKnown && error instanceof SharedDeskError && error.isTaken
        if (!isOwn && !(error instanceof DatabaseGone)) throw error
        if (performance.now() >= end) {
          log.error({ error: error.message }, 'database can not be reached')
          return false
        }
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
      }
    }
  }

  /** Reads all tables, and follows them from now on. To be called once every table is joined. */
  async start(): Promise<void> {
    if (this.#listener) await this.#comeUp().catch((error: unknown) => this.#refused(error))
    else this.#reconnectLater()
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
  }

  join(table: SharedTable): void {
    this.#tables.push(table)
  }

  /** @throws DatabaseGone */
  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<QueryResult<Row>> {
    if (this.#state === 'down') throw new DatabaseGone('not connected')
    try {
      return await this.#pool.query<Row>(text, [...values])
    } catch (error) {
      throw this.#noted(error)
    }
  }

  /** Works with the database, or does otherwise where that is gone. */
  async reaching<T>(work: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    try {
      if (!this.isUp) throw new DatabaseGone('not connected')
      return await work()
    } catch (error) {
      if (!(error instanceof DatabaseGone)) throw error
      return otherwise()
    }
  }

  /** All of it or nothing. @throws DatabaseGone; then it may have been done all the same */
  async transaction<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    if (this.#state === 'down') throw new DatabaseGone('not connected')
    try {
      const client = await this.#pool.connect()
      // Without a listener the process would end with the connection; what was asked on it is refused anyway.
      const ignore = (): void => {}
      client.on('error', ignore)
      try {
        const result = await inTransaction(client, () => work(client))
        client.off('error', ignore)
        client.release()
        return result
      } catch (error) {
        client.release(true)
        throw error
      }
    } catch (error) {
      throw this.#noted(error)
    }
  }

  /** Something was kept here; a failure may be told when the database is back already. */
  keptHere(): void {
    if (this.isUp) this.soon(() => this.#handOver())
  }

  /** One at a time, or something would be given twice. */
  #handOver(): Promise<void> {
    const work = async (): Promise<void> => {
      for (const table of this.#tables) await table.handOver?.()
    }
    const done = this.#handingOver.then(work)
    this.#handingOver = done.catch(() => undefined)
    return done
  }

  /** Does what a change calls for; what fails is made up for by the next look, or when the database is back. */
  soon(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!(error instanceof DatabaseGone)) this.#options.log.error({ error: wordsOf(error) }, 'change not read')
    })
  }

  async stop(): Promise<void> {
    this.#isEnding = true
    this.#state = 'down'
    clearInterval(this.#timer)
    await Promise.allSettled([this.#listener?.end(), this.#pool.end()])
  }

  #noted(error: unknown): unknown {
    if (error instanceof DatabaseGone || !isGone(error)) return plain(error)
    this.#goDown()
    return new DatabaseGone(reasonOf(error))
  }

  async #attach(): Promise<void> {
    const { url, account, channel } = this.#options
    const listener = new Client({ ...connectionOf(url, account), query_timeout: QUERY_MS, keepAlive: true })
    listener.on('error', () => this.#goDown()) // without a listener the process would end
    try {
      await listener.connect()
      // The account is free again a minute after its machine was cut off, not after hours.
      await listener.query(KEEP_ALIVE)
      await migrate(listener)
      await this.#takeAccount(listener)
      const { rows } = await listener.query<{ id: number }>(
        `insert into guoshen.accounts (name, channel) values ($1, $2)
         on conflict (name) do update set channel = excluded.channel, seen_at = now() returning id`,
        [account, channel],
      )
      this.#accountId = rows[0]!.id
      listener.on('notification', ({ payload = '' }) => this.#tell(payload))
      await listener.query('listen guoshen')
      listener.on('end', () => this.#goDown())
      this.#listener = listener
      this.#state = 'coming'
    } catch (error) {
      listener.end().catch(() => undefined)
      if (error instanceof StoreError) throw error
      if (isGone(error)) throw new DatabaseGone(reasonOf(error))
      throw new SharedDeskError(refusalWords(error))
    }
  }

  async #takeAccount(listener: Client): Promise<void> {
    const { account, lockWaitMs = LOCK_WAIT_MS } = this.#options
    const end = performance.now() + lockWaitMs
    for (;;) {
      const { rows } = await listener.query<{ taken: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) as taken',
        [ACCOUNT_LOCK, account],
      )
      if (rows[0]?.taken) return
      if (performance.now() > end)
        throw new SharedDeskError(`账号“${account}”已经有一个进程在跑。每个进程要有自己的 account，请改好再启动。`, {
          isTaken: true,
        })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  /** What was kept here goes first, so that what is read then is all there is. */
  async #comeUp(): Promise<void> {
    await this.#handOver()
    for (const table of this.#tables) await table.resync()
    if (this.#state !== 'coming') return
    this.#state = 'up'
    // Something may have been kept here meanwhile.
    await this.#handOver()
    if (this.isUp) this.#options.onReach?.(true)
  }

  #goDown(): void {
    if (this.#state === 'down' || this.#isEnding) return
    const wasUp = this.#state === 'up'
    this.#state = 'down'
    this.#listener?.end().catch(() => undefined)
    this.#listener = undefined
    const old = this.#pool
    this.#pool = this.#newPool()
    old.end().catch(() => undefined)
    if (wasUp) {
      this.#options.log.error({}, 'database is gone, tickets are kept here meanwhile')
      this.#options.onReach?.(false)
    }
    this.#reconnectLater()
  }

  #reconnectLater(): void {
    if (this.#isEnding) return
    setTimeout(() => void this.#reconnect(), RECONNECT_MS).unref()
  }

  async #reconnect(): Promise<void> {
    if (this.#isEnding) return
    try {
      await this.#attach()
      await this.#comeUp()
      this.#options.log.info({}, 'database is back')
    } catch (error) {
      this.#refused(error)
    }
  }

  #refused(error: unknown): void {
    if (!(error instanceof DatabaseGone)) this.#options.log.error({ error: wordsOf(error) }, 'database refuses us')
    if (this.#state === 'down') this.#reconnectLater()
    else this.#goDown()
  }

  #tell(payload: string): void {
    const [table = '', key = '', version = '0'] = payload.split(' ')
    for (const one of this.#tables)
      if (one.tables.includes(table)) one.changed({ table, key, version: Number(version) })
  }

  /** The net below the notifications. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookOnce(): Promise<void> {
    if (this.#state !== 'up') return
    try {
      await this.query('update guoshen.accounts set seen_at = now() where name = $1', [this.account])
      await this.#handOver()
      for (const table of this.#tables) await table.resync()
    } catch (error) {
      if (!(error instanceof DatabaseGone)) this.#options.log.error({ error: wordsOf(error) }, 'desk not read anew')
    }
  }

  #newPool(): Pool {
    const { url, account } = this.#options
    const pool = new Pool({ ...connectionOf(url, account), max: 4, query_timeout: QUERY_MS, keepAlive: true })
    pool.on('error', () => this.#goDown())
    return pool
  }
}

/** What connections are made with. @throws StoreError when it is no URL of a database */
export function connectionOf(url: string, account: string) {
  return {
    connectionString: url,
    application_name: `guoshen ${account}`.slice(0, 60),
    connectionTimeoutMillis: CONNECT_MS,
  }
}

/** SQLSTATE classes that tell of the server or the way to it, not of what was asked. */
const GONE_CLASSES = new Set(['08', '53', '57', '58', '25'])

/** As pg and Node put it when a connection ends, or does not begin. */
const LOST = /connection|timeout|timed out|not queryable|after calling end/i

function isGone(error: unknown): boolean {
  if (error instanceof DatabaseError) return GONE_CLASSES.has((error.code ?? '').slice(0, 2))
  if (!(error instanceof Error) || error instanceof StoreError) return false
  return /^E[A-Z_]+$/.test((error as NodeJS.ErrnoException).code ?? '') || LOST.test(error.message)
}

/** Codes only: a message may quote what was asked, and with it what people wrote, or where the database is. */
const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? (error instanceof Error ? error.name : 'unknown')

const wordsOf = (error: unknown): string =>
  error instanceof StoreError || error instanceof DatabaseGone ? error.message : reasonOf(error)

/** An error that may be logged. */
const plain = (error: unknown): unknown =>
  error instanceof DatabaseError ? new Error(`database error ${error.code} ${error.table ?? ''}`.trim()) : error

function refusalWords(error: unknown): string {
  const { code = '' } = error as { code?: string }
  if (code === '28P01' || code === '28000')
    return '工单库不让登录：用户名或密码不对。请检查 store.url（或 GUOSHEN_DATABASE_URL）。'
  if (code === '3D000') return '工单库不存在：请先建好数据库，写法见 docs/operations.md。'
  if (code === '42501')
    return '工单库权限不够：请用数据库的主人运行一次 npm run store -- migrate，再给机器人的用户授权，见 docs/operations.md。'
  return `工单库连不上（${reasonOf(error)}）。请检查 store.url（或 GUOSHEN_DATABASE_URL）。`
}
