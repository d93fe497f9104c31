import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ChannelError } from '../../src/errors.js'
import type { Place } from '../../src/model/chat.js'
import type { DropReason } from '../../src/model/decision.js'
import type { Outgoing } from '../../src/model/ports.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing, type PacingLimits, type SendingState } from '../../src/outbox/pacing.js'
import { capturedLog, LEVEL } from '../support/captured-log.js'
import {
  asRead,
  FakeChannel,
  lostAnswer,
  notReached,
  refusal,
  sessionOver,
  tooMany,
  unknownPlace,
} from '../support/fake-channel.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const LIMITS: PacingLimits = { gapMs: 1_000, jitterMs: 1_000, perPlaceMinute: 5, perMinute: 20, perDay: 1_000 }
const HOUR_MS = 3_600_000
const room = (topic: string): Place => ({ kind: 'room', id: topic, key: `room:${topic}`, topic, purpose: 'customers' })
const A = room('甲群')
const B = room('乙群')
const texts = (...lines: readonly string[]): readonly Outgoing[] => lines.map((text) => ({ kind: 'text', text }))

beforeEach(() => {
  vi.useFakeTimers({ now: MONDAY_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

/** @param limits null: not paced at all */
function pacedOutbox(limits: Partial<PacingLimits> | null = {}, backOffMs = 2 * HOUR_MS) {
  const channel = new FakeChannel()
  const { log, lines } = capturedLog()
  const clock = { now: () => Date.now() }
  const ofAll = limits ? { ...LIMITS, ...limits } : undefined
  const pacing = new Pacing({ limits: ofAll, backOffMs, random: () => 0.5 })
  const times: number[] = []
  const kept: SendingState[] = []
  channel.beforeSend = () => void times.push(Date.now() - MONDAY_MS)
  const outbox = new Outbox({ channel, pacing, clock, log, keep: (state) => void kept.push(state) })
  const said = () => channel.sent.map(({ bubble }) => asRead(bubble))
  return { outbox, channel, lines, times, kept, said }
}

test('lets a second and a bit pass between two bubbles, also of different groups', async () => {
  const { outbox, times, said } = pacedOutbox()
  const all = Promise.all([outbox.send(A, texts('甲1', '甲2')), outbox.send(B, texts('乙1'))])
  await vi.runAllTimersAsync()
  expect(await all).toMatchObject([{ said: true }, { said: true }])
  expect(said()).toEqual(['甲1', '乙1', '甲2'])
  expect(times).toEqual([0, 1_500, 3_000])
})

test('makes a busy group wait for its next minute, and serves the others meanwhile', async () => {
  const { outbox, times, said } = pacedOutbox({ perPlaceMinute: 2 })
  void outbox.send(A, texts('甲1', '甲2', '甲3'))
  void outbox.send(B, texts('乙1'))
  await vi.runAllTimersAsync()
  expect(said()).toEqual(['甲1', '乙1', '甲2', '甲3'])
  expect(times).toEqual([0, 1_500, 3_000, 60_000])
})

test('tells what waits when the day is used up from what comes too late: it is not kept for later', async () => {
  const { outbox, said } = pacedOutbox({ perDay: 10 })
  const deadlineMs = MONDAY_MS + 600_000
  const all = Array.from({ length: 11 }, (_, n) => outbox.send(A, texts(`${n}`), { deadlineMs: deadlineMs + n }))
  await vi.runAllTimersAsync()
  expect((await Promise.all(all)).slice(8)).toMatchObject([
    { said: true },
    { said: false, reason: 'day-cap' },
    { said: false, reason: 'day-cap' },
  ])
  expect(said()).toHaveLength(9)
})

test('drops a reply whose turn would come too late, with the reason in the log', async () => {
  const { outbox, said, lines } = pacedOutbox({ perPlaceMinute: 1 })
  const deadlineMs = MONDAY_MS + 30_000
  void outbox.send(A, texts('甲1'), { deadlineMs })
  const late = outbox.send(A, texts('甲2'), { deadlineMs, messageId: 'm2' })
  await vi.runAllTimersAsync()
  expect(await late).toMatchObject({ said: false, reason: 'held-back' })
  expect(said()).toEqual(['甲1'])
  expect(lines).toMatchObject([{ level: LEVEL.info, msg: 'reply dropped', reason: 'held-back', messageId: 'm2' }])
})

test('asks before each bubble whether it is still wanted', async () => {
  const { outbox, said, lines } = pacedOutbox()
  let reason: DropReason | undefined
  const sending = outbox.send(A, texts('一', '二', '三'), { stillWanted: () => reason })
  await vi.advanceTimersByTimeAsync(1_600)
  reason = 'recalled'
  await vi.runAllTimersAsync()
  expect(await sending).toMatchObject({ said: false, reason: 'recalled' })
  expect(said()).toEqual(['一', '二'])
  expect(lines).toMatchObject([{ msg: 'reply dropped', reason: 'recalled' }])
})

test('asks at the moment of sending, not at the moment of queueing', async () => {
  const { outbox, said } = pacedOutbox()
  let asked = 0
  void outbox.send(B, texts('乙'))
  void outbox.send(A, texts('甲'), {
    stillWanted: () => {
      asked++
      return undefined
    },
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect([asked, said()]).toEqual([0, ['乙']])
  await vi.runAllTimersAsync()
  expect([asked, said()]).toEqual([1, ['乙', '甲']])
})

test('tries again, more and more slowly, while WeChat is not reached', async () => {
  const { outbox, channel, times, said } = pacedOutbox()
  let failures = 2
  channel.beforeSend = () => {
    times.push(Date.now() - MONDAY_MS)
    if (failures-- > 0) throw notReached()
  }
  const sending = outbox.send(A, texts('一'))
  await vi.runAllTimersAsync()
  expect(await sending).toEqual({ said: true })
  expect(said()).toEqual(['一'])
  expect(times).toEqual([0, 2_000, 7_000])
})

test('gives up after four tries', async () => {
  const { outbox, channel, times, lines } = pacedOutbox()
  channel.beforeSend = () => {
    times.push(0)
    throw notReached()
  }
  const sending = outbox.send(A, texts('一', '二'))
  await vi.runAllTimersAsync()
  expect(await sending).toMatchObject({ said: false, reason: 'refused' })
  expect(times).toHaveLength(4)
  expect(lines.at(-1)).toMatchObject({ level: LEVEL.error, msg: 'reply lost' })
})

test('does not try again what is not wanted any more', async () => {
  const { outbox, channel, times } = pacedOutbox()
  let reason: DropReason | undefined
  channel.beforeSend = () => {
    times.push(0)
    reason = 'colleague-answered'
    throw notReached()
  }
  void outbox.send(A, texts('一'), { stillWanted: () => reason })
  await vi.runAllTimersAsync()
  expect(times).toHaveLength(1)
})

test.each([
  ['answer lost, the bubble may have been said', lostAnswer, 'perhaps-said'],
  ['reply lost', unknownPlace, 'refused'],
])('never tries again after "%s"', async (msg, fail, reason) => {
  const { outbox, channel, times, lines } = pacedOutbox()
  channel.beforeSend = () => {
    times.push(0)
    throw fail()
  }
  const sending = outbox.send(A, texts('一', '二'), { deadlineMs: MONDAY_MS + 120_000 })
  await vi.runAllTimersAsync()
  expect(await sending).toMatchObject({ said: false, reason })
  expect(times).toHaveLength(1)
  expect(lines).toMatchObject([{ level: LEVEL.error, msg }])
})

/** Sends a reply to A, which WeChat refuses so many times; meanwhile B has its turn, and pacing goes on. */
async function refusedReply(times: number, deadlineMs: number | undefined, waiting: readonly Outgoing[] = []) {
  const paced = pacedOutbox()
  let left = times
  paced.channel.beforeSend = (to) => {
    if (to.key !== A.key) return
    paced.times.push(Date.now() - MONDAY_MS)
    if (left-- > 0) throw refusal()
  }
  const options = deadlineMs === undefined ? {} : { deadlineMs: MONDAY_MS + deadlineMs }
  const sending = paced.outbox.send(A, texts('一', '二'), options)
  void paced.outbox.send(A, waiting, options)
  void paced.outbox.send(B, texts('乙'))
  await vi.runAllTimersAsync()
  return { ...paced, outcome: await sending }
}

test('says a refused reply again, once WeChat takes it, and in order', async () => {
  const { outcome, times, said } = await refusedReply(2, 120_000, texts('三'))
  expect(outcome).toEqual({ said: true })
  expect(times).toEqual([0, 3_000, 18_000, 19_500, 21_000])
  expect(said()).toEqual(['乙', '一', '二', '三'])
})

test.each([
  ['all tries', 120_000, [0, 3_000, 18_000, 78_000]],
  ['its deadline, before the last try', 60_000, [0, 3_000, 18_000]],
  ['its deadline, before the second try', 1_000, [0]],
  ['one try where somebody else keeps it', undefined, [0]],
])('gives a refused reply up after %s', async (_when, deadlineMs, expected) => {
  const { outcome, times, lines } = await refusedReply(9, deadlineMs)
  expect(outcome).toEqual({ said: false, reason: 'refused', bubblesOut: 0 })
  expect(times).toEqual(expected)
  expect(lines.at(-1)).toMatchObject({ level: LEVEL.error, msg: 'reply lost' })
})

test('takes a send that hangs for lost, and goes on', async () => {
  const { outbox, channel, said, lines } = pacedOutbox()
  channel.beforeSend = (to) => (to.key === A.key ? new Promise<void>(() => {}) : undefined)
  const hanging = outbox.send(A, texts('一'))
  const next = outbox.send(B, texts('二'))
  await vi.runAllTimersAsync()
  expect(await Promise.all([hanging, next])).toMatchObject([{ said: false, reason: 'perhaps-said' }, { said: true }])
  expect(said()).toEqual(['二'])
  expect(lines[0]).toMatchObject({ msg: 'answer lost, the bubble may have been said', error: 'no answer' })
})

test('says nothing for hours after "too many": replies are dropped, notices wait', async () => {
  const { outbox, channel, times, kept, lines, said } = pacedOutbox()
  let refused = 0
  channel.beforeSend = () => {
    times.push(Date.now() - MONDAY_MS)
    if (refused++ === 0) throw tooMany()
  }
  const deadlineMs = MONDAY_MS + 120_000
  const refusedReply = outbox.send(A, texts('一', '二'), { deadlineMs })
  const waiting = outbox.send(B, texts('三'), { deadlineMs })
  await vi.advanceTimersByTimeAsync(10)
  expect(await Promise.all([refusedReply, waiting])).toMatchObject([
    { said: false, reason: 'held-back' },
    { said: false, reason: 'held-back' },
  ])
  expect(await outbox.send(B, texts('四'), { deadlineMs })).toMatchObject({ said: false, reason: 'held-back' })
  const notice = outbox.send(B, texts('工单'), { urgent: true })
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS - 60_000)
  expect(times).toEqual([0])
  await vi.runAllTimersAsync()
  expect(await notice).toEqual({ said: true })
  expect(times).toEqual([0, 2 * HOUR_MS])
  expect(said()).toEqual(['工单'])
  expect(kept.map(({ refusals }) => refusals)).toEqual([1, 0])
  expect(lines.filter(({ reason }) => reason === 'held-back')).toHaveLength(3)
})

test('answers what was asked meanwhile when "too many" is over, in order, also behind others of its place', async () => {
  const { outbox, channel, said, times } = pacedOutbox({}, 20 * 60_000)
  let refused = 0
  channel.beforeSend = () => {
    times.push(Date.now() - MONDAY_MS)
    if (refused++ === 0) throw tooMany()
  }
  const waiting: string[] = []
  const ask = (to: Place, text: string) =>
    outbox.send(to, texts(text, `${text}之二`), {
      deadlineMs: Date.now() + 120_000,
      patientUntilMs: Date.now() + 30 * 60_000,
      onPatience: () => void waiting.push(text),
    })
  const all = [ask(A, '一'), ask(A, '二'), ask(B, '三')]
  await vi.advanceTimersByTimeAsync(60_000)
  all.push(ask(A, '四'))
  expect(waiting).toEqual(['一', '二', '三', '四'])
  await vi.advanceTimersByTimeAsync(18 * 60_000)
  expect(times).toEqual([0])
  await vi.runAllTimersAsync()
  expect(await Promise.all(all)).toEqual(all.map(() => ({ said: true })))
  expect(said().filter((text) => !text.startsWith('三'))).toEqual(['一', '一之二', '二', '二之二', '四', '四之二'])
})

test('gives up at once what "too many" outlasts', async () => {
  const { outbox, channel, times } = pacedOutbox({}, 40 * 60_000)
  channel.beforeSend = () => {
    times.push(Date.now() - MONDAY_MS)
    throw tooMany()
  }
  const options = { deadlineMs: MONDAY_MS + 120_000, patientUntilMs: MONDAY_MS + 30 * 60_000 }
  const all = [outbox.send(A, texts('一'), options), outbox.send(A, texts('二'), options)]
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await Promise.all(all)).toMatchObject(all.map(() => ({ said: false, reason: 'held-back' })))
  expect(times).toEqual([0])
})

test('gives up, by and by, what WeChat goes on refusing', async () => {
  const { outbox, channel, times } = pacedOutbox({}, 10 * 60_000)
  channel.beforeSend = () => {
    times.push((Date.now() - MONDAY_MS) / 60_000)
    throw tooMany()
  }
  const options = { deadlineMs: MONDAY_MS + 120_000, patientUntilMs: MONDAY_MS + 35 * 60_000 }
  const sending = outbox.send(A, texts('一'), options)
  await vi.runAllTimersAsync()
  expect(await sending).toMatchObject({ said: false, reason: 'held-back' })
  expect(times).toEqual([0, 10, 30])
})

test.each([{}, null])('says nothing to a session that is over, paced by %j, and ends without delay', async (limits) => {
  const { outbox, channel, times, lines, said } = pacedOutbox(limits)
  channel.beforeSend = () => {
    times.push(Date.now() - MONDAY_MS)
    throw sessionOver()
  }
  const deadlineMs = MONDAY_MS + 120_000
  const refused = outbox.send(A, texts('一', '二'), { deadlineMs, messageId: '1' })
  const waiting = outbox.send(B, texts('三'), { deadlineMs, messageId: '2' })
  const notice = outbox.send(B, texts('工单'), { urgent: true })
  await vi.advanceTimersByTimeAsync(0)
  expect(await Promise.all([refused, waiting, notice])).toMatchObject([
    { said: false, reason: 'refused' },
    { said: false, reason: 'session-over' },
    { said: false, reason: 'session-over' },
  ])
  await outbox.drain({ withinMs: 3_000 })
  await vi.advanceTimersByTimeAsync(2_000)
  const fromAHandler = outbox.send(A, texts('四'), { deadlineMs, messageId: '4' })
  await vi.advanceTimersByTimeAsync(0)
  expect(await fromAHandler).toMatchObject({ said: false, reason: 'session-over' })
  expect([times, said()]).toEqual([[0], []])
  expect(lines.map(({ msg, messageId, reason }) => [msg, messageId, reason])).toEqual([
    ['reply dropped', '2', 'session-over'],
    ['reply lost', '1', undefined],
    ['reply dropped', undefined, 'session-over'],
    ['reply dropped', '4', 'session-over'],
  ])
})

test('drains what can still go out in time, and drops the rest', async () => {
  const { outbox, said, lines } = pacedOutbox()
  const sends = ['一', '二', '三', '四'].map((text, index) => outbox.send(room(String(index)), texts(text)))
  const draining = outbox.drain({ withinMs: 3_000 })
  await vi.runAllTimersAsync()
  await draining
  expect(await Promise.all(sends)).toMatchObject([
    { said: true },
    { said: true },
    { said: true },
    { said: false, reason: 'held-back' },
  ])
  expect(said()).toEqual(['一', '二', '三'])
  expect(lines).toMatchObject([{ msg: 'reply dropped', reason: 'held-back' }])
})

test('tells at once, when it stops, what a colleague has written and WeChat was not reached for', async () => {
  const { outbox, channel } = pacedOutbox()
  channel.beforeSend = () => Promise.reject(new ChannelError('channel-unreachable', 'away', { retryable: true }))
  const reply = outbox.send(room('0'), texts('备案要一致'), { urgent: true, deadlineMs: MONDAY_MS + 600_000 })
  const answer = outbox.send(room('1'), texts('一'), { deadlineMs: MONDAY_MS + 600_000 })
  let isAnswerOver = false
  void answer.then(() => {
    isAnswerOver = true
  })
  await vi.advanceTimersByTimeAsync(10)
  void outbox.drain({ withinMs: 3_000 })
  await vi.advanceTimersByTimeAsync(10)
  expect(await reply).toEqual({ said: false, reason: 'stopping', bubblesOut: 0 })
  expect(isAnswerOver).toBe(false)
})

test('names the replies that a hanging send leaves unsaid when it stops, and no notices', async () => {
  const { outbox, channel, lines } = pacedOutbox()
  channel.beforeSend = () => new Promise<void>(() => {})
  void outbox.send(room('0'), texts('一'), { messageId: '1', deadlineMs: MONDAY_MS + 60_000 })
  void outbox.send(room('1'), texts('二'), { messageId: '2', deadlineMs: MONDAY_MS + 60_000 })
  void outbox.send(room('2'), texts('工单'), { urgent: true })
  const draining = outbox.drain({ withinMs: 3_000 })
  await vi.advanceTimersByTimeAsync(3_000)
  await draining
  expect(lines.map(({ messageId, reason }) => [messageId, reason])).toEqual([
    ['1', 'stopping'],
    ['2', 'stopping'],
  ])
})
