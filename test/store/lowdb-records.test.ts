import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import type { Reminder, StoredWalk } from '../../src/model/understanding.js'
import { LatestWrite, openRecords } from '../../src/store/json-file.js'
import { storedReminders, storedWalks } from '../../src/store/records.js'
import { CUSTOMERS, DIRECT, WANG } from '../support/a-message.js'
import { capturedLog } from '../support/captured-log.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const { log } = capturedLog()
const WALKS = { schema: storedWalks, log }
const REMINDERS = { schema: storedReminders, log }

const WALK: StoredWalk = {
  placeKey: CUSTOMERS.key,
  askerKey: WANG.key,
  walk: { status: 'walking', at: '1.1', outcomes: { '0': 'done', '1': 'skipped' } },
  turnedAtMs: MONDAY_MS,
}
const REMINDER: Reminder = {
  about: 'second',
  day: '2026-11-28',
  dueAtMs: MONDAY_MS,
  place: CUSTOMERS,
  person: WANG,
  status: 'waiting',
}

test('keeps walks, readable by the owner alone', async () => {
  const path = join(tempFolder(), 'walks.json')
  const store = await openRecords(path, WALKS)
  expect(store.records()).toEqual([])
  store.keep([])
  store.keep([WALK])
  await store.flush()
  expect((await openRecords(path, WALKS)).records()).toEqual([WALK])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('has reminders on disk when saving resolves', async () => {
  const path = join(tempFolder(), 'reminders.json')
  const store = await openRecords(path, REMINDERS)
  const reminders = [REMINDER, { ...REMINDER, place: DIRECT, status: 'sending' as const }]
  await store.save(reminders)
  expect((await openRecords(path, REMINDERS)).records()).toEqual(reminders)
})

test('forgets at the end what is kept in memory', async () => {
  const store = await openRecords(undefined, WALKS)
  await store.save([WALK])
  expect(store.records()).toEqual([WALK])
  expect((await openRecords(undefined, WALKS)).records()).toEqual([])
})

test.each([
  ['cut short', '[{"placeKey":"room'],
  ['no list', '{"walks":[]}'],
  ['another shape', JSON.stringify([{ ...WALK, walk: { ...WALK.walk, status: 'lost' } }])],
  ['a key of a later version', JSON.stringify([{ ...WALK, mood: 'fine' }])],
])('refuses a file that is damaged (%s), and leaves it as it is', async (_, text) => {
  const path = join(tempFolder(), 'walks.json')
  writeFileSync(path, text)
  const refusal = await openRecords(path, WALKS).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(StoreError)
  expect(String(refusal)).toMatch(/walks\.json (?:坏了|的内容不合格式).*备份.*再启动/)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('never writes twice at once, also for who goes on as soon as a write is done', async () => {
  let underWay = 0
  let most = 0
  const writes = new LatestWrite(async () => {
    most = Math.max(most, ++underWay)
    await new Promise((resolve) => setImmediate(resolve))
    underWay--
  })
  const one = async () => {
    await writes.now()
    await writes.now()
  }
  await Promise.all([one(), one(), one()])
  expect(most).toBe(1)
})
