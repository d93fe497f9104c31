import { expect, test } from 'vitest'
import { LI } from '../support/a-message.js'
import { CHEN } from '../support/bot-under-test.js'
import { wholeBot } from '../support/whole-bot.js'

const MINUTE_MS = 60_000

test.each([
  [25, '我看一下', 'claimed'],
  [35, '我看一下', 'open'],
  [9 * 60, '您现在方便吗', 'claimed'],
  [11 * 60, '您现在方便吗', 'open'],
])('%i minutes after the ticket, over a restart, “%s” leaves it %s', async (minutes, words, status) => {
  const bot = await wholeBot()
  await bot.hears('@小助手 转人工，登录不上后台')
  bot.clock.pass(minutes * MINUTE_MS)
  await bot.restart()
  await bot.hears(words, { sender: CHEN })
  expect(bot.desk().find(1)?.status).toBe(status)
})

test('who holds a ticket still does after a restart, and nobody else is held', async () => {
  const bot = await wholeBot()
  await bot.hears('@小助手 转人工，登录不上后台')
  await bot.hears('您发个截图', { sender: CHEN })
  await bot.restart()
  // Why it keeps quiet is told once in each run.
  expect((await bot.hears('@小助手 声明怎么填')).sent).toEqual([expect.stringContaining('由 陈工 在处理')])
  expect((await bot.hears('@小助手 声明怎么填')).sent).toEqual([])
  expect((await bot.hears('@小助手 声明怎么填', { sender: LI })).decision.kind).toBe('answer')
})

test('staff hear of a ticket that was written just before a kill', async () => {
  const bot = await wholeBot()
  await bot.hears('@小助手 转人工，登录不上后台')
  const stored = JSON.parse(bot.read('tickets.json')!)
  // As a kill between the ticket and its notice leaves it.
  stored.tickets[0].events = stored.tickets[0].events.filter(({ what }: { what: string }) => what !== 'told-staff')
  const outbox = JSON.parse(bot.read('outbox.json')!)
  await bot.restart(() => {
    bot.write(JSON.stringify(stored), 'tickets.json')
    bot.write(JSON.stringify({ ...outbox, notices: [] }), 'outbox.json')
  })
  await expect.poll(() => bot.toldStaff().join()).toMatch(/🔔 工单 1/)
})
