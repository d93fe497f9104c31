import { randomUUID } from 'node:crypto'
import type { PictureFile } from '../../model/chat.js'
import type { Log, NoticeFacts } from '../../model/ports.js'
import type { RelayedWords, Relays, Told } from '../../model/stores.js'
import type { Ticket } from '../../model/ticket.js'
import { type Changed, type Database, DatabaseGone, type SharedTable } from './database.js'
import type { KeptHere, PendingNotice, PendingRelay } from './kept-here.js'

interface SharedNotice {
  readonly number: number
  readonly text: string
  readonly pictures?: readonly string[]
}

interface NoticeRow {
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
    const { rows } = await this.#db.query<NoticeRow>(WAITING, [this.#db.account])
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

interface RelayRow {
  readonly id: string // as pg gives large integers
  readonly from_account: string
  readonly ticket: number
  readonly text: string
  readonly is_reply: boolean
  readonly deadline_ms: string
}

/** What staff read when words for a customer did not get there, or perhaps did. */
const relayPhrases = {
  notSaid: (number: number): string =>
    `⚠️ 工单 ${number} 的回复没能发到客户群，请直接到群里回复。内容已记在工单里，发“工单 ${number}”可以看到。`,
  perhaps: (number: number): string =>
    `⚠️ 工单 ${number} 的回复发出时机器人正好重启，可能没发到客户群，也不会再发一遍。请到群里看一眼。`,
} as const

/** Words to an asker that could not go out for so long have lost their point. */
const SAY_WITHIN_MS = 10 * 60_000
/** Whoever orders it likes to know at once, but not to wait for another account's pace. */
const ANSWER_WITHIN_MS = 8_000
/** The outbox paces them; more would only be in doubt when the process is killed. */
const MAX_UNDER_WAY = 4

/**
 * Words for customers of other accounts. The account that holds the group claims them one by one, which is in the
 * database before the first of them is said: who is killed in between never says them again, and staff are told.
 */
export class PostgresRelays implements Relays, SharedTable {
  readonly tables = ['relays']
  readonly #db: Database
  readonly #here: KeptHere
  readonly #ticketOf: (number: number) => Ticket | undefined
  readonly #log: Log
  /** Of this process: what another run has begun was begun by one that has ended. */
  readonly #run = randomUUID()
  readonly #waiting = new Map<string, (told: Told) => void>()
  #say: ((relayed: RelayedWords) => Promise<boolean>) | undefined
  #underWay = 0
  #isClaiming = false
  #isWantedAgain = false

  constructor(
    db: Database,
    { here, ticketOf, log }: { here: KeptHere; ticketOf: (number: number) => Ticket | undefined; log: Log },
  ) {
    this.#db = db
    this.#here = here
    this.#ticketOf = ticketOf
    this.#log = log
  }

