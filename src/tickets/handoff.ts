import { MINUTE_MS } from '../base/time.js'
import { whoIsTalkedTo } from '../dialogue/addressee.js'
import { ticketActOf } from '../dialogue/handoff.js'
import { mayNotSpeak } from '../dialogue/permission.js'
import type { DialogueState } from '../dialogue/state.js'
import type { PeopleAtWork, Turn } from '../dialogue/turn.js'
import {
  type HeardPicture,
  type IncomingMessage,
  PICTURE,
  type PictureFile,
  type Place,
  shownWords,
} from '../model/chat.js'
import type { Decision, TicketAct } from '../model/decision.js'
import type { Language } from '../model/language.js'
import type { Channel, Clock, Outgoing } from '../model/ports.js'
import type { RelayedWords, Relays, Told } from '../model/stores.js'
import type { SaidWords, Ticket, TicketPictures } from '../model/ticket.js'
import type { Understanding } from '../model/understanding.js'
import { readDeskTurn } from '../nlu/dialogue-act.js'
import { normalizeText } from '../nlu/normalize.js'
import type { Outbox } from '../outbox/outbox.js'
import { phrases } from '../reply/phrases.js'
import { packLines } from '../reply/render.js'
import type { TellOptions, TicketDesk } from './desk.js'
import { askerPhrases } from './phrases.js'
import { isUnsettled, type NewTicket, onDuty } from './states.js'
import { type Expectation, expectAnswer } from './working-time.js'

export interface DeskFrontParts {
  readonly desk: TicketDesk
  readonly state: DialogueState
  readonly channel: Pick<Channel, 'findPlace'>
  readonly outbox: Pick<Outbox, 'send'>
  /** The words of a picture in a line, while they can be had soon; absent where nothing reads pictures. */
  readonly pictureWords?: ((picture: HeardPicture) => Promise<string | undefined>) | undefined
  /** Tells staff of a ticket; resolves when that is on disk. */
  readonly tellStaff: (ticket: Ticket, pictures?: readonly PictureFile[]) => Promise<void>
  /** Where the asker's pictures are kept for the page. */
  readonly pictures?: TicketPictures | undefined
  /** As it is at this moment. */
  readonly language: () => Language
  /** Colleagues give orders by writing, too. */
  readonly isTicketOrder: (text: string) => boolean
  /** Where several accounts share the desk. */
  readonly relays?: Relays | undefined
  readonly clock: Clock
}

/** Words to an asker that could not go out for so long have lost their point. */
const TELL_WITHIN_MS = 10 * MINUTE_MS
/** `@` and the blank behind a name. */
const MENTION_MARKS = 2
/** A guess below this would send a colleague the wrong way. */
const MIN_GUESS_CONFIDENCE = 0.3

/** Where the desk meets the chat: what askers and colleagues say, and what the desk tells askers. */
export class DeskFront {
  readonly #parts: DeskFrontParts
  #handingOver = 0

  constructor(parts: DeskFrontParts) {
    this.#parts = parts
  }

  /** Hears every message that is no order, before it is decided about: what is said may be for people. */
  async hear(turn: Turn): Promise<void> {
    const { message, understanding, situation } = turn
    const { desk, state } = this.#parts
    const silence = mayNotSpeak(turn)
    // Who merely bears a colleague's name takes no tickets.
    if (message.fromOwner || (silence === 'staff' && message.sender.role !== 'customer')) {
      if (!situation.seenBefore) await this.#hearColleague(message)
      return
    }
    if (silence !== undefined && silence !== 'to-somebody-else') return
    state.askerSpoke(message, wantsOf(message, understanding))
    const act = silence === undefined ? ticketActOf(turn) : undefined
    const isAboutTicket = act !== undefined && act.kind !== 'state' && act.kind !== 'held'
    if (situation.heldTicket === undefined || isAboutTicket) return
    await desk.addWords(situation.heldTicket, shownWords(message))
  }

  /** What people do for the sender at this moment. */
  view({ place, sender }: Pick<IncomingMessage, 'place' | 'sender'>): Omit<PeopleAtWork, 'colleagueTalks'> {
    const { desk } = this.#parts
    const settled = desk.settledFor(place.key, sender.key)
    return {
      quiet: desk.quietFor(place.key, sender.key),
      heldTicket: desk.heldFor(place.key, sender.key)?.number,
      settledTicket: settled && {
        number: settled.number,
        status: settled.status,
        isRated: settled.status === 'closed' && settled.rating !== null,
        endedAtMs: settled.events.at(-1)?.atMs ?? settled.openedAtMs,
      },
    }
  }

