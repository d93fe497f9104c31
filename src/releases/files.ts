import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { StoreError } from '../errors.js'
import type { AuthorsFile, AuthorsFiles } from '../knowledge/files.js'
import { DurableJsonFile, fileWords, writeDurably } from '../store/json-file.js'
import type { KeptRelease } from '../store/postgres/documents.js'
import type { InUse, NewRelease, ReleaseRecord, ReleaseStore } from './release.js'

const record: z.ZodType<ReleaseRecord> = z.object({
  number: z.number().int().min(1),
  version: z.string(),
  atMs: z.number(),
  textsKey: z.string(),
  by: z.object({ key: z.string(), name: z.string() }),
  forced: z.boolean(),
  note: z.string().exactOptional(),
  sectionCount: z.number(),
  utteranceCount: z.number(),
  exam: z
    .object({
      golden: z.object({ total: z.number(), right: z.number() }),
      heldOut: z.object({ total: z.number(), right: z.number(), wrong: z.number() }),
    })
    .exactOptional(),
})
const inUse = z.object({ number: z.number().int().min(1), pinned: z.boolean() })
const files = z.array(z.object({ file: z.string(), kept: z.string() }))
const filesWithText = z.array(
  z.object({ file: z.string(), kept: z.string().regex(/^(?!.*\.\.)[^/]/), text: z.string() }),
)
const authorsFiles = z.object({ guides: filesWithText, tables: filesWithText, intents: filesWithText })

const KEPT_RELEASES = 10
const STAGED = '.staged-'
const RECORD_FILE = 'release.json'
const FILES_FILE = 'files.json'
const REPORT_FILE = 'report.md'
const IN_USE_FILE = 'in-use.json'

/**
 * The folder of the releases: a numbered folder each, with the authors' files as they were and the report. A release is
 * written aside and renamed, so that there is all of it or nothing.
 */
export class ReleaseFolder {
  readonly #root: string
  readonly #inUseFile: DurableJsonFile<InUse>
  #records: readonly ReleaseRecord[] = []
  #inUse: InUse | undefined

  constructor(root: string) {
    this.#root = root
    this.#inUseFile = new DurableJsonFile(join(root, IN_USE_FILE))
  }

