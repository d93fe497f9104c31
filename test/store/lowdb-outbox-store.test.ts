import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import { LowdbOutboxStore } from '../../src/store/outbox.js'
import { jpg, png } from '../support/picture-bytes.js'
import { tempFolder } from '../support/temp-folder.js'

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

const PICTURES = [
  { bytes: png('one'), fileName: 'picture.png' },
  { bytes: jpg('two'), fileName: 'picture.jpg' },
]

test('keeps the pictures of a notice on disk until it is out, for the owner alone', async () => {
  const folder = tempFolder()
  const store = await LowdbOutboxStore.open(join(folder, 'outbox.json'))
  await store.add('工单 1', { ticket: 1, pictures: PICTURES })
  const again = await LowdbOutboxStore.open(join(folder, 'outbox.json'))
  expect(again.list()).toEqual([{ number: 1, text: '工单 1', ticket: 1, pictures: ['1-1.png', '1-2.jpg'] }])
  expect(await again.picture('1-2.jpg')).toEqual(jpg('two'))
  expect(statSync(join(folder, 'notice-pictures', '1-1.png')).mode & 0o777).toBe(0o600)
  await again.remove(1)
  expect(readdirSync(join(folder, 'notice-pictures'))).toEqual([])
})

test('leaves out what is no picture or too much, and sweeps what a kill has left behind', async () => {
  const folder = tempFolder()
  const store = await LowdbOutboxStore.open(join(folder, 'outbox.json'))
  const large = { bytes: Buffer.alloc(40 * 1024 * 1024), fileName: 'picture.png' }
  await store.add('工单 1', { pictures: [large, large, { bytes: png(), fileName: '../../evil.sh' }] })
  expect(store.list()[0]?.pictures).toEqual(['1-1.png'])
  writeFileSync(join(folder, 'notice-pictures', '9-1.jpg'), jpg())
  await LowdbOutboxStore.open(join(folder, 'outbox.json'))
  expect(readdirSync(join(folder, 'notice-pictures'))).toEqual(['1-1.png'])
})

test('forgets what waits about the tickets of a person, and nothing else', async () => {
  const folder = tempFolder()
  const store = await LowdbOutboxStore.open(join(folder, 'outbox.json'))
  await store.add('工单 1 王老板', { ticket: 1, pictures: PICTURES })
  await store.add('工单 1 还没有人接', { ticket: 1, pictures: PICTURES })
  await store.add('工单 2 小李', { ticket: 2, pictures: PICTURES })
  await store.forget({ tickets: [1] })
  expect(store.list().map(({ text }) => text)).toEqual(['工单 2 小李'])
  expect(readdirSync(join(folder, 'notice-pictures')).sort()).toEqual(['3-1.png', '3-2.jpg'])
  expect(existsSync(join(folder, 'outbox.json')) && readFileSync(join(folder, 'outbox.json'), 'utf8')).not.toContain(
    '王老板',
  )
})
