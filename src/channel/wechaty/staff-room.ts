import type { Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { messageOf } from '../../base/text.js'
import type { Role } from '../../model/chat.js'
import type { DurableList, Identities, Log, StaffRoomNews } from '../../model/ports.js'
import type { StaffBinding } from '../../model/stores.js'
import { areAlike, markOf } from '../identity.js'
import { fetchMembers, type Member, type WhoIsWhere } from './members.js'

export interface StaffRoomOptions {
  /** What the configuration calls it; null: nothing, so that only an order binds one. */
  readonly topic: string | null
  /** Nobody but the vendor can name a group there, as on the page: the topic alone will do. */
  readonly trustsTopic: boolean
  readonly adminRemarks: readonly string[]
  /** A colleague for certain: by a remark of the bot's own account, or by a code. */
  readonly isColleague: (sight: { readonly contactId: string; readonly remark: string }) => boolean
  /**
   * At the very first start nobody has a remark yet. Whom the account's owner has made a friend counts for a colleague
   * then, in the one group of the configured name that is listed right after the login: who is called like a configured
   * one, or, where none are configured, sits with others who are in no other group, as customers are, or all in most of
   * them. Absent at any other start.
   */
  readonly firstStart?: { readonly names: readonly string[] } | undefined
}

export interface StaffRoomParts {
  readonly who: WhoIsWhere
  readonly identities: Identities
  /** At most one. */
  readonly binding: DurableList<StaffBinding>
  readonly onNews?: ((news: StaffRoomNews) => void) | undefined
  readonly nowMs: () => number
  readonly log: Log
}

export interface Speaker {
  readonly contactId: string
  readonly remark: string
}

const REFRESH_MS = 60_000
/** A group that stays empty is not asked for at every message. */
const FETCH_EVERY_MS = 30_000
/** While the group is not found, people are waited for no longer than this between two looks. */
const LOOK_EVERY_MS = 3_000
/** The same where a message comes from a group of that name. */
const LOOK_AGAIN_MS = 500
/** Right after a login groups are not listed yet. */
const GRACE_MS = 60_000
/** What is set up before the first start is there by then. */
const FIRST_START_MS = 120_000
/** Customers sit in one or two of the vendor's groups. */
const MANY_GROUPS = 3
const KEPT_TOLD = 50

/**
 * The vendor's own group, and by it the vendor's own people. A topic is anybody's choice and makes no group the
 * vendor's: a known person binds it once, by an order or by sitting in a group of the configured name at the first
 * start. From then on its key counts; in another login it is known again by its members.
 */
export class StaffRoom {
  readonly #bot: WechatyInterface
  readonly #options: StaffRoomOptions
  readonly #parts: StaffRoomParts
  /** Handle in this login. */
  #roomId: string | undefined
  #accountId = ''
  #memberIds: ReadonlySet<string> = new Set()
  #memberNames: ReadonlySet<string> = new Set()
  #seatsAreKnown = false
  /** What each group was first called in this run: who takes a name later on, is not the one meant by it. */
  readonly #firstTopics = new Map<string, string>()
  #looking: Promise<void> | undefined
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #missingSinceMs: number | undefined
  #toldMissing = false
  #timer: NodeJS.Timeout | undefined
  #mayFetchAtMs = 0
  /** Of the first look, which is right after the login. */
  #firstLookMs = Number.POSITIVE_INFINITY

  constructor(bot: WechatyInterface, options: StaffRoomOptions, parts: StaffRoomParts) {
    this.#bot = bot
    this.#options = options
    this.#parts = parts
  }

  start(): void {
    this.stop()
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** undefined: it is a group like any other. `ignored`: it bears the name, but is not the one. */
  purposeOf({ id, topic }: { readonly id: string; readonly topic: string }): 'staff' | 'ignored' | undefined {
    if (this.#roomId !== undefined && id === this.#roomId) return 'staff'
    return this.#names().includes(topic) ? 'ignored' : undefined
  }

  /** To be called for every message, with the group in which it was said. */
  async hear(room: Room | undefined): Promise<void> {
    if (this.#roomId !== undefined && this.#memberIds.size > 0 && this.#bot.currentUser.id === this.#accountId) return
    const topic = room && (await this.#parts.who.topicOf(room))
    const everyMs = topic !== undefined && this.#names().includes(topic) ? LOOK_AGAIN_MS : LOOK_EVERY_MS
    if (performance.now() - this.#lookedAtMs >= everyMs) await this.refresh()
  }

  /** A nick is anybody's choice and grants nothing: the remark is given by the bot's own account. */
  roleOf({ contactId, remark }: Speaker): Role {
    if (remark !== '' && this.#options.adminRemarks.includes(remark)) return 'admin'
    return this.has(contactId) ? 'staff' : 'customer'
  }

  /** Sits in the bound group. */
  has(contactId: string): boolean {
    return this.#memberIds.has(contactId)
  }

  /** The same once it was looked; undefined while nobody can tell. */
  async sits(contactId: string): Promise<boolean | undefined> {
    await this.refresh()
    if (this.#binding === undefined && this.#options.topic === null) return false
    return this.#roomId !== undefined && this.#seatsAreKnown ? this.has(contactId) : undefined
  }

  /** Whoever bears that name in the bound group is known by the seat, and nobody else is meant by the name. */
  hasMemberCalled(name: string): boolean {
    return this.#memberNames.has(name)
  }

  /** Somebody came or went. */
  changed(roomId: string): void {
    if (roomId === this.#roomId) void this.refresh()
  }

  /** The bound group; undefined while it is not bound, or not listed in this login. */
  async find(): Promise<Room | undefined> {
    await this.refresh()
    return this.#roomId === undefined ? undefined : this.#bot.Room.find({ id: this.#roomId })
  }

  /** Makes a group the vendor's own. @returns false when the account is not in it */
  async bind(roomId: string, by: string): Promise<boolean> {
    if (!this.#bot.isLoggedIn || !(await this.#parts.who.isMemberOf(roomId))) return false
    await this.#bind(roomId, by)
    await this.refresh()
    return true
  }

  /** Whoever sits in the staff group is one of the vendor's people in the customers' groups as well. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) =>
        this.#parts.log.warn({ error: messageOf(error) }, 'members of the staff group not known'),
      )
      .finally(() => {
        this.#looking = undefined
      })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { who } = this.#parts
    if (!this.#bot.isLoggedIn || (this.#binding === undefined && this.#options.topic === null)) return
    this.#beginLogin()
    if (this.#firstLookMs === Number.POSITIVE_INFINITY) this.#firstLookMs = performance.now()
    if (this.#roomId !== undefined && !(await who.isMemberOf(this.#roomId))) this.#leave()
    const topics = await who.topics()
    for (const [id, topic] of topics) if (!this.#firstTopics.has(id)) this.#firstTopics.set(id, topic)
    this.#settle(this.#roomId ?? (await this.#search(topics)))
    this.#lookedAtMs = performance.now()
    if (this.#roomId === undefined) return this.#tellMissing(topics)
    this.#missingSinceMs = undefined
    await this.#takeMembers(this.#roomId)
    await this.#tellNamesakes(topics)
  }

  #beginLogin(): void {
    const { id } = this.#bot.currentUser
    if (id === this.#accountId) return
    this.#parts.identities.beginLogin(id)
    this.#accountId = id
    this.#firstTopics.clear()
    this.#leave()
  }

  #leave(): void {
    this.#seatsAreKnown = false
    this.#memberIds = new Set()
    this.#memberNames = new Set()
    this.#settle(undefined)
  }

  #settle(roomId: string | undefined): void {
    this.#roomId = roomId
    const key = this.#binding?.key
    this.#parts.who.bound = key === undefined ? undefined : { key, roomId }
  }

  async #search(topics: ReadonlyMap<string, string>): Promise<string | undefined> {
    const { who, identities } = this.#parts
    const binding = this.#binding
    const knownId = binding && identities.idOf(binding.key)
    // Within a login the handle is nobody else's, whatever anybody is called.
    if (knownId !== undefined && (await who.isMemberOf(knownId))) return knownId
    const names = this.#names()
    const called = await this.#parts.who.living(
      [...topics].flatMap(([id, topic]) => (names.includes(topic) ? [id] : [])),
    )
    const fitting: string[] = []
    for (const id of called)
      if (await this.#fits(id, { binding, names, isAlone: called.length === 1 })) fitting.push(id)
    const [id, ...others] = fitting
    if (id === undefined || others.length > 0) return undefined
    await this.#bind(id, binding?.by ?? 'first-start', binding)
    return id
  }

  async #fits(
    id: string,
    facts: { readonly binding: StaffBinding | undefined; readonly names: readonly string[]; readonly isAlone: boolean },
  ): Promise<boolean> {
    const { binding, names, isAlone } = facts
    if (this.#options.trustsTopic) return isAlone
    const seats = binding?.members ?? []
    if (seats.length === 0) {
      const first = this.#firstTopics.get(id)
      const earlier = [...this.#parts.identities.topicsOf(id), ...(first === undefined ? [] : [first])]
      if (earlier.some((topic) => !names.includes(topic))) return false
    }
    const members = await this.#membersOf(id)
    const remarks = await Promise.all(members.map((member) => this.#parts.who.remarkOf(member.id)))
    const hasColleague = members.some(({ id: contactId }, index) =>
      this.#options.isColleague({ contactId, remark: remarks[index]! }),
    )
    if (!hasColleague && isAlone && binding === undefined) return this.#hasFirstColleague(id, members)
    return hasColleague && (seats.length === 0 || areAlike(seats, await this.#marksOf(members)))
  }

  async #hasFirstColleague(roomId: string, members: readonly Member[]): Promise<boolean> {
    if (performance.now() - this.#firstLookMs > FIRST_START_MS) return false
    const { firstStart } = this.#options
    if (!firstStart) return false
    const { names } = firstStart
    // Customers are friends of the account as well.
    if (names.length === 0 && (await this.#mayBeCustomers(roomId, members))) return false
    const named = members.filter(({ nick }) => names.length === 0 || names.includes(nick))
    const friends = await Promise.all(named.map(({ id }) => this.#bot.Contact.find({ id })))
    return friends.some((friend) => friend?.friend() === true)
  }

  /** One of them sits in a few other groups, or that can't be told. Who serves customers sits in none or in most. */
  async #mayBeCustomers(roomId: string, members: readonly Member[]): Promise<boolean> {
    const { census } = this.#parts.who
    const others = (await this.#bot.puppet.roomList()).filter((id) => id !== roomId)
    const listed = await Promise.all(others.map((id) => census.of(id)))
    const unlisted = others.filter((_, index) => listed[index]!.length === 0)
    if (unlisted.length > 0) await fetchMembers(this.#bot, ...unlisted)
    for (const id of unlisted) census.forget(id)
    const seats = await Promise.all(others.map((id) => census.of(id)))
    if (seats.some((seat) => seat.length === 0)) return true
    const counts = members.map(({ id }) => seats.filter((seat) => seat.some((other) => other.id === id)).length)
    const enough = Math.max(MANY_GROUPS, seats.length / 2)
    return counts.some((count) => count > 0) && counts.some((count) => count < enough)
  }

  async #bind(roomId: string, by: string, former?: StaffBinding): Promise<void> {
    const { identities, who, nowMs, log } = this.#parts
    const topic = (await who.topics()).get(roomId) ?? ''
    const members = await who.marksOf(roomId)
    const key = identities.bindRoom({ id: roomId, topic, members, ...(former && { key: former.key }) })
    const named = this.#options.topic
    const bound = former ?? { key, named, by, boundAtMs: nowMs(), members: [], toldOf: [] }
    await this.#keep(bound)
    this.#memberIds = new Set()
    this.#seatsAreKnown = false
    this.#settle(roomId)
    if (!former && !this.#options.trustsTopic) this.#parts.onNews?.({ kind: 'bound', topic })
    log.info({ by: former ? 'known again' : by === 'first-start' ? by : 'order' }, 'staff group bound')
  }

  async #takeMembers(roomId: string): Promise<void> {
    const members = await this.#membersOf(roomId)
    // The bot itself is listed, even where it has been left alone.
    this.#seatsAreKnown = members.length > 0 || (await this.#parts.who.census.of(roomId)).length > 0
    this.#memberIds = new Set(members.map(({ id }) => id))
    this.#memberNames = new Set(members.flatMap(({ nick, display }) => [nick, display]).filter(Boolean))
    const marks = await this.#marksOf(members)
    const binding = this.#binding
    if (!binding || marks.length === 0 || marks.join() === binding.members.join()) return
    await this.#keep({ ...binding, members: marks })
  }

  /** Everybody but the bot. Until the group has spoken the puppet may list nobody, and is asked to load them. */
  async #membersOf(roomId: string): Promise<readonly Member[]> {
    const { census } = this.#parts.who
    census.forget(roomId)
    const members = await census.of(roomId)
    if (members.length > 0 || performance.now() < this.#mayFetchAtMs) return this.#others(members)
    this.#mayFetchAtMs = performance.now() + FETCH_EVERY_MS
    await fetchMembers(this.#bot, roomId)
    census.forget(roomId)
    return this.#others(await census.of(roomId))
  }

  #others = (members: readonly Member[]): readonly Member[] =>
    members.filter(({ id }) => id !== this.#bot.currentUser.id)

  async #marksOf(members: readonly Member[]): Promise<readonly string[]> {
    const marks = await Promise.all(
      members.map(async ({ id, nick }) => {
        const remark = await this.#parts.who.remarkOf(id)
        return markOf(remark === '' ? `nick:${nick}` : `remark:${remark}`)
      }),
    )
    return marks.sort()
  }

  async #tellNamesakes(topics: ReadonlyMap<string, string>): Promise<void> {
    const binding = this.#binding
    if (!binding) return
    const names = this.#names()
    const others = [...topics].flatMap(([id, topic]) => (id !== this.#roomId && names.includes(topic) ? [id] : []))
    const news = (await this.#parts.who.living(others)).filter((id) => !binding.toldOf.includes(id))
    if (news.length === 0) return
    await this.#keep({ ...binding, toldOf: [...binding.toldOf, ...news].slice(-KEPT_TOLD) })
    for (const id of news) this.#parts.onNews?.({ kind: 'namesake', topic: topics.get(id)! })
  }

  /** Once in a run. */
  #tellMissing(topics: ReadonlyMap<string, string>): void {
    const nowMs = performance.now()
    this.#missingSinceMs ??= nowMs
    if (this.#toldMissing || nowMs - this.#missingSinceMs < GRACE_MS) return
    this.#toldMissing = true
    const names = this.#names()
    const isListed = [...topics.values()].some((topic) => names.includes(topic))
    this.#parts.onNews?.({ kind: isListed ? 'not-bound' : 'not-listed', topic: names[0] ?? '' })
  }

  async #keep(binding: StaffBinding): Promise<void> {
    const { log } = this.#parts
    await this.#parts.binding
      .save([binding])
      .catch((error: Error) => log.error({ error: error.message }, 'staff group not kept'))
  }

  /** What was bound under another configured name, was meant to be replaced. */
  get #binding(): StaffBinding | undefined {
    const [binding] = this.#parts.binding.records()
    return binding?.named === this.#options.topic ? binding : undefined
  }

  /** What the group may be called: its last name, and the configured one. */
  #names(): readonly string[] {
    const last = this.#binding && this.#parts.identities.nameOf(this.#binding.key)
    const { topic } = this.#options
    return [...new Set([last, topic ?? undefined])].filter((name) => name !== undefined && name !== '') as string[]
  }
}
