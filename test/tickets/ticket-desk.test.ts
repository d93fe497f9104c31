import { expect, test } from 'vitest'
import { LowdbTicketStore } from '../../src/adapters/lowdb/lowdb-ticket-store.js'
import type { TicketStore } from '../../src/model/ports.js'
import type { Ticket } from '../../src/model/ticket.js'
import { TicketDesk } from '../../src/tickets/ticket-desk.js'
import { aTicketRequest } from '../support/a-ticket.js'
import { fixedClock, MONDAY_MS } from '../support/fixed-clock.js'

const PLACE = 'room:想天售后服务群'
const deskInMemory = async (clock = fixedClock()) => new TicketDesk(await LowdbTicketStore.inMemory(), clock)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

/** A store that shows a ticket only once it is written, and whose disk can be full. */
class SlowStore implements TicketStore {
  full = false
  #tickets: readonly Ticket[] = []

  list = (): readonly Ticket[] => this.#tickets
  lastNumber = (): number => Math.max(0, ...this.#tickets.map(({ number }) => number))
  async put(ticket: Ticket): Promise<void> {
    await Promise.resolve()
    if (this.full) throw new Error('ENOSPC: no space left on device')
    this.#tickets = [...this.#tickets.filter(({ number }) => number !== ticket.number), ticket]
  }
}

test('opens the first ticket as number 1, with the time of the clock', async () => {
  const desk = await deskInMemory()
  const { ticket, isNew } = await desk.open(aTicketRequest())
  expect(isNew).toBe(true)
  expect(ticket).toEqual({ ...aTicketRequest(), status: 'open', number: 1, openedAtMs: MONDAY_MS })
})

test('gives an asker the open ticket again, also while it is claimed', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  expect(await desk.open(aTicketRequest({ question: '怎么还没人' }))).toMatchObject({
    isNew: false,
    ticket: { number: 1, question: '转人工，备案页打不开' },
  })
  await desk.claim(1, '陈工')
  expect(await desk.open(aTicketRequest())).toMatchObject({ isNew: false, ticket: { number: 1, status: 'claimed' } })
})

test('gives 50 askers at the same moment 50 numbers', async () => {
  const desk = new TicketDesk(new SlowStore(), fixedClock())
  const opened = await Promise.all(
    upTo(50).map((index) => desk.open(aTicketRequest({ askerKey: `name:${index}`, askerName: `客户${index}` }))),
  )
  expect(opened.map(({ ticket }) => ticket.number)).toEqual(upTo(50))
  expect(opened.every(({ isNew }) => isNew)).toBe(true)
  expect(desk.list().map(({ number }) => number)).toEqual(upTo(50))
})

test('gives one impatient asker one ticket, in each place', async () => {
  const desk = new TicketDesk(new SlowStore(), fixedClock())
  const places = ['room:想天售后服务群', 'direct:name:王老板']
  const opened = await Promise.all(upTo(50).map((index) => desk.open(aTicketRequest({ placeKey: places[index % 2]! }))))
  expect(new Set(opened.map(({ ticket }) => ticket.number))).toEqual(new Set([1, 2]))
  expect(opened.filter(({ isNew }) => isNew)).toHaveLength(2)
  expect(desk.list()).toHaveLength(2)
})

test('holds an asker in the place of the ticket only, and nobody else there', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  expect(desk.heldFor(PLACE, 'name:王老板')?.number).toBe(1)
  expect(desk.heldFor(PLACE, 'name:小李')).toBeUndefined()
  expect(desk.heldFor('room:同城社区售后群', 'name:王老板')).toBeUndefined()
})

test('lets the asker go when the ticket is closed, and then opens a new one', async () => {
  const clock = fixedClock()
  const desk = await deskInMemory(clock)
  await desk.open(aTicketRequest())
  clock.pass(60_000)
  expect(await desk.close(1, '陈工', '已重新打包')).toMatchObject({
    status: 'closed',
    ticket: { closedBy: '陈工', closedAtMs: MONDAY_MS + 60_000, closingNote: '已重新打包' },
  })
  expect(desk.heldFor(PLACE, 'name:王老板')).toBeUndefined()
  expect(desk.list()).toEqual([])
  expect(await desk.open(aTicketRequest())).toMatchObject({ isNew: true, ticket: { number: 2 } })
})

test('lets one of two colleagues claim, and tells the other who it was', async () => {
  const desk = new TicketDesk(new SlowStore(), fixedClock())
  await desk.open(aTicketRequest())
  const [first, second] = await Promise.all([desk.claim(1, '陈工'), desk.claim(1, '徐经理')])
  expect(first).toMatchObject({ status: 'claimed', ticket: { claimedBy: '陈工', claimedAtMs: MONDAY_MS } })
  expect(second).toMatchObject({ status: 'already-claimed', ticket: { claimedBy: '陈工' } })
})

test('neither claims nor closes what is unknown or closed', async () => {
  const desk = await deskInMemory()
  await desk.open(aTicketRequest())
  await desk.close(1, '陈工', '好了')
  for (const unknown of [0, 2, -1, 1e21]) {
    expect(await desk.claim(unknown, '陈工')).toEqual({ status: 'unknown' })
    expect(await desk.close(unknown, '陈工', '')).toEqual({ status: 'unknown' })
  }
  expect(await desk.claim(1, '徐经理')).toMatchObject({ status: 'already-closed', ticket: { closedBy: '陈工' } })
  expect(await desk.close(1, '徐经理', '我关的')).toMatchObject({
    status: 'already-closed',
    ticket: { closedBy: '陈工', closingNote: '好了' },
  })
})

test('tells of a full disk, uses up no number, and goes on when there is room', async () => {
  const store = new SlowStore()
  const desk = new TicketDesk(store, fixedClock())
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
  await expect(desk.close(1, '陈工', '好了')).rejects.toThrow('ENOSPC')
  expect(desk.heldFor(PLACE, 'name:王老板')?.status).toBe('open')
})
