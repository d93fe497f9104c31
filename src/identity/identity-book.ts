import type { ForgottenPerson } from '../model/forgotten.js'
import type { Identities, IdentityRecords, KnownPerson, KnownRoom, PersonSight, RoomSight } from '../model/identity.js'
import type { Clock } from '../model/ports.js'
import { isUnsure, KeyBook } from './key-book.js'

export interface Ambiguity {
  readonly kind: 'room' | 'person'
  /** The name that several bear; for operators, not for logs. */
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

  roomKey({ id, topic, namesakeIds }: RoomSight): string {
    const { key, ambiguous } = this.#rooms.find({
      id,
      // Groups that nobody has named are all called the same.
      doubles: topic === '' ? ['', ...namesakeIds] : namesakeIds,
      fits: ({ topics }) => topics.at(-1) === topic,
      update: (known) => ({ ...known, topics: withLatest(known.topics, topic) }),
      create: (newKey) => ({ key: newKey, id, topics: [topic], doubtful: false, seenAtMs: this.#nowMs() }),
      stem: `room:${topic}`,
      nowMs: this.#nowMs(),
    })
    return this.#done(key, ambiguous, { kind: 'room', name: topic })
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

  /** Who is still met, is a stranger from then on. */
  forget({ name, keys }: ForgottenPerson): void {
    this.#people.drop(
      ({ key, remark, nicks, displays }) =>
        keys.includes(key) || [remark, ...nicks, ...Object.values(displays)].includes(name),
    )
    this.#told = this.#told.filter((token) => token !== `person:${name}`)
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
