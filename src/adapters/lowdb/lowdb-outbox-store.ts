import { dirname, join } from 'node:path'
import { type Adapter, Low, Memory } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../../errors.js'
import type { NoticeFacts } from '../../model/ports.js'
import { fileWords } from './damage-phrases.js'
import { DurableJsonFile } from './durable-json-file.js'
import { LatestWrite } from './latest-write.js'
import { NoticePictures, noPictures, type PictureFolder } from './notice-pictures.js'

const storedOutbox = z
  .strictObject({
    lastNumber: z.number().int().nonnegative(),
    notices: z.array(
      z.strictObject({
        number: z.number().int().positive(),
        text: z.string(),
        ticket: z.number().int().positive().optional(),
        pictures: z.array(z.string()).optional(),
      }),
    ),
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
  readonly #pictures: PictureFolder

  private constructor(db: Low<StoredOutbox>, pictures: PictureFolder) {
    this.#db = db
    this.#pictures = pictures
    this.#writes = new LatestWrite(() => db.write())
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string): Promise<LowdbOutboxStore> {
    const pictures = new NoticePictures(join(dirname(path), 'notice-pictures'))
    const store = await LowdbOutboxStore.#load(new DurableJsonFile<StoredOutbox>(path), path, pictures)
    await pictures.sweep(new Set(store.list().flatMap((notice) => notice.pictures ?? [])))
    return store
  }

  /** For trying the bot out: nothing is kept. */
  static inMemory(): Promise<LowdbOutboxStore> {
    return LowdbOutboxStore.#load(new Memory<StoredOutbox>(), 'memory', noPictures)
  }

  static async #load(adapter: Adapter<StoredOutbox>, name: string, pictures: PictureFolder): Promise<LowdbOutboxStore> {
    const db = new Low<StoredOutbox>(adapter, structuredClone(EMPTY))
    await db.read()
    const checked = storedOutbox.safeParse(db.data)
    if (checked.success) return new LowdbOutboxStore(db, pictures)
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(name, where))
  }

  /** Notices, oldest first. */
  list(): StoredOutbox['notices'] {
    return this.#db.data.notices
  }

  async add(text: string, { ticket, pictures = [] }: NoticeFacts = {}): Promise<void> {
    const number = this.#db.data.lastNumber + 1
    // Taken at once: another notice may come while pictures are written.
    this.#db.data = { ...this.#db.data, lastNumber: number }
    const kept = await this.#pictures.keep(number, pictures)
    const notice = {
      ...{ number, text },
      ...(ticket === undefined ? {} : { ticket }),
      ...(kept.length > 0 ? { pictures: [...kept] } : {}),
    }
    const notices = [...this.#db.data.notices, notice].sort((a, b) => a.number - b.number)
    this.#db.data = { ...this.#db.data, notices }
    await this.#writes.now()
  }

  /** Bytes of a notice's picture; undefined when they are gone. */
  picture(name: string): Promise<Uint8Array | undefined> {
    return this.#pictures.read(name)
  }

  remove(number: number): Promise<void> {
    return this.#drop((notice) => notice.number === number)
  }

  /** Drops what waits about tickets of somebody who is to be forgotten, and whatever names them. */
  forget({ name, tickets }: { readonly name: string; readonly tickets: readonly number[] }): Promise<void> {
    return this.#drop(({ ticket, text }) => text.includes(name) || (ticket !== undefined && tickets.includes(ticket)))
  }

  async #drop(isOver: (notice: StoredOutbox['notices'][number]) => boolean): Promise<void> {
    const over = this.#db.data.notices.filter(isOver)
    this.#db.data = { ...this.#db.data, notices: this.#db.data.notices.filter((notice) => !over.includes(notice)) }
    await this.#writes.now()
    await this.#pictures.drop(over.flatMap(({ pictures }) => pictures ?? []))
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
