import type { DeskView } from '../decide/consider-desk.js'
import { mayNotSpeak } from '../decide/may-speak.js'
import type { Situation } from '../decide/situation.js'
import type { TalkWatch } from '../decide/talk-watch.js'
import type { EscalationReason } from '../model/decision.js'
import type { ForgottenPerson } from '../model/forgotten.js'
import type { IncomingMessage } from '../model/message.js'
import type { Clock, NoticePicture, Outgoing } from '../model/ports.js'
import type { Ticket } from '../model/ticket.js'
import type { Understanding } from '../model/understanding.js'
import { phrases } from '../reply/phrases.js'
import { packLines } from '../reply/split-text.js'
import type { Outbox } from '../send/outbox.js'
import type { AskerWords } from '../tickets/asker-words.js'
import { askerPhrases } from '../tickets/desk-phrases.js'
import type { TicketDesk } from '../tickets/ticket-desk.js'
import { parseStaffCommand } from '../understand/parse-staff-command.js'
import type { AddressBook } from './address-book.js'
import { type AskerTurn, AskerTurns, expectationNow } from './asker-turns.js'
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

/** Words to an asker that could not go out for so long have lost their point. */
const TELL_WITHIN_MS = 10 * 60_000
/** `@` and the blank behind a name. */
const MENTION_MARKS = 2

/** Where the desk meets the chat: what askers and colleagues say, and what the desk tells askers. */
export class DeskFront {
  readonly #parts: DeskFrontParts
  readonly #turns: AskerTurns

  constructor(parts: DeskFrontParts) {
    this.#parts = parts
    this.#turns = new AskerTurns(parts)
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
    return this.#turns.take(message, understanding, { ...situation, mayEnd: silence === undefined })
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
    const waiting = here.map(({ askerKey, askerName, events, openedAtMs }) => ({
      ...{ key: askerKey, name: askerName },
      spokeAtMs: events.findLast(({ who }) => who.key === askerKey)?.atMs ?? openedAtMs,
    }))
    const talk = talks.heardColleague(message, { waiting, colleagueNames })
    const by = { key: message.sender.key, name: message.sender.name }
    for (const { number } of here.filter(({ askerKey }) => talk.askerKeys.includes(askerKey))) {
      await desk.answered(number, by, { how: 'spoke', text: message.text })
    }
  }

  /** Words and pictures that were kept for the next ticket. */
  forget({ keys }: ForgottenPerson): void {
    this.#parts.words.forget(keys)
  }

  /** The bot's decision is made, and the words belong to the past. */
  keepWords(message: IncomingMessage): void {
    this.#parts.words.note(message)
  }

  /** @returns what the asker may hear of the ticket, which is on disk when this resolves */
  async handOver(message: IncomingMessage, { reason, sectionKey, answeredSections }: HandOver): Promise<string> {
    const { desk, words, tellStaff, clock } = this.#parts
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
    const expectation = expectationNow(desk, clock)
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
}

function wantsOf({ kind }: IncomingMessage, { act, notice }: Understanding): 'answer' | 'maybe' | 'nothing' {
  if (kind === 'picture') return 'maybe'
  if (notice || act === 'question' || act === 'wants-human' || act === 'complaint-about-bot') return 'answer'
  return act === 'statement' ? 'maybe' : 'nothing'
}
