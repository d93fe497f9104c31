import { isAddressed } from '../decide/may-speak.js'
import type { Decision } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { Clock } from '../model/ports.js'
import type { Ticket } from '../model/ticket.js'
import type { Understanding } from '../model/understanding.js'
import { askerPhrases } from '../tickets/desk-phrases.js'
import { type Expectation, expectAnswer } from '../tickets/expectation.js'
import { onDuty } from '../tickets/roster.js'
import type { Change, TicketDesk } from '../tickets/ticket-desk.js'
import { type DeskTurn, readDeskTurn } from '../understand/read-desk-turn.js'

export interface AskerTurnParts {
  readonly desk: TicketDesk
  /** Tells staff of a ticket; resolves when that is on disk. */
  readonly tellStaff: (ticket: Ticket) => Promise<void>
  readonly clock: Clock
}

/** What the desk makes of an asker's words about the ticket. */
export interface AskerTurn {
  readonly decision: Decision
  /** To be said to the asker; absent where the bot had better say nothing. */
  readonly text?: string
}

export interface TurnSituation {
  /** Numbered sections that were last shown to this asker. */
  readonly offered: readonly string[]
  readonly humanOffered: boolean
  readonly talkedLately: boolean
  /** False when the words are for somebody else: they are kept, but change nothing. */
  readonly mayEnd: boolean
}

const DONE: Decision = { kind: 'courtesy', word: 'ticket' }
const QUIET: Decision = { kind: 'silent', reason: 'held-by-human' }

/** What an asker says about a ticket: no longer needed, solved or not, how good it was. */
export class AskerTurns {
  readonly #parts: AskerTurnParts

  constructor(parts: AskerTurnParts) {
    this.#parts = parts
  }

  /**
   * Reads what the asker says about a ticket: no longer needed, solved or not, how good it was. All else that is said
   * while a ticket lies with people is added to it.
   *
   * @returns undefined when the message is to be decided on as any other
   */
  async take(
    message: IncomingMessage,
    { normalized, act }: Understanding,
    { offered, humanOffered, talkedLately, mayEnd }: TurnSituation,
  ): Promise<AskerTurn | undefined> {
    const { desk } = this.#parts
    const { place, sender } = message
    const turn = mayEnd ? readDeskTurn(normalized) : undefined
    const held = desk.heldFor(place.key, sender.key)
    if (held) {
      const ends = turn?.kind === 'solved' || (turn?.kind === 'not-needed' && !humanOffered)
      if (ends) return this.#withdraw(held.number, message)
      await desk.addWords(held.number, message.kind === 'picture' ? '[图片]' : message.text)
      return undefined
    }
    const settled = desk.settledFor(place.key, sender.key)
    if (!settled || !mayEnd || message.kind !== 'text') return undefined
    if (settled.status === 'resolved') {
      const denied = turn?.kind === 'not-solved' ? turn.plain || !talkedLately : act === 'no' && turn === undefined
      if (denied) return this.#reopen(settled.number, message)
      return turn && this.#confirm(settled.number, turn, { isFree: offered.length === 0, words: message.text })
    }
    if (turn?.kind === 'not-solved' && turn.plain && !talkedLately) return this.#reopen(settled.number, message)
    if (turn?.kind === 'rating' && !turn.bare && settled.status === 'closed' && settled.rating === null) {
      return this.#said(
        await desk.rate(settled.number, turn.rating, message.text),
        askerPhrases.rated(settled.number, turn.rating),
      )
    }
    return undefined
  }

  async #withdraw(number: number, message: IncomingMessage): Promise<AskerTurn | undefined> {
    const { desk, tellStaff } = this.#parts
    const wasHeld = desk.quietFor(message.place.key, message.sender.key) === 'held'
    const change = await desk.withdraw(number, message.text)
    if (change.status !== 'done') return undefined
    await tellStaff(change.ticket)
    // "解决了，谢谢" to a colleague wants no answer of the bot.
    if (wasHeld && !isAddressed(message)) return { decision: QUIET }
    return { decision: DONE, text: askerPhrases.withdrawn(number) }
  }

  async #reopen(number: number, message: IncomingMessage): Promise<AskerTurn | undefined> {
    const { desk, tellStaff, clock } = this.#parts
    const change = await desk.reopen(number, message.text)
    if (change.status !== 'done') return undefined
    await tellStaff(change.ticket)
    const expected = askerPhrases.expect(expectationNow(desk, clock), message.place.kind === 'direct')
    return { decision: DONE, text: askerPhrases.reopened(number, expected) }
  }

  async #confirm(
    number: number,
    turn: DeskTurn,
    { isFree, words }: { isFree: boolean; words: string },
  ): Promise<AskerTurn | undefined> {
    const { desk } = this.#parts
    // A bare number picks what the bot has offered since.
    if (turn.kind === 'rating' && (!turn.bare || isFree)) {
      return this.#said(await desk.rate(number, turn.rating, words), askerPhrases.rated(number, turn.rating))
    }
    const agrees = turn.kind === 'solved' || turn.kind === 'fine' || turn.kind === 'not-needed'
    return agrees ? this.#said(await desk.confirm(number, words), askerPhrases.confirmed(number)) : undefined
  }

  #said = (change: Change, text: string): AskerTurn | undefined =>
    change.status === 'done' ? { decision: DONE, text } : undefined
}

/** When the asker of a ticket may expect a person, as things stand. */
export function expectationNow(desk: TicketDesk, clock: Clock): Expectation {
  const nowMs = clock.now()
  const someoneOnDuty = onDuty(nowMs, desk.notes().duty, desk.rules).length > 0
  return expectAnswer(nowMs, desk.rules, { someoneOnDuty })
}
