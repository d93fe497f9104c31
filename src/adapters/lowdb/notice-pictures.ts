import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NoticePicture } from '../../model/ports.js'

/** Some twenty of the largest: staff who can't be told for days don't fill the disk. */
const MAX_FOLDER_BYTES = 64 * 1024 * 1024
const OWNER_ONLY = 0o600
const NAME = /^\d+-\d+\.(?:png|jpg|gif)$/

/** Keeps the pictures of notices until those are out: `notice-pictures/12-1.jpg` is the first of notice 12. */
export interface PictureFolder {
  /** @returns names of those that were kept, on disk when this resolves; what is too much is left out */
  keep(noticeNumber: number, pictures: readonly NoticePicture[]): Promise<readonly string[]>
  /** undefined when it is gone. */
  read(name: string): Promise<Uint8Array | undefined>
  drop(names: readonly string[]): Promise<void>
  /** Drops what no notice names: left behind by a kill. */
  sweep(named: ReadonlySet<string>): Promise<void>
}

export class NoticePictures implements PictureFolder {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async keep(noticeNumber: number, pictures: readonly NoticePicture[]): Promise<readonly string[]> {
    if (pictures.length === 0) return []
    await mkdir(this.#path, { recursive: true })
    let folderBytes = await this.#size()
    const kept: string[] = []
    for (const [index, { bytes, fileName }] of pictures.entries()) {
      const name = `${noticeNumber}-${index + 1}${fileName.slice(fileName.lastIndexOf('.'))}`
      if (!NAME.test(name) || folderBytes + bytes.length > MAX_FOLDER_BYTES) continue
      await writeDurably(join(this.#path, name), bytes)
      folderBytes += bytes.length
      kept.push(name)
    }
    return kept
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.#path, name)).catch(() => undefined) // a notice goes out without it
  }

  async drop(names: readonly string[]): Promise<void> {
    for (const name of names) await rm(join(this.#path, name), { force: true })
  }

  async sweep(named: ReadonlySet<string>): Promise<void> {
    await this.drop((await this.#names()).filter((name) => !named.has(name)))
  }

  async #size(): Promise<number> {
    const sizes = await Promise.all(
      (await this.#names()).map(async (name) => (await stat(join(this.#path, name))).size),
    )
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  async #names(): Promise<readonly string[]> {
    const names = await readdir(this.#path).catch(() => []) // not there before the first picture
    return names.filter((name) => NAME.test(name))
  }
}

/** For trying the bot out. */
export const noPictures: PictureFolder = {
  keep: async () => [],
  read: async () => undefined,
  drop: async () => {},
  sweep: async () => {},
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', OWNER_ONLY)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
