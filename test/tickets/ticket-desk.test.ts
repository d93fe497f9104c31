import { expect, test } from 'vitest'
import type { TicketStore } from '../../src/model/stores.js'
import type { DeskNotes, Ticket } from '../../src/model/ticket.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { aTicketRequest, CHEN, XU } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock, MONDAY_MS } from '../support/fixed-clock.js'

const PLACE = 'room:想天售后服务群'
const WANG = 'name:王老板'
const HOUR_MS = 3_600_000
const RULES = someDeskRules()
const deskInMemory = async (clock = fixedClock()) => new TicketDesk(await LowdbTicketStore.inMemory(), clock, RULES)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

/** A store that shows a ticket only once it is written, and whose disk can be full. */
class SlowStore implements TicketStore {
  full = false
  #tickets: readonly Ticket[] = []
  #notes: DeskNotes = { duty: [], digestDay: null }
  readonly #versions = new Map<number, number>()

  list = (): readonly Ticket[] => this.#tickets
  isOnDisk = (): boolean => true
  notes = (): DeskNotes => this.#notes
  versionOf = (number: number): number => this.#versions.get(number) ?? 0
  async add<Opened extends Ticket>(open: (number: number) => Opened): Promise<Opened> {
    const ticket = open(Math.max(0, ...this.#tickets.map(({ number }) => number)) + 1)
    await this.put(ticket, 0)
    return ticket
  }
  async put(ticket: Ticket, expectedVersion: number): Promise<'kept' | 'conflict'> {
    const { number } = ticket
    await Promise.resolve()
    if (this.full) throw new Error('ENOSPC: no space left on device')
    if (this.versionOf(number) !== expectedVersion) return 'conflict'
    this.#versions.set(number, expectedVersion + 1)
    this.#tickets = [...this.#tickets.filter((one) => one.number !== number), ticket]
    return 'kept'
  }
  async changeNotes(change: (notes: DeskNotes) => DeskNotes): Promise<void> {
    this.#notes = change(this.#notes)
  }
  async archive(): Promise<void> {}
  async keepDay(): Promise<void> {}
  async all() {
    return this.list()
  }
  async forget(): Promise<void> {}
}

test('opens the first ticket as number 1, with the time of the clock', async () => {
  const desk = await deskInMemory()
  const { ticket, isNew } = await desk.open(aTicketRequest())
  expect(isNew).toBe(true)
  expect(ticket).toMatchObject({ ...aTicketRequest(), status: 'open', number: 1, openedAtMs: MONDAY_MS })
})

test('gives an asker the open ticket again, also while it is claimed', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  expect(await desk.open(aTicketRequest({ question: '怎么还没人' }))).toMatchObject({
    isNew: false,
    ticket: { number: 1, question: '转人工，备案页打不开' },
  })
  await desk.claim(1, CHEN)
  expect(await desk.open(aTicketRequest())).toMatchObject({ isNew: false, ticket: { number: 1, status: 'claimed' } })
})

test('gives 50 askers at the same moment 50 numbers', async () => {
  const desk = new TicketDesk(new SlowStore(), fixedClock(), RULES)
  const opened = await Promise.all(
    upTo(50).map((index) => desk.open(aTicketRequest({ askerKey: `name:${index}`, askerName: `客户${index}` }))),
  )
  expect(opened.map(({ ticket }) => ticket.number)).toEqual(upTo(50))
  expect(opened.every(({ isNew }) => isNew)).toBe(true)
  expect(desk.list().map(({ number }) => number)).toEqual(upTo(50))
})

test('gives one impatient asker one ticket, in each place', async () => {
  const desk = new TicketDesk(new SlowStore(), fixedClock(), RULES)
  const places = [PLACE, 'direct:name:王老板']
  const opened = await Promise.all(upTo(50).map((index) => desk.open(aTicketRequest({ placeKey: places[index % 2]! }))))
  expect(new Set(opened.map(({ ticket }) => ticket.number))).toEqual(new Set([1, 2]))
  expect(opened.filter(({ isNew }) => isNew)).toHaveLength(2)
  expect(desk.list()).toHaveLength(2)
})

test('holds an asker in the place of the ticket only, and nobody else there', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  expect(desk.heldFor(PLACE, WANG)?.number).toBe(1)
  expect(desk.heldFor(PLACE, 'name:小李')).toBeUndefined()
  expect(desk.heldFor('room:同城社区售后群', WANG)).toBeUndefined()
})

