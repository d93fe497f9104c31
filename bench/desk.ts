import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TicketStore } from '../src/model/stores.js'
import type { Ticket } from '../src/model/ticket.js'
import { openSharedDesk } from '../src/store/postgres/open.js'
import { LowdbTicketStore, TicketFolder } from '../src/store/tickets.js'
import { TicketDesk } from '../src/tickets/desk.js'
import * as to from '../src/tickets/states.js'
import { anOpenTicket, aTicketRequest, CHEN } from '../test/support/a-ticket.js'
import { compileProgram } from '../test/support/compile-program.js'
import { someDeskRules } from '../test/support/desk-rules.js'
import { TestPostgres } from '../test/support/postgres.js'
import { publish } from './report/publish.js'
import { renderTable, shortNumber } from './report/render-table.js'

/**
 * `npm run bench:desk`: what a ticket event costs in files and in PostgreSQL, and how that grows with the tickets that
 * were ever opened and with the processes that share the desk.
 */
const SIZES = [1_000, 10_000, 100_000]
const PROCESSES = [1, 5, 20]
/** What a desk has at a time: open ones, and those settled in the last days. */
const LIVE = 200
const EVENTS = 300
const WARM_UP = 50
/** Between two events of a busy desk: 40 a second, far more than people make. Without it one follows on the other. */
const BUSY_DESK_MS = 25
const log = { debug() {}, info() {}, warn: console.error, error: console.error }

interface Cost {
  readonly what: string
  readonly tickets: number
  readonly processes: number
  /** Between two events; 0: as fast as they go, which fills the cores. */
  readonly everyMs: number
  readonly medianMs: number
  readonly p99Ms: number
  /** Of the process that makes the change. */
  readonly cpuMs: number
  /** Until the last of the other processes shows the change; undefined where there is none. */
  readonly seenMs?: number
}

const settled = (number: number): Ticket =>
  to.withdrawTicket(anOpenTicket(number, { askerKey: `name:${number}`, atMs: 1_790_000_000_000 }), {
    ...{ by: CHEN, atMs: 1_790_000_000_000 + number, why: '不用了' },
  })

/** A note on one ticket after another, each waited for, as colleagues give orders. */
async function measure(store: TicketStore, everyMs: number): Promise<Pick<Cost, 'medianMs' | 'p99Ms' | 'cpuMs'>> {
  const desk = new TicketDesk(store, { now: () => Date.now() }, someDeskRules())
  while (desk.all().length < LIVE) await desk.open(aTicketRequest({ askerKey: `name:${desk.all().length}` }))
  const numbers = desk.all().map(({ number }) => number)
  const note = (index: number) => desk.note(numbers[index % numbers.length]!, CHEN, `备注 ${index}`)
  for (let index = 0; index < WARM_UP; index++) await note(index)
  const took: number[] = []
  const cpu = process.cpuUsage()
  for (let index = 0; index < EVENTS; index++) {
    const before = performance.now()
    await note(index)
    took.push(performance.now() - before)
    if (everyMs > 0) await sleep(everyMs)
  }
  const { user, system } = process.cpuUsage(cpu)
  took.sort((a, b) => a - b)
  return {
    medianMs: took[EVENTS >> 1]!,
    p99Ms: took[Math.floor(EVENTS * 0.99)]!,
    cpuMs: (user + system) / 1000 / EVENTS,
  }
}

