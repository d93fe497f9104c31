import { BoundedMap } from '../base/bounded-map.js'
import { MINUTE_MS, SECOND_MS, withTimeout } from '../base/time.js'
import {
  type HeardPicture,
  type IncomingMessage,
  type PersonInPlace,
  type PictureReading,
  personInPlace,
  pictureWords,
  type SeenWords,
} from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import type { Language } from '../model/language.js'
import type { PictureReader } from '../model/ports.js'
import type { ForgottenPerson } from '../model/ticket.js'
import type { Understanding } from '../model/understanding.js'
import { maskIdentifiers, normalizeText, onlyPoints } from '../nlu/normalize.js'
import { mayNotSpeak } from './permission.js'
import { awaitsNotice } from './subject.js'
import { isAddressed, type Policy, type Turn } from './turn.js'

/** From here on the words of a picture count as its sender's; 0..1. Less is shown, and asked about. */
const SURELY_READ = 0.9
/** "这个怎么改" follows a picture within this time, or the picture follows it. */
const POINTED_AT_MS = 5 * MINUTE_MS
/** Whoever quotes a picture may scroll up for it. */
const QUOTED_MS = 60 * MINUTE_MS
/** The question whether something was read right is answered soon or not at all. */
const DOUBT_MS = 10 * MINUTE_MS
/** One person's pictures may not keep everybody else's waiting. */
const MAX_AT_ONCE = 3
/** A notice to colleagues waits no longer for what is written in a picture. */
const FOR_COLLEAGUES_MS = 6 * SECOND_MS
const KEPT_PLACES = 500
const KEPT_PICTURES = 20
const KEPT_PEOPLE = 5_000

interface PlacedPicture {
  readonly messageId: string
  readonly sender: { readonly key: string; readonly name: string }
  readonly atMs: number
  /** undefined where its bytes could not be had. */
  readonly picture: HeardPicture | undefined
}

/** When somebody last wrote words, in milliseconds since the epoch. */
interface SaidLately {
  /** "@小助手 这个怎么改" */
  readonly pointedForBotMs?: number
  /** Words that say something by themselves. */
  readonly namedMs?: number
  /** A question or a cry for help, to whomever. */
  readonly askedMs?: number
}

/** What a message is to be read with beside its own words. */
export interface ToBeSeen {
  /** The message as it is to be decided about, without the words. */
  readonly message: IncomingMessage
  readonly words: Promise<SeenWords>
}

/** A message, and what there is to know about it for those few that may be about a picture. */
export interface HeardWords extends Pick<Turn, 'message' | 'understanding'> {
  readonly turn: () => Turn
}

export interface PictureTalkParts {
  /** Absent where nothing can read. */
  readonly reader: PictureReader | undefined
  readonly language: () => Pick<Language, 'around'>
}

/**
 * Which picture a message is about: itself, where it is put to the bot or to an end asked for; the one that its sender has
 * just sent, or quotes. Pictures that nobody asks about are never looked at.
 */
export class PictureTalk {
  readonly #parts: PictureTalkParts
  readonly #places = new BoundedMap<string, readonly PlacedPicture[]>(KEPT_PLACES)
  readonly #readings = new WeakMap<HeardPicture, Promise<PictureReading>>()
  readonly #atOnce = new Map<PersonInPlace, number>()
  readonly #said = new BoundedMap<PersonInPlace, SaidLately>(KEPT_PEOPLE)
  readonly #doubts = new BoundedMap<PersonInPlace, { readonly words: SeenWords; readonly atMs: number }>(KEPT_PLACES)

  constructor(parts: PictureTalkParts) {
    this.#parts = parts
  }

