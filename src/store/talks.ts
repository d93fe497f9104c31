import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { chinaDay, DAY_MS, HOUR_MS, isoOf, MINUTE_MS } from '../base/time.js'
import { type IncomingMessage, shownWords } from '../model/chat.js'
import type { DecisionTrace } from '../model/decision.js'
import type { Clock, DecisionJournal, Log, UnsaidReason } from '../model/ports.js'
import type { Talk, TalkFeed, Verdict } from '../model/stores.js'
import type { ForgottenPerson } from '../model/ticket.js'
import { LatestWrite, readJsonLines, writeDurably } from './json-file.js'

export interface TalkLogOptions {
  /** Where the days lie; undefined: nothing is written. */
  readonly dir: string | undefined
  /** Days for which questions are kept; 0: in memory only, for a day. */
  readonly keepDays: number
  /** Hours for which idle talk keeps its words, in memory; 0: none at all. */
  readonly chatterHours: number
  /** @returns what may be kept of somebody's words */
  readonly clean: (text: string) => string
  /** Whether somebody's words, as a whole, call an answer wrong. */
  readonly callsWrong: (text: string) => boolean
  /** Words of a text that speak most for a section. */
  readonly because?: ((text: string, sectionKey: string) => readonly string[]) | undefined
  /** How sure the bot has to be, 0..1. */
  readonly thresholds: { readonly asked: number; readonly overheard: number }
  /** What the bearer of a key was last called: names are not written down. */
  readonly nameOf?: ((key: string) => string | undefined) | undefined
  readonly clock: Clock
  readonly log: Pick<Log, 'error'>
}

/** A week of a very busy account; some 20 MB. */
const MAX_TALKS = 20_000
/** One write serves the messages of two seconds, which is what a kill loses. */
const WRITE_DELAY_MS = 2_000
const LOOK_EVERY_MS = 5 * MINUTE_MS
/** Whoever speaks later speaks of something else. */
const AFTER_MS = 10 * MINUTE_MS
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/
const OWNER_ONLY = 0o600
/** Kinds that are followed by something worth knowing. */
const ANSWERS = new Set<Talk['kind']>(['answer', 'clarify', 'outside', 'fallback'])
/** What colleagues order, codes among it, is no talk. */
const WORDLESS = new Set<Talk['kind']>(['command'])

/** Only what has to be there to be shown; the rest is as it was written. */
const storedTalk = z.looseObject({
  messageId: z.string(),
  placeKey: z.string(),
  kind: z.string(),
  reason: z.string(),
  atMs: z.number(),
  confidence: z.number(),
  sections: z.array(z.string()),
  candidates: z.array(z.object({ section: z.string(), confidence: z.number() })),
  who: z.object({ key: z.string() }),
  text: z.string().nullable(),
  said: z.array(z.string()),
})

/**
 * Remembers what was said and decided, for the console: questions on disk for days (`talks/2026-11-30.jsonl`, the last
 * line of an id counts), idle talk without its words. Names are looked up by key when they are shown.
 */
export class TalkLog implements DecisionJournal, TalkFeed {
  readonly #options: TalkLogOptions
  /** By message id, oldest first. */
  readonly #talks: Map<string, Talk>
  /** The latest of each person in each place. */
  readonly #latest = new Map<string, string>()
  readonly #listeners = new Set<(talk: Talk) => void>()
  readonly #unwritten = new Set<string>()
  readonly #writes: LatestWrite
  #timer: NodeJS.Timeout | undefined

