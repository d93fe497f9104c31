import { expect, test } from 'vitest'
import { forgetPerson } from '../../src/commands/operations.js'
import type { DeskBoard } from '../../src/model/ticket.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { openBoard } from '../../src/tickets/board.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { aPage } from '../support/a-page.js'
import { aTicketRequest, CHEN } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock, MONDAY_MS } from '../support/fixed-clock.js'

async function page({ simulated = true } = {}) {
  const clock = fixedClock()
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), clock, someDeskRules())
  const feed = openBoard({
    ...{ desk, clock, titleOf: () => '主体信息' },
    forget: (order) => forgetPerson(order, { tickets: desk, others: [] }),
  })
  const give = async () => ({ ok: true, text: '' })
  const guidePictures = { load: async () => undefined }
  const { app, post } = await aPage({
    ...{ clock, desk: feed, give, guidePictures },
    ...(simulated ? {} : { world: null }),
  })
  return { app, desk, clock, feed, post }
}

test.each([true, false])('shows the tickets, open ones first, in the simulator %s', async (simulated) => {
  const { app, desk, clock } = await page({ simulated })
  await desk.open(aTicketRequest())
  await desk.open(aTicketRequest({ askerKey: 'name:小李', askerName: '小李', question: '怎么付款' }))
  await desk.resolve(1, CHEN, '已重新打包')
  await desk.claim(2, CHEN)
  await desk.putDuty({ person: CHEN, on: true, atMs: clock.now() })
  const board = (await (await app.request('/api/tickets')).json()) as DeskBoard
  expect(board.tickets.map(({ number, state }) => [number, state])).toEqual([
    [2, '陈工 处理中'],
    [1, '已处理，等客户确认'],
  ])
  expect(board.tickets[1]).toMatchObject({ askerName: '王老板', section: '1.1 主体信息', openedAtMs: MONDAY_MS })
  expect(board.people).toContainEqual({ name: '陈工', onDuty: true, ticketCount: 1 })
  expect(board.summary).toMatch(/^开着 1 · 没人接 0/)
  const { ticket } = await (await app.request('/api/tickets/1')).json()
  expect(ticket.thread.filter(({ kind }: { kind: string }) => kind === 'event')).toMatchObject([
    { text: '陈工 结单：已重新打包' },
  ])
  expect(ticket.thread.map(({ text }: { text: string }) => text)).toContain('转人工，备案页打不开')
  expect((await app.request('/api/tickets/9')).status).toBe(404)
})

test('forgets a person for the command line', async () => {
  const { desk, post } = await page()
  await desk.open(aTicketRequest())
  const found = { people: [{ key: 'name:王老板', names: ['王老板'], tickets: [1] }], mentionedIn: [] }
  expect(await (await post('/api/tickets/forget', { who: '王老板' })).json()).toEqual({ ...found, isDone: false })
  expect(JSON.stringify(desk.all())).toMatch(/王老板/)
  expect(await (await post('/api/tickets/forget', { who: '王老板', sure: true })).json()).toEqual({
    ...{ ...found, isDone: true },
  })
  expect(JSON.stringify(desk.all())).not.toMatch(/王老板|备案页/)
  expect((await post('/api/tickets/forget', { who: ' ' })).status).toBe(400)
  expect((await post('/api/tickets/forget', 'x')).status).toBe(400)
})

test('tells listeners of the desk until they leave', async () => {
  const { desk, feed } = await page()
  let told = 0
  const leave = feed.onChange(() => told++)
  await desk.open(aTicketRequest())
  leave()
  await desk.claim(1, CHEN)
  expect(told).toBe(1)
})
