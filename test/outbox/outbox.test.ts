import { expect, test } from 'vitest'
import type { Place } from '../../src/model/chat.js'
import type { Outgoing } from '../../src/model/ports.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { capturedLog, LEVEL } from '../support/captured-log.js'
import { asRead, FakeChannel, refusal } from '../support/fake-channel.js'
import { fixedClock } from '../support/fixed-clock.js'
import { png } from '../support/picture-bytes.js'

const room = (topic: string): Place => ({ kind: 'room', id: topic, key: `room:${topic}`, topic, purpose: 'customers' })
const XIANGTIAN = room('想天售后服务群')
const TONGCHENG = room('同城社区售后群')
const texts = (...lines: readonly string[]): readonly Outgoing[] => lines.map((text) => ({ kind: 'text', text }))

function outboxUnderTest() {
  const channel = new FakeChannel()
  const { log, lines } = capturedLog()
  const pacing = new Pacing({ limits: undefined, backOffMs: 0, random: () => 0 })
  return { outbox: new Outbox({ channel, pacing, clock: fixedClock(), log }), channel, lines }
}

/** A promise that the test settles. */
function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

test('sends the bubbles of a reply in order, and says that all went out', async () => {
  const { outbox, channel } = outboxUnderTest()
  const picture: Outgoing = { kind: 'picture', path: '/img/a.png', bytes: png(), fileName: 'a.png' }
  expect(await outbox.send(XIANGTIAN, [...texts('一'), picture, ...texts('二')])).toEqual({ said: true })
  expect(channel.in(XIANGTIAN.key)).toEqual(['一', '[/img/a.png]', '二'])
})

test('keeps replies whole and in order within a place, however long a bubble takes', async () => {
  const { outbox, channel } = outboxUnderTest()
  const slow = gate()
  channel.beforeSend = (_to, bubble) => (bubble.kind === 'text' && bubble.text === '甲1' ? slow.opened : undefined)
  const all = [outbox.send(XIANGTIAN, texts('甲1', '甲2')), outbox.send(XIANGTIAN, texts('乙1', '乙2'))]
  all.push(outbox.send(XIANGTIAN, texts('丙')))
  expect(channel.sent).toEqual([])
  slow.open()
  await Promise.all(all)
  expect(channel.in(XIANGTIAN.key)).toEqual(['甲1', '甲2', '乙1', '乙2', '丙'])
})

test('says one thing at a time over the whole account, and takes turns between places', async () => {
  const { outbox, channel } = outboxUnderTest()
  const slow = gate()
  let underWay = 0
  let most = 0
  channel.beforeSend = async () => {
    most = Math.max(most, ++underWay)
    await slow.opened
    underWay--
  }
  const all = [outbox.send(XIANGTIAN, texts('甲1', '甲2')), outbox.send(TONGCHENG, texts('乙1', '乙2'))]
  slow.open()
  await Promise.all(all)
  expect(most).toBe(1)
  expect(channel.sent.map(({ bubble }) => asRead(bubble))).toEqual(['甲1', '乙1', '甲2', '乙2'])
})

test('lets others go while the next bubble of a reply is still being made', async () => {
  const { outbox, channel } = outboxUnderTest()
  const made = gate()
  async function* bubbles(): AsyncGenerator<Outgoing> {
    await made.opened
    yield* texts('等着')
  }
  const waiting = outbox.send(XIANGTIAN, bubbles())
  expect(await outbox.send(TONGCHENG, texts('先走'))).toEqual({ said: true })
  made.open()
  await waiting
  expect(channel.in(XIANGTIAN.key)).toEqual(['等着'])
})

test('drops the rest of a reply whose bubble is refused, and only that', async () => {
  const { outbox, channel, lines } = outboxUnderTest()
  channel.beforeSend = (_to, bubble) => {
    if (bubble.kind === 'text' && bubble.text === '甲2') throw refusal()
  }
  const delivered = await Promise.all([
    outbox.send(XIANGTIAN, texts('甲1', '甲2', '甲3')),
    outbox.send(XIANGTIAN, texts('乙1', '乙2')),
    outbox.send(TONGCHENG, texts('丙')),
  ])
  expect(delivered).toMatchObject([{ said: false, reason: 'refused', bubblesOut: 1 }, { said: true }, { said: true }])
  expect(channel.in(XIANGTIAN.key)).toEqual(['甲1', '乙1', '乙2'])
  expect(lines).toMatchObject([
    { level: LEVEL.error, msg: 'reply lost', placeKind: 'room', bubble: 'text', error: '1204 == 0' },
  ])
})

test('logs a lost reply without its words', async () => {
  const { outbox, channel, lines } = outboxUnderTest()
  channel.beforeSend = () => {
    throw refusal()
  }
  await outbox.send(XIANGTIAN, texts('您的工单 12'))
  expect(JSON.stringify(lines)).not.toMatch(/工单|想天/)
})

test('sends what is ready while the next bubble is still being made', async () => {
  const { outbox, channel } = outboxUnderTest()
  const made = gate()
  const textIsOut = gate()
  async function* bubbles(): AsyncGenerator<Outgoing> {
    yield* texts('先说')
    textIsOut.open()
    await made.opened
    yield* texts('后补')
  }
  const sending = outbox.send(XIANGTIAN, bubbles())
  await textIsOut.opened
  expect(channel.in(XIANGTIAN.key)).toEqual(['先说'])
  made.open()
  await sending
  expect(channel.in(XIANGTIAN.key)).toEqual(['先说', '后补'])
})

test('treats a bubble that cannot be made as one that cannot be sent', async () => {
  const { outbox, channel, lines } = outboxUnderTest()
  async function* bubbles(): AsyncGenerator<Outgoing> {
    yield* texts('先说')
    throw new Error('no more')
  }
  expect(await outbox.send(XIANGTIAN, bubbles())).toMatchObject({ said: false, reason: 'refused' })
  expect(await outbox.send(XIANGTIAN, texts('下一条'))).toEqual({ said: true })
  expect(channel.in(XIANGTIAN.key)).toEqual(['先说', '下一条'])
  expect(lines).toMatchObject([{ level: LEVEL.error, error: 'no more' }])
})

test('drains when the last waiting bubble of every place is out', async () => {
  const { outbox, channel } = outboxUnderTest()
  const slow = gate()
  const last = gate()
  channel.beforeSend = (_to, bubble) => (bubble.kind === 'text' && bubble.text === '二' ? last.opened : slow.opened)
  void outbox.send(XIANGTIAN, texts('一', '二'))
  const third = outbox.send(TONGCHENG, texts('三'))
  let drained = false
  const draining = outbox.drain().then(() => {
    drained = true
  })
  slow.open()
  await third
  expect(drained).toBe(false)
  last.open()
  await draining
  expect(channel.in(XIANGTIAN.key)).toEqual(['一', '二'])
  await outbox.drain()
})
