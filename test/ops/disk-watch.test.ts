import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DiskWatch } from '../../src/ops/data-folder.js'
import { capturedLog } from '../support/captured-log.js'
import { recordedAlerts } from '../support/recorded-alerts.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
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
  expect(readdirSync(folder)).toEqual(['reserve.bin'])
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

test('names a single file that goes on taking nothing, though the folder can be written to', async () => {
  const { alerts, heard } = recordedAlerts()
  let refusedFile: string | undefined = 'roles.json'
  const watch = new DiskWatch({
    folder: tempFolder(),
    alerts,
    log: capturedLog().log,
    refusedFile: () => refusedFile,
  })
  await watch.look() // it may be tried again just now
  expect(watch.trouble()).toBeUndefined()
  await watch.look()
  expect(watch.trouble()).toBe('roles.json')
  refusedFile = undefined
  await watch.look()
  expect(heard).toEqual([
    ['clear', 'disk'],
    ['raise', 'disk', { reason: expect.stringContaining('roles.json 写不进去') }],
    ['clear', 'disk'],
  ])
})

describe.runIf(canMount())('on a disk that is really full', () => {
  const MIB = 2 ** 20

  function watched(mib = 24) {
    const folder = tempFolder()
    const disk = SmallDisk.mount(folder, { mib })
    onTestFinished(() => disk.unmount())
    const { alerts, heard } = recordedAlerts()
    const watch = new DiskWatch({ folder, alerts, log: capturedLog().log })
    const write = (name: string, bytes: number) => () => writeFileSync(join(folder, name), new Uint8Array(bytes))
    return { folder, disk, heard, watch, write }
  }

  test('gives up the room that it holds, so that what is most needed is written, and holds it again', async () => {
    const { folder, disk, heard, watch, write } = watched()
    await watch.look()
    expect(statSync(join(folder, 'reserve.bin')).size).toBe(8 * MIB)
    disk.fill()
    expect(write('tickets.json', 5)).toThrow('ENOSPC')
    await watch.look()
    write('tickets.json', 6 * MIB)()
    for (let times = 0; times < 2; times++) {
      await watch.look() // with what was given up there would be room enough, were it not for that
      expect([watch.trouble(), readdirSync(folder).includes('reserve.bin')]).toEqual(['ENOSPC', false])
    }
    disk.free()
    await watch.look()
    expect([watch.trouble(), statSync(join(folder, 'reserve.bin')).size]).toEqual([undefined, 8 * MIB])
    expect(heard.map(([what]) => what)).toEqual(['clear', 'raise', 'raise', 'raise', 'clear'])
  })

  test('sees within a second that it fills up', async () => {
    const { folder, disk, watch } = watched()
    await watch.look()
    watch.start()
    onTestFinished(() => watch.stop())
    disk.fill()
    await expect.poll(() => readdirSync(folder).includes('reserve.bin'), { timeout: 2_000 }).toBe(false)
  })

  test('counts one as full where there is no room to hold', async () => {
    const { folder, watch } = watched(6)
    await watch.look()
    expect([watch.trouble(), readdirSync(folder)]).toEqual(['ENOSPC', []])
  })

  test('finds what it held before', async () => {
    const { folder, disk, heard, watch } = watched()
    await watch.look()
    disk.fill()
    const next = new DiskWatch({ folder, alerts: recordedAlerts().alerts, log: capturedLog().log })
    await next.look()
    expect(next.trouble()).toBe('ENOSPC')
    expect(readdirSync(folder)).toEqual(['filler'])
    expect(heard).toHaveLength(1)
  })
})
