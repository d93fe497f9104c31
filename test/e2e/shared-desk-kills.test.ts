import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import type { Ticket, TicketEvent } from '../../src/model/ticket.js'
import { compileProgram } from '../support/compile-program.js'
import { hasPostgres, TestPostgres } from '../support/postgres.js'
import { randomFrom } from '../support/random-picks.js'
import { tempFolder } from '../support/temp-folder.js'

const ACCOUNTS = ['one', 'two', 'three']
const TICKETS = 501
const KILLS = 5
const DATABASE_CRASHES = 2
const DONE_MS = 100_000

interface Acknowledged {
  readonly number?: number
  readonly event?: TicketEvent
  readonly relay?: string
  readonly done?: true
}

interface Run {
  readonly account: string
  readonly program: string
  readonly folder: string
  readonly url: string
}

/** One account's process; the next one is started when it was killed. */
class Worker {
  readonly acknowledged: Acknowledged[] = []
  complaints = ''
  isDone = false
  readonly #run: Run
  #child: ChildProcess | undefined
  #seed: number

  constructor(run: Run) {
    this.#run = run
    this.#seed = ACCOUNTS.indexOf(run.account) * 1_000
  }

  start(): void {
    const share = String(TICKETS / ACCOUNTS.length)
    const { account, program, folder, url } = this.#run
    const args = [program, folder, account, String(++this.#seed), share, String(ACCOUNTS.length)]
    const env = { ...process.env, DATABASE_URL: url }
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    child.stderr.on('data', (chunk) => {
      this.complaints += chunk
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      const one = JSON.parse(line) as Acknowledged
      if (one.done) this.isDone = true
      else this.acknowledged.push(one)
    })
    this.#child = child
  }

  /** Resolves when so much more is acknowledged. */
  async works(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count
    const end = performance.now() + DONE_MS
    while (this.acknowledged.length < wanted && !this.isDone && performance.now() < end) await sleep(5)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.signalCode !== null || child.exitCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }

  lines(name: string): readonly string[] {
    const path = join(this.#run.folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
  }
}

it('500 tickets, three processes, fifteen kills, two crashes of the database: each is taken once, nothing is lost', {
  skip: !hasPostgres,
  timeout: 280_000,
}, async () => {
  const postgres = await TestPostgres.start()
  const url = await postgres.database()
  const folder = tempFolder()
  const program = compileProgram('test/support/work-shared-desk', join(folder, 'program'))
  const workers = ACCOUNTS.map((account) => {
    mkdirSync(join(folder, account))
    return new Worker({ account, program, folder: join(folder, account), url })
  })
  try {
    const random = randomFrom(7)
    for (const worker of workers) worker.start()
    const torment = workers.map(async (worker) => {
      for (let kill = 0; kill < KILLS; kill++) {
        await worker.works(20 + random.below(40))
        await worker.kill()
        worker.isDone = false
        worker.start()
      }
    })
    for (let crash = 0; crash < DATABASE_CRASHES; crash++) {
      await workers[crash]!.works(90)
      await postgres.crash()
      await sleep(500 + random.below(1_500))
      await postgres.launch()
    }
    await Promise.all(torment)
    const end = performance.now() + DONE_MS
    while (!workers.every(({ isDone }) => isDone) && performance.now() < end) await sleep(50)
    // The database may have come back only now.
    await vi.waitFor(
      () => {
        const nothing = { tickets: [], notes: null, notices: [], said: [], audit: [], relays: [] }
        for (const worker of workers)
          expect(JSON.parse(worker.lines('desk-pending.json')[0] ?? JSON.stringify(nothing))).toMatchObject(nothing)
      },
      { timeout: 20_000, interval: 50 },
    )
    expect(workers.map(({ isDone, complaints }) => ({ isDone, complaints }))).toEqual(
      workers.map(() => ({ isDone: true, complaints: '' })),
    )
    const name = url.split('/').at(-1)!
    const tickets = (await postgres.run(name, 'select body from guoshen.tickets')).map(({ body }) => body as Ticket)
    expect(tickets.length).toBeGreaterThanOrEqual(TICKETS)
    for (const { events } of tickets) expect(events.filter(({ what }) => what === 'claimed')).toHaveLength(1)
    const byNumber = new Map(tickets.map((ticket) => [ticket.number, ticket]))
    const acknowledged = workers.flatMap((worker) => worker.acknowledged)
    const changes = acknowledged.filter(({ event }) => event !== undefined)
    expect(changes.length).toBeGreaterThan(TICKETS)
    for (const { number, event } of changes) expect(byNumber.get(number!)?.events).toContainEqual(event)
    const told = workers.flatMap((worker) => worker.lines('told.txt')).join('\n')
    for (const { number } of tickets) expect(told).toMatch(new RegExp(`🔔 工单 ${number}(?!\\d)`))
    const said = workers.flatMap((worker) => worker.lines('said.txt'))
    expect(new Set(said).size).toBe(said.length)
    expect(said.length).toBeGreaterThan(20)
    for (const { relay } of acknowledged) {
      if (relay === undefined || said.includes(relay)) continue
      expect(told).toMatch(new RegExp(`工单 ${/\d+/.exec(relay)![0]} 的回复`))
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()))
    await postgres.stop()
  }
})
