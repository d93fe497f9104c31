import { randomUUID } from 'node:crypto'
import type { Log, NoticePicture } from '../../model/ports.js'
import type { RelayedWords, Relays, Told } from '../../model/stores.js'
import type { Ticket } from '../../model/ticket.js'
import { type Changed, type Database, DatabaseGone, type SharedTable } from './database.js'
import type { KeptHere, PendingRelay } from './kept-here.js'

interface Row {
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
    pictures: readonly NoticePicture[] = [],
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

  async #picturesOf({ id }: Row): Promise<readonly NoticePicture[]> {
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
      const { rows } = await this.#db.query<Row>(
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

  async #deliver(row: Row): Promise<void> {
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
    const { rows } = await this.#db.query<Row>(
      `select id, from_account, ticket, text, is_reply, deadline_ms from guoshen.relays
       where account = $1 and state = 'sending' and run <> $2`,
      [this.#db.account, this.#run],
    )
    for (const row of rows) await this.#settle(row, 'perhaps')
  }

  /** In the database with the notice for staff, or not at all; tried until the database takes it. */
  async #settle(row: Row, state: 'said' | 'not-said' | 'perhaps'): Promise<void> {
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
