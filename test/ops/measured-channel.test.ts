import { expect, test } from 'vitest'
import { ChannelError, type ChannelErrorFacts } from '../../src/errors.js'
import type { Outgoing } from '../../src/model/ports.js'
import { measuredChannel } from '../../src/ops/metrics.js'
import { FakeChannel, STAFF_PLACE } from '../support/fake-channel.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

const BUBBLE: Outgoing = { kind: 'text', text: '好的' }

function measured() {
  const inner = new FakeChannel()
  const counted: unknown[][] = []
  const { alerts, heard } = recordedAlerts()
  const count =
    (what: string) =>
    (...labels: string[]) =>
      void counted.push([what, ...labels])
  const counts = { heard: count('heard'), decided: count('decided'), sent: count('sent'), refused: count('refused') }
  const metrics = { ...counts, unsaid: count('unsaid'), opinion: () => {} }
  return { inner, counted, heard, channel: measuredChannel(inner, { metrics, alerts }) }
}

const refuseWith =
  (message: string, facts: Partial<ChannelErrorFacts> = {}) =>
  () => {
    throw new ChannelError('channel-rejected', message, { retryable: false, ...facts })
  }

test('counts what is heard and sent', async () => {
  const { inner, channel, counted } = measured()
  const heard: unknown[] = []
  await channel.start(async (message) => void heard.push(message))
  await inner.listener!({ id: 'm1' } as never)
  await channel.send(STAFF_PLACE, BUBBLE)
  expect(heard).toEqual([{ id: 'm1' }])
  expect(counted).toEqual([['heard'], ['sent', 'text']])
})

test.each([
  [1205, '1205'],
  [-1, '-1'],
  [undefined, 'channel-rejected'],
])('counts a refusal by number %s as %s and passes it on', async (number, code) => {
  const { inner, channel, counted } = measured()
  inner.beforeSend = refuseWith('refused', { number })
  await expect(channel.send(STAFF_PLACE, BUBBLE)).rejects.toThrow('refused')
  expect(counted).toEqual([['refused', code]])
})

test('keeps an incident open while too much is being said, until something goes out', async () => {
  const { inner, channel, heard } = measured()
  inner.beforeSend = refuseWith('1205 == 0', { tooMany: true })
  await expect(channel.send(STAFF_PLACE, BUBBLE)).rejects.toThrow()
  inner.beforeSend = refuseWith('1204 == 0')
  await expect(channel.send(STAFF_PLACE, BUBBLE)).rejects.toThrow()
  expect(heard).toEqual([['raise', 'send-refused']])
  inner.beforeSend = () => {}
  await channel.send(STAFF_PLACE, BUBBLE)
  await channel.send(STAFF_PLACE, BUBBLE)
  expect(heard).toEqual([
    ['raise', 'send-refused'],
    ['clear', 'send-refused'],
  ])
})
