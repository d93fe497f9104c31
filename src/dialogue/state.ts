import { DAY_MS } from '../base/time.js'
import type { HeardPicture, IncomingMessage } from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import type { ForgottenPerson, SaidWords } from '../model/ticket.js'
import type { DatesReading, StoredWalk, Walk } from '../model/understanding.js'

export interface ConversationMemoryOptions {
  /** The same section is not told to the same room again within this time, unless asked by name. */
  readonly cooldownMs: number
  /** Offers and numbers are understood for this long. */
  readonly offerMs: number
  /** The timeline line is not repeated to the same person within this time. */
  readonly timelineMs: number
  /** Askers and rooms remembered at most; the oldest are forgotten first. */
  readonly maxEntries: number
}

interface AskerMemory {
  readonly offered: readonly string[]
  readonly humanOffered: boolean
  readonly atMs: number
  readonly timelineToldAtMs: number
  readonly answeredSections: readonly string[]
  readonly failedTries: number
  readonly clarifying: boolean
}

/** What the bot still knows of its talk with one asker in one place. */
export interface Recollection
  extends Pick<AskerMemory, 'offered' | 'humanOffered' | 'answeredSections' | 'failedTries' | 'clarifying'> {
  readonly talkedLately: boolean
  readonly lastSection: string | undefined
}

const NEVER: AskerMemory = {
  offered: [],
  humanOffered: false,
  atMs: Number.NEGATIVE_INFINITY,
  timelineToldAtMs: Number.NEGATIVE_INFINITY,
  answeredSections: [],
  failedTries: 0,
  clarifying: false,
}
const KEPT_SECTIONS = 5

/** What the bot has said lately, to whom and where. The only owner of that state. */
export class ConversationMemory {
  readonly #options: ConversationMemoryOptions
  readonly #askers = new Map<string, AskerMemory>()
  readonly #toldAtMs = new Map<string, number>()
  readonly #seen = new Set<string>()

  constructor(options: ConversationMemoryOptions) {
    this.#options = options
  }

