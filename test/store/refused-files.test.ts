import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { anOpenTicket } from '../support/a-ticket.js'
import { tempFolder } from '../support/temp-folder.js'

/** What the supervisor keeps between two runs of the bot. */
function keptByOthers() {
  const kept = new Map<string, string>()
  /** A run of the bot: modules of its own, as in a process of its own. */
  const run = async () => {
    vi.resetModules()
    const { keepRefused, refusedFiles } = await import('../../src/store/json-file.js')
    keepRefused(new Map(kept), (path, text) => {
      if (text === undefined) kept.delete(path)
      else kept.set(path, text)
    })
    const { LowdbOutboxStore } = await import('../../src/store/outbox.js')
    const { LowdbTicketStore } = await import('../../src/store/tickets.js')
    const { openStaffBinding } = await import('../../src/store/records.js')
    return { LowdbOutboxStore, LowdbTicketStore, openStaffBinding, refusedFiles }
  }
  return { kept, run }
}

/** A folder in its place is what nobody can write a file over, whatever their rights. */
function aPath(name: string) {
  const path = join(tempFolder(), name)
  const clear = (): void => rmSync(path, { recursive: true, force: true })
  const refuse = (): void => {
    clear()
    mkdirSync(join(path, 'in the way'), { recursive: true })
  }
  return { path, refuse, accept: clear }
}

test('a run begins with the notices that the disk refused to the one before, and writes them when it can', async () => {
  const { kept, run } = keptByOthers()
  const { path, refuse, accept } = aPath('outbox.json')
  const first = await run()
  const outbox = await first.LowdbOutboxStore.open(path)
  refuse()
  await outbox.add('工单 1')
  await outbox.add('工单 2')
  expect([...kept.keys()]).toEqual([path])

  const second = await run()
  const next = await second.LowdbOutboxStore.open(path)
  expect(next.list().map(({ text }) => text)).toEqual(['工单 1', '工单 2'])
  expect(second.refusedFiles()).toEqual(['outbox.json'])
  accept()
  await expect.poll(() => kept.size).toBe(0)
  expect(readFileSync(path, 'utf8')).toContain('工单 2')
})

test('tickets outlive the process that could not write them, under their numbers, and none counts as lost', async () => {
  const { run } = keptByOthers()
  const { path, refuse, accept } = aPath('tickets.json')
  const tickets = await (await run()).LowdbTicketStore.open(path)
  await tickets.add((number) => anOpenTicket(number))
  refuse()
  await tickets.add((number) => anOpenTicket(number))
  expect(tickets.isOnDisk()).toBe(false)

  const next = await (await run()).LowdbTicketStore.open(path)
  expect([next.lastNumber(), next.list().length, next.lostNumbers(), next.isOnDisk()]).toEqual([2, 2, undefined, false])
  accept()
  await expect.poll(() => next.isOnDisk()).toBe(true)
})

test('what is on disk after all is not begun with again', async () => {
  const { kept, run } = keptByOthers()
  const { path, refuse, accept } = aPath('outbox.json')
  const outbox = await (await run()).LowdbOutboxStore.open(path)
  refuse()
  await outbox.add('工单 1')
  const refused = kept.get(path)
  accept()
  await outbox.add('工单 2')
  expect([refused?.includes('工单 1'), kept.size]).toEqual([true, 0])
})

test('tells of what it is about to write before it is there, so that a kill leaves nothing older behind', async () => {
  const { kept, run } = keptByOthers()
  const { path, refuse, accept } = aPath('outbox.json')
  const outbox = await (await run()).LowdbOutboxStore.open(path)
  refuse()
  await outbox.add('工单 1')
  accept()
  const adding = outbox.add('工单 2')
  await expect
    .poll(() => kept.get(path)?.includes('工单 2') ?? readFileSync(path, 'utf8').includes('工单 2'))
    .toBe(true)
  await adding
})

test('a staff group that could not be written down is still the one that is bound', async () => {
  const { run } = keptByOthers()
  const { path, refuse } = aPath('staff-room.json')
  const log = { error: () => {} }
  const needs = { rooms: [], staffRoom: '过审值班群', nowMs: 0, log }
  const list = await (await run()).openStaffBinding(dirname(path), needs)
  refuse()
  await list.save([
    { key: 'room:过审值班群', named: '过审值班群', by: '徐经理', boundAtMs: 1, members: [], toldOf: [] },
  ])
  rmSync(path, { recursive: true })
  const next = await (await run()).openStaffBinding(dirname(path), needs)
  expect(next.records()).toMatchObject([{ by: '徐经理' }])
})
