import { type Adapter, Low, Memory } from 'lowdb'
import type { z } from 'zod'
import { StoreError } from '../../errors.js'
import type { Log } from '../../model/ports.js'
import { fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { LatestWrite } from './latest-write.js'

export interface RecordsOptions<Item> {
  /** Shape of the whole list. */
  readonly schema: z.ZodType<Item[]>
  readonly log: Pick<Log, 'error'>
}

/** Soon, but once only for a burst of changes. */
const WRITE_DELAY_MS = 300

/** A list of plain records in one JSON file; one process may own it. Who changes it, gives it as a whole. */
export class LowdbRecords<Item> {
  readonly #db: Low<Item[]>
  readonly #writes: LatestWrite

  private constructor(db: Low<Item[]>, log: Pick<Log, 'error'>) {
    this.#db = db
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'records not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static open<Item>(path: string, options: RecordsOptions<Item>): Promise<LowdbRecords<Item>> {
    return LowdbRecords.#load(new DurableJsonFile<Item[]>(path), path, options)
  }

  /** For trying the bot out: nothing is kept. */
  static inMemory<Item>(options: RecordsOptions<Item>): Promise<LowdbRecords<Item>> {
    return LowdbRecords.#load(new Memory<Item[]>(), 'memory', options)
  }

  static async #load<Item>(
    adapter: Adapter<Item[]>,
    name: string,
    { schema, log }: RecordsOptions<Item>,
  ): Promise<LowdbRecords<Item>> {
    const db = new Low<Item[]>(adapter, [])
    await db.read()
    const checked = schema.safeParse(db.data)
    if (checked.success) return new LowdbRecords(db, log)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(name, where))
  }

  records(): readonly Item[] {
    return this.#db.data
  }

  /** On disk within half a second. */
  keep(records: readonly Item[]): void {
    this.#db.data = [...records]
    this.#writes.within(WRITE_DELAY_MS)
  }

  /** Resolves when the records are on disk. */
  save(records: readonly Item[]): Promise<void> {
    this.#db.data = [...records]
    return this.#writes.now()
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}
