import type { Decision } from '../model/decision.js'
import type { ForgottenPerson } from '../model/forgotten.js'
import type { IncomingMessage, Person, Place } from '../model/message.js'
import type { Reminder, ReminderPlan } from '../model/reminder.js'

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

  /** What was decided about a reminder; only when this resolves may the asker read so. */
  follow(who: Who, decision: Decision): Promise<void> | undefined {
    if ('remind' in decision && decision.remind) return this.set(who, decision.remind)
    if (decision.kind === 'courtesy' && decision.word === 'reminder-cancelled') return this.cancel(who)
    return undefined
  }

  /** Resolves when the reminders of that person are gone from disk. */
  async forget({ name, keys }: ForgottenPerson): Promise<void> {
    for (const [key, { person }] of this.#reminders) {
      if (person.name === name || keys.includes(person.key)) this.#reminders.delete(key)
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

const keyOf = (place: Place, person: Person): string => `${place.key}\u0000${person.key}`

const isSame = (a: Person, b: Person): boolean => a.id === b.id && a.name === b.name
