import type { IncomingMessage } from '../model/message.js'
import type { StoredWalk, Walk, WalkTurn } from '../model/walk.js'

export interface WalkMemoryOptions {
  /** What an earlier run has kept. */
  readonly records?: readonly StoredWalk[]
  /** Told of all walks whenever one has changed. */
  readonly keep?: (records: readonly StoredWalk[]) => void
  /** Walks remembered at most; the longest untouched are forgotten first. */
  readonly maxWalks?: number
}

const DAY_MS = 86_400_000
/** Nobody takes up a first review after a month where he left off. */
const EXPIRE_MS = 30 * DAY_MS
/** Within this time a bare "好了" in the group is taken for an answer to the step; filing and screenshots take a while. */
const FRESH_MS = 2 * 3_600_000
const MAX_WALKS = 5_000

/** Who is where on a walk-through; one walk for a person in a place. The only owner of that state. */
export class WalkMemory {
  readonly #walks: Map<string, StoredWalk>
  readonly #keep: (records: readonly StoredWalk[]) => void
  readonly #maxWalks: number

  constructor({ records = [], keep = () => {}, maxWalks = MAX_WALKS }: WalkMemoryOptions = {}) {
    const oldestFirst = [...records].sort((a, b) => a.turnedAtMs - b.turnedAtMs)
    this.#walks = new Map(oldestFirst.map((record) => [keyOf(record), record]))
    this.#keep = keep
    this.#maxWalks = maxWalks
  }

  recall({ place, sender }: IncomingMessage, nowMs: number): { walk: Walk | undefined; walkIsFresh: boolean } {
    const known = this.#walks.get(keyOf({ placeKey: place.key, askerKey: sender.key }))
    if (!known || nowMs - known.turnedAtMs > EXPIRE_MS) return { walk: undefined, walkIsFresh: false }
    return { walk: known.walk, walkIsFresh: nowMs - known.turnedAtMs <= FRESH_MS }
  }

  note({ place, sender }: IncomingMessage, { walk }: WalkTurn, nowMs: number): void {
    const record = { placeKey: place.key, askerKey: sender.key, walk, turnedAtMs: nowMs }
    this.#walks.delete(keyOf(record))
    this.#walks.set(keyOf(record), record)
    for (const [key, { turnedAtMs }] of this.#walks) {
      if (this.#walks.size <= this.#maxWalks && nowMs - turnedAtMs <= EXPIRE_MS) break
      this.#walks.delete(key)
    }
    this.#keep([...this.#walks.values()])
  }
}

const keyOf = ({ placeKey, askerKey }: Pick<StoredWalk, 'placeKey' | 'askerKey'>): string =>
  `${placeKey}\u0000${askerKey}`
