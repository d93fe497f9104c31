import { createHash } from 'node:crypto'
import type { Clock, Identities, PersonSight, RoomSight } from '../model/ports.js'
import type { IdentityRecords, KnownPerson, KnownRoom } from '../model/stores.js'
import type { ForgottenPerson } from '../model/ticket.js'

export interface Ambiguity {
  /** `strangers`: a group of a known name, in which none of those sit who sat in the known one. */
  readonly kind: 'room' | 'person' | 'strangers'
  /** The name in question; for operators, not for logs. */
  readonly name: string
}

export interface IdentityBookOptions {
  readonly clock: Clock
  /** What an earlier run has kept. */
  readonly records?: IdentityRecords
  /** Told of all records whenever something worth keeping has changed. */
  readonly keep?: (records: IdentityRecords) => void
  /** Told once for each name that several bear. */
  readonly onAmbiguous?: (ambiguity: Ambiguity) => void
  /** People remembered at most; the longest unseen are forgotten first. */
  readonly maxPeople?: number
}

const MAX_ROOMS = 2_000
const MAX_PEOPLE = 20_000
const KEPT_NAMES = 10
const KEPT_TOLD = 500

/** The one place where people and groups get keys that outlive a login. See `Identities`. */
export class IdentityBook implements Identities {
  readonly #options: IdentityBookOptions
  readonly #rooms: KeyBook<KnownRoom>
  readonly #people: KeyBook<KnownPerson>
  #accountId: string
  #told: readonly string[]

  constructor(options: IdentityBookOptions) {
    const { records, maxPeople = MAX_PEOPLE } = options
    this.#options = options
    this.#rooms = new KeyBook(records?.rooms ?? [], MAX_ROOMS)
    this.#people = new KeyBook(records?.people ?? [], maxPeople)
    this.#accountId = records?.accountId ?? ''
    this.#told = records?.told ?? []
  }

