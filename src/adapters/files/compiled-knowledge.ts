import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** What is kept of one state of the authors' files. */
interface Kept<T> {
  readonly key: string
  readonly value: T
}

const KEPT_FILES = 4 // the present one, and what a roll-back or a second checkout needs
const PREFIX = 'knowledge-'

/**
 * Keeps what was built from the authors' files, so that a start from unchanged knowledge costs no training.
 * A file that can't be used – other code, damaged, other Node – is built anew and never an error.
 */
export class CompiledKnowledge<T> {
  readonly #folder: string
  readonly #codeFolder: string

  /** @param codeFolder where the code lies that builds; another version of it must not use what this one kept */
  constructor(folder: string, codeFolder: string) {
    this.#folder = folder
    this.#codeFolder = codeFolder
  }

  /** Gives what was kept for these texts, or builds and keeps it. */
  async getOrBuild(texts: readonly string[], build: () => T): Promise<T> {
    const key = await this.#keyOf(texts)
    const path = join(this.#folder, `${PREFIX}${key.slice(0, 16)}.bin`)
    const kept = await this.#read(path, key)
    if (kept) return kept.value
    const value = build()
    await this.#write(path, { key, value })
    return value
  }

  async #keyOf(texts: readonly string[]): Promise<string> {
    const hash = createHash('sha256').update(process.version)
    const code = (await readdir(this.#codeFolder)).filter((name) => /\.[jt]s$/.test(name)).sort()
    for (const name of code) hash.update(await readFile(join(this.#codeFolder, name)))
    for (const text of texts) hash.update(`${text.length}\n${text}`)
    return hash.digest('hex')
  }

  async #read(path: string, key: string): Promise<Kept<T> | undefined> {
    try {
      const kept = deserialize(await readFile(path)) as Kept<T>
      return kept.key === key ? kept : undefined
    } catch {
      return undefined // not there yet, or not to be trusted: it is built anew
    }
  }

  async #write(path: string, kept: Kept<T>): Promise<void> {
    const beside = `${path}.${randomUUID()}.tmp`
    try {
      await mkdir(this.#folder, { recursive: true })
      await writeFile(beside, serialize(kept))
      await rename(beside, path)
      await this.#forgetOldest()
    } catch {
      await rm(beside, { force: true }) // a full or read-only disk costs the next start some seconds, no more
    }
  }

  async #forgetOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(PREFIX) && name.endsWith('.bin'))
    const aged = await Promise.all(
      names.map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })),
    )
    aged.sort((a, b) => b.atMs - a.atMs)
    await Promise.all(aged.slice(KEPT_FILES).map(({ name }) => rm(join(this.#folder, name), { force: true })))
  }
}
