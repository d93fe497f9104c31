import { accessSync, type FSWatcher, watch } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { KnowledgeError } from '../errors.js'
import { errorAt, type SourceFile } from '../model/knowledge.js'
import { THEMES } from '../model/language.js'
import type { Log } from '../model/ports.js'

/** One that was found in the authors' folders. */
export type AuthorsFile = Required<SourceFile>

/** What the bot was taught in the chat comes last. */
export interface AuthorsFiles {
  readonly guides: readonly AuthorsFile[]
  /** `categories.yaml` and `rejections.yaml` beside the guides. */
  readonly tables: readonly AuthorsFile[]
  readonly intents: readonly AuthorsFile[]
}

const MAX_FILE_BYTES = 5 * 1024 * 1024
const GUIDE = /\.mdx?$/i
const INTENT = /\.ya?ml$/i
const TABLE = /^(?:categories|rejections)\.ya?ml$/i
// Drafts, editors' leftovers and folders such as `.git`.
const LEFT_OUT = /^[._]/

export interface FolderPaths {
  readonly knowledgeDir: string
  readonly intentsDir: string
  /** Utterances taught in the chat, in the format of the intents; need not be there. */
  readonly learnedDir?: string
}

/** The folders that authors write in. Reads them afresh every time. */
export class KnowledgeFolder {
  readonly #knowledgeDir: string
  readonly #intentsDir: string
  readonly #learnedDir: string | undefined

  constructor({ knowledgeDir, intentsDir, learnedDir }: FolderPaths) {
    this.#knowledgeDir = resolve(knowledgeDir)
    this.#intentsDir = resolve(intentsDir)
    this.#learnedDir = learnedDir === undefined ? undefined : resolve(learnedDir)
  }

