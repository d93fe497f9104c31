import { findWechat4u } from './wechat4u.js'

const KEPT = 5_000

/**
 * The order in which messages came over the wire. wechat4u hands them on in another one: what holds an `@` or a quote
 * takes longer to be read. Message ids say nothing about order, and times have whole seconds only.
 */
export class WireOrder {
  readonly #places = new Map<string, number>()
  #count = 0
  #followed: object | undefined

  /** As soon as the puppet has started. Does nothing with puppets that don't let us look. */
  follow(puppet: object): void {
    const wechat4u = findWechat4u(puppet)
    if (!wechat4u || wechat4u === this.#followed) return
    this.#followed = wechat4u
    const handle = wechat4u.handleMsg
    wechat4u.handleMsg = (messages) => {
      for (const { MsgId } of messages as readonly { readonly MsgId?: unknown }[]) this.#note(MsgId)
      handle.call(wechat4u, messages)
    }
  }

  /** Rises with every message; messages that nobody saw on the wire stand in the order of asking. */
  placeOf(messageId: string): number {
    this.#note(messageId)
    return this.#places.get(messageId)!
  }

  #note(messageId: unknown): void {
    if (typeof messageId !== 'string' || this.#places.has(messageId)) return
    this.#places.set(messageId, ++this.#count)
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= KEPT) break
      this.#places.delete(oldest)
    }
  }
}
