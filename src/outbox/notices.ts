import { BoundedMap } from '../base/bounded-map.js'
import { messageOf } from '../base/text.js'
import { chinaDay, MINUTE_MS, SECOND_MS } from '../base/time.js'
import { type IncomingMessage, type Place, shownWords } from '../model/chat.js'
import type { Decision } from '../model/decision.js'
import type {
  Alerts,
  Channel,
  Clock,
  Log,
  Metrics,
  NoticeFacts,
  Outgoing,
  StaffNotices,
  UnsaidQuestion,
  UnsaidReason,
} from '../model/ports.js'
import type { ForgottenPerson } from '../model/ticket.js'
import type { Outbox } from './outbox.js'
import { unsaidPhrases } from './phrases.js'

/** A notice that staff have not had yet. */
export interface Notice {
  /** Rises with every notice. */
  readonly number: number
  readonly text: string
  /** Names for `NoticeStore.picture`. */
  readonly pictures?: readonly string[] | undefined
}

/** Keeps notices on disk. Every method resolves when the change is durable. */
export interface NoticeStore {
  /** Oldest first. */
  list(): readonly Notice[]
  add(text: string, facts?: NoticeFacts): Promise<void>
  /** undefined when it is gone. */
  picture(name: string): Promise<Uint8Array | undefined>
  remove(number: number): Promise<void>
  /** Told when others have brought something to say. */
  onChange?(listener: () => void): () => void
  /** Where several accounts share the notices: those that can tell staff say those of the others. */
  canTellStaff?(can: boolean): void
}

export interface NoticeQueueParts {
  readonly store: NoticeStore
  readonly channel: Pick<Channel, 'staffPlace'>
  readonly outbox: Pick<Outbox, 'send'>
  readonly log: Log
}

const FIRST_RETRY_MS = 2_000
const LONGEST_RETRY_MS = 5 * 60_000
/** Whether there is a staff group costs nothing to look up, and a login takes a few seconds. */
const NO_PLACE_RETRY_MS = 5_000

/**
 * Tells staff, at least once: a notice stays on disk until the channel has confirmed it, however old it gets. Where the
 * answer was lost it is said again, because for a notice twice is better than never.
 */
export class NoticeQueue implements StaffNotices {
  readonly #parts: NoticeQueueParts
  #timer: NodeJS.Timeout | undefined
  #placeTimer: NodeJS.Timeout | undefined
  #delivering = false
  #running = false
  #failures = 0
  #toldNoPlace = false

  constructor(parts: NoticeQueueParts) {
    this.#parts = parts
  }

  /** Notices that staff have not had yet. */
  get length(): number {
    return this.#parts.store.list().length
  }

  /** Begins with what an earlier run has left. */
  start(): void {
    this.#running = true
    this.#parts.store.onChange?.(() => void this.#deliver())
    void this.#deliver()
    this.#watchPlace()
  }

