/**
 * Which row belongs to a feature name. The names themselves are not kept, only 64 bits of each, so that the whole table
 * is one array: it goes to another thread or comes from a file in no time, where a map of 70,000 names takes 0.1 s.
 */
export class FeatureTable {
  /** Hash, second hash, row + 1; three numbers a slot, a power of two of slots, 0 where a slot is free. */
  readonly slots: Int32Array

  constructor(slots: Int32Array) {
    this.slots = slots
  }

  /** @param names distinct; the first has row 0 */
  static of(names: Iterable<string>): FeatureTable {
    const all = [...names]
    let slotCount = 4
    while (slotCount < all.length * 2) slotCount *= 2
    const table = new FeatureTable(new Int32Array(slotCount * SLOT))
    for (const [row, name] of all.entries()) {
      hash(name)
      table.slots.set([first, second, row + 1], table.#find())
    }
    return table
  }

  get(name: string): number | undefined {
    hash(name)
    const row = this.slots[this.#find() + 2]!
    return row === 0 ? undefined : row - 1
  }

  /** @returns where the slot of the name that was hashed last begins, or the free one where it would be */
  #find(): number {
    const { slots } = this
    const last = slots.length / SLOT - 1
    for (let slot = first & last; ; slot = (slot + 1) & last) {
      const at = slot * SLOT
      if (slots[at + 2] === 0 || (slots[at] === first && slots[at + 1] === second)) return at
    }
  }
}

const SLOT = 3

// Handed over here and not in an object: this runs a hundred times a message.
let first = 0
let second = 0

/** cyrb53: two multiplicative hashes of the characters, mixed; two of 100,000 names share both once in 10⁹ vocabularies. */
function hash(name: string): void {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  first = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  second = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
}
