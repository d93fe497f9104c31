/**
 * Features are known by 64 bits of their names: two hashes each. A vocabulary of 100,000 names is one array then, which
 * goes to another thread or comes from a file in no time, and a message is looked up without a string being made.
 */

/** Two hashes a feature, one behind the other. */
export type FeatureKeys = Int32Array

/** Takes the features of a text one by one, each by the parts of its name; several may begin alike. */
export interface FeatureSink {
  /** Begins a name. */
  start(kind: string): void
  /** Goes on with it. */
  append(part: string): void
  /** The same, and the name so far is a feature. */
  add(part: string): void
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
  let a = one
  let b = other
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  one = a
  other = b
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

/** Which row belongs to a feature. The names themselves are not kept. */
export class FeatureTable {
  /** Of all rows, from row 0 on. */
  readonly keys: FeatureKeys
  /** Row + 1; a power of two of slots, 0 where one is free. At most half are taken. */
  readonly #slots: Int32Array

  /** @param keys distinct; the first has row 0 */
  constructor(keys: FeatureKeys) {
    this.keys = keys
    let slotCount = 4
    while (slotCount < keys.length) slotCount *= 2
    this.#slots = new Int32Array(slotCount)
    for (let i = 0; i < keys.length; i += 2) this.#slots[this.#find(keys[i]!, keys[i + 1]!)] = i / 2 + 1
  }

  /** @param names distinct; the first has row 0 */
  static of(names: Iterable<string>): FeatureTable {
    return new FeatureTable(keysOf([...names]))
  }

  get(name: string): number | undefined {
    hash(name)
    const row = this.rowOf(first, second)
    return row < 0 ? undefined : row
  }

  /** The row of a key; −1 for an unknown one. */
  rowOf(key: number, check: number): number {
    return this.#slots[this.#find(key, check)]! - 1
  }

  /** The rows of those keys that are known, in their order. */
  rowsOf(keys: FeatureKeys): Int32Array {
    const rows = new Int32Array(keys.length / 2)
    return rows.subarray(0, this.findRows(keys, rows.length, rows))
  }

  /** The same of the first of them. @param rows where they are put @returns how many are known */
  findRows(keys: FeatureKeys, count: number, rows: Int32Array): number {
    const slots = this.#slots
    const mask = slots.length - 1
    // Where each is looked for first: what is read from so many places of memory is on its way together then, not one by one.
    for (let i = 0; i < count; i++) rows[i] = slots[keys[2 * i]! & mask]!
    let known = 0
    for (let i = 0; i < count; i++) {
      if (rows[i] === 0) continue
      const row = this.rowOf(keys[2 * i]!, keys[2 * i + 1]!)
      if (row >= 0) rows[known++] = row
    }
    return known
  }

  /** @returns the slot of a key, or the free one where it would be */
  #find(key: number, check: number): number {
    const slots = this.#slots
    const keys = this.keys
    const mask = slots.length - 1
    for (let slot = key & mask; ; slot = (slot + 1) & mask) {
      const at = (slots[slot]! - 1) * 2
      if (at < 0 || (keys[at] === key && keys[at + 1] === check)) return slot
    }
  }
}

/** A longer message has fewer than a thousand features; it grows where it has to. */
const USUAL_FEATURES = 512

/** Gathers the features of one text after another's, to be looked up all at once. */
export class RowCollector implements FeatureSink {
  #keys = new Int32Array(USUAL_FEATURES * 2)
  #length = 0
  #rows = new Int32Array(USUAL_FEATURES)
  readonly #seen = new RowSet()

  /** Begins anew. */
  begin(): void {
    this.#length = 0
  }

  start(kind: string): void {
    begin()
    mix(kind)
  }

  append(part: string): void {
    mix(part)
  }

  add(part: string): void {
    mix(part)
    end()
    if (this.#length === this.#keys.length) this.#keys = doubled(this.#keys)
    this.#keys[this.#length++] = first
    this.#keys[this.#length++] = second
  }

  /** The rows of what was gathered since it began: those that a table knows, each once, in the order in which they came. */
  rowsOf(table: FeatureTable): Int32Array {
    if (this.#rows.length * 2 < this.#keys.length) this.#rows = new Int32Array(this.#keys.length / 2)
    const rows = this.#rows
    const known = table.findRows(this.#keys, this.#length / 2, rows)
    this.#seen.clear(known)
    let count = 0
    for (let i = 0; i < known; i++) if (this.#seen.add(rows[i]!)) rows[count++] = rows[i]!
    return rows.slice(0, count)
  }
}

/** A set of rows that is made once and cleared for each text. */
class RowSet {
  /** Row + 1; 0 where it is free. At most half of those in use are taken. */
  #places = new Int32Array(USUAL_FEATURES * 2)
  /** One less than the places in use, which are a power of two. */
  #mask = 0

  /** @param count so many rows may be added */
  clear(count: number): void {
    const places = 2 ** Math.ceil(Math.log2(count * 2 + 1))
    if (places > this.#places.length) this.#places = new Int32Array(places)
    else this.#places.fill(0, 0, places)
    this.#mask = places - 1
  }

  /** @returns whether it was not there */
  add(row: number): boolean {
    const places = this.#places
    for (let place = row & this.#mask; ; place = (place + 1) & this.#mask) {
      const known = places[place]!
      if (known === row + 1) return false
      if (known !== 0) continue
      places[place] = row + 1
      return true
    }
  }
}

function doubled(list: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(list.length * 2)
  longer.set(list)
  return longer
}
