import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client, type ClientBase } from 'pg'
import type { z } from 'zod'
import { SharedDeskError } from '../../errors.js'
import type { DayFigures } from '../../model/decision.js'
import type { AuditEntry, Log, RoleClaim, RoleGrant } from '../../model/ports.js'
import type { AccountMark, LearningRecords } from '../../model/stores.js'
import type { DeskNotes, Ticket } from '../../model/ticket.js'
import { AuditFile, storedEntry } from '../audit.js'
import { DurableJsonFile, openRecords } from '../json-file.js'
import { LowdbOutboxStore } from '../outbox.js'
import {
  nothingLearned,
  openLearningStore,
  storedClaims,
  storedFigures,
  storedGrants,
  storedLearning,
} from '../records.js'
import { LowdbTicketStore, type StoredTickets, storedNotes, storedTicket, TicketFolder } from '../tickets.js'
import { connectionOf } from './database.js'
import { type KeptRelease, mergeLearning, type SharedInUse } from './documents.js'
import { NO_NOTES } from './kept-here.js'
import { inTransaction, migrate } from './schema.js'

/** All that an account has on its desk, as it is moved. */
export interface DeskContent {
  /** Archived ones apart. */
  readonly tickets: readonly Ticket[]
  readonly archived: readonly Ticket[]
  readonly notes: DeskNotes
  /** Texts that staff have not had. */
  readonly notices: readonly { readonly text: string; readonly ticket?: number | undefined }[]
  readonly learning: LearningRecords
  readonly figures: readonly DayFigures[]
  readonly claims: readonly RoleClaim[]
  readonly roles: readonly RoleGrant[]
  /** Oldest first. */
  readonly audit: readonly AuditEntry[]
  readonly releases: readonly KeptRelease[]
  readonly inUse: SharedInUse | undefined
}

/** How many there are of a kind, and a hash of all of them that is the same on both sides. */
export interface Counted {
  readonly what: string
  readonly count: number
  readonly hash: string
}

/** Counts and hashes of what is moved; on both sides the same, or nothing was moved. */
export function countContent(content: DeskContent): readonly Counted[] {
  const { tickets, archived, notices, learning, figures, claims, roles, audit, releases } = content
  const kinds: Readonly<Record<string, readonly unknown[]>> = {
    ...{ 工单: tickets, 归档工单: archived, 待发通知: notices, 未答问题: learning.entries, 统计: figures },
    ...{ 认领: claims, 角色: roles, 审计: audit, 发布: releases },
  }
  return Object.entries(kinds).map(([what, items]) => ({ what, count: items.length, hash: hashOf(items) }))
}

const hashOf = (items: readonly unknown[]): string =>
  createHash('sha256').update(items.map(canonical).join('\n')).digest('hex').slice(0, 16)

/** Keys in order: JSON of the database has lost theirs. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

/** Reads a data folder, apart from its releases. The bot must not run. @throws StoreError when a file is damaged */
export async function readFolder(dataDir: string, log: Log): Promise<Omit<DeskContent, 'releases' | 'inUse'>> {
  const file = (name: string): string => join(dataDir, name)
  const store = await LowdbTicketStore.open(file('tickets.json'))
  const live = new Set(store.list().map(({ number }) => number))
  return {
    tickets: store.list(),
    archived: (await store.all()).filter(({ number }) => !live.has(number)),
    notes: store.notes(),
    notices: (await LowdbOutboxStore.open(file('outbox.json')))
      .list()
      .map(({ text, ticket }) => ({ text, ...(ticket === undefined ? {} : { ticket }) })),
    learning: (await openLearningStore(file('unanswered.json'), log)).records(),
    figures: (await openRecords(file('figures.json'), { schema: storedFigures, log })).records(),
    claims: (await openRecords(file('claims.json'), { schema: storedClaims, log })).records(),
    roles: (await openRecords(file('roles.json'), { schema: storedGrants, log })).records(),
    audit: await new AuditFile(file('audit.jsonl'), { log }).everything(),
  }
}

/** Writes a data folder, apart from its releases. @throws StoreError when there is a desk already */
export async function writeFolder(dataDir: string, content: DeskContent, log: Log): Promise<void> {
  const file = (name: string): string => join(dataDir, name)
  if (existsSync(file('tickets.json')))
    throw new SharedDeskError(`${file('tickets.json')} 已经有工单，没有导出。请换一个空的文件夹。`)
  const { tickets, archived, notes, notices, learning, figures, claims, roles, audit } = content
  const stored: StoredTickets = {
    ...{
      version: 2,
      tickets,
      notes,
      lastNumber: Math.max(0, ...[...tickets, ...archived].map(({ number }) => number)),
    },
  }
  await new TicketFolder(dataDir).archive(archived)
  const outbox = await LowdbOutboxStore.open(file('outbox.json'))
  for (const { text, ticket } of notices) await outbox.add(text, ticket === undefined ? {} : { ticket })
  await (await openLearningStore(file('unanswered.json'), log)).save(learning)
  await (await openRecords(file('figures.json'), { schema: storedFigures, log })).save(figures)
  await (await openRecords(file('claims.json'), { schema: storedClaims, log })).save(claims)
  await (await openRecords(file('roles.json'), { schema: storedGrants, log })).save(roles)
  const auditFile = new AuditFile(file('audit.jsonl'), { log })
  for (const entry of audit) await auditFile.record(entry)
  // Last: whoever finds it finds a whole desk.
  await new DurableJsonFile<StoredTickets>(file('tickets.json')).write(stored)
}

