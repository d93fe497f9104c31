import type { DeskView } from '../decide/consider-desk.js'
import { isAddressed, mayNotSpeak } from '../decide/may-speak.js'
import type { Situation } from '../decide/situation.js'
import type { TalkWatch } from '../decide/talk-watch.js'
import type { Decision, EscalationReason } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { Clock, NoticePicture, Outgoing } from '../model/ports.js'
import type { Ticket } from '../model/ticket.js'
import type { Understanding } from '../model/understanding.js'
import { phrases } from '../reply/phrases.js'
import { packLines } from '../reply/split-text.js'
import type { Outbox } from '../send/outbox.js'
import type { AskerWords } from '../tickets/asker-words.js'
import { askerPhrases } from '../tickets/desk-phrases.js'
import { expectAnswer } from '../tickets/expectation.js'
import { onDuty } from '../tickets/roster.js'
import type { Change, TicketDesk } from '../tickets/ticket-desk.js'
import { parseStaffCommand } from '../understand/parse-staff-command.js'
import { type DeskTurn, readDeskTurn } from '../understand/read-desk-turn.js'
import type { AddressBook } from './address-book.js'
import { noticePictures } from './notice-pictures.js'
import { ticketQuestion } from './ticket-question.js'

export interface DeskFrontParts {
  readonly desk: TicketDesk
  readonly talks: TalkWatch
  readonly words: AskerWords
  readonly addresses: AddressBook
  readonly outbox: Pick<Outbox, 'send'>
  /** Tells staff of a ticket; resolves when that is on disk. */
  readonly tellStaff: (ticket: Ticket, pictures?: readonly NoticePicture[]) => Promise<void>
  readonly clock: Clock
}

export interface HandOver {
  readonly reason: EscalationReason
  readonly sectionKey: string | null
  readonly answeredSections: readonly string[]
}

/** What the desk makes of an asker's words about the ticket. */
export interface AskerTurn {
  readonly decision: Decision
  /** To be said to the asker; absent where the bot had better say nothing. */
  readonly text?: string
}

interface TurnSituation {
  /** Numbered sections that were last shown to this asker. */
  readonly offered: readonly string[]
  readonly humanOffered: boolean
  readonly talkedLately: boolean
  /** False when the words are for somebody else: they are kept, but change nothing. */
  readonly mayEnd: boolean
}

/** Words to an asker that could not go out for so long have lost their point. */
const TELL_WITHIN_MS = 10 * 60_000
/** `@` and the blank behind a name. */
const MENTION_MARKS = 2
const DONE: Decision = { kind: 'courtesy', word: 'ticket' }
const QUIET: Decision = { kind: 'silent', reason: 'held-by-human' }

/** Where the desk meets the chat: what askers and colleagues say, and what the desk tells askers. */
export class DeskFront {
  readonly #parts: DeskFrontParts

  constructor(parts: DeskFrontParts) {
    this.#parts = parts
  }

  /**
   * Hears every message that is not a command.
   *
   * @returns what an asker's words about a ticket come to; undefined when the message is to be decided on as any other
   */
  async hear(
    message: IncomingMessage,
    understanding: Understanding,
    situation: Situation,
  ): Promise<AskerTurn | undefined> {
    const silence = mayNotSpeak(message, situation)
    if (message.fromOwner || silence === 'staff') {
      if (!situation.seenBefore) await this.#hearColleague(message)
      return undefined
    }
    if (silence !== undefined && silence !== 'to-somebody-else') return undefined
    this.#parts.talks.heardAsker(message, wantsOf(message, understanding))
    return this.#takeTurn(message, understanding, { ...situation, mayEnd: silence === undefined })
  }

  /** What people do for the sender at this moment. */
  view({ place, sender }: IncomingMessage): Pick<DeskView, 'quiet' | 'colleagueTalks'> {
    const { desk, talks, clock } = this.#parts
    return {
      quiet: desk.quietFor(place.key, sender.key),
      colleagueTalks: talks.isTalking(place.key, sender.key, clock.now()),
    }
  }