  async hand(
    ticket: Ticket,
    text: string,
    { isReply = false, pictures = [] }: NonNullable<Parameters<Relays['hand']>[2]> = {},
  ): Promise<Told> {
    const { account = '', number } = ticket
    const deadlineMs = Date.now() + SAY_WITHIN_MS
    const relay = { once: randomUUID(), account, ticket: number, text, isReply, deadlineMs }
    const handThere = async (): Promise<Told> => this.#answer(await this.#insert(relay, pictures))
    return this.#db.reaching(handThere, async () => {
      // They wait on no disk here: better none of it is said than half of it.
      if (pictures.length > 0) return 'not-said'
      // It may be there all the same: under this name it is handed over once.
      await this.#here.keep({ relays: [...this.#here.pending.records().relays, relay] })
      this.#db.keptHere()
      return 'later'
    })
  }

  /** Words and pictures, or nothing. */
  async #insert(
    { once, account, ticket, text, isReply, deadlineMs }: PendingRelay,
    pictures: readonly PictureFile[] = [],
  ): Promise<string> {
    return this.#db.transaction(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `insert into guoshen.relays (account, from_account, ticket, text, is_reply, deadline_ms, once)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (once) do update set once = excluded.once returning id`,
        [account, this.#db.account, ticket, text, isReply, deadlineMs, once],
      )
      const { id } = rows[0]!
      for (const [index, { fileName, bytes }] of pictures.entries())
        await client.query(
          `insert into guoshen.relay_pictures (relay, place, file_name, bytes) values ($1, $2, $3, $4)
           on conflict do nothing`,
          [id, index + 1, fileName, bytes],
        )
      return id
    })
  }

  async #picturesOf({ id }: RelayRow): Promise<readonly PictureFile[]> {
    const { rows } = await this.#db.query<{ file_name: string; bytes: Uint8Array }>(
      'select file_name, bytes from guoshen.relay_pictures where relay = $1 order by place',
      [id],
    )
    return rows.map(({ file_name, bytes }) => ({ fileName: file_name, bytes }))
  }

  async handOver(): Promise<void> {
    const { pending } = this.#here
    for (const relay of pending.records().relays) {
      await this.#insert(relay)
      const others = pending.records().relays.filter(({ once }) => once !== relay.once)
      await this.#here.keep({ relays: others })
    }
  }

  start(say: (relayed: RelayedWords) => Promise<boolean>): void {
    this.#say = say
    this.#look()
  }

  stop(): void {
    this.#say = undefined
  }

  /** `key`: the account that is to say it, or `#` and the id of one that has become something else. */
  changed({ key }: Changed): void {
    const answer = this.#waiting.get(key.slice(1))
    if (key.startsWith('#') && answer) void this.#readAnswer(key.slice(1), answer)
    if (key === this.#db.account) this.#look()
  }

  async resync(): Promise<void> {
    for (const [id, answer] of this.#waiting) await this.#readAnswer(id, answer)
    this.#look()
  }

  #answer(id: string): Promise<Told> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer('later'), ANSWER_WITHIN_MS).unref()
      const answer = (told: Told): void => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(told)
      }
      this.#waiting.set(id, answer)
      void this.#readAnswer(id, answer) // it may have been said before we listened
    })
  }

  async #readAnswer(id: string, answer: (told: Told) => void): Promise<void> {
    const found = await this.#db
      .query<{ state: string }>('select state from guoshen.relays where id = $1', [id])
      .catch(() => undefined)
    const state = found?.rows[0]?.state
    if (state === 'said') answer('said')
    if (state === 'not-said') answer('not-said')
    if (state === 'perhaps') answer('later')
  }

  /** Claims what there is, as far as not too much is under way. */
  #look(): void {
    if (this.#isClaiming) {
      this.#isWantedAgain = true
      return
    }
    this.#isWantedAgain = false
    this.#isClaiming = true
    void this.#claimAll()
      .catch((error: Error) => {
        if (!(error instanceof DatabaseGone)) this.#log.error({ error: error.message }, 'relayed words not looked for')
      })
      .finally(() => {
        this.#isClaiming = false
        if (this.#isWantedAgain) this.#look()
      })
  }

  async #claimAll(): Promise<void> {
    if (!this.#say) return
    await this.#giveUpDoubtful()
    while (this.#isSaying() && this.#underWay < MAX_UNDER_WAY) {
      const { rows } = await this.#db.query<RelayRow>(
        `update guoshen.relays set state = 'sending', run = $2, changed_at = now()
         where id = (select id from guoshen.relays where account = $1 and state = 'waiting'
                     order by id for update skip locked limit 1)
         returning id, from_account, ticket, text, is_reply, deadline_ms`,
        [this.#db.account, this.#run],
      )
      const [row] = rows
      if (!row) return
      this.#underWay++
      void this.#deliver(row).finally(() => {
        this.#underWay--
        this.#look()
      })
    }
  }

  #isSaying(): boolean {
    return this.#say !== undefined
  }

  async #deliver(row: RelayRow): Promise<void> {
    const ticket = this.#ticketOf(row.ticket)
    const deadlineMs = Number(row.deadline_ms)
    const say = this.#say
    const isWanted = ticket !== undefined && say !== undefined && Date.now() < deadlineMs
    const isSaid =
      isWanted &&
      (await this.#picturesOf(row)
        .then((pictures) => say({ ticket, text: row.text, deadlineMs, pictures }))
        .catch(() => false))
    await this.#settle(row, isSaid ? 'said' : 'not-said')
  }

  /** An earlier run has begun them and does not live: perhaps they were said. */
  async #giveUpDoubtful(): Promise<void> {
    const { rows } = await this.#db.query<RelayRow>(
      `select id, from_account, ticket, text, is_reply, deadline_ms from guoshen.relays
       where account = $1 and state = 'sending' and run <> $2`,
      [this.#db.account, this.#run],
    )
    for (const row of rows) await this.#settle(row, 'perhaps')
  }

  /** In the database with the notice for staff, or not at all; tried until the database takes it. */
  async #settle(row: RelayRow, state: 'said' | 'not-said' | 'perhaps'): Promise<void> {
    try {
      await this.#db.transaction(async (client) => {
        await client.query('update guoshen.relays set state = $2, changed_at = now() where id = $1', [row.id, state])
        await client.query('delete from guoshen.relay_pictures where relay = $1', [row.id])
        if (state === 'said' || !row.is_reply) return
        const text = state === 'perhaps' ? relayPhrases.perhaps(row.ticket) : relayPhrases.notSaid(row.ticket)
        await client.query(
          `insert into guoshen.notices (account, text, ticket, once) values ($1, $2, $3, $4) on conflict do nothing`,
          [row.from_account, text, row.ticket, `relay ${row.id}`],
        )
      })
    } catch (error) {
      if (!(error instanceof DatabaseGone)) throw error
      await new Promise((resolve) => setTimeout(resolve, 1_000).unref())
      return this.#settle(row, state)
    }
  }
}
