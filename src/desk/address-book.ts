import type { IncomingMessage, Person, Place } from '../model/message.js'
import type { Channel } from '../model/ports.js'

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
