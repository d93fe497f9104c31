import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ReminderBook, ReminderRounds } from '../../src/dialogue/reminders.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { renderReminder } from '../../src/reply/render.js'
import { openRecords } from '../../src/store/json-file.js'
import { storedReminders } from '../../src/store/records.js'
import { CUSTOMERS, LI } from '../support/a-message.js'
import { aSection } from '../support/a-section.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { botUnderTest } from '../support/bot-under-test.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const DAY_MS = 24 * 3_600_000
const { log } = capturedLog()

/** The bot and its rounds on one file; a second one on the same file is the next run. */
async function remindingBot(path = join(tempFolder(), 'reminders.json')) {
  const book = new ReminderBook(await openRecords(path, { schema: storedReminders, log }))
  const knowledge = { current: aSnapshot({ sections: [aSection('5', { tellsTimeline: true })] }) }
  const bot = await botUnderTest({ knowledge, reminders: book })
  const { channel, clock } = bot
  const pacing = new Pacing({ limits: undefined, backOffMs: 0, random: () => 0 })
  const outbox = new Outbox({ channel, pacing, clock, log })
  return { ...bot, path, rounds: new ReminderRounds({ book, outbox, write: renderReminder, clock, log }) }
}

test('reminds somebody of the day that was told, in the group where it was asked for', async () => {
  const { hears, clock, rounds, channel } = await remindingBot()
  expect((await hears('@小助手 我11月20号提的，什么时候能好')).decision.reason).toBe('days')
  expect(await hears('到时候提醒我')).toMatchObject({
    decision: { kind: 'courtesy', reason: 'reminder-set' },
    sent: [expect.stringContaining('11月28日（周六）9:30')],
  })
  const before = channel.sent.length
  clock.pass(Date.parse('2026-11-28T09:29:59+08:00') - clock.now())
  await rounds.deliverDue()
  expect(channel.sent).toHaveLength(before)
  clock.pass(1_000)
  await rounds.deliverDue()
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key).slice(before)).toEqual([
    expect.stringMatching(/^@王老板 🔔 到期提醒：网信二审最晚 11月28日（周六）审完/),
  ])
})

test("reminds of the end of WeChat's review for a later version", async () => {
  const { hears } = await remindingBot()
  await hears('@小助手 后续版本今天上午提的，几号能过')
  expect((await hears('@小助手 到期提醒我')).sent[0]).toContain('11月24日（周二）')
})

test('hears the wish beside the day, and the day after the wish', async () => {
  const { hears } = await remindingBot()
  const both = await hears('@小助手 我昨天提的，到时候提醒我')
  expect(both.decision.reason).toBe('days')
  expect(both.sent[0]).toMatch(/🔔 记下了：11月30日（周一）9:30/)
  expect((await hears('@小助手 到时候提醒我', { sender: LI })).decision.reason).toBe('reminder-needs-day')
  expect((await hears('@小助手 11月20号提的', { sender: LI })).sent[0]).toContain('🔔 记下了：11月28日')
})

test('sends what became due while the bot was away once, with an apology', async () => {
  const { hears, path } = await remindingBot()
  await hears('@小助手 我昨天提的，到时候提醒我')
  const { clock, rounds, channel } = await remindingBot(path)
  clock.pass(9 * DAY_MS)
  await rounds.deliverDue()
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key)).toEqual([expect.stringMatching(/^@王老板 抱歉，我前面不在线，提醒晚了。\n🔔/)])
  const third = await remindingBot(path)
  third.clock.pass(9 * DAY_MS)
  await third.rounds.deliverDue()
  expect(third.channel.sent).toEqual([])
})

test('takes a reminder back', async () => {
  const { hears, clock, rounds, channel } = await remindingBot()
  await hears('@小助手 我昨天提的，到时候提醒我')
  expect((await hears('取消提醒', { sender: LI })).decision.kind).toBe('silent')
  expect((await hears('取消提醒')).decision.reason).toBe('reminder-cancelled')
  expect((await hears('@小助手 取消提醒')).decision.reason).toBe('reminder-none')
  const before = channel.sent.length
  clock.pass(8 * DAY_MS)
  await rounds.deliverDue()
  expect(channel.sent).toHaveLength(before)
})

test('sets none on the day itself, once the hour has passed', async () => {
  const { hears } = await remindingBot()
  await hears('@小助手 后续版本昨天提的，几号能过')
  expect((await hears('到时候提醒我')).decision.reason).toBe('reminder-today')
})

test('leaves a wish among people alone', async () => {
  const { hears } = await remindingBot()
  expect((await hears('到时候叫我')).decision.kind).toBe('silent')
  await hears('@小助手 我昨天提的，什么时候能好')
  expect((await hears('到时候叫我', { sender: LI })).decision.kind).toBe('silent')
})
