import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LowdbOutboxStore } from '../../../src/adapters/lowdb/lowdb-outbox-store.js'
import { StoreError } from '../../../src/errors.js'
import { tempFolder } from '../../support/temp-folder.js'

const REFUSED = { day: 20_000, sentCount: 3, refusals: 1, refusedAtMs: 1_795_000_000_000 }
const onDisk = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

test('has a notice on disk before it promises it, readable by the owner alone', async () => {
  const path = join(tempFolder(), 'outbox.json')
  const store = await LowdbOutboxStore.open(path)
  await store.add('工单 1')
  expect(onDisk(path)).toMatchObject({ notices: [{ number: 1, text: '工单 1' }] })
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('keeps all of many notices that come at once', async () => {
  const path = join(tempFolder(), 'outbox.json')
  const store = await LowdbOutboxStore.open(path)
  await Promise.all(Array.from({ length: 20 }, (_, index) => store.add(`工单 ${index + 1}`)))
  await Promise.all([store.remove(3), store.add('工单 21')])
  const again = await LowdbOutboxStore.open(path)
  expect(again.list().map(({ number }) => number)).toEqual([1, 2, ...Array.from({ length: 18 }, (_, i) => i + 4)])
})

test('gives no number twice', async () => {
  const path = join(tempFolder(), 'outbox.json')
  const store = await LowdbOutboxStore.open(path)
  await store.add('工单 1')
  await store.remove(1)
  const again = await LowdbOutboxStore.open(path)
  await again.add('工单 2')
  expect(again.list()).toEqual([{ number: 2, text: '工单 2' }])
})

test('remembers how much was said, and that WeChat has refused', async () => {
  const path = join(tempFolder(), 'outbox.json')
  const store = await LowdbOutboxStore.open(path)
  store.keepSending(REFUSED)
  await store.flush()
  expect((await LowdbOutboxStore.open(path)).sending()).toEqual(REFUSED)
})

test.each([
  ['no JSON', '{"lastNumber":1,'],
  ['another shape', '{"notices":[]}'],
  ['a number beyond the last', JSON.stringify({ lastNumber: 0, notices: [{ number: 1, text: '' }], sending: REFUSED })],
])('refuses a file with %s, and leaves it as it is', async (_what, content) => {
  const path = join(tempFolder(), 'outbox.json')
  writeFileSync(path, content)
  await expect(LowdbOutboxStore.open(path)).rejects.toBeInstanceOf(StoreError)
  expect(readFileSync(path, 'utf8')).toBe(content)
})
