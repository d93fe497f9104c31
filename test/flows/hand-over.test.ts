import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Ticket } from '../../src/model/ticket.js'
import { phrases } from '../../src/reply/phrases.js'
import { askerPhrases } from '../../src/tickets/phrases.js'
import { aMessage, CUSTOMERS, DIRECT, LI, STAFF_ROOM } from '../support/a-message.js'
import { type BotUnderTest, botUnderTest, CHEN, XU } from '../support/bot-under-test.js'
import { unknownPlace } from '../support/fake-channel.js'

const ticketsOn = (path: string): readonly Ticket[] =>
  (JSON.parse(readFileSync(path, 'utf8')) as { tickets: readonly Ticket[] }).tickets
const WITHIN = { kind: 'within', minutes: 15 } as const
const handedOver = (number: number) => askerPhrases.handedOver(number, { direct: false, expectation: WITHIN })
const inStaffRoom = { place: STAFF_ROOM, sender: CHEN }
/** Notices take their own way, so they are waited for. */
const staffReads = (bot: BotUnderTest, texts: readonly unknown[]): Promise<void> =>
  vi.waitFor(() => expect(bot.channel.in(STAFF_ROOM.key)).toEqual(texts))

test('opens a ticket that is on disk before the asker reads its number', async () => {
  const bot = await botUnderTest()
  const onDiskWhenSaid: (readonly Ticket[])[] = []
  bot.channel.beforeSend = (to) => {
    if (to.key === CUSTOMERS.key) onDiskWhenSaid.push(ticketsOn(bot.ticketFile))
  }
  const { decision, sent } = await bot.hears('转人工')
  expect(decision).toMatchObject({ kind: 'escalate', reason: 'asked', intent: 'human' })
  expect(sent).toEqual([`@王老板 ${handedOver(1)}`])
  expect(onDiskWhenSaid).toMatchObject([[{ number: 1, status: 'open', askerKey: 'name:王老板', question: '转人工' }]])
})

test('tells staff the group, the asker, the question and what was answered', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 UGC说明怎么填')
  await bot.hears('@小助手 类目选哪个')
  await bot.hears('@小助手 转人工，备案页打不开')
  await staffReads(bot, [
    [
      '🔔 工单 1',
      '群：想天售后服务群',
      '提问人：王老板',
      '原因：客户要找人工',
      '问题：',
      '> 转人工，备案页打不开',
      '可能是：3 服务类目',
      '机器人答过：4.1 UGC说明、3 服务类目',
      '最近说过：',
      '> 1 分钟前：UGC说明怎么填',
      '> 1 分钟前：类目选哪个',
      '时间：11月23日（周一）10:00（1 分钟前）',
      '在客户群里直接回复就算接单；也可以在这里回复“接单 1”“回复 1 内容”“结单 1 说明”。',
    ].join('\n'),
  ])
})

test('says that nothing was written down while the disk takes nothing, and tells staff all the same', async () => {
  const bot = await botUnderTest()
  bot.desk.isOnDisk = () => false
  expect((await bot.hears('转人工')).sent).toEqual([
    expect.stringMatching(/^@王老板 抱歉，这次没记下来，请直接 @.+。$/),
  ])
  expect((await bot.hears('转人工', { place: DIRECT })).sent).toEqual(['抱歉，这次没记下来，请直接联系同事。'])
  await vi.waitFor(() => expect(bot.channel.in(STAFF_ROOM.key).map(String)).toHaveLength(2))
  bot.desk.isOnDisk = () => true
  expect((await bot.hears('转人工')).sent[0]).toContain('工单 1')
})

test('opens a ticket when an offered person is accepted, and only then', async () => {
  const bot = await botUnderTest()
  const first = await bot.hears('@小助手 蓝色的海豚')
  expect(first).toMatchObject({ decision: { kind: 'fallback' }, sent: [`@王老板 ${phrases.fallback}`] })
  expect((await bot.hears('好的', { sender: LI })).decision.kind).toBe('silent')
  expect(bot.desk.list()).toEqual([])
  const accepted = await bot.hears('好的')
  expect(accepted.decision).toMatchObject({ kind: 'escalate', reason: 'accepted-offer' })
  expect(accepted.sent).toEqual([`@王老板 ${handedOver(1)}`])
  // What led there, not the word that accepts it.
  expect(bot.desk.find(1)?.question).toBe('蓝色的海豚')
})

