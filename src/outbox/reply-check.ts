import { MINUTE_MS } from '../base/time.js'
import type { IncomingMessage } from '../model/chat.js'
import type { DropReason } from '../model/decision.js'

export interface ReplyCheckOptions {
  /** A reply to something said longer ago comes too late. */
  readonly maxAgeMs: number
  /** A person has the sender's question, at this moment. */
  readonly heldByHuman: (message: IncomingMessage) => boolean
  /** The bot is to keep quiet in this place, at this moment. */
  readonly isMuted?: (placeKey: string) => boolean
  /** Whether a colleague's words take care of a question. Default: `speaksTo`. */
  readonly answers?: (colleague: IncomingMessage, question: IncomingMessage) => boolean
}

interface Spoken {
  readonly sequence: number
  readonly message: IncomingMessage
}

/** Half an hour later an answer still helps; after that people had better ask whether it is wanted. */
const PATIENCE_MS = 30 * MINUTE_MS
const KEPT_RECALLS = 2_000
const KEPT_PLACES = 1_000
const KEPT_WORDS = 20

/** Knows what has happened since a reply was decided on. Its only state is what was heard lately. */
export class ReplyCheck {
  readonly #options: ReplyCheckOptions
  readonly #recalled = new Set<string>()
  readonly #colleagues = new Map<string, readonly Spoken[]>()
  #sequence = 0

  constructor(options: ReplyCheckOptions) {
    this.#options = options
  }

  /** Takes note of every message heard, before it is handled. */
  note(message: IncomingMessage): void {
    this.#sequence++
    if (message.recalls !== undefined) remember(this.#recalled, message.recalls)
    if (!isColleague(message)) return
    const { key } = message.place
    const words = [...(this.#colleagues.get(key) ?? []), { sequence: this.#sequence, message }].slice(-KEPT_WORDS)
    this.#colleagues.delete(key)
    this.#colleagues.set(key, words)
    for (const oldest of this.#colleagues.keys()) {
      if (this.#colleagues.size <= KEPT_PLACES) break
      this.#colleagues.delete(oldest)
    }
  }

  /** When a reply to this message comes too late; milliseconds since the epoch. */
  deadlineMs(question: IncomingMessage): number {
    return question.sentAtMs + this.#options.maxAgeMs
  }

  /** The same where WeChat lets nothing through for a while. */
  patientUntilMs(question: IncomingMessage): number {
    return question.sentAtMs + Math.max(this.#options.maxAgeMs, PATIENCE_MS)
  }

  /**
   * To be called when the reply is decided on; what holds already then was part of the decision.
   *
   * @param handsOver the reply itself tells that a person takes over
   * @returns why the reply is not wanted any more, at the moment of asking
   */
  watch(question: IncomingMessage, { handsOver = false } = {}): () => DropReason | undefined {
    const heardAt = this.#sequence
    const { heldByHuman, isMuted, answers = speaksTo } = this.#options
    const heldBefore = heldByHuman(question)
    return () => {
      if (this.#recalled.has(question.id)) return 'recalled'
      if (isMuted?.(question.place.key)) return 'room-muted'
      if (handsOver) return undefined
      if (!heldBefore && heldByHuman(question)) return 'held-by-human'
      const spoken = this.#colleagues.get(question.place.key) ?? []
      const others = spoken.filter(({ message }) => message.sender.key !== question.sender.key)
      const isAnswered = others.some(({ sequence, message }) => sequence > heardAt && answers(message, question))
      return isAnswered ? 'colleague-answered' : undefined
    }
  }
}

/** One of the vendor's people; by the bot's own account only its owner, not the echo of what the bot has said. */
const isColleague = ({ sender, fromSelf, fromOwner, kind, place }: IncomingMessage): boolean =>
  (fromSelf ? fromOwner === true : sender.role !== 'customer') &&
  kind !== 'notice' &&
  (place.kind === 'direct' || place.purpose === 'customers')

/** A colleague speaks to whom they quote or mention; who names nobody, speaks to whoever asked last. */
export function speaksTo(colleague: IncomingMessage, { sender }: IncomingMessage): boolean {
  if (colleague.quote) return colleague.quote.speaker === sender.name
  if (colleague.mentionsOthers) return colleague.text.includes(`@${sender.name}`)
  return !colleague.addressedToBot
}

function remember(ids: Set<string>, id: string): void {
  ids.add(id)
  for (const oldest of ids) {
    if (ids.size <= KEPT_RECALLS) break
    ids.delete(oldest)
  }
}
