import type { WechatyInterface } from 'wechaty/impls'
import type { Place } from '../../model/chat.js'
import type { Identities, RemarkBearer, Remarks } from '../../model/ports.js'
import { fetchContact, type WhoIsWhere } from './members.js'
import { unescapeText } from './text.js'
import { rawPuppet } from './wechat4u.js'

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
  for (const room of await bot.Room.findAll(id === undefined ? { topic } : { id })) {
    const named = await who.room(room)
    if (named.key === key) {
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
