import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import { noteDislike, noteQuestion } from '../../src/learning/records.js'
import { openLearningStore } from '../../src/store/records.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const { log } = capturedLog()
const ASKED = { text: '支付怎么开通', why: 'person', sectionKey: '4.1', place: 'p', atMs: 5 } as const

test('finds again what was saved, for the owner’s eyes only, with a salt of its own', async () => {
  const path = join(tempFolder(), 'unanswered.json')
  const store = await openLearningStore(path, log)
  const { records } = noteQuestion(store.records(), ASKED, { likest: undefined, again: () => false })
  await store.save(noteDislike(records, { sectionKey: '3', person: 'x', atMs: 6 }))
  const again = await openLearningStore(path, log)
  expect(again.records()).toEqual(store.records())
  expect(again.records().entries).toHaveLength(2)
  expect(statSync(path).mode & 0o077).toBe(0)
  const other = await openLearningStore(undefined, log)
  expect(other.records().salt).not.toBe(again.records().salt)
})

test('has everything on disk after a flush', async () => {
  const path = join(tempFolder(), 'unanswered.json')
  const store = await openLearningStore(path, log)
  store.keep({ ...store.records(), lastNumber: 7 })
  await store.flush()
  expect((await openLearningStore(path, log)).records().lastNumber).toBe(7)
})

test.each(['{', 'null', '{"salt":"x"}', '{"salt":"x","lastNumber":0,"entries":[{}],"sightings":[],"told":[]}'])(
  'refuses a damaged file and leaves it as it is: %s',
  async (text) => {
    const path = join(tempFolder(), 'unanswered.json')
    writeFileSync(path, text)
    await expect(openLearningStore(path, log)).rejects.toThrow(StoreError)
    expect(readFileSync(path, 'utf8')).toBe(text)
  },
)