  /** A colleague has spoken in a customers' place: takes the ticket of whoever is meant. */
  async #hearColleague(message: IncomingMessage): Promise<void> {
    const { desk, state } = this.#parts
    // An order in the wrong place is no answer to anybody.
    if (this.#parts.isTicketOrder(message.text)) return
    const colleagueNames = desk.rules.roster.map(({ name }) => name)
    const here = desk.mine().filter((ticket) => isUnsettled(ticket) && ticket.placeKey === message.place.key)
    const waiting = here.map(({ askerKey, askerName, events, openedAtMs }) => ({
      ...{ key: askerKey, name: askerName },
      spokeAtMs: events.findLast(({ who }) => who.key === askerKey)?.atMs ?? openedAtMs,
    }))
    const talk = whoIsTalkedTo(
      message,
      { waiting, colleagueNames, recent: state.linesIn(message.place.key) },
      this.#parts.language().colleagues,
    )
    state.colleagueSpoke(message, talk)
    const by = { key: message.sender.key, name: message.sender.name }
    for (const { number } of here.filter(({ askerKey }) => talk.askerKeys.includes(askerKey))) {
      await desk.answered(number, by, { how: 'spoke', text: shownWords(message) })
    }
  }

  /** Does what the asker's words come to. @returns what to say to it; undefined when the ticket no longer allows it */
  async carryOut(act: TicketAct, { text, place }: IncomingMessage): Promise<string | undefined> {
    const { desk, tellStaff, clock } = this.#parts
    if (act.kind === 'hours')
      return askerPhrases.hours(desk.rules.hours, expectationNow(desk, clock), place.kind === 'direct')
    const { number } = act
    switch (act.kind) {
      case 'ask-reopen':
        return askerPhrases.askReopen(number)
      case 'state':
      case 'held': {
        const ticket = desk.find(number)
        if (!ticket) return undefined
        const expected = askerPhrases.expect(expectationNow(desk, clock), place.kind === 'direct')
        if (ticket.status !== 'claimed') return askerPhrases.stillWaiting(number, expected)
        return askerPhrases.heldBy(number, ticket.holder.name, { asksFor: act.kind === 'state' })
      }
      case 'withdraw': {
        const change = await desk.withdraw(number, text)
        if (change.status !== 'done') return undefined
        await tellStaff(change.ticket)
        return askerPhrases.withdrawn(number)
      }
      case 'reopen': {
        const change = await desk.reopen(number, text)
        if (change.status !== 'done') return undefined
        await tellStaff(change.ticket)
        const expected = askerPhrases.expect(expectationNow(desk, clock), place.kind === 'direct')
        return askerPhrases.reopened(number, expected)
      }
      case 'rate': {
        const change = await desk.rate(number, act.rating, text)
        return change.status === 'done' ? askerPhrases.rated(number, act.rating) : undefined
      }
      case 'confirm': {
        const change = await desk.confirm(number, text)
        return change.status === 'done' ? askerPhrases.confirmed(number) : undefined
      }
    }
  }

  get isHandingOver(): boolean {
    return this.#handingOver > 0
  }

  /** @returns what the asker may hear of the ticket, which is on disk when this resolves, or says that it is not */
  async handOver(turn: Turn, decision: Extract<Decision, { kind: 'escalate' }>): Promise<string> {
    this.#handingOver++
    try {
      return await this.#handOver(turn, decision)
    } finally {
      this.#handingOver--
    }
  }

