import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import type { Ticket } from '../../src/model/ticket.js'
import { LowdbTicketStore, TicketFolder } from '../../src/store/tickets.js'
import { forgetIn, TicketDesk } from '../../src/tickets/desk.js'
import * as to from '../../src/tickets/states.js'
import { dueActions } from '../../src/tickets/states.js'
import { CHEN, keep, anOpenTicket as ticket, XU } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
import { tempFolder } from '../support/temp-folder.js'

const NO_NOTES = { duty: [], digestDay: null }
const file = (lastNumber: number, tickets: readonly object[]) => ({ version: 2, lastNumber, tickets, notes: NO_NOTES })
const at = (atMs: number, by = CHEN, why = '') => ({ atMs, by, why })
/** As the first version wrote it. */
const FIRST = {
  ...{ placeKey: 'room:想天', placeName: '想天', askerKey: 'name:王老板', askerName: '王老板' },
  ...{ question: '转人工', answeredSections: ['1.1'], openedAtMs: 5 },
}
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
  await keep(store, ticket(1))
  // Under a test runner lowdb's own presets would have kept it in memory.
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(file(1, [ticket(1)]))
})

test('finds every kind of ticket again after a restart, oldest first', async () => {
  const path = join(tempFolder(), 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  const claimed = to.claimTicket(ticket(2), at(5))
  const resolved = to.resolveTicket(ticket(3), at(6, XU, '好了 🎉\n第二行'))
  const rated = to.rateTicket(resolved, { ...at(7), rating: 4 })
  const others = [
    to.confirmTicket({ ...resolved, number: 4 }, at(7)),
    to.reopenTicket({ ...resolved, number: 5 }, at(7)),
    to.withdrawTicket(ticket(6), at(7)),
    to.expireTicket(ticket(7), at(7)),
    { ...resolved, number: 8 },
  ]
  for (const one of [...others, rated, claimed, ticket(1)]) await keep(store, one)
  await store.changeNotes(() => ({ duty: [{ person: CHEN, on: true, atMs: 9 }], digestDay: 20_000 }))
  const again = await LowdbTicketStore.open(path)
  expect(again.list()).toEqual([ticket(1), claimed, rated, ...others])
  expect(again.lastNumber()).toBe(8)
  expect(again.notes()).toEqual({ duty: [{ person: CHEN, on: true, atMs: 9 }], digestDay: 20_000 })
})

test('carries tickets of the first version over, with what is known of their history', async () => {
  const path = join(tempFolder(), 'tickets.json')
  const old = [
    { ...FIRST, status: 'open', number: 1 },
    { ...FIRST, status: 'claimed', number: 2, claimedBy: '陈工', claimedAtMs: 6 },
    { ...FIRST, status: 'closed', number: 3, closedBy: '徐经理', closedAtMs: 7, closingNote: '好了' },
  ]
  writeFileSync(path, JSON.stringify({ lastNumber: 4, tickets: old }))
  const store = await LowdbTicketStore.open(path)
  expect(store.lastNumber()).toBe(4)
  expect(store.list()).toMatchObject([
    { status: 'open', number: 1, question: '转人工', sectionKey: '1.1' },
    { status: 'claimed', number: 2, holder: CHEN, claimedAtMs: 6 },
    { status: 'closed', number: 3, gist: '好了', closedAtMs: 7 },
  ])
  expect(store.list().map(({ events }) => events.map(({ what }) => what))).toEqual([
    ['opened', 'told-staff'],
    ['opened', 'told-staff', 'claimed'],
    ['opened', 'told-staff', 'closed'],
  ])
  await keep(store, to.claimTicket(ticket(5), at(9)))
  expect((await LowdbTicketStore.open(path)).list()).toHaveLength(4)
})

test('is the file of its owner alone, whatever the mode was before', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  await keep(await LowdbTicketStore.open(path), ticket(1))
  expect(modeOf(path)).toBe('600')
  await chmod(path, 0o644)
  await keep(await LowdbTicketStore.open(path), ticket(2))
  expect(modeOf(path)).toBe('600')
  expect(readdirSync(folder)).toEqual(['tickets.json'])
})

