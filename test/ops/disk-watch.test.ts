import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DiskWatch } from '../../src/ops/disk-watch.js'
import { capturedLog } from '../support/captured-log.js'
import { recordedAlerts } from '../support/recorded-alerts.js'
import { tempFolder } from '../support/temp-folder.js'

test('tells once that the folder can not be written to, and once that it can again', async () => {
  const folder = join(tempFolder(), 'data')
  const { alerts, heard } = recordedAlerts()
  const watch = new DiskWatch({ folder, alerts, log: capturedLog().log })
  await watch.look()
  expect(watch.trouble()).toBe('ENOENT')
  await watch.look()
  mkdirSync(folder)
  await watch.look()
  await watch.look()
  expect(watch.trouble()).toBeUndefined()
  expect(heard.map(([what, kind]) => [what, kind])).toEqual([
    ['raise', 'disk'],
    ['raise', 'disk'],
    ['clear', 'disk'],
  ])
  expect(readdirSync(folder)).toEqual([])
})

test('takes a disk with next to no room left for full', async () => {
  const { alerts } = recordedAlerts()
  const folder = tempFolder()
  const watch = new DiskWatch({ folder, alerts, log: capturedLog().log, leastFreeBytes: Number.MAX_SAFE_INTEGER })
  await watch.look()
  expect(watch.trouble()).toBe('ENOSPC')
  rmSync(folder, { recursive: true })
})

test('closes what an earlier run has raised', async () => {
  const { alerts, heard } = recordedAlerts()
  await new DiskWatch({ folder: tempFolder(), alerts, log: capturedLog().log }).look()
  expect(heard).toEqual([['clear', 'disk']])
})

test('tells of tickets that are in memory only, though the folder can be written to', async () => {
  const { alerts, heard } = recordedAlerts()
  let keepsTickets = false
  const watch = new DiskWatch({
    folder: tempFolder(),
    alerts,
    log: capturedLog().log,
    keepsTickets: () => keepsTickets,
  })
  await watch.look()
  expect(watch.trouble()).toBe('tickets')
  keepsTickets = true
  await watch.look()
  expect(heard.map(([what, kind]) => [what, kind])).toEqual([
    ['raise', 'disk'],
    ['clear', 'disk'],
  ])
})