  beginLogin(accountId: string): void {
    if (accountId === this.#accountId) return
    this.#accountId = accountId
    this.#rooms.forgetIds()
    this.#people.forgetIds()
    this.#keep()
  }

  roomKey({ id, topic, members, namesakes, barredKey }: RoomSight): string {
    const called = this.#rooms.records.filter(({ key, topics }) => key !== barredKey && topics.at(-1) === topic)
    const free = called.filter((known) => known.id === '')
    const isNew = this.#rooms.behind(id) === undefined
    // Whose it is shows as soon as somebody is listed there; until then it is nobody's.
    if (isNew && members.length === 0 && free.some((known) => known.members.length > 0)) return UNSURE + id
    const fits = (known: KnownRoom, seen: readonly string[] = members): boolean =>
      called.includes(known) && this.#satThere(known, seen)
    const isDouble = (other: RoomSight['namesakes'][number]): boolean =>
      (members.length === 0 || other.members.length === 0 || areAlike(members, other.members)) &&
      !called.some((known) => fits(known) !== fits(known, other.members))
    const doubles = namesakes.filter(isDouble).map((other) => other.id)
    const isStrange = isNew && doubles.length === 0 && free.length > 0 && !free.some((known) => fits(known))
    const { key, ambiguous } = this.#rooms.find({
      ...this.#roomSighting({ id, topic, members }),
      // Groups that nobody has named are all called the same.
      doubles: topic === '' ? ['', ...doubles] : doubles,
      fits: (known) => fits(known),
      barredKey,
    })
    return this.#done(key, ambiguous || isStrange, { kind: isStrange ? 'strangers' : 'room', name: topic })
  }

  bindRoom({ key, ...sight }: Pick<RoomSight, 'id' | 'topic' | 'members'> & { readonly key?: string }): string {
    const bound = this.#rooms.bind(this.#roomSighting(sight), key)
    return this.#done(bound, false, { kind: 'room', name: sight.topic })
  }

  topicsOf(id: string): readonly string[] {
    return this.#rooms.behind(id)?.topics ?? []
  }

  #roomSighting({ id, topic, members }: Pick<RoomSight, 'id' | 'topic' | 'members'>) {
    const kept = keptMarks(members)
    return {
      id,
      update: (known: KnownRoom) => ({
        ...known,
        topics: withLatest(known.topics, topic),
        members: kept.length > 0 ? kept : known.members,
      }),
      create: (key: string) => ({
        ...{ key, id, topics: [topic], members: kept, doubtful: false, seenAtMs: this.#nowMs() },
      }),
      stem: `room:${topic}`,
      nowMs: this.#nowMs(),
    }
  }

  /** A name alone makes no group the known one, where its members are known. */
  #satThere(known: KnownRoom, members: readonly string[]): boolean {
    if (known.members.length === 0) return true
    const others = this.#rooms.records.filter((other) => other.key !== known.key)
    return isSameGroup(known.members, members, (mark) => others.filter((other) => other.members.includes(mark)).length)
  }

  personKey(sight: PersonSight): string {
    const { id, remark, nick, display, placeKey, namesakes } = sight
    const { key, ambiguous } = this.#people.find({
      id,
      doubles: namesakes.filter((other) => remark !== '' || other.display === display).map((other) => other.id),
      fits: (known) => isSamePerson(known, sight),
      update: (known) => ({
        ...known,
        remark,
        nicks: withLatest(known.nicks, nick),
        displays: isUnsure(placeKey) ? known.displays : { ...known.displays, [placeKey]: display },
      }),
      create: (newKey) => ({
        ...{ key: newKey, id, remark, nicks: [nick], displays: {} },
        ...{ doubtful: false, seenAtMs: this.#nowMs() },
      }),
      stem: remark === '' ? `name:${nick}` : `remark:${remark}`,
      nowMs: this.#nowMs(),
    })
    return this.#done(key, ambiguous, { kind: 'person', name: remark || nick })
  }

  /** Everybody who is remembered, with all that they were called. */
  people(): readonly { readonly key: string; readonly names: readonly string[] }[] {
    return this.#people.records.map(({ key, remark, nicks, displays }) => ({
      key,
      names: [...new Set([remark, ...nicks, ...Object.values(displays)])],
    }))
  }

  /** Who is still met, is a stranger from then on. */
  forget({ names, keys }: ForgottenPerson): void {
    this.#people.drop(({ key }) => keys.includes(key))
    const marks = names.map(markOf)
    this.#rooms.change((room) => ({ ...room, members: room.members.filter((mark) => !marks.includes(mark)) }))
    this.#told = this.#told.filter((token) => !names.some((name) => token === `person:${name}`))
    this.#keep()
  }

  idOf(key: string): string | undefined {
    return this.#rooms.idOf(key) ?? this.#people.idOf(key)
  }

  nameOf(key: string): string | undefined {
    const person = this.#people.get(key)
    return this.#rooms.get(key)?.topics.at(-1) ?? (person && (person.remark || person.nicks.at(-1)))
  }

  #done(key: string, ambiguous: boolean, ambiguity: Ambiguity): string {
    const token = `${ambiguity.kind}:${ambiguity.name}`
    const isNews = ambiguous && !this.#told.includes(token)
    if (isNews) {
      this.#told = [...this.#told, token].slice(-KEPT_TOLD)
      this.#options.onAmbiguous?.(ambiguity)
    }
    // Both are asked: asking takes the mark away.
    const changed = [this.#rooms.takeChanged(), this.#people.takeChanged()].some(Boolean)
    if (changed || isNews) this.#keep()
    return key
  }

  #keep(): void {
    const [accountId, told] = [this.#accountId, this.#told]
    this.#options.keep?.({ accountId, rooms: this.#rooms.records, people: this.#people.records, told })
  }

  #nowMs(): number {
    return this.#options.clock.now()
  }
}

/**
 * In another login: the remark alone where there is one, since only our own account gives it. Else the nick, in a place
 * where this person was met before; where several bear that nick, the display name as well.
 */
function isSamePerson(known: KnownPerson, { remark, nick, display, placeKey, namesakes }: PersonSight): boolean {
  if (remark !== '' || known.remark !== '') return known.remark === remark
  if (known.nicks.at(-1) !== nick || !(placeKey in known.displays)) return false
  return namesakes.length === 0 || known.displays[placeKey] === display
}

const withLatest = (names: readonly string[], name: string): readonly string[] =>
  names.at(-1) === name ? names : [...names, name].slice(-KEPT_NAMES)

/** What rooms and people have in common, as far as keys go. */
interface Known {
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
  /** Never given, whether there is a record of it or not. */
  readonly barredKey?: string | undefined
  readonly nowMs: number
}

type Found = { readonly key: string; readonly ambiguous: boolean }

