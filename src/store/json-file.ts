import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type Adapter, Low, Memory } from 'lowdb'
import type { z } from 'zod'
import { StoreError } from '../errors.js'
import type { Log } from '../model/ports.js'

const OWNER_ONLY = 0o600

/**
 * A JSON file that survives a kill at any moment: written beside, flushed to disk, then renamed over the old one.
 * lowdb's own file adapter does not flush, and loosens the file's mode.
 */
export class DurableJsonFile<T> implements Adapter<T> {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * @returns null when there is no file
   * @throws StoreError when the file is there but holds no JSON object or list; it is left as it is
   */
  async read(): Promise<T | null> {
    const text = await this.text()
    if (text === undefined) return null
    const content = parse(text)
    // lowdb takes `null`, `false`, `0` and `""` for "no file yet" and would write over it.
    if (typeof content !== 'object' || content === null) {
      throw new StoreError(fileWords.damaged(this.#path))
    }
    return content as T
  }

  /** @returns undefined when there is no file */
  protected async text(): Promise<string | undefined> {
    return readText(this.#path)
  }

  async write(data: T): Promise<void> {
    await writeDurably(this.#path, JSON.stringify(data))
  }
}

/**
 * The same for a document whose owner tries again until the disk takes it, see `LatestWrite`: what the disk refuses
 * meanwhile is what the next run begins with.
 */
export class KeptJsonFile<T> extends DurableJsonFile<T> {
  readonly #path: string

  constructor(path: string) {
    super(path)
    this.#path = path
  }

  protected override async text(): Promise<string | undefined> {
    return readKept(this.#path)
  }

  override async write(data: T): Promise<void> {
    await writeKept(this.#path, JSON.stringify(data))
  }
}

/** Text of such a document. @returns undefined when there is none @throws StoreError when it can't be read */
export const readKept = async (path: string): Promise<string | undefined> => refusedText(path) ?? (await readText(path))

/** Writes it durably; what the disk refuses is kept for the next run. @throws what the disk says */
export async function writeKept(path: string, text: string): Promise<void> {
  noteTry(path, text)
  try {
    await writeDurably(path, text)
  } catch (error) {
    if (isDiskTrouble(error)) noteRefused(path, text)
    throw error
  }
  noteWritten(path)
}

/**
 * Told of what the disk refuses, by somebody who outlives this process. `undefined`: it is on disk after all. Is told
 * before each further try as well, so that a kill right behind it leaves nothing older there than on the disk.
 */
export type TellRefused = (path: string, text: string | undefined) => void

const refused = new Map<string, string>()
let tell: TellRefused | undefined

/**
 * From here on whoever outlives this process keeps what the disk refuses, so that the next run begins with it. To be
 * called before the first document is opened, by the process of the bot alone.
 *
 * @param left what the disk has refused to earlier runs, by path
 */
export function keepRefused(left: ReadonlyMap<string, string>, by: TellRefused): void {
  for (const [path, text] of left) refused.set(path, text)
  tell = by
}

/** What is newer than the file, because the disk has refused it; undefined where the file is what there is. */
export const refusedText = (path: string): string | undefined => refused.get(path)

/** Names of the files whose latest text is not on disk. */
export const refusedFiles = (): readonly string[] => [...refused.keys()].map((path) => basename(path))

/** A document is about to be written. */
function noteTry(path: string, text: string): void {
  if (refused.has(path)) noteRefused(path, text)
}

/** The disk has refused it. Without anybody to keep it, whoever writes still has it in memory. */
export function noteRefused(path: string, text: string): void {
  if (!tell || refused.get(path) === text) return
  refused.set(path, text)
  tell(path, text)
}

/** It is on disk, or no longer wanted. */
export function noteWritten(path: string): void {
  if (refused.delete(path)) tell?.(path, undefined)
}

/** @returns undefined when there is no file @throws StoreError when it can't be read */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new StoreError(fileWords.unreadable(path, code), { cause: error })
  }
}

/** Written beside, flushed, renamed: a kill leaves the old file or the new one, never a part. For its owner alone. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`
  try {
    const file = await openInFolder(beside)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** The folder is there but for the first write. */
async function openInFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', OWNER_ONLY)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await mkdir(dirname(path), { recursive: true })
    return open(path, 'w', OWNER_ONLY)
  }
}

/** The parser's own error would quote what people wrote, so it goes no further. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a file of one JSON value a line. What a kill has cut is passed over, like whatever is of another shape. */
export const readJsonLines = <T>(text: string, schema: z.ZodType<T>): readonly T[] =>
  text.split('\n').flatMap((line) => {
    const checked = line === '' ? undefined : schema.safeParse(parse(line))
    return checked?.success ? [checked.data] : []
  })

/** The rename itself is durable only once the folder is flushed. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const TRY_AGAIN_MS = 1_000

/** What the system says, be the disk full, read-only, failing or taken away: another try may succeed. */
const isDiskTrouble = (error: unknown): boolean =>
  /^E[A-Z0-9]+$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '')

export interface Damage {
  readonly path: string
  /** Undefined when there is none that can be read. */
  readonly backup: string | undefined
  /** False when the file itself is missing. */
  readonly isThere: boolean
}

/** What an operator reads of a data file that stops the start. Nothing of what the file holds is told. */
export const fileWords = {
  unreadable: (path: string, code: string | undefined): string =>
    code === 'EISDIR' ? fileWords.isFolder(path) : `${path} 读不了（${code ?? '原因不明'}），请检查权限。`,
  noFolder: (path: string, code: string | undefined): string => {
    if (code === 'EEXIST' || code === 'ENOTDIR') return `${path} 应该是文件夹，现在是文件。请把它移开，再启动。`
    // So Node says it of a read-only disk.
    return code === 'ENOENT' ? fileWords.unwritable(path, 'EROFS') : fileWords.unreadable(path, code)
  },
  unwritable: (path: string, code: string): string =>
    `${path} 写不进去（${code}）：磁盘满了、只读，或者没有权限。请清理磁盘，或者检查挂载和权限，再启动。`,
  isFolder: (path: string): string => `${path} 应该是文件，现在是文件夹。请把它移开，再启动。`,
  newer: (path: string, version: number): string =>
    `${path} 是更新版本的程序写的（格式 ${version}），这个版本的程序读不懂，已停止启动，文件没有动过。请换回更新的程序再启动；不要用旧的备份覆盖它，会丢工单。`,
  damaged: (path: string): string => `${path} 坏了，不是完整的 JSON。请用备份恢复，或者把它移开，再启动。`,
  /** @param where path of the first value that is wrong */
  otherShape: (path: string, where: string): string =>
    `${path} 的内容不合格式${where === '' ? '' : `（在 ${where}）`}。请用备份恢复，或者把它移开，再启动。`,
  ticketsGone: (path: string): string => `${path} 里没有工单，但有备份。`,
} as const

/** What an operator reads when the ticket file can't be used, with the very commands that help. */
export function damagedTicketsWords({ path, backup, isThere }: Damage): string {
  const what = isThere ? `工单文件 ${path} 不能用，已停止启动，文件没有动过。` : `工单文件 ${path} 不见了，已停止启动。`
  if (backup === undefined) {
    return [
      what,
      '没有可用的备份。要从空的工单开始，请把它移开再启动：',
      `  mv ${quoted(path)} ${quoted(`${path}.damaged`)}`,
    ].join('\n')
  }
  return [
    what,
    `最新的可用备份是 ${backup}（备份之后的改动不在里面）。要用它恢复，请运行，然后再启动：`,
    ...(isThere ? [`  mv ${quoted(path)} ${quoted(`${path}.damaged`)}`] : []),
    `  cp ${quoted(backup)} ${quoted(path)}`,
    `要从空的工单开始，请把 ${dirname(backup)} 也移开。`,
  ].join('\n')
}

const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)

