import { Low } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../../errors.js'
import type { IdentityRecords } from '../../model/identity.js'
import type { Log } from '../../model/ports.js'
import { fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { LatestWrite } from './latest-write.js'

const known = { key: z.string().min(1), id: z.string(), doubtful: z.boolean(), seenAtMs: z.number() }
const storedRecords = z.strictObject({
  accountId: z.string(),
  rooms: z.array(z.strictObject({ ...known, topics: z.array(z.string()).min(1) })),
  people: z.array(
    z.strictObject({
      ...known,
      remark: z.string(),
      nicks: z.array(z.string()).min(1),
      displays: z.record(z.string(), z.string()),
    }),
  ),
  told: z.array(z.string()),
})

const NOTHING: IdentityRecords = { accountId: '', rooms: [], people: [], told: [] }
/** Soon, but not once for each of a burst of messages. A loss costs at most a change of name that was just seen. */
const WRITE_DELAY_MS = 500

/** Who is known, in one JSON file; one process may own it. */
export class LowdbIdentityStore {
  readonly #db: Low<IdentityRecords>
  readonly #writes: LatestWrite

  private constructor(db: Low<IdentityRecords>, log: Log) {
    this.#db = db
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'identities not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string, log: Log): Promise<LowdbIdentityStore> {
    const db = new Low<IdentityRecords>(new DurableJsonFile(path), NOTHING)
    await db.read()
    const checked = storedRecords.safeParse(db.data)
    if (checked.success) return new LowdbIdentityStore(db, log)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(path, where))
  }

  records(): IdentityRecords {
    return this.#db.data
  }

  /** On disk within half a second. */
  keep(records: IdentityRecords): void {
    this.#db.data = records
    this.#writes.within(WRITE_DELAY_MS)
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}
