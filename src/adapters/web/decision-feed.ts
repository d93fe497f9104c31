import type { DecisionTrace } from '../../model/decision.js'
import type { DecisionJournal } from '../../model/ports.js'

/** Where the page reads decisions. */
export interface DecisionFeed {
  /** What is still remembered, oldest first; one trace a message, the last one recorded. */
  recent(): readonly DecisionTrace[]
  /** @returns a function that ends the subscription */
  subscribe(listener: (trace: DecisionTrace) => void): () => void
}

const KEPT_TRACES = 2_000 // as many messages as the page can show: four conversations of 500

/** Keeps the last decisions in memory, for the page. */
export class DecisionLog implements DecisionJournal, DecisionFeed {
  readonly #traces = new Map<string, DecisionTrace>()
  readonly #listeners = new Set<(trace: DecisionTrace) => void>()

  record(trace: DecisionTrace): void {
    // Deleting first moves a message that is decided on again to the end.
    this.#traces.delete(trace.messageId)
    this.#traces.set(trace.messageId, trace)
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= KEPT_TRACES) break
      this.#traces.delete(oldest)
    }
    for (const listener of this.#listeners) listener(trace)
  }

  recent(): readonly DecisionTrace[] {
    return [...this.#traces.values()]
  }

  subscribe(listener: (trace: DecisionTrace) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
