import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../model/ports.js'

/** Where files are written under a name of their own, and then renamed. What has a fixed name is written over. */
const FOLDERS = ['', 'archive', 'backups', 'cache', 'learned']
const OF_PROCESS = /\.(\d+)\.tmp$/
const OF_CACHE = /\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/
/** A command beside the bot may be filling the cache just now. */
const CACHE_AGE_MS = 60_000

/** Removes what killed processes had begun to write. To be called by whoever holds the data folder. Never throws. */
export async function sweepLeftovers(dataDir: string, { nowMs, log }: { nowMs: number; log: Log }): Promise<void> {
  let count = 0
  for (const folder of FOLDERS) {
    for (const name of await readdir(join(dataDir, folder)).catch(() => [])) {
      const path = join(dataDir, folder, name)
      // Gone meanwhile, or not ours to remove: nobody is hurt by it.
      if (await isLeftover(path, nowMs).catch(() => false))
        await rm(path).then(
          () => count++,
          () => undefined,
        )
    }
  }
  if (count > 0) log.info({ count }, 'half-written files of earlier runs removed')
}

async function isLeftover(path: string, nowMs: number): Promise<boolean> {
  const pid = OF_PROCESS.exec(path)?.[1]
  if (pid !== undefined) return !isOther(Number(pid))
  return OF_CACHE.test(path) && nowMs - (await stat(path)).mtimeMs > CACHE_AGE_MS
}

/** Whether a living process other than this one has that number; in a container each run has the same. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
