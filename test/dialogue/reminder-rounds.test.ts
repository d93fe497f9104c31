import { expect, test } from 'vitest'
import { ReminderBook, ReminderRounds } from '../../src/dialogue/reminders.js'
import type { Reminder, ReminderPlan } from '../../src/model/understanding.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { aMessage, CUSTOMERS, DIRECT, LI, WANG } from '../support/a-message.js'
import { capturedLog } from '../support/captured-log.js'
import { FakeChannel, lostAnswer, refusal } from '../support/fake-channel.js'
import { fixedClock, MONDAY_MS } from '../support/fixed-clock.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const inMs = (ms: number): ReminderPlan => ({ about: 'second', day: '2026-11-28', dueAtMs: MONDAY_MS + ms })

/** What is on disk, and what would be after a kill. */
function aStore(records: readonly Reminder[] = []) {
  const store = {
    onDisk: records,
    records: () => store.onDisk,
    save: async (changed: readonly Reminder[]) => store.keep(changed),
    keep: (changed: readonly Reminder[]) => {
      store.onDisk = JSON.parse(JSON.stringify(changed)) as Reminder[]
    },
  }
  return store
}

function roundsUnderTest(store = aStore(), isMuted: (placeKey: string, personKey: string) => boolean = () => false) {
  const channel = new FakeChannel()
  const clock = fixedClock()
  const { log } = capturedLog()
  const pacing = new Pacing({ limits: undefined, backOffMs: 0, random: () => 0 })
  const outbox = new Outbox({ channel, pacing, clock, log })
  const book = new ReminderBook(store)
  const write = ({ day }: Reminder, { isLate }: { isLate: boolean }) => `${isLate ? '晚了 ' : ''}${day}`
  const rounds = new ReminderRounds({ book, outbox, write, clock, log, isMuted })
  return { book, rounds, channel, clock, store }
}

test('reminds on time, by name, and once', async () => {
  const { book, rounds, channel, clock, store } = roundsUnderTest()
  await book.set(aMessage(), inMs(MINUTE_MS))
  await rounds.deliverDue()
  expect(channel.sent).toEqual([])
  clock.pass(MINUTE_MS)
  await Promise.all([rounds.deliverDue(), rounds.deliverDue()])
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key)).toEqual(['@王老板 2026-11-28'])
  expect(store.onDisk).toEqual([])
})

test('needs no name where two are alone', async () => {
  const { book, rounds, channel } = roundsUnderTest()
  await book.set(aMessage({ place: DIRECT }), inMs(0))
  await rounds.deliverDue()
  expect(channel.in(DIRECT.key)).toEqual(['2026-11-28'])
})

test('says sorry for a reminder that became due while the bot was away', async () => {
  const { book, rounds, channel, clock } = roundsUnderTest()
  await book.set(aMessage(), inMs(0))
  clock.pass(2 * DAY_MS)
  await rounds.deliverDue()
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key)).toEqual(['@王老板 晚了 2026-11-28'])
})

test('keeps one reminder for a person in a place, the latest', async () => {
  const { book, rounds, channel } = roundsUnderTest()
  await book.set(aMessage(), inMs(DAY_MS))
  await book.set(aMessage(), { ...inMs(0), day: '2026-11-25' })
  await book.set(aMessage({ sender: LI }), inMs(0))
  await book.set(aMessage({ place: DIRECT }), inMs(DAY_MS))
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key)).toEqual(['@王老板 2026-11-25', '@小李 2026-11-28'])
  expect(channel.in(DIRECT.key)).toEqual([])
})

test('does not remind who does not want it any more, even when it is about to go out', async () => {
  const { book, rounds, channel } = roundsUnderTest()
  await book.set(aMessage(), inMs(0))
  await book.cancel(aMessage())
  await rounds.deliverDue()
  await book.set(aMessage({ sender: LI }), inMs(0))
  const round = rounds.deliverDue()
  await book.cancel(aMessage({ sender: LI }))
  await round
  expect(channel.sent).toEqual([])
})

