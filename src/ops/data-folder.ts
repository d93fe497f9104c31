import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { rm, stat, statfs, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FolderInUseError, StoreError } from '../errors.js'
import type { Alerts, Log } from '../model/ports.js'

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
 * A full disk still takes an empty file, which is touched like any other; one that takes nothing at all is held by nobody
 * who still could write there, and a bot that answers is worth more than a lock.
 *
 * @returns what gives the folder back; called by itself at the end of the process
 * @throws FolderInUseError when another process holds the folder
 * @throws StoreError when there is a folder in the lock file's place, or the supervisor has no right to write
 */
export async function lockFolder(
  folder: string,
  { of, waitMs, log, beatMs = BEAT_MS }: FolderLockOptions,
): Promise<() => void> {
  const path = join(folder, `${of}.lock`)
  const own = JSON.stringify(thisHolder(Date.now()))
  const endMs = performance.now() + waitMs
  for (let tries = 1; ; tries++) {
    const { written, code } = write(path, own)
    if (written !== undefined && (await isStillOurs(path, written))) return hold(path, { own: written, beatMs })
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new StoreError(isFolder(path))
    const found = textOf(path)
    const holder = readHolder(found ?? '')
    if (!(await isHeld({ path, found, holder, watchMs: beatMs * 2.5 }))) {
      const trouble = code ?? (textOf(path) === found ? remove(path) : undefined)
      if (trouble === undefined) continue
      if (of === 'supervisor' && NO_RIGHT.has(trouble)) throw new StoreError(noRight(folder, trouble))
      log.warn({ code: trouble }, 'data folder can not be written to, going on without a lock')
      return () => {}
    }
    if (performance.now() >= endMs) throw new FolderInUseError(folder, { lockPath: path, holder })
    if (tries === 1) log.warn({ pid: holder?.pid }, 'another process still uses the data folder, waiting')
    await delay(LOOK_MS)
  }
}

const NO_RIGHT: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])

interface LockWritten {
  /** What stands in the file now, less than was meant where the disk is full; undefined when it is not ours. */
  readonly written?: string | undefined
  /** Why there is no file of ours, but for another one that lies there. */
  readonly code?: string
}

function write(path: string, text: string): LockWritten {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return { written: text }
  } catch (error) {
    const { code = 'unknown', syscall } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return {}
    // It was there to be opened, so it is ours.
    return syscall === 'open' ? { code } : { written: textOf(path) }
  }
}