  /** Takes note of a message id. @returns whether it was known already */
  seen(messageId: string): boolean {
    if (this.#seen.has(messageId)) return true
    this.#seen.add(messageId)
    forgetOldest(this.#seen, this.#options.maxEntries)
    return false
  }

  recall(message: IncomingMessage, nowMs: number): Recollection {
    const memory = this.#askers.get(askerKey(message)) ?? NEVER
    const fresh = nowMs - memory.atMs <= this.#options.offerMs
    return {
      offered: fresh ? memory.offered : [],
      humanOffered: fresh && memory.humanOffered,
      answeredSections: memory.answeredSections,
      talkedLately: fresh,
      lastSection: fresh ? memory.answeredSections.at(-1) : undefined,
      failedTries: fresh ? memory.failedTries : 0,
      clarifying: fresh && memory.clarifying,
    }
  }

  toldLately(message: IncomingMessage, sectionKey: string, nowMs: number): boolean {
    const atMs = this.#toldAtMs.get(roomSectionKey(message, sectionKey))
    return atMs !== undefined && nowMs - atMs < this.#options.cooldownMs
  }

  timelineToldLately(message: IncomingMessage, nowMs: number): boolean {
    const memory = this.#askers.get(askerKey(message)) ?? NEVER
    return nowMs - memory.timelineToldAtMs < this.#options.timelineMs
  }

  /** Remembers what was just decided. @param shown sections in the order that a number may pick them */
  note(
    message: IncomingMessage,
    decision: Decision,
    { shown, toldTimeline, nowMs }: { shown: readonly string[]; toldTimeline: boolean; nowMs: number },
  ): void {
    if (decision.kind === 'silent' || decision.kind === 'command') return
    const before = this.#askers.get(askerKey(message)) ?? NEVER
    const answered = decision.kind === 'answer' || decision.kind === 'escalate' ? decision.sectionKeys : []
    for (const key of answered) setNewest(this.#toldAtMs, roomSectionKey(message, key), nowMs)
    setNewest(this.#askers, askerKey(message), {
      // After a pick from the menu the menu stays open: people try one number after another.
      offered: decision.kind === 'answer' && decision.reason === 'chosen' ? this.recall(message, nowMs).offered : shown,
      humanOffered: decision.kind === 'fallback',
      clarifying: decision.kind === 'clarify',
      atMs: nowMs,
      timelineToldAtMs: toldTimeline ? nowMs : before.timelineToldAtMs,
      answeredSections: [...before.answeredSections, ...answered].slice(-KEPT_SECTIONS),
      failedTries: decision.kind === 'fallback' ? before.failedTries + 1 : 0,
    })
    forgetOldest(this.#askers, this.#options.maxEntries)
    forgetOldest(this.#toldAtMs, this.#options.maxEntries)
  }
}

const askerKey = ({ place, sender }: IncomingMessage): string => `${place.key}\u0000${sender.key}`
const roomSectionKey = ({ place }: IncomingMessage, sectionKey: string): string => `${place.key}\u0000${sectionKey}`

function setNewest<Value>(entries: Map<string, Value>, key: string, value: Value): void {
  entries.delete(key)
  entries.set(key, value)
}

function forgetOldest(entries: Map<string, unknown> | Set<string>, max: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= max) return
    entries.delete(key)
  }
}

/** What has to be known beside the message itself to decide about it. */
export interface Situation {
  /** Older messages arrived while the bot was away. */
  readonly startedAtMs: number
  /** The same message id was decided before. */
  readonly seenBefore: boolean
  /** An admin has told the bot to keep quiet in this place. */
  readonly isMuted?: boolean
  /** The asker's question lies with a person; the bot keeps quiet for this asker. */
  readonly heldByHuman: boolean
  /** Numbered sections that were last shown to this asker, in the order shown. */
  readonly offered: readonly string[]
  /** The bot has just spoken with this asker here. */
  readonly talkedLately: boolean
  /** The asker was last offered a person. */
  readonly humanOffered: boolean
  /** Was this section told in this room within the cooldown? */
  readonly toldLately: (sectionKey: string) => boolean
  readonly hasSection: (sectionKey: string) => boolean
  /** Section that this asker was last answered with, while that is fresh. */
  readonly lastSection?: string | undefined
  /** What comes after a section; undefined at the end of the guide. */
  readonly nextSection: (sectionKey: string) => string | undefined
  /** The section that tells how long a review takes. */
  readonly timelineSection?: string | undefined
  /** What was last shown is a question back, not a menu. */
  readonly clarifying: boolean
  /** How often in a row this asker could not be helped. */
  readonly failedTries: number
  /** The asker's walk-through; absent where none is to be had. */
  readonly walking?: WalkRecollection & { readonly steps: () => readonly string[] }
  /** About reminding the asker of a day; absent where nobody can be. */
  readonly reminding?: {
    readonly nowMs: number
    /** The asker's days, as they were last told. */
    readonly toldDays: DatesReading | undefined
    /** The asker wants to be reminded, and was asked for the day. */
    readonly isWished: boolean
    /** A reminder is set. */
    readonly isSet: boolean
  }
}

const MAX_ASKERS = 5_000
/** People come back to it on the same day. */
const TOLD_MS = 24 * 3_600_000
/** The day asked for is told soon or not at all. */
const WISHED_MS = 10 * 60_000

interface Told {
  readonly days?: DatesReading
  readonly daysAtMs: number
  readonly wishedAtMs: number
}

const NOTHING: Told = { daysAtMs: Number.NEGATIVE_INFINITY, wishedAtMs: Number.NEGATIVE_INFINITY }

/** Whose days were told lately, and who wants to be reminded of a day not told yet. */
export class ToldDays {
  readonly #askers = new Map<string, Told>()

  recall(message: IncomingMessage, nowMs: number): { toldDays: DatesReading | undefined; isWished: boolean } {
    const told = this.#askers.get(keyOf(message)) ?? NOTHING
    return {
      toldDays: nowMs - told.daysAtMs <= TOLD_MS ? told.days : undefined,
      isWished: nowMs - told.wishedAtMs <= WISHED_MS,
    }
  }

  note(message: IncomingMessage, decision: Decision, nowMs: number): void {
    const days = decision.kind === 'answer' || decision.kind === 'escalate' ? decision.days : undefined
    const wishes = decision.kind === 'courtesy' && decision.word === 'reminder-needs-day'
    if (!days && !wishes) return
    const key = keyOf(message)
    const before = this.#askers.get(key) ?? NOTHING
    this.#askers.delete(key)
    this.#askers.set(key, {
      ...before,
      ...(days ? { days, daysAtMs: nowMs } : {}),
      wishedAtMs: wishes ? nowMs : Number.NEGATIVE_INFINITY,
    })
    for (const oldest of this.#askers.keys()) {
      if (this.#askers.size <= MAX_ASKERS) break
      this.#askers.delete(oldest)
    }
  }
}

const keyOf = ({ place, sender }: IncomingMessage): string => `${place.key}\u0000${sender.key}`

export interface WalkMemoryOptions {
  /** What an earlier run has kept. */
  readonly records?: readonly StoredWalk[]
  /** Told of all walks whenever one has changed. */
  readonly keep?: (records: readonly StoredWalk[]) => void
  /** Walks remembered at most; the longest untouched are forgotten first. */
  readonly maxWalks?: number
}

/** Nobody takes up a first review after a month where he left off. */
const EXPIRE_MS = 30 * DAY_MS
/** Within this time a bare "好了" in the group is taken for an answer to the step; filing and screenshots take a while. */
const FRESH_MS = 2 * 3_600_000
const MAX_WALKS = 5_000

export interface WalkRecollection {
  /** undefined where this person walks nothing here. */
  readonly walk: Walk | undefined
  /** The last turn was a little while ago. */
  readonly isFresh: boolean
  /** The last turn is the last thing that this person was told here. */
  readonly justTold: boolean
}

const NO_WALK: WalkRecollection = { walk: undefined, isFresh: false, justTold: false }

/** Who is where on a walk-through; one walk for a person in a place. The only owner of that state. */
export class WalkMemory {
  readonly #walks: Map<string, StoredWalk>
  /** Whose walk is the last that was spoken of. */
  readonly #justTold = new Set<string>()
  readonly #keep: (records: readonly StoredWalk[]) => void
  readonly #maxWalks: number