test('is quiet while a person has it, and no longer than its cap', async () => {
  const clock = fixedClock()
  const desk = await deskInMemory(clock)
  await desk.open(aTicketRequest())
  expect(desk.quietFor(PLACE, WANG)).toBe('waiting')
  await desk.claim(1, CHEN)
  expect(desk.quietFor(PLACE, WANG)).toBe('held')
  clock.pass(4 * HOUR_MS - 1)
  expect(desk.quietFor(PLACE, WANG)).toBe('held')
  await desk.answered(1, CHEN, { how: 'spoke', text: '还在看' })
  clock.pass(1)
  expect(desk.quietFor(PLACE, WANG)).toBe('held')
  clock.pass(24 * HOUR_MS)
  expect(desk.quietFor(PLACE, WANG)).toBe('none')
  expect(desk.heldFor(PLACE, WANG)?.status).toBe('claimed')
})

test('lets the asker go when the ticket is solved, and opens the same one when it is not', async () => {
  const clock = fixedClock()
  const desk = await deskInMemory(clock)
  await desk.open(aTicketRequest())
  clock.pass(60_000)
  expect(await desk.resolve(1, CHEN, '已重新打包')).toMatchObject({
    status: 'done',
    ticket: { status: 'resolved', resolvedBy: CHEN, resolvedAtMs: MONDAY_MS + 60_000, gist: '已重新打包' },
  })
  expect([desk.heldFor(PLACE, WANG), desk.quietFor(PLACE, WANG), desk.list()]).toEqual([undefined, 'none', []])
  expect(await desk.open(aTicketRequest())).toMatchObject({ isNew: true, ticket: { number: 1, status: 'reopened' } })
  await desk.resolve(1, CHEN, '')
  await desk.confirm(1, '解决了')
  expect(await desk.open(aTicketRequest())).toMatchObject({ isNew: true, ticket: { number: 2, status: 'open' } })
})

test('opens an old ticket again only while the asker has no other', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  await desk.withdraw(1, '不用了')
  await desk.open(aTicketRequest())
  expect(await desk.reopen(1, '没解决')).toMatchObject({ status: 'refused', ticket: { status: 'withdrawn' } })
  await desk.withdraw(2, '不用了')
  expect(await desk.reopen(1, '没解决')).toMatchObject({ status: 'done', ticket: { number: 1, status: 'reopened' } })
})

test('lets one of two colleagues claim, and tells the other who it was', async () => {
  const desk = new TicketDesk(new SlowStore(), fixedClock(), RULES)
  await desk.open(aTicketRequest())
  const [first, second] = await Promise.all([desk.claim(1, CHEN), desk.claim(1, XU)])
  expect(first).toMatchObject({ status: 'done', ticket: { holder: CHEN, claimedAtMs: MONDAY_MS } })
  expect(second).toMatchObject({ status: 'refused', ticket: { holder: CHEN } })
})

test('whoever speaks first has it, and another voice does not take it away', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  await desk.answered(1, CHEN, { how: 'spoke', text: '我看看' })
  expect(await desk.answered(1, XU, { how: 'replied', text: '补充一句' })).toMatchObject({
    ticket: { holder: CHEN, events: [{ what: 'opened' }, { what: 'claimed' }, { what: 'spoke' }, { what: 'replied' }] },
  })
})

test('changes nothing that is unknown or over', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  await desk.giveBack(1, CHEN)
  for (const unknown of [0, 2, -1, 1e21]) {
    expect(await desk.claim(unknown, CHEN)).toEqual({ status: 'unknown' })
    expect(await desk.resolve(unknown, CHEN, '')).toEqual({ status: 'unknown' })
  }
  const before = desk.find(1)
  const refused = [
    await desk.claim(1, XU),
    await desk.resolve(1, XU, '我关的'),
    await desk.pass(1, CHEN, XU),
    await desk.withdraw(1, ''),
    await desk.expire(1, ''),
    await desk.confirm(1, ''),
    await desk.addWords(1, '喂'),
  ]
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 'refused'))
  expect(desk.find(1)).toEqual(before)
})

test('tells of a full disk, uses up no number, and goes on when there is room', async () => {
  const store = new SlowStore()
  const desk = new TicketDesk(store, fixedClock(), RULES)
  store.full = true
  const refused = await Promise.allSettled(
    upTo(3).map((index) => desk.open(aTicketRequest({ askerKey: `name:${index}` }))),
  )
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(desk.list()).toEqual([])
  expect(desk.heldFor(PLACE, 'name:1')).toBeUndefined()
  store.full = false
  expect((await desk.open(aTicketRequest())).ticket.number).toBe(1)
  store.full = true
  await expect(desk.resolve(1, CHEN, '好了')).rejects.toThrow('ENOSPC')
  expect(desk.heldFor(PLACE, WANG)?.status).toBe('open')
})

test('tells its listeners of every change, until they leave', async () => {
  const desk = await deskInMemory()
  let told = 0
  const leave = desk.onChange(() => {
    told++
  })
  await desk.open(aTicketRequest())
  await desk.claim(1, CHEN)
  leave()
  await desk.resolve(1, CHEN, '')
  expect(told).toBe(2)
})
