import type { Message, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { globPattern } from '../../base/text.js'
import type { IncomingMessage, Place, Role, RoomPlace } from '../../model/chat.js'
import type {
  Channel,
  DurableList,
  GrantedRoles,
  HeardIds,
  Identities,
  Log,
  MessageListener,
  Outgoing,
  StaffBinding,
  StaffRoomNews,
  WeChatTime,
} from '../../model/ports.js'
import { HeardPictures, Hearing, OwnWords, QuietNames } from '../hearing.js'
import { toIncomingMessage, type WhoIsWho, WireOrder } from './incoming.js'
import { findColleague, findPlace, RemarkWriter, WhoIsWhere } from './members.js'
import { Speaking } from './outgoing.js'

import { StaffRoom, type StaffRoomOptions } from './staff-room.js'
import { keepFewRawMessages, keepWeChatTime, logUnheard } from './wechat4u.js'

export interface WechatyChannelOptions {
  /** Topics of served groups; `*` stands for anything. */
  readonly serve: readonly string[]
  /** What the vendor's own group is called; null: only an order makes one the vendor's. */
  readonly staffRoom: string | null
  /** Nobody but the vendor can name a group: the name alone will do. */
  readonly trustsStaffRoom?: boolean
  /** Which group is the vendor's own, from earlier runs. */
  readonly staffBinding: DurableList<StaffBinding>
  /** Names of colleagues that may stand for one at the very first start. */
  readonly firstStart?: StaffRoomOptions['firstStart']
  readonly onStaffRoom?: (news: StaffRoomNews) => void
  /** Names of colleagues who are known by nothing else; who bears one is not interrupted for a while. */
  readonly staffNames: readonly string[]
  readonly adminRemarks: readonly string[]
  /** Remarks that the bot's own account has given to colleagues. */
  readonly staffRemarks?: readonly string[]
  /** Whether stopping ends the login; with WeChat that would cost a new scan at the next start. */
  readonly logoutOnStop: boolean
  /** How long messages of one place wait for others that were said before them. */
  readonly holdMs: number
  readonly identities: Identities
  readonly heardIds: HeardIds
  /** Learns WeChat's time from what is heard. */
  readonly time?: WeChatTime
  /** How long before this process nobody listened, after a restart by itself; milliseconds. */
  readonly awayMs?: number | undefined
  /** Roles given by a code. */
  readonly roles?: GrantedRoles
  /** Told when a send is refused because the login has ended. */
  readonly onSessionOver?: () => void
}

/** Any Wechaty puppet as our channel. */
export class WechatyChannel implements Channel {
  readonly #bot: WechatyInterface
  readonly #options: WechatyChannelOptions
  readonly #log: Log
  readonly #serves: readonly RegExp[]
  readonly #quietNames: QuietNames
  readonly #who: WhoIsWhere
  readonly #staff: StaffRoom
  readonly #speaking: Speaking
  readonly #hearing: Hearing<IncomingMessage>
  readonly remarks: RemarkWriter
  readonly #ownWords = new OwnWords()
  readonly #wireOrder = new WireOrder()
  readonly #pictures: HeardPictures
  #listener: MessageListener | undefined
  #wired = false
  #running = false
  #isHearing = false

  constructor(bot: WechatyInterface, options: WechatyChannelOptions, log: Log) {
    this.#bot = bot
    this.#options = options
    this.#log = log
    this.#serves = options.serve.map(globPattern)
    this.#pictures = new HeardPictures(log)
    this.#who = new WhoIsWhere(bot, options.identities)
    this.#quietNames = new QuietNames(options.staffNames)
    this.#staff = this.#staffRoom()
    this.#speaking = new Speaking(bot, { ...options, who: this.#who, ownWords: this.#ownWords })
    this.remarks = new RemarkWriter(bot, options.identities)
    this.#hearing = new Hearing({ ...options, deliver: (message) => this.#deliver(message) })
  }

  async start(listener: MessageListener): Promise<void> {
    this.#listener = listener
    this.#isHearing = true
    this.#wire()
    // Where stopping does not log out, the puppet still runs at the next start.
    if (!this.#running) {
      this.#running = true
      await this.#bot.start()
      keepFewRawMessages(this.#bot.puppet)
      logUnheard(this.#bot.puppet, this.#log)
      if (this.#options.time) keepWeChatTime(this.#bot.puppet, this.#options.time, this.#options.awayMs)
    }
    this.#wireOrder.follow(this.#bot.puppet)
    this.#staff.start()
  }

  async stopHearing(): Promise<void> {
    this.#isHearing = false
    await this.#hearing.flush()
    this.#listener = undefined
  }

  async stop(): Promise<void> {
    this.#isHearing = false
    this.#listener = undefined
    this.#staff.stop()
    if (!this.#options.logoutOnStop || !this.#running) return
    this.#running = false
    await this.#bot.stop()
  }

  send(to: Place, bubble: Outgoing): Promise<void> {
    return this.#speaking.send(to, bubble)
  }

  async staffPlace(): Promise<Place | undefined> {
    const room = await this.#staff.find()
    if (!room) return undefined
    const { topic, key } = await this.#who.room(room)
    return { kind: 'room', id: room.id, key, topic, purpose: 'staff' }
  }

  async bindStaffRoom(key: string, by: string): Promise<boolean> {
    const id = this.#options.identities.idOf(key)
    return id !== undefined && this.#staff.bind(id, by)
  }

  findPlace(key: string): Promise<Place | undefined> {
    const { identities } = this.#options
    return findPlace(key, { bot: this.#bot, who: this.#who, identities, purposeOf: (named) => this.#purposeOf(named) })
  }

  async rooms(): Promise<readonly RoomPlace[]> {
    if (!this.#bot.isLoggedIn) return []
    const rooms = await this.#bot.Room.findAll()
    // After a new login in one process the old groups stay listed.
    const places = await Promise.all(
      rooms.map(async (room) => ((await this.#who.isMemberOf(room.id)) ? [await this.#placeOf(room)] : [])),
    )
    return places.flat()
  }

  findColleague(remark: string): Promise<Place | undefined> {
    return findColleague(remark, { bot: this.#bot, who: this.#who })
  }

  async roleOf(personKey: string): Promise<Role | undefined> {
    if (!this.#bot.isLoggedIn) return undefined
    const id = await this.#idOf(personKey)
    // Nobody of the roster, if that is known; whoever it is.
    if (id === undefined) return (await this.#staff.sits('')) === false ? 'customer' : undefined
    const remark = await this.#who.remarkOf(id)
    const sits = await this.#staff.sits(id)
    const role = this.#staff.roleOf({ contactId: id, remark })
    const known = role === 'admin' ? role : (this.#grantedRole({ contactId: id, remark }) ?? role)
    return known === 'customer' && sits === undefined ? undefined : known
  }

  /** Who has not spoken in this login is met by the seat in the staff group, or by the configured remark. */
  async #idOf(personKey: string): Promise<string | undefined> {
    const { identities, adminRemarks, staffRemarks = [] } = this.#options
    const room = await this.#staff.find()
    const place = room && { room, key: (await this.#who.room(room)).key }
    const seats = room ? await this.#who.census.of(room.id) : []
    const known = identities.idOf(personKey)
    for (const { id } of seats.filter((seat) => known === undefined || seat.id === known)) {
      const contact = await this.#bot.Contact.find({ id })
      if (contact && id !== this.#bot.currentUser.id) await this.#who.person(contact, place)
    }
    if (known !== undefined) return known
    for (const alias of [...adminRemarks, ...staffRemarks]) {
      for (const contact of await this.#bot.Contact.findAll({ alias })) await this.#who.person(contact)
    }
    return identities.idOf(personKey)
  }

  #grantedRole(sight: { readonly contactId: string; readonly remark: string }) {
    return this.#options.roles?.roleOf(sight) ?? this.#roleByRemark(sight.remark)
  }

  #roleByRemark(remark: string): 'staff' | undefined {
    return remark !== '' && this.#options.staffRemarks?.includes(remark) ? 'staff' : undefined
  }

  async #placeOf(room: Room): Promise<RoomPlace> {
    const { topic, key } = await this.#who.room(room)
    return { kind: 'room', id: room.id, key, topic, purpose: this.#purposeOf({ id: room.id, topic }) }
  }

  /** Once, however often it is started: every listener more would hear each message once more. */
  #wire(): void {
    if (this.#wired) return
    this.#wired = true
    // Without a listener one failed poll ends the puppet's receiving for good.
    this.#bot.on('error', (error) => this.#log.warn({ error: messageOf(error) }, 'puppet error'))
    this.#bot.on('login', (self) => {
      this.#options.identities.beginLogin(self.id)
      this.#log.info({}, 'logged in')
    })
    // As early as groups are listed: whoever takes the name later is not the one meant by it.
    this.#bot.on('ready', () => void this.#staff.refresh())
    this.#bot.on('logout', () => this.#log.warn({}, 'logged out'))
    this.#bot.on('room-topic', (room) => void this.#who.room(room).catch(() => undefined))
    for (const event of ['room-join', 'room-leave'] as const) {
      this.#bot.on(event, (room: Room) => {
        this.#who.census.forget(room.id)
        this.#staff.changed(room.id)
      })
    }
    this.#bot.on('message', (message) => {
      if (this.#isHearing) this.#hear(message)
    })
  }

  #hear(message: Message): void {
    this.#options.time?.heardOf(message.date().getTime())
    const partner = message.self() ? message.listener() : message.talker()
    this.#hearing.hear({
      id: message.id,
      placeId: message.room()?.id ?? partner?.id ?? '',
      sentAtMs: message.date().getTime(),
      wirePlace: this.#wireOrder.placeOf(message.id),
      read: () =>
        this.#read(message).catch((error: unknown) => {
          this.#log.error({ messageId: message.id, error: messageOf(error) }, 'message not understood')
          return undefined
        }),
    })
  }

  async #read(message: Message): Promise<IncomingMessage> {
    this.#options.identities.beginLogin(this.#bot.currentUser.id)
    await this.#staff.hear(message.room())
    return toIncomingMessage(message, this.#whoIsWho)
  }

  readonly #whoIsWho: WhoIsWho = {
    roleOf: (speaker) => this.#staff.roleOf(speaker),
    grantedRole: (sight) => this.#grantedRole(sight),
    isInStaffRoom: (contactId) => this.#staff.has(contactId),
    mayBeStaff: (sight) => this.#mayBeStaff(sight),
    purposeOf: (named) => this.#purposeOf(named),
    room: (room) => this.#who.room(room),
    person: (contact, place) => this.#who.person(contact, place),
    ownNames: (room) => this.#who.ownNames(room),
    isEcho: (message) => this.#ownWords.takeEcho(message),
    fetchPicture: (message) =>
      this.#pictures.fetch(message.id, async () => new Uint8Array(await (await message.toFileBox()).toBuffer())),
  }

  /** Without waiting: what is said next may be about this very message. */
  #deliver(message: IncomingMessage): void {
    this.#listener?.(message).catch((error: unknown) => {
      this.#log.error({ messageId: message.id, error: messageOf(error) }, 'message not understood')
    })
  }

  #purposeOf({ id, topic }: { readonly id: string; readonly topic: string }): 'customers' | 'staff' | 'ignored' {
    const purpose = this.#staff.purposeOf({ id, topic })
    return purpose ?? (this.#serves.some((pattern) => pattern.test(topic)) ? 'customers' : 'ignored')
  }

  /** Whoever sits in the staff group is known by that, and nobody else is meant by the name. */
  #mayBeStaff(sight: Parameters<NonNullable<WhoIsWho['mayBeStaff']>>[0]): boolean {
    return !sight.names.some((name) => this.#staff.hasMemberCalled(name)) && this.#quietNames.isQuiet(sight)
  }

  #staffRoom(): StaffRoom {
    const {
      staffRoom,
      trustsStaffRoom = false,
      staffBinding,
      onStaffRoom,
      adminRemarks,
      firstStart,
      roles,
      identities,
    } = this.#options
    const isColleague = (sight: { readonly contactId: string; readonly remark: string }): boolean =>
      (sight.remark !== '' && adminRemarks.includes(sight.remark)) ||
      this.#roleByRemark(sight.remark) !== undefined ||
      roles?.roleOf(sight) !== undefined
    return new StaffRoom(
      this.#bot,
      { topic: staffRoom, trustsTopic: trustsStaffRoom, adminRemarks, isColleague, firstStart },
      {
        ...{ who: this.#who, identities, binding: staffBinding, onNews: onStaffRoom },
        ...{ nowMs: () => (this.#options.time ?? Date).now(), log: this.#log },
      },
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
