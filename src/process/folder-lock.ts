import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FolderInUseError } from '../errors.js'
import type { Log } from '../model/ports.js'
import { isAlive, type LockHolder, readHolder, thisHolder } from './lock-holder.js'

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
