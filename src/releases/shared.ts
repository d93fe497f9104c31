import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AuthorsFile, AuthorsFiles } from '../knowledge/files.js'
import { writeDurably } from '../store/json-file.js'
import type { KeptRelease } from '../store/postgres/releases.js'
import type { ReleaseFolder } from './files.js'
import type { InUse, NewRelease, ReleaseRecord, ReleaseStore } from './release.js'

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
