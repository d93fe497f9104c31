import { CHINA_OFFSET_MS, DAY_MS, dayFromIso, HOUR_MS, MINUTE_MS } from '../base/time.js'
import { type IncomingMessage, type Person, type Place, personInPlace } from '../model/chat.js'
import type { Decision, DropReason } from '../model/decision.js'
import type { Clock, Log, Outgoing, SendOutcome } from '../model/ports.js'
import type { ForgottenPerson } from '../model/ticket.js'
import type { DatesReading, IsoDay, Reminder, ReminderPlan, Understanding } from '../model/understanding.js'
import type { Situation } from './turn.js'

/** Half past nine in the morning: people are at work, and the whole day is left. */
const REMIND_AT_MS = 9.5 * HOUR_MS

/** The day to be reminded of: the end of the last review, or the latest day to submit. */
export function planReminder({ timeline }: DatesReading): ReminderPlan | undefined {
  const { secondBy, internalBy, latestSubmit } = timeline
  if (secondBy !== null) return { about: 'second', day: secondBy, dueAtMs: morningOf(secondBy) }
  if (internalBy !== null) return { about: 'internal', day: internalBy, dueAtMs: morningOf(internalBy) }
  return latestSubmit === null ? undefined : { about: 'submit', day: latestSubmit, dueAtMs: morningOf(latestSubmit) }
}

const morningOf = (day: IsoDay): number => dayFromIso(day) * DAY_MS - CHINA_OFFSET_MS + REMIND_AT_MS

/**
 * "到时候提醒我" after the bot has told somebody's days, and "取消提醒".
 *
 * @returns undefined when the message wants no reminder, or tells the days itself (see `withReminder`)
 */
export function takeUpReminder(
  { reminder, days }: Understanding,
  { reminding, talkedLately }: Situation,
  { isAsked }: { isAsked: boolean },
): Decision | undefined {
  if (!reminding || reminder === undefined) return undefined
  if (reminder === 'cancel') {
    if (reminding.isSet) return { kind: 'courtesy', word: 'reminder-cancelled' }
    return isAsked ? { kind: 'courtesy', word: 'reminder-none' } : undefined
  }
  if (days) return undefined
  // Said among people, "到时候叫我" is for the bot only where it has just spoken of that day.
  if (!isAsked && !(talkedLately && reminding.toldDays)) return undefined
  const plan = reminding.toldDays && planReminder(reminding.toldDays)
  if (!plan) return { kind: 'courtesy', word: 'reminder-needs-day' }
  return plan.dueAtMs <= reminding.nowMs
    ? { kind: 'courtesy', word: 'reminder-today' }
    : { kind: 'courtesy', word: 'reminder-set', remind: plan }
}

/** "我20号提的，到时候提醒我", or the day that was asked for to remind of it. */
export function withReminder(decision: Decision, { reminder }: Understanding, { reminding }: Situation): Decision {
  if (!reminding || decision.kind !== 'answer' || !decision.days) return decision
  if (reminder !== 'set' && !reminding.isWished) return decision
  const plan = planReminder(decision.days)
  return plan && plan.dueAtMs > reminding.nowMs ? { ...decision, remind: plan } : decision
}

/** Keeps reminders on disk. */
export interface ReminderStore {
  records(): readonly Reminder[]
  /** Resolves when it is on disk. */
  save(records: readonly Reminder[]): Promise<void>
  /** On disk soon. */
  keep(records: readonly Reminder[]): void
}

type Who = Pick<IncomingMessage, 'place' | 'sender'>

const MAX_REMINDERS = 5_000

/** Who wants to be reminded of which day: one reminder for a person in a place. The only owner of that state. */
export class ReminderBook {
  readonly #store: ReminderStore
  readonly #reminders: Map<string, Reminder>

  constructor(store: ReminderStore) {
    this.#store = store
    this.#reminders = new Map(store.records().map((reminder) => [keyOf(reminder.place, reminder.person), reminder]))
  }

