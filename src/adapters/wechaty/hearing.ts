import type { HeardIds } from '../../model/ports.js'

/** A message that has come in and is still being read. */
export interface Arrival<M> {
  readonly id: string
  /** The group or the partner of a direct chat. */
  readonly placeId: string
  /** As people see it, in whole seconds or finer; milliseconds since the epoch. */
  readonly sentAtMs: number
  /** Rises with every message on the wire. */
  readonly wirePlace: number
  /** Resolves to undefined when it can't be read. */
  readonly read: () => Promise<M | undefined>
}

export interface HearingOptions<M> {
  readonly heardIds: HeardIds
  /** How long messages of one place wait for others that were said before them. */
  readonly holdMs: number
  readonly deliver: (message: M) => void
}

interface Entry<M> {
  readonly arrival: Arrival<M>
  readonly message: Promise<M | undefined>
}

interface Waiting<M> {
  readonly entries: Entry<M>[]
  readonly timer: NodeJS.Timeout
}

/**
 * Hands on each message once, in the order in which people see them in a place: by the second in which they were said,
 * within one second as they came over the wire.
 */
export class Hearing<M> {
  readonly #options: HearingOptions<M>
  readonly #waiting = new Map<string, Waiting<M>>()
  readonly #tails = new Map<string, Promise<void>>()

  constructor(options: HearingOptions<M>) {
    this.#options = options
  }

  hear(arrival: Arrival<M>): void {
    // Noted before it is read: what comes three times at once is no less one message.
    if (!this.#options.heardIds.add(arrival.id)) return
    const waiting = this.#waiting.get(arrival.placeId)
    const entry = { arrival, message: arrival.read() }
    if (waiting) waiting.entries.push(entry)
    else {
      const timer = setTimeout(() => this.#release(arrival.placeId), this.#options.holdMs)
      this.#waiting.set(arrival.placeId, { entries: [entry], timer })
    }
  }

  /** Resolves when all that was heard has been handed on, without waiting for anything more to come. */
  async flush(): Promise<void> {
    for (const placeId of [...this.#waiting.keys()]) this.#release(placeId)
    await Promise.all(this.#tails.values())
  }

  #release(placeId: string): void {
    const { entries = [], timer } = this.#waiting.get(placeId) ?? {}
    clearTimeout(timer)
    this.#waiting.delete(placeId)
    entries.sort(({ arrival: a }, { arrival: b }) => a.sentAtMs - b.sentAtMs || a.wirePlace - b.wirePlace)
    const before = this.#tails.get(placeId) ?? Promise.resolve()
    const tail = before.then(() => this.#deliver(entries))
    this.#tails.set(placeId, tail)
    void tail.then(() => {
      if (this.#tails.get(placeId) === tail) this.#tails.delete(placeId)
    })
  }

  async #deliver(entries: readonly Entry<M>[]): Promise<void> {
    for (const { message } of entries) {
      const read = await message
      if (read !== undefined) this.#options.deliver(read)
    }
  }
}
