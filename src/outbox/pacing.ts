import { BoundedMap } from '../base/bounded-map.js'
import { CHINA_OFFSET_MS, DAY_MS, MINUTE_MS, SECOND_MS } from '../base/time.js'
import type { DropReason } from '../model/decision.js'
import type { AlertFacts, AlertKind, Alerts, Clock, SendingLoad } from '../model/ports.js'

export interface PacingLimits {
  /** Least time between two bubbles, whoever they are for. */
  readonly gapMs: number
  /** Added to the gap, by chance between 0 and this. */
  readonly jitterMs: number
  /** Bubbles in any minute, to one place and to all together. */
  readonly perPlaceMinute: number
  readonly perMinute: number
  /** Bubbles in one day of China. */
  readonly perDay: number
}

/** What has to outlive a restart, so that a bot that is killed again and again is no faster than one that lives. */
export interface SendingState {
  /** Days since the epoch, in China, to which `sentCount` belongs. */
  readonly day: number
  readonly sentCount: number
  /** WeChat has said "too many" so often in a row; 0 while all is well. */
  readonly refusals: number
  /** When it said so last; milliseconds since the epoch. */
  readonly refusedAtMs: number
}

export interface PacingOptions {
  /** undefined: as fast as the channel takes it, as on our own page. */
  readonly limits: PacingLimits | undefined
  /** How long nothing is sent after the first "too many"; each further one doubles it. */
  readonly backOffMs: number
  /** 0..1, as `Math.random`. */
  readonly random: () => number
  readonly state?: SendingState | undefined
}

export interface Traveller {
  readonly placeKey: string
  /** May use the part of the day's cap that is kept for staff. */
  readonly urgent: boolean
}

/** How much of a cap is used. */
export interface CapUse {
  readonly used: number
  readonly cap: number
}

/** The rest of the day's cap is kept for what is urgent: notices, staff's orders, hand-overs. */
const SHARE_FOR_REPLIES = 0.9
/** Of the day's cap, for the answers to one person, wherever they ask; but never less than a few answers. */
const SHARE_FOR_PERSON = 0.25
const LEAST_FOR_PERSON = 10
const MAX_PEOPLE = 5_000
const LONGEST_BACK_OFF_MS = 12 * 3_600_000
/** More bubbles than this are told to be far off, however far. */
const LONGEST_FORECAST = 200

/** When the next bubble may go out. Knows no clock: everyone who asks says what time it is. */
export class Pacing {
  readonly #options: PacingOptions
  #state: SendingState
  #nextMs = Number.NEGATIVE_INFINITY
  #sentMs: readonly number[] = []
  readonly #sentMsByPlace = new Map<string, readonly number[]>()
  /** Bubbles of `state.day`. */
  readonly #sentToPerson = new BoundedMap<string, number>(MAX_PEOPLE)
  #personDay = 0

  constructor(options: PacingOptions) {
    this.#options = options
    this.#state = options.state ?? { day: 0, sentCount: 0, refusals: 0, refusedAtMs: 0 }
  }

  get state(): SendingState {
    return this.#state
  }