const foreign: readonly (readonly [string, string])[] = [
  ['is empty', ''],
  ['is blank', ' \n'],
  ['is cut off', '{"lastNumber":1,"tickets":[{"number":1,'],
  ['has a BOM', `\ufeff${JSON.stringify(file(1, [ticket(1)]))}`],
  ['holds zero bytes', '\0'.repeat(200)],
  ['is null', 'null'],
  ['is false', 'false'],
  ['is zero', '0'],
  ['is an empty string', '""'],
  ['is a list', '[]'],
  ['is an empty object', '{}'],
  ['belongs to another program', '{"posts":[{"id":1}]}'],
  ['lacks the last number', '{"tickets":[]}'],
  ['has a newer shape', JSON.stringify({ ...file(0, []), shifts: [{ who: '陈工' }] })],
  ['is of a later version', JSON.stringify({ ...file(0, []), version: 3 })],
  ['has a ticket without a history', JSON.stringify(file(1, [{ ...ticket(1), events: [] }]))],
  ['has a ticket without a question', '{"lastNumber":1,"tickets":[{"number":1,"status":"open"}]}'],
  ['has a ticket in an unknown state', JSON.stringify(file(1, [{ ...ticket(1), status: 'lost' }]))],
  ['has numbers as text', JSON.stringify({ lastNumber: '1', tickets: [] })],
  ['would give out a number again', JSON.stringify(file(1, [ticket(1), ticket(2)]))],
  ['has a number twice', JSON.stringify(file(1, [ticket(1), ticket(1)]))],
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

test('names a file that a newer program wrote, and offers no backup over it', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await keep(store, ticket(1))
  await store.keepDay(Date.parse('2026-11-23T02:00:00Z'), 0)
  writeFileSync(path, JSON.stringify({ ...file(1, [ticket(1)]), version: 3, shifts: [] }))
  const refusal = String(await LowdbTicketStore.open(path).catch((error: unknown) => error))
  expect(refusal).toMatch(/更新版本的程序写的（格式 3）.*不要用旧的备份覆盖/)
  expect(refusal).not.toMatch(/\bcp\b|最新的可用备份/)
})

test('keeps in memory what a full disk refuses, and writes it with the next change', async () => {
  const path = join(tempFolder(), 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await keep(store, ticket(1))
  symlinkSync('/dev/full', `${path}.${process.pid}.tmp`)
  await keep(store, ticket(2))
  expect({ onDisk: store.isOnDisk(), numbers: store.list().map(({ number }) => number) }).toEqual({
    ...{ onDisk: false, numbers: [1, 2] },
  })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ lastNumber: 1 })
  await store.changeNotes(() => ({ duty: [], digestDay: 1 }))
  expect(store.isOnDisk()).toBe(true)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    lastNumber: 2,
    tickets: [{ number: 1 }, { number: 2 }],
  })
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

test('keeps in memory what the disk refuses, and says so, until there is room', async () => {
  const folder = join(tempFolder(), 'data')
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await keep(store, ticket(1))
  // A file where the folder was can't be written into by anybody, root included.
  renameSync(folder, `${folder}.away`)
  writeFileSync(folder, '')
  await keep(store, ticket(2))
  expect([store.list(), store.lastNumber(), store.isOnDisk()]).toEqual([[ticket(1), ticket(2)], 2, false])
  rmSync(folder)
  renameSync(`${folder}.away`, folder)
  expect((await LowdbTicketStore.open(path)).list()).toEqual([ticket(1)])
  await keep(store, ticket(3))
  expect(store.isOnDisk()).toBe(true)
  expect((await LowdbTicketStore.open(path)).list()).toEqual([ticket(1), ticket(2), ticket(3)])
})

test('leaves nothing behind when the file cannot be replaced', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  mkdirSync(path)
  await keep(store, ticket(1))
  expect(store.isOnDisk()).toBe(false)
  expect(readdirSync(folder)).toEqual(['tickets.json'])
})

test('in memory keeps tickets for as long as it lives, and no longer', async () => {
  const store = await LowdbTicketStore.inMemory()
  await keep(store, ticket(1))
  expect(store.list()).toEqual([ticket(1)])
  expect((await LowdbTicketStore.inMemory()).list()).toEqual([])
})

const noon = (date: string): number => Date.parse(`${date}T12:00:00+08:00`)

