import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepLeftovers } from '../../src/store/open.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const GONE = 2 ** 22 - 1 // above what Linux gives out by default
const UUID = '0b0e7e39-6d6f-4c0e-9d0c-1f3f7f1f2a3b'
const NOW = Date.UTC(2026, 10, 23)

function folderWith(names: readonly string[]): string {
  const folder = tempFolder()
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), '{')
    utimesSync(join(folder, name), NOW / 1000, NOW / 1000)
  }
  return folder
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'))

test('removes what killed processes had begun to write, and counts it', async () => {
  const left = ['tickets.json', 'archive/tickets-2026-11.json', 'cache/knowledge-1.bin']
  const folder = folderWith([
    ...left,
    `tickets.json.${GONE}.tmp`,
    `identities.json.${process.pid}.tmp`,
    `archive/tickets-2026-11.json.${GONE}.tmp`,
    `cache/knowledge-2.bin.${UUID}.tmp`,
  ])
  const { log, lines } = capturedLog()
  await sweepLeftovers(folder, { nowMs: NOW + 3_600_000, log })
  expect(filesIn(folder).toSorted()).toEqual(left.toSorted())
  expect(lines).toEqual([expect.objectContaining({ count: 4 })])
})

test('leaves what may be in use: of a living process, of a command that runs beside, of others', async () => {
  const left = [`tickets.json.${process.ppid}.tmp`, `cache/knowledge-2.bin.${UUID}.tmp`, 'alerts.json.tmp', 'notes.tmp']
  const folder = folderWith(left)
  const { log, lines } = capturedLog()
  await sweepLeftovers(folder, { nowMs: NOW + 1_000, log })
  expect(filesIn(folder).toSorted()).toEqual(left.toSorted())
  expect(lines).toEqual([])
})

test('does nothing where there is no folder yet', async () => {
  await expect(sweepLeftovers('/nowhere', { nowMs: NOW, log: capturedLog().log })).resolves.toBeUndefined()
})