/** Works on the database, and closes it. @throws StoreError when it can't be reached or used */
export async function withDatabase<T>(url: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new Client(connectionOf(url, 'store'))
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '原因不明'
    throw new SharedDeskError(`工单库连不上（${code}）。请检查 store.url（或 GUOSHEN_DATABASE_URL）。`)
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** @returns how many steps the schema has taken */
export const migrateDatabase = (url: string): Promise<number> => withDatabase(url, migrate)

interface TicketRow {
  readonly archived: boolean
  readonly body: unknown
}

/** Reads what an account has in the database. */
export async function readDatabase(client: ClientBase, account: string): Promise<DeskContent> {
  const rowsOf = async <Row>(text: string, values: readonly unknown[] = [account]): Promise<readonly Row[]> =>
    (await client.query(text, [...values])).rows as readonly Row[]
  const document = async <Data>(name: string, schema: z.ZodType<Data>, empty: Data): Promise<Data> => {
    const [row] = await rowsOf<{ body: unknown }>('select body from guoshen.documents where name = $1', [name])
    return row ? schema.parse(row.body) : empty
  }
  const bodies = <Data>(schema: z.ZodType<Data>, rows: readonly { body: unknown }[]): readonly Data[] =>
    rows.map(({ body }) => schema.parse(body))
  const tickets = await rowsOf<TicketRow>(
    'select archived, body from guoshen.tickets where account = $1 order by number',
  )
  const [inUse] = await rowsOf<SharedInUse>('select number, pinned from guoshen.release_in_use', [])
  return {
    tickets: bodies(
      storedTicket,
      tickets.filter(({ archived }) => !archived),
    ),
    archived: bodies(
      storedTicket,
      tickets.filter(({ archived }) => archived),
    ),
    notes: await document('desk', storedNotes, NO_NOTES),
    notices: (
      await rowsOf<{ text: string; ticket: number | null }>(
        'select text, ticket from guoshen.notices where account = $1 and said_at is null order by number',
      )
    ).map(({ text, ticket }) => ({ text, ...(ticket === null ? {} : { ticket }) })),
    learning: await document('learning', storedLearning, nothingLearned()),
    figures: (
      await rowsOf<{ body: unknown }>('select body from guoshen.figures where account = $1 order by day')
    ).flatMap(({ body }) => storedFigures.parse([body])),
    claims: await document(`claims:${account}`, storedClaims, []),
    roles: await document(`roles:${account}`, storedGrants, []),
    audit: bodies(
      storedEntry,
      await rowsOf<{ body: unknown }>('select body from guoshen.audit where account = $1 order by at_ms, id'),
    ),
    releases: await rowsOf<KeptRelease>(
      'select number, record, files, report from guoshen.releases order by number',
      [],
    ),
    inUse,
  }
}

export interface Imported {
  readonly before: readonly Counted[]
  readonly after: readonly Counted[]
  /** Numbers that other accounts' tickets bear already: the old one, and the one that it has from now on. */
  readonly renumbered: ReadonlyMap<number, number>
}

/**
 * Moves what an account has in files into the database, all of it or nothing: what is read back must have the counts
 * and hashes of what was given.
 *
 * @throws StoreError when the account has tickets there already, or what is read back is something else
 */
export function importContent(url: string, { account, channel }: AccountMark, content: DeskContent): Promise<Imported> {
  return withDatabase(url, async (client) => {
    await migrate(client)
    return inTransaction(client, async () => {
      await refuseSecond(client, account)
      const renumbered = await takenNumbers(client, content)
      const given = renumber(content, renumbered, { account, channel })
      await client.query(
        'insert into guoshen.accounts (name, channel) values ($1, $2) on conflict (name) do update set channel = $2',
        [account, channel],
      )
      await insertAll(client, account, given)
      const there = await readDatabase(client, account)
      const [before, after] = [countContent(given), countContent(there)]
      // Of these, others may have had some before.
      const shared = new Set(['未答问题', '发布'])
      const differing = before.find(({ what, count, hash }) => {
        const found = after.find((one) => one.what === what)
        return !shared.has(what) && (found?.count !== count || found.hash !== hash)
      })
      if (differing) throw new SharedDeskError(`${differing.what} 导入后和原来的不一样，没有导入，工单库没有动过。`)
      return { before, after, renumbered }
    })
  })
}

async function refuseSecond(client: ClientBase, account: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from guoshen.tickets where account = $1 limit 1', [account])
  if (rowCount !== 0)
    throw new SharedDeskError(`工单库里已经有账号“${account}”的工单，没有导入。换了账号请改 account，再导入。`)
}

/** Two desks that counted by themselves have given the same numbers. */
async function takenNumbers(
  client: ClientBase,
  { tickets, archived }: DeskContent,
): Promise<ReadonlyMap<number, number>> {
  const numbers = [...tickets, ...archived].map(({ number }) => number)
  const { rows } = await client.query<{ number: number }>(
    'select number from guoshen.tickets where number = any($1) order by number',
    [numbers],
  )
  const highest = Math.max(0, ...numbers.filter((number) => number < 1_000_000))
  await client.query(
    `select setval('guoshen.ticket_numbers', greatest($1::bigint, (select last_value from guoshen.ticket_numbers)))
     where $1 > 0`,
    [highest],
  )
  const renumbered = new Map<number, number>()
  for (const { number } of rows) {
    const next = await client.query<{ number: number }>(`select nextval('guoshen.ticket_numbers')::integer as number`)
    renumbered.set(number, next.rows[0]!.number)
  }
  return renumbered
}

function renumber(content: DeskContent, numbers: ReadonlyMap<number, number>, home: AccountMark): DeskContent {
  const of = (number: number): number => numbers.get(number) ?? number
  const moved = (ticket: Ticket): Ticket => ({ ...ticket, ...home, number: of(ticket.number) })
  const byNumber = (a: Ticket, b: Ticket): number => a.number - b.number
  return {
    ...content,
    tickets: content.tickets.map(moved).sort(byNumber),
    archived: content.archived.map(moved).sort(byNumber),
    notices: content.notices.map((notice) => (notice.ticket ? { ...notice, ticket: of(notice.ticket) } : notice)),
    figures: content.figures.toSorted((a, b) => a.day - b.day),
    audit: content.audit.toSorted((a, b) => a.atMs - b.atMs),
    learning: {
      ...content.learning,
      entries: content.learning.entries.map((entry) =>
        entry.kind === 'draft' ? { ...entry, ticketNumber: of(entry.ticketNumber) } : entry,
      ),
    },
  }
}

async function insertAll(client: ClientBase, account: string, content: DeskContent): Promise<void> {
  const { tickets, archived, notes, notices, learning, figures, claims, roles, audit, releases, inUse } = content
  for (const [list, isArchived] of [
    [tickets, false],
    [archived, true],
  ] as const) {
    for (const ticket of list) {
      await client.query(
        `insert into guoshen.tickets (number, version, account, place_key, asker_key, status, opened_at_ms, archived, body)
         values ($1, 1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          ...[ticket.number, account, ticket.placeKey, ticket.askerKey, ticket.status, ticket.openedAtMs],
          ...[isArchived, JSON.stringify(ticket)],
        ],
      )
    }
  }
  for (const [index, { text, ticket }] of notices.entries()) {
    await client.query('insert into guoshen.notices (account, text, ticket, once) values ($1, $2, $3, $4)', [
      ...[account, text, ticket ?? null, `import ${account} ${index}`],
    ])
  }
  const put = async <Data>(name: string, mine: Data, merge: (theirs: unknown) => Data): Promise<void> => {
    const { rows } = await client.query<{ body: unknown }>(
      'select body from guoshen.documents where name = $1 for update',
      [name],
    )
    const body = JSON.stringify(rows[0] ? merge(rows[0].body) : mine)
    await client.query(
      `insert into guoshen.documents (name, version, body) values ($1, 1, $2)
       on conflict (name) do update set version = documents.version + 1, body = $2`,
      [name, body],
    )
  }
  await put('desk', notes, (theirs) => ({ ...notes, ...storedNotes.parse(theirs) }))
  await put('learning', learning, (theirs) => mergeLearning(null, learning, storedLearning.parse(theirs)))
  await put(`claims:${account}`, claims, () => claims)
  await put(`roles:${account}`, roles, () => roles)
  for (const day of figures)
    await client.query('insert into guoshen.figures (account, day, body) values ($1, $2, $3)', [
      ...[account, day.day, JSON.stringify(day)],
    ])
  for (const entry of audit)
    await client.query('insert into guoshen.audit (account, at_ms, body) values ($1, $2, $3)', [
      ...[account, entry.atMs, JSON.stringify(entry)],
    ])
  const { rowCount } = await client.query('select 1 from guoshen.release_in_use')
  // All take what is in use already.
  if (rowCount !== 0 || !inUse) return
  for (const { number, record, files, report } of releases) {
    await client.query('insert into guoshen.releases (number, record, files, report) values ($1, $2, $3, $4)', [
      ...[number, JSON.stringify(record), JSON.stringify(files), report],
    ])
  }
  await client.query('insert into guoshen.release_in_use (number, pinned, version) values ($1, $2, 1)', [
    ...[inUse.number, inUse.pinned],
  ])
}