  /** Earliest moment for a bubble to that place; not after `nowMs` when it may go at once. */
  allowedAtMs({ placeKey, urgent }: Traveller, nowMs: number): number {
    const { limits } = this.#options
    const held = this.heldUntilMs(nowMs)
    if (!limits) return held
    return Math.max(
      held,
      this.#nextMs > nowMs + limits.gapMs + limits.jitterMs ? nowMs : this.#nextMs, // the clock was set back
      freeAtMs(this.#sentMs, limits.perMinute, nowMs),
      freeAtMs(this.#sentMsByPlace.get(placeKey) ?? [], limits.perPlaceMinute, nowMs),
      this.#dayAllowsAtMs(limits.perDay * (urgent ? 1 : SHARE_FOR_REPLIES), nowMs),
    )
  }

  /** About when a bubble would go out that has so many others before it, whatever is left of the day. */
  expectedAtMs(ahead: number, nowMs: number): number {
    const { limits } = this.#options
    let atMs = Math.max(nowMs, this.heldUntilMs(nowMs))
    if (!limits) return atMs
    if (this.#nextMs <= nowMs + limits.gapMs + limits.jitterMs) atMs = Math.max(atMs, this.#nextMs)
    let sentMs = this.#sentMs
    for (let before = 0; ; before++) {
      atMs = Math.max(atMs, freeAtMs(sentMs, limits.perMinute, atMs))
      if (before >= Math.min(ahead, LONGEST_FORECAST)) return atMs
      sentMs = [...withinMinute(sentMs, atMs), atMs]
      atMs += limits.gapMs + limits.jitterMs / 2
    }
  }

  /** undefined where nothing is limited. */
  dayUse(nowMs: number): CapUse | undefined {
    const { limits } = this.#options
    return limits && { used: dayOf(nowMs) === this.#state.day ? this.#state.sentCount : 0, cap: limits.perDay }
  }

  /** Whether no more replies may go out today. */
  isDayServed(nowMs: number): boolean {
    const { limits } = this.#options
    return limits !== undefined && this.#dayAllowsAtMs(limits.perDay * SHARE_FOR_REPLIES, nowMs) > nowMs
  }

  minuteUse(nowMs: number): CapUse | undefined {
    const { limits } = this.#options
    return limits && { used: withinMinute(this.#sentMs, nowMs).length, cap: limits.perMinute }
  }

  /** Whether a person has had their share of the day, over all places. */
  isPersonServed(personKey: string, nowMs: number): boolean {
    const { limits } = this.#options
    if (!limits || dayOf(nowMs) !== this.#personDay) return false
    return (this.#sentToPerson.get(personKey) ?? 0) >= Math.max(LEAST_FOR_PERSON, limits.perDay * SHARE_FOR_PERSON)
  }

  /**
   * A bubble was tried, whatever came of it: WeChat counts attempts.
   *
   * @param personKey whose question it answers, where that counts
   */
  noteTried(placeKey: string, nowMs: number, personKey?: string): void {
    const { limits, random } = this.#options
    const day = dayOf(nowMs)
    this.#state = { ...this.#state, day, sentCount: (day === this.#state.day ? this.#state.sentCount : 0) + 1 }
    if (!limits) return
    if (day !== this.#personDay) this.#sentToPerson.clear()
    this.#personDay = day
    if (personKey !== undefined) this.#sentToPerson.set(personKey, (this.#sentToPerson.get(personKey) ?? 0) + 1)
    this.#nextMs = nowMs + limits.gapMs + random() * limits.jitterMs
    this.#sentMs = [...withinMinute(this.#sentMs, nowMs), nowMs]
    for (const [key, times] of this.#sentMsByPlace) {
      const recent = withinMinute(times, nowMs)
      if (recent.length === 0) this.#sentMsByPlace.delete(key)
      else this.#sentMsByPlace.set(key, recent)
    }
    this.#sentMsByPlace.set(placeKey, [...(this.#sentMsByPlace.get(placeKey) ?? []), nowMs])
  }

  /** WeChat took it: a back-off is over. */
  noteTaken(): void {
    if (this.#state.refusals > 0) this.#state = { ...this.#state, refusals: 0, refusedAtMs: 0 }
  }

  /** WeChat said "too many". @returns until when nothing goes out */
  noteTooMany(nowMs: number): number {
    this.#state = { ...this.#state, refusals: this.#state.refusals + 1, refusedAtMs: nowMs }
    return this.heldUntilMs(nowMs)
  }

  /** Until when nothing goes out after "too many"; not after `nowMs` when nothing is held back. */
  heldUntilMs(nowMs: number): number {
    const { refusals, refusedAtMs } = this.#state
    // A time to come is no memory: the clock was set back since.
    if (refusals === 0 || refusedAtMs > nowMs) return nowMs
    return refusedAtMs + Math.min(this.#options.backOffMs * 2 ** (refusals - 1), LONGEST_BACK_OFF_MS)
  }

  #dayAllowsAtMs(cap: number, nowMs: number): number {
    const day = dayOf(nowMs)
    if (this.#state.day !== day || this.#state.sentCount < cap) return nowMs
    return (day + 1) * DAY_MS - CHINA_OFFSET_MS
  }
}

const dayOf = (ms: number): number => Math.floor((ms + CHINA_OFFSET_MS) / DAY_MS)

const withinMinute = (times: readonly number[], nowMs: number): readonly number[] =>
  times.filter((ms) => ms > nowMs - MINUTE_MS && ms <= nowMs)

/** When fewer than `max` of these lie within the last minute. */
function freeAtMs(times: readonly number[], max: number, nowMs: number): number {
  const recent = withinMinute(times, nowMs)
  return recent.length < max ? nowMs : recent[recent.length - max]! + MINUTE_MS
}

export interface LineTicket extends Traveller {
  /** Moment after which the bubble is of no use, as it stands now; `Infinity` waits as long as it takes. */
  readonly deadlineMs: () => number
}

interface Waiter extends LineTicket {
  readonly go: () => void
  readonly giveUp: (reason: GivenUp) => void
}

/** `held-back`: its turn would come too late; `day-cap`: because what may be said in a day is used up. */
type GivenUp = 'held-back' | 'day-cap'

const LONGEST_TIMER_MS = 60_000

/** The one line that everything said by the account stands in: one bubble at a time, paced, first come first served. */
export class SendLine {
  readonly #pacing: Pacing
  readonly #clock: Clock
  #waiters: readonly Waiter[] = []
  #busy = false
  #closesAtMs = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(pacing: Pacing, clock: Clock) {
    this.#pacing = pacing
    this.#clock = clock
  }

  get length(): number {
    return this.#waiters.length
  }

  /**
   * Runs `send` when its turn has come; nothing else goes out meanwhile.
   *
   * @returns what `send` gives, or why there was no turn before the deadline
   */
  async run<T>(ticket: LineTicket, send: () => Promise<T>): Promise<T | GivenUp> {
    const givenUp = await new Promise<GivenUp | undefined>((resolve) => {
      this.#waiters = [...this.#waiters, { ...ticket, go: () => resolve(undefined), giveUp: resolve }]
      this.#next()
    })
    if (givenUp !== undefined) return givenUp
    try {
      return await send()
    } finally {
      this.#busy = false
      this.#next()
    }
  }

  /** Lets those go who can within this time, and from now on gives all others up. */
  close(withinMs: number): void {
    this.#closesAtMs = Math.min(this.#closesAtMs, this.#clock.now() + withinMs)
    this.#next()
  }

  /** Gives up all who wait, and whoever comes from now on. */
  abandon(): void {
    this.close(Number.NEGATIVE_INFINITY)
  }

  #next(): void {
    clearTimeout(this.#timer)
    const nowMs = this.#clock.now()
    const hopeless = this.#waiters.filter(
      (waiter) => this.#pacing.allowedAtMs(waiter, nowMs) > Math.min(waiter.deadlineMs(), this.#closesAtMs),
    )
    if (hopeless.length > 0) this.#waiters = this.#waiters.filter((waiter) => !hopeless.includes(waiter))
    for (const { giveUp } of hopeless) giveUp(this.#whyHopeless(nowMs))
    if (this.#busy || this.#waiters.length === 0) return
    const times = this.#waiters.map((waiter) => this.#pacing.allowedAtMs(waiter, nowMs))
    const first = this.#waiters[times.findIndex((atMs) => atMs <= nowMs)]
    if (first) {
      this.#busy = true
      this.#waiters = this.#waiters.filter((waiter) => waiter !== first)
      first.go()
    } else this.#timer = setTimeout(() => this.#next(), Math.min(Math.min(...times) - nowMs, LONGEST_TIMER_MS))
  }

  /** The end of a day is told at once; what waits for WeChat, or for the next run, is told when it can be said. */
  #whyHopeless(nowMs: number): GivenUp {
    if (this.#closesAtMs < Number.POSITIVE_INFINITY || this.#pacing.heldUntilMs(nowMs) > nowMs) return 'held-back'
    return this.#pacing.isDayServed(nowMs) ? 'day-cap' : 'held-back'
  }
}

/** Something that wants to be said. */
export interface Arrival {
  readonly placeKey: string
  /** Never refused: staff's notices and orders, hand-overs; and whatever waits as long as it takes. */
  readonly mustBeSaid: boolean
  /** Answers words that were not put to the bot. */
  readonly isOverheard: boolean
  readonly bubbleCount: number
  /** Whose question it answers, where that counts for a person's share of the day. */
  readonly personKey?: string | undefined
}

/** Its place among all that waits. */
export interface Standing {
  readonly placeKey: string
  readonly isOverheard: boolean
  /** Bubbles that are not out yet. */
  left: number
  hasBegun: boolean
  /** Had to go for somebody who was asked. */
  isGivenUp: boolean
  /** So much waits that pictures have to stay behind. */
  readonly textOnly: boolean
}

/** Nobody should wait longer for the first word. */
const MAX_WAIT_MS = 20 * SECOND_MS
/** Whoever did not ask waits less, and goes first. */
const MAX_OVERHEARD_WAIT_MS = 10 * SECOND_MS
/** All that is begun is to be out by then. */
const MAX_QUEUE_MS = MINUTE_MS
/** With so much waiting, texts go before pictures. */
const TEXT_ONLY_MS = 40 * SECOND_MS

/**
 * Meets overload early: what can't be said soon is refused at once, so that what is answered is answered in time. The
 * newest are refused first, overheard ones before those who asked, pictures before texts.
 */
export class Admission {
  readonly #pacing: Pacing
  readonly #standing = new Set<Standing>()

  constructor(pacing: Pacing) {
    this.#pacing = pacing
  }

  /** @returns the place in the queue, or why there is none */
  admit(arrival: Arrival, nowMs: number): Standing | DropReason {
    const { mustBeSaid, personKey } = arrival
    if (mustBeSaid) return this.#stand(arrival, false)
    if (personKey !== undefined && this.#pacing.isPersonServed(personKey, nowMs)) return 'person-cap'
    if (this.#pacing.isDayServed(nowMs)) return 'day-cap'
    // How long nothing goes out is known, and who may wait that long says so by the deadline.
    if (this.#pacing.heldUntilMs(nowMs) > nowMs) return this.#stand(arrival, false)
    const maxWaitMs = arrival.isOverheard ? MAX_OVERHEARD_WAIT_MS : MAX_WAIT_MS
    for (;;) {
      const { firstMs, allMs } = this.#waits(nowMs)
      if (firstMs <= maxWaitMs && allMs <= MAX_QUEUE_MS) return this.#stand(arrival, allMs > TEXT_ONLY_MS)
      const overheard = arrival.isOverheard ? undefined : this.#newestOverheard()
      if (!overheard) return 'overload'
      overheard.isGivenUp = true
    }
  }

  leave(standing: Standing): void {
    this.#standing.delete(standing)
  }

  #stand({ placeKey, isOverheard, bubbleCount }: Arrival, textOnly: boolean): Standing {
    const standing = { placeKey, isOverheard, left: bubbleCount, hasBegun: false, isGivenUp: false, textOnly }
    this.#standing.add(standing)
    return standing
  }

  /** How long a newcomer waits for the first word, and until all others are out. Places take turns. */
  #waits(nowMs: number): { readonly firstMs: number; readonly allMs: number } {
    const others = [...this.#standing].filter(({ isGivenUp }) => !isGivenUp)
    const places = new Set(others.map(({ placeKey }) => placeKey)).size
    const bubbles = others.reduce((sum, { left }) => sum + left, 0)
    return {
      firstMs: this.#pacing.expectedAtMs(places, nowMs) - nowMs,
      allMs: this.#pacing.expectedAtMs(bubbles, nowMs) - nowMs,
    }
  }

  #newestOverheard(): Standing | undefined {
    return [...this.#standing].findLast(
      ({ isOverheard, hasBegun, isGivenUp }) => isOverheard && !hasBegun && !isGivenUp,
    )
  }
}

export interface OutboxWatch {
  /** A bubble was tried. */
  tried(): void
  /** A reply was not even begun. */
  refused(reason: DropReason): void
}

export interface CapWatchParts {
  readonly pacing: Pacing
  readonly alerts?: Alerts | undefined
  readonly clock: Clock
}

/** Of a cap; from there on people are to know. */
const NEAR = 0.8
/** A rush that comes again within this time is the same one. */
const CALM_MS = 10 * MINUTE_MS
const LOOK_EVERY_MS = 30_000
const WATCHED = ['day-cap-near', 'day-cap', 'minute-cap-near', 'overload'] as const satisfies readonly AlertKind[]
type Watched = (typeof WATCHED)[number]

/** Sees to it that no cap is reached unnoticed: one alert near it, one at its end, and a word for whoever asks. */
export class CapWatch implements OutboxWatch {
  readonly #parts: CapWatchParts
  /** What people were told last; before the first look an earlier run may have left anything open. */
  readonly #told = new Map<Watched, boolean>()
  #minuteNearAtMs = Number.NEGATIVE_INFINITY
  #overloadAtMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(parts: CapWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
    this.#look()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  tried(): void {
    const { pacing, clock } = this.#parts
    const nowMs = clock.now()
    if (isNear(pacing.minuteUse(nowMs))) this.#minuteNearAtMs = nowMs
    this.#look()
  }

  refused(reason: DropReason): void {
    if (reason === 'overload') this.#overloadAtMs = this.#parts.clock.now()
    this.#look()
  }

  load(): SendingLoad {
    const { pacing, clock } = this.#parts
    const nowMs = clock.now()
    const day = pacing.dayUse(nowMs)
    const heldUntilMs = pacing.heldUntilMs(nowMs)
    return {
      ...(day && { day: { ...day, level: pacing.isDayServed(nowMs) ? 'end' : isNear(day) ? 'near' : 'ok' } }),
      isMinuteNear: nowMs - this.#minuteNearAtMs < CALM_MS,
      isOverloaded: nowMs - this.#overloadAtMs < CALM_MS,
      ...(heldUntilMs > nowMs && { heldUntilMs }),
    }
  }

  #look(): void {
    const { alerts, pacing, clock } = this.#parts
    const { day, isMinuteNear, isOverloaded } = this.load()
    const minute = pacing.minuteUse(clock.now())
    const holds: Readonly<Record<Watched, boolean>> = {
      'day-cap-near': day !== undefined && day.level !== 'ok',
      'day-cap': day?.level === 'end',
      'minute-cap-near': isMinuteNear,
      overload: isOverloaded,
    }
    for (const kind of WATCHED) {
      if (this.#told.get(kind) === holds[kind]) continue
      this.#told.set(kind, holds[kind])
      if (holds[kind]) alerts?.raise(kind, factsOf(kind.startsWith('day') ? day : minute))
      else alerts?.clear(kind)
    }
  }
}

const isNear = (use: CapUse | undefined): boolean => use !== undefined && use.used >= NEAR * use.cap

const factsOf = (use: CapUse | undefined): AlertFacts => (use ? { count: use.used, limit: use.cap } : {})
