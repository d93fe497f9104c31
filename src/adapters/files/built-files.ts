import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const KEPT_FILES = 4 // the present one, and what a second checkout or an edit to and fro needs

/**
 * Keeps what was built from the authors' files, so that unchanged knowledge costs no training.
 * Whether a file is sound and made by the same code is for the reader to judge.
 */
export class BuiltFiles {
  readonly #folder: string
  readonly #prefix: string

  /** @param kind what is kept; other kinds may lie in the same folder */
  constructor(folder: string, kind = 'knowledge') {
    this.#folder = folder
    this.#prefix = `${kind}-`
  }

  /** @returns undefined when nothing was kept under this key */
  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.pathOf(key))
    } catch {
      return undefined // not there yet, or not to be read: it is built anew
    }
  }

  /** Never throws: a full or read-only disk costs the next start some seconds, no more. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(key)
    const beside = `${path}.${randomUUID()}.tmp`
    try {
      await mkdir(this.#folder, { recursive: true })
      await writeFile(beside, bytes)
      await rename(beside, path)
      await this.#forgetOldest()
    } catch {
      await rm(beside, { force: true }).catch(() => undefined)
    }
  }

  pathOf(key: string): string {
    return join(this.#folder, `${this.#prefix}${key.slice(0, 16)}.bin`)
  }

  async #forgetOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(this.#prefix) && name.endsWith('.bin'))
    const aged = await Promise.all(
      names.map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })),
    )
    aged.sort((a, b) => b.atMs - a.atMs)
    await Promise.all(aged.slice(KEPT_FILES).map(({ name }) => rm(join(this.#folder, name), { force: true })))
  }
}

/** Hash of the programs in some folders and of the Node that runs them. */
export async function hashCode(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => /\.[jt]s$/.test(name)).sort()
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name))))
    for (const text of texts) hash.update(text)
  }
  return hash.digest('hex')
}
