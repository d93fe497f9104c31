import { createHash } from 'node:crypto'
import { access, mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { messageOf } from '../base/text.js'
import type { PictureFile } from '../model/chat.js'
import type { Log, PictureSource } from '../model/ports.js'

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

const MAX_BYTES = 5 * 1024 * 1024 // WeChat takes more, a phone on a train does not
const FETCH_TIMEOUT_MS = 10_000
const RETRY_AFTER_MS = 10 * 60_000

/** Finds a guide picture: the operator's file, else the documentation site's, else our own illustration. */
export class PictureLibrary implements PictureSource {
  readonly #options: PictureLibraryOptions
  readonly #log: Log
  readonly #failedAtMs = new Map<string, number>()
  readonly #fetching = new Map<string, Promise<PictureFile | undefined>>()

  constructor(options: PictureLibraryOptions, log: Log) {
    this.#options = options
    this.#log = log
  }

  async load(path: string): Promise<PictureFile | undefined> {
    const { knowledgeDir, illustrationsDir } = this.#options
    return (
      (await readPicture(knowledgeDir, path)) ??
      (await this.#fromSite(path)) ??
      (await readPicture(illustrationsDir, basename(path)))
    )
  }

  async #fromSite(path: string): Promise<PictureFile | undefined> {
    const { docsSite } = this.#options
    if (docsSite === null || !path.startsWith('/')) return undefined
    // Several askers at once wait for one fetch.
    const fetching = this.#fetching.get(path) ?? this.#keptOrFetched(path, docsSite)
    this.#fetching.set(path, fetching)
    return fetching.finally(() => this.#fetching.delete(path))
  }

  async #keptOrFetched(path: string, docsSite: string): Promise<PictureFile | undefined> {
    const digest = createHash('sha256').update(docsSite + path)
    const cached = `${digest.digest('hex')}${extensionOf(path)}`
    const kept = await readPicture(this.#options.cacheDir, cached)
    if (kept) return { bytes: kept.bytes, fileName: safeName(path, kept.bytes) }
    const failedAtMs = this.#failedAtMs.get(path)
    if (failedAtMs !== undefined && performance.now() - failedAtMs < RETRY_AFTER_MS) return undefined
    return this.#fetch(path, { docsSite, cached })
  }

  async #fetch(
    path: string,
    { docsSite, cached }: { docsSite: string; cached: string },
  ): Promise<PictureFile | undefined> {
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
async function readPicture(dir: string, path: string): Promise<PictureFile | undefined> {
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

/** The ending decides how WeChat shows a file, so it follows the bytes, not the name. */
const safeName = (path: string, bytes: Uint8Array): string =>
  basename(path).replace(/\.[^.]*$/, '') + (typeOf(bytes) ?? '.png')

const extensionOf = (path: string): string => /\.[a-z]{3,4}$/i.exec(path)?.[0].toLowerCase() ?? '.png'

/** WeChat shows no WebP. */
function typeOf(bytes: Uint8Array): '.png' | '.jpg' | '.gif' | undefined {
  const extension = readPictureHeader(bytes)?.extension
  return extension === '.webp' ? undefined : extension
}

interface PictureFolders {
  readonly knowledgeDir: string
  readonly illustrationsDir: string
}

/** Those of the pictures that lie neither in the guide's folder nor among our illustrations. */
export async function absentPictures(
  paths: readonly string[],
  { knowledgeDir, illustrationsDir }: PictureFolders,
): Promise<ReadonlySet<string>> {
  const absent = new Set<string>()
  for (const path of paths) {
    const places = [join(resolve(knowledgeDir), path), join(illustrationsDir, basename(path))]
    const isThere = await Promise.any(places.map((place) => access(place))).then(
      () => true,
      () => false,
    )
    if (!isThere) absent.add(path)
  }
  return absent
}

/** What the first bytes of a picture tell. */
export interface PictureHeader {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  /** With the dot. */
  readonly extension: '.png' | '.jpg' | '.gif' | '.webp'
  /** In pixels. */
  readonly width: number
  readonly height: number
}

/** A long screenshot of a phone is some 1,300 × 20,000. */
const MAX_SIDE = 30_000
/** Twice a phone's camera. Decoded, a pixel takes four bytes: a few kilobytes may well stand for gigabytes. */
const MAX_PIXELS = 64_000_000
/** A JPEG's size stands behind its metadata, which may hold a thumbnail. */
const MAX_JPEG_SEGMENTS = 500

/**
 * Tells a picture by its first bytes, because names and declared types are the sender's claim, and refuses what would be
 * too large once decoded, without decoding anything.
 *
 * @returns undefined for what is no picture, cut short within its header, or too large
 */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const header = readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view)
    return header && isFit(header) ? header : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined // cut short
    throw error
  }
}

const isFit = ({ width, height }: PictureHeader): boolean =>
  width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS

function hasText(view: DataView, text: string, at = 0): boolean {
  return (
    view.byteLength >= at + text.length && [...text].every((char, i) => view.getUint8(at + i) === char.charCodeAt(0))
  )
}

function readPng(view: DataView): PictureHeader | undefined {
  if (!hasText(view, '\x89PNG\r\n\x1a\n')) return undefined
  // The standard wants the size in the very first chunk.
  if (!hasText(view, 'IHDR', 12)) return undefined
  return { mediaType: 'image/png', extension: '.png', width: view.getUint32(16), height: view.getUint32(20) }
}

function readGif(view: DataView): PictureHeader | undefined {
  if (!hasText(view, 'GIF87a') && !hasText(view, 'GIF89a')) return undefined
  return { mediaType: 'image/gif', extension: '.gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function readWebp(view: DataView): PictureHeader | undefined {
  if (!hasText(view, 'RIFF') || !hasText(view, 'WEBP', 8)) return undefined
  const size = webpSize(view)
  return size && { mediaType: 'image/webp', extension: '.webp', ...size }
}

/** Lossy, lossless and extended files keep their size each in a way of their own. */
function webpSize(view: DataView): { readonly width: number; readonly height: number } | undefined {
  const uint24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536
  if (hasText(view, 'VP8X', 12)) return { width: uint24(24) + 1, height: uint24(27) + 1 }
  if (hasText(view, 'VP8 ', 12)) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  if (!hasText(view, 'VP8L', 12)) return undefined
  const bits = view.getUint32(21, true)
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}

function readJpeg(view: DataView): PictureHeader | undefined {
  if (!hasText(view, '\xff\xd8\xff')) return undefined
  let at = 2
  for (let segments = 0; segments < MAX_JPEG_SEGMENTS; segments++) {
    while (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xff) at++
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (isFrame(marker)) {
      return {
        mediaType: 'image/jpeg',
        extension: '.jpg',
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
      }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** SOF0 to SOF15 without the tables (DHT, JPG, DAC) that stand among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/**
 * What a camera writes beside a picture: where and when it was taken, with which device. A colleague's snapshot goes to
 * customers without it. Pixels stay as they are; which way up the picture is, too.
 */
export function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const picture = Buffer.from(bytes)
  if (picture.subarray(0, 2).equals(JPEG)) return jpegWithout(picture)
  return picture.subarray(0, 8).equals(PNG) ? pngWithout(picture) : bytes
}

const JPEG: Buffer = Buffer.from([0xff, 0xd8])
const PNG: Buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Text, time and EXIF; colours and transparency stay. */
const TELLING_CHUNKS = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'eXIf'])
const SCAN = 0xda
const COMMENT = 0xfe
const EXIF = 0xe1

function pngWithout(picture: Buffer): Uint8Array {
  const kept: Buffer[] = [PNG]
  for (let at = 8; at + 12 <= picture.length; ) {
    const end = at + 12 + picture.readUInt32BE(at)
    if (!TELLING_CHUNKS.has(picture.toString('latin1', at + 4, at + 8))) kept.push(picture.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}

/** JFIF (0), colour profile (2) and Adobe's colours (14) decide what is seen; all other application data goes. */
const isTelling = (marker: number): boolean =>
  marker === COMMENT || (marker >= 0xe0 && marker <= 0xef && ![0xe0, 0xe2, 0xee].includes(marker))

function jpegWithout(picture: Buffer): Uint8Array {
  const kept: Buffer[] = []
  let orientation = 1
  let at = 2
  while (at + 4 <= picture.length && picture[at] === 0xff && picture[at + 1] !== SCAN) {
    const marker = picture[at + 1]!
    const end = at + 2 + picture.readUInt16BE(at + 2)
    if (end > picture.length) return picture
    const segment = picture.subarray(at, end)
    if (marker === EXIF) orientation = orientationIn(segment) ?? orientation
    if (!isTelling(marker)) kept.push(segment)
    at = end
  }
  const upright = orientation === 1 ? [] : [exifOf(orientation)]
  return Buffer.concat([JPEG, ...upright, ...kept, picture.subarray(at)])
}

const ORIENTATION_TAG = 0x0112
const EXIF_HEAD = 'Exif\0\0'

/** 1..8, as cameras are held; undefined where the segment does not say. */
function orientationIn(segment: Buffer): number | undefined {
  const tiff = segment.subarray(10)
  if (segment.toString('latin1', 4, 10) !== EXIF_HEAD || tiff.length < 14) return undefined
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (start + 2 > tiff.length) return undefined
  for (let index = 0; index < short(start); index++) {
    const entry = start + 2 + index * 12
    if (entry + 12 > tiff.length) return undefined
    if (short(entry) !== ORIENTATION_TAG) continue
    const value = short(entry + 8)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

/** A segment that tells nothing else. */
function exifOf(orientation: number): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('MM', 0, 'latin1')
  tiff.writeUInt16BE(42, 2)
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(ORIENTATION_TAG, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  const head = Buffer.from([0xff, EXIF, 0, 0, ...Buffer.from(EXIF_HEAD, 'latin1')])
  head.writeUInt16BE(head.length - 2 + tiff.length, 2)
  return Buffer.concat([head, tiff])
}
