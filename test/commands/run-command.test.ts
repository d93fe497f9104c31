import { expect, test } from 'vitest'
import type { Command } from '../../src/commands/table.js'
import { mayOrder, runCommand } from '../../src/commands/take.js'
import type { Role } from '../../src/model/chat.js'
import type { Ticket } from '../../src/model/ticket.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { askerPhrases } from '../../src/tickets/phrases.js'
import { aMessage, CUSTOMERS, DIRECT, STAFF_ROOM, WANG } from '../support/a-message.js'
import { aTicketRequest, CHEN as BY_CHEN, XU } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock } from '../support/fixed-clock.js'

const RELOAD: Command = { kind: 'reload', force: false }
const LIST: Command = { kind: 'list-tickets' }
const CHEN = { ...WANG, name: '陈工' }

async function deskWith(ticketCount: number, question = '转人工，备案页打不开', isUnreachable = false) {
  const clock = fixedClock()
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), clock, someDeskRules())
  for (let asker = 1; asker <= ticketCount; asker++) await desk.open(aTicketRequest({ askerKey: `${asker}`, question }))
  const operations = { releases: { reload: async () => ({ ok: true, text: '知识已重载' }) } }
  const told: string[] = []
  const tellAsker = async (_ticket: Ticket, text: string) => {
    told.push(text)
    return isUnreachable ? ('not-said' as const) : ('said' as const)
  }
  const staffTools = { desk, clock, tellAsker, titleOf: () => '主体信息' }
  const by = { who: { key: CHEN.key, name: CHEN.name }, role: 'staff', where: 'staff-room' } as const
  const order = async (command: Command) => (await runCommand(command, by, { operations, staffTools, clock })).text
  return { desk, order, told }
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

test('takes orders about tickets in direct chat from whoever sits in the staff group', () => {
  const message = aMessage({ sender: { ...WANG, role: 'staff', inStaffRoom: true }, place: DIRECT })
  expect([mayOrder(message, LIST), mayOrder(message, RELOAD)]).toEqual([true, false])
  expect(mayOrder({ ...message, place: CUSTOMERS }, LIST)).toBe(false)
})

test('passes on what came of a reload', async () => {
  const { order } = await deskWith(0)
  expect(await order(RELOAD)).toBe('知识已重载')
})

test('lists tickets, oldest first, a line each', async () => {
  const { order, desk } = await deskWith(2, '转人工\n  备案页打不开')
  await desk.claim(2, BY_CHEN)
  expect((await order(LIST)).split('\n')).toEqual([
    '工单 1｜待接单｜想天售后服务群｜王老板｜1 分钟前：“转人工 备案页打不开”',
    '工单 2｜陈工 处理中｜想天售后服务群｜王老板｜1 分钟前：“转人工 备案页打不开”',
  ])
  expect(await (await deskWith(0)).order(LIST)).toBe('现在没有未处理的工单。')
})

test('cuts long questions and long lists short, and says so', async () => {
  const { order } = await deskWith(13, '备案'.repeat(200))
  const lines = (await order(LIST)).split('\n')
  expect(lines).toHaveLength(11)
  expect(lines[0]).toMatch(/备…”$/)
  expect(lines[9]).toMatch(/^工单 10｜/)
  expect(lines[10]).toContain('还有 3 张')
})

test('claims for whoever orders it, and tells where to go', async () => {
  const { order, told } = await deskWith(1)
  const claim: Command = { kind: 'claim-ticket', number: 1 }
  expect(await order(claim)).toMatch(/^工单 1 已由 陈工 接手，请到“想天售后服务群”回复 王老板/)
  expect(await order(claim)).toBe('工单 1 已经由 陈工 接手了。')
  expect(told).toEqual([askerPhrases.taken(1, '陈工')])
})

test('closes with the note, once, and asks the asker', async () => {
  const { order, desk, told } = await deskWith(1)
  const close: Command = { kind: 'close-ticket', number: 1, note: '已重新打包' }
  expect(await order(close)).toMatch(/^工单 1 已结单.*机器人会继续回答 王老板 的问题。$/)
  expect(await order(close)).toBe('工单 1 已处理，等客户确认，不用再操作了。')
  expect(await order({ kind: 'claim-ticket', number: 1 })).toBe('工单 1 已处理，等客户确认，不用再操作了。')
  expect(told).toEqual([askerPhrases.resolved(1, '已重新打包')])
  expect(await desk.resolve(1, XU, '')).toMatchObject({ ticket: { resolvedBy: { name: '陈工' }, gist: '已重新打包' } })
})

