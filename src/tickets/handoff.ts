import { parseTicketOrder } from '../commands/parse.js'
import type { TalkWatch } from '../dialogue/addressee.js'
import type { DeskView } from '../dialogue/handoff.js'
import { isAddressed, mayNotSpeak } from '../dialogue/permission.js'
import type { AskerWords, Situation } from '../dialogue/state.js'
import type { HeardPicture, IncomingMessage, Person, Place } from '../model/chat.js'
import type { Decision, EscalationReason } from '../model/decision.js'
import type { Language } from '../model/language.js'
import type { Channel, Clock, NoticePicture, Outgoing } from '../model/ports.js'
import type { ForgottenPerson, SaidWords, Ticket } from '../model/ticket.js'
import type { Understanding } from '../model/understanding.js'
import { type DeskTurn, readDeskTurn } from '../nlu/dialogue-act.js'
import { normalizeText } from '../nlu/normalize.js'
import type { Outbox } from '../outbox/outbox.js'
import { packLines } from '../reply/bubbles.js'
import { phrases } from '../reply/phrases.js'
import type { Change, TicketDesk } from './desk.js'
import { onDuty } from './due.js'
import { askerPhrases } from './phrases.js'
import { type Expectation, expectAnswer } from './working-time.js'

export interface DeskFrontParts {
  readonly desk: TicketDesk
  readonly talks: TalkWatch
  readonly words: AskerWords
  readonly addresses: AddressBook
  readonly outbox: Pick<Outbox, 'send'>
  /** Tells staff of a ticket; resolves when that is on disk. */
  readonly tellStaff: (ticket: Ticket, pictures?: readonly NoticePicture[]) => Promise<void>
  /** As it is at this moment. */
  readonly language: () => Language
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
    // Who merely bears a colleague's name takes no tickets.
    if (message.fromOwner || (silence === 'staff' && message.sender.role !== 'customer')) {
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
    if (parseTicketOrder(message.text)) return
    const colleagueNames = desk.rules.roster.map(({ name }) => name)
    const here = desk.list().filter(({ placeKey }) => placeKey === message.place.key)
    const waiting = here.map(({ askerKey, askerName, events, openedAtMs }) => ({
      ...{ key: askerKey, name: askerName },
      spokeAtMs: events.findLast(({ who }) => who.key === askerKey)?.atMs ?? openedAtMs,
    }))
    const talk = talks.heardColleague(message, { waiting, colleagueNames }, this.#parts.language().colleagues)
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

  /** @returns what the asker may hear of the ticket, which is on disk when this resolves, or says that it is not */
  async handOver(message: IncomingMessage, facts: HandOver): Promise<string> {
    const { desk, words, tellStaff, clock } = this.#parts
    const { ticket, isNew } = await this.#open(message, facts)
    if (isNew) await tellStaff(ticket, noticePictures([...words.picturesOf(message), message.picture]))
    const direct = message.place.kind === 'direct'
    if (!desk.isOnDisk()) {
      const [colleague] = onDuty(clock.now(), desk.notes().duty, desk.rules)
      return askerPhrases.notKept({ direct, colleague })
    }
    const expectation = expectationNow(desk, clock)
    const { number } = ticket
    return isNew
      ? askerPhrases.handedOver(number, { direct, expectation })
      : askerPhrases.stillWaiting(number, askerPhrases.expect(expectation, direct))
  }

  /** A ticket of which staff are told by whoever opens it. @returns its number, which is on disk */
  async openQuietly(message: IncomingMessage, facts: HandOver): Promise<number> {
    const { ticket, isNew } = await this.#open(message, facts)
    if (isNew) await this.#parts.desk.record(ticket.number, 'told-staff', 'opened')
    return ticket.number
  }

  #open(message: IncomingMessage, { reason, sectionKey, answeredSections }: HandOver) {
    const { desk, words } = this.#parts
    const { place, sender } = message
    const lastWords = words.lastOf(message)
    return desk.open({
      placeKey: place.key,
      placeName: place.kind === 'room' ? place.topic : phrases.directChat,
      askerKey: sender.key,
      askerName: sender.name,
      question: ticketQuestion(message, lastWords, this.#parts.language()),
      reason,
      sectionKey,
      answeredSections,
      lastWords,
    })
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
    return (await outbox.send(place, bubbles, { deadlineMs: clock.now() + TELL_WITHIN_MS, urgent: true })).said
  }
}

function wantsOf({ kind }: IncomingMessage, { act, notice }: Understanding): 'answer' | 'maybe' | 'nothing' {
  if (kind === 'picture') return 'maybe'
  if (notice || act === 'question' || act === 'wants-human' || act === 'complaint-about-bot') return 'answer'
  return act === 'statement' ? 'maybe' : 'nothing'
}

const KEPT_PLACES = 2_000
const KEPT_PEOPLE = 20_000

/** Where to reach whom, by keys that outlive a login: what was heard lately, else what the channel finds. */
export class AddressBook {
  readonly #channel: Channel
  readonly #places = new Map<string, Place>()
  readonly #people = new Map<string, Person>()

  constructor(channel: Channel) {
    this.#channel = channel
  }

  note({ place, sender }: IncomingMessage): void {
    keepNewest(this.#places, place.key, place, KEPT_PLACES)
    keepNewest(this.#people, `${place.key}\u0000${sender.key}`, sender, KEPT_PEOPLE)
  }

  /** @returns undefined while the place is not known in this login, or can't be told apart from another */
  async place(key: string): Promise<Place | undefined> {
    return this.#places.get(key) ?? (await this.#channel.findPlace?.(key))
  }

  /** Somebody of that place; who was not heard in this login is known by name alone. */
  person(placeKey: string, { key, name }: { key: string; name: string }): Person {
    return this.#people.get(`${placeKey}\u0000${key}`) ?? { id: '', key, name, role: 'customer' }
  }
}

function keepNewest<Value>(entries: Map<string, Value>, key: string, value: Value, max: number): void {
  entries.delete(key)
  entries.set(key, value)
  for (const oldest of entries.keys()) {
    if (entries.size <= max) return
    entries.delete(oldest)
  }
}

export interface AskerTurnParts {
  readonly desk: TicketDesk
  /** Tells staff of a ticket; resolves when that is on disk. */
  readonly tellStaff: (ticket: Ticket) => Promise<void>
  readonly language: () => Language
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
    const turn = mayEnd ? readDeskTurn(normalized, this.#parts.language()) : undefined
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

const MAX_PICTURES = 3
const ENDINGS: Readonly<Record<HeardPicture['mime'], string | undefined>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  // Shown as a file that no phone opens.
  'image/webp': undefined,
}

/** The asker's last pictures as staff get to see them, oldest first; what is no longer in memory is left out. */
export function noticePictures(heard: readonly (HeardPicture | undefined)[]): readonly NoticePicture[] {
  const kept = heard.flatMap((picture): readonly NoticePicture[] => {
    const bytes = picture?.bytes()
    const ending = picture && ENDINGS[picture.mime]
    return bytes && ending ? [{ bytes, fileName: `picture${ending}` }] : []
  })
  return kept.slice(-MAX_PICTURES)
}

export interface NoticePlaceParts {
  readonly channel: Pick<Channel, 'staffPlace' | 'findColleague'>
  readonly desk: Pick<TicketDesk, 'notes' | 'rules'>
  /** Remarks of admins, who hear what nobody on the roster can be told. */
  readonly adminRemarks: () => readonly string[]
  readonly clock: Clock
}

/** Right after a login groups are not known yet. */
const GRACE_MS = 15_000

/** Where notices for staff go: the staff group; where there is none, the direct chat of whoever is on duty. */
export class NoticePlace {
  readonly #parts: NoticePlaceParts
  #missingSinceMs: number | undefined

  constructor(parts: NoticePlaceParts) {
    this.#parts = parts
  }

  /** @returns undefined while nobody can be told */
  async staffPlace(): Promise<Place | undefined> {
    const { channel, clock } = this.#parts
    const group = await channel.staffPlace()
    if (group) {
      this.#missingSinceMs = undefined
      return group
    }
    this.#missingSinceMs ??= clock.now()
    if (clock.now() - this.#missingSinceMs < GRACE_MS) return undefined
    for (const remark of this.#remarks()) {
      const chat = await channel.findColleague?.(remark)
      if (chat) return chat
    }
    return undefined
  }

  /** Who is on duty first, then the rest of the roster in its order, then admins. Names are anybody's choice. */
  #remarks(): readonly string[] {
    const { desk, adminRemarks, clock } = this.#parts
    const { roster } = desk.rules
    const duty = onDuty(clock.now(), desk.notes().duty, desk.rules)
    const inTurn = [...duty, ...roster.map(({ name }) => name)]
    const remarks = inTurn.map((name) => roster.find((colleague) => colleague.name === name)?.remark ?? '')
    return [...new Set([...remarks, ...adminRemarks()])].filter((remark) => remark !== '')
  }
}

/** A notice pasted whole fits; a book does not. */
const MAX_QUESTION_CHARS = 2_000
/** What was said longer ago was about something else. */
const SAME_MATTER_MS = 30 * 60_000
/** The bot offers a person after two failed tries at most. */
const MAX_QUESTIONS = 2
const PICTURE = '[图片]'
/** What calls for a person, agrees, refuses or complains, but does not say about what. */
const CALL_WORDS =
  /转接?|人工|客服|真人|活人|服务|机器人|小助手|你们?|您|我们?|帮|麻烦|请|找|叫|来|要|想|需要|可以|好|行|嗯|对|是|的|吧|吗|呢|啊|呀|啦|了|哈|个|一下|谢谢?|有|在|没用|没帮助|没有?|不|还|都|解决|答非所问|照做|试过?|失败|能|会|快|急|ok|yes/gi
const MIN_MATTER_CHARS = 2

/**
 * What a ticket is about, in the asker's words. Who only says 好的, 转人工 or 没用 means what was said before.
 *
 * @param before what the asker said before, oldest first
 */
export function ticketQuestion(
  { kind, text, sentAtMs }: Pick<IncomingMessage, 'kind' | 'text' | 'sentAtMs'>,
  before: readonly SaidWords[],
  language: Language,
): string {
  const own = kind === 'picture' ? PICTURE : text.slice(0, MAX_QUESTION_CHARS)
  /** 满意, 可以了 were said of another ticket. */
  const saysMatter = (said: string): boolean =>
    said !== PICTURE &&
    readDeskTurn(normalizeText(said), language) === undefined &&
    (said.replace(CALL_WORDS, '').match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= MIN_MATTER_CHARS
  if (kind === 'picture' || saysMatter(text)) return own
  const earlier = before.filter((said) => said.atMs >= sentAtMs - SAME_MATTER_MS && saysMatter(said.text))
  const questions = [...new Set(earlier.map((said) => said.text))].slice(-MAX_QUESTIONS)
  return questions.length > 0 ? questions.join('\n') : own
}
