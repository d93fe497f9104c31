import { readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { FolderInUseError, StoreError } from '../errors.js'
import type { Log } from '../model/ports.js'

export interface FolderLockOptions {
  /** The supervisor holds the folder while the bot is started again; the bot, should it outlive its supervisor. */
  readonly of: 'supervisor' | 'bot'
  /** How long to wait for a holder that may be about to end. */
  readonly waitMs: number
  readonly log: Pick<Log, 'warn'>
  /** How often a holder shows that it lives; whoever can't ask for its process watches for two and a half of these. */
  readonly beatMs?: number
}

const BEAT_MS = 4_000
const LOOK_MS = 250
const SETTLE_MS = 50

/**
 * Makes this process the only one of its kind on a data folder, until it ends. What a killed process has left behind
 * holds nobody up: its number is looked for, and when the number belongs to a later process, so is its beginning.
 *
 * @returns what gives the folder back; called by itself at the end of the process
 * @throws FolderInUseError when another process holds the folder
 * @throws StoreError when there is a folder in the lock file's place
 */
export async function lockFolder(
  folder: string,
  { of, waitMs, log, beatMs = BEAT_MS }: FolderLockOptions,
): Promise<() => void> {
  const path = join(folder, `${of}.lock`)
  const own = JSON.stringify(thisHolder(Date.now()))
  const endMs = performance.now() + waitMs
  for (let tries = 1; ; tries++) {
    if (write(path, own) && (await isStillOurs(path, own))) return hold(path, { own, beatMs })
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new StoreError(isFolder(path))
    const found = textOf(path)
    const holder = readHolder(found ?? '')
    if (!(await isHeld({ path, found, holder, watchMs: beatMs * 2.5 }))) {
      if (textOf(path) === found) rmSync(path, { force: true })
      continue
    }
    if (performance.now() >= endMs) throw new FolderInUseError(folder, { lockPath: path, holder })
    if (tries === 1) log.warn({ pid: holder?.pid }, 'another process still uses the data folder, waiting')
    await delay(LOOK_MS)
  }
}

/** @returns false when there is a lock file already */
function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Two that found the same stale lock may both have put their own in its place; the latter counts. */
async function isStillOurs(path: string, own: string): Promise<boolean> {
  await delay(SETTLE_MS)
  return textOf(path) === own
}

interface Suspect {
  readonly path: string
  readonly found: string | undefined
  readonly holder: LockHolder | undefined
  readonly watchMs: number
}

/** Where nobody can be asked, e.g. another container on the same volume: whether the file is touched meanwhile. */
async function isHeld({ path, found, holder, watchMs }: Suspect): Promise<boolean> {
  const alive = holder && isAlive(holder)
  if (alive !== undefined) return alive
  const touchedMs = touchedAtMs(path)
  if (touchedMs === undefined) return false // gone meanwhile
  const endMs = performance.now() + watchMs
  while (performance.now() < endMs) {
    await delay(LOOK_MS)
    if (textOf(path) !== found || touchedAtMs(path) !== touchedMs) return true
  }
  return false
}

function hold(path: string, { own, beatMs }: { own: string; beatMs: number }): () => void {
  const beat = setInterval(() => {
    const now = new Date()
    try {
      if (textOf(path) === own) utimesSync(path, now, now)
    } catch {
      // A disk that can't be written to shows elsewhere; at worst the next one to come does not see us.
    }
  }, beatMs).unref()
  const giveBack = (): void => {
    clearInterval(beat)
    process.off('exit', giveBack)
    if (textOf(path) === own) rmSync(path, { force: true })
  }
  process.on('exit', giveBack)
  return giveBack
}

/** undefined when there is no such file. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const touchedAtMs = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs

const lockHolder = z.object({
  pid: z.number().int().positive(),
  /** Host, boot and pid name space: only within one home do process ids mean the same. */
  home: z.string(),
  /** When the process began, in the kernel's own count; empty where it can't be asked. */
  began: z.string(),
  /** Milliseconds since the epoch. */
  sinceMs: z.number(),
})

/** Who holds a data folder, as written into its lock file. */
export type LockHolder = z.infer<typeof lockHolder>

/** This process as a holder. */
export const thisHolder = (sinceMs: number): LockHolder => ({
  pid: process.pid,
  home: homeOf(),
  began: stateOf(process.pid)?.began ?? '',
  sinceMs,
})

/** @returns undefined for anything else, e.g. a file that was cut short */
function readHolder(text: string): LockHolder | undefined {
  try {
    return lockHolder.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Whether the process of that holder is still there, and not another one that was given its number since.
 *
 * @returns undefined where it can't be told from here: another machine, container or boot
 */
export function isAlive({ pid, home, began }: LockHolder): boolean | undefined {
  if (home !== homeOf()) return undefined
  if (pid === process.pid) return false // of an earlier life: in a container every start has the same number
  if (!answersSignals(pid)) return false
  const state = stateOf(pid)
  if (!state) return true
  return !state.isZombie && (began === '' || state.began === began)
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // somebody else's, but there
  }
}

/** By Linux's own count; undefined elsewhere. */
function stateOf(pid: number): { readonly began: string; readonly isZombie: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { began: fields[19] ?? '', isZombie: fields[0] === 'Z' }
  } catch {
    return undefined
  }
}

const homeOf = (): string =>
  [
    hostname(),
    linesOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    linesOr('', () => readlinkSync('/proc/self/ns/pid')),
  ]
    .join(' ')
    .trim()

function linesOr(fallback: string, read: () => string): string {
  try {
    return read().trim()
  } catch {
    return fallback
  }
}

const isFolder = (path: string): string => `${path} 应该是文件，现在是文件夹。请把它移开，再启动。`

/** For whoever has just tried to start a second one. */
export function folderInUse({ folder, lockPath, holder }: FolderInUseError): readonly string[] {
  const who = holder ? `进程 ${holder.pid}，${whereOf(holder.home)}，${timeOf(holder.sinceMs)} 启动` : '进程号不明'
  return [
    `过审小助手已经在运行，正在使用数据目录 ${folder}（${who}）。`,
    `要重新启动：先停止它（在它的窗口按 Ctrl+C${holder ? `，或者 kill ${holder.pid}` : ''}），再启动。`,
    '要另开一个：换一个数据目录，例如 GUOSHEN_DATA_DIR=data2 npm start。',
    `确定它没有在运行：删除 ${lockPath}，再启动。`,
  ]
}

/** The host's name; in a container its id. */
const whereOf = (home: string): string => `主机 ${home.split(' ')[0]}`

const timeOf = (ms: number): string =>
  new Intl.DateTimeFormat('zh-CN', { dateStyle: 'short', timeStyle: 'short' }).format(ms)