  isSetFor({ place, sender }: Who): boolean {
    return this.#reminders.has(keyOf(place, sender))
  }

  /** Instead of any other of that person there. Resolves when it is on disk. */
  async set({ place, sender }: Who, plan: ReminderPlan): Promise<void> {
    const key = keyOf(place, sender)
    this.#reminders.delete(key)
    this.#reminders.set(key, { ...plan, place, person: sender, status: 'waiting' })
    for (const oldest of this.#reminders.keys()) {
      if (this.#reminders.size <= MAX_REMINDERS) break
      this.#reminders.delete(oldest)
    }
    await this.#save()
  }

  /** Resolves when it is gone from disk. */
  async cancel({ place, sender }: Who): Promise<void> {
    if (this.#reminders.delete(keyOf(place, sender))) await this.#save()
  }

  /**
   * What was decided about a reminder; only when this resolves may the asker read so.
   *
   * @returns what takes it back, should the asker never read so
   */
  async follow(who: Who, decision: Decision): Promise<(() => Promise<void>) | undefined> {
    const before = this.#reminders.get(keyOf(who.place, who.sender))
    const takeBack = (): Promise<void> => (before ? this.set(who, before) : this.cancel(who))
    if ('remind' in decision && decision.remind) {
      await this.set(who, decision.remind)
      return takeBack
    }
    if (decision.kind !== 'courtesy' || decision.word !== 'reminder-cancelled') return undefined
    await this.cancel(who)
    return takeBack
  }

  /** Resolves when the reminders of that person are gone from disk. */
  async forget({ keys }: ForgottenPerson): Promise<void> {
    for (const [key, { person }] of this.#reminders) {
      if (keys.includes(person.key)) this.#reminders.delete(key)
    }
    await this.#save()
  }

  /** Takes over by which handles a person and a place go now: those of another login are of no use. */
  meet({ place, sender }: Who): void {
    let changed = false
    for (const [key, reminder] of this.#reminders) {
      if (reminder.place.key !== place.key) continue
      const person = reminder.person.key === sender.key ? sender : reminder.person
      if (reminder.place.id === place.id && isSame(person, reminder.person)) continue
      this.#reminders.set(key, { ...reminder, place, person })
      changed = true
    }
    if (changed) this.#store.keep(this.#all())
  }

  /** Those whose time has come, the earliest first. */
  due(nowMs: number): readonly Reminder[] {
    return this.#all()
      .filter(({ dueAtMs }) => dueAtMs <= nowMs)
      .sort((a, b) => a.dueAtMs - b.dueAtMs)
  }

  /** Whether it is still wanted as it is. */
  holds({ place, person, dueAtMs }: Reminder): boolean {
    return this.#reminders.get(keyOf(place, person))?.dueAtMs === dueAtMs
  }

  /** Resolves when it is on disk that this one may be said from now on, or that it was not said after all. */
  async mark(reminder: Reminder, status: Reminder['status']): Promise<void> {
    if (!this.holds(reminder)) return
    const key = keyOf(reminder.place, reminder.person)
    this.#reminders.set(key, { ...this.#reminders.get(key)!, status })
    await this.#save()
  }

  /** It was said, or never will be. Resolves when it is gone from disk. */
  async settle(reminder: Reminder): Promise<void> {
    if (!this.holds(reminder)) return
    this.#reminders.delete(keyOf(reminder.place, reminder.person))
    await this.#save()
  }

  #all(): readonly Reminder[] {
    return [...this.#reminders.values()]
  }

  #save(): Promise<void> {
    return this.#store.save(this.#all())
  }
}

const keyOf = (place: Place, person: Person): string => personInPlace(place.key, person.key)

const isSame = (a: Person, b: Person): boolean => a.id === b.id && a.name === b.name

/** The part of the outbox that reminders need. */
interface Sender {
  send(
    to: Place,
    bubbles: Iterable<Outgoing>,
    options: { stillWanted: () => DropReason | undefined },
  ): Promise<SendOutcome>
}

export interface ReminderRoundsParts {
  readonly book: ReminderBook
  readonly outbox: Sender
  /** The words of a reminder. @param isLate it should have gone out well before */
  readonly write: (reminder: Reminder, facts: { nowMs: number; isLate: boolean }) => string
  readonly clock: Clock
  readonly log: Log
  /** To whom nothing is to be said at this moment, where; the reminder waits. */
  readonly isMuted?: (placeKey: string, personKey: string) => boolean
}

const ROUND_MS = 20_000
/** Later than this the bot was away, and says so. */
const LATE_MS = 15 * MINUTE_MS
/** A day long gone is no news any more. */
const GIVE_UP_MS = 7 * 24 * 60 * MINUTE_MS
const FIRST_RETRY_MS = MINUTE_MS
const LONGEST_RETRY_MS = 6 * 60 * MINUTE_MS

/**
 * Sends reminders when their time has come: at most once each. What may have been said when the connection broke, or
 * the bot ended, is not said again.
 */
export class ReminderRounds {
  readonly #parts: ReminderRoundsParts
  readonly #retries = new Map<string, { readonly count: number; readonly atMs: number }>()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #stopped = false

