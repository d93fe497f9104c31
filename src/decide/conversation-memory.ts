import type { Decision } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'

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
