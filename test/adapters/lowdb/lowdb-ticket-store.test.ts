import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { LowdbTicketStore } from '../../../src/adapters/lowdb/lowdb-ticket-store.js'
import { StoreError } from '../../../src/errors.js'
import type { OpenTicket } from '../../../src/model/ticket.js'
import { claimTicket, closeTicket } from '../../../src/tickets/ticket-transitions.js'
import { aTicketRequest } from '../../support/a-ticket.js'
import { tempFolder } from '../../support/temp-folder.js'

const ticket = (number: number): OpenTicket => ({ ...aTicketRequest(), status: 'open', number, openedAtMs: number })
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('begins empty where there is no file, and writes none before the first ticket', async () => {
  const folder = tempFolder()
  const store = await LowdbTicketStore.open(join(folder, 'tickets.json'))
  expect([store.list(), store.lastNumber()]).toEqual([[], 0])
  expect(readdirSync(folder)).toEqual([])
})

test('has a ticket on disk when put resolves, also in a folder that is not there yet', async () => {
  const path = join(tempFolder(), 'deep', 'data', 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await store.put(ticket(1))
  // Under a test runner lowdb's own presets would have kept it in memory.
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ lastNumber: 1, tickets: [ticket(1)] })
})

test('finds every kind of ticket again after a restart, oldest first', async () => {
  const path = join(tempFolder(), 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  const claimed = claimTicket(ticket(2), '陈工', 5)
  const closed = closeTicket(claimTicket(ticket(3), '陈工', 5), { by: '徐经理', atMs: 6, note: '好了 🎉\n第二行' })
  for (const one of [closed, claimed, ticket(1)]) await store.put(one)
  const again = await LowdbTicketStore.open(path)
  expect(again.list()).toEqual([ticket(1), claimed, closed])
  expect(again.lastNumber()).toBe(3)
})

test('is the file of its owner alone, whatever the mode was before', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  await (await LowdbTicketStore.open(path)).put(ticket(1))
  expect(modeOf(path)).toBe('600')
  await chmod(path, 0o644)
  await (await LowdbTicketStore.open(path)).put(ticket(2))
  expect(modeOf(path)).toBe('600')
  expect(readdirSync(folder)).toEqual(['tickets.json'])
})

const foreign: readonly (readonly [string, string])[] = [
  ['is empty', ''],
  ['is blank', ' \n'],
  ['is cut off', '{"lastNumber":1,"tickets":[{"number":1,'],
  ['has a BOM', `\ufeff${JSON.stringify({ lastNumber: 1, tickets: [ticket(1)] })}`],
  ['holds zero bytes', '\0'.repeat(200)],
  ['is null', 'null'],
  ['is false', 'false'],
  ['is zero', '0'],
  ['is an empty string', '""'],
  ['is a list', '[]'],
  ['is an empty object', '{}'],
  ['belongs to another program', '{"posts":[{"id":1}]}'],
  ['lacks the last number', '{"tickets":[]}'],
  ['has a newer shape', '{"lastNumber":0,"tickets":[],"shifts":[{"who":"陈工"}]}'],
  ['has a ticket without a question', '{"lastNumber":1,"tickets":[{"number":1,"status":"open"}]}'],
  ['has a ticket in an unknown state', JSON.stringify({ lastNumber: 1, tickets: [{ ...ticket(1), status: 'lost' }] })],
  ['has numbers as text', JSON.stringify({ lastNumber: '1', tickets: [] })],
  ['would give out a number again', JSON.stringify({ lastNumber: 1, tickets: [ticket(1), ticket(2)] })],
  ['has a number twice', JSON.stringify({ lastNumber: 1, tickets: [ticket(1), ticket(1)] })],
]

test.each(foreign)('refuses a file that %s, and leaves it as it is', async (_what, text) => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  writeFileSync(path, text)
  const refusal = await LowdbTicketStore.open(path).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(StoreError)
  expect(refusal).toMatchObject({ code: 'store-unreadable', message: expect.stringContaining(path) })
  expect(readFileSync(path, 'utf8')).toBe(text)
  expect(readdirSync(folder)).toEqual(['tickets.json'])
})

test('refuses a folder in place of the file', async () => {
  const path = join(tempFolder(), 'tickets.json')
  await mkdir(path)
  await expect(LowdbTicketStore.open(path)).rejects.toThrow(StoreError)
})

test('says nothing of what a damaged file holds, not even in the cause', async () => {
  const path = join(tempFolder(), 'tickets.json')
  writeFileSync(path, '13800000000 是我的手机号')
  const refusal = await LowdbTicketStore.open(path).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(StoreError)
  expect(inspect(refusal)).not.toContain('1380')
})

test('agrees with the disk when a write fails, and goes on once there is room', async () => {
  const folder = join(tempFolder(), 'data')
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await store.put(ticket(1))
  // A file where the folder was can't be written into by anybody, root included.
  renameSync(folder, `${folder}.away`)
  writeFileSync(folder, '')
  await expect(store.put(ticket(2))).rejects.toThrow()
  await expect(store.put(closeTicket(ticket(1), { by: '陈工', atMs: 9, note: '' }))).rejects.toThrow()
  expect([store.list(), store.lastNumber()]).toEqual([[ticket(1)], 1])
  rmSync(folder)
  renameSync(`${folder}.away`, folder)
  expect((await LowdbTicketStore.open(path)).list()).toEqual([ticket(1)])
  await store.put(ticket(2))
  expect((await LowdbTicketStore.open(path)).list()).toEqual([ticket(1), ticket(2)])
})

test('leaves nothing behind when the file cannot be replaced', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  mkdirSync(path)
  await expect(store.put(ticket(1))).rejects.toThrow()
  expect(store.list()).toEqual([])
  expect(readdirSync(folder)).toEqual(['tickets.json'])
})

test('in memory keeps tickets for as long as it lives, and no longer', async () => {
  const store = await LowdbTicketStore.inMemory()
  await store.put(ticket(1))
  expect(store.list()).toEqual([ticket(1)])
  expect((await LowdbTicketStore.inMemory()).list()).toEqual([])
})
