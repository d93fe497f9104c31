import { MINUTE_MS } from '../base/time.js'
import type { RoomPlace } from '../model/chat.js'
import type { Mute } from '../model/decision.js'
import { type Channel, type Clock, type DurableList, done, failed, type Report, type Rooms } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import { roomPhrases as say } from './phrases.js'

export interface BotRoomsParts {
  readonly channel: Pick<Channel, 'rooms' | 'bindStaffRoom'>
  readonly mutes: MuteBook
  readonly clock: Clock
}

type Found = { readonly room: RoomPlace } | { readonly problem: Report }

/** Groups in which the bot sits, and where it is to keep quiet. See `Rooms`. */
export class BotRooms implements Rooms {
  readonly #parts: BotRoomsParts

  constructor(parts: BotRoomsParts) {
    this.#parts = parts
  }

  async list(): Promise<Report> {
    const { mutes } = this.#parts
    const rooms = await this.#rooms()
    const states = rooms.map((room) => ({ room, mute: mutes.of(room.key) }))
    return done(say.list(states, mutes.living().some(isEverywhere)))
  }

  async mute({ room, minutes, by }: Parameters<Rooms['mute']>[0]): Promise<Report> {
    const { mutes, clock } = this.#parts
    const untilMs = minutes === null ? null : clock.now() + minutes * MINUTE_MS
    const facts = { untilMs, by: by.name }
    if (room === '') {
      await mutes.addEverywhere(facts)
      return done(say.mutedEverywhere(untilMs))
    }
    const found = await this.#find(room)
    if ('problem' in found) return found.problem
    if (found.room.purpose === 'staff') return failed(say.notStaffRoom)
    await mutes.add({ ...facts, placeKey: found.room.key, topic: found.room.topic })
    return done(say.muted(found.room.topic, untilMs))
  }

  async unmute({ room }: { readonly room: string; readonly by: Party }): Promise<Report> {
    const { mutes } = this.#parts
    const living = mutes.living()
    if (living.length === 0) return failed(say.nothingMuted)
    if (room === '') {
      await mutes.remove(living)
      return done(say.unmutedAll(living))
    }
    const meant = await this.#meantBy(room, living)
    if ('problem' in meant) return meant.problem
    if (meant.mutes.length === 0) return failed(say.notMuted(room, living.some(isEverywhere)))
    await mutes.remove(meant.mutes)
    return done(say.unmuted(meant.mutes[0]!.topic, living.some(isEverywhere)))
  }

  async bindStaff({ room, placeKey, by }: Parameters<Rooms['bindStaff']>[0]): Promise<Report> {
    const found = room === '' ? undefined : await this.#find(room, say.bindExample)
    if (found && 'problem' in found) return found.problem
    const key = found?.room.key ?? placeKey
    if (key === undefined) return failed(say.bindWhich)
    const isBound = (await this.#parts.channel.bindStaffRoom?.(key, by.name)) ?? false
    return isBound ? done(say.staffRoomBound(found?.room.topic)) : failed(say.staffRoomNotBound)
  }

  /** By the name when it was muted too: a group may be called otherwise now, or be gone. */
  async #meantBy(
    name: string,
    living: readonly Mute[],
  ): Promise<{ readonly mutes: readonly Mute[] } | { readonly problem: Report }> {
    const byName = living.filter(({ topic }) => topic === name)
    if (byName.length > 0) return { mutes: byName }
    const found = await this.#find(name)
    return 'problem' in found ? found : { mutes: living.filter(({ placeKey }) => placeKey === found.room.key) }
  }

  /** By the whole name, else by a part that only one group has; a number is the place in `群`. */
  async #find(name: string, example?: string): Promise<Found> {
    const rooms = await this.#rooms()
    const number = /^\d{1,3}$/.test(name) ? rooms[Number(name) - 1] : undefined
    const exact = rooms.filter(({ topic }) => same(topic, name))
    const parts = exact.length > 0 ? exact : rooms.filter(({ topic }) => plain(topic).includes(plain(name)))
    const [room] = parts
    if (room && parts.length === 1) return { room }
    if (parts.length === 0 && number) return { room: number }
    return {
      problem: failed(parts.length === 0 ? say.noRoom(name, rooms, example) : say.severalRooms(parts, rooms, example)),
    }
  }

  /** Customers' groups first, in an order that stays. */
  async #rooms(): Promise<readonly RoomPlace[]> {
    const rooms = (await this.#parts.channel.rooms?.()) ?? []
    return [...rooms].sort(
      (a, b) => ORDER.indexOf(a.purpose) - ORDER.indexOf(b.purpose) || (a.key < b.key ? -1 : Number(a.key > b.key)),
    )
  }
}

const ORDER: readonly RoomPlace['purpose'][] = ['customers', 'staff', 'ignored']
const plain = (name: string): string => name.normalize('NFKC').replace(/\s+/g, '').toLowerCase()
const same = (a: string, b: string): boolean => plain(a) === plain(b)

const EVERYWHERE = '*'

/** Where the bot is to keep quiet, and until when. */
export class MuteBook {
  readonly #list: DurableList<Mute>
  readonly #clock: Clock

  constructor(list: DurableList<Mute>, clock: Clock) {
    this.#list = list
    this.#clock = clock
  }

  /** The mute that holds in a place at this moment. */
  of(placeKey: string): Mute | undefined {
    const living = this.living()
    return living.find((mute) => mute.placeKey === placeKey) ?? living.find((mute) => mute.placeKey === EVERYWHERE)
  }

  living(): readonly Mute[] {
    const nowMs = this.#clock.now()
    return this.#list.records().filter(({ untilMs }) => untilMs === null || untilMs > nowMs)
  }

  /** Takes the place of an earlier one. Resolves when it is on disk. */
  add(mute: Mute): Promise<void> {
    return this.#list.save([...this.living().filter(({ placeKey }) => placeKey !== mute.placeKey), mute])
  }

  addEverywhere(mute: Omit<Mute, 'placeKey' | 'topic'>): Promise<void> {
    return this.add({ ...mute, placeKey: EVERYWHERE, topic: '' })
  }

  /** Resolves when it is off the disk. */
  remove(mutes: readonly Mute[]): Promise<void> {
    return this.#list.save(this.living().filter((mute) => !mutes.includes(mute)))
  }
}

const isEverywhere = ({ placeKey }: Mute): boolean => placeKey === EVERYWHERE