test('shows one ticket with its history', async () => {
  const { order } = await deskWith(1)
  await order({ kind: 'note-ticket', number: 1, text: '老客户' })
  const lines = (await order({ kind: 'show-ticket', number: 1 })).split('\n')
  expect(lines).toEqual([
    '工单 1｜待接单｜1 分钟前',
    '群：想天售后服务群',
    '提问人：王老板',
    '问题：',
    '> 转人工，备案页打不开',
    '可能是：1.1 主体信息',
    '· 11月23日（周一）10:00 王老板 提问：转人工，备案页打不开',
    '· 11月23日（周一）10:00 陈工 备注：老客户',
  ])
})

test('relays a reply, signed, and takes the ticket by it', async () => {
  const { order, desk, told } = await deskWith(1)
  const reply: Command = { kind: 'reply-ticket', number: 1, text: '包已经重新上传\n请再提审' }
  expect(await order(reply)).toBe('已发到客户群，并提醒了 王老板。')
  expect(told).toEqual(['包已经重新上传\n请再提审\n—— 陈工（工单 1）'])
  expect(desk.find(1)).toMatchObject({ status: 'claimed', holder: { name: '陈工' } })
})

test('says so when a reply did not go out, also to whoever looks at the ticket later', async () => {
  const { order, desk } = await deskWith(1, '转人工', true)
  expect(await order({ kind: 'reply-ticket', number: 1, text: '在的' })).toMatch(/^没有发出去/)
  expect(desk.find(1)?.events.at(-1)).toMatchObject({ what: 'noted', why: '没有发出去：“在的”' })
})

test('passes on, gives back, and neither once it is over', async () => {
  const { order, desk, told } = await deskWith(1)
  expect(await order({ kind: 'pass-ticket', number: 1, to: '张三' })).toBe('工单 1 已转给 张三。 @张三 请处理。')
  expect(desk.find(1)).toMatchObject({ status: 'claimed', holder: { name: '张三' } })
  expect(await order({ kind: 'return-ticket', number: 1 })).toMatch(/^工单 1 已还给机器人/)
  expect(told).toEqual([askerPhrases.passed(1, '张三'), askerPhrases.returned(1)])
  expect(await order({ kind: 'pass-ticket', number: 1, to: '张三' })).toBe('工单 1 已结单，不用再操作了。')
})

test('keeps who is on duty', async () => {
  const { order } = await deskWith(0)
  expect(await order({ kind: 'show-duty' })).toMatch(/^现在没有人值班/)
  expect(await order({ kind: 'start-duty' })).toMatch(/^好的，陈工 开始值班/)
  expect(await order({ kind: 'show-duty' })).toBe('现在值班：陈工')
  expect(await order({ kind: 'end-duty' })).toMatch(/^好的，陈工 已下班。现在没有人值班了/)
})

test.each<[Command, string]>([
  [{ kind: 'claim-ticket', number: null }, '请带上工单号，例如：接单 12'],
  [{ kind: 'close-ticket', number: null, note: '' }, '请带上工单号和说明，例如：结单 12 已重新打包'],
  [{ kind: 'claim-ticket', number: 7 }, '没有工单 7，回复“工单”看全部。'],
  [{ kind: 'close-ticket', number: 7, note: '' }, '没有工单 7，回复“工单”看全部。'],
  [{ kind: 'show-ticket', number: 7 }, '没有工单 7，回复“工单”看全部。'],
  [{ kind: 'pass-ticket', number: 1, to: '' }, '请带上工单号和同事的名字，例如：转给 12 张三'],
  [{ kind: 'reply-ticket', number: 1, text: '' }, '请带上工单号和要说的话，例如：回复 12 包已经重新上传，请再提审'],
  [{ kind: 'note-ticket', number: null, text: '' }, '请带上工单号和备注，例如：备注 12 等客户给截图'],
  [{ kind: 'return-ticket', number: null }, '请带上工单号，例如：还给机器人 12'],
])('answers %o with the way out', async (command, answer) => {
  expect(await (await deskWith(1)).order(command)).toBe(answer)
})