test('leaves it at that when an offered person is declined', async () => {
  const bot = await botUnderTest()
  await bot.hears('@小助手 蓝色的海豚')
  expect((await bot.hears('不用了')).sent).toEqual([`@王老板 ${phrases.declined}`])
  expect(bot.desk.list()).toEqual([])
})

test('keeps quiet for that asker in that place, and for nobody else', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  expect(await bot.hears('UGC说明怎么填')).toMatchObject({
    decision: { kind: 'silent', reason: 'held-by-human' },
    sent: [],
  })
  // Nobody has taken it yet: who asks by name is helped, and told that a person will still come.
  expect((await bot.hears('@小助手 UGC说明怎么填')).sent[0]).toMatch(/^@王老板 （工单 1 还在等同事来接[\s\S]*【4\.1】/)
  expect((await bot.hears('@小助手 UGC说明怎么填', { sender: LI })).decision.kind).toBe('answer')
  expect((await bot.hears('UGC说明怎么填', { place: DIRECT })).decision.kind).toBe('answer')
})

test('tells an asker who wants a person again the same number, and staff nothing new', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  expect((await bot.hears('转人工')).sent).toEqual([
    `@王老板 ${askerPhrases.stillWaiting(1, askerPhrases.expect(WITHIN, false))}`,
  ])
  await staffReads(bot, [expect.stringContaining('工单 1')])
  expect(ticketsOn(bot.ticketFile)).toHaveLength(1)
})

test('opens one ticket for one who cries three times at once', async () => {
  const bot = await botUnderTest()
  await Promise.all(['转人工', '@小助手 转人工', '人工客服'].map((words) => bot.hears(words)))
  expect(ticketsOn(bot.ticketFile)).toHaveLength(1)
  await staffReads(bot, [expect.stringContaining('工单 1')])
})

test('lets staff list, claim and close in their group; then it answers the asker again', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  expect((await bot.hears('工单', inStaffRoom)).sent.at(-1)).toBe(
    '工单 1｜待接单｜想天售后服务群｜王老板｜1 分钟前：“转人工”',
  )
  expect((await bot.hears('接单 1', inStaffRoom)).sent.at(-1)).toContain('已由 陈工 接手')
  expect((await bot.hears('工单', inStaffRoom)).sent).toEqual([expect.stringContaining('陈工 处理中')])
  expect((await bot.hears('@小助手 UGC说明怎么填')).sent).toEqual([expect.stringContaining('由 陈工 在处理')])
  expect((await bot.hears('@小助手 UGC说明怎么填')).decision.reason).toBe('held-by-human')
  expect((await bot.hears('结单 1 已重新打包', inStaffRoom)).sent).toEqual([expect.stringContaining('已结单')])
  expect(ticketsOn(bot.ticketFile)).toMatchObject([
    { status: 'resolved', resolvedBy: { name: '陈工' }, gist: '已重新打包' },
  ])
  expect((await bot.hears('@小助手 UGC说明怎么填')).decision.kind).toBe('answer')
  expect((await bot.hears('工单', inStaffRoom)).sent).toEqual(['现在没有未处理的工单。'])
})

test.each(['工单', '接单 1', '结单 1 好了'])(
  'takes no order %s from customers, nor where customers read along',
  async (order) => {
    const bot = await botUnderTest()
    await bot.hears('转人工')
    for (const facts of [
      { sender: LI },
      { sender: LI, place: DIRECT },
      { sender: CHEN },
      { sender: CHEN, place: DIRECT },
      { sender: XU },
      { sender: XU, addressedToBot: true },
      { sender: XU, place: { ...CUSTOMERS, purpose: 'ignored' as const } },
    ]) {
      const { decision, sent } = await bot.hears(order, facts)
      expect(decision.kind).not.toBe('command')
      expect(sent.join()).not.toMatch(/王老板|工单 1/)
    }
    expect(ticketsOn(bot.ticketFile)).toMatchObject([{ status: 'open' }])
  },
)

