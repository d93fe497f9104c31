/** Number of edges that a new one has room for; it grows where it has to. */
const FIRST_EDGES = 64
const SLOT = 3

/**
 * Words by the symbols that they are made of, so that all that begin at one place of a text are found in one go. Its edges
 * lie in one table: some thousand nodes with a map each are read from as many places of memory.
 *
 * @typeParam T what is found where a word ends
 */
export class Trie<T> {
  /** Node, symbol, child; three numbers a slot, a power of two of slots, child 0 where a slot is free. At most half are taken. */
  #edges = new Int32Array(FIRST_EDGES * 2 * SLOT)
  /** By node: of the words that end there. Node 0 is the root. */
  readonly #ends: (readonly T[])[] = [NONE]

  /** @param symbols codes of characters, or numbers of whatever else a word is made of */
  insert(symbols: Iterable<number>, end: T): void {
    let node = 0
    for (const symbol of symbols) node = this.next(node, symbol) || this.#add(node, symbol)
    this.#ends[node] = [...this.#ends[node]!, end]
  }

  /** @param node 0 is the root @returns where a symbol leads from there; 0 where it leads nowhere */
  next(node: number, symbol: number): number {
    return this.#edges[this.#find(node, symbol) + 2]!
  }

  /** In the order in which they were inserted. */
  endsAt(node: number): readonly T[] {
    return this.#ends[node]!
  }

  #add(node: number, symbol: number): number {
    const child = this.#ends.push(NONE) - 1
    if (child * 2 * SLOT > this.#edges.length) this.#grow()
    this.#edges.set([node, symbol, child], this.#find(node, symbol))
    return child
  }

  /** @returns where the slot of an edge begins, or the free one where it would be */
  #find(node: number, symbol: number): number {
    const edges = this.#edges
    const mask = edges.length / SLOT - 1
    const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b)
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * SLOT
      if (edges[at + 2] === 0 || (edges[at] === node && edges[at + 1] === symbol)) return at
    }
  }

  #grow(): void {
    const old = this.#edges
    this.#edges = new Int32Array(old.length * 2)
    for (let at = 0; at < old.length; at += SLOT)
      if (old[at + 2] !== 0) this.#edges.set(old.subarray(at, at + SLOT), this.#find(old[at]!, old[at + 1]!))
  }
}

const NONE: readonly never[] = []

/** The symbols of a word that is looked for unit by unit, see `charCodeAt`. */
export const unitsOf = (word: string): readonly number[] => word.split('').map((unit) => unit.charCodeAt(0))
