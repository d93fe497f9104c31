import { messageOf } from '../base/text.js'
import { HOUR_MS } from '../base/time.js'
import type { DialogueState } from '../dialogue/state.js'
import type { PictureFile } from '../model/chat.js'
import type { Alerts, Channel, Clock, Log, NoticeFacts, StaffNotices } from '../model/ports.js'
import type { AccountState, Relays } from '../model/stores.js'
import { BOT, type Ticket, type TicketEvent, type TicketPictures } from '../model/ticket.js'
import type { Outbox } from '../outbox/outbox.js'
import { packLines } from '../reply/render.js'
import { deskFigures } from './board.js'
import type { StaffTools, TicketDesk } from './desk.js'
import { DeskFront, type DeskFrontParts } from './handoff.js'
import { askerPhrases, staffPhrases } from './phrases.js'
import { type DeskAction, dueActions, isUnsettled, lastPersonsActMs, nextAfter, onDuty, untoldNews } from './states.js'

export interface DeskAttendantParts {
  readonly desk: TicketDesk
  readonly notices: StaffNotices
  /** Outside WeChat, so that a logged-out bot hides no escalation. */
  readonly alerts?: Alerts | undefined
  /** Says something to a ticket's asker, where it was opened. */
  readonly tellAsker: StaffTools['tellAsker']
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly linkTo?: TicketLink | undefined
  /** All that share the desk, where several do. */
  readonly accounts?: (() => readonly AccountState[]) | undefined
  /** A ticket is being opened and told to staff. */
  readonly isHandingOver?: () => boolean
  readonly clock: Clock
  readonly log: Log
}

/** Where colleagues find a ticket on the page. */
export type TicketLink = (number: number) => string | undefined

const LOOK_EVERY_MS = 15_000
/** What can't be taken back, and waits until it is certain what time it is. */
const ENDS: ReadonlySet<DeskAction['kind']> = new Set(['expire', 'close', 'archive'])
/** What any account can do for one that is away. */
const FOR_OTHERS: ReadonlySet<DeskAction['kind']> = new Set(['tell-staff', 'remind'])
/** An account counts as away when so many looks in a row have found it so: it may just be coming back. */
const AWAY_LOOKS = 4

/** Does what the desk's clock says is due: notices, reminders, the bot's return, expiry, archive, digest, backups. */
export class DeskAttendant {
  readonly #parts: DeskAttendantParts
  readonly #telling = new Set<number>()
  #timer: NodeJS.Timeout | undefined
  #attending: Promise<void> | undefined
  /** In how many looks an account was found away. */
  #awayLooks: ReadonlyMap<string, number> = new Map()
  #keptHour: number | undefined