/** @returns why not; undefined when it is gone */
function remove(path: string): string | undefined {
  try {
    rmSync(path, { force: true })
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
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
    if (textOf(path) === own) remove(path)
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

/** Who holds a data folder, as written into its lock file. */
export interface LockHolder {
  readonly pid: number
  /** Host, boot and pid name space: only within one home do process ids mean the same. */
  readonly home: string
  /** When the process began, in the kernel's own count; empty where it can't be asked. */
  readonly began: string
  /** Milliseconds since the epoch. */
  readonly sinceMs: number
}

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
    const { pid, home, began, sinceMs } = JSON.parse(text) as Partial<LockHolder>
    if (pid === undefined || !Number.isInteger(pid) || pid <= 0 || typeof sinceMs !== 'number') return undefined
    return typeof home === 'string' && typeof began === 'string' ? { pid, home, began, sinceMs } : undefined
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

const noRight = (folder: string, code: string): string =>
  `数据目录 ${folder} 写不了（${code}），请检查它的权限和主人，再启动。`

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

export interface LookedAfter {
  readonly dataDir: string
  /** Where it holds secrets; undefined: it may be read by anybody. */
  readonly secretFile?: string | undefined
}

const OTHERS_WRITE = 0o022
const OTHERS_AT_ALL = 0o077
const OTHERS_READ = 0o044

/**
 * What other users of the machine may do with the bot's files, and the command that mends it; for the operator, in
 * Chinese. Who can write into the data folder can make themselves admin; who can read it has the account.
 */
export function openToOthers({ dataDir, secretFile }: LookedAfter): readonly string[] {
  if (process.platform === 'win32') return [] // no such rights there
  const warnings: string[] = []
  if (allows(dataDir, OTHERS_WRITE)) {
    warnings.push(
      `数据目录 ${dataDir} 别的用户也能写：能往里放文件，就能当管理员。请运行：chmod go-w ${quoted(dataDir)}`,
    )
  }
  const open = filesOf(dataDir).filter((name) => allows(join(dataDir, name), OTHERS_AT_ALL))
  if (open.length > 0) {
    warnings.push(
      `数据目录里的 ${open.join('、')} 别的用户也能读写，里面有客户的话和微信登录。请运行：chmod -R go-rwx ${quoted(dataDir)}`,
    )
  }
  if (secretFile !== undefined && allows(secretFile, OTHERS_READ)) {
    warnings.push(`${secretFile} 里有口令或 webhook 地址，别的用户也能读。请运行：chmod 600 ${quoted(secretFile)}`)
  }
  return warnings
}

const allows = (path: string, mode: number): boolean =>
  ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & mode) !== 0

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map(({ name }) => name)

const quoted = (path: string): string => `'${resolve(path).replaceAll("'", "'\\''")}'`

/** For the operator. */
const fileRefused = (name: string): string => `${name} 写不进去，请看看它的权限，别的文件还能写`

export interface DiskWatchOptions {
  readonly folder: string
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>
  readonly log: Pick<Log, 'error' | 'info'>
  /** False while tickets are in memory only, be it that only their own file takes nothing. */
  readonly keepsTickets?: () => boolean
  /** Name of a file that takes nothing though the folder may; undefined while there is none. */
  readonly refusedFile?: () => string | undefined
  /** Room below which the disk counts as full; a ticket file takes some of it with every change. */
  readonly leastFreeBytes?: number
  /** Room that is held for the moment in which there is no other. */
  readonly reserveBytes?: number
}

const EVERY_MS = 5_000
/** What is written between two of these is in memory only, where the disk fills up at once. */
const GLANCE_EVERY_MS = 500
const MIB = 1024 * 1024
/** For some thousand tickets, and notices, orders and talks of a day beside them. */
const RESERVE_BYTES = 8 * MIB
const RESERVE_FILE = 'reserve.bin'
/** Enough to need a block of its own on every file system. */
const PROBE = new Uint8Array(8 * 1024)

/**
 * Looks every few seconds whether the data folder can be written to, and tells people when it can't.
 *
 * It holds some room in the folder, and gives it up when the disk is full: then what the bot has to write still finds
 * its way there, so that nothing is lost with the process. Until the room is held again, the disk counts as full.
 */
export class DiskWatch {
  readonly #options: Required<DiskWatchOptions>
  #trouble: string | undefined
  /** At the last look. */
  #refused: string | undefined
  #holdsReserve: boolean | undefined
  #isFirst = true
  #timers: readonly NodeJS.Timeout[] = []
  #looking: Promise<void> | undefined

  constructor(options: DiskWatchOptions) {
    const settled = { keepsTickets: () => true, refusedFile: () => undefined }
    this.#options = { ...settled, leastFreeBytes: MIB, reserveBytes: RESERVE_BYTES, ...options }
  }

  /** What the system says, e.g. `ENOSPC`, `EROFS`; `tickets`, or the name of another file that takes nothing; undefined while all is well. */
  trouble(): string | undefined {
    return this.#trouble
  }

  start(): void {
    const look = setInterval(() => void this.look(), EVERY_MS).unref()
    const glance = setInterval(() => void this.#glance(), GLANCE_EVERY_MS).unref()
    this.#timers = [look, glance]
    void this.look()
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#looking
  }

  /** Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #glance(): Promise<void> {
    if (!this.#holdsReserve) return
    const freeBytes = await this.#freeBytes().catch(() => undefined)
    if (freeBytes !== undefined && freeBytes < this.#options.leastFreeBytes) await this.look()
  }

  async #look(): Promise<void> {
    const { alerts, log } = this.#options
    const before = this.#trouble
    this.#trouble = await this.#probe()
    if (this.#trouble !== undefined) {
      if (before === undefined) log.error({ code: this.#trouble }, 'data folder can not be written to')
      alerts.raise('disk', this.#trouble === this.#refused ? { reason: fileRefused(this.#refused) } : {})
    } else if (before !== undefined || this.#isFirst) {
      if (before !== undefined) log.info({}, 'data folder can be written to again')
      alerts.clear('disk') // an earlier run may have raised it
    }
    this.#isFirst = false
  }

  async #probe(): Promise<string | undefined> {
    const { folder, keepsTickets, refusedFile, leastFreeBytes } = this.#options
    const path = join(folder, `.disk-check.${process.pid}.tmp`) // swept away at the next start, should it be left behind
    try {
      if ((await this.#freeBytes()) < leastFreeBytes) return await this.#full('ENOSPC')
      await writeFile(path, PROBE, { mode: 0o600 })
      if (!(await this.#holdReserve())) return 'ENOSPC'
      if (!keepsTickets()) return 'tickets'
      // Some of them are tried again in this very moment.
      const refused = refusedFile()
      const isLasting = refused !== undefined && refused === this.#refused
      this.#refused = refused
      return isLasting ? refused : undefined
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException
      return code === 'ENOSPC' || code === 'EDQUOT' ? this.#full(code) : code
    } finally {
      await rm(path, { force: true }).catch(() => undefined)
    }
  }

  async #freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#options.folder)
    return bavail * bsize
  }

  async #full(code: string): Promise<string> {
    if (this.#holdsReserve !== false) this.#options.log.info({}, 'room that was held on the disk is given up')
    this.#holdsReserve = false
    await rm(this.#reservePath, { force: true }).catch(() => undefined)
    return code
  }

  /** @returns false while there is no room for it */
  async #holdReserve(): Promise<boolean> {
    const { leastFreeBytes, reserveBytes } = this.#options
    this.#holdsReserve ??= await stat(this.#reservePath).then(
      ({ size }) => size === reserveBytes,
      () => false,
    )
    if (this.#holdsReserve) return true
    if ((await this.#freeBytes()) < leastFreeBytes + reserveBytes) return false
    // Bytes that no file system can pack.
    await writeFile(this.#reservePath, randomBytes(reserveBytes), { mode: 0o600, flush: true })
    this.#holdsReserve = true
    return true
  }

  get #reservePath(): string {
    return join(this.#options.folder, RESERVE_FILE)
  }
}