  constructor({ records = [], keep = () => {}, maxWalks = MAX_WALKS }: WalkMemoryOptions = {}) {
    const oldestFirst = [...records].sort((a, b) => a.turnedAtMs - b.turnedAtMs)
    this.#walks = new Map(oldestFirst.map((record) => [walkMemoryKeyOf(record), record]))
    this.#keep = keep
    this.#maxWalks = maxWalks
  }

  recall(message: IncomingMessage, nowMs: number): WalkRecollection {
    const key = keyOfAsker(message)
    const known = this.#walks.get(key)
    if (!known || nowMs - known.turnedAtMs > EXPIRE_MS) return NO_WALK
    const isFresh = nowMs - known.turnedAtMs <= FRESH_MS
    return { walk: known.walk, isFresh, justTold: this.#justTold.has(key) }
  }

  /** Remembers what was just decided. */
  note(message: IncomingMessage, decision: Decision, nowMs: number): void {
    if (decision.kind === 'silent' || decision.kind === 'command') return
    const key = keyOfAsker(message)
    const turn = 'walk' in decision ? decision.walk : undefined
    if (!turn) {
      this.#justTold.delete(key)
      return
    }
    const { place, sender } = message
    this.#walks.delete(key)
    this.#walks.set(key, { placeKey: place.key, askerKey: sender.key, walk: turn.walk, turnedAtMs: nowMs })
    this.#justTold.add(key)
    this.#forgetOld(nowMs)
    this.#keep([...this.#walks.values()])
  }

  forget({ keys }: ForgottenPerson): void {
    for (const [key, { askerKey }] of this.#walks) {
      if (!keys.includes(askerKey)) continue
      this.#walks.delete(key)
      this.#justTold.delete(key)
    }
    this.#keep([...this.#walks.values()])
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { turnedAtMs }] of this.#walks) {
      if (this.#walks.size <= this.#maxWalks && nowMs - turnedAtMs <= EXPIRE_MS) break
      this.#walks.delete(key)
      this.#justTold.delete(key)
    }
  }
}

const keyOfAsker = ({ place, sender }: IncomingMessage): string =>
  walkMemoryKeyOf({ placeKey: place.key, askerKey: sender.key })

const walkMemoryKeyOf = ({ placeKey, askerKey }: Pick<StoredWalk, 'placeKey' | 'askerKey'>): string =>
  `${placeKey}\u0000${askerKey}`

const KEPT_WORDS = 5
const KEPT_CHARS = 200
const PICTURE = '[图片]'

interface Kept extends SaidWords {
  /** Its bytes are not held here, see `HeardPicture.bytes`. */
  readonly picture?: HeardPicture | undefined
}

/** What each asker said last in each place, in memory: for the colleague who takes over. */
export class AskerWords {
  readonly #words = new Map<string, readonly Kept[]>()
  readonly #maxAskers: number

  /** @param maxAskers remembered at most; whoever has been silent longest is forgotten first */
  constructor(maxAskers: number) {
    this.#maxAskers = maxAskers
  }

  note({ place, sender, kind, text, sentAtMs, picture }: IncomingMessage): void {
    const said = kind === 'picture' ? PICTURE : text.slice(0, KEPT_CHARS)
    if ((kind !== 'text' && kind !== 'picture') || said === '') return
    const key = `${place.key}\u0000${sender.key}`
    const words = [...(this.#words.get(key) ?? []), { atMs: sentAtMs, text: said, picture }].slice(-KEPT_WORDS)
    this.#words.delete(key)
    this.#words.set(key, words)
    for (const oldest of this.#words.keys()) {
      if (this.#words.size <= this.#maxAskers) return
      this.#words.delete(oldest)
    }
  }

  /** Oldest first, at most five. */
  lastOf({ place, sender }: Pick<IncomingMessage, 'place' | 'sender'>): readonly SaidWords[] {
    const kept = this.#words.get(`${place.key}\u0000${sender.key}`) ?? []
    return kept.map(({ atMs, text }) => ({ atMs, text }))
  }

  /** What was said by these people, anywhere. */
  forget(askerKeys: readonly string[]): void {
    for (const key of this.#words.keys()) {
      if (askerKeys.includes(key.slice(key.indexOf('\u0000') + 1))) this.#words.delete(key)
    }
  }

  /** The pictures among them, oldest first. */
  picturesOf({ place, sender }: Pick<IncomingMessage, 'place' | 'sender'>): readonly HeardPicture[] {
    const kept = this.#words.get(`${place.key}\u0000${sender.key}`) ?? []
    return kept.flatMap(({ picture }) => picture ?? [])
  }
}
