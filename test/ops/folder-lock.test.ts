import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FolderInUseError } from '../../src/errors.js'
import { folderInUse, isAlive, type LockHolder, lockFolder, thisHolder } from '../../src/ops/data-folder.js'
import { capturedLog } from '../support/captured-log.js'
import { compileProgram } from '../support/compile-program.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
import { tempFolder } from '../support/temp-folder.js'

const GONE = 2 ** 22 - 1 // above what Linux gives out by default
const BEAT_MS = 40
const ELSEWHERE = { ...thisHolder(0), home: 'another-host' }
const parent = (): LockHolder => ({ ...thisHolder(0), pid: process.ppid, began: '' })

/** Locks a folder in which somebody's lock lies already. */
async function lockOver(found: string | LockHolder | undefined, waitMs = 0) {
  const folder = tempFolder()
  const path = join(folder, 'bot.lock')
  if (found !== undefined) writeFileSync(path, typeof found === 'string' ? found : JSON.stringify(found))
  const { log, lines } = capturedLog()
  const locking = lockFolder(folder, { of: 'bot', waitMs, log, beatMs: BEAT_MS })
  void locking.then(onTestFinished, () => undefined)
  return { locking, folder, path, lines }
}

test('writes down who holds the folder, for its owner only, and takes that away again', async () => {
  const { locking, path } = await lockOver(undefined)
  const giveBack = await locking
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  giveBack()
  expect(existsSync(path)).toBe(false)
})

test('names a folder in the place of the lock', async () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'bot.lock'))
  const locking = lockFolder(folder, { of: 'bot', waitMs: 0, log: capturedLog().log, beatMs: BEAT_MS })
  await expect(locking).rejects.toThrow('bot.lock 应该是文件，现在是文件夹')
})

test('gives back nothing that somebody else has taken over', async () => {
  const { locking, path } = await lockOver(undefined)
  const giveBack = await locking
  writeFileSync(path, JSON.stringify(ELSEWHERE))
  giveBack()
  expect(existsSync(path)).toBe(true)
})

test.each<[string, string | LockHolder]>([
  ['whose process is gone', { ...parent(), pid: GONE }],
  ['whose number a later process was given', { ...parent(), began: '1' }],
  ['that had our own number in an earlier life, as in a container', { ...thisHolder(0), began: '' }],
  ['from another boot or container that nobody touches', ELSEWHERE],
  ['that was cut short', '{"pid":12'],
])('is not held up by a lock %s', async (_which, found) => {
  const { locking, path } = await lockOver(found)
  await locking
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('refuses while the holder lives', async () => {
  const { locking, folder, path } = await lockOver(parent())
  const refusal = await locking.catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(FolderInUseError)
  expect(refusal).toMatchObject({ folder, lockPath: path, holder: { pid: process.ppid } })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.ppid })
})

test('refuses while a holder in another container shows that it lives', async () => {
  const { locking, path } = await lockOver(ELSEWHERE)
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), BEAT_MS)
  onTestFinished(() => clearInterval(beat))
  await expect(locking).rejects.toThrow(FolderInUseError)
})

test('shows itself that it lives', async () => {
  const { locking, path } = await lockOver(undefined)
  await locking
  utimesSync(path, 0, 0)
  await expect.poll(() => statSync(path).mtimeMs, { interval: 5 }).toBeGreaterThan(0)
})

test('waits for a holder that is about to end, and says so once', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 700)'])
  const holder = { ...thisHolder(0), pid: child.pid!, began: '' }
  const { locking, lines } = await lockOver(holder, 30_000)
  await locking
  expect(child.exitCode).toBe(0)
  expect(lines).toEqual([expect.objectContaining({ pid: child.pid })])
})

test('takes a process that nobody has buried for gone', async () => {
  // The shell becomes `sleep`, which never asks for its child's end; until it is, it would.
  const stdio = ['ignore', 'pipe', 'inherit', 'pipe'] as const
  const shell = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 60'], { stdio: [...stdio] })
  onTestFinished(() => void shell.kill('SIGKILL'))
  const pid = Number(String((await once(shell.stdout!, 'data'))[0]))
  await expect.poll(() => readFileSync(`/proc/${shell.pid}/cmdline`, 'utf8')).toMatch(/^sleep/)
  shell.stdio[3]!.destroy()
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ')
  expect(isAlive({ ...thisHolder(0), pid, began: '' })).toBe(false)
})

test('of several that start at once over a stale lock one gets the folder, and the next one after a kill', async () => {
  const program = compileProgram('test/support/hold-folder', join(tempFolder(), 'program'))
  const folder = tempFolder()
  writeFileSync(join(folder, 'bot.lock'), JSON.stringify({ ...parent(), pid: GONE }))
  const start = async (): Promise<{ child: ChildProcess; word: string }> => {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return { child, word: String((await once(child.stdout!, 'data'))[0]).trim() }
  }
  const several = await Promise.all(Array.from({ length: 6 }, start))
  const holders = several.filter(({ word }) => word === 'held')
  expect(holders).toHaveLength(1)
  const [first] = holders
  expect((await start()).word).toBe(`refused ${first!.child.pid}`)

  first!.child.kill('SIGKILL')
  await once(first!.child, 'exit')
  const second = await start()
  expect(second.word).toBe('held')
  second.child.kill('SIGTERM')
  await once(second.child, 'exit')
  expect(existsSync(join(folder, 'bot.lock'))).toBe(false)
})

test('tells whoever starts a second one who has the folder and what to do', () => {
  const holder = { ...parent(), pid: 4711, home: 'vm 1 2' }
  const refusal = new FolderInUseError('/srv/data', { lockPath: '/srv/data/supervisor.lock', holder })
  const text = folderInUse(refusal).join('\n')
  expect(text).toMatch(/\/srv\/data（进程 4711，主机 vm，/)
  expect(text).toMatch(/kill 4711[\s\S]*GUOSHEN_DATA_DIR[\s\S]*删除 \/srv\/data\/supervisor\.lock/)
})

describe.runIf(canMount())('on a disk that takes nothing', () => {
  function unwritable(how: 'full' | 'read-only') {
    const folder = tempFolder()
    const disk = SmallDisk.mount(folder, { mib: 1 })
    onTestFinished(() => disk.unmount())
    const { log, lines } = capturedLog()
    const lock = (of: 'supervisor' | 'bot' = 'bot') => lockFolder(folder, { of, waitMs: 0, log, beatMs: BEAT_MS })
    if (how === 'full') disk.fill()
    else disk.setReadOnly(true)
    return { folder, lock, lines }
  }

  test('that is full holds the folder by an empty file, which is touched', async () => {
    const { folder, lock } = unwritable('full')
    const giveBack = await lock()
    expect(statSync(join(folder, 'bot.lock')).size).toBe(0)
    await expect(lock()).rejects.toThrow(FolderInUseError)
    giveBack()
    expect(existsSync(join(folder, 'bot.lock'))).toBe(false)
    ;(await lock())()
  })

  test.each(['supervisor', 'bot'] as const)('that is read-only keeps the %s from nothing', async (of) => {
    const { lock, lines } = unwritable('read-only')
    ;(await lock(of))()
    expect(lines).toMatchObject([{ code: 'EROFS', msg: 'data folder can not be written to, going on without a lock' }])
  })
})