  private constructor(options: TalkLogOptions, talks: Map<string, Talk>) {
    this.#options = options
    this.#talks = talks
    for (const talk of talks.values()) this.#latest.set(latestKey(talk), talk.messageId)
    this.#writes = new LatestWrite(
      () => this.#write(),
      (error) => options.log.error({ error: (error as NodeJS.ErrnoException).code }, 'talks not kept'),
    )
    this.#timer = setInterval(() => void this.prune(), LOOK_EVERY_MS).unref()
  }

  /** Reads what earlier runs have kept. What can't be read is passed over: nothing depends on it. */
  static async open(options: TalkLogOptions): Promise<TalkLog> {
    const talks = new Map<string, Talk>()
    for (const name of await dayFiles(options.dir)) {
      const text = await readFile(join(options.dir!, name), 'utf8').catch(() => '')
      for (const talk of readTalks(text)) {
        const { key } = talk.who
        talks.set(talk.messageId, { ...talk, who: { key, name: options.nameOf?.(key) ?? '' } })
      }
    }
    const sorted = [...talks.values()].sort((a, b) => a.atMs - b.atMs).slice(-MAX_TALKS)
    const log = new TalkLog(options, new Map(sorted.map((talk) => [talk.messageId, talk])))
    await log.prune()
    return log
  }

  get limits(): TalkFeed['limits'] {
    const { keepDays, chatterHours } = this.#options
    return { keepDays, chatterHours }
  }

  record(trace: DecisionTrace, message: IncomingMessage): void {
    const { thresholds, chatterHours, clean, because, clock } = this.#options
    const { place, sender } = message
    const addressed = place.kind === 'direct' || message.addressedToBot
    const isQuestion = addressed || trace.kind !== 'silent' || trace.reason === 'not-sure'
    const isChatter = sender.role !== 'customer' || message.fromSelf || !isQuestion
    const isWordless = WORDLESS.has(trace.kind) || trace.reason === 'not-allowed' || (isChatter && chatterHours === 0)
    const isShown = message.kind === 'text' || message.kind === 'picture'
    const words = isShown ? clean(shownWords(message)) : ''
    const [likeliest] = trace.candidates
    const telling = isChatter || isWordless || !likeliest ? [] : (because?.(words, likeliest.section) ?? [])
    const talk: Talk = {
      ...trace,
      atMs: Math.min(message.sentAtMs, clock.now()),
      place: place.kind,
      placeName: place.kind === 'room' ? place.topic : '',
      who: { key: sender.key, name: sender.name },
      role: sender.role,
      addressed,
      threshold: addressed ? thresholds.asked : thresholds.overheard,
      isChatter,
      text: isWordless ? null : words,
      ...(telling.length > 0 && { because: telling }),
      said: [],
    }
    this.#follow(talk, message)
    // Deleting first moves a message that is decided on again to the end.
    this.#talks.delete(talk.messageId)
    for (const oldest of this.#talks.keys()) {
      if (this.#talks.size < MAX_TALKS) break
      this.#talks.delete(oldest)
    }
    this.#latest.set(latestKey(talk), talk.messageId)
    this.#put(talk)
  }

  said(messageId: string, texts: readonly string[], unsaid?: UnsaidReason): void {
    const talk = this.#talks.get(messageId)
    if (!talk) return
    // The bot's own words: what they hold of people, the knowledge and the asker's name, is no secret of a third.
    const said = WORDLESS.has(talk.kind) ? [] : texts
    this.#put({ ...talk, said, ...(unsaid && { unsaid }) })
  }

  judge(messageId: string, verdict: Verdict | undefined): Talk | undefined {
    const { verdict: _before, ...talk } = this.#talks.get(messageId) ?? {}
    if (!('messageId' in talk)) return undefined
    const judged = { ...(talk as Talk), ...(verdict && { verdict }) }
    this.#put(judged)
    return judged
  }

  /** To the minute: what is over by now is not shown, although it may not be taken away yet. */
  recent(): readonly Talk[] {
    const nowMs = this.#options.clock.now()
    return Array.from(this.#talks.values(), (talk) => this.#asOf(nowMs, talk))
  }

  find(messageId: string): Talk | undefined {
    const talk = this.#talks.get(messageId)
    return talk && this.#asOf(this.#options.clock.now(), talk)
  }

  #asOf = (nowMs: number, talk: Talk): Talk => (this.#isWordsOver(nowMs, talk) ? withoutWords(talk) : talk)

  /** Idle talk keeps its words for hours. */
  #isWordsOver(nowMs: number, { isChatter, text, atMs }: Talk): boolean {
    const { chatterHours, clock } = this.#options
    if (!isChatter || text === null || nowMs - atMs < chatterHours * HOUR_MS) return false
    return clock.isSure?.() !== false
  }

  subscribe(listener: (talk: Talk) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes away what has been kept for long enough. */
  async prune(): Promise<void> {
    const { clock, keepDays, dir, log } = this.#options
    if (clock.isSure?.() === false) return
    const nowMs = clock.now()
    const oldestMs = nowMs - Math.max(1, keepDays) * DAY_MS
    for (const talk of this.#talks.values()) {
      if (talk.atMs < oldestMs) this.#talks.delete(talk.messageId)
      else if (this.#isWordsOver(nowMs, talk)) this.#talks.set(talk.messageId, withoutWords(talk))
    }
    const oldestDay = isoOf(chinaDay(oldestMs))
    for (const name of await dayFiles(dir)) {
      if (name.slice(0, 10) >= oldestDay && keepDays > 0) continue
      await rm(join(dir!, name), { force: true }).catch((error: NodeJS.ErrnoException) =>
        log.error({ error: error.code }, 'old talks not removed'),
      )
    }
  }

  /** Theirs goes as a whole, what others said of them loses its words. Resolves when it is off the disk. */
  async forget({ keys, names, said }: ForgottenPerson): Promise<void> {
    const words = said.filter((text) => text !== '')
    const isTheirs = ({ who }: Pick<Talk, 'who'>): boolean => keys.includes(who.key)
    const tellsOf = (talk: Talk): boolean =>
      [talk.text ?? '', talk.after?.text ?? '', ...talk.said].some((text) =>
        [...names, ...words].some((part) => text.includes(part)),
      )
    for (const talk of this.#talks.values()) {
      if (isTheirs(talk)) this.#talks.delete(talk.messageId)
      else if (tellsOf(talk)) this.#talks.set(talk.messageId, withoutWords(talk))
    }
    await this.#writes.flush()
    for (const name of await dayFiles(this.#options.dir)) {
      const path = join(this.#options.dir!, name)
      const before = readTalks(await readFile(path, 'utf8'))
      const kept = before.filter((talk) => !isTheirs(talk)).map((talk) => (tellsOf(talk) ? withoutWords(talk) : talk))
      await writeDurably(path, kept.map((talk) => `${JSON.stringify(talk)}\n`).join(''))
    }
  }

  /** Resolves when all is on disk. */
  async flush(): Promise<void> {
    await this.#writes.flush()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  /** Writes down at the answer before what its asker says now. */
  #follow(talk: Talk, message: IncomingMessage): void {
    if (talk.role !== 'customer' || message.fromSelf) return
    const before = this.#talks.get(this.#latest.get(latestKey(talk)) ?? '')
    if (!before || before.after || !ANSWERS.has(before.kind) || talk.atMs - before.atMs > AFTER_MS) return
    const what = this.#options.callsWrong(message.text) ? 'wrong' : talk.reason === 'chosen' ? 'chose' : 'asked'
    const isKept = what !== 'asked' || !talk.isChatter
    this.#put({ ...before, after: { what, atMs: talk.atMs, text: isKept ? (talk.text ?? '') : '' } })
  }

  #put(talk: Talk): void {
    this.#talks.set(talk.messageId, talk)
    this.#unwritten.add(talk.messageId)
    this.#writes.within(WRITE_DELAY_MS)
    for (const listener of this.#listeners) listener(talk)
  }

  async #write(): Promise<void> {
    const { dir, keepDays } = this.#options
    const ids = [...this.#unwritten]
    this.#unwritten.clear()
    if (dir === undefined || keepDays === 0) return
    const linesOfDay = new Map<string, string>()
    for (const talk of ids.flatMap((id) => this.#talks.get(id) ?? [])) {
      const day = isoOf(chinaDay(talk.atMs))
      linesOfDay.set(day, `${linesOfDay.get(day) ?? ''}${JSON.stringify(asKept(talk))}\n`)
    }
    try {
      await mkdir(dir, { recursive: true })
      for (const [day, lines] of linesOfDay) {
        await appendFile(join(dir, `${day}.jsonl`), lines, { mode: OWNER_ONLY })
      }
    } catch (error) {
      for (const id of ids) this.#unwritten.add(id)
      throw error
    }
  }
}

const latestKey = ({ placeKey, who }: Pick<Talk, 'placeKey' | 'who'>): string => JSON.stringify([placeKey, who.key])

const readTalks = (text: string): readonly Talk[] => readJsonLines(text, storedTalk) as unknown as readonly Talk[]

const withoutWords = ({ because: _words, ...talk }: Talk): Talk => ({
  ...talk,
  text: null,
  said: [],
  ...(talk.after && { after: { ...talk.after, text: '' } }),
})

const asKept = (talk: Talk): Talk => {
  const kept = talk.isChatter ? withoutWords(talk) : talk
  return { ...kept, who: { key: talk.who.key, name: '' } }
}

async function dayFiles(dir: string | undefined): Promise<readonly string[]> {
  if (dir === undefined) return []
  const names = await readdir(dir).catch(() => [])
  return names.filter((name) => DAY_FILE.test(name)).sort()
}