  stop(): void {
    this.#running = false
    clearTimeout(this.#timer)
    clearInterval(this.#placeTimer)
  }

  async add(text: string, facts?: NoticeFacts): Promise<void> {
    await this.#parts.store.add(text, facts)
    void this.#deliver()
  }

  async #deliver(): Promise<void> {
    if (this.#delivering || !this.#running) return
    this.#delivering = true
    clearTimeout(this.#timer)
    try {
      const retryMs = await this.#deliverAll()
      if (retryMs !== undefined && this.#running) this.#tryAgainIn(retryMs)
    } catch (error) {
      this.#parts.log.error({ error: messageOf(error) }, 'notice not delivered')
      this.#tryAgainIn(LONGEST_RETRY_MS)
    } finally {
      this.#delivering = false
    }
  }

  /** @returns when to try again; undefined when all are out */
  async #deliverAll(): Promise<number | undefined> {
    const { store, channel, outbox } = this.#parts
    for (let notice = store.list()[0]; notice && this.#running; notice = store.list()[0]) {
      const place = await channel.staffPlace()
      if (!place) return this.#withoutPlace()
      this.#toldNoPlace = false
      const { said } = await outbox.send(place, [{ kind: 'text', text: notice.text }], { urgent: true })
      if (!said) return Math.min(FIRST_RETRY_MS * 2 ** this.#failures++, LONGEST_RETRY_MS)
      this.#failures = 0
      await this.#showPictures(place, notice)
      await store.remove(notice.number)
    }
    return undefined
  }

  /** Once: a picture that WeChat does not want must not hold up the words of others. */
  async #showPictures(place: Place, { number, pictures = [] }: Notice): Promise<void> {
    const { store, outbox, log } = this.#parts
    const read = await Promise.all(pictures.map(async (name) => ({ name, bytes: await store.picture(name) })))
    const bubbles = read.flatMap(({ name, bytes }): readonly Outgoing[] =>
      bytes ? [{ kind: 'picture', path: name, bytes, fileName: name }] : [],
    )
    const shown = bubbles.length === 0 || (await outbox.send(place, bubbles, { urgent: true })).said
    if (!shown || bubbles.length < pictures.length) log.warn({ notice: number }, 'pictures of a notice not shown')
  }

  #withoutPlace(): number {
    if (!this.#toldNoPlace) this.#parts.log.warn({ waiting: this.length }, 'no staff group to tell, notices wait')
    this.#toldNoPlace = true
    return NO_PLACE_RETRY_MS
  }

  /** Others say what this account can't, for as long as there is nobody here to tell. */
  #watchPlace(): void {
    const { store, channel, log } = this.#parts
    if (!store.canTellStaff) return
    const look = (): void => {
      channel
        .staffPlace()
        .then((place) => store.canTellStaff?.(place !== undefined))
        .catch((error: Error) => log.warn({ error: error.message }, 'staff group not looked for'))
    }
    look()
    this.#placeTimer = setInterval(look, NO_PLACE_RETRY_MS).unref()
  }

  #tryAgainIn(ms: number): void {
    this.#timer = setTimeout(() => void this.#deliver(), ms)
    this.#timer.unref()
  }
}

/** Keeps them on disk. */
export interface UnsaidStore {
  unsaid(): readonly UnsaidQuestion[]
  /** Resolves when they are on disk. */
  keepUnsaid(questions: readonly UnsaidQuestion[]): Promise<void>
}

export interface UnsaidParts {
  readonly store: UnsaidStore
  readonly notices: StaffNotices
  readonly alerts?: Alerts | undefined
  readonly metrics?: Pick<Metrics, 'unsaid'> | undefined
  /** The message is put to the bot. */
  readonly isAddressed: (message: IncomingMessage) => boolean
  /** Opens a ticket of which staff are told by us, or adds to the one that the asker has. */
  readonly openTicket: (
    message: IncomingMessage,
    sectionKeys: readonly string[],
  ) => Promise<{ readonly number: number; readonly isNew: boolean }>
  /** Says a word to the asker, urgently. */
  readonly tellAsker: (message: IncomingMessage, text: string) => Promise<unknown>
  /** WeChat lets nothing through at the moment. */
  readonly isHeldBack: () => boolean
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly clock: Clock
  readonly log: Log
}

const LOOK_EVERY_MS = 15 * SECOND_MS
/** Staff are told of tickets soon, and then of many together. */
const FIRST_BUNDLE_MS = 5 * SECOND_MS
const BUNDLE_EVERY_MS = MINUTE_MS
/** What is more than people read in one digest becomes tickets. */
const MAX_DIGEST = 200
const MAX_PEOPLE = 5_000
/** No longer wanted: somebody else has seen to it, or the asker has. */
const SETTLED: ReadonlySet<UnsaidReason> = new Set([
  'recalled',
  'colleague-answered',
  'room-muted',
  'held-by-human',
  'perhaps-said',
])

/**
 * What could not be said is not lost: the question goes to staff, once. Where too much is asked it becomes a ticket, and
 * staff are told of many together; what WeChat did not let through is told when it lets something through again.
 */
export class UnsaidQuestions {
  readonly #parts: UnsaidParts
  /** Replies that wait for their turn or for WeChat: on disk, but for staff only if this run ends before. */
  readonly #waiting = new Set<string>()
  readonly #toldDay = new BoundedMap<string, number>(MAX_PEOPLE)
  #tickets: { readonly number: number; readonly question: UnsaidQuestion }[] = []
  #bundledAtMs = Number.NEGATIVE_INFINITY
  #bundleTimer: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined
  #lookingAfter: Promise<void> | undefined

  constructor(parts: UnsaidParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => void this.#tellWhenFree(), LOOK_EVERY_MS).unref()
    void this.#tellWhenFree()
  }

