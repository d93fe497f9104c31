import type { DecisionTrace } from '../model/decision.js'
import type { DecisionJournal } from '../model/ports.js'

const KEPT_TRACES = 2_000

/** The latest decisions in memory, for readers of the page. */
export class DecisionLog implements DecisionJournal {
  readonly #traces = new Map<string, DecisionTrace>()
  readonly #listeners = new Set<(trace: DecisionTrace) => void>()

  record(trace: DecisionTrace): void {
    this.#traces.delete(trace.messageId)
    this.#traces.set(trace.messageId, trace)
    for (const id of this.#traces.keys()) {
      if (this.#traces.size <= KEPT_TRACES) break
      this.#traces.delete(id)
    }
    for (const listener of this.#listeners) listener(trace)
  }

  /** Oldest first. */
  recent(): readonly DecisionTrace[] {
    return [...this.#traces.values()]
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (trace: DecisionTrace) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
