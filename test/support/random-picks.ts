/** Repeatable chance for fuzz tests. */
export interface RandomPicks {
  /** 0 … limit-1 */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
}

/** The same seed gives the same picks (mulberry32). */
export function randomFrom(seed: number): RandomPicks {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: (items) => items[below(items.length)]! }
}
