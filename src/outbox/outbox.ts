import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../base/text.js'
import { withTimeout } from '../base/time.js'
import { ChannelError } from '../errors.js'
import type { IncomingMessage, Person, Place } from '../model/chat.js'
import type { Bubble, DropReason } from '../model/decision.js'
import type {
  Alerts,
  Channel,
  Clock,
  Log,
  Metrics,
  Outgoing,
  PictureSource,
  SendingLoad,
  SendOutcome,
} from '../model/ports.js'
import { NoticeQueue, type NoticeStore, type UnsaidParts, UnsaidQuestions, type UnsaidStore } from './notices.js'
import {
  Admission,
  CapWatch,
  type OutboxWatch,
  Pacing,
  type PacingOptions,
  type SendingState,
  SendLine,
  type Standing,
} from './pacing.js'

/** Keeps what must not be forgotten of what was said, and of what was not. */
interface OutboxStore extends UnsaidStore {
  sending(): SendingState
  keepSending(state: SendingState): void
}

export interface OutboxNeeds
  extends Pick<PacingOptions, 'limits' | 'backOffMs' | 'random'>,
    Pick<UnsaidParts, 'isAddressed' | 'openTicket' | 'titleOf'> {
  readonly store: OutboxStore
  /** Where several accounts share a desk, theirs together. */
  readonly noticeStore: NoticeStore
  readonly channel: Channel
  /** Where staff are told. */
  readonly noticePlace: Pick<Channel, 'staffPlace'>
  /** When a word to the asker of a message comes too late. */
  readonly deadlineMs: (message: IncomingMessage) => number
  readonly alerts?: Alerts | undefined
  readonly metrics?: Pick<Metrics, 'unsaid'> | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface OpenOutbox {
  readonly outbox: Outbox
  readonly notices: NoticeQueue
  readonly unsaid: UnsaidQuestions
  /** How near it is to what it may say. */
  load(): SendingLoad
  start(): void
  /** Begins nothing new; what waits in the outbox may still go out. */
  stopTelling(): void
  /** Resolves when what could not be said is on disk. */
  stop(): Promise<void>
}

/** Joins the parts that say what the bot says around their file. */
export function openOutbox(needs: OutboxNeeds): OpenOutbox {
  const { store, noticeStore, channel, noticePlace, deadlineMs, alerts, metrics, clock, log } = needs
  const { limits, backOffMs, random, isAddressed, openTicket, titleOf } = needs
  const pacing = new Pacing({ limits, backOffMs, random, state: store.sending() })
  const caps = new CapWatch({ pacing, alerts, clock })
  const keep = (state: SendingState): void => store.keepSending(state)
  const outbox = new Outbox({ channel, pacing, clock, log, keep, watch: caps })
  const notices = new NoticeQueue({ store: noticeStore, channel: noticePlace, outbox, log })
  const tellAsker: UnsaidParts['tellAsker'] = (message, text) => {
    const { place, sender } = message
    const bubble = { kind: 'text', text, ...(place.kind === 'room' ? { mention: sender } : {}) } as const
    return outbox.send(place, [bubble], { urgent: true, deadlineMs: deadlineMs(message) })
  }
  const isHeldBack = (): boolean => pacing.heldUntilMs(clock.now()) > clock.now()
  const unsaid = new UnsaidQuestions({
    ...{ store, notices, alerts, metrics, isAddressed, openTicket, tellAsker, isHeldBack, titleOf, clock, log },
  })
  return {
    outbox,
    notices,
    unsaid,
    load: () => caps.load(),
    start: () => {
      notices.start()
      caps.start()
      unsaid.start()
    },
    stopTelling: () => {
      notices.stop()
      caps.stop()
    },
    stop: () => unsaid.stop(),
  }
}

/** Bubbles that are made while others go out already. */
export interface ReadyBubbles extends AsyncIterable<Outgoing> {
  /** How many they will be, at most. */
  readonly count: number
}

type Bubbles = Iterable<Outgoing> | (AsyncIterable<Outgoing> & Partial<Pick<ReadyBubbles, 'count'>>)

export interface OutboxParts {
  readonly channel: Channel
  readonly pacing: Pacing
  readonly clock: Clock
  readonly log: Log
  /** Told of what has to outlive a restart, each time that it changes. */
  readonly keep?: (state: SendingState) => void
  /** Told of each try and each refusal, for those who watch the caps. */
  readonly watch?: OutboxWatch
}

export interface SendOptions {
  /** Asked just before each bubble goes out; a reason drops what is left. */
  readonly stillWanted?: () => DropReason | undefined
  /** Moment after which the reply is of no use, milliseconds since the epoch. Without one it waits as long as it takes. */
  readonly deadlineMs?: number
  /** The same when WeChat lets nothing through for a while: late is better than never then. */
  readonly patientUntilMs?: number
  /** Told once when it begins to wait for that. */
  readonly onPatience?: () => void
  /** For staff, or on their behalf: never refused, and has its own part of the day's cap; see `Pacing`. */
  readonly urgent?: boolean
  /** Answers words that were not put to the bot: goes first when there is too much to say. */
  readonly isOverheard?: boolean
  /** Whose question it answers, where that counts for a person's share of the day. */
  readonly personKey?: string | undefined
  /** Id of the message that is answered, for the log. */
  readonly messageId?: string
}

interface Delivery extends SendOptions {
  readonly to: Place
  readonly standing: Standing
  /** WeChat lets nothing through, or has not for a while. */
  isPatient: boolean
  bubblesOut: number
  /** Tells whoever sends it that there is no more time, also where WeChat has not answered yet. */
  cutOff: () => void
}

/** Waits before a bubble is tried again that never reached WeChat, or that WeChat has refused. */
const NOT_REACHED_RETRY_MS = [2_000, 5_000, 15_000]
const REFUSED_RETRY_MS = [2_000, 15_000, 60_000]
/** The puppet gives up after 60 s; whatever hangs longer must not silence the bot for good. */
const SEND_TIMEOUT_MS = 70_000

/**
 * Says everything that the bot says: in order within a place, one bubble at a time over the account, paced.
 *
 * A bubble is tried again only when nothing of it was taken: WeChat was not reached, or said no. Where the answer got lost it may have been said,
 * and a double answer is worse than none.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #line: SendLine
  readonly #tails = new Map<string, Promise<void>>()
  readonly #underWay = new Set<Delivery>()
  readonly #admission: Admission
  #sessionOver = false
  readonly #stopping = new AbortController()
  /** There is no more time for last words. */
  #isStopped = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#line = new SendLine(parts.pacing, parts.clock)
    this.#admission = new Admission(parts.pacing)
  }

  /** Bubbles that wait for their turn. */
  get length(): number {
    return this.#line.length
  }

  /**
   * Sends bubbles to a place, after everything that waits there already. What can't be sent is logged, and the rest of
   * its reply is dropped: half an answer out of order confuses more than none.
   *
   * @param bubbles may come one by one: what is ready goes out while the next is being made
   * @returns what became of it; never throws
   */
  async send(to: Place, bubbles: Bubbles, options: SendOptions = {}): Promise<SendOutcome> {
    const urgent = options.urgent === true && !this.#isServed(options)
    const standing = this.#admit(to, bubbles, { ...options, urgent })
    if (typeof standing === 'string') {
      this.#noteDropped({ ...options, to }, standing)
      this.#parts.watch?.refused(standing)
      return { said: false, reason: standing, bubblesOut: 0 }
    }
    const delivery: Delivery = { ...options, urgent, to, standing, isPatient: false, bubblesOut: 0, cutOff: () => {} }
    this.#underWay.add(delivery)
    this.#beginPatience(delivery)
    const before = this.#tails.get(to.key) ?? Promise.resolve()
    const sent = before
      .then(() => this.#sendInOrder(bubbles, delivery))
      .finally(() => {
        this.#underWay.delete(delivery)
        this.#admission.leave(standing)
      })
    const tail = sent.then(() => undefined)
    this.#tails.set(to.key, tail)
    const outcome = await Promise.race([sent, this.#cutOff(delivery)])
    if (this.#tails.get(to.key) === tail) this.#tails.delete(to.key)
    return outcome
  }

  /** Resolves when there is no more time for it: whoever sends it has to know before the end. */
  #cutOff(delivery: Delivery): Promise<SendOutcome> {
    return new Promise((resolve) => {
      delivery.cutOff = () => {
        this.#noteDropped(delivery, 'stopping')
        resolve({ said: false, reason: 'stopping', bubblesOut: delivery.bubblesOut })
      }
      if (this.#isStopped && delivery.deadlineMs !== undefined) delivery.cutOff()
    })
  }

  /**
   * Resolves when nothing waits any more.
   *
   * @param withinMs what is not out within this time is dropped, be it that it comes to the outbox meanwhile
   */
  async drain({ withinMs = Number.POSITIVE_INFINITY }: { withinMs?: number } = {}): Promise<void> {
    this.#line.close(withinMs)
    const out = Promise.all(this.#tails.values())
    if (withinMs === Number.POSITIVE_INFINITY) return void (await out)
    this.#stopping.abort()
    let timer: NodeJS.Timeout | undefined
    const timeIsUp = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#cutAllOff()
        resolve()
      }, withinMs)
    })
    await Promise.race([out, timeIsUp])
    // What is being thought out may still come.
    timer?.unref()
  }

  /** But for what has no deadline: that is kept on disk by whoever sends it. */
  #cutAllOff(): void {
    this.#isStopped = true
    for (const delivery of this.#underWay) if (delivery.deadlineMs !== undefined) delivery.cutOff()
  }

  /** Whoever has had their share of the day can't use up what is kept for others by asking for people. */
  #isServed({ personKey }: SendOptions): boolean {
    return personKey !== undefined && this.#parts.pacing.isPersonServed(personKey, this.#parts.clock.now())
  }

  #admit(to: Place, bubbles: Bubbles, options: SendOptions): Standing | DropReason {
    const { urgent = false, deadlineMs, isOverheard = false, personKey } = options
    const arrival = {
      placeKey: to.key,
      mustBeSaid: urgent || deadlineMs === undefined,
      isOverheard,
      bubbleCount: countOf(bubbles),
      personKey,
    }
    return this.#admission.admit(arrival, this.#parts.clock.now())
  }

  async #sendInOrder(bubbles: Bubbles, delivery: Delivery): Promise<SendOutcome> {
    const { standing } = delivery
    let sending: Outgoing['kind'] | undefined
    try {
      for await (const bubble of bubbles) {
        sending = bubble.kind
        if (bubble.kind === 'picture' && standing.textOnly) continue
        const reason = await this.#sendOne(bubble, delivery)
        if (reason !== undefined) {
          this.#noteDropped(delivery, reason)
          return { said: false, reason, bubblesOut: delivery.bubblesOut }
        }
        delivery.bubblesOut++
        standing.hasBegun = true
        standing.left = Math.max(0, standing.left - 1)
      }
      return { said: true }
    } catch (error) {
      const { to, messageId } = delivery
      const fields = { messageId, placeKind: to.kind, bubble: sending, error: messageOf(error) }
      const reason = mayBeThere(error) ? 'perhaps-said' : 'refused'
      this.#parts.log.error(fields, reason === 'refused' ? 'reply lost' : 'answer lost, the bubble may have been said')
      return { said: false, reason, bubblesOut: delivery.bubblesOut }
    }
  }

  #noteDropped({ messageId, to }: SendOptions & { readonly to: Place }, reason: DropReason): void {
    this.#parts.log.info({ messageId, placeKind: to.kind, reason }, 'reply dropped')
  }

  /** @returns why it was dropped; undefined when it went out */
  async #sendOne(bubble: Outgoing, delivery: Delivery): Promise<DropReason | undefined> {
    const { to, urgent = false, standing } = delivery
    const deadlineMs = () => this.#deadlineMs(delivery)
    const ticket = { placeKey: to.key, urgent, deadlineMs }
    for (let tries = 0; ; tries++) {
      try {
        const dropped = await this.#line.run(ticket, async () => {
          if (standing.isGivenUp) return 'overload'
          const reason = delivery.stillWanted?.()
          if (reason !== undefined) return reason
          return this.#parts.clock.now() > deadlineMs() ? 'too-old' : this.#say(bubble, delivery)
        })
        return dropped === 'held-back' && this.#sessionOver ? 'session-over' : dropped
      } catch (error) {
        // Waits in line again until WeChat lets something through, or it is too late by then.
        if (error instanceof ChannelError && error.tooMany && delivery.deadlineMs !== undefined) continue
        const retryMs = retryAfterMs(error, tries, delivery)
        if (retryMs === undefined || this.#parts.clock.now() + retryMs > deadlineMs()) throw error
        this.#parts.log.warn({ error: messageOf(error), retryMs }, 'not out yet, trying again')
        // A colleague's words have failed once: while there is time, the ticket is told that nobody has read them.
        if (urgent && delivery.deadlineMs !== undefined) {
          // Aborted means that we are to end.
          await delay(retryMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
          if (this.#stopping.signal.aborted) return 'stopping'
        } else await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }

  #deadlineMs(delivery: Delivery): number {
    const { deadlineMs = Number.POSITIVE_INFINITY, patientUntilMs = deadlineMs, isPatient } = delivery
    return isPatient ? patientUntilMs : deadlineMs
  }

  /** While WeChat lets nothing through, whoever can wait for the end of that does, also behind others in its place. */
  #beginPatience(delivery: Delivery): void {
    const { pacing, clock } = this.#parts
    const { deadlineMs = Number.POSITIVE_INFINITY, patientUntilMs = deadlineMs, isPatient, onPatience } = delivery
    const heldUntilMs = pacing.heldUntilMs(clock.now())
    if (isPatient || heldUntilMs <= clock.now() || heldUntilMs > patientUntilMs || deadlineMs === patientUntilMs) return
    delivery.isPatient = true
    onPatience?.()
  }

  async #say(bubble: Outgoing, { to, personKey }: Delivery): Promise<undefined> {
    const { channel, pacing, clock, keep, watch } = this.#parts
    try {
      await withinTime(channel.send(to, bubble))
      pacing.noteTaken()
    } catch (error) {
      if (error instanceof ChannelError && error.tooMany) this.#holdBack()
      if (error instanceof ChannelError && error.sessionOver) this.#giveUp()
      throw error
    } finally {
      pacing.noteTried(to.key, clock.now(), personKey)
      keep?.(pacing.state)
      watch?.tried()
    }
  }

  /** Nothing gets out before a new login, which takes a new run of the bot. */
  #giveUp(): void {
    this.#sessionOver = true
    this.#line.abandon()
  }

  #holdBack(): void {
    const untilMs = this.#parts.pacing.noteTooMany(this.#parts.clock.now())
    for (const delivery of this.#underWay) this.#beginPatience(delivery)
    this.#parts.log.error({ until: new Date(untilMs).toISOString() }, 'too many sends, nothing goes out for a while')
  }
}

