import type { IncomingMessage } from '../model/message.js'

const KEPT_PLACES = 1_000
const NAMES_A_PLACE = 600

/** Who has spoken where, in this run only: whom a message may be about. Nothing of it is ever stored. */
export class HeardNames {
  readonly #places = new Map<string, Set<string>>()

  note({ place, sender, quote }: Pick<IncomingMessage, 'place' | 'sender' | 'quote'>): void {
    const names = this.#places.get(place.key) ?? new Set<string>()
    this.#places.delete(place.key)
    this.#places.set(place.key, names)
    for (const name of [sender.name, quote?.speaker ?? '']) if (name !== '') names.add(name)
    forgetOldest(names, NAMES_A_PLACE)
    forgetOldest(this.#places, KEPT_PLACES)
  }

  in(placeKey: string): Iterable<string> {
    return this.#places.get(placeKey) ?? []
  }
}

function forgetOldest(entries: Map<string, unknown> | Set<string>, max: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= max) return
    entries.delete(key)
  }
}