test('keeps a backup of each of the last seven days with tickets, and names the newest good one', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await store.keepDay(noon('2026-11-01'), 0)
  expect(readdirSync(folder)).toEqual(['last-number.txt'])
  await keep(store, ticket(1))
  for (let day = 1; day <= 9; day++) {
    await store.keepDay(noon(`2026-11-0${day}`), 0)
    await keep(store, ticket(day + 1))
    await store.keepDay(noon(`2026-11-0${day}`), 0)
  }
  const backups = readdirSync(join(folder, 'backups'))
  expect(backups).toEqual([3, 4, 5, 6, 7, 8, 9].map((day) => `tickets-2026-11-0${day}.json`))
  writeFileSync(join(folder, 'backups', 'tickets-2026-11-09.json'), '{"half')
  const newestGood = join(folder, 'backups', 'tickets-2026-11-08.json')
  writeFileSync(path, '{"version":2,"lastNu')
  await expect(LowdbTicketStore.open(path)).rejects.toThrow(newestGood)
  expect(readFileSync(path, 'utf8')).toBe('{"version":2,"lastNu')
  rmSync(path)
  await expect(LowdbTicketStore.open(path)).rejects.toThrow(newestGood)
  writeFileSync(path, readFileSync(newestGood))
  expect((await LowdbTicketStore.open(path)).list()).toHaveLength(8)
})

test.each(['data', "it's 数据"])(
  'the commands that it names bring the backup back, in a folder called %s',
  async (name) => {
    const folder = join(tempFolder(), name)
    const path = join(folder, 'tickets.json')
    const store = await LowdbTicketStore.open(path)
    await keep(store, ticket(1))
    await store.keepDay(noon('2026-11-01'), 0)
    const runItsAdvice = async () => {
      const { message } = (await LowdbTicketStore.open(path).catch((error: unknown) => error)) as Error
      const commands = message.split('\n').filter((line) => line.startsWith('  '))
      execFileSync('sh', ['-ec', commands.join('\n')])
      return (await LowdbTicketStore.open(path)).list().map(({ number }) => number)
    }
    writeFileSync(path, '{"version":2,"lastNu')
    expect(await runItsAdvice()).toEqual([1])
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('{"version":2,"lastNu')
    rmSync(path)
    expect(await runItsAdvice()).toEqual([1])
  },
)

test('moves tickets to the archive of the month in which they ended, once', async () => {
  const folder = tempFolder()
  const store = await LowdbTicketStore.open(join(folder, 'tickets.json'))
  const ended = (number: number, date: string) => to.withdrawTicket(ticket(number), at(noon(date)))
  const tickets = [ended(1, '2026-10-31'), ended(2, '2026-11-01'), ended(3, '2026-11-02'), ticket(4)]
  for (const one of tickets) await keep(store, one)
  await store.archive([1, 2, 99])
  // Killed between archive and live file, a ticket is archived again.
  await keep(store, tickets[1]!)
  await store.archive([2, 3])
  expect(readdirSync(join(folder, 'archive'))).toEqual(['tickets-2026-10.json', 'tickets-2026-11.json'])
  expect(store.list()).toEqual([ticket(4)])
  expect(await new TicketFolder(folder).archived()).toEqual(tickets.slice(0, 3))
  expect((await LowdbTicketStore.open(join(folder, 'tickets.json'))).lastNumber()).toBe(4)
})

test('forgets archived tickets when their time is over', async () => {
  const folder = tempFolder()
  const store = await LowdbTicketStore.open(join(folder, 'tickets.json'))
  const opened = (number: number, date: string) =>
    to.withdrawTicket(ticket(number, { atMs: noon(date) }), at(noon('2026-05-03')))
  await keep(store, opened(1, '2026-05-01'))
  await keep(store, opened(2, '2026-05-02'))
  await store.archive([1, 2])
  const numbers = async () => (await new TicketFolder(folder).archived()).map(({ number }) => number)
  await store.keepDay(noon('2026-11-01'), noon('2026-05-02'))
  expect(await numbers()).toEqual([2])
  await store.keepDay(noon('2026-11-02'), noon('2026-05-03'))
  expect(await numbers()).toEqual([])
})

test('removes a person from tickets, archive and backups', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  const li = { askerKey: 'name:小李', askerName: '小李', question: '怎么付款' }
  await keep(store, to.withdrawTicket(ticket(1), at(noon('2026-11-01'))))
  const tellsOfWang = at(noon('2026-11-01'))
  await keep(
    store,
    to.noteOnTicket(ticket(2, { ...li, question: '和王老板一样的问题' }), 'noted', { ...tellsOfWang, why: '同王老板' }),
  )
  await keep(store, ticket(3))
  await store.archive([1])
  await store.keepDay(noon('2026-11-01'), 0)
  expect((await store.all()).map(({ number }) => number)).toEqual([1, 2, 3])
  const others = JSON.stringify(store.list().find(({ number }) => number === 2))
  await store.forget(forgetIn({ keys: ['name:王老板'] }))
  const everything = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(everything).toHaveLength(2)
  const [theirs] = (await store.all()).filter(({ number }) => number === 2)
  expect(JSON.stringify(theirs)).toBe(others)
  expect(JSON.stringify((await store.all()).filter((one) => one !== theirs))).not.toMatch(/王老板|备案页/)
  expect((await LowdbTicketStore.open(path)).list()).toHaveLength(2)
})