  /**
   * All guides (`.md`, `.mdx`, nested folders too) and intent files, each sorted by name.
   *
   * @throws KnowledgeError when a folder or file can't be read
   */
  async read(): Promise<AuthorsFiles> {
    const learned = await this.readLearned()
    return {
      guides: [...(await readAll(this.#knowledgeDir, GUIDE, 'knowledge')), ...learned.guides],
      tables: await readAll(this.#knowledgeDir, TABLE, 'knowledge'),
      intents: [...(await readAll(this.#intentsDir, INTENT, 'intents')), ...learned.intents],
    }
  }

  /** @throws KnowledgeError when the folder is there and can't be read */
  async readLearned(): Promise<AuthorsFiles> {
    const root = this.#learnedDir
    const isThere = root !== undefined && (await stat(root).then(Boolean, isPresent))
    if (!isThere) return { guides: [], tables: [], intents: [] }
    return { guides: await readAll(root, GUIDE, LEARNED), tables: [], intents: await readAll(root, INTENT, LEARNED) }
  }
}

/**
 * Adds the language that comes with the program, as far as the authors have no files of their own: a folder of intents
 * or a release may be older than it.
 *
 * @throws KnowledgeError when a theme is nowhere to be found
 */
export async function withShippedLanguage(files: AuthorsFiles): Promise<AuthorsFiles> {
  const known = new Set(files.intents.map(({ kept }) => kept))
  if (THEMES.every((theme) => known.has(keptAs(theme)))) return files
  const shipped = await readAll(SHIPPED_LANGUAGE, INTENT, 'intents/language')
  const missing = THEMES.find(
    (theme) => !known.has(keptAs(theme)) && !shipped.some(({ kept }) => kept === keptAs(theme)),
  )
  if (missing !== undefined) throw refusal(join(SHIPPED_LANGUAGE, `${missing}.yaml`), NO_LANGUAGE)
  return { ...files, intents: [...files.intents, ...shipped.filter(({ kept }) => !known.has(kept))] }
}

const LEARNED = 'learned'
const SHIPPED_LANGUAGE = join(import.meta.dirname, '../../intents/language')
const keptAs = (theme: string): string => `intents/language/${theme}.yaml`
const isPresent = (error: NodeJS.ErrnoException): boolean => error.code !== 'ENOENT'

async function readAll(root: string, wanted: RegExp, kept: string): Promise<readonly AuthorsFile[]> {
  const realRoot = await orRefuse(root, NO_FOLDER, () => realpath(root))
  const paths: string[] = []
  await walk(root, { wanted, realRoot, seen: new Set(), found: paths })
  return Promise.all(
    paths.sort().map(async (path) => ({
      ...(await readOne(path)),
      kept: `${kept}/${relative(root, path).replaceAll(sep, '/')}`,
    })),
  )
}

interface Walk {
  readonly wanted: RegExp
  readonly realRoot: string
  /** Real paths of folders, so that links in a circle come to an end. */
  readonly seen: Set<string>
  readonly found: string[]
}

async function walk(folder: string, state: Walk): Promise<void> {
  const real = await realpath(folder)
  if (state.seen.has(real)) return
  state.seen.add(real)
  const names = await orRefuse(folder, NO_FOLDER, () => readdir(folder))
  for (const name of names.sort()) {
    if (LEFT_OUT.test(name)) continue
    const path = join(folder, name)
    const target = await realpath(path).catch(() => undefined)
    // A link that leads nowhere, or out of the folder: not the author's text.
    if (target === undefined || !isInside(target, state.realRoot)) continue
    const kind = await stat(target)
    if (kind.isDirectory()) await walk(path, state)
    else if (kind.isFile() && state.wanted.test(name)) state.found.push(path)
  }
}

const isInside = (path: string, root: string): boolean => path === root || path.startsWith(root + sep)

async function readOne(path: string): Promise<Omit<AuthorsFile, 'kept'>> {
  const { size } = await orRefuse(path, NO_FILE, () => stat(path))
  if (size > MAX_FILE_BYTES) throw refusal(path, TOO_LARGE)
  const text = await orRefuse(path, NO_FILE, () => readFile(path, 'utf8'))
  return { file: nameOf(path), text }
}

interface Complaint {
  readonly message: string
  readonly remedy: string
}

const NO_FOLDER: Complaint = { message: '文件夹打不开', remedy: '检查路径和权限' }
const NO_FILE: Complaint = { message: '文件打不开', remedy: '检查权限' }
const NO_LANGUAGE: Complaint = { message: '缺少这个语言文件', remedy: '从程序自带的 intents/language 拷过来' }
const TOO_LARGE: Complaint = { message: '文件超过 5 MB', remedy: '分成几个小文件，图片不要放进正文' }

async function orRefuse<Result>(path: string, complaint: Complaint, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch {
    throw refusal(path, complaint)
  }
}

const refusal = (path: string, { message, remedy }: Complaint): KnowledgeError =>
  new KnowledgeError([errorAt({ file: nameOf(path) }, message, remedy)])

function nameOf(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || near === '' ? path : near.replaceAll(sep, '/')
}

interface WatchOptions {
  readonly folders: readonly string[]
  readonly onChange: () => void
  /** Editors write in several steps, and a checkout changes many files: so long nothing may happen. Default 0.6 s. */
  readonly quietMs?: number
  readonly log: Log
}

// What an editor does to save a file (write beside, rename, touch) takes some 50 ms.
const QUIET_MS = 600
const AUTHORED = /\.(?:mdx?|ya?ml)$/i
// Drafts, swap files and lock files of editors begin with one of these; what vim, Emacs and the like leave beside a
// file ends otherwise than an authored one.
const EDITORS_OWN = /(?:^|[/\\])[._#~]/

/** Whether a change of this file is an author's. @param name relative to the watched folder */
export const isAuthored = (name: string): boolean => AUTHORED.test(name) && !EDITORS_OWN.test(name)

/** Calls once after a burst of changes. A folder that can't be watched is told in the log. @returns what ends it */
export function watchFolders({ folders, onChange, quietMs = QUIET_MS, log }: WatchOptions): () => void {
  let timer: NodeJS.Timeout | undefined
  const note = (name: string | null): void => {
    if (name !== null && !isAuthored(name.replaceAll(sep, '/'))) return
    clearTimeout(timer)
    timer = setTimeout(onChange, quietMs)
  }
  const watchers = folders.flatMap((folder): readonly FSWatcher[] => {
    const tell = (error: Error): void => log.warn({ folder, error: error.message }, 'folder is not watched')
    try {
      // From Node 24 on, a recursive watch says nothing about a folder that isn't there.
      accessSync(folder)
      const watcher = watch(folder, { recursive: true, persistent: false }, (_event, name) => note(name))
      return [watcher.on('error', tell)]
    } catch (error) {
      tell(error as Error)
      return []
    }
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
