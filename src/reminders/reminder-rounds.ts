import type { Place } from '../model/message.js'
import type { Clock, Log, Outgoing } from '../model/ports.js'
import type { Reminder } from '../model/reminder.js'
import type { DropReason } from '../model/reply.js'
import type { ReminderBook } from './reminder-book.js'

/** The part of the outbox that reminders need. */
interface Sender {
  send(
    to: Place,
    bubbles: Iterable<Outgoing>,
    options: { stillWanted: () => DropReason | undefined; onLost: (mayBeThere: boolean) => void },
  ): Promise<boolean>
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

const MINUTE_MS = 60_000
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
    const retry = this.#retries.get(keyOf(reminder))
    if (retry && nowMs < retry.atMs) return
    const text = write(reminder, { nowMs, isLate: nowMs - reminder.dueAtMs > LATE_MS })
    const { place, person } = reminder
    const bubble: Outgoing = { kind: 'text', text, ...(place.kind === 'room' ? { mention: person } : {}) }
    let mayBeThere = false
    await book.mark(reminder, 'sending')
    const delivered = await outbox.send(place, [bubble], {
      stillWanted: () => (book.holds(reminder) ? undefined : 'recalled'),
      onLost: (may) => {
        mayBeThere = may
      },
    })
    if (delivered || mayBeThere) {
      this.#retries.delete(keyOf(reminder))
      return book.settle(reminder)
    }
    const count = retry?.count ?? 0
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** count, LONGEST_RETRY_MS)
    this.#retries.set(keyOf(reminder), { count: count + 1, atMs: clock.now() + waitMs })
    await book.mark(reminder, 'waiting')
  }
}

/** With the handle of the place: under a new one it may be reached again at once. */
const keyOf = ({ place, person }: Reminder): string => `${place.id}\u0000${place.key}\u0000${person.key}`
