import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Alerts, Log } from '../model/ports.js'

export interface DiskWatchOptions {
  readonly folder: string
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>
  readonly log: Pick<Log, 'error' | 'info'>
  /** False while tickets are in memory only, be it that only their own file takes nothing. */
  readonly keepsTickets?: () => boolean
  readonly everyMs?: number
  /** Room below which the disk counts as full; a ticket file takes some of it with every change. */
  readonly leastFreeBytes?: number
}

const EVERY_MS = 5_000
const LEAST_FREE_BYTES = 1024 * 1024
/** Enough to need a block of its own on every file system. */
const PROBE = new Uint8Array(8 * 1024)

/** Looks every few seconds whether the data folder can be written to, and tells people when it can't. */
export class DiskWatch {
  readonly #options: DiskWatchOptions
  #trouble: string | undefined
  #isFirst = true
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  constructor(options: DiskWatchOptions) {
    this.#options = options
  }

  /** What the system says, e.g. `ENOSPC`, `EROFS`, or `tickets`; undefined while all is well. */
  trouble(): string | undefined {
    return this.#trouble
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), this.#options.everyMs ?? EVERY_MS).unref()
    void this.look()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  /** Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { alerts, log } = this.#options
    const before = this.#trouble
    this.#trouble = await this.#probe()
    if (this.#trouble !== undefined) {
      if (before === undefined) log.error({ code: this.#trouble }, 'data folder can not be written to')
      alerts.raise('disk')
    } else if (before !== undefined || this.#isFirst) {
      if (before !== undefined) log.info({}, 'data folder can be written to again')
      alerts.clear('disk') // an earlier run may have raised it
    }
    this.#isFirst = false
  }

  async #probe(): Promise<string | undefined> {
    const { folder, leastFreeBytes = LEAST_FREE_BYTES, keepsTickets = () => true } = this.#options
    const path = join(folder, `.disk-check.${process.pid}.tmp`) // swept away at the next start, should it be left behind
    try {
      const { bavail, bsize } = await statfs(folder)
      if (bavail * bsize < leastFreeBytes) return 'ENOSPC'
      await writeFile(path, PROBE, { mode: 0o600 })
      return keepsTickets() ? undefined : 'tickets'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown'
    } finally {
      await rm(path, { force: true }).catch(() => undefined)
    }
  }
}