  constructor(parts: ReminderRoundsParts) {
    this.#parts = parts
  }

  start(): void {
    clearInterval(this.#timer)
    this.#stopped = false
    this.#timer = setInterval(() => void this.deliverDue(), ROUND_MS)
    this.#timer.unref()
    void this.deliverDue()
  }

  /** No more of them; resolves when what is being said is out, or the outbox has dropped it. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#round
  }

  /** One round; resolves when what was due has gone out or has to wait. Never throws. */
  deliverDue(): Promise<void> {
    this.#round ??= this.#deliverAll().finally(() => {
      this.#round = undefined
    })
    return this.#round
  }

  async #deliverAll(): Promise<void> {
    const { book, clock, log } = this.#parts
    for (const reminder of book.due(clock.now())) {
      if (this.#stopped) return
      if (this.#parts.isMuted?.(reminder.place.key, reminder.person.key)) continue
      try {
        await this.#deliver(reminder)
      } catch (error) {
        log.error({ error: error instanceof Error ? error.message : String(error) }, 'reminder not delivered')
      }
    }
  }

  async #deliver(reminder: Reminder): Promise<void> {
    const { book, outbox, write, clock, log } = this.#parts
    const nowMs = clock.now()
    if (reminder.status === 'sending' || nowMs - reminder.dueAtMs > GIVE_UP_MS) {
      log.warn({ status: reminder.status, day: reminder.day }, 'reminder given up')
      return book.settle(reminder)
    }
    const retry = this.#retries.get(retryKeyOf(reminder))
    if (retry && nowMs < retry.atMs) return
    const text = write(reminder, { nowMs, isLate: nowMs - reminder.dueAtMs > LATE_MS })
    const { place, person } = reminder
    const bubble: Outgoing = { kind: 'text', text, ...(place.kind === 'room' ? { mention: person } : {}) }
    await book.mark(reminder, 'sending')
    const outcome = await outbox.send(place, [bubble], {
      stillWanted: () => (book.holds(reminder) ? undefined : 'recalled'),
    })
    if (outcome.said || outcome.reason === 'perhaps-said') {
      this.#retries.delete(retryKeyOf(reminder))
      return book.settle(reminder)
    }
    const count = retry?.count ?? 0
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** count, LONGEST_RETRY_MS)
    this.#retries.set(retryKeyOf(reminder), { count: count + 1, atMs: clock.now() + waitMs })
    await book.mark(reminder, 'waiting')
  }
}

/** With the handle of the place: under a new one it may be reached again at once. */
const retryKeyOf = ({ place, person }: Reminder): string => `${place.id}\u0000${place.key}\u0000${person.key}`
