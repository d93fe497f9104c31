import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NoticeQueue } from '../../src/outbox/notices.js'
import { Outbox } from '../../src/outbox/outbox.js'
import { Pacing } from '../../src/outbox/pacing.js'
import { LowdbOutboxStore } from '../../src/store/outbox.js'
import { capturedLog, LEVEL } from '../support/captured-log.js'
import { FakeChannel, lostAnswer, refusal, STAFF_PLACE } from '../support/fake-channel.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { png } from '../support/picture-bytes.js'
import { tempFolder } from '../support/temp-folder.js'

beforeEach(() => {
  vi.useFakeTimers({ now: MONDAY_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

async function queueUnderTest(store?: LowdbOutboxStore) {
  const kept = store ?? (await LowdbOutboxStore.inMemory())
  const channel = new FakeChannel()
  const { log, lines } = capturedLog()
  const pacing = new Pacing({ limits: undefined, backOffMs: 0, random: () => 0 })
  const outbox = new Outbox({ channel, pacing, clock: { now: () => Date.now() }, log })
  const queue = new NoticeQueue({ store: kept, channel, outbox, log })
  return { queue, store: kept, channel, lines }
}

test('tells the staff group, and then forgets', async () => {
  const { queue, channel, store } = await queueUnderTest()
  queue.start()
  await queue.add('工单 1')
  await queue.add('工单 2')
  await vi.runAllTimersAsync()
  expect(channel.in(STAFF_PLACE.key)).toEqual(['工单 1', '工单 2'])
  expect([store.list(), queue.length]).toEqual([[], 0])
})

test('waits for a staff group, however long, and says so once', async () => {
  const { queue, channel, lines } = await queueUnderTest()
  channel.staff = undefined
  queue.start()
  await queue.add('工单 1')
  await vi.advanceTimersByTimeAsync(3 * 86_400_000)
  expect(channel.sent).toEqual([])
  channel.staff = STAFF_PLACE
  await vi.advanceTimersByTimeAsync(5_000)
  expect(channel.in(STAFF_PLACE.key)).toEqual(['工单 1'])
  expect(lines.filter(({ level }) => level === LEVEL.warn)).toMatchObject([{ waiting: 1 }])
})

test.each([
  ['is refused', refusal],
  ['may have been said, because its answer was lost', lostAnswer],
])('says again what %s, in order', async (_what, fail) => {
  const { queue, channel } = await queueUnderTest()
  let failures = 3
  channel.beforeSend = () => {
    if (failures-- > 0) throw fail()
  }
  queue.start()
  await queue.add('工单 1')
  await queue.add('工单 2')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(channel.in(STAFF_PLACE.key)).toEqual(['工单 1', '工单 2'])
})

test('tries less and less often', async () => {
  const { queue, channel } = await queueUnderTest()
  let tries = 0
  channel.beforeSend = () => {
    tries++
    throw refusal()
  }
  queue.start()
  await queue.add('工单 1')
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(tries).toBeGreaterThan(12)
  expect(tries).toBeLessThan(25)
})

test('begins with what an earlier run has left, and says nothing after its stop', async () => {
  const earlier = await queueUnderTest()
  await earlier.queue.add('工单 1')
  await vi.runAllTimersAsync()
  expect(earlier.channel.sent).toEqual([])
  const later = await queueUnderTest(earlier.store)
  later.queue.start()
  await vi.runAllTimersAsync()
  expect(later.channel.in(STAFF_PLACE.key)).toEqual(['工单 1'])
  later.queue.stop()
  await later.queue.add('工单 2')
  await vi.runAllTimersAsync()
  expect(later.channel.in(STAFF_PLACE.key)).toEqual(['工单 1'])
})

test('shows pictures behind their notice, and a picture that is refused holds nobody up', async () => {
  const store = await LowdbOutboxStore.open(join(tempFolder(), 'outbox.json'))
  const { queue, channel, lines } = await queueUnderTest(store)
  await store.add('工单 1', { pictures: [{ bytes: png(), fileName: 'a.png' }] })
  await store.add('工单 2', { pictures: [{ bytes: png('bad'), fileName: 'a.png' }] })
  await store.add('工单 3')
  channel.beforeSend = (_to, bubble) => {
    if (bubble.kind === 'picture' && Buffer.from(bubble.bytes).equals(png('bad'))) throw refusal()
  }
  vi.useRealTimers()
  queue.start()
  await vi.waitFor(() => expect(queue.length).toBe(0))
  queue.stop()
  expect(channel.in(STAFF_PLACE.key)).toEqual(['工单 1', '[1-1.png]', '工单 2', '工单 3'])
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'pictures of a notice not shown', notice: 2 }))
})
