import type { Decision } from '../model/decision.js'
import type { ForgottenPerson } from '../model/forgotten.js'
import type { IncomingMessage } from '../model/message.js'
import type { StoredWalk, Walk } from '../model/walk.js'

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

export interface WalkRecollection {
  /** undefined where this person walks nothing here. */
  readonly walk: Walk | undefined
  /** The last turn was a little while ago. */
  readonly isFresh: boolean
  /** The last turn is the last thing that this person was told here. */
  readonly justTold: boolean
}

const NO_WALK: WalkRecollection = { walk: undefined, isFresh: false, justTold: false }

/** Who is where on a walk-through; one walk for a person in a place. The only owner of that state. */
export class WalkMemory {
  readonly #walks: Map<string, StoredWalk>
  /** Whose walk is the last that was spoken of. */
  readonly #justTold = new Set<string>()
  readonly #keep: (records: readonly StoredWalk[]) => void
  readonly #maxWalks: number

  constructor({ records = [], keep = () => {}, maxWalks = MAX_WALKS }: WalkMemoryOptions = {}) {
    const oldestFirst = [...records].sort((a, b) => a.turnedAtMs - b.turnedAtMs)
    this.#walks = new Map(oldestFirst.map((record) => [keyOf(record), record]))
    this.#keep = keep
    this.#maxWalks = maxWalks
  }

  recall(message: IncomingMessage, nowMs: number): WalkRecollection {
    const key = keyOfAsker(message)
    const known = this.#walks.get(key)
    if (!known || nowMs - known.turnedAtMs > EXPIRE_MS) return NO_WALK
    const isFresh = nowMs - known.turnedAtMs <= FRESH_MS
    return { walk: known.walk, isFresh, justTold: this.#justTold.has(key) }
  }

  /** Remembers what was just decided. */
  note(message: IncomingMessage, decision: Decision, nowMs: number): void {
    if (decision.kind === 'silent' || decision.kind === 'command') return
    const key = keyOfAsker(message)
    const turn = 'walk' in decision ? decision.walk : undefined
    if (!turn) {
      this.#justTold.delete(key)
      return
    }
    const { place, sender } = message
    this.#walks.delete(key)
    this.#walks.set(key, { placeKey: place.key, askerKey: sender.key, walk: turn.walk, turnedAtMs: nowMs })
    this.#justTold.add(key)
    this.#forgetOld(nowMs)
    this.#keep([...this.#walks.values()])
  }

  forget({ keys }: ForgottenPerson): void {
    for (const [key, { askerKey }] of this.#walks) {
      if (!keys.includes(askerKey)) continue
      this.#walks.delete(key)
      this.#justTold.delete(key)
    }
    this.#keep([...this.#walks.values()])
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { turnedAtMs }] of this.#walks) {
      if (this.#walks.size <= this.#maxWalks && nowMs - turnedAtMs <= EXPIRE_MS) break
      this.#walks.delete(key)
      this.#justTold.delete(key)
    }
  }
}

const keyOfAsker = ({ place, sender }: IncomingMessage): string => keyOf({ placeKey: place.key, askerKey: sender.key })

const keyOf = ({ placeKey, askerKey }: Pick<StoredWalk, 'placeKey' | 'askerKey'>): string =>
  `${placeKey}\u0000${askerKey}`
