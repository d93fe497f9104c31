import { randomUUID } from 'node:crypto'
import type { Log, NoticeFacts } from '../../model/ports.js'
import type { Changed, Database, SharedTable } from './database.js'
import type { KeptHere, PendingNotice } from './kept-here.js'

interface SharedNotice {
  readonly number: number
  readonly text: string
  readonly pictures?: readonly string[]
}

interface Row {
  readonly number: string // as pg gives large integers
  readonly text: string
  readonly pictures: readonly string[] | null
}

const WAITING = `
  select number, text,
    (select array_agg(n.number || '-' || p.place || p.file_name order by p.place)
       from guoshen.notice_pictures p where p.notice = n.number) as pictures
  from guoshen.notices n
  where account = $1 and said_at is null order by number`

/**
 * Notices for staff that several accounts share: each is said by the account that added it, or by one that can reach
 * staff when that one can't. At least once: a notice counts as said only when the network has taken it.
 */
export class PostgresNotices implements SharedTable {
  readonly tables = ['notices']
  readonly #db: Database
  readonly #here: KeptHere
  readonly #log: Log
  readonly #isOnPage: boolean
  readonly #listeners = new Set<() => void>()
  /** Of the database, as far as they are this account's to say. */
  #waiting: readonly SharedNotice[] = []
  #canTellStaff: boolean | undefined

  /** @param parts `isOnPage`: its staff group is the page's, where no colleague of another account would read anything */
  constructor(db: Database, { here, log, isOnPage = false }: { here: KeptHere; log: Log; isOnPage?: boolean }) {
    this.#isOnPage = isOnPage
    this.#db = db
    this.#here = here
    this.#log = log
  }

  /** Oldest first. */
  list(): readonly SharedNotice[] {
    const { notices, said } = this.#pending
    return [
      ...this.#waiting.filter(({ number }) => !said.includes(number)),
      ...notices.map(({ number, text, pictures }) => ({ number, text, ...(pictures && { pictures }) })),
    ]
  }