/** @returns undefined when it is not to be tried again */
function retryAfterMs(error: unknown, tries: number, { deadlineMs }: Delivery): number | undefined {
  if (!(error instanceof ChannelError) || !error.retryable) return undefined
  if (error.code !== 'channel-rejected') return NOT_REACHED_RETRY_MS[tries]
  // What has no deadline is tried again by whoever keeps it, who lets others go first.
  return deadlineMs === undefined ? undefined : REFUSED_RETRY_MS[tries]
}

/** One where it is not known. */
function countOf(bubbles: Bubbles): number {
  if (Array.isArray(bubbles)) return bubbles.length
  return 'count' in bubbles ? (bubbles.count ?? 1) : 1
}

const mayBeThere = (error: unknown): boolean =>
  error instanceof ChannelError && error.code === 'channel-unreachable' && !error.retryable

/** @throws ChannelError when there is no answer in time */
async function withinTime(sending: Promise<void>): Promise<void> {
  const isSent = await withTimeout(
    sending.then(() => true),
    SEND_TIMEOUT_MS,
  )
  if (!isSent) throw new ChannelError('channel-unreachable', 'no answer', { retryable: false })
}

type Picture = Extract<Outgoing, { kind: 'picture' }>

/**
 * Makes bubbles ready for the wire, one by one: a text is there at once, while all pictures are already on their way.
 * A picture that can't be had is left out.
 */