  /** Hears every message, in their order. */
  heard({ id, place, sender, kind, picture, sentAtMs: atMs, recalls, fromSelf }: IncomingMessage): void {
    const here = this.#places.get(place.key) ?? []
    if (recalls !== undefined) {
      this.#places.set(
        place.key,
        here.filter(({ messageId }) => messageId !== recalls),
      )
    }
    if (kind !== 'picture' || fromSelf) return
    this.#places.set(place.key, [...here, { messageId: id, sender, atMs, picture }].slice(-KEPT_PICTURES))
  }

  /** @returns undefined where the message's own words are all there is to it */
  toBeSeen({ message, understanding, turn: whole }: HeardWords): ToBeSeen | undefined {
    const points = this.#noteWords({ message, understanding, asked: isAddressed(message) })
    const isAnswer = this.#doubts.has(personInPlace(message.place.key, message.sender.key))
    if (!this.#parts.reader || !(message.kind === 'picture' || points || isAnswer)) return undefined
    const turn = whole()
    const { situation, asked } = turn
    if (mayNotSpeak(turn) !== undefined) return undefined
    const confirmed = this.#confirmed(turn)
    if (confirmed) return { message: { ...message, addressedToBot: true }, words: Promise.resolve(confirmed) }
    if (message.kind === 'picture') {
      const isPut = asked || this.#isPutByWords(turn)
      // Its words belong to the asker's ticket, or may be what was asked for.
      if (!isPut && situation.heldTicket === undefined && !this.#hasJustAsked(turn)) return undefined
      return { message: { ...message, addressedToBot: isPut }, words: this.#read(message, message.picture) }
    }
    const found = points ? this.#pointedAt(message) : undefined
    if (!found) return undefined
    // The next picture is another matter.
    const key = personInPlace(message.place.key, message.sender.key)
    this.#said.set(key, { ...this.#said.get(key), pointedForBotMs: Number.NEGATIVE_INFINITY })
    return { message, words: this.#read(message, found.picture) }
  }

  /** The bot asks whether it has read this right. */
  doubted({ place, sender, seen, sentAtMs: atMs }: IncomingMessage): void {
    if (seen) this.#doubts.set(personInPlace(place.key, sender.key), { words: seen, atMs })
  }

  /** The words of a picture for colleagues, in a line; undefined where none can be had soon. Never throws. */
  async forColleagues(picture: HeardPicture): Promise<string | undefined> {
    if (!this.#parts.reader) return undefined
    const reading = await withTimeout(this.#readOnce(picture), FOR_COLLEAGUES_MS)
    return reading && pictureWords(reading)[0]
  }

  forget({ keys }: ForgottenPerson): void {
    for (const [key, pictures] of this.#places.entries()) {
      this.#places.set(
        key,
        pictures.filter(({ sender }) => !keys.includes(sender.key)),
      )
    }
    const ends = keys.map((key) => personInPlace('', key))
    for (const map of [this.#doubts, this.#said]) {
      for (const [key] of map.entries()) if (ends.some((end) => key.endsWith(end))) map.delete(key)
    }
  }

  /** "对" to the question whether it was read right. */
  #confirmed({ message, understanding: { act } }: Turn): SeenWords | undefined {
    const key = personInPlace(message.place.key, message.sender.key)
    const doubt = this.#doubts.get(key)
    // Whatever is said to it, it is asked once.
    this.#doubts.delete(key)
    const isYes = doubt && act === 'yes' && message.sentAtMs - doubt.atMs <= DOUBT_MS
    return isYes ? { ...doubt.words, isConfirmed: true } : undefined
  }

  /** @returns whether the message only points at something */
  #noteWords({ message, understanding: { act, rejected }, asked }: Omit<Turn, 'situation'>): boolean {
    const { kind, text, place, sender, sentAtMs: atMs } = message
    if (kind !== 'text') return false
    const own = normalizeText(text)
    const points = (asked || own !== '') && onlyPoints(own, this.#parts.language().around)
    const key = personInPlace(place.key, sender.key)
    const asks = points || act === 'question' || rejected === 'asks'
    this.#said.set(key, {
      ...this.#said.get(key),
      ...(asks && { askedMs: atMs }),
      ...(!points && { namedMs: atMs, pointedForBotMs: Number.NEGATIVE_INFINITY }),
      ...(points && asked && { pointedForBotMs: atMs }),
    })
    return points
  }

  /** "@小助手 这个怎么改", and then the picture: WeChat lets nobody put both in one message. Or the bot has asked for it. */
  #isPutByWords({ message: { place, sender, sentAtMs }, situation }: Turn): boolean {
    if (awaitsNotice(situation)) return true
    const { pointedForBotMs = Number.NEGATIVE_INFINITY } = this.#said.get(personInPlace(place.key, sender.key)) ?? {}
    return pointedForBotMs >= sentAtMs - POINTED_AT_MS
  }

  #hasJustAsked({ message: { place, sender, sentAtMs }, situation }: Turn): boolean {
    const { askedMs = Number.NEGATIVE_INFINITY } = this.#said.get(personInPlace(place.key, sender.key)) ?? {}
    return situation.talkedLately || askedMs >= sentAtMs - POINTED_AT_MS
  }

  /** The picture that "这个怎么改" means. */
  #pointedAt({ place, sender, quote, sentAtMs }: IncomingMessage): PlacedPicture | undefined {
    const here = (this.#places.get(place.key) ?? []).filter(({ atMs }) => atMs <= sentAtMs)
    if (quote) {
      if (quote.ofBot || !QUOTED_PICTURE.test(quote.text)) return undefined
      return here.findLast((one) => one.sender.name === quote.speaker && one.atMs >= sentAtMs - QUOTED_MS)
    }
    const own = here.findLast((one) => one.sender.key === sender.key)
    if (!own || own.atMs < sentAtMs - POINTED_AT_MS) return undefined
    const { namedMs = Number.NEGATIVE_INFINITY } = this.#said.get(personInPlace(place.key, sender.key)) ?? {}
    return namedMs > own.atMs ? undefined : own
  }

  async #read({ place, sender }: IncomingMessage, picture: HeardPicture | undefined): Promise<PictureReading> {
    if (!picture) return { kind: 'unread', why: 'gone' }
    const key = personInPlace(place.key, sender.key)
    const before = this.#atOnce.get(key) ?? 0
    if (before >= MAX_AT_ONCE) return { kind: 'unread', why: 'busy' }
    this.#atOnce.set(key, before + 1)
    try {
      return await this.#readOnce(picture)
    } finally {
      const left = (this.#atOnce.get(key) ?? 1) - 1
      if (left > 0) this.#atOnce.set(key, left)
      else this.#atOnce.delete(key)
    }
  }

  /** Whoever asks about a picture again gets what was read in it. */
  #readOnce(picture: HeardPicture): Promise<PictureReading> {
    const known = this.#readings.get(picture)
    if (known !== undefined) return known
    const bytes = picture.bytes()
    const reader = this.#parts.reader
    if (!bytes || !reader) return Promise.resolve({ kind: 'unread', why: bytes ? 'unavailable' : 'gone' })
    const reading = reader.read(bytes)
    this.#readings.set(picture, reading)
    // What was not read for lack of room or time may be tried again.
    void reading.then((result) => {
      if (result.kind === 'unread' && result.why !== 'unreadable') this.#readings.delete(picture)
    })
    return reading
  }
}

