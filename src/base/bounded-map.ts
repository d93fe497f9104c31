/** A map that keeps the newest entries: setting one makes it the newest, and the oldest go when there are too many. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #maxEntries: number

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)
  }

  has(key: K): boolean {
    return this.#entries.has(key)
  }

  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) return
      this.#entries.delete(oldest)
    }
  }

  /** The value of a key, made when there is none; either way it is the newest now. */
  getOrSet(key: K, make: () => V): V {
    const value = this.#entries.get(key) ?? make()
    this.set(key, value)
    return value
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Oldest first. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries()
  }

  /** Oldest first. */
  values(): IterableIterator<V> {
    return this.#entries.values()
  }
}

/**
 * The last few entries, for what is looked up many times a second and soon no more. Unlike a `Map` that is emptied or
 * refilled again and again: V8 links each of its tables to the next one, so that all that was ever in it survives until the
 * next full garbage collection, and is copied about until then.
 */
export class LastFew<K, V> {
  readonly #keys: (K | undefined)[]
  readonly #values: (V | undefined)[]
  #next = 0

  /** @param count each is compared with at every look-up */
  constructor(count: number) {
    this.#keys = new Array<K | undefined>(count).fill(undefined)
    this.#values = new Array<V | undefined>(count).fill(undefined)
  }

  get(key: K): V | undefined {
    const at = this.#keys.indexOf(key)
    return at < 0 ? undefined : this.#values[at]
  }

  /** @param key must not be among them */
  add(key: K, value: V): void {
    this.#keys[this.#next] = key
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#keys.length
  }
}
