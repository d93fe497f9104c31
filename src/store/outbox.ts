import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { PictureFile } from '../model/chat.js'
import type { Log, NoticeFacts, UnsaidQuestion } from '../model/ports.js'
import { LowdbDocument, writeDurably } from './json-file.js'

/** Notices and the day's count as they stand on disk. */
export const storedOutbox = z
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
    unsaid: z
      .array(
        z.strictObject({
          messageId: z.string(),
          placeName: z.string(),
          askerKey: z.string(),
          askerName: z.string(),
          text: z.string(),
          sectionKeys: z.array(z.string()),
          askedAtMs: z.number(),
        }),
      )
      .default([]),
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
  unsaid: [],
  sending: { day: 0, sentCount: 0, refusals: 0, refusedAtMs: 0 },
}
/** The count of a day may lose a few bubbles; one write serves those of many messages. */
const STATE_DELAY_MS = 15_000

/** What the outbox must not forget: notices that staff have not had, and how much was said today. One process owns it. */
export class LowdbOutboxStore {
  readonly #file: LowdbDocument<StoredOutbox>
  readonly #pictures: PictureFolder

  private constructor(file: LowdbDocument<StoredOutbox>, pictures: PictureFolder) {
    this.#file = file
    this.#pictures = pictures
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string, log?: Pick<Log, 'error'>): Promise<LowdbOutboxStore> {
    const pictures = new NoticePictures(join(dirname(path), 'notice-pictures'))
    const store = new LowdbOutboxStore(await openFile(path, log), pictures)
    await pictures.sweep(new Set(store.list().flatMap((notice) => notice.pictures ?? [])))
    return store
  }

  /** For trying the bot out: nothing is kept. */
  static async inMemory(): Promise<LowdbOutboxStore> {
    return new LowdbOutboxStore(await openFile(undefined), noPictures)
  }

  /** Notices, oldest first. */
  list(): StoredOutbox['notices'] {
    return this.#file.records().notices
  }

  #with(change: Partial<StoredOutbox>): StoredOutbox {
    return { ...this.#file.records(), ...change }
  }

  async add(text: string, { ticket, pictures = [] }: NoticeFacts = {}): Promise<void> {
    const number = this.#file.records().lastNumber + 1
    // Taken at once: another notice may come while pictures are written.
    this.#file.keep(this.#with({ lastNumber: number }))
    const kept = await this.#pictures.keep(number, pictures)
    const notice = {
      ...{ number, text },
      ...(ticket === undefined ? {} : { ticket }),
      ...(kept.length > 0 ? { pictures: [...kept] } : {}),
    }
    await this.#file.save(this.#with({ notices: [...this.list(), notice].sort((a, b) => a.number - b.number) }))
  }

  /** Bytes of a notice's picture; undefined when they are gone. */
  picture(name: string): Promise<Uint8Array | undefined> {
    return this.#pictures.read(name)
  }

  remove(number: number): Promise<void> {
    return this.#drop((notice) => notice.number === number)
  }

  /** Drops what waits about tickets of somebody who is to be forgotten. */
  forget({ tickets }: { readonly tickets: readonly number[] }): Promise<void> {
    return this.#drop(({ ticket }) => ticket !== undefined && tickets.includes(ticket))
  }

  async #drop(isOver: (notice: StoredOutbox['notices'][number]) => boolean): Promise<void> {
    const over = this.list().filter(isOver)
    await this.#file.save(this.#with({ notices: this.list().filter((notice) => !over.includes(notice)) }))
    await this.#pictures.drop(over.flatMap(({ pictures }) => pictures ?? []))
  }

  /** Questions whose reply is not out, oldest first. */
  unsaid(): StoredOutbox['unsaid'] {
    return this.#file.records().unsaid
  }

  async keepUnsaid(questions: readonly UnsaidQuestion[]): Promise<void> {
    const unsaid = questions.map((question) => ({ ...question, sectionKeys: [...question.sectionKeys] }))
    await this.#file.save(this.#with({ unsaid }))
  }

  /** How much was said, and what WeChat thought of it. */
  sending(): StoredOutbox['sending'] {
    return this.#file.records().sending
  }

  /** Kept soon; at once when WeChat has refused. */
  keepSending(sending: StoredOutbox['sending']): void {
    const isRefusal = sending.refusals !== this.sending().refusals
    this.#file.keep(this.#with({ sending }), isRefusal ? 0 : STATE_DELAY_MS)
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#file.flush()
  }
}

const openFile = (path: string | undefined, log?: Pick<Log, 'error'>): Promise<LowdbDocument<StoredOutbox>> =>
  LowdbDocument.open<StoredOutbox>(path, {
    schema: storedOutbox,
    empty: () => structuredClone(EMPTY),
    ...(log && { log }),
  })

/** Some twenty of the largest: staff who can't be told for days don't fill the disk. */
const MAX_FOLDER_BYTES = 64 * 1024 * 1024
const NAME = /^\d+-\d+\.(?:png|jpg|gif)(?:\.\d+\.tmp)?$/

/** Keeps the pictures of notices until those are out: `notice-pictures/12-1.jpg` is the first of notice 12. */
export interface PictureFolder {
  /** @returns names of those that were kept, on disk when this resolves; what is too much is left out */
  keep(noticeNumber: number, pictures: readonly PictureFile[]): Promise<readonly string[]>
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

  async keep(noticeNumber: number, pictures: readonly PictureFile[]): Promise<readonly string[]> {
    if (pictures.length === 0) return []
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
const noPictures: PictureFolder = {
  keep: async () => [],
  read: async () => undefined,
  drop: async () => {},
  sweep: async () => {},
}