  async add(text: string, facts: NoticeFacts = {}): Promise<void> {
    const notice = { text, ticket: facts.ticket, once: facts.once ?? randomUUID() }
    const pictures = facts.pictures ?? []
    const addThere = async (): Promise<void> => {
      await this.#insert(notice, pictures)
      await this.resync()
    }
    await this.#db.reaching(addThere, async () => {
      const number = this.#pending.lastNotice - 1
      await this.#here.keep({ lastNotice: number })
      const kept = await this.#here.pictures.keep(-number, pictures)
      const { ticket, ...words } = notice
      const pending: PendingNotice = {
        ...{ number, ...words },
        ...(ticket === undefined ? {} : { ticket }),
        ...(kept.length > 0 ? { pictures: kept } : {}),
      }
      await this.#here.keep({ notices: [...this.#pending.notices, pending] })
      this.#tell()
      this.#db.keptHere()
    })
  }

  /** undefined when it is gone, or can't be had at the moment: the words go out without it. */
  async picture(name: string): Promise<Uint8Array | undefined> {
    const kept = await this.#here.pictures.read(name)
    if (kept) return kept
    const [notice, place] = name.split(/[-.]/).map(Number)
    const found = await this.#db
      .query<{ bytes: Uint8Array }>('select bytes from guoshen.notice_pictures where notice = $1 and place = $2', [
        ...[notice, place],
      ])
      .catch(() => undefined)
    return found?.rows[0]?.bytes
  }

  /** Staff have had it. */
  async remove(number: number): Promise<void> {
    if (number < 0) {
      const over = this.#pending.notices.filter((notice) => notice.number === number)
      await this.#here.keep({ notices: this.#pending.notices.filter((notice) => notice.number !== number) })
      await this.#here.pictures.drop(over.flatMap(({ pictures }) => pictures ?? []))
      return
    }
    await this.#db.reaching(
      () => this.#markSaid([number]),
      async () => {
        await this.#here.keep({ said: [...this.#pending.said, number] })
        this.#db.keptHere()
      },
    )
    this.#waiting = this.#waiting.filter((notice) => notice.number !== number)
  }

  /** Drops what waits about tickets of somebody who is to be forgotten. */
  async forget({ tickets }: { readonly tickets: readonly number[] }): Promise<void> {
    const isOver = ({ ticket }: PendingNotice): boolean => ticket !== undefined && tickets.includes(ticket)
    await this.#here.keep({ notices: this.#pending.notices.filter((notice) => !isOver(notice)) })
    await this.#db.query('delete from guoshen.notices where ticket = any($1) and account = $2', [
      ...[tickets, this.#db.account],
    ])
    await this.resync()
  }

  /** Told when there may be something new to say. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether this account can tell staff anything; where it can't, one that can says its notices. */
  canTellStaff(can: boolean): void {
    if (this.#isOnPage || this.#canTellStaff === can) return
    this.#canTellStaff = can
    this.#noteRights().catch(() => {
      this.#canTellStaff = undefined // told again
    })
  }

  /** `key`: whose notice it is; `version` 1: that account can't tell staff anything. */
  changed({ key, version }: Changed): void {
    if (key !== this.#db.account && (version === 0 || this.#canTellStaff !== true)) return
    this.#db.soon(() => this.resync())
  }

  async resync(): Promise<void> {
    if (this.#canTellStaff === true) await this.#adopt()
    const { rows } = await this.#db.query<Row>(WAITING, [this.#db.account])
    this.#waiting = rows.map(({ number, text, pictures }) => ({
      ...{ number: Number(number), text },
      ...(pictures && { pictures }),
    }))
    if (rows.length > 0) this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  async handOver(): Promise<void> {
    const { notices, said } = this.#pending
    if (said.length > 0) {
      await this.#markSaid(said)
      await this.#here.keep({ said: this.#pending.said.filter((number) => !said.includes(number)) })
    }
    for (const { number, text, ticket, once, pictures = [] } of notices) {
      // Said meanwhile.
      if (!this.#pending.notices.some((notice) => notice.number === number)) continue
      const read = await Promise.all(
        pictures.map(async (name) => ({ fileName: name, bytes: await this.#here.pictures.read(name) })),
      )
      const found = read.flatMap(({ fileName, bytes }) => (bytes ? [{ fileName, bytes }] : []))
      await this.#insert({ text, ticket, once }, found)
      await this.remove(number)
    }
    if (notices.length > 0) this.#log.info({ count: notices.length }, 'notices handed over')
  }

  async #insert(
    { text, ticket, once }: { readonly text: string; readonly ticket: number | undefined; readonly once: string },
    pictures: NonNullable<NoticeFacts['pictures']>,
  ): Promise<void> {
    await this.#db.transaction(async (client) => {
      const { rows } = await client.query<{ number: string }>(
        `insert into guoshen.notices (account, text, ticket, once) values ($1, $2, $3, $4)
         on conflict (once) do nothing returning number`,
        [this.#db.account, text, ticket ?? null, once],
      )
      const number = rows[0]?.number
      if (number === undefined) return
      for (const [index, { fileName, bytes }] of pictures.entries()) {
        await client.query(
          'insert into guoshen.notice_pictures (notice, place, file_name, bytes) values ($1, $2, $3, $4)',
          [number, index + 1, fileName.slice(fileName.lastIndexOf('.')), bytes],
        )
      }
    })
  }

  async #markSaid(numbers: readonly number[]): Promise<void> {
    await this.#db.query('update guoshen.notices set said_at = now() where number = any($1) and said_at is null', [
      numbers,
    ])
    await this.#db.query('delete from guoshen.notice_pictures where notice = any($1)', [numbers])
  }

  /** Takes over what accounts that can't reach staff have to say. */
  async #adopt(): Promise<void> {
    await this.#db.query(
      `update guoshen.notices set account = $1 where number in (
         select n.number from guoshen.notices n join guoshen.accounts a on a.name = n.account
         where n.said_at is null and n.account <> $1 and not a.has_staff
         order by n.number for update of n skip locked)`,
      [this.#db.account],
    )
  }

  async #noteRights(): Promise<void> {
    await this.#db.query('update guoshen.accounts set has_staff = $2 where name = $1 and has_staff <> $2', [
      ...[this.#db.account, this.#canTellStaff === true],
    ])
    await this.resync()
  }

  get #pending() {
    return this.#here.pending.records()
  }
}
