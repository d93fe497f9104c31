import type { KnowledgeSnapshot } from '../model/snapshot.js'

/** The one owner of "what the bot knows now". */
export class KnowledgeHolder {
  #snapshot: KnowledgeSnapshot

  constructor(snapshot: KnowledgeSnapshot) {
    this.#snapshot = snapshot
  }

  current(): KnowledgeSnapshot {
    return this.#snapshot
  }

  /** Messages under way keep the snapshot that they began with. */
  replace(snapshot: KnowledgeSnapshot): void {
    this.#snapshot = snapshot
  }
}
