import type { Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import type { Role } from '../../model/chat.js'
import type { Log } from '../../model/ports.js'
import { fetchMembers, type WhoIsWhere } from './members.js'

export interface StaffRoomOptions {
  /** Null: there is none. */
  readonly topic: string | null
  /** Names that are never answered. */
  readonly names: readonly string[]
  readonly adminRemarks: readonly string[]
}

export interface Speaker {
  readonly contactId: string
  readonly names: readonly string[]
  readonly remark: string
}

const REFRESH_MS = 60_000
/** A group that stays empty is not asked for at every message. */
const FETCH_EVERY_MS = 30_000

/** The vendor's own group, and by it the vendor's own people. */
export class StaffRoom {
  readonly #bot: WechatyInterface
  readonly #options: StaffRoomOptions
  readonly #parts: { readonly who: WhoIsWhere; readonly log: Log }
  readonly #names: readonly RegExp[]
  #memberIds: ReadonlySet<string> = new Set()
  /** Exactly one group carries the topic; a second one may be anybody's. */
  #isSure = false
  #timer: NodeJS.Timeout | undefined
  #mayFetchAtMs = 0

  constructor(bot: WechatyInterface, options: StaffRoomOptions, parts: { who: WhoIsWhere; log: Log }) {
    this.#bot = bot
    this.#options = options
    this.#parts = parts
    this.#names = options.names.map(toPattern)
  }

  start(): void {
    this.stop()
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  isNamed(topic: string): boolean {
    return topic === this.#options.topic
  }

  /** `ignored` while nobody can tell which group is the vendor's. */
  get purpose(): 'staff' | 'ignored' {
    return this.#isSure ? 'staff' : 'ignored'
  }

  /** To be called for every message; a topic is anybody's choice, so under it who else carries it is looked up anew. */
  async hear(topic: string | undefined): Promise<void> {
    if (this.#memberIds.size === 0 || (topic !== undefined && this.isNamed(topic))) await this.refresh()
  }

  roleOf({ contactId, names, remark }: Speaker): Role {
    // Only the remark is given by the bot's own account; a nick is anybody's choice and grants nothing.
    if (remark !== '' && this.#options.adminRemarks.includes(remark)) return 'admin'
    const isStaff =
      this.#memberIds.has(contactId) || names.some((name) => this.#names.some((pattern) => pattern.test(name)))
    return isStaff ? 'staff' : 'customer'
  }

  /** Sits in the staff group for sure, which names alone don't tell. */
  has(contactId: string): boolean {
    return this.#isSure && this.#memberIds.has(contactId)
  }

  /** The one group; undefined while unknown or ambiguous. */
  async find(): Promise<Room | undefined> {
    const rooms = await this.#rooms()
    if (rooms.length < 2) return rooms[0]
    this.#parts.log.warn({ rooms: rooms.length }, 'several groups carry the name of the staff group, none is used')
    return undefined
  }

  /** Whoever sits in the staff group is one of the vendor's people in the customers' groups as well. */
  async refresh(): Promise<void> {
    try {
      const [room, ...others] = await this.#rooms()
      this.#isSure = room !== undefined && others.length === 0
      if (!room || others.length > 0) return
      const members = await this.#membersOf(room)
      this.#memberIds = new Set(members.filter((member) => !member.self()).map(({ id }) => id))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#parts.log.warn({ error: reason }, 'members of the staff group not known')
    }
  }

  /** Until the group has spoken the puppet may list nobody, and the bot would talk over its own people. */
  async #membersOf(room: Room): Promise<Awaited<ReturnType<Room['memberAll']>>> {
    const members = await room.memberAll()
    if (members.length > 0 || performance.now() < this.#mayFetchAtMs) return members
    this.#mayFetchAtMs = performance.now() + FETCH_EVERY_MS
    await fetchMembers(this.#bot, room.id)
    return room.memberAll()
  }

  async #rooms(): Promise<readonly Room[]> {
    const { topic } = this.#options
    if (topic === null || !this.#bot.isLoggedIn) return []
    const rooms = await this.#bot.Room.findAll({ topic })
    if (rooms.length < 2) return rooms
    // After a new login in one process the old rooms stay listed; we are no member of those any more.
    const isOurs = await Promise.all(rooms.map(({ id }) => this.#parts.who.isMemberOf(id)))
    const ours = rooms.filter((_, index) => isOurs[index])
    return ours.length > 0 ? ours : rooms
  }
}

/** `*售后*` → a test for whole topics or names. */
export function toPattern(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}
