import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { setAsideDamaged } from '../../src/store/open.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const NOW_MS = Date.parse('2026-11-29T02:03:04.567Z')
const ASIDE = '.damaged-20261129T020304Z'
const salvage = (folder: string) => setAsideDamaged(folder, { nowMs: NOW_MS, log: capturedLog().log })

test.each([
  ['heard.json', '["1","2'],
  ['heard.json', ''],
  ['heard.json', 'null'],
  ['figures.json', '{}'],
  ['claims.json', '[{"newer":1}]'],
  ['mutes.json', '\u0000\u0001'],
  ['walks.json', '[1]'],
  ['reminders.json', 'nothing'],
  ['outbox.json', '{"lastNumber":0,"notices":[{"number":1,"text":"x"}],"sending":{}}'],
  ['unanswered.json', '[]'],
])('moves a damaged %s out of the way, as it is: %j', async (name, text) => {
  const folder = tempFolder()
  writeFileSync(join(folder, name), text)
  const lines = await salvage(folder)
  expect(lines).toEqual([expect.stringMatching(`${name} 坏了，已移到 .*${name}\\${ASIDE}，从空的开始。丢了：.+。$`)])
  expect(readdirSync(folder)).toEqual([`${name}${ASIDE}`])
  expect(readFileSync(join(folder, `${name}${ASIDE}`), 'utf8')).toBe(text)
})

test('moves a folder in the place of such a file', async () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'figures.json'))
  expect(await salvage(folder)).toHaveLength(1)
  expect(readdirSync(folder)).toEqual([`figures.json${ASIDE}`])
})

test('leaves what is sound, what is missing, and what nobody can do without', async () => {
  const folder = tempFolder()
  const files = { 'heard.json': '["1"]', 'tickets.json': '{', 'roles.json': '{', 'identities.json': '{' }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  expect(await salvage(folder)).toEqual([])
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort())
})
