import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import type { IdentityRecords } from '../../src/model/stores.js'
import { openIdentities } from '../../src/store/records.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const { log } = capturedLog()
const RECORDS: IdentityRecords = {
  accountId: '@me',
  rooms: [{ key: 'room:售后群', id: '@@1', topics: ['售后', '售后群'], members: ['aa'], doubtful: false, seenAtMs: 1 }],
  people: [
    {
      ...{ key: 'name:小李', id: '', remark: '', nicks: ['小李'], displays: { 'room:售后群': '甲' } },
      ...{ doubtful: true, seenAtMs: 2 },
    },
  ],
  told: ['person:小李'],
}

test('knows nobody at first', async () => {
  const store = await openIdentities(join(tempFolder(), 'identities.json'), log)
  expect(store.records()).toEqual({ accountId: '', rooms: [], people: [], told: [] })
})

test('keeps all records, readable by the owner alone', async () => {
  const path = join(tempFolder(), 'identities.json')
  const store = await openIdentities(path, log)
  store.keep({ ...RECORDS, accountId: 'older' })
  store.keep(RECORDS)
  await store.flush()
  expect((await openIdentities(path, log)).records()).toEqual(RECORDS)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each(['{"accountId":"@me","ro', '{"rooms":[]}'])(
  'refuses a damaged file, and leaves it as it is',
  async (text) => {
    const path = join(tempFolder(), 'identities.json')
    writeFileSync(path, text)
    await expect(openIdentities(path, log)).rejects.toBeInstanceOf(StoreError)
    expect(readFileSync(path, 'utf8')).toBe(text)
  },
)

test('reads what an earlier version kept, which knew no members', async () => {
  const path = join(tempFolder(), 'identities.json')
  const { members: _members, ...room } = RECORDS.rooms[0]!
  writeFileSync(path, JSON.stringify({ ...RECORDS, rooms: [room] }))
  expect((await openIdentities(path, log)).records().rooms).toEqual([{ ...room, members: [] }])
})
