import { Low } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../../errors.js'
import type { HeardIds, Log } from '../../model/ports.js'
import { fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { LatestWrite } from './latest-write.js'

const storedIds = z.array(z.string())

/** Some hours of a busy account; WeChat redelivers within minutes. */
const KEPT_IDS = 2_000
/** Shorter than messages are held for their order, so that an id is on disk before its answer can go out. */
const WRITE_DELAY_MS = 200

/** Ids of the latest messages, in one JSON file; one process may own it. */
export class LowdbHeardIds implements HeardIds {
  readonly #ids: Set<string>
  readonly #writes: LatestWrite

  private constructor(db: Low<string[]>, log: Log) {
    this.#ids = new Set(db.data)
    this.#writes = new LatestWrite(
      async () => {
        db.data = [...this.#ids]
        await db.write()
      },
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'ids of messages not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string, log: Log): Promise<LowdbHeardIds> {
    const db = new Low<string[]>(new DurableJsonFile(path), [])
    await db.read()
    if (storedIds.safeParse(db.data).success) return new LowdbHeardIds(db, log)
    throw new StoreError(fileWords.otherShape(path, ''))
  }

  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    for (const oldest of this.#ids) {
      if (this.#ids.size <= KEPT_IDS) break
      this.#ids.delete(oldest)
    }
    this.#writes.within(WRITE_DELAY_MS)
    return true
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}
