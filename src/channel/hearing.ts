import PQueue from 'p-queue'
import { BoundedMap } from '../base/bounded-map.js'
import { globPattern, messageOf } from '../base/text.js'
import { MINUTE_MS } from '../base/time.js'
import { readPictureHeader } from '../knowledge/pictures.js'
import type { HeardPicture } from '../model/chat.js'
import type { HeardIds, Log, Outgoing } from '../model/ports.js'

/** A message that has come in and is still being read. */
export interface Arrival<M> {
  readonly id: string
  /** The group or the partner of a direct chat. */
  readonly placeId: string
  /** As people see it, in whole seconds or finer; milliseconds since the epoch. */
  readonly sentAtMs: number
  /** Rises with every message on the wire. */
  readonly wirePlace: number
  /** Resolves to undefined when it can't be read. */
  readonly read: () => Promise<M | undefined>
}

export interface HearingOptions<M> {
  readonly heardIds: HeardIds
  /** How long messages of one place wait for others that were said before them. */
  readonly holdMs: number
  readonly deliver: (message: M) => void
}

interface Entry<M> {
  readonly arrival: Arrival<M>
  readonly message: Promise<M | undefined>
}

interface Waiting<M> {
  readonly entries: Entry<M>[]
  readonly timer: NodeJS.Timeout
}

/**
 * Hands on each message once, in the order in which people see them in a place: by the second in which they were said,
 * within one second as they came over the wire.
 */
export class Hearing<M> {
  readonly #options: HearingOptions<M>
  readonly #waiting = new Map<string, Waiting<M>>()
  readonly #tails = new Map<string, Promise<void>>()

  constructor(options: HearingOptions<M>) {
    this.#options = options
  }

  hear(arrival: Arrival<M>): void {
    // Noted before it is read: what comes three times at once is no less one message.
    if (!this.#options.heardIds.add(arrival.id)) return
    const waiting = this.#waiting.get(arrival.placeId)
    const entry = { arrival, message: arrival.read() }
    if (waiting) waiting.entries.push(entry)
    else {
      const timer = setTimeout(() => this.#release(arrival.placeId), this.#options.holdMs)
      this.#waiting.set(arrival.placeId, { entries: [entry], timer })
    }
  }

  /** Resolves when all that was heard has been handed on, without waiting for anything more to come. */
  async flush(): Promise<void> {
    for (const placeId of [...this.#waiting.keys()]) this.#release(placeId)
    await Promise.all(this.#tails.values())
  }

  #release(placeId: string): void {
    const { entries = [], timer } = this.#waiting.get(placeId) ?? {}
    clearTimeout(timer)
    this.#waiting.delete(placeId)
    entries.sort(({ arrival: a }, { arrival: b }) => a.sentAtMs - b.sentAtMs || a.wirePlace - b.wirePlace)
    const before = this.#tails.get(placeId) ?? Promise.resolve()
    const tail = before.then(() => this.#deliver(entries))
    this.#tails.set(placeId, tail)
    void tail.then(() => {
      if (this.#tails.get(placeId) === tail) this.#tails.delete(placeId)
    })
  }

  async #deliver(entries: readonly Entry<M>[]): Promise<void> {
    for (const { message } of entries) {
      const read = await message
      if (read !== undefined) this.#options.deliver(read)
    }
  }
}

/** Of a picture; larger ones are left where they are. */
export const MAX_PICTURE_BYTES = 10 * 1024 * 1024
/** One of the largest or some eighty common ones, so that busy groups don't make the bot grow. */
const MAX_KEPT_BYTES = MAX_PICTURE_BYTES
/** A message waits no longer for its picture. */
const PATIENCE_MS = 5_000

/** Fetches pictures at once, because networks forget them, and keeps the latest in memory. */
export class HeardPictures {
  readonly #log: Log
  // Each download is held in memory whole before anybody knows how large it is.
  readonly #downloads = new PQueue({ concurrency: 2 })
  readonly #kept = new Map<string, Uint8Array>()
  #keptBytes = 0

  constructor(log: Log) {
    this.#log = log
  }

  /**
   * @param load brings the bytes, from wherever the network keeps them
   * @returns undefined when there is no picture to be had in time; never throws
   */
  async fetch(messageId: string, load: () => Promise<Uint8Array>): Promise<HeardPicture | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
    })
    try {
      return await Promise.race([this.#downloads.add(() => this.#download(messageId, load)), late])
    } catch (error) {
      const reason = messageOf(error)
      this.#log.warn({ messageId, error: reason }, 'picture not fetched')
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  async #download(messageId: string, load: () => Promise<Uint8Array>): Promise<HeardPicture | undefined> {
    const bytes = await load()
    const mime = readPictureHeader(bytes)?.mediaType
    if (mime === undefined || bytes.length > MAX_PICTURE_BYTES) {
      this.#log.warn({ messageId, byteCount: bytes.length, mime }, 'not a picture, or too large')
      return undefined
    }
    this.#keep(messageId, bytes)
    return { mime, byteCount: bytes.length, bytes: () => this.#kept.get(messageId) }
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

interface Said {
  readonly placeId: string
  /** undefined for a picture. */
  readonly text: string | undefined
  readonly atMs: number
}

/** Some puppets hand back what they have sent, WeChat's own clients within seconds. */
const ECHO_MS = 30_000
const KEPT = 200

/** Tells what the bot has said from what the account's owner writes by hand: both come from the same account. */
export class OwnWords {
  #said: readonly Said[] = []

  /** To be called before a bubble goes out: its echo may be faster than the answer. */
  note(placeId: string, bubble: Outgoing): void {
    const text = bubble.kind === 'text' ? bubble.text : undefined
    this.#said = [...this.#said.slice(1 - KEPT), { placeId, text, atMs: performance.now() }]
  }

  /** Whether these words from our account are an echo; each bubble has at most one. */
  takeEcho({ placeId, text }: { readonly placeId: string; readonly text: string | undefined }): boolean {
    const oldestMs = performance.now() - ECHO_MS
    const echoed = this.#said.find(
      (said) => said.placeId === placeId && said.atMs > oldestMs && isEchoOf(said.text, text),
    )
    this.#said = this.#said.filter((said) => said !== echoed)
    return echoed !== undefined
  }
}

/** A mention may stand before the text. */
const isEchoOf = (said: string | undefined, heard: string | undefined): boolean =>
  said === undefined || heard === undefined ? said === heard : squeeze(heard).endsWith(squeeze(said))

const squeeze = (text: string): string => text.replace(/\s+/g, '')

/** For so long who bears a colleague's name is not interrupted. */
const QUIET_MS = 10 * MINUTE_MS
const QUIET_PEOPLE = 5_000

/**
 * Who may be a colleague by name, at this moment: for some minutes only, as a customer may bear the same name, and a
 * colleague can be made known by more than that.
 */
export class QuietNames {
  readonly #patterns: readonly RegExp[]
  readonly #sinceMs = new BoundedMap<string, number>(QUIET_PEOPLE)

  /** @param names `*` stands for anything */
  constructor(names: readonly string[]) {
    this.#patterns = names.map(globPattern)
  }

  isQuiet(sight: {
    readonly placeKey: string
    readonly personKey: string
    readonly names: readonly string[]
  }): boolean {
    if (!sight.names.some((name) => this.#patterns.some((pattern) => pattern.test(name)))) return false
    const key = `${sight.placeKey}\n${sight.personKey}`
    const sinceMs = this.#sinceMs.get(key) ?? performance.now()
    this.#sinceMs.set(key, sinceMs)
    return performance.now() - sinceMs < QUIET_MS
  }
}