async function inFiles(tickets: number): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
  try {
    await new TicketFolder(folder).archive(Array.from({ length: tickets }, (_, index) => settled(index + 1)))
    const store = await LowdbTicketStore.open(join(folder, 'tickets.json'))
    return { what: 'files', tickets, processes: 1, everyMs: 0, ...(await measure(store, 0)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Other accounts, each a process of its own that follows the desk and tells when it sees the last change. */
async function follow(program: string, url: string, count: number): Promise<readonly ChildProcess[]> {
  const children: ChildProcess[] = []
  for (let index = 0; index < count; index++) {
    const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
    const child = spawn(process.execPath, [program, folder, `other${index}`], {
      ...{ env: { ...process.env, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'inherit'] },
    })
    await once(createInterface({ input: child.stdout! }), 'line')
    children.push(child)
  }
  return children
}

async function inDatabase(
  { postgres, program }: { readonly postgres: TestPostgres; readonly program: string },
  { tickets, processes, everyMs }: Pick<Cost, 'tickets' | 'processes' | 'everyMs'>,
): Promise<Cost> {
  const url = await postgres.database()
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
  const shared = await openSharedDesk({ url, account: 'main', channel: 'bench', dataDir: folder, log })
  const children = await follow(program, url, processes - 1)
  try {
    const body = JSON.stringify({ ...settled(1), account: 'main', channel: 'bench' }).replaceAll("'", "''")
    await postgres.run(
      url.split('/').at(-1)!,
      `insert into guoshen.tickets (number, version, account, place_key, asker_key, status, opened_at_ms, archived, body)
       select n, 1, 'main', 'room', 'name:' || n, 'withdrawn', n, true, jsonb_set('${body}', '{number}', to_jsonb(n))
       from generate_series(500001, ${500_000 + tickets}) as n;
       analyze guoshen.tickets`,
    )
    const cost = await measure(shared.tickets, everyMs)
    const seen = children.map(async (child) => {
      for await (const line of createInterface({ input: child.stdout! })) if (line.includes('最后一句')) return
    })
    const before = performance.now()
    const desk = new TicketDesk(shared.tickets, { now: () => Date.now() }, someDeskRules())
    await desk.note(desk.all()[0]!.number, CHEN, '最后一句')
    await Promise.all(seen)
    const seenMs = performance.now() - before
    return { what: 'PostgreSQL', tickets, processes, everyMs, ...cost, ...(children.length > 0 ? { seenMs } : {}) }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await shared.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const costs: Cost[] = []
for (const tickets of SIZES) costs.push(await inFiles(tickets))
const postgres = await TestPostgres.start({ isDurable: true })
const compiled = mkdtempSync(join(tmpdir(), 'guoshen-bench-'))
try {
  const program = compileProgram('bench/desk/follow', join(compiled, 'program'))
  const tools = { postgres, program }
  for (const tickets of SIZES) costs.push(await inDatabase(tools, { tickets, processes: 1, everyMs: 0 }))
  for (const processes of PROCESSES.slice(1)) {
    costs.push(await inDatabase(tools, { tickets: 100_000, processes, everyMs: 0 }))
  }
  for (const processes of PROCESSES) {
    costs.push(await inDatabase(tools, { tickets: 100_000, processes, everyMs: BUSY_DESK_MS }))
  }
} finally {
  await postgres.stop()
  rmSync(compiled, { recursive: true, force: true })
}
publish(
  'desk',
  [
    `${EVENTS} notes on ${LIVE} live tickets, one after another, after ${WARM_UP} to warm up; both flush to the same disk.`,
    '',
    renderTable<Cost>(
      [
        { title: 'desk in', cell: ({ what }) => what },
        { title: 'archived tickets', cell: ({ tickets }) => String(tickets) },
        { title: 'processes', cell: ({ processes }) => String(processes) },
        { title: 'events a second', cell: ({ everyMs }) => (everyMs > 0 ? String(1_000 / everyMs) : 'as many as go') },
        { title: 'an event, median ms', cell: ({ medianMs }) => shortNumber(medianMs) },
        { title: 'p99 ms', cell: ({ p99Ms }) => shortNumber(p99Ms) },
        { title: 'CPU of its process, ms', cell: ({ cpuMs }) => shortNumber(cpuMs) },
        {
          title: 'seen by all after, ms',
          cell: ({ seenMs }) => (seenMs === undefined ? undefined : shortNumber(seenMs)),
        },
      ],
      costs,
    ),
  ].join('\n'),
)
process.exit(0)
