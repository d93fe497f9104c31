import type { Place } from '../model/message.js'
import type { Channel, Log, Outgoing } from '../model/ports.js'

type Bubbles = Iterable<Outgoing> | AsyncIterable<Outgoing>

/** Sends what the bot says, one bubble after another within a place. */
export class Outbox {
  readonly #channel: Channel
  readonly #log: Log
  readonly #tails = new Map<string, Promise<void>>()

  constructor(channel: Channel, log: Log) {
    this.#channel = channel
    this.#log = log
  }

  /**
   * Sends bubbles to a place, after everything that waits there already. A bubble that can't be sent is logged as lost
   * and the rest of its reply is dropped: half an answer out of order confuses more than none.
   *
   * @param bubbles may come one by one: what is ready goes out while the next is being made
   * @returns whether all of it went out
   */
  async send(to: Place, bubbles: Bubbles): Promise<boolean> {
    const before = this.#tails.get(to.key) ?? Promise.resolve()
    const sent = before.then(() => this.#sendInOrder(to, bubbles))
    const tail = sent.then(() => undefined)
    this.#tails.set(to.key, tail)
    const delivered = await sent
    if (this.#tails.get(to.key) === tail) this.#tails.delete(to.key)
    return delivered
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await Promise.all(this.#tails.values())
  }

  async #sendInOrder(to: Place, bubbles: Bubbles): Promise<boolean> {
    let sending: Outgoing['kind'] | undefined
    try {
      for await (const bubble of bubbles) {
        sending = bubble.kind
        await this.#channel.send(to, bubble)
      }
      return true
    } catch (error) {
      this.#log.error(
        { placeKind: to.kind, bubble: sending, error: error instanceof Error ? error.message : String(error) },
        'reply lost',
      )
      return false
    }
  }
}
