import { randomBytes } from 'node:crypto'
import { rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Alerts, Log } from '../model/ports.js'

export interface DiskWatchOptions {
  readonly folder: string
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>
  readonly log: Pick<Log, 'error' | 'info'>
  /** False while tickets are in memory only, be it that only their own file takes nothing. */
  readonly keepsTickets?: () => boolean
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
  #holdsReserve: boolean | undefined
  #isFirst = true
  #timers: readonly NodeJS.Timeout[] = []
  #looking: Promise<void> | undefined

  constructor(options: DiskWatchOptions) {
    this.#options = { keepsTickets: () => true, leastFreeBytes: MIB, reserveBytes: RESERVE_BYTES, ...options }
  }

  /** What the system says, e.g. `ENOSPC`, `EROFS`, or `tickets`; undefined while all is well. */
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
      alerts.raise('disk')
    } else if (before !== undefined || this.#isFirst) {
      if (before !== undefined) log.info({}, 'data folder can be written to again')
      alerts.clear('disk') // an earlier run may have raised it
    }
    this.#isFirst = false
  }

  async #probe(): Promise<string | undefined> {
    const { folder, keepsTickets, leastFreeBytes } = this.#options
    const path = join(folder, `.disk-check.${process.pid}.tmp`) // swept away at the next start, should it be left behind
    try {
      if ((await this.#freeBytes()) < leastFreeBytes) return await this.#full('ENOSPC')
      await writeFile(path, PROBE, { mode: 0o600 })
      if (!(await this.#holdReserve())) return 'ENOSPC'
      return keepsTickets() ? undefined : 'tickets'
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