  constructor(parts: DeskAttendantParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => void this.attend(), LOOK_EVERY_MS)
    this.#timer.unref()
    void this.attend()
  }

  /** Resolves when nothing is being done any more. Safe to call twice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#attending
  }

  /** Does everything that is due now. Never throws; what fails is due again at the next look. */
  attend(): Promise<void> {
    this.#attending ??= this.#attendOnce().finally(() => {
      this.#attending = undefined
    })
    return this.#attending
  }

  /** Tells staff what they don't know of a ticket; resolves when the notice is on disk. */
  async tellStaff(ticket: Ticket, pictures: readonly PictureFile[] = []): Promise<void> {
    const { desk, alerts } = this.#parts
    const news = untoldNews(ticket)
    if (!news || this.#telling.has(ticket.number)) return
    this.#telling.add(ticket.number)
    try {
      const text = this.#newsWords(ticket, news, pictures.length)
      const once = this.#onceForAll(ticket, `${news.what} ${news.atMs}`)
      await this.#addNotice(text, { ticket: ticket.number, pictures, ...once })
      if (news.what === 'opened' || news.what === 'reopened') alerts?.tell(text)
      await desk.record(ticket.number, 'told-staff', news.what)
    } finally {
      this.#telling.delete(ticket.number)
    }
  }

  async #attendOnce(): Promise<void> {
    const { desk, clock } = this.#parts
    const isSure = clock.isSure?.() !== false
    if (isSure) await this.#try('keep-day', () => this.#keepDay(clock.now()))
    for (const action of dueActions(desk.mine(), clock.now(), { notes: desk.notes(), rules: desk.rules })) {
      if (!isSure && ENDS.has(action.kind)) continue
      await this.#try(action.kind, () => this.#act(action))
    }
    await this.#try('account-away', () => this.#attendForOthers())
  }

  /** Tickets of an account whose process is down: staff hear of them by one that runs, each notice once. */
  async #attendForOthers(): Promise<void> {
    const { desk, clock, accounts } = this.#parts
    const away = (accounts?.() ?? []).filter(({ isAway }) => isAway)
    this.#awayLooks = new Map(away.map(({ name }) => [name, (this.#awayLooks.get(name) ?? 0) + 1]))
    for (const { name, seenAtMs } of away.filter((account) => (this.#awayLooks.get(account.name) ?? 0) >= AWAY_LOOKS)) {
      const tickets = desk.all().filter((ticket) => ticket.account === name && isUnsettled(ticket))
      if (tickets.length === 0) continue
      const numbers = tickets.map(({ number }) => number)
      await this.#addNotice(staffPhrases.accountAway(name, numbers), { once: `away ${name} ${seenAtMs}` })
      for (const action of dueActions(tickets, clock.now(), { notes: desk.notes(), rules: desk.rules }))
        if (FOR_OTHERS.has(action.kind)) await this.#act(action)
    }
  }

  async #try(what: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#parts.log.error({ what, error: messageOf(error) }, 'desk failed')
    }
  }

  async #act(action: DeskAction): Promise<unknown> {
    const { desk } = this.#parts
    switch (action.kind) {
      case 'tell-staff':
        // Whoever opens a ticket is about to tell it, with its pictures; if not, it is due again.
        return this.#parts.isHandingOver?.() ? undefined : this.tellStaff(action.ticket)
      case 'remind':
        return this.#remind(action)
      case 'bot-back':
        return this.#comeBack(action.ticket)
      case 'expire': {
        const expired = await desk.expire(action.ticket.number, 'nothing happened for too long')
        // Who was never told of a ticket need not hear of its end.
        if (expired.status === 'done' && action.ticket.reason !== 'overload')
          this.#tell(expired.ticket, askerPhrases.expired(expired.ticket.number))
        return
      }
      case 'close':
        return desk.confirm(action.ticket.number, 'the asker said nothing', BOT)
      case 'archive':
        return desk.archive(action.numbers)
      case 'digest': {
        const figures = deskFigures(desk.all(), this.#parts.clock.now(), desk.rules)
        const isQuietDay = figures.open + figures.openedToday + figures.settledToday === 0
        if (!action.skip && !isQuietDay)
          await this.#addNotice(staffPhrases.digest(figures, action.day), { once: `digest ${action.day}` })
        return desk.putDigestDay(action.day)
      }
    }
  }

  async #remind({ ticket, to, overdue }: Extract<DeskAction, { kind: 'remind' }>): Promise<void> {
    const { desk, alerts, clock } = this.#parts
    const passedMs = clock.now() - lastPersonsActMs(ticket)
    const names = this.#namesFor(ticket, to)
    const words =
      ticket.status === 'claimed'
        ? staffPhrases.remindHolder(ticket, names, passedMs)
        : staffPhrases.remindWaiting(ticket, names, passedMs)
    const text = overdue ? `${words}${staffPhrases.overdue}` : words
    const before = ticket.events.filter(({ what }) => what === 'reminded').length
    const once = this.#onceForAll(ticket, `${to} ${lastPersonsActMs(ticket)} ${before}`)
    await this.#addNotice(text, { ticket: ticket.number, ...once })
    if (to === 'everyone') alerts?.tell(text)
    await desk.record(ticket.number, 'reminded', to)
  }

  #namesFor(ticket: Ticket, to: Extract<DeskAction, { kind: 'remind' }>['to']): readonly string[] {
    const { desk, clock } = this.#parts
    const duty = onDuty(clock.now(), desk.notes().duty, desk.rules)
    if (to === 'holder') return ticket.status === 'claimed' ? [ticket.holder.name] : []
    if (to === 'duty') return duty.slice(0, 1)
    if (to === 'next') return [nextAfter(duty.slice(0, 1), desk.rules) ?? staffPhrases.everyone]
    const everybody = [...new Set([...duty, ...desk.rules.roster.map(({ name }) => name)])]
    return everybody.length > 0 ? everybody : [staffPhrases.everyone]
  }

  async #comeBack(ticket: Ticket): Promise<void> {
    const { desk } = this.#parts
    // Noted first: said twice it would only annoy, and the asker sees that it is back by its answers.
    await desk.record(ticket.number, 'bot-back', 'quiet for too long')
    this.#tell(ticket, askerPhrases.botBack(ticket.number))
    await this.#addNotice(staffPhrases.botBack(ticket), { ticket: ticket.number })
  }

  /** Several accounts may come to say the same of a ticket of one that is away. */
  #onceForAll(ticket: Ticket, what: string): Pick<NoticeFacts, 'once'> {
    return this.#parts.desk.isMine(ticket) ? {} : { once: `for others ${ticket.number} ${what}` }
  }

  /** What a pasted notice makes longer than a bubble goes out in several, each further one marked as such. */
  async #addNotice(text: string, { pictures = [], ...facts }: NoticeFacts = {}): Promise<void> {
    const again = facts.ticket === undefined ? '' : staffPhrases.continued(facts.ticket)
    const packed = packLines(text.split('\n'), 0, again.length + 1)
    const pieces = packed.map((lines, index) => (index === 0 || again === '' ? lines : [again, ...lines]).join('\n'))
    for (const [index, piece] of pieces.entries()) {
      const isLast = index === pieces.length - 1
      const once = facts.once !== undefined && index > 0 ? { once: `${facts.once} ${index}` } : {}
      await this.#parts.notices.add(piece, { ...facts, ...once, ...(isLast ? { pictures } : {}) })
    }
  }

  /** Not waited for: the line of sends may be long. */
  #tell(ticket: Ticket, text: string): void {
    void this.#try('tell-asker', () => this.#parts.tellAsker(ticket, text))
  }

  #newsWords(ticket: Ticket, news: TicketEvent, pictureCount: number): string {
    const { desk, clock, titleOf, linkTo } = this.#parts
    if (news.what === 'withdrawn' || news.what === 'expired') return staffPhrases.ended(ticket, news)
    const nowMs = clock.now()
    return staffPhrases.opened(ticket, news, {
      nowMs,
      duty: onDuty(nowMs, desk.notes().duty, desk.rules).slice(0, 1),
      titleOf,
      pictureCount,
      link: linkTo?.(ticket.number),
    })
  }

  async #keepDay(nowMs: number): Promise<void> {
    // By the hour, so that a day's first ticket has its backup soon.
    const hour = Math.floor(nowMs / HOUR_MS)
    if (this.#keptHour === hour) return
    await this.#parts.desk.keepDay()
    this.#keptHour = hour
  }
}

