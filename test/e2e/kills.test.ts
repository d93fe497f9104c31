import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import type { TicketEvent } from '../../src/model/ticket.js'
import { LowdbTicketStore, TicketFolder } from '../../src/store/tickets.js'
import { compileProgram } from '../support/compile-program.js'
import { randomFrom } from '../support/random-picks.js'
import { tempFolder } from '../support/temp-folder.js'

const LANES = 4
const KILLS_A_LANE = 50
const MAX_ACKNOWLEDGED = 12

/** How the first line of a notice begins, by the event that it is about. */
const NOTICE: Readonly<Partial<Record<TicketEvent['what'], (number: number) => string>>> = {
  opened: (number) => `^🔔 工单 ${number}(?!\\d)`,
  reopened: (number) => `^🔔 工单 ${number}（`,
  withdrawn: (number) => `^✅ 工单 ${number}(?!\\d)`,
}

interface Acknowledged {
  readonly number: number
  readonly event: TicketEvent
}

interface Run {
  readonly program: string
  readonly folder: string
  readonly seed: number
}

/** Lets the desk work and kills it in the middle of whatever comes after `count` acknowledged changes. */
async function workUntilKilled({ program, folder, seed }: Run, count: number): Promise<readonly Acknowledged[]> {
  const child = spawn(process.execPath, [program, folder, String(seed)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  const gone = once(child, 'exit')
  const acknowledged: Acknowledged[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(JSON.parse(line) as Acknowledged)
    if (acknowledged.length === count) child.kill('SIGKILL')
  }
  const [, signal] = await gone
  expect({ signal, complaints }).toEqual({ signal: 'SIGKILL', complaints: '' })
  return acknowledged
}

async function killAgainAndAgain(program: string, folder: string, lane: number): Promise<number> {
  mkdirSync(folder)
  const random = randomFrom(lane)
  const acknowledged: Acknowledged[] = []
  for (let kill = 0; kill < KILLS_A_LANE; kill++) {
    const run = { program, folder, seed: lane * 1_000 + kill }
    acknowledged.push(...(await workUntilKilled(run, 1 + random.below(MAX_ACKNOWLEDGED))))
  }
  const [code] = await once(spawn(process.execPath, [program, folder, '0', 'drain'], { stdio: 'inherit' }), 'exit')
  expect(code).toBe(0)
  const live = (await LowdbTicketStore.open(join(folder, 'tickets.json'))).list()
  const numbersAlive = new Set(live.map(({ number }) => number))
  const archived = (await new TicketFolder(folder).archived()).filter(({ number }) => !numbersAlive.has(number))
  const tickets = new Map([...archived, ...live].map((ticket) => [ticket.number, ticket]))
  // Every acknowledged change is there, and no number was given out twice or passed over.
  for (const { number, event } of acknowledged) expect(tickets.get(number)?.events).toContainEqual(event)
  expect([...tickets.keys()].sort((a, b) => a - b)).toEqual([...tickets.keys()].map((_, index) => index + 1))
  expect(archived.length).toBeGreaterThan(0)
  const told = readFileSync(join(folder, 'told.txt'), 'utf8')
  for (const { number, events } of tickets.values()) {
    const news = events.findLast(({ what }) => what in NOTICE)?.what
    expect(told).toMatch(new RegExp(NOTICE[news ?? 'opened']!(number), 'm'))
  }
  return acknowledged.length
}

it('keeps every acknowledged change through 200 kills, and tells staff of every ticket', {
  timeout: 600_000,
}, async () => {
  const folder = tempFolder()
  const program = compileProgram('test/support/work-tickets', join(folder, 'program'))
  const lanes = Array.from({ length: LANES }, (_, lane) => killAgainAndAgain(program, join(folder, `${lane}`), lane))
  const counts = await Promise.all(lanes)
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(KILLS_A_LANE)
})
