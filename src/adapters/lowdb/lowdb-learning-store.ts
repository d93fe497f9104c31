import { randomBytes } from 'node:crypto'
import { type Adapter, Low, Memory } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../../errors.js'
import type { LearningRecords, LearningStore } from '../../model/learning.js'
import type { Log } from '../../model/ports.js'
import { fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { LatestWrite } from './latest-write.js'

const facts = { number: z.number().int().positive(), firstAtMs: z.number(), lastAtMs: z.number() }
const storedLearning: z.ZodType<LearningRecords> = z.strictObject({
  salt: z.string().min(1),
  lastNumber: z.number().int().nonnegative(),
  entries: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({
        ...facts,
        kind: z.literal('question'),
        texts: z.array(z.string().min(1)).min(1),
        count: z.number().int().positive(),
        why: z.enum(['not-understood', 'not-chosen', 'not-sure', 'corrected', 'disliked', 'person']),
        places: z.array(z.string()),
        sectionKey: z.string().nullable(),
        status: z.enum(['open', 'ignored']),
      }),
      z.strictObject({
        ...facts,
        kind: z.literal('disliked'),
        sectionKey: z.string(),
        people: z.array(z.string()),
      }),
      z.strictObject({
        ...facts,
        kind: z.literal('draft'),
        ticketNumber: z.number().int().positive(),
        question: z.string(),
        answer: z.string(),
        status: z.enum(['open', 'settled']),
      }),
    ]),
  ),
  sightings: z.array(z.strictObject({ reason: z.string(), place: z.string(), atMs: z.number() })),
  told: z.array(z.strictObject({ reason: z.string(), atMs: z.number() })),
})

/** Soon, but once only for a burst of messages; what a person ordered is saved at once. */
const WRITE_DELAY_MS = 500

/** What the bot could not answer, in one JSON file; one process may own it. */
export class LowdbLearningStore implements LearningStore {
  readonly #db: Low<LearningRecords>
  readonly #writes: LatestWrite

  private constructor(db: Low<LearningRecords>, log: Pick<Log, 'error'>) {
    this.#db = db
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log.error({ error: (error as NodeJS.ErrnoException).code }, 'questions not kept'),
    )
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static open(path: string, log: Pick<Log, 'error'>): Promise<LowdbLearningStore> {
    return LowdbLearningStore.#load(new DurableJsonFile<LearningRecords>(path), path, log)
  }

  /** For trying the bot out: nothing is kept. */
  static inMemory(log: Pick<Log, 'error'>): Promise<LowdbLearningStore> {
    return LowdbLearningStore.#load(new Memory<LearningRecords>(), 'memory', log)
  }

  static async #load(
    adapter: Adapter<LearningRecords>,
    name: string,
    log: Pick<Log, 'error'>,
  ): Promise<LowdbLearningStore> {
    const salt = randomBytes(16).toString('hex')
    const db = new Low<LearningRecords>(adapter, { salt, lastNumber: 0, entries: [], sightings: [], told: [] })
    await db.read()
    const checked = storedLearning.safeParse(db.data)
    if (checked.success) return new LowdbLearningStore(db, log)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(name, where))
  }

  records(): LearningRecords {
    return this.#db.data
  }

  keep(records: LearningRecords): void {
    this.#db.data = records
    this.#writes.within(WRITE_DELAY_MS)
  }

  save(records: LearningRecords): Promise<void> {
    this.#db.data = records
    return this.#writes.now()
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}