  /**
   * Reads what there is, and clears away what was never finished.
   *
   * @throws StoreError when the folder is none, or the note of the release in use is damaged: nobody could tell what was
   *   rolled back
   */
  async open(): Promise<void> {
    const names = await this.#namesInRoot()
    const unfinished = names.filter((name) => name.startsWith(STAGED))
    await Promise.all(unfinished.map((name) => rm(join(this.#root, name), { recursive: true, force: true })))
    const records = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => this.#readRecord(name)))
    this.#records = records.filter((one) => one !== undefined).sort((a, b) => a.number - b.number)
    const kept = inUse.nullable().safeParse(await this.#inUseFile.read())
    if (!kept.success) throw new StoreError(fileWords.otherShape(join(this.#root, IN_USE_FILE), ''))
    this.#inUse = kept.data ?? undefined
  }

  async #namesInRoot(): Promise<readonly string[]> {
    try {
      await mkdir(this.#root, { recursive: true })
      return await readdir(this.#root)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new StoreError(fileWords.noFolder(this.#root, code), { cause: error })
    }
  }

  list(): readonly ReleaseRecord[] {
    return this.#records
  }

  inUse(): InUse | undefined {
    return this.#inUse
  }

  lastNumber(): number {
    return this.#records.at(-1)?.number ?? 0
  }

  /** Writes what a release will hold. @returns the folder */
  async stage({ guides, tables, intents }: AuthorsFiles): Promise<string> {
    const folder = join(this.#root, `${STAGED}${randomUUID()}`)
    try {
      const all = [...guides, ...tables, ...intents]
      const folders = new Set([folder, ...all.map(({ kept }) => dirname(join(folder, kept)))])
      for (const one of folders) await mkdir(one, { recursive: true })
      await Promise.all(all.map(({ kept, text }) => writeFile(join(folder, kept), text)))
      const list = { guides: guides.map(namesOf), tables: tables.map(namesOf), intents: intents.map(namesOf) }
      await writeFile(join(folder, FILES_FILE), JSON.stringify(list))
      return folder
    } catch (error) {
      await this.discard(folder)
      throw error
    }
  }

  async discard(staged: string): Promise<void> {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined)
  }

  /** Makes a staged folder a release and takes it into use. */
  async add(release: NewRelease): Promise<string> {
    const folder = this.#folderOf(release.record.number)
    try {
      await this.#settle(release, folder)
      await this.use({ number: release.record.number, pinned: release.pinned })
    } catch (error) {
      await this.discard(release.staged)
      throw error
    }
    await this.#forgetOldest()
    return join(folder, REPORT_FILE)
  }

  /** Makes a release of another machine one of this folder, whatever bore its number here. Takes none into use. */
  async takeOver(release: {
    readonly record: unknown
    readonly files: unknown
    readonly report: string
  }): Promise<void> {
    const kept = record.parse(release.record)
    const staged = await this.stage(authorsFiles.parse(release.files))
    const folder = this.#folderOf(kept.number)
    await rm(folder, { recursive: true, force: true })
    await this.#settle({ staged, record: kept, report: release.report }, folder)
  }

  /** Releases of other numbers are left on disk, but are none any more. */
  forgetOthers(numbers: ReadonlySet<number>): void {
    this.#records = this.#records.filter(({ number }) => numbers.has(number))
  }

  async #settle({ staged, record, report }: Omit<NewRelease, 'pinned'>, folder: string): Promise<void> {
    await writeFile(join(staged, REPORT_FILE), report)
    await writeDurably(join(staged, RECORD_FILE), JSON.stringify(record))
    await rename(staged, folder)
    const others = this.#records.filter(({ number }) => number !== record.number)
    this.#records = [...others, record].sort((a, b) => a.number - b.number)
  }

  /** On disk when this resolves. */
  async use(next: InUse): Promise<void> {
    await this.#inUseFile.write(next)
    this.#inUse = next
  }

  /** @throws when the files are gone */
  readFiles(number: number): Promise<AuthorsFiles> {
    return this.readStaged(this.#folderOf(number))
  }

  readReport(number: number): Promise<string> {
    return readFile(join(this.#folderOf(number), REPORT_FILE), 'utf8')
  }

  /** @throws when the files are gone */
  async readStaged(folder: string): Promise<AuthorsFiles> {
    const shape = z.object({ guides: files, tables: files.default([]), intents: files })
    const list = shape.parse(JSON.parse(await readFile(join(folder, FILES_FILE), 'utf8')))
    const read = ({ file, kept }: z.infer<typeof files>[number]): Promise<AuthorsFile> =>
      readFile(join(folder, kept), 'utf8').then((text) => ({ file, kept, text }))
    return {
      guides: await Promise.all(list.guides.map(read)),
      tables: await Promise.all(list.tables.map(read)),
      intents: await Promise.all(list.intents.map(read)),
    }
  }

  async writeReport(name: string, report: string): Promise<string> {
    const path = join(this.#root, `${name}.md`)
    await writeFile(path, report)
    return path
  }

  #folderOf(number: number): string {
    return join(this.#root, String(number))
  }

  async #readRecord(name: string): Promise<ReleaseRecord | undefined> {
    try {
      const read = record.parse(JSON.parse(await readFile(join(this.#root, name, RECORD_FILE), 'utf8')))
      return String(read.number) === name ? read : undefined
    } catch {
      return undefined // somebody tidied up in there: what is left can't be gone back to
    }
  }

  async #forgetOldest(): Promise<void> {
    const isInUse = ({ number }: ReleaseRecord): boolean => number === this.#inUse?.number
    const old = this.#records.slice(0, -KEPT_RELEASES).filter((one) => !isInUse(one))
    this.#records = this.#records.filter((one) => !old.includes(one))
    for (const { number } of old)
      await rm(this.#folderOf(number), { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * Without a first release there is nothing to start with, and whoever starts for the first time is there to make room.
 *
 * @returns what throws an error of the disk as a StoreError, and any other as it is
 */
export const tellUnwritable =
  (root: string) =>
  (error: unknown): never => {
    // From another thread an error comes by its words.
    const code = /\b(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM)\b/.exec(error instanceof Error ? error.message : '')?.[0]
    throw code === undefined ? error : new StoreError(fileWords.unwritable(root, code), { cause: error })
  }

const namesOf = ({ file, kept }: AuthorsFile) => ({ file, kept })

/** Where several accounts keep their releases together. */
export interface ReleaseExchange {
  /** Undefined before the first, and while it was never reached. */
  inUse(): InUse | undefined
  isReachable(): boolean
  /** All that are kept, oldest first, with the key of their texts. */
  kept(): Promise<readonly { readonly number: number; readonly textsKey: string }[]>
  read(number: number): Promise<KeptRelease | undefined>
  /** Adds a release and takes it into use. @returns false when its number is taken: somebody was faster */
  add(release: KeptRelease, how: { readonly pinned: boolean }): Promise<boolean>
  use(inUse: InUse): Promise<void>
  /** Tells the others that this account answers from it now. */
  took(number: number): Promise<void>
  onChange(listener: () => void): () => void
}

/** Nobody else would have the release, so it is not made. */
export class ReleaseNotShared extends Error {
  readonly reason: 'unreachable' | 'overtaken'

  constructor(reason: ReleaseNotShared['reason']) {
    super(`release not shared: ${reason}`)
    this.reason = reason
  }
}

/**
 * Releases of several accounts: one list of numbers and one release in use for all, in the database, and on each machine
 * a folder with the same files, from which it is built.
 */
export class SharedReleaseStore implements ReleaseStore {
  readonly #folder: ReleaseFolder
  readonly #exchange: ReleaseExchange
  readonly #learnedDir: string | undefined

  constructor(folder: ReleaseFolder, exchange: ReleaseExchange, learnedDir: string | undefined) {
    this.#folder = folder
    this.#exchange = exchange
    this.#learnedDir = learnedDir
  }

  list(): readonly ReleaseRecord[] {
    return this.#folder.list()
  }

  inUse(): InUse | undefined {
    return this.#folder.inUse()
  }

  lastNumber(): number {
    return Math.max(this.#folder.lastNumber(), this.#exchange.inUse()?.number ?? 0)
  }

  /** @throws ReleaseNotShared when the others can't have it; nothing was released then */
  async add(release: NewRelease): Promise<string> {
    try {
      if (!this.#exchange.isReachable()) throw new ReleaseNotShared('unreachable')
      const { record, report, staged, pinned } = release
      const files = await this.#folder.readStaged(staged)
      const isAdded = await this.#exchange.add({ number: record.number, record, files, report }, { pinned })
      if (!isAdded) throw new ReleaseNotShared('overtaken')
    } catch (error) {
      await this.discard(release.staged)
      throw error
    }
    const path = await this.#folder.add(release)
    await this.#exchange.took(release.record.number)
    return path
  }

  /** @throws ReleaseNotShared when the others can't be told */
  async use(next: InUse): Promise<void> {
    if (!this.#exchange.isReachable()) throw new ReleaseNotShared('unreachable')
    await this.#exchange.use(next)
    await this.settle(next)
  }

  discard(staged: string): Promise<void> {
    return this.#folder.discard(staged)
  }

  writeReport(name: 'check' | 'refused', report: string): Promise<string> {
    return this.#folder.writeReport(name, report)
  }

  /**
   * Fetches what this machine lacks of the releases of all.
   *
   * @returns what is to be in use, where that is something else than here
   */
  async fetch(): Promise<InUse | undefined> {
    const wanted = this.#exchange.inUse()
    if (!wanted || !this.#exchange.isReachable()) return undefined
    const kept = await this.#exchange.kept()
    const here = new Map(this.list().map(({ number, textsKey }) => [number, textsKey]))
    for (const { number, textsKey } of kept) {
      if (here.get(number) === textsKey) continue
      const release = await this.#exchange.read(number)
      if (release) await this.#folder.takeOver(release)
    }
    this.#folder.forgetOthers(new Set(kept.map(({ number }) => number)))
    const { number, pinned } = this.inUse() ?? {}
    return number === wanted.number && pinned === wanted.pinned ? undefined : wanted
  }

  /** From now on this machine starts on it, and what was taught in the chat is what was taught there. */
  async settle(next: InUse): Promise<void> {
    const before = this.inUse()
    if (before?.number !== next.number) await this.#takeLessons(before?.number, next.number)
    await this.#folder.use(next)
    await this.#exchange.took(next.number)
  }

  /** Tells the others what this account answers from. */
  async announce(): Promise<void> {
    const { number } = this.inUse() ?? {}
    if (number !== undefined) await this.#exchange.took(number)
  }

  /** Gives the release in use here to all, where there is none yet. @returns false when somebody was faster */
  async give(): Promise<boolean> {
    const used = this.list().find(({ number }) => number === this.inUse()?.number)
    if (!used) return true
    const [files, report] = [await this.#folder.readFiles(used.number), await this.#folder.readReport(used.number)]
    const pinned = this.inUse()?.pinned === true
    return this.#exchange.add({ number: used.number, record: used, files, report }, { pinned })
  }

  /** File by file: what somebody is teaching here at this moment is not overwritten. */
  async #takeLessons(before: number | undefined, next: number): Promise<void> {
    const root = this.#learnedDir
    if (root === undefined) return
    const base = before === undefined ? new Map<string, string>() : lessonsOf(await this.#folder.readFiles(before))
    const wanted = lessonsOf(await this.#folder.readFiles(next))
    for (const name of new Set([...base.keys(), ...wanted.keys()])) {
      const path = join(root, name)
      const here = await readFile(path, 'utf8').catch(() => undefined)
      const text = wanted.get(name)
      if (here === text || (here !== undefined && here !== base.get(name))) continue
      if (text === undefined) await rm(path, { force: true })
      else {
        await mkdir(dirname(path), { recursive: true })
        await writeDurably(path, text)
      }
    }
  }
}

const LEARNED = 'learned/'

const lessonsOf = ({ guides, intents }: AuthorsFiles): ReadonlyMap<string, string> =>
  new Map(
    [...guides, ...intents]
      .filter(({ kept }: AuthorsFile) => kept.startsWith(LEARNED))
      .map(({ kept, text }) => [kept.slice(LEARNED.length), text]),
  )