export function readyBubbles(
  bubbles: readonly Bubble[],
  asker: Person,
  parts: { readonly pictures: PictureSource; readonly log: Log },
): ReadyBubbles {
  const make = (bubble: Bubble) =>
    bubble.kind === 'picture'
      ? loadPicture(bubble.picture.path, parts)
      : ({ kind: 'text', text: bubble.text, ...(bubble.mention ? { mention: asker } : {}) } as const)
  // Not before its turn: what is refused needs no pictures.
  return { count: bubbles.length, [Symbol.asyncIterator]: () => inOrder(bubbles.map(make)) }
}

async function* inOrder(
  bubbles: readonly (Outgoing | Promise<Picture | undefined>)[],
): AsyncGenerator<Outgoing, undefined> {
  for (const bubble of bubbles) {
    const ready = await bubble
    if (ready) yield ready
  }
  return undefined
}

async function loadPicture(
  path: string,
  { pictures, log }: { readonly pictures: PictureSource; readonly log: Log },
): Promise<Picture | undefined> {
  try {
    const picture = await pictures.load(path)
    if (picture) return { kind: 'picture', path, ...picture }
    log.warn({ picture: path }, 'picture not found, sending the text alone')
  } catch (error) {
    // Nobody may be waiting for it yet, and a rejection that nobody waits for would end the bot.
    log.error({ picture: path, error: messageOf(error) }, 'picture not loaded')
  }
  return undefined
}
