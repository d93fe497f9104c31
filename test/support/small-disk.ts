import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Whether a file system of one's own can be made here, to be filled. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A file system of its own in a folder, which need not be there yet; to be unmounted by whoever mounts it. */
export class SmallDisk {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static mount(folder: string, { mib = 64 } = {}): SmallDisk {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=700`, 'tmpfs', folder])
    return new SmallDisk(folder)
  }

  /**
   * Takes what is free at this moment; what is freed later on, stays free until it is filled again. In one piece, because
   * whoever gives up room meanwhile would have it taken byte by byte, and nothing else is done here for as long.
   */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.#folder)
    try {
      writeFileSync(this.#filler, new Uint8Array(bavail * bsize), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true })
  }

  setReadOnly(isReadOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.#folder])
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.#folder])
  }

  get #filler(): string {
    return path.join(this.#folder, 'filler')
  }
}
