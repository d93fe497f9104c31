import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const MIB = 2 ** 20

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

  /** Takes the last byte that is free, once; what is freed later on stays free until it is filled again. */
  fill(): void {
    for (let bytes = MIB; bytes >= 1; bytes = Math.floor(bytes / 16)) this.#appendUntilFull(bytes)
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

  #appendUntilFull(bytes: number): void {
    try {
      for (;;) writeFileSync(this.#filler, new Uint8Array(bytes), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }

  get #filler(): string {
    return path.join(this.#folder, 'filler')
  }
}
