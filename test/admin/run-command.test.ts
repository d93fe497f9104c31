import { expect, test } from 'vitest'
import { LowdbTicketStore } from '../../src/adapters/lowdb/lowdb-ticket-store.js'
import { mayOrder, runCommand } from '../../src/admin/run-command.js'
import type { Command } from '../../src/model/command.js'
import type { Role } from '../../src/model/message.js'
import { TicketDesk } from '../../src/tickets/ticket-desk.js'
import { aMessage, CUSTOMERS, DIRECT, STAFF_ROOM, WANG } from '../support/a-message.js'
import { aTicketRequest } from '../support/a-ticket.js'
import { fixedClock } from '../support/fixed-clock.js'

const RELOAD: Command = { kind: 'reload' }
const LIST: Command = { kind: 'list-tickets' }
const CHEN = { ...WANG, name: '陈工' }

async function deskWith(ticketCount: number, question = '转人工，备案页打不开') {
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), fixedClock())
  for (let asker = 1; asker <= ticketCount; asker++) await desk.open(aTicketRequest({ askerKey: `${asker}`, question }))
  const operations = { reload: async () => ({ ok: true, text: '知识已重载' }) }
  const order = (command: Command) =>
    runCommand(command, aMessage({ sender: CHEN, place: STAFF_ROOM }), { operations, desk })
  return { desk, order }
}

const places = {
  customers: CUSTOMERS,
  ignored: { ...CUSTOMERS, purpose: 'ignored' },
  staff: STAFF_ROOM,
  direct: DIRECT,
} as const

test.each<[Role, keyof typeof places, { readonly reload: boolean; readonly list: boolean }]>([
  ['admin', 'staff', { reload: true, list: true }],
  ['admin', 'direct', { reload: true, list: true }],
  ['admin', 'customers', { reload: false, list: false }],
  ['admin', 'ignored', { reload: false, list: false }],
  ['staff', 'staff', { reload: false, list: true }],
  ['staff', 'direct', { reload: false, list: false }],
  ['staff', 'customers', { reload: false, list: false }],
  ['customer', 'staff', { reload: false, list: true }],
  ['customer', 'direct', { reload: false, list: false }],
  ['customer', 'customers', { reload: false, list: false }],
  ['customer', 'ignored', { reload: false, list: false }],
])('lets %s in %s order %o', (role, where, allowed) => {
  const message = aMessage({ sender: { ...WANG, role }, place: places[where] })
  expect({ reload: mayOrder(message, RELOAD), list: mayOrder(message, LIST) }).toEqual(allowed)
})

test('passes on what came of a reload', async () => {
  const { order } = await deskWith(0)
  expect(await order(RELOAD)).toBe('知识已重载')
})

test('lists tickets, oldest first, a line each', async () => {
  const { order, desk } = await deskWith(2, '转人工\n  备案页打不开')
  await desk.claim(2, '陈工')
  expect((await order(LIST)).split('\n')).toEqual([
    '工单 1｜待接单｜想天售后服务群｜王老板：转人工 备案页打不开',
    '工单 2｜陈工 处理中｜想天售后服务群｜王老板：转人工 备案页打不开',
  ])
  expect(await (await deskWith(0)).order(LIST)).toBe('现在没有未处理的工单。')
})

test('cuts long questions and long lists short, and says so', async () => {
  const { order } = await deskWith(13, '备案'.repeat(200))
  const lines = (await order(LIST)).split('\n')
  expect(lines).toHaveLength(11)
  expect(lines[0]).toMatch(/备案…$/)
  expect(lines[9]).toMatch(/^工单 10｜/)
  expect(lines[10]).toContain('还有 3 张')
})

test('claims for whoever orders it, and tells where to go', async () => {
  const { order } = await deskWith(1)
  const claim: Command = { kind: 'claim-ticket', number: 1 }
  expect(await order(claim)).toBe('工单 1 已由 陈工 接手，请到“想天售后服务群”回复 王老板。')
  expect(await order(claim)).toBe('工单 1 已经由 陈工 接手了。')
})

test('closes with the note, once', async () => {
  const { order, desk } = await deskWith(1)
  const close: Command = { kind: 'close-ticket', number: 1, note: '已重新打包' }
  expect(await order(close)).toBe('工单 1 已结单，机器人会继续回答 王老板 的问题。')
  expect(await order(close)).toBe('工单 1 之前已经结单了。')
  expect(await order({ kind: 'claim-ticket', number: 1 })).toBe('工单 1 已经结单了。')
  expect(await desk.close(1, '徐经理', '')).toMatchObject({ ticket: { closedBy: '陈工', closingNote: '已重新打包' } })
})

test.each<[Command, string]>([
  [{ kind: 'claim-ticket', number: null }, '请带上工单号，例如：接单 12'],
  [{ kind: 'close-ticket', number: null, note: '' }, '请带上工单号和说明，例如：结单 12 已重新打包'],
  [{ kind: 'claim-ticket', number: 7 }, '没有工单 7，回复“工单”看全部。'],
  [{ kind: 'close-ticket', number: 7, note: '' }, '没有工单 7，回复“工单”看全部。'],
])('answers %o with the way out', async (command, answer) => {
  expect(await (await deskWith(1)).order(command)).toBe(answer)
})
