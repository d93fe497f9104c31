import { expect, test } from 'vitest'
import { createVendorWorld } from '../../src/channel/simulator/world.js'
import { forgetPerson } from '../../src/commands/forget.js'
import type { DeskBoard } from '../../src/model/ticket.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { openBoard } from '../../src/tickets/figures.js'
import { createWebApp } from '../../src/web/app.js'
import { DecisionLog } from '../../src/web/deps.js'
import { aTicketRequest, CHEN } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock, MONDAY_MS } from '../support/fixed-clock.js'
import { openAccess } from '../support/open-access.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

async function page({ simulated = true } = {}) {
  const clock = fixedClock()
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), clock, someDeskRules())
  const feed = openBoard({
    ...{ desk, clock, titleOf: () => '主体信息' },
    forget: (order) => forgetPerson(order, { tickets: desk, others: [] }),
  })
  const app = createWebApp({
    world: simulated ? createVendorWorld({ clock }) : undefined,
    journal: new DecisionLog(),
    status: () => ({ puppet: 'simulator', login: 'logged-in', sinceMs: 1_000, knowledgeVersion: 'k1' }),
    reload: async () => ({ ok: true, text: '已重载' }),
    log: quiet,
    access: openAccess(),
    desk: feed,
  })
  const post = (path: string, content: unknown) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(content),
    })
  return { app, desk, clock, feed, post }
}

test('shows colleagues the tickets, open ones first, with their history', async () => {
  const { app, desk, clock } = await page()
  await desk.open(aTicketRequest())
  await desk.open(aTicketRequest({ askerKey: 'name:小李', askerName: '小李', question: '怎么付款' }))
  await desk.resolve(1, CHEN, '已重新打包')
  await desk.claim(2, CHEN)
  await desk.putDuty({ person: CHEN, on: true, atMs: clock.now() })
  for (const who of ['chen', 'xu']) {
    const board = (await (await app.request(`/api/desk?as=${who}`)).json()) as DeskBoard
    expect(board.tickets.map(({ number, state }) => [number, state])).toEqual([
      [2, '陈工 处理中'],
      [1, '已处理，等客户确认'],
    ])
    expect(board.tickets[1]).toMatchObject({ askerName: '王老板', section: '1.1 主体信息', openedAtMs: MONDAY_MS })
    expect(board.tickets[1]!.history.map(({ text }) => text)).toEqual([
      '王老板 提问：转人工，备案页打不开',
      '陈工 结单：已重新打包',
    ])
    expect(board.duty).toEqual(['陈工'])
    expect(board.summary).toMatch(/^开着 1 · 没人接 0/)
  }
})

test.each([
  ['wang', 403],
  ['li', 403],
  ['bot', 404],
  ['nobody', 404],
])('shows %s nothing', async (who, status) => {
  const { app, desk } = await page()
  await desk.open(aTicketRequest())
  const response = await app.request(`/api/desk?as=${who}`)
  expect(response.status).toBe(status)
  expect(await response.text()).not.toContain('备案页')
})

test('has no board beside a real account', async () => {
  const { app } = await page({ simulated: false })
  expect((await app.request('/api/desk?as=chen')).status).toBe(404)
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
