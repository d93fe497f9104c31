import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Arrival, Hearing } from '../../src/channel/hearing.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function hearingUnderTest() {
  const ids = new Set<string>()
  const heard: string[] = []
  const failed: (string | undefined)[] = []
  const hearing = new Hearing<string>({
    heardIds: { add: (id) => !ids.has(id) && Boolean(ids.add(id)) },
    holdMs: 300,
    log: { error: ({ messageId }: { messageId?: string }) => void failed.push(messageId) },
  })
  hearing.open(async (message) => heard.push(message))
  let wirePlace = 0
  const hear = (id: string, facts: Partial<Arrival<string>> = {}) =>
    hearing.hear({ id, placeId: '@@1', sentAtMs: 1_000, wirePlace: ++wirePlace, read: async () => id, ...facts })
  return { hear, heard, failed, hearing }
}

test('hands on what was said first first, though it comes later', async () => {
  const { hear, heard } = hearingUnderTest()
  hear('third', { sentAtMs: 3_000 })
  hear('first', { sentAtMs: 1_000 })
  await vi.advanceTimersByTimeAsync(200)
  hear('second', { sentAtMs: 2_000 })
  await vi.runAllTimersAsync()
  expect(heard).toEqual(['first', 'second', 'third'])
})

test('keeps to the order of the wire within one second', async () => {
  const { hear, heard } = hearingUnderTest()
  hear('b', { wirePlace: 2 })
  hear('c', { wirePlace: 3 })
  hear('a', { wirePlace: 1 })
  await vi.runAllTimersAsync()
  expect(heard).toEqual(['a', 'b', 'c'])
})

test('waits for nobody longer than it has to', async () => {
  const { hear, heard } = hearingUnderTest()
  hear('a')
  await vi.advanceTimersByTimeAsync(299)
  expect(heard).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(heard).toEqual(['a'])
})

test('keeps the order though one message takes long to be read, and lets other places go on', async () => {
  const { hear, heard } = hearingUnderTest()
  const slowly = (word: string) => () => new Promise<string>((resolve) => setTimeout(() => resolve(word), 5_000))
  hear('picture', { read: slowly('picture') })
  await vi.advanceTimersByTimeAsync(1_000)
  hear('after it')
  hear('elsewhere', { placeId: '@@2' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(heard).toEqual(['elsewhere'])
  await vi.runAllTimersAsync()
  expect(heard).toEqual(['elsewhere', 'picture', 'after it'])
})

test('hears each message once, also while it is still being read', async () => {
  const { hear, heard } = hearingUnderTest()
  for (const id of ['a', 'a', 'b', 'a']) hear(id)
  await vi.runAllTimersAsync()
  hear('b')
  await vi.runAllTimersAsync()
  expect(heard).toEqual(['a', 'b'])
})

test('goes on after one that can not be read', async () => {
  const { hear, heard, failed } = hearingUnderTest()
  hear('a', { read: async () => undefined })
  hear('broken', { read: async () => JSON.parse('{') })
  hear('b')
  await vi.runAllTimersAsync()
  expect(heard).toEqual(['b'])
  expect(failed).toEqual(['broken'])
})

test('hands on at once what waits when it is to end, and nothing twice', async () => {
  const { hear, heard, hearing } = hearingUnderTest()
  hear('second', { sentAtMs: 2_000 })
  hear('first', { sentAtMs: 1_000, read: () => new Promise((resolve) => setTimeout(() => resolve('first'), 50)) })
  hear('elsewhere', { placeId: '@@2' })
  const flushed = hearing.close().then(() => [...heard])
  await vi.advanceTimersByTimeAsync(50)
  expect((await flushed).toSorted()).toEqual(['elsewhere', 'first', 'second'])
  expect(heard.indexOf('first')).toBeLessThan(heard.indexOf('second'))
  await vi.runAllTimersAsync()
  expect(heard).toHaveLength(3)
})

test('goes on where whoever listens fails, and hands on nothing after its end', async () => {
  const { hear, failed, hearing, heard } = hearingUnderTest()
  hearing.open(async () => Promise.reject(new Error('not handled')))
  hear('a')
  hear('b')
  await vi.runAllTimersAsync()
  expect(failed).toEqual(['a', 'b'])
  hear('c')
  hearing.end()
  await vi.runAllTimersAsync()
  expect([hearing.isOpen, heard, failed]).toEqual([false, [], ['a', 'b']])
})
