import PQueue from 'p-queue'
import { BoundedMap } from '../base/bounded-map.js'
import { globPattern, MAX_HEARD_CHARS, messageOf, shownName, written } from '../base/text.js'
import { MINUTE_MS, withTimeout } from '../base/time.js'
import { readPictureHeader } from '../knowledge/pictures.js'
import type { HeardPicture, Quote } from '../model/chat.js'
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

export interface HearingOptions {
  readonly heardIds: HeardIds
  /** How long messages of one place wait for others that were said before them. */
  readonly holdMs: number
  readonly log: Pick<Log, 'error'>
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
  readonly #options: HearingOptions
  #listener: ((message: M) => Promise<unknown>) | undefined
  #isOpen = false
  readonly #waiting = new Map<string, Waiting<M>>()
  readonly #tails = new Map<string, Promise<void>>()

  constructor(options: HearingOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** @param listener is not waited for: what is said next may be about this very message */
  open(listener: (message: M) => Promise<unknown>): void {
    this.#listener = listener
    this.#isOpen = true
  }

  hear(arrival: Arrival<M>): void {
    // Noted before it is read: what comes three times at once is no less one message.
    if (!this.#options.heardIds.add(arrival.id)) return
    const waiting = this.#waiting.get(arrival.placeId)
    const entry = { arrival, message: arrival.read().catch((error) => this.#notUnderstood(arrival, error)) }
    if (waiting) waiting.entries.push(entry)
    else {
      const timer = setTimeout(() => this.#release(arrival.placeId), this.#options.holdMs)
      this.#waiting.set(arrival.placeId, { entries: [entry], timer })
    }
  }

  /** Resolves when all that was heard has been handed on, without waiting for anything more to come. */
  async close(): Promise<void> {
    this.#isOpen = false
    for (const placeId of [...this.#waiting.keys()]) this.#release(placeId)
    await Promise.all(this.#tails.values())
    this.#listener = undefined
  }

  /** Hands on nothing more, whatever was heard. */
  end(): void {
    this.#isOpen = false
    this.#listener = undefined
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
    for (const { arrival, message } of entries) {
      const read = await message
      if (read !== undefined) this.#listener?.(read).catch((error) => this.#notUnderstood(arrival, error))
    }
  }

  #notUnderstood({ id }: Arrival<M>, error: unknown): undefined {
    this.#options.log.error({ messageId: id, error: messageOf(error) }, 'message not understood')
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
    try {
      return await withTimeout(
        this.#downloads.add(() => this.#download(messageId, load)),
        PATIENCE_MS,
      )
    } catch (error) {
      const reason = messageOf(error)
      this.#log.warn({ messageId, error: reason }, 'picture not fetched')
      return undefined
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

export interface BotNames {
  /** Every name that a mention of the bot may carry: nick and group display name. */
  readonly names: readonly string[]
  /** Names that the bot shares with another member: a mention of those is for nobody in particular. */
  readonly shared?: readonly string[]
}

export interface ReadText {
  /** New part, the bot's mention removed. */
  readonly text: string
  readonly quote?: Quote
  readonly addressedToBot: boolean
  readonly mentionsOthers: boolean
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
}
const MAX_NAME_CHARS = 100
// Escaped, and with emoji as HTML, a text grows to a dozen times its length.
const MAX_ESCAPED_FACTOR = 12
const QUOTE_RULE = /」\s*\n(?:- ?){6,}\n?/
const QUOTE_SPEAKER = /^「([^\n:：]*)[:：]/
const EMOJI_SPAN = /<span class="emoji emoji([0-9a-f]+)"><\/span>/g
const EVERYBODY = /^(?:所有人|all(?![a-z0-9_]))/i
/** The domain of an e-mail address, from its `@` on. */
const DOMAIN = /@[\w-]+(?:\.[\w-]+)+/y
/** What is left of a longer name: WeChat puts U+2005 behind the whole of it. */
const LONGER_NAME = /[^@\s]+\u2005/y

/** Undoes what Web WeChat does to a text; `&amp;` last, so that nothing is unescaped twice. */
export function unescapeText(text: string): string {
  return written(
    text
      .slice(0, 2 * MAX_HEARD_CHARS * MAX_ESCAPED_FACTOR)
      .replace(EMOJI_SPAN, (_, code: string) => emojiOf(code))
      .replace(/<br\s*\/?>/g, '\n')
      .replace(/&(?:lt|gt|quot|apos|nbsp);/g, (entity) => ENTITIES[entity] ?? entity)
      .replace(/&amp;/g, '&'),
  )
}

/** WeChat cuts names at a length in bytes, be it within an emoji. */
const CUT_SPAN = /<(?:\/?span\b[^>]*>?|\/s?p?a?|s|sp|spa)$/

/** A nick, display name, remark or topic, as far as it can be shown, on one line. */
export const unescapeName = (name: string): string =>
  shownName(withoutCutSpan(unescapeText(name.slice(0, MAX_NAME_CHARS * MAX_ESCAPED_FACTOR))))

/** Both halves, or what the puppet has left of them. */
const withoutCutSpan = (name: string): string => name.replace(CUT_SPAN, '').replace(CUT_SPAN, '')

/** Flags and key caps are two signs in a row, of four or five digits each: `1f1e81f1f3`. */
function emojiOf(code: string): string {
  const halves =
    code.length === 8 || code.length === 10 ? [code.slice(0, code.length / 2), code.slice(code.length / 2)] : [code]
  return String.fromCodePoint(...halves.map((half) => Math.min(Number.parseInt(half, 16), 0x10ffff)))
}

/**
 * Takes a raw text apart: the quoted part, the mentions, and what the sender says now.
 *
 * A mention is looked for by name, because Web WeChat has no mention data and the puppet's own guess misses names
 * with blanks, `&` or no separator, and is fooled by mentions inside a quote.
 */
export function readText(raw: string, { names, shared = [] }: BotNames): ReadText {
  const { quoted, own } = takeQuote(raw)
  const { text: withoutUs, found } = removeMention(own, names)
  const { text } = removeMention(withoutUs, shared)
  return {
    text: text.trim(),
    addressedToBot: found,
    mentionsOthers: mentionsSomebody(text),
    ...(quoted ? { quote: { ...quoted, ofBot: names.includes(quoted.speaker) } } : {}),
  }
}

/** The quoted message stands in front, above a rule. */
function takeQuote(raw: string): { readonly quoted?: Omit<Quote, 'ofBot'>; readonly own: string } {
  const speaker = QUOTE_SPEAKER.exec(raw)
  const rule = speaker && QUOTE_RULE.exec(raw.slice(speaker[0].length))
  if (!speaker || !rule) return { own: raw.slice(0, MAX_HEARD_CHARS) }
  const words = raw.slice(speaker[0].length)
  return {
    quoted: { speaker: speaker[1]!.trim(), text: words.slice(0, Math.min(rule.index, MAX_HEARD_CHARS)).trim() },
    own: words
      .slice(rule.index + rule[0].length)
      .trim()
      .slice(0, MAX_HEARD_CHARS),
  }
}

const matchesAt = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at
  return pattern.test(text)
}

const isAddress = (text: string, at: number): boolean =>
  /[\w.+-]/.test(text[at - 1] ?? '') && matchesAt(DOMAIN, text, at)

function mentionsSomebody(text: string): boolean {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const named = /[^@\s]/.test(text[at + 1] ?? '')
    if (named && !EVERYBODY.test(text.slice(at + 1, at + 5)) && !isAddress(text, at)) return true
  }
  return false
}

function removeMention(text: string, names: readonly string[]): { text: string; found: boolean } {
  let rest = text
  let found = false
  // Longer names first: "@小助手二号" is not a mention of "小助手" followed by words.
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    for (let at = rest.indexOf(`@${name}`); name !== '' && at >= 0; at = rest.indexOf(`@${name}`, at + 1)) {
      const end = at + 1 + name.length
      // A letter or digit right behind belongs to a longer Latin name; Chinese words follow without a blank.
      if (/[a-z0-9_]/i.test(rest[end] ?? '') && /[a-z0-9_]$/i.test(name)) continue
      if (matchesAt(LONGER_NAME, rest, end) || isAddress(rest, at)) continue
      rest = `${rest.slice(0, at)} ${rest.slice(end).replace(/^[\u2005 ]/, '')}`
      found = true
    }
  }
  return { text: rest.replace(/\u2005/g, ' '), found }
}