export interface DeskSurroundings {
  readonly desk: TicketDesk
  readonly channel: Channel
  readonly outbox: Pick<Outbox, 'send'>
  readonly notices: StaffNotices
  readonly alerts?: Alerts | undefined
  /** Title of a guide section. */
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly state: DialogueState
  readonly language: DeskFrontParts['language']
  readonly isTicketOrder: DeskFrontParts['isTicketOrder']
  /** Where several accounts share the desk. */
  readonly relays?: Relays | undefined
  readonly accounts?: DeskAttendantParts['accounts']
  readonly linkTo?: TicketLink | undefined
  readonly pictures?: TicketPictures | undefined
  readonly pictureWords?: DeskFrontParts['pictureWords']
  readonly clock: Clock
  readonly log: Log
}

/** The parts of the desk that work together. */
export interface DeskParts {
  readonly deskFront: DeskFront
  readonly attendant: DeskAttendant
  readonly staffTools: StaffTools
}

/** Joins the parts of the desk around its tickets. */
export function openDesk(surroundings: DeskSurroundings): DeskParts {
  const { desk, state, channel, outbox, notices, alerts, titleOf, language, relays, clock, log } = surroundings
  const { accounts, linkTo, pictures, pictureWords, isTicketOrder } = surroundings
  const tellStaff: DeskFrontParts['tellStaff'] = (...told) => attendant.tellStaff(...told)
  const deskFront = new DeskFront({
    ...{ desk, state, channel, outbox, tellStaff, pictures, pictureWords, language, isTicketOrder, relays, clock },
  })
  const tellAsker: DeskFront['tellAsker'] = (ticket, text, options) => deskFront.tellAsker(ticket, text, options)
  const attendant = new DeskAttendant({
    ...{ desk, notices, alerts, tellAsker, titleOf, linkTo, accounts, clock, log },
    isHandingOver: () => deskFront.isHandingOver,
  })
  return { deskFront, attendant, staffTools: { desk, clock, tellAsker, titleOf } }
}
