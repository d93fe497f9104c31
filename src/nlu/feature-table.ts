/**
 * Features are known by 64 bits of their names: two hashes each. A vocabulary of 100,000 names is one array then, which
 * goes to another thread or comes from a file in no time, and a message is looked up without a string being made.
 */

/** Two hashes a feature, one behind the other. */
export type FeatureKeys = Int32Array

/** Takes the features of a text one by one, each by the parts of its name. */
export interface FeatureSink {
  add(kind: string, a: string, b?: string, c?: string): void
}

// Handed over here and not in an object: this runs a hundred times a message.
let first = 0
let second = 0
let one = 0
let other = 0

/** cyrb53: two multiplicative hashes of the characters, mixed; two of 100,000 names share both once in 10⁹ vocabularies. */
function begin(): void {
  one = 0xdeadbeef
  other = 0x41c6ce57
}

function mix(part: string): void {
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i)
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
}

function end(): void {
  first = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
  second = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
}

function hash(name: string): void {
  begin()
  mix(name)
  end()
}

/** @param names distinct */
export function keysOf(names: readonly string[]): FeatureKeys {
  const keys = new Int32Array(names.length * 2)
  for (let i = 0; i < names.length; i++) {
    hash(names[i]!)
    keys[2 * i] = first
    keys[2 * i + 1] = second
  }
  return keys
}

const SLOT = 3

/** Which row belongs to a feature. The names themselves are not kept. */
export class FeatureTable {
  /** Hash, second hash, row + 1; three numbers a slot, a power of two of slots, 0 where a slot is free. */
  readonly slots: Int32Array

  constructor(slots: Int32Array) {
    this.slots = slots
  }

  /** @param names distinct; the first has row 0 */
  static of(names: Iterable<string>): FeatureTable {
    return FeatureTable.ofKeys(keysOf([...names]))
  }

  /** @param keys distinct; the first has row 0 */
  static ofKeys(keys: FeatureKeys): FeatureTable {
    let slotCount = 4
    while (slotCount < keys.length) slotCount *= 2
    const table = new FeatureTable(new Int32Array(slotCount * SLOT))
    for (let row = 0; row < keys.length / 2; row++) {
      const [key, check] = [keys[2 * row]!, keys[2 * row + 1]!]
      table.slots.set([key, check, row + 1], table.#find(key, check))
    }
    return table
  }

  get(name: string): number | undefined {
    hash(name)
    const row = this.rowOf(first, second)
    return row < 0 ? undefined : row
  }

  /** The row of a key; −1 for an unknown one. */
  rowOf(key: number, check: number): number {
    return this.slots[this.#find(key, check) + 2]! - 1
  }

  /** The rows of those keys that are known, in their order. */
  rowsOf(keys: FeatureKeys): Int32Array {
    const rows = new Int32Array(keys.length / 2)
    let count = 0
    for (let i = 0; i < keys.length; i += 2) {
      const row = this.rowOf(keys[i]!, keys[i + 1]!)
      if (row >= 0) rows[count++] = row
    }
    return rows.subarray(0, count)
  }

  /** The keys of all rows, from row 0 on. */
  keys(): FeatureKeys {
    const { slots } = this
    let count = 0
    for (let at = 2; at < slots.length; at += SLOT) if (slots[at] !== 0) count++
    const keys = new Int32Array(count * 2)
    for (let at = 0; at < slots.length; at += SLOT) {
      const row = slots[at + 2]! - 1
      if (row >= 0) keys.set([slots[at]!, slots[at + 1]!], row * 2)
    }
    return keys
  }

  /** @returns where the slot of a key begins, or the free one where it would be */
  #find(key: number, check: number): number {
    const { slots } = this
    const last = slots.length / SLOT - 1
    for (let slot = key & last; ; slot = (slot + 1) & last) {
      const at = slot * SLOT
      if (slots[at + 2] === 0 || (slots[at] === key && slots[at + 1] === check)) return at
    }
  }
}

/** A longer message has fewer than a thousand features; it grows where it has to. */
const USUAL_FEATURES = 512

/** Gathers the rows of one text's features after another's: those that a table knows, each once, in the order in which they come. */
export class RowCollector implements FeatureSink {
  #table = new FeatureTable(new Int32Array(SLOT))
  #rows = new Int32Array(USUAL_FEATURES)
  #count = 0
  /** Number of the row among those gathered + 1; 0 where it is free. At most half of it is taken. */
  #places = new Uint16Array(USUAL_FEATURES * 2)

  /** Begins anew. @param table whose rows are wanted */
  begin(table: FeatureTable): void {
    this.#table = table
    this.#count = 0
    this.#places.fill(0)
  }

  add(kind: string, a: string, b = '', c = ''): void {
    begin()
    mix(kind)
    mix(a)
    mix(b)
    mix(c)
    end()
    const row = this.#table.rowOf(first, second)
    if (row >= 0) this.#note(row)
  }

  /** What was gathered since it began. */
  rows(): Int32Array {
    return this.#rows.slice(0, this.#count)
  }

  #note(row: number): void {
    const place = this.#find(row)
    if (this.#places[place] !== 0) return
    this.#rows[this.#count] = row
    this.#places[place] = ++this.#count
    if (this.#count === this.#rows.length) this.#grow()
  }

  #find(row: number): number {
    const last = this.#places.length - 1
    for (let place = row & last; ; place = (place + 1) & last) {
      const number = this.#places[place]!
      if (number === 0 || this.#rows[number - 1] === row) return place
    }
  }

  #grow(): void {
    const rows = new Int32Array(this.#rows.length * 2)
    rows.set(this.#rows)
    this.#rows = rows
    this.#places = new Uint16Array(this.#places.length * 2)
    for (let number = 0; number < this.#count; number++) this.#places[this.#find(rows[number]!)] = number + 1
  }
}
