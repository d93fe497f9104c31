import type { IncomingMessage } from '../model/message.js'
import { type HeardLine, type Talk, type WaitingAsker, whoIsTalkedTo } from './who-is-talked-to.js'

export interface TalkWatchOptions {
  /** The bot holds back for an asker without a ticket for so long after a colleague spoke to them. */
  readonly holdBackMs: number
  /** Groups and askers remembered at most; the oldest are forgotten first. */
  readonly maxEntries: number
}

/** Lines of one group that are kept; what is older than half an hour plays no part anyway. */
const KEPT_LINES = 40
const KEPT_CHARS = 300

/** Follows who speaks to whom in the customers' groups. The only owner of that state. */
export class TalkWatch {
  readonly #options: TalkWatchOptions
  readonly #lines = new Map<string, readonly HeardLine[]>()
  readonly #talkedToAtMs = new Map<string, number>()

  constructor(options: TalkWatchOptions) {
    this.#options = options
  }

  /** Takes note of what an asker says. */
  heardAsker(message: IncomingMessage, wants: HeardLine['wants']): void {
    this.#add(message.place.key, { ...lineOf(message), part: 'asker', wants, to: [] })
  }

  /** Takes note of what a colleague says, and tells whom it is meant for. */
  heardColleague(
    message: IncomingMessage,
    known: { readonly waiting: readonly WaitingAsker[]; readonly colleagueNames: readonly string[] },
  ): Talk {
    const placeKey = message.place.key
    const talk = whoIsTalkedTo(message, { ...known, recent: this.#lines.get(placeKey) ?? [] })
    const { askerKeys: to, amongUs = false } = talk
    this.#add(placeKey, { ...lineOf(message), part: 'colleague', wants: 'nothing', to, amongUs })
    for (const key of talk.askerKeys) this.#note(placeKey, key, message.sentAtMs)
    return talk
  }

  /** The bot has said something to an asker. */
  botSpoke(placeKey: string, askerKey: string, { text, atMs }: { text: string; atMs: number }): void {
    const speaker = { key: 'bot', name: '' }
    this.#add(placeKey, {
      atMs,
      speaker,
      part: 'bot',
      text: text.slice(0, KEPT_CHARS),
      wants: 'nothing',
      to: [askerKey],
    })
  }

  /** A colleague has answered through the bot, or taken the ticket: as if they had spoken in the group. */
  colleagueServes(placeKey: string, askerKey: string, atMs: number): void {
    this.#note(placeKey, askerKey, atMs)
  }

  /** Has a colleague spoken to the asker since `sinceMs`? For a last look before an answer goes out. */
  answeredByColleague(placeKey: string, askerKey: string, sinceMs: number): boolean {
    return (this.#talkedToAtMs.get(keyOf(placeKey, askerKey)) ?? Number.NEGATIVE_INFINITY) >= sinceMs
  }

  /** Is a colleague talking with the asker at this moment? */
  isTalking(placeKey: string, askerKey: string, nowMs: number): boolean {
    return this.answeredByColleague(placeKey, askerKey, nowMs - this.#options.holdBackMs)
  }

  #add(placeKey: string, line: HeardLine): void {
    const lines = [...(this.#lines.get(placeKey) ?? []), line].slice(-KEPT_LINES)
    setNewest(this.#lines, placeKey, lines, this.#options.maxEntries / 10)
  }

  #note(placeKey: string, askerKey: string, atMs: number): void {
    setNewest(this.#talkedToAtMs, keyOf(placeKey, askerKey), atMs, this.#options.maxEntries)
  }
}

const lineOf = ({ sentAtMs, sender, kind, text }: IncomingMessage) => ({
  atMs: sentAtMs,
  speaker: { key: sender.key, name: sender.name },
  text: kind === 'text' ? text.slice(0, KEPT_CHARS) : '',
})

const keyOf = (placeKey: string, askerKey: string): string => `${placeKey}\u0000${askerKey}`

function setNewest<Value>(entries: Map<string, Value>, key: string, value: Value, max: number): void {
  entries.delete(key)
  entries.set(key, value)
  for (const oldest of entries.keys()) {
    if (entries.size <= max) return
    entries.delete(oldest)
  }
}
