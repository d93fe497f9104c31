import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import { LowdbHeardIds } from '../../src/store/records.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const { log } = capturedLog()

test('knows an id again, also after a restart', async () => {
  const path = join(tempFolder(), 'heard.json')
  const before = await LowdbHeardIds.open(path, log)
  expect([before.add('1'), before.add('1'), before.add('2')]).toEqual([true, false, true])
  await before.flush()
  const after = await LowdbHeardIds.open(path, log)
  expect([after.add('1'), after.add('3')]).toEqual([false, true])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('keeps the latest 2,000', async () => {
  const ids = await LowdbHeardIds.open(join(tempFolder(), 'heard.json'), log)
  for (let n = 0; n <= 2_000; n++) ids.add(String(n))
  expect([ids.add('1'), ids.add('0')]).toEqual([false, true])
  await ids.flush()
})

test('refuses a file that holds something else', async () => {
  const path = join(tempFolder(), 'heard.json')
  writeFileSync(path, '[1, 2]')
  await expect(LowdbHeardIds.open(path, log)).rejects.toBeInstanceOf(StoreError)
})
