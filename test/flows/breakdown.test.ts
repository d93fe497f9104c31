import { expect, test } from 'vitest'
import type { MessageHandlerParts } from '../../src/handle-message.js'
import { LI } from '../support/a-message.js'
import { botUnderTest, smallSnapshot } from '../support/bot-under-test.js'
import { LEVEL } from '../support/captured-log.js'
import { lostAnswer, refusal, unknownPlace } from '../support/fake-channel.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { png } from '../support/picture-bytes.js'

const QUESTION = '@小助手 UGC说明怎么填'

/** Fails at its first use, as a part with a bug in it, and works from then on. */
function failsOnce(): () => void {
  let failed = false
  return () => {
    if (failed) return
    failed = true
    throw new Error('part broken')
  }
}

function brokenMatcher(): Partial<MessageHandlerParts> {
  const fail = failsOnce()
  const snapshot = smallSnapshot()
  const match = (normalized: string) => {
    fail()
    return snapshot.matcher.match(normalized)
  }
  return { knowledge: { current: { ...snapshot, matcher: { match } } } }
}

function brokenClock(): Partial<MessageHandlerParts> {
  const fail = failsOnce()
  const now = () => {
    fail()
    return MONDAY_MS
  }
  return { clock: { now }, startedAtMs: () => MONDAY_MS }
}

function brokenJournal(): Partial<MessageHandlerParts> {
  return { journal: { record: failsOnce() } }
}

test.each([
  ['matcher', brokenMatcher],
  ['clock', brokenClock],
  ['journal', brokenJournal],
])('spares the group when the %s breaks, and handles the next message', async (_part, broken) => {
  const bot = await botUnderTest(broken())
  expect((await bot.hears(QUESTION)).sent).toEqual([])
  expect(bot.lines).toContainEqual(expect.objectContaining({ level: LEVEL.error, messageId: 'm1' }))
  expect((await bot.hears(QUESTION, { sender: LI })).sent[0]).toContain('【4.1】UGC说明')
})

test('notes a message that it failed on as one', async () => {
  const bot = await botUnderTest(brokenMatcher())
  expect((await bot.hears(QUESTION)).decision).toMatchObject({ kind: 'silent', reason: 'failed' })
})

test('does not throw even when the journal never works', async () => {
  const record = () => {
    throw new Error('journal broken')
  }
  const bot = await botUnderTest({ journal: { record } })
  await expect(bot.hears(QUESTION)).resolves.toMatchObject({ sent: [] })
})

test('goes without a picture whose source breaks its promise not to throw', async () => {
  let asked = 0
  const load = async () => {
    if (asked++ === 0) throw new Error('part broken')
    return { bytes: png(), fileName: 'a.png' }
  }
  const bot = await botUnderTest({ pictures: { load } })
  const { sent } = await bot.hears(QUESTION)
  expect(sent.join('\n')).toContain('2. 勾选机器审核。')
  expect(sent).not.toContain('[/img/ugc.png]')
  expect((await bot.hears(QUESTION, { sender: LI })).sent).toContain('[/img/ugc.png]')
})

test('says an answer again that was refused', async () => {
  const bot = await botUnderTest()
  bot.channel.beforeSend = () => {
    bot.channel.beforeSend = () => {}
    throw refusal()
  }
  expect((await bot.hears(QUESTION)).sent[0]).toContain('【4.1】UGC说明')
})

test.each([
  ['not possible', unknownPlace],
  ['lost on the way', lostAnswer],
])('handles the next message after one whose answer was %s', async (_what, failure) => {
  const bot = await botUnderTest()
  bot.channel.beforeSend = () => {
    bot.channel.beforeSend = () => {}
    throw failure()
  }
  expect((await bot.hears(QUESTION)).sent).toEqual([])
  expect((await bot.hears(QUESTION, { sender: LI })).sent[0]).toContain('【4.1】UGC说明')
})