  async #handOver(
    { message, understanding, situation }: Turn,
    { reason, sectionKeys }: Extract<Decision, { kind: 'escalate' }>,
  ): Promise<string> {
    const { desk, state, tellStaff, pictures, clock } = this.#parts
    const { lastSection, answeredSections = [] } = situation
    const guess = understanding.candidates.find(({ confidence }) => confidence >= MIN_GUESS_CONFIDENCE)
    const sectionKey = sectionKeys[0] ?? guess?.sectionKey ?? lastSection ?? null
    const before = state.wordsBefore(message)
    const lastWords = await this.#withPictureWords(before)
    const { ticket, isNew } = await this.#open(message, { reason, sectionKey, answeredSections, lastWords })
    if (isNew) {
      const sent = noticePictures([...before.map(({ picture }) => picture), message.picture])
      await pictures?.keep(ticket.number, sent)
      await tellStaff(ticket, sent)
    }
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

  /** A ticket of a question that could not be answered; staff are told by whoever opens it. */
  async openQuietly(
    message: IncomingMessage,
    sectionKey: string | null,
  ): Promise<{ readonly number: number; readonly isNew: boolean }> {
    const { desk, state } = this.#parts
    const lastWords = state.wordsBefore(message).map(({ atMs, text }) => ({ atMs, text }))
    const facts = { reason: 'overload', sectionKey, answeredSections: [], lastWords } as const
    const { ticket, isNew } = await this.#open(message, facts)
    if (isNew) await desk.record(ticket.number, 'told-staff', 'opened')
    // Asked while another question of the same person was still on its way into the ticket.
    else await desk.addMissingWords(ticket.number, shownWords(message))
    return { number: ticket.number, isNew }
  }

  /** Colleagues search for what is written in a picture, too. */
  async #withPictureWords(before: ReturnType<DialogueState['wordsBefore']>): Promise<readonly SaidWords[]> {
    return Promise.all(
      before.map(async ({ atMs, text, picture }) => {
        const words = picture && text === PICTURE ? await this.#parts.pictureWords?.(picture) : undefined
        return { atMs, text: words === undefined ? text : `${text}\n${words}` }
      }),
    )
  }

  #open(message: IncomingMessage, facts: Pick<NewTicket, 'reason' | 'sectionKey' | 'answeredSections' | 'lastWords'>) {
    const { desk } = this.#parts
    const { place, sender } = message
    return desk.open({
      placeKey: place.key,
      placeName: place.kind === 'room' ? place.topic : phrases.directChat,
      askerKey: sender.key,
      askerName: sender.name,
      question: ticketQuestion(message, facts.lastWords, this.#parts.language()),
      ...facts,
    })
  }

  /** Says something to a ticket's asker, where the ticket was opened, by the account that holds the group. */
  async tellAsker(ticket: Ticket, text: string, options: TellOptions = {}): Promise<Told> {
    const { desk, relays, clock } = this.#parts
    if (relays && !desk.isMine(ticket)) return relays.hand(ticket, text, options)
    const { pictures = [] } = options
    const isOut = await this.sayToAsker({ ticket, text, pictures, deadlineMs: clock.now() + TELL_WITHIN_MS })
    return isOut ? 'said' : 'not-said'
  }

  /** Says words in a group of this account. @returns whether they went out */
  async sayToAsker({ ticket, text, deadlineMs, pictures = [] }: RelayedWords): Promise<boolean> {
    const { state, channel, outbox } = this.#parts
    const place = state.place(ticket.placeKey) ?? (await channel.findPlace?.(ticket.placeKey))
    // Not known in this login, or not to be told apart from another.
    if (!place) return false
    const mention = state.person(ticket.placeKey, { key: ticket.askerKey, name: ticket.askerName })
    const pieces = packLines(text.split('\n'), mention.name.length + MENTION_MARKS)
    const bubbles = pieces.map((lines, index): Outgoing => {
      const isFirst = index === 0 && place.kind === 'room'
      return { kind: 'text', text: lines.join('\n'), ...(isFirst ? { mention } : {}) }
    })
    const shown = pictures.map((one): Outgoing => ({ kind: 'picture', path: one.fileName, ...one }))
    return (await outbox.send(place, [...bubbles, ...shown], { deadlineMs, urgent: true })).said
  }
}

function wantsOf({ kind }: IncomingMessage, { act, notice }: Understanding): 'answer' | 'maybe' | 'nothing' {
  if (kind === 'picture') return 'maybe'
  if (notice || act === 'question' || act === 'wants-human' || act === 'complaint-about-bot') return 'answer'
  return act === 'statement' ? 'maybe' : 'nothing'
}

/** When the asker of a ticket may expect a person, as things stand. */
function expectationNow(desk: TicketDesk, clock: Clock): Expectation {
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
function noticePictures(heard: readonly (HeardPicture | undefined)[]): readonly PictureFile[] {
  const kept = heard.flatMap((picture): readonly PictureFile[] => {
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
/** What was no text, see `shownWords`. */
const NO_WORDS = /^(?:\[图片\]|（(?:语音|视频|文件|链接|名片|聊天记录|位置|其他消息).*）)$/
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
  message: Pick<IncomingMessage, 'kind' | 'text' | 'title' | 'seen' | 'sentAtMs'>,
  before: readonly SaidWords[],
  language: Language,
): string {
  const { kind, text, sentAtMs } = message
  const own = shownWords(message).slice(0, MAX_QUESTION_CHARS)
  /** 满意, 可以了 were said of another ticket. */
  const saysMatter = (said: string): boolean =>
    !NO_WORDS.test(said) &&
    readDeskTurn(normalizeText(said), language) === undefined &&
    (said.replace(CALL_WORDS, '').match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= MIN_MATTER_CHARS
  if (kind !== 'text' || message.seen || saysMatter(text)) return own
  const earlier = before.filter((said) => said.atMs >= sentAtMs - SAME_MATTER_MS && saysMatter(said.text))
  const questions = [...new Set(earlier.map((said) => said.text))].slice(-MAX_QUESTIONS)
  return questions.length > 0 ? questions.join('\n') : own
}