  /** Resolves when what is known is on disk. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([this.#try(() => this.#tellOfTickets()), this.#lookingAfter])
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#parts.log.error({ error: messageOf(error) }, 'unsaid question not told')
    }
  }

  /** The reply waits, for its turn or for WeChat. Never throws. */
  async waits(message: IncomingMessage, decision: Decision): Promise<void> {
    if (!this.#isQuestion(message, decision)) return
    this.#waiting.add(message.id)
    await this.#try(() => this.#keep(questionOf(message, decision)))
  }

  /** The reply is out after all, or no longer wanted. */
  async settled({ id }: IncomingMessage): Promise<void> {
    if (!this.#waiting.delete(id)) return
    const { store } = this.#parts
    await store.keepUnsaid(store.unsaid().filter(({ messageId }) => messageId !== id))
  }

  /** A reply was not said, or not all of it. */
  async note(message: IncomingMessage, decision: Decision, reason: UnsaidReason): Promise<void> {
    this.#parts.metrics?.unsaid(reason)
    if (SETTLED.has(reason) || !this.#isQuestion(message, decision)) return this.settled(message)
    const question = questionOf(message, decision)
    switch (reason) {
      case 'overload':
      case 'day-cap':
        // It may have waited for WeChat before.
        await this.settled(message)
        return this.#handOver(message, question)
      case 'person-cap':
        return this.#endDay(message, question)
      case 'refused':
        await this.settled(message)
        return this.#tell(unsaidPhrases.refused(question, this.#parts.titleOf))
      default:
        if (this.#parts.store.unsaid().length >= MAX_DIGEST) {
          await this.settled(message)
          return this.#handOver(message, question)
        }
        this.#waiting.delete(message.id)
        await this.#keep(question)
        this.#parts.alerts?.tell(unsaidPhrases.refused(question, this.#parts.titleOf))
    }
  }

  /** Drops what is kept of a person. */
  async forget({ keys }: ForgottenPerson): Promise<void> {
    const { store } = this.#parts
    const others = store.unsaid().filter(({ askerKey }) => !keys.includes(askerKey))
    if (others.length < store.unsaid().length) await store.keepUnsaid(others)
  }

  /** Put to the bot by a customer who waits for an answer; what is handed over is with staff already. */
  #isQuestion(message: IncomingMessage, { kind }: Decision): boolean {
    return QUESTIONS.has(kind) && message.sender.role === 'customer' && this.#parts.isAddressed(message)
  }

  async #keep(question: UnsaidQuestion): Promise<void> {
    const { store } = this.#parts
    const others = store.unsaid().filter(({ messageId }) => messageId !== question.messageId)
    await store.keepUnsaid([...others, question])
  }

  async #handOver(message: IncomingMessage, question: UnsaidQuestion, { onlyNew = false } = {}): Promise<void> {
    const { number, isNew } = await this.#parts.openTicket(message, question.sectionKeys)
    if (onlyNew && !isNew) return
    this.#tickets.push({ number, question })
    if (this.#bundleTimer) return
    const nowMs = this.#parts.clock.now()
    const waitMs = Math.max(FIRST_BUNDLE_MS, this.#bundledAtMs + BUNDLE_EVERY_MS - nowMs)
    this.#bundleTimer = setTimeout(() => void this.#try(() => this.#tellOfTickets()), waitMs).unref()
  }

  async #tellOfTickets(): Promise<void> {
    clearTimeout(this.#bundleTimer)
    this.#bundleTimer = undefined
    if (this.#tickets.length === 0) return
    const tickets = this.#tickets
    this.#tickets = []
    this.#bundledAtMs = this.#parts.clock.now()
    await this.#tell(unsaidPhrases.tickets(tickets))
  }

  /** One person's share of the day is used up, over all places: told once; of more, staff read in the ticket. */
  async #endDay(message: IncomingMessage, question: UnsaidQuestion): Promise<void> {
    const day = chinaDay(this.#parts.clock.now())
    const isTold = this.#toldDay.get(question.askerKey) === day
    this.#toldDay.set(question.askerKey, day)
    await this.#handOver(message, question, { onlyNew: isTold })
    if (!isTold) await this.#parts.tellAsker(message, unsaidPhrases.personCap)
  }

  /** What is left of the time in which WeChat let nothing through, in one notice. */
  #tellWhenFree(): Promise<void> {
    this.#lookingAfter ??= this.#try(() => this.#tellIfFree()).finally(() => {
      this.#lookingAfter = undefined
    })
    return this.#lookingAfter
  }

  async #tellIfFree(): Promise<void> {
    const { store, notices, isHeldBack, titleOf } = this.#parts
    const due = store.unsaid().filter(({ messageId }) => !this.#waiting.has(messageId))
    if (due.length === 0 || isHeldBack()) return
    for (const text of unsaidPhrases.digest(due, titleOf)) await notices.add(text)
    await store.keepUnsaid(store.unsaid().filter((question) => !due.includes(question)))
  }

  async #tell(text: string): Promise<void> {
    const { notices, alerts } = this.#parts
    alerts?.tell(text)
    await notices.add(text)
  }
}

const QUESTIONS: ReadonlySet<Decision['kind']> = new Set(['answer', 'clarify', 'fallback'])

const questionOf = (message: IncomingMessage, decision: Decision): UnsaidQuestion => ({
  messageId: message.id,
  placeName: message.place.kind === 'room' ? message.place.topic : '私聊',
  askerKey: message.sender.key,
  askerName: message.sender.name,
  text: shownWords(message),
  sectionKeys: 'sectionKeys' in decision ? decision.sectionKeys : [],
  askedAtMs: message.sentAtMs,
})
