import type { Message, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import type { IncomingMessage, Place, RoomPlace } from '../../model/chat.js'
import type { Channel, GrantedRoles, HeardIds, Identities, Log, MessageListener, Outgoing } from '../../model/ports.js'
import { findColleague, findPlace, RemarkWriter } from './find-place.js'
import { HeardPictures, Hearing, OwnWords, WireOrder } from './inbox.js'
import { toIncomingMessage, type WhoIsWho } from './incoming.js'
import { WhoIsWhere } from './members.js'
import { Speaking } from './outgoing.js'
import { StaffRoom, toPattern } from './staff-room.js'
import { keepFewRawMessages, logUnheard } from './wechat4u.js'

export interface WechatyChannelOptions {
  /** Topics of served groups; `*` stands for anything. */
  readonly serve: readonly string[]
  /** Null: no group is the vendor's. */
  readonly staffRoom: string | null
  /** Names that are never answered. */
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
    this.#serves = options.serve.map(toPattern)
    this.#pictures = new HeardPictures(log)
    this.#who = new WhoIsWhere(bot, options.identities)
    const staffOptions = { topic: options.staffRoom, names: options.staffNames, adminRemarks: options.adminRemarks }
    this.#staff = new StaffRoom(bot, staffOptions, { who: this.#who, log })
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

  findPlace(key: string): Promise<Place | undefined> {
    const { identities } = this.#options
    return findPlace(key, { bot: this.#bot, who: this.#who, identities, purposeOf: (topic) => this.#purposeOf(topic) })
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

  #roleByRemark(remark: string): 'staff' | undefined {
    return remark !== '' && this.#options.staffRemarks?.includes(remark) ? 'staff' : undefined
  }

  async #placeOf(room: Room): Promise<RoomPlace> {
    const { topic, key } = await this.#who.room(room)
    return { kind: 'room', id: room.id, key, topic, purpose: this.#purposeOf(topic) }
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
    this.#bot.on('logout', () => this.#log.warn({}, 'logged out'))
    this.#bot.on('room-topic', (room) => void this.#who.room(room).catch(() => undefined))
    for (const event of ['room-join', 'room-leave'] as const) {
      this.#bot.on(event, (room: Room) => this.#who.census.forget(room.id))
    }
    this.#bot.on('message', (message) => {
      if (this.#isHearing) this.#hear(message)
    })
  }

  #hear(message: Message): void {
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
    await this.#staff.hear(await message.room()?.topic())
    return toIncomingMessage(message, this.#whoIsWho)
  }

  readonly #whoIsWho: WhoIsWho = {
    roleOf: (speaker) => this.#staff.roleOf(speaker),
    grantedRole: (sight) => this.#options.roles?.roleOf(sight) ?? this.#roleByRemark(sight.remark),
    isInStaffRoom: (contactId) => this.#staff.has(contactId),
    purposeOf: (topic) => this.#purposeOf(topic),
    room: (room) => this.#who.room(room),
    person: (contact, place) => this.#who.person(contact, place),
    ownNames: (room) => this.#who.ownNames(room),
    isEcho: (message) => this.#ownWords.takeEcho(message),
    fetchPicture: (message) => this.#pictures.fetch(message),
  }

  /** Without waiting: what is said next may be about this very message. */
  #deliver(message: IncomingMessage): void {
    this.#listener?.(message).catch((error: unknown) => {
      this.#log.error({ messageId: message.id, error: messageOf(error) }, 'message not understood')
    })
  }

  #purposeOf(topic: string): 'customers' | 'staff' | 'ignored' {
    if (this.#staff.isNamed(topic)) return this.#staff.purpose
    return this.#serves.some((pattern) => pattern.test(topic)) ? 'customers' : 'ignored'
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