test('takes an order once, however often it arrives, and none from before its start', async () => {
  const bot = await botUnderTest()
  await bot.hears('转人工')
  expect(await bot.hears('结单 1', { ...inStaffRoom, sentAtMs: 0 })).toMatchObject({
    decision: { kind: 'silent', reason: 'too-old' },
    sent: [],
  })
  expect((await bot.hears('结单 1', { ...inStaffRoom, id: 'same' })).sent).toEqual([expect.stringContaining('已结单')])
  expect(await bot.hears('结单 1', { ...inStaffRoom, id: 'same' })).toMatchObject({
    decision: { kind: 'silent', reason: 'duplicate' },
    sent: [],
  })
})

test('asks for the number that an order lacks, and knows none that was never given', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears('接单', inStaffRoom)).sent).toEqual([expect.stringContaining('请带上工单号')])
  expect((await bot.hears('结单', inStaffRoom)).sent).toEqual([expect.stringContaining('请带上工单号')])
  expect((await bot.hears('结单 99', inStaffRoom)).sent).toEqual([expect.stringContaining('没有工单 99')])
})

test('says nothing to staff longer than a bubble may be, and leaves nothing of the question out', async () => {
  const bot = await botUnderTest()
  const reason = '小程序的名称和简介与实际提供的内容不一致，'.repeat(30)
  const notice = `你的小程序审核未通过，原因如下：\n1. ${reason}\n2. ${reason}`
  expect((await bot.hears(`@小助手 ${notice}`)).decision.reason).toBe('unknown-rejection-reason')
  for (let asker = 1; asker < 40; asker++) {
    await bot.hears('转人工', { sender: { ...LI, key: `name:${asker}`, name: `客户${asker}号店的店长` } })
  }
  await vi.waitFor(() => expect(bot.notices.length).toBe(0))
  const noticed = bot.channel.in(STAFF_ROOM.key).join('')
  const unmarked = noticed.replace(/（工单 1，接上一条）/g, '').replace(/^> /gm, '')
  expect(unmarked.replaceAll('\n', '')).toContain(notice.replaceAll('\n', ''))
  const { sent } = await bot.hears('工单', inStaffRoom)
  expect(sent[0]).toMatch(/^工单 1｜/)
  expect(sent.at(-1)).toContain('还有 30 张')
  expect(sent.length).toBeLessThanOrEqual(3)
  for (const said of bot.channel.in(STAFF_ROOM.key)) expect(said.length).toBeLessThanOrEqual(500)
})

test('keeps the ticket and tells staff later when the group cannot be reached', async () => {
  const bot = await botUnderTest()
  bot.channel.beforeSend = () => {
    throw unknownPlace()
  }
  await bot.hears('转人工')
  expect(ticketsOn(bot.ticketFile)).toMatchObject([{ number: 1, status: 'open' }])
  expect(bot.notices.length).toBe(1)
})

test('promises nothing while the disk takes nothing, and lets staff know all the same', async () => {
  const bot = await botUnderTest()
  const folder = dirname(bot.ticketFile)
  renameSync(folder, `${folder}.away`)
  writeFileSync(folder, '')
  const { sent } = await bot.hears('转人工')
  expect(sent).toEqual([expect.stringContaining('这次没记下来，请直接 @')])
  expect(bot.desk.list()).toMatchObject([{ number: 1, status: 'open' }])
  expect(bot.channel.in(STAFF_ROOM.key)).toEqual([expect.stringContaining('🔔 工单 1')])
  rmSync(folder)
  mkdirSync(folder)
  rmSync(`${folder}.away`, { recursive: true })
  expect((await bot.hears('转人工', { sender: LI })).sent).toEqual([`@小李 ${handedOver(2)}`])
  expect(ticketsOn(bot.ticketFile)).toHaveLength(2)
})

test('keeps in one ticket all that one person asked at the same moment, and nothing twice', async () => {
  const bot = await botUnderTest()
  const ask = (id: string, text: string) => aMessage({ id, text, addressedToBot: true, sentAtMs: bot.clock.now() })
  const [first, second] = [ask('a', 'UGC说明怎么填'), ask('b', '类目选哪个')]
  const opened = await Promise.all([first, second, second].map((message) => bot.deskFront.openQuietly(message, null)))
  expect(opened).toEqual([true, false, false].map((isNew) => ({ number: 1, isNew })))
  expect(bot.desk.find(1)!.question).toBe('UGC说明怎么填')
  expect(bot.desk.find(1)!.events.map(({ what, why }) => `${what} ${why}`)).toEqual([
    'opened UGC说明怎么填',
    'told-staff opened',
    'added 类目选哪个',
  ])
})
