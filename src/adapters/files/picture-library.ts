import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import type { Log, PictureSource } from '../../model/ports.js'
import { readPictureHeader } from './picture-header.js'

export interface PictureLibraryOptions {
  readonly knowledgeDir: string
  /** Our own drawings, named as the guide's files are. */
  readonly illustrationsDir: string
  /** Origin of the documentation site, e.g. `https://docs.example.com`; null: nothing is fetched. */
  readonly docsSite: string | null
  readonly cacheDir: string
  /** How long the site may take for one picture; default 10 s. */
  readonly fetchTimeoutMs?: number
}

interface Picture {
  readonly bytes: Uint8Array
  readonly fileName: string
}

const MAX_BYTES = 5 * 1024 * 1024 // WeChat takes more, a phone on a train does not
const FETCH_TIMEOUT_MS = 10_000
const RETRY_AFTER_MS = 10 * 60_000

/** Finds a guide picture: the operator's file, else the documentation site's, else our own illustration. */
export class PictureLibrary implements PictureSource {
  readonly #options: PictureLibraryOptions
  readonly #log: Log
  readonly #failedAtMs = new Map<string, number>()
  readonly #fetching = new Map<string, Promise<Picture | undefined>>()

  constructor(options: PictureLibraryOptions, log: Log) {
    this.#options = options
    this.#log = log
  }

  async load(path: string): Promise<Picture | undefined> {
    const { knowledgeDir, illustrationsDir } = this.#options
    return (
      (await readPicture(knowledgeDir, path)) ??
      (await this.#fromSite(path)) ??
      (await readPicture(illustrationsDir, basename(path)))
    )
  }

  async #fromSite(path: string): Promise<Picture | undefined> {
    const { docsSite } = this.#options
    if (docsSite === null || !path.startsWith('/')) return undefined
    // Several askers at once wait for one fetch.
    const fetching = this.#fetching.get(path) ?? this.#keptOrFetched(path, docsSite)
    this.#fetching.set(path, fetching)
    return fetching.finally(() => this.#fetching.delete(path))
  }

  async #keptOrFetched(path: string, docsSite: string): Promise<Picture | undefined> {
    const digest = createHash('sha256').update(docsSite + path)
    const cached = `${digest.digest('hex')}${extensionOf(path)}`
    const kept = await readPicture(this.#options.cacheDir, cached)
    if (kept) return { bytes: kept.bytes, fileName: safeName(path, kept.bytes) }
    const failedAtMs = this.#failedAtMs.get(path)
    if (failedAtMs !== undefined && performance.now() - failedAtMs < RETRY_AFTER_MS) return undefined
    return this.#fetch(path, { docsSite, cached })
  }

  async #fetch(path: string, { docsSite, cached }: { docsSite: string; cached: string }): Promise<Picture | undefined> {
    try {
      const bytes = await fetchPicture(path, docsSite, this.#options.fetchTimeoutMs ?? FETCH_TIMEOUT_MS)
      await this.#keep(cached, bytes)
      return { bytes, fileName: safeName(path, bytes) }
    } catch (error) {
      this.#failedAtMs.set(path, performance.now())
      this.#log.warn({ picture: path, error: messageOf(error) }, 'picture not fetched')
      return undefined
    }
  }

  async #keep(name: string, bytes: Uint8Array): Promise<void> {
    const { cacheDir } = this.#options
    try {
      await mkdir(cacheDir, { recursive: true })
      await writeFile(join(cacheDir, `${name}.tmp`), bytes)
      await rename(join(cacheDir, `${name}.tmp`), join(cacheDir, name))
    } catch (error) {
      // A full disk is no reason to keep the picture from the asker.
      this.#log.warn({ picture: name, error: messageOf(error) }, 'picture not kept')
    }
  }
}

async function fetchPicture(path: string, docsSite: string, timeoutMs: number): Promise<Uint8Array> {
  const url = new URL(path, docsSite)
  if (url.origin !== new URL(docsSite).origin) throw new Error('the picture lies outside the documentation site')
  // Not AbortSignal.timeout: nothing holds that signal once fetch has answered, and a collected one never fires.
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new Error('the site took too long')), timeoutMs)
  try {
    // A redirect could lead anywhere, so none is followed.
    const response = await fetch(url, { redirect: 'error', signal: abort.signal })
    if (!response.ok || !response.body) throw new Error(`the site answered ${response.status}`)
    return await readBody(response.body)
  } finally {
    clearTimeout(timer)
  }
}

async function readBody(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error(`the picture is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (!typeOf(bytes)) throw new Error('what the site sent is no picture')
  return bytes
}

/** Reads a picture below `dir`; anything else, also behind a link that leads out, is not there. */
async function readPicture(dir: string, path: string): Promise<Picture | undefined> {
  const root = resolve(dir)
  const wanted = resolve(root, `.${sep}${path}`)
  if (!wanted.startsWith(root + sep)) return undefined
  try {
    if (!(await realpath(wanted)).startsWith((await realpath(root)) + sep)) return undefined
    const kind = await stat(wanted)
    // A pipe would be read for ever.
    if (!kind.isFile() || kind.size > MAX_BYTES) return undefined
    const bytes = await readFile(wanted)
    return typeOf(bytes) ? { bytes, fileName: safeName(path, bytes) } : undefined
  } catch {
    return undefined // not there, or a folder: the next source may have it
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The ending decides how WeChat shows a file, so it follows the bytes, not the name. */
const safeName = (path: string, bytes: Uint8Array): string =>
  basename(path).replace(/\.[^.]*$/, '') + (typeOf(bytes) ?? '.png')

const extensionOf = (path: string): string => /\.[a-z]{3,4}$/i.exec(path)?.[0].toLowerCase() ?? '.png'

/** WeChat shows no WebP. */
function typeOf(bytes: Uint8Array): '.png' | '.jpg' | '.gif' | undefined {
  const extension = readPictureHeader(bytes)?.extension
  return extension === '.webp' ? undefined : extension
}
