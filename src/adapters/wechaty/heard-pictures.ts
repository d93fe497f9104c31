import PQueue from 'p-queue'
import type { Message } from 'wechaty'
import type { HeardPicture } from '../../model/message.js'
import type { Log } from '../../model/ports.js'
import { readPictureHeader } from '../files/picture-header.js'

const MAX_BYTES = 10 * 1024 * 1024
/** One of the largest or some eighty common ones, so that busy groups don't make the bot grow. */
const MAX_KEPT_BYTES = MAX_BYTES
/** A message waits no longer for its picture. */
const PATIENCE_MS = 5_000

/** Fetches pictures at once, because WeChat forgets them, and keeps the latest in memory. */
export class HeardPictures {
  readonly #log: Log
  // Each download is held in memory whole before anybody knows how large it is.
  readonly #downloads = new PQueue({ concurrency: 2 })
  readonly #kept = new Map<string, Uint8Array>()
  #keptBytes = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** @returns undefined when there is no picture to be had in time; never throws */
  async fetch(message: Message): Promise<HeardPicture | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
    })
    try {
      return await Promise.race([this.#downloads.add(() => this.#download(message)), late])
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.warn({ messageId: message.id, error: reason }, 'picture not fetched')
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  async #download(message: Message): Promise<HeardPicture | undefined> {
    const file = await message.toFileBox()
    const bytes = new Uint8Array(await file.toBuffer())
    const mime = readPictureHeader(bytes)?.mediaType
    if (mime === undefined || bytes.length > MAX_BYTES) {
      this.#log.warn({ messageId: message.id, byteCount: bytes.length, mime }, 'not a picture, or too large')
      return undefined
    }
    this.#keep(message.id, bytes)
    return { mime, byteCount: bytes.length, bytes: () => this.#kept.get(message.id) }
  }

  #keep(messageId: string, bytes: Uint8Array): void {
    if (this.#kept.has(messageId)) return
    this.#kept.set(messageId, bytes)
    this.#keptBytes += bytes.length
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= MAX_KEPT_BYTES) break
      this.#kept.delete(oldest)
      this.#keptBytes -= length
    }
  }
}