/**
 * Writes a whole document again and again: one write at a time, and however many changes come meanwhile, one more with
 * the latest of them all. On a disk that takes nothing the document stays in memory and is tried again every few
 * seconds, so that who waits for it can go on.
 */
export class LatestWrite {
  readonly #write: () => Promise<void>
  #isBehind = false
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failed: (error: unknown) => void

  /** @param failed told of writes that nobody waits for */
  constructor(write: () => Promise<void>, failed: (error: unknown) => void = () => {}) {
    this.#write = write
    this.#failed = failed
  }

  /** The disk has refused what is in memory. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /** Resolves when what is there now is on disk, or the disk takes nothing. @throws what else the write throws */
  now(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // It has not begun yet, also where the one before has just ended: two at once would take each other's file away.
    if (this.#next !== undefined) return this.#next
    if (!this.#running) return this.#start()
    // The one under way may have begun before the latest change.
    this.#next = this.#running.catch(() => {}).then(() => this.#start())
    return this.#next
  }

  /** Writes in so many milliseconds at the latest. */
  within(ms: number): void {
    if (ms <= 0) {
      this.now().catch(this.#failed)
      return
    }
    this.#timer ??= setTimeout(() => {
      this.now().catch(this.#failed)
    }, ms)
    this.#timer.unref()
  }

  /** Writes what the disk has refused to an earlier run, if there is such a thing. */
  catchUp(path: string | undefined): void {
    if (path === undefined || refusedText(path) === undefined) return
    this.#isBehind = true
    this.within(0)
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    if (this.#timer) await this.now()
    await (this.#next ?? this.#running)
  }

  #start(): Promise<void> {
    this.#next = undefined
    const running = this.#tryWrite().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }

  async #tryWrite(): Promise<void> {
    try {
      await this.#write()
      this.#isBehind = false
    } catch (error) {
      if (!isDiskTrouble(error)) throw error
      if (!this.#isBehind) this.#failed(error)
      this.#isBehind = true
      this.within(TRY_AGAIN_MS)
    }
  }
}

export interface DocumentOptions<Data> {
  /** Of the whole document. */
  readonly schema: z.ZodType<Data>
  /** What there is before anything was written. */
  readonly empty: () => Data
  /** A change is on disk within so long, together with those that come meanwhile. */
  readonly delayMs?: number
  /** Told of what could not be written, where nobody waits for it. */
  readonly log?: Pick<Log, 'error'>
}

/** Soon, but once only for a burst of changes. */
const WRITE_DELAY_MS = 300

/** Plain data in one JSON file; one process may own it. Who changes it, gives it as a whole. */
export class LowdbDocument<Data> {
  readonly #db: Low<Data>
  readonly #delayMs: number
  readonly #writes: LatestWrite

  private constructor(
    db: Low<Data>,
    { log, delayMs = WRITE_DELAY_MS }: Pick<DocumentOptions<Data>, 'log' | 'delayMs'>,
  ) {
    this.#db = db
    this.#delayMs = delayMs
    this.#writes = new LatestWrite(
      () => db.write(),
      (error) => log?.error({ error: (error as NodeJS.ErrnoException).code }, 'records not kept'),
    )
  }

  /**
   * @param path undefined: nothing is kept, for trying the bot out
   * @throws StoreError when the file is damaged or of another shape; it is left as it is
   */
  static async open<Data>(path: string | undefined, options: DocumentOptions<Data>): Promise<LowdbDocument<Data>> {
    const adapter: Adapter<Data> = path === undefined ? new Memory<Data>() : new KeptJsonFile<Data>(path)
    const db = new Low<Data>(adapter, options.empty())
    await db.read()
    const checked = options.schema.safeParse(db.data)
    if (checked.success) {
      db.data = checked.data // with what earlier versions did not write
      const document = new LowdbDocument(db, options)
      document.#writes.catchUp(path)
      return document
    }
    const where = checked.error.issues[0]?.path.join('.') ?? ''
    throw new StoreError(fileWords.otherShape(path ?? 'memory', where))
  }

  records(): Data {
    return this.#db.data
  }

  /** On disk soon. */
  keep(records: Data, withinMs = this.#delayMs): void {
    this.#db.data = records
    this.#writes.within(withinMs)
  }

  /** Resolves when the records are on disk. */
  save(records: Data): Promise<void> {
    this.#db.data = records
    return this.#writes.now()
  }

  /** Resolves when all is on disk. */
  flush(): Promise<void> {
    return this.#writes.flush()
  }
}

/** A list in a file of its own; see `LowdbDocument.open`. */
export const openRecords = <Item>(
  path: string | undefined,
  options: Omit<DocumentOptions<readonly Item[]>, 'empty'>,
): Promise<LowdbDocument<readonly Item[]>> => LowdbDocument.open(path, { ...options, empty: () => [] })