/** Keys of those who could be anybody; they last as long as the login. */
const UNSURE = 'unsure:'
export const isUnsure = (key: string): boolean => key.startsWith(UNSURE)
/** A record is not rewritten only because somebody was seen once more. */
const SEEN_STEP_MS = 3_600_000

/**
 * Finds the record behind a handle. Within a login the handle decides, so that every change of name is followed. In a
 * new login the present name decides, as long as exactly one record and one living bearer have it.
 */
class KeyBook<K extends Known> {
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

  change(how: (record: K) => K): void {
    for (const record of this.records) this.#put(how(record))
  }

  get(key: string): K | undefined {
    return this.#records.get(key)
  }

  idOf(key: string): string | undefined {
    if (isUnsure(key) && this.#unsure.has(key.slice(UNSURE.length))) return key.slice(UNSURE.length)
    return this.#records.get(key)?.id || undefined
  }

  /** Who had this handle in this login. */
  behind(id: string): K | undefined {
    return this.#records.get(this.#keyOfId.get(id) ?? '')
  }

  /** Gives a key to one who is known by more than a name: whoever has the handle or the key by name has it no more. */
  bind(sighting: Omit<Sighting<K>, 'doubles' | 'fits'>, former?: string): string {
    const { id, stem, create, update } = sighting
    const behind = this.behind(id)
    const key = former ?? (behind && !behind.doubtful ? behind.key : this.#freeKey(stem))
    if (behind && behind.key !== key) this.#put({ ...behind, id: '' })
    const known = this.#records.get(key)
    if (known && known.id !== '' && known.id !== id) this.#keyOfId.delete(known.id)
    this.#unsure.delete(id)
    this.#keyOfId.set(id, key)
    this.#put({ ...update(known ?? create(key)), id, doubtful: false })
    return key
  }

  find(sighting: Sighting<K>): Found {
    const { id, doubles } = sighting
    const ambiguous = doubles.length > 0
    if (ambiguous) this.#doubt(sighting)
    const known = this.behind(id)
    if (known) return this.#see(known, sighting)
    if (ambiguous) return this.#beUnsure(id)
    const fitting = this.records.filter((record) => record.id === '' && sighting.fits(record))
    const sure = fitting.filter(({ doubtful }) => !doubtful)
    if (sure.length > 1) {
      for (const record of sure) this.#put({ ...record, doubtful: true })
      return this.#beUnsure(id)
    }
    // Who could be anybody keeps that key when the names are told apart later on: it is in use.
    const key = this.#unsure.has(id) ? UNSURE + id : this.#freeKey(sighting.stem, sighting.barredKey)
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
  #freeKey(stem: string, barredKey?: string): string {
    if (!this.#records.has(stem) && stem !== barredKey) return stem
    let number = 2
    while (this.#records.has(`${stem}#${number}`) || `${stem}#${number}` === barredKey) number++
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

/** Enough to know a name again, and not to read it. */
export const markOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12)

/** The same few of a large group each time, as long as they stay members. */
const KEPT_MARKS = 40

/** What is worth keeping of a group's marks: all, or of many an even sample. */
const keptMarks = (marks: readonly string[]): readonly string[] => [...new Set(marks)].sort().slice(0, KEPT_MARKS)

/** Of the members then and now together; a customer's group with a colleague or two in it has fewer in common. */
const MIN_ALIKE = 0.5

/** Whether these are mostly the same people. What is not known, could be anybody. */
export function areAlike(before: readonly string[], now: readonly string[]): boolean {
  const [kept, present] = [new Set(before), new Set(now)]
  const shared = [...kept].filter((mark) => present.has(mark)).length
  return shared / new Set([...kept, ...present]).size > MIN_ALIKE
}

/**
 * Whether a group is the one that had these members. Who sits in many groups, as colleagues do, tells none from another:
 * at least half of those who sit in the fewest must be there, and where none of them sits in that group alone, most of
 * the others as well.
 *
 * @param otherGroups in how many other groups somebody sits
 */
function isSameGroup(
  before: readonly string[],
  now: readonly string[],
  otherGroups: (mark: string) => number,
): boolean {
  const counts = before.map(otherGroups)
  const fewest = Math.min(...counts)
  const telling = before.filter((_, index) => counts[index] === fewest)
  const present = new Set(now)
  const areThere = telling.filter((mark) => present.has(mark)).length * 2 >= telling.length
  return areThere && (fewest === 0 || areAlike(before, keptMarks(now)))
}