/** As clients quote a picture. */
const QUOTED_PICTURE = /^\s*(?:\[?(?:图片|Photo|Image)\]?)?\s*$/i

/**
 * What becomes of the words of a picture: a notice that was read surely goes the way of any other words; among people
 * nothing else is spoken to.
 */
export const picturePolicy: Policy = {
  name: 'picture',
  decide({ message: { kind, seen }, understanding: { notice }, asked }) {
    if (!seen) return kind === 'text' ? undefined : { kind: 'fallback', reason: 'not-understood' }
    const fallback = (reason: Extract<Decision, { kind: 'fallback' }>['reason']): Decision =>
      asked ? { kind: 'fallback', reason } : { kind: 'silent', reason: 'not-text' }
    if (seen.kind === 'unread') return fallback(seen.why === 'gone' ? 'picture-gone' : 'picture-unread')
    if (!notice) return fallback('picture-no-notice')
    const isSure = seen.confidence >= SURELY_READ || seen.isConfirmed === true
    return isSure ? undefined : fallback('picture-unsure')
  },
}

const MAX_SUMMARY_CHARS = 44
/** What every notice begins a reason with. */
const NO_NEWS = /^(?:你好|您好)[,，!！。\s]*/

/** Some two lines on a phone of what a picture says; undefined where nothing was read. */
export function summaryOf({ seen }: IncomingMessage, { notice }: Understanding): string | undefined {
  if (seen?.kind !== 'read' || seen.text === '') return undefined
  const told = notice ? notice.map(({ text }) => text.replace(NO_NEWS, '')).join('；') : seen.text
  const line = maskIdentifiers(told).replace(/\s+/g, ' ').trim()
  return line.length <= MAX_SUMMARY_CHARS ? line : `${line.slice(0, MAX_SUMMARY_CHARS)}…`
}
