import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { AuditEntry, AuditLog, Log } from '../model/ports.js'
import type { ForgottenPerson } from '../model/ticket.js'
import { readJsonLines, writeDurably } from './json-file.js'

export interface AuditFileOptions {
  readonly log: Pick<Log, 'error'>
  /** The file is set aside when it would grow beyond so many bytes. */
  readonly maxBytes?: number
  /** So many files set aside are kept; the oldest goes first. */
  readonly keptFiles?: number
}

/** An order as it is written down. */
export const storedEntry: z.ZodType<AuditEntry> = z.object({
  atMs: z.number(),
  who: z.object({ key: z.string(), name: z.string() }),
  role: z.enum(['customer', 'staff', 'admin', 'operator']),
  what: z.string(),
  result: z.enum(['done', 'failed', 'refused']),
  where: z.enum(['direct', 'staff-room', 'customer-room', 'page', 'terminal']),
})

const OWNER_ONLY = 0o600
const MAX_BYTES = 2 * 1024 * 1024 // some 8,000 orders
const KEPT_FILES = 12
const MAX_WHAT_CHARS = 80
const MAX_NAME_CHARS = 60

/**
 * Orders as JSON lines, each on disk before the next. A full file is set aside as `audit.<time>.jsonl`; what a kill left
 * half-written stays behind as a line that is no entry.
 */
export class AuditFile implements AuditLog {
  readonly #path: string
  readonly #options: Required<AuditFileOptions>
  #tail: Promise<void> = Promise.resolve()
  #endsClean: boolean | undefined

  constructor(path: string, { log, maxBytes = MAX_BYTES, keptFiles = KEPT_FILES }: AuditFileOptions) {
    this.#path = path
    this.#options = { log, maxBytes, keptFiles }
  }

  record(entry: AuditEntry): Promise<void> {
    this.#tail = this.#tail.then(() =>
      this.#append(entry).catch((error: NodeJS.ErrnoException) => {
        this.#options.log.error({ error: error.code }, 'order not in the audit log')
      }),
    )
    return this.#tail
  }

  async recent(count: number): Promise<readonly AuditEntry[]> {
    await this.#tail
    const current = await readEntries(this.#path)
    if (current.length >= count) return current.slice(-count).reverse()
    const older = (await this.#setAside()).at(-1)
    const before = older === undefined ? [] : await readEntries(older)
    return [...before, ...current].slice(-count).reverse()
  }

  /** All that is kept, oldest first. */
  async everything(): Promise<readonly AuditEntry[]> {
    await this.#tail
    return (await Promise.all([...(await this.#setAside()), this.#path].map(readEntries))).flat()
  }

  /**
   * Takes a person's name and key out of all that is kept. What was relayed or noted stands there only in lines of before
   * texts were left out; where it has the name it is cut to verb and number.
   */
  async forget({ keys, names }: Pick<ForgottenPerson, 'keys' | 'names'>): Promise<void> {
    const cleaned = (entry: AuditEntry): AuditEntry => ({
      ...entry,
      who: keys.includes(entry.who.key) ? { key: '', name: '—' } : entry.who,
      what: names.some((name) => entry.what.includes(name)) ? cutToNumber(entry.what) : entry.what,
    })
    const work = this.#tail.then(async () => {
      for (const path of [...(await this.#setAside()), this.#path]) {
        const before = await readEntries(path)
        const lines = before.map((entry) => `${JSON.stringify(cleaned(entry))}\n`).join('')
        if (before.some((entry) => JSON.stringify(cleaned(entry)) !== JSON.stringify(entry)))
          await writeDurably(path, lines)
      }
      this.#endsClean = undefined
    })
    // The caller is told; the next order is written down all the same.
    this.#tail = work.catch(() => undefined)
    await work
  }

  async #append(entry: AuditEntry): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    const line = `${JSON.stringify(trimmed(entry))}\n`
    await this.#rotate(entry.atMs, Buffer.byteLength(line))
    const file = await open(this.#path, 'a', OWNER_ONLY)
    try {
      this.#endsClean ??= await endsClean(this.#path)
      await file.writeFile(this.#endsClean ? line : `\n${line}`)
      this.#endsClean = true
      await file.datasync()
    } catch (error) {
      this.#endsClean = undefined
      throw error
    } finally {
      await file.close()
    }
  }

  async #rotate(atMs: number, addedBytes: number): Promise<void> {
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    )
    if (size === 0 || size + addedBytes <= this.#options.maxBytes) return
    const stem = this.#path.replace(/\.jsonl$/, '')
    const time = new Date(atMs).toISOString().replace(/[-:]/g, '')
    const taken = new Set(await this.#setAside())
    let aside = `${stem}.${time}.jsonl`
    for (let number = 2; taken.has(aside); number++) aside = `${stem}.${time}-${number}.jsonl`
    await rename(this.#path, aside)
    this.#endsClean = undefined
    const files = await this.#setAside()
    await Promise.all(files.slice(0, -this.#options.keptFiles).map((file) => rm(file, { force: true })))
  }

  /** Oldest first. */
  async #setAside(): Promise<readonly string[]> {
    const folder = dirname(this.#path)
    const stem = basename(this.#path, '.jsonl')
    const names = await readdir(folder).catch(() => [])
    return names
      .filter((name) => name.startsWith(`${stem}.`) && name.endsWith('.jsonl') && name !== `${stem}.jsonl`)
      .sort()
      .map((name) => join(folder, name))
  }
}

const cutToNumber = (what: string): string => /^\S+(?: \d+)?/.exec(what)?.[0] ?? ''

const trimmed = (entry: AuditEntry): AuditEntry => ({
  ...entry,
  who: { key: entry.who.key.slice(0, 2 * MAX_NAME_CHARS), name: entry.who.name.slice(0, MAX_NAME_CHARS) },
  what: entry.what.slice(0, MAX_WHAT_CHARS),
})

const readEntries = async (path: string): Promise<readonly AuditEntry[]> =>
  readJsonLines(await readFile(path, 'utf8').catch(() => ''), storedEntry)

async function endsClean(path: string): Promise<boolean> {
  const text = await readFile(path).catch(() => Buffer.alloc(0))
  return text.length === 0 || text.at(-1) === 0x0a
}
