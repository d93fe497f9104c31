import type { Contact, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { BoundedMap } from '../../base/bounded-map.js'
import { MINUTE_MS, withTimeout } from '../../base/time.js'
import type { Place } from '../../model/chat.js'
import type { Identities, RemarkBearer, Remarks } from '../../model/ports.js'
import { unescapeName, unescapeText } from '../hearing.js'
import { isUnsure, markOf } from '../identity.js'
import { rawPuppet } from './wechat4u.js'

export interface NamedPerson {
  readonly key: string
  readonly nick: string
  readonly display: string
  readonly remark: string
}

export interface NamedRoom {
  readonly key: string
  readonly topic: string
}

/** What a mention of the bot may look like. */
export interface OwnNames {
  /** Names that are the bot's alone. */
  readonly names: readonly string[]
  /** Names that another member is shown by as well: nobody can tell who is meant. */
  readonly shared: readonly string[]
  /** Somebody else bears one of the bot's names, so that the puppet takes mentions of them for mentions of the bot. */
  readonly puppetIsFooled: boolean
}

/** wechat4u asks again and again for people that it does not know. */
const PATIENCE_MS = 2_000
/** Other groups are looked through for the same topic at most so often. */
const TOPICS_VALID_MS = 10_000
/** A group that stays empty is asked for no more often. */
const LOAD_AGAIN_MS = 30_000

/** Tells who is who in Wechaty's terms, with the names of this moment, and asks for their keys. */
export class WhoIsWhere {
  readonly #bot: WechatyInterface
  readonly #identities: Identities
  readonly census: MemberCensus
  /** The group that is known by more than its name, with its handle once it is found; the name gives its key to nobody. */
  bound: { readonly key: string; readonly roomId: string | undefined } | undefined
  readonly #marks = new WeakMap<readonly Member[], readonly string[]>()
  readonly #loadedMs = new BoundedMap<string, number>(KEPT_ROOMS)
  #topics: { readonly takenMs: number; readonly idsByTopic: ReadonlyMap<string, readonly string[]> } | undefined

  constructor(bot: WechatyInterface, identities: Identities) {
    this.#bot = bot
    this.#identities = identities
    this.census = new MemberCensus(bot)
  }

  async room(room: Room): Promise<NamedRoom> {
    const topic = await this.topicOf(room)
    const members = await this.marksOf(room.id)
    if (this.bound?.roomId === room.id) {
      return { topic, key: this.#identities.roomKey({ id: room.id, topic, members, namesakes: [] }) }
    }
    const others = (await this.#idsByTopic(topic, room.id)).filter((id) => id !== room.id)
    const namesakes = await Promise.all(others.map(async (id) => ({ id, members: await this.marksOf(id) })))
    const barred = this.bound && { barredKey: this.bound.key }
    const sight = { id: room.id, topic, namesakes, ...barred }
    const key = this.#identities.roomKey({ ...sight, members })
    if (!isUnsure(key) || members.length > 0) return { topic, key }
    return { topic, key: this.#identities.roomKey({ ...sight, members: await this.#loadMarks(room.id) }) }
  }

  /** What a group is known by beside its name, in another login too: who sits there. Empty while nobody is listed. */
  async marksOf(roomId: string): Promise<readonly string[]> {
    const members = await this.census.of(roomId)
    const known = this.#marks.get(members)
    if (known) return known
    const ownId = this.#bot.currentUser.id
    const marks = members.flatMap(({ id, nick }) => (id === ownId ? [] : [markOf(nick)]))
    this.#marks.set(members, marks)
    return marks
  }

  /** The puppet lists nobody in a group that has not spoken yet. */
  async #loadMarks(roomId: string): Promise<readonly string[]> {
    const nowMs = performance.now()
    if (nowMs - (this.#loadedMs.get(roomId) ?? Number.NEGATIVE_INFINITY) < LOAD_AGAIN_MS) return []
    this.#loadedMs.set(roomId, nowMs)
    await fetchMembers(this.#bot, roomId).catch(() => undefined)
    this.census.forget(roomId)
    return this.marksOf(roomId)
  }

  /** Handles of the groups that are called so at this moment. */
  async roomsCalled(topic: string): Promise<readonly string[]> {
    return [...(await this.topics())].flatMap(([id, called]) => (called === topic ? [id] : []))
  }

  /** What a group is called at this moment; Wechaty itself would tell of yesterday. */
  async topicOf(room: Room): Promise<string> {
    return (await this.#freshTopic(room.id)) ?? unescapeName(await room.topic())
  }

  /** What the groups that the puppet lists are called at this moment, by their handles. */
  async topics(): Promise<ReadonlyMap<string, string>> {
    const ids = await this.#bot.puppet.roomList().catch(() => [])
    const topics = await Promise.all(ids.map((id) => this.#freshTopic(id)))
    return new Map(ids.flatMap((id, index) => (topics[index] === undefined ? [] : [[id, topics[index]]])))
  }

  /** @param place the group where the person is met; undefined for a direct chat */
  async person(contact: Contact, place?: { readonly room: Room; readonly key: string }): Promise<NamedPerson> {
    const { nick, remark } = await this.#freshNames(contact)
    const display = place ? unescapeName((await place.room.alias(contact).catch(() => undefined)) ?? '') : ''
    const self: Member = { id: contact.id, nick, display }
    const others = place ? await this.census.of(place.room.id, self) : await this.#friendsCalled(nick)
    const namesakes = await this.#namesakes(others, { id: contact.id, nick, remark })
    const sight = { id: contact.id, remark, nick, display, placeKey: place?.key ?? 'direct', namesakes }
    return { key: this.#identities.personKey(sight), nick, display, remark }
  }

  /** The bot's own names in a group, or anywhere. */
  async ownNames(room: Room | undefined): Promise<OwnNames> {
    const self = this.#bot.currentUser
    const nick = unescapeName(self.name())
    const display = room ? unescapeName((await room.alias(self).catch(() => undefined)) ?? '') : ''
    const own = [nick, display].filter((name) => name !== '')
    if (!room) return { names: own, shared: [], puppetIsFooled: false }
    const members = await this.census.of(room.id)
    const others = members.filter(({ id }) => id !== self.id)
    const shownOthers = new Set(others.map((member) => member.display || member.nick))
    const shown = display || nick
    return {
      names: own.filter((name) => !shownOthers.has(name)),
      // A nick behind which the bot is not shown, but somebody else is, means that other one.
      shared: shownOthers.has(shown) ? [shown] : [],
      puppetIsFooled: others.some((member) => own.includes(member.nick) || own.includes(member.display)),
    }
  }

  async #freshTopic(roomId: string): Promise<string | undefined> {
    const puppet = rawPuppet(this.#bot)
    const payload = await soon(puppet.roomRawPayload(roomId).then((raw) => puppet.roomRawPayloadParser(raw)))
    return payload && unescapeName(payload.topic)
  }

  async #freshNames(contact: Contact): Promise<{ readonly nick: string; readonly remark: string }> {
    const puppet = rawPuppet(this.#bot)
    const payload = await soon(puppet.contactRawPayload(contact.id).then((raw) => puppet.contactRawPayloadParser(raw)))
    if (payload) return { nick: unescapeName(payload.name), remark: unescapeName(payload.alias ?? '') }
    const remark = (await contact.alias().catch(() => undefined)) ?? ''
    return { nick: unescapeName(contact.name()), remark: unescapeName(remark) }
  }

  /** The account's living groups of that topic. @param ofId a group that certainly has it */
  async #idsByTopic(topic: string, ofId: string): Promise<readonly string[]> {
    const isFresh = this.#topics && performance.now() - this.#topics.takenMs < TOPICS_VALID_MS
    if (!isFresh || !this.#topics?.idsByTopic.get(topic)?.includes(ofId)) {
      this.#topics = { takenMs: performance.now(), idsByTopic: await this.#readTopics() }
    }
    const ids = this.#topics?.idsByTopic.get(topic) ?? []
    return ids.length < 2 ? ids : this.living(ids)
  }

  /** After a new login in one process the old groups stay listed; the account is no member of those any more. */
  async living(ids: readonly string[]): Promise<readonly string[]> {
    const alive = await Promise.all(ids.map((id) => this.isMemberOf(id)))
    return ids.filter((_, index) => alive[index])
  }

  async #readTopics(): Promise<ReadonlyMap<string, readonly string[]>> {
    const idsByTopic = new Map<string, readonly string[]>()
    for (const [id, topic] of await this.topics()) idsByTopic.set(topic, [...(idsByTopic.get(topic) ?? []), id])
    return idsByTopic
  }

  /** Whether the account is in the group; a group whose members are not known yet counts. */
  async isMemberOf(roomId: string): Promise<boolean> {
    const members = await this.#bot.puppet.roomMemberList(roomId).catch(() => undefined)
    return members !== undefined && (members.length === 0 || members.includes(this.#bot.currentUser.id))
  }

  /** Of those with that nick, who has the same remark or, like the person, none. */
  async #namesakes(
    members: readonly Member[],
    { id, nick, remark }: { readonly id: string; readonly nick: string; readonly remark: string },
  ): Promise<readonly Member[]> {
    const called = members.filter((member) => member.id !== id && member.nick === nick)
    const remarks = await Promise.all(called.map((member) => this.remarkOf(member.id)))
    return called.filter((_, index) => remarks[index] === remark)
  }

  /** What the bot's own account calls somebody; empty for nothing. */
  async remarkOf(contactId: string): Promise<string> {
    const contact = await soon(this.#bot.Contact.find({ id: contactId }))
    return contact ? (await this.#freshNames(contact)).remark : ''
  }

  async #friendsCalled(nick: string): Promise<readonly Member[]> {
    const friends = await this.#bot.Contact.findAll({ name: nick }).catch(() => [])
    return friends.filter((friend) => friend.friend() === true).map(({ id }) => ({ id, nick, display: '' }))
  }
}

/** undefined when there is no answer in time, or none at all. */
const soon = <T>(asked: Promise<T>): Promise<T | undefined> =>
  withTimeout(
    asked.catch(() => undefined),
    PATIENCE_MS,
  )

/** The part of wechat4u that loads groups and people; it is private there, and other puppets have no such thing. */
interface ContactLoader {
  batchGetContact(contacts: readonly { readonly UserName: string }[]): Promise<unknown>
  updateContacts(contacts: unknown): void
}

/**
 * Has the puppet load the members of a group. wechat4u lists nobody in a group that is not saved to the address book
 * until somebody speaks there, and the staff group may be silent for days.
 */
export async function fetchMembers(bot: WechatyInterface, ...roomIds: readonly string[]): Promise<void> {
  for (let from = 0; from < roomIds.length; from += FETCHED_AT_ONCE)
    await fetchContact(bot, ...roomIds.slice(from, from + FETCHED_AT_ONCE))
}

/** As many as WeChat's own page asks for. */
const FETCHED_AT_ONCE = 50

/** Has the puppet load groups or people anew: changes that the network has not told of are seen then. */
async function fetchContact(bot: WechatyInterface, ...ids: readonly string[]): Promise<void> {
  const { wechat4u } = bot.puppet as { readonly wechat4u?: unknown }
  if (!isLoader(wechat4u)) return
  wechat4u.updateContacts(await wechat4u.batchGetContact(ids.map((id) => ({ UserName: id }))))
}

function isLoader(value: unknown): value is ContactLoader {
  if (typeof value !== 'object' || value === null) return false
  const { batchGetContact, updateContacts } = value as Partial<Record<keyof ContactLoader, unknown>>
  return typeof batchGetContact === 'function' && typeof updateContacts === 'function'
}

export interface Member {
  readonly id: string
  readonly nick: string
  /** Group display name; empty when none was chosen. */
  readonly display: string
}

interface Census {
  readonly takenMs: number
  readonly members: Promise<readonly Member[]>
}

/** Names change rarely, and a group of 490 takes some ten milliseconds to ask. */
const VALID_MS = 5 * MINUTE_MS
/** However often somebody unknown speaks. */
const RETAKE_MS = 5_000
const KEPT_ROOMS = 200

/** Who is in a group and what they are called there, asked of the puppet once in a while. */
class MemberCensus {
  readonly #bot: WechatyInterface
  readonly #taken = new BoundedMap<string, Census>(KEPT_ROOMS)

  constructor(bot: WechatyInterface) {
    this.#bot = bot
  }

  /** @param seen somebody who has just spoken: when they are not listed as such, the list is asked anew */
  async of(roomId: string, seen?: Member): Promise<readonly Member[]> {
    const members = await this.#take(roomId, VALID_MS)
    if (!seen || members.some((member) => isSame(member, seen))) return members
    return this.#take(roomId, RETAKE_MS)
  }

  /** Somebody came, went or was renamed. */
  forget(roomId: string): void {
    this.#taken.delete(roomId)
  }

  #take(roomId: string, validMs: number): Promise<readonly Member[]> {
    const known = this.#taken.get(roomId)
    if (known && performance.now() - known.takenMs < validMs) return known.members
    const census = { takenMs: performance.now(), members: this.#ask(roomId) }
    this.#taken.set(roomId, census)
    return census.members
  }

  async #ask(roomId: string): Promise<readonly Member[]> {
    const puppet = rawPuppet(this.#bot)
    const ids = await this.#bot.puppet.roomMemberList(roomId).catch(() => [])
    const members = await Promise.all(
      ids.map(async (id) => {
        // A member who has just left is no member.
        const raw = await puppet.roomMemberRawPayload(roomId, id).catch(() => undefined)
        if (raw === undefined) return []
        const { name, roomAlias } = await puppet.roomMemberRawPayloadParser(raw)
        return [{ id, nick: unescapeName(name), display: unescapeName(roomAlias ?? '') }]
      }),
    )
    return members.flat()
  }
}

const isSame = (a: Member, b: Member): boolean => a.id === b.id && a.nick === b.nick && a.display === b.display

export interface PlaceFinder {
  readonly bot: WechatyInterface
  readonly who: WhoIsWhere
  readonly identities: Identities
  readonly purposeOf: (room: { readonly id: string; readonly topic: string }) => 'customers' | 'staff' | 'ignored'
}

const DIRECT = 'direct:'

/**
 * A place by its key, also before anything was heard there in this login.
 *
 * @returns undefined while it is unknown, or can't be told from another
 */
export async function findPlace(key: string, finder: PlaceFinder): Promise<Place | undefined> {
  if (!finder.bot.isLoggedIn) return undefined
  return key.startsWith(DIRECT) ? findDirect(key, finder) : findRoom(key, finder)
}

async function findRoom(key: string, { bot, who, identities, purposeOf }: PlaceFinder): Promise<Place | undefined> {
  const topic = identities.nameOf(key)
  if (topic === undefined) return undefined
  const id = identities.idOf(key)
  // Wechaty itself would look for yesterday's topics.
  for (const roomId of id === undefined ? await who.roomsCalled(topic) : [id]) {
    const room = await bot.Room.find({ id: roomId })
    const named = room && (await who.room(room))
    if (room && named?.key === key) {
      return {
        kind: 'room',
        id: room.id,
        key,
        topic: named.topic,
        purpose: purposeOf({ id: room.id, topic: named.topic }),
      }
    }
  }
  return undefined
}

async function findDirect(key: string, { bot, who, identities }: PlaceFinder): Promise<Place | undefined> {
  const personKey = key.slice(DIRECT.length)
  const name = identities.nameOf(personKey)
  if (name === undefined) return undefined
  const id = identities.idOf(personKey)
  if (id !== undefined) return { kind: 'direct', id, key }
  const called = [...(await bot.Contact.findAll({ alias: name })), ...(await bot.Contact.findAll({ name }))]
  for (const contact of called) {
    if (contact.friend() && (await who.person(contact)).key === personKey)
      return { kind: 'direct', id: contact.id, key }
  }
  return undefined
}

/** The direct chat with the one friend of that remark; several could be told apart by nobody. */
export async function findColleague(
  remark: string,
  { bot, who }: Pick<PlaceFinder, 'bot' | 'who'>,
): Promise<Place | undefined> {
  if (!bot.isLoggedIn || remark === '') return undefined
  const friends = (await bot.Contact.findAll({ alias: remark })).filter((contact) => contact.friend() === true)
  const [friend, ...others] = friends
  if (!friend || others.length > 0) return undefined
  const person = await who.person(friend)
  // What the puppet lists may be a remark of yesterday.
  return person.remark === remark ? { kind: 'direct', id: friend.id, key: `direct:${person.key}` } : undefined
}

/**
 * Remarks of the bot's own account. Wechaty's `contact.alias` hides refusals and answers from a cache, so the puppet is
 * asked itself, and the network is asked anew after each change.
 */
export class RemarkWriter implements Remarks {
  readonly #bot: WechatyInterface
  readonly #identities: Identities

  constructor(bot: WechatyInterface, identities: Identities) {
    this.#bot = bot
    this.#identities = identities
  }

  async read(who: RemarkBearer): Promise<string | undefined> {
    const id = await this.#idOf(who)
    if (id === undefined) return undefined
    await fetchContact(this.#bot, id).catch(() => undefined) // what is known already has to do
    const puppet = rawPuppet(this.#bot)
    const payload = await puppet.contactRawPayloadParser(await puppet.contactRawPayload(id))
    return unescapeText(payload.alias ?? '')
  }

  async write(who: RemarkBearer, remark: string): Promise<void> {
    const id = await this.#idOf(who)
    if (id === undefined) throw new Error('the person is not known in this login')
    await this.#bot.puppet.contactAlias(id, remark)
    await fetchContact(this.#bot, id).catch(() => undefined) // the network tells by itself, later
    await this.#bot.puppet.contactPayloadDirty(id)
  }

  /** By key, since handles of an earlier login are dead; else by the remark itself. */
  async #idOf({ personKey, remark }: RemarkBearer): Promise<string | undefined> {
    if (!this.#bot.isLoggedIn) return undefined
    const id = this.#identities.idOf(personKey)
    if (id !== undefined || !remark) return id
    return (await this.#bot.Contact.findAll({ alias: remark }))[0]?.id
  }
}
