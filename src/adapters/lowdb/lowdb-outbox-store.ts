import { type Adapter, Low, Memory } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../../errors.js'
import { DurableJsonFile } from './durable-json-file.js'
import { LatestWrite } from './latest-write.js'

const storedOutbox = z
  .strictObject({
    lastNumber: z.number().int().nonnegative(),
    notices: z.array(z.strictObject({ number: z.number().int().positive(), text: z.string() })),
    sending: z.strictObject({
      day: z.number().int(),
      sentCount: z.number().int().nonnegative(),
      refusals: z.number().int().nonnegative(),
      refusedAtMs: z.number(),
    }),
  })
  .refine(({ lastNumber, notices }) => notices.every(({ number }) => number <= lastNumber), { path: ['lastNumber'] })
type StoredOutbox = z.infer<typeof storedOutbox>

const EMPTY: StoredOutbox = {
  lastNumber: 0,
  notices: [],
  sending: { day: 0, sentCount: 0, refusals: 0, refusedAtMs: 0 },
}
/** The count of a day may lose a few seconds. */
const STATE_DELAY_MS = 2_000

/** What the outbox must not forget: notices that staff have not had, and how much was said today. One process owns it. */
export class LowdbOutboxStore {
  readonly #db: Low<StoredOutbox>
  readonly #writes: LatestWrite

  private constructor(db: Low<StoredOutbox>) {
    this.#db = db
    this.#writes = new LatestWrite(() => db.write())
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static open(path: string): Promise<LowdbOutboxStore> {
    return LowdbOutboxStore.#load(new DurableJsonFile<StoredOutbox>(path), path)
  }

  /** For trying the bot out: nothing is kept. */
  static inMemory(): Promise<LowdbOutboxStore> {
    return LowdbOutboxStore.#load(new Memory<StoredOutbox>(), 'memory')
  }

  static async #load(adapter: Adapter<StoredOutbox>, name: string): Promise<LowdbOutboxStore> {
    const db = new Low<StoredOutbox>(adapter, structuredClone(EMPTY))
    await db.read()
    const checked = storedOutbox.safeParse(db.data)
    if (checked.success) return new LowdbOutboxStore(db)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(
      `${name} has another shape than an outbox has (at "${where}"). Move it away, then start again.`,
    )
  }

  /** Notices, oldest first. */
  list(): StoredOutbox['notices'] {
    return this.#db.data.notices
  }

  async add(text: string): Promise<void> {
    const { lastNumber, notices } = this.#db.data
    const number = lastNumber + 1
    this.#db.data = { ...this.#db.data, lastNumber: number, notices: [...notices, { number, text }] }
    await this.#writes.now()
  }

  async remove(number: number): Promise<void> {
    this.#db.data = { ...this.#db.data, notices: this.#db.data.notices.filter((notice) => notice.number !== number) }
    await this.#writes.now()
  }

  /** How much was said, and what WeChat thought of it. */
  sending(): StoredOutbox['sending'] {
    return this.#db.data.sending
  }

  /** Kept soon; at once when WeChat has refused. */
  keepSending(sending: StoredOutbox['sending']): void {
    const isRefusal = sending.refusals !== this.#db.data.sending.refusals
    this.#db.data = { ...this.#db.data, sending }
    this.#writes.within(isRefusal ? 0 : STATE_DELAY_MS)
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}