  /** A colleague has spoken in a customers' place: takes the ticket of whoever is meant. */
  async #hearColleague(message: IncomingMessage): Promise<void> {
    const { desk, talks } = this.#parts
    // An order in the wrong place is no answer to anybody.
    if (parseStaffCommand(message.text)) return
    const colleagueNames = desk.rules.roster.map(({ name }) => name)
    const here = desk.list().filter(({ placeKey }) => placeKey === message.place.key)
    const waiting = here.map(({ askerKey, askerName }) => ({ key: askerKey, name: askerName }))
    const talk = talks.heardColleague(message, { waiting, colleagueNames })
    const by = { key: message.sender.key, name: message.sender.name }
    for (const { number } of here.filter(({ askerKey }) => talk.askerKeys.includes(askerKey))) {
      await desk.answered(number, by, { how: 'spoke', text: message.text })
    }
  }

  /** The bot's decision is made, and the words belong to the past. */
  keepWords(message: IncomingMessage): void {
    this.#parts.words.note(message)
  }

  /**
   * Reads what the asker says about a ticket: no longer needed, solved or not, how good it was. All else that is said
   * while a ticket lies with people is added to it.
   *
   * @returns undefined when the message is to be decided on as any other
   */
  async #takeTurn(
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

  /** @returns what the asker may hear of the ticket, which is on disk when this resolves */
  async handOver(message: IncomingMessage, { reason, sectionKey, answeredSections }: HandOver): Promise<string> {
    const { desk, words, tellStaff } = this.#parts
    const { place, sender } = message
    const lastWords = words.lastOf(message)
    const { ticket, isNew } = await desk.open({
      placeKey: place.key,
      placeName: place.kind === 'room' ? place.topic : phrases.directChat,
      askerKey: sender.key,
      askerName: sender.name,
      question: ticketQuestion(message, lastWords),
      reason,
      sectionKey,
      answeredSections,
      lastWords,
    })
    if (isNew) await tellStaff(ticket, noticePictures([...words.picturesOf(message), message.picture]))
    const direct = place.kind === 'direct'
    const expectation = this.#expectation()
    const { number } = ticket
    return isNew
      ? askerPhrases.handedOver(number, { direct, expectation })
      : askerPhrases.stillWaiting(number, askerPhrases.expect(expectation, direct))
  }

  /** Says something to a ticket's asker, where the ticket was opened. @returns whether it went out */
  async tellAsker(ticket: Ticket, text: string): Promise<boolean> {
    const { addresses, outbox, clock } = this.#parts
    const place = await addresses.place(ticket.placeKey)
    if (!place) return false
    const mention = addresses.person(ticket.placeKey, { key: ticket.askerKey, name: ticket.askerName })
    const pieces = packLines(text.split('\n'), mention.name.length + MENTION_MARKS)
    const bubbles = pieces.map((lines, index): Outgoing => {
      const isFirst = index === 0 && place.kind === 'room'
      return { kind: 'text', text: lines.join('\n'), ...(isFirst ? { mention } : {}) }
    })
    return outbox.send(place, bubbles, { deadlineMs: clock.now() + TELL_WITHIN_MS })
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
    const { desk, tellStaff } = this.#parts
    const change = await desk.reopen(number, message.text)
    if (change.status !== 'done') return undefined
    await tellStaff(change.ticket)
    const expected = askerPhrases.expect(this.#expectation(), message.place.kind === 'direct')
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

  #expectation() {
    const { desk, clock } = this.#parts
    const nowMs = clock.now()
    const someoneOnDuty = onDuty(nowMs, desk.notes().duty, desk.rules).length > 0
    return expectAnswer(nowMs, desk.rules, { someoneOnDuty })
  }
}

function wantsOf({ kind }: IncomingMessage, { act, notice }: Understanding): 'answer' | 'maybe' | 'nothing' {
  if (kind === 'picture') return 'maybe'
  if (notice || act === 'question' || act === 'wants-human' || act === 'complaint-about-bot') return 'answer'
  return act === 'statement' ? 'maybe' : 'nothing'
}
