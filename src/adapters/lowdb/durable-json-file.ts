import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Adapter } from 'lowdb'
import { StoreError } from '../../errors.js'
import { fileWords } from './damage-phrases.js'

const OWNER_ONLY = 0o600

/**
 * A JSON file that survives a kill at any moment: written beside, flushed to disk, then renamed over the old one.
 * lowdb's own file adapter does not flush, and loosens the file's mode.
 */
export class DurableJsonFile<T> implements Adapter<T> {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * @returns null when there is no file
   * @throws StoreError when the file is there but holds no JSON object or list; it is left as it is
   */
  async read(): Promise<T | null> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw new StoreError(fileWords.unreadable(this.#path, (error as NodeJS.ErrnoException).code), { cause: error })
    }
    const content = parse(text)
    // lowdb takes `null`, `false`, `0` and `""` for "no file yet" and would write over it.
    if (typeof content !== 'object' || content === null) {
      throw new StoreError(fileWords.damaged(this.#path))
    }
    return content as T
  }

  async write(data: T): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    const beside = `${this.#path}.${process.pid}.tmp`
    try {
      const file = await open(beside, 'w', OWNER_ONLY)
      try {
        await file.writeFile(JSON.stringify(data))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(beside, this.#path)
      await syncFolder(dirname(this.#path))
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
  }
}

/** The parser's own error would quote what people wrote, so it goes no further. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The rename itself is durable only once the folder is flushed. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