test('stays below 2 MB with 10,000 tickets, most of them archived', async () => {
  const folder = tempFolder()
  const path = join(folder, 'tickets.json')
  const clock = { nowMs: MONDAY_MS, now: () => clock.nowMs }
  const rules = someDeskRules()
  const tickets = Array.from({ length: 10_000 }, (_, index) => {
    const opened = ticket(index + 1, {
      question: '备案页打不开，提示主办单位与主体不一致。'.repeat(5),
      atMs: clock.nowMs,
    })
    // One in forty is still open, and everybody has written a lot.
    const talked = Array.from({ length: 6 }).reduce<typeof opened>(
      (one, _) => to.noteOnTicket(one, 'added', at(clock.nowMs, CHEN, '还是一样，麻烦再看看')),
      opened,
    )
    return index % 40 === 0
      ? talked
      : to.rateTicket(to.resolveTicket(talked, at(clock.nowMs)), { ...at(clock.nowMs), rating: 5 })
  })
  const told = tickets.map((one) => to.noteOnTicket(one as Ticket, 'told-staff', at(clock.nowMs)))
  writeFileSync(path, JSON.stringify(file(10_000, told)))
  const desk = new TicketDesk(await LowdbTicketStore.open(path), clock, rules)
  const due = dueActions(desk.all(), clock.now(), { notes: desk.notes(), rules })
  for (const action of due) if (action.kind === 'archive') await desk.archive(action.numbers)
  expect(desk.list()).toHaveLength(250)
  expect(statSync(path).size).toBeLessThan(2_000_000)
  expect((await new TicketFolder(folder).archived()).length + desk.all().length).toBe(10_000)
}, 30_000)

test.runIf(canMount())('gives no number out again that people heard of while the disk was full', async () => {
  const folder = join(tempFolder(), 'data')
  const disk = SmallDisk.mount(folder, { mib: 2 })
  onTestFinished(() => disk.unmount())
  const path = join(folder, 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await store.keepDay(MONDAY_MS, 0)
  const open = () => store.add((number) => ticket(number))
  await open()
  disk.fill()
  expect([(await open()).number, (await open()).number, store.isOnDisk()]).toEqual([2, 3, false])
  const killed = join(tempFolder(), 'data')
  cpSync(folder, killed, { recursive: true, filter: (from) => !from.endsWith('filler') })
  disk.free()

  const next = await LowdbTicketStore.open(join(killed, 'tickets.json'))
  expect([next.list().length, next.lastNumber(), next.lostNumbers()]).toEqual([1, 3, { from: 2, to: 3 }])
  await next.keepDay(MONDAY_MS, 0)
  expect((await next.add((number) => ticket(number))).number).toBe(4)
  const later = await LowdbTicketStore.open(join(killed, 'tickets.json'))
  expect([later.lastNumber(), later.lostNumbers()]).toEqual([4, undefined])

  // What is written after all was never lost.
  await expect.poll(() => store.isOnDisk(), { timeout: 5_000 }).toBe(true)
  expect((await LowdbTicketStore.open(path)).lostNumbers()).toBeUndefined()
  await store.keepDay(MONDAY_MS, 0)
  expect(readFileSync(join(folder, 'last-number.txt'), 'utf8')).toBe('0'.repeat(16))
})

test.each(['', 'x', '-3', '1e9', '\u0000'.repeat(16)])('takes a torn mark for none: %j', async (text) => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'last-number.txt'), text)
  const store = await LowdbTicketStore.open(join(folder, 'tickets.json'))
  expect([store.lastNumber(), store.lostNumbers()]).toEqual([0, undefined])
})

test('takes no mark for tickets whose file is gone', async () => {
  const path = join(tempFolder(), 'tickets.json')
  const store = await LowdbTicketStore.open(path)
  await keep(store, ticket(1))
  await store.keepDay(MONDAY_MS, 0)
  writeFileSync(join(path, '..', 'last-number.txt'), '0000000000000007')
  rmSync(path)
  await expect(LowdbTicketStore.open(path)).rejects.toThrow('但有备份')
})
