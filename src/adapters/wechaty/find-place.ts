import type { WechatyInterface } from 'wechaty/impls'
import type { Identities } from '../../model/identity.js'
import type { Place } from '../../model/message.js'
import type { WhoIsWhere } from './who-is-where.js'

export interface PlaceFinder {
  readonly bot: WechatyInterface
  readonly who: WhoIsWhere
  readonly identities: Identities
  readonly purposeOf: (topic: string) => 'customers' | 'staff' | 'ignored'
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
      return { kind: 'room', id: room.id, key, topic: named.topic, purpose: purposeOf(named.topic) }
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
