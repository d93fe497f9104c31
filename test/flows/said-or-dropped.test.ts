import { expect, test } from 'vitest'
import { ReminderBook } from '../../src/dialogue/reminders.js'
import { ChannelError } from '../../src/errors.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import { CUSTOMERS, LI, WANG } from '../support/a-message.js'
import { type BotUnderTest, botUnderTest, CHEN } from '../support/bot-under-test.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const QUESTION = 'UGC说明怎么填'
const TITLE = '【4.1】UGC说明'
const ANSWERED_LATELY = { decision: { kind: 'silent', reason: 'answered-lately' }, sent: [] }

/** A refusal that is final: the session is alive, and WeChat does not want this. */
const finalRefusal = () => new ChannelError('channel-rejected', 'too long', { retryable: false })

/** Holds the next bubble back until it is let go. */
function heldBack(bot: BotUnderTest): (failure?: Error) => void {
  let letGo: (failure?: Error) => void = () => {}
  const waiting = new Promise<void>((resolve, reject) => {
    letGo = (failure) => (failure ? reject(failure) : resolve())
  })
  bot.channel.beforeSend = async () => {
    bot.channel.beforeSend = () => {}
    await waiting
  }
  return letGo
}

/** All that needs no clock is done. */
const aMoment = () => new Promise((resolve) => setImmediate(resolve))

test('who asks next is answered when the first reply was refused', async () => {
  const bot = await botUnderTest()
  bot.channel.beforeSend = () => {
    bot.channel.beforeSend = () => {}
    throw finalRefusal()
  }
  expect((await bot.hears(QUESTION)).sent).toEqual([])
  expect((await bot.hears(QUESTION, { sender: LI })).sent[0]).toContain(TITLE)
  expect(await bot.hears(QUESTION)).toMatchObject(ANSWERED_LATELY)
})

const overtaking: readonly [string, (bot: BotUnderTest) => Promise<unknown>][] = [
  ['taken back', (bot) => bot.hears('', { kind: 'notice', recalls: 'q' })],
  ['answered by a colleague', (bot) => bot.hears('@王老板 我来看', { sender: CHEN, mentionsOthers: true })],
  ['too old', async (bot) => bot.clock.pass(600_001)],
]

test.each(overtaking)('who asks next is answered when the first question was %s', async (_what, overtake) => {
  const bot = await botUnderTest()
  // Something else is on its way out in that group, so that the reply has to wait.
  const letGo = heldBack(bot)
  const before = bot.outbox.send(CUSTOMERS, [{ kind: 'text', text: '上一条' }])
  const asked = bot.hears(QUESTION, { id: 'q' })
  await aMoment()
  await overtake(bot)
  letGo()
  await before
  await asked
  expect(bot.channel.in(CUSTOMERS.key)).toEqual(['上一条'])
  expect((await bot.hears(QUESTION, { sender: LI })).sent[0]).toContain(TITLE)
})

test.each<[string, Error | undefined, readonly IncomingMessage['sender'][]]>([
  ['said', undefined, [WANG]],
  ['refused', finalRefusal(), [LI]],
])('of two who ask while the reply waits, one is answered: it is %s', async (_what, failure, answered) => {
  const bot = await botUnderTest()
  const letGo = heldBack(bot)
  const first = bot.hears(QUESTION)
  await aMoment()
  const second = bot.hears(QUESTION, { sender: LI })
  await aMoment()
  letGo(failure)
  await Promise.all([first, second])
  const toldTo = bot.channel.sent.flatMap(({ bubble }) => (bubble.kind === 'text' ? (bubble.mention ?? []) : []))
  expect(toldTo.map(({ name }) => name)).toEqual(answered.map(({ name }) => name))
})

test('offers that never arrived are none', async () => {
  const bot = await botUnderTest()
  bot.channel.beforeSend = () => {
    bot.channel.beforeSend = () => {}
    throw finalRefusal()
  }
  await bot.hears('@小助手 这个怎么填')
  expect((await bot.hears('2')).decision).toMatchObject({ kind: 'silent' })
  await bot.hears('@小助手 这个怎么填')
  expect((await bot.hears('2')).decision).toMatchObject({ kind: 'answer', sections: ['1.1'], reason: 'chosen' })
})

test('a reminder is not promised by a reply that never arrived', async () => {
  const book = new ReminderBook({ records: () => [], save: async () => {}, keep: () => {} })
  const who = { place: CUSTOMERS, sender: WANG }
  const plan = { about: 'second', day: '2026-12-04', dueAtMs: MONDAY_MS + 1 } as const
  const takeBack = await book.follow(who, { kind: 'courtesy', word: 'reminder-set', remind: plan })
  expect(book.isSetFor(who)).toBe(true)
  await takeBack?.()
  expect(book.isSetFor(who)).toBe(false)
  await book.set(who, plan)
  const restore = await book.follow(who, { kind: 'courtesy', word: 'reminder-cancelled' })
  await restore?.()
  expect(book.isSetFor(who)).toBe(true)
})

test('the trace names the policy that spoke, for silence too', async () => {
  const bot = await botUnderTest()
  expect((await bot.hears(QUESTION)).decision.policy).toBe('guide')
  expect((await bot.hears(QUESTION, { sender: LI })).decision.policy).toBe('answered-lately')
  expect((await bot.hears('今天天气不错')).decision.policy).toBe('not-for-us')
  expect((await bot.hears('@小助手 转人工')).decision.policy).toBe('wants-human')
  expect((await bot.hears('@小助手 你好')).decision.policy).toBe('ticket-waits')
  expect((await bot.hears('大家好', { sender: CHEN })).decision.policy).toBe('staff')
})

test('a reply that broke on its way keeps nobody waiting', async () => {
  let broken = true
  const bot = await botUnderTest({
    journal: {
      record: () => {
        if (broken) throw new Error('journal broken')
      },
    },
  })
  await bot.hears(QUESTION)
  broken = false
  expect((await bot.hears(QUESTION, { sender: LI })).sent[0]).toContain(TITLE)
})
