/** What rooms and people have in common, as far as keys go. */
export interface Known {
  readonly key: string
  readonly id: string
  readonly doubtful: boolean
  readonly seenAtMs: number
}

interface Sighting<K extends Known> {
  readonly id: string
  /** Handles of others that nobody could tell from this one by name. */
  readonly doubles: readonly string[]
  /** Whether a record fits what is seen. */
  readonly fits: (known: K) => boolean
  /** Takes over what is seen now. */
  readonly update: (known: K) => K
  /** A record for somebody new. `key` is not taken. */
  readonly create: (key: string) => K
  /** What a new key is made of. */
  readonly stem: string
  readonly nowMs: number
}

export type Found = { readonly key: string; readonly ambiguous: boolean }

/** Keys of those who could be anybody; they last as long as the login. */
const UNSURE = 'unsure:'
export const isUnsure = (key: string): boolean => key.startsWith(UNSURE)
/** A record is not rewritten only because somebody was seen once more. */
const SEEN_STEP_MS = 3_600_000

/**
 * Finds the record behind a handle. Within a login the handle decides, so that every change of name is followed. In a
 * new login the present name decides, as long as exactly one record and one living bearer have it.
 */
export class KeyBook<K extends Known> {
  readonly #records: Map<string, K>
  readonly #keyOfId = new Map<string, string>()
  /** Handles that could be anybody's, in this login. */
  readonly #unsure = new Set<string>()
  readonly #max: number
  #changed = false

  constructor(records: readonly K[], max: number) {
    this.#records = new Map(records.map((record) => [record.key, record]))
    for (const { key, id } of records) if (id !== '') this.#keyOfId.set(id, key)
    this.#max = max
  }

  get records(): readonly K[] {
    return [...this.#records.values()]
  }

  /** Whether anything is worth keeping since this was asked last. */
  takeChanged(): boolean {
    const changed = this.#changed
    this.#changed = false
    return changed
  }

  /** All handles are void. */
  forgetIds(): void {
    this.#keyOfId.clear()
    this.#unsure.clear()
    for (const record of this.records) this.#put({ ...record, id: '' })
  }

  drop(isMeant: (record: K) => boolean): void {
    for (const record of this.records.filter(isMeant)) {
      this.#records.delete(record.key)
      this.#keyOfId.delete(record.id)
      this.#changed = true
    }
  }

  get(key: string): K | undefined {
    return this.#records.get(key)
  }

  idOf(key: string): string | undefined {
    if (isUnsure(key) && this.#unsure.has(key.slice(UNSURE.length))) return key.slice(UNSURE.length)
    return this.#records.get(key)?.id || undefined
  }

  find(sighting: Sighting<K>): Found {
    const { id, doubles } = sighting
    const ambiguous = doubles.length > 0
    if (ambiguous) this.#doubt(sighting)
    const known = this.#records.get(this.#keyOfId.get(id) ?? '')
    if (known) return this.#see(known, sighting)
    if (ambiguous) return this.#beUnsure(id)
    const fitting = this.records.filter((record) => record.id === '' && sighting.fits(record))
    const sure = fitting.filter(({ doubtful }) => !doubtful)
    if (sure.length > 1) {
      for (const record of sure) this.#put({ ...record, doubtful: true })
      return this.#beUnsure(id)
    }
    // Who could be anybody keeps that key when the names are told apart later on: it is in use.
    const key = this.#unsure.has(id) ? UNSURE + id : this.#freeKey(sighting.stem)
    const record = (!this.#unsure.has(id) && sure[0]) || sighting.create(key)
    this.#unsure.delete(id)
    return this.#see({ ...record, id }, sighting)
  }

  /** Nobody can be told by a name that several bear: in another login none of them will be. */
  #doubt({ id, doubles, fits }: Sighting<K>): void {
    for (const record of this.records) {
      const isDouble = record.id === '' ? fits(record) : doubles.includes(record.id) || record.id === id
      if (isDouble && !record.doubtful) this.#put({ ...record, doubtful: true })
    }
  }

  #see(known: K, { id, doubles, update, nowMs }: Sighting<K>): Found {
    const doubtful = doubles.length > 0
    const seenAtMs = nowMs - known.seenAtMs > SEEN_STEP_MS ? nowMs : known.seenAtMs
    const seen = { ...update(known), id, doubtful, seenAtMs }
    this.#keyOfId.set(id, seen.key)
    if (JSON.stringify(seen) !== JSON.stringify(this.#records.get(seen.key))) this.#put(seen)
    return { key: seen.key, ambiguous: doubtful }
  }

  #beUnsure(id: string): Found {
    this.#unsure.add(id)
    return { key: UNSURE + id, ambiguous: true }
  }

  /** Never one that was used before: what is stored under it is somebody else's. */
  #freeKey(stem: string): string {
    if (!this.#records.has(stem)) return stem
    let number = 2
    while (this.#records.has(`${stem}#${number}`)) number++
    return `${stem}#${number}`
  }

  #put(record: K): void {
    this.#records.set(record.key, record)
    this.#changed = true
    if (this.#records.size <= this.#max) return
    const oldest = this.records.reduce((a, b) => (a.seenAtMs <= b.seenAtMs ? a : b))
    this.#records.delete(oldest.key)
    if (oldest.id !== '') this.#keyOfId.delete(oldest.id)
  }
}