test('does not repeat what may have been said when the connection broke', async () => {
  const { book, rounds, channel, clock, store } = roundsUnderTest()
  await book.set(aMessage(), inMs(0))
  channel.beforeSend = () => {
    throw lostAnswer()
  }
  await rounds.deliverDue()
  channel.beforeSend = () => {}
  clock.pass(DAY_MS)
  await rounds.deliverDue()
  expect(channel.sent).toEqual([])
  expect(store.onDisk).toEqual([])
})

test('does not repeat what may have been said when the bot was killed', async () => {
  const first = roundsUnderTest()
  await first.book.set(aMessage(), inMs(0))
  let atKill: readonly Reminder[] = []
  first.channel.beforeSend = () => {
    atKill = first.store.onDisk
  }
  await first.rounds.deliverDue()
  expect(atKill.map(({ status }) => status)).toEqual(['sending'])
  const second = roundsUnderTest(aStore(atKill))
  await second.rounds.deliverDue()
  expect(second.channel.sent).toEqual([])
  expect(second.store.onDisk).toEqual([])
})

test('tries again, less and less often, while WeChat refuses', async () => {
  const { book, rounds, channel, clock } = roundsUnderTest()
  await book.set(aMessage(), inMs(0))
  let tries = 0
  channel.beforeSend = () => {
    tries++
    throw refusal()
  }
  await rounds.deliverDue()
  await rounds.deliverDue()
  expect(tries).toBe(1)
  clock.pass(MINUTE_MS)
  await rounds.deliverDue()
  clock.pass(MINUTE_MS)
  await rounds.deliverDue()
  expect(tries).toBe(2)
  channel.beforeSend = () => {}
  clock.pass(MINUTE_MS)
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key)).toEqual(['@王老板 2026-11-28'])
})

test('gives up after a week', async () => {
  const { book, rounds, channel, clock, store } = roundsUnderTest()
  await book.set(aMessage(), inMs(0))
  clock.pass(7 * DAY_MS + 1)
  await rounds.deliverDue()
  expect(channel.sent).toEqual([])
  expect(store.onDisk).toEqual([])
})

test('reaches a group and a person under the handles of a new login, at once', async () => {
  const before = roundsUnderTest()
  await before.book.set(aMessage(), inMs(0))
  const { book, rounds, channel } = roundsUnderTest(aStore(before.store.onDisk))
  channel.beforeSend = (to) => {
    if (to.id === CUSTOMERS.id) throw refusal()
  }
  await rounds.deliverDue()
  const place = { ...CUSTOMERS, id: '@@new' }
  book.meet(aMessage({ place, sender: LI }))
  book.meet(aMessage({ place, sender: { ...WANG, id: '@wang-new' } }))
  await rounds.deliverDue()
  expect(channel.sent).toMatchObject([{ to: { id: '@@new' }, bubble: { mention: { id: '@wang-new' } } }])
})

test('begins nothing new once stopped', async () => {
  const { book, rounds, channel } = roundsUnderTest()
  await book.set(aMessage(), inMs(0))
  await book.set(aMessage({ sender: LI }), inMs(0))
  let stopped: Promise<void> | undefined
  channel.beforeSend = () => {
    stopped ??= rounds.stop()
  }
  await rounds.deliverDue()
  await stopped
  expect(channel.sent).toHaveLength(1)
})

test('waits while a person has the asker’s question, and reminds everybody else', async () => {
  let held = true
  const { book, rounds, channel } = roundsUnderTest(aStore(), (place, person) => {
    return held && place === CUSTOMERS.key && person === WANG.key
  })
  await book.set(aMessage(), inMs(0))
  await book.set(aMessage({ sender: LI }), inMs(0))
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key)).toEqual([`@${LI.name} 2026-11-28`])
  held = false
  await rounds.deliverDue()
  expect(channel.in(CUSTOMERS.key).at(-1)).toBe('@王老板 2026-11-28')
})
