import { FileBox } from 'file-box'
import type { Contact, Message, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { globPattern, messageOf } from '../../base/text.js'
import { ChannelError } from '../../errors.js'
import type { IncomingMessage, Person, Place, Role, RoomPlace } from '../../model/chat.js'
import type {
  Channel,
  DurableList,
  GrantedRoles,
  HeardIds,
  Identities,
  Log,
  MessageListener,
  Outgoing,
  StaffRoomNews,
  WeChatTime,
} from '../../model/ports.js'
import type { StaffBinding } from '../../model/stores.js'
import { HeardPictures, Hearing, OwnWords, QuietNames } from '../hearing.js'
import { toIncomingMessage, type WhoIsWho, WireOrder } from './incoming.js'
import { findColleague, findPlace, RemarkWriter, WhoIsWhere } from './members.js'
import { StaffRoom, type StaffRoomOptions } from './staff-room.js'
import { keepFewRawMessages, keepWeChatTime, logUnheard, saysSessionEnded } from './wechat4u.js'

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
  #wired = false
  #running = false

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
    this.#hearing = new Hearing({ ...options, log })
  }

  async start(listener: MessageListener): Promise<void> {
    this.#hearing.open(listener)
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

  stopHearing(): Promise<void> {
    return this.#hearing.close()
  }

  async stop(): Promise<void> {
    this.#hearing.end()
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
    const living = await this.#who.living(rooms.map(({ id }) => id))
    return Promise.all(rooms.filter(({ id }) => living.includes(id)).map((room) => this.#placeOf(room)))
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
      if (this.#hearing.isOpen) this.#hear(message)
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
      read: () => this.#read(message),
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

interface SpeakingParts {
  readonly identities: Identities
  readonly who: WhoIsWhere
  readonly ownWords: OwnWords
  /** Told each time that a send is refused because the login has ended. */
  readonly onSessionOver?: () => void
}

const unknown = (what: string): ChannelError =>
  new ChannelError('channel-rejected', `${what} is not known in this login`, { retryable: false })

/** Puts bubbles on the wire. Handles of groups and people are looked up by key each time: those of an earlier login are dead. */
class Speaking {
  readonly #bot: WechatyInterface
  readonly #parts: SpeakingParts

  constructor(bot: WechatyInterface, parts: SpeakingParts) {
    this.#bot = bot
    this.#parts = parts
  }

  /** @throws ChannelError when the bubble did not go out, or may not have */
  async send(to: Place, bubble: Outgoing): Promise<void> {
    // WeChat would post an empty message.
    if (bubble.kind === 'text' && bubble.text.trim() === '') return
    try {
      if (to.kind === 'room') await this.#sendToRoom(await this.#findRoom(to), bubble)
      else await this.#sendToPerson(await this.#findPerson(to), bubble)
    } catch (error) {
      const channelError = toChannelError(error)
      if (channelError.sessionOver) this.#parts.onSessionOver?.()
      throw channelError
    }
  }

  async #sendToRoom(room: Room, bubble: Outgoing): Promise<void> {
    this.#parts.ownWords.note(room.id, bubble)
    if (bubble.kind === 'picture') return void (await room.say(toFile(bubble)))
    if (!bubble.mention) return void (await room.say(bubble.text))
    const contact = await this.#mentionable(room, bubble.mention)
    // Where the puppet does not list the member, the name in plain text is what people see anyway.
    return void (await (contact
      ? room.say(bubble.text, contact)
      : room.say(`@${bubble.mention.name}\u2005${bubble.text}`)))
  }

  async #sendToPerson(contact: Contact, bubble: Outgoing): Promise<void> {
    this.#parts.ownWords.note(contact.id, bubble)
    if (bubble.kind === 'picture') await contact.say(toFile(bubble))
    else await contact.say(bubble.text)
  }

  async #mentionable(room: Room, { id, key }: Person): Promise<Contact | undefined> {
    const contact = await this.#bot.Contact.find({ id: this.#parts.identities.idOf(key) ?? id }).catch(() => undefined)
    if (!contact || !(await room.has(contact).catch(() => false))) return undefined
    const shown = (await room.alias(contact).catch(() => undefined)) ?? contact.name()
    return shown.includes('<') ? undefined : contact // an emoji in a display name would be sent as HTML
  }

  async #findRoom({ key, topic: lastTopic }: Extract<Place, { kind: 'room' }>): Promise<Room> {
    const { identities, who } = this.#parts
    const id = identities.idOf(key)
    const room = id === undefined ? undefined : await this.#bot.Room.find({ id })
    if (room && (await who.isMemberOf(room.id))) return room
    // In this login nobody has spoken there yet: every group under that name shows its key.
    for (const candidateId of await who.roomsCalled(identities.nameOf(key) ?? lastTopic)) {
      const candidate = (await who.isMemberOf(candidateId)) && (await this.#bot.Room.find({ id: candidateId }))
      if (candidate && (await who.room(candidate)).key === key) return candidate
    }
    throw unknown('the group')
  }

  async #findPerson({ key }: Extract<Place, { kind: 'direct' }>): Promise<Contact> {
    const { identities, who } = this.#parts
    const personKey = key.replace(/^direct:/, '')
    const id = identities.idOf(personKey)
    const contact = id === undefined ? undefined : await this.#bot.Contact.find({ id })
    if (contact) return contact
    const name = identities.nameOf(personKey)
    const people = name === undefined ? [] : await this.#bot.Contact.findAll(name)
    for (const candidate of people) if ((await who.person(candidate)).key === personKey) return candidate
    throw unknown('the person')
  }
}

const toFile = ({ bytes, fileName }: Extract<Outgoing, { kind: 'picture' }>) =>
  FileBox.fromBuffer(Buffer.from(bytes), fileName)

/** What a failed send of a puppet may carry. All of it is looked at, little of it is passed on. */
interface PuppetError {
  readonly message?: unknown
  readonly name?: unknown
  /** WeChat's number, from a refused request of wechat4u. */
  readonly actual?: unknown
  /** WeChat's own words to the user, in Chinese. */
  readonly tips?: unknown
  readonly code?: unknown
  /** The system call that failed. */
  readonly syscall?: unknown
  readonly cause?: unknown
  readonly config?: { readonly url?: unknown }
}

/** "Too many requests"; once it comes, it comes for hours. */
const TOO_MANY = 1205
/** Calls, and failures, that come before a request has left. A reset connection is none of them. */
const BEFORE_ANYTHING_WENT_OUT = new Set(['connect', 'getaddrinfo', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])
/** Node's own words for a connection that broke while keys were still being exchanged. */
const BEFORE_SECURE = /before secure TLS connection was established/
/** A picture is uploaded first and said afterwards. */
const UPLOAD = /\/webwxuploadmedia(?:\?|$)/
const MAX_MESSAGE_CHARS = 200

/**
 * An error of a puppet as ours. The original carries cookies and keys of the account, so that only its message, WeChat's
 * number and WeChat's words go on, and no cause.
 */
export function toChannelError(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error
  const puppetError: PuppetError = typeof error === 'object' && error !== null ? error : { message: error }
  const message = wordsOf(puppetError)
  const refusal = refusalOf(puppetError)
  if (refusal !== undefined) {
    const sessionOver = saysSessionEnded({ message, actual: refusal })
    const tooMany = refusal === TOO_MANY
    // It was not said, but to say it again at once makes "too many" worse, and helps no session that is over.
    return new ChannelError('channel-rejected', message, {
      ...{ retryable: !tooMany && !sessionOver, tooMany, sessionOver },
      number: refusal,
    })
  }
  if (!isOfNetwork(puppetError)) return new ChannelError('channel-rejected', message, { retryable: false })
  return new ChannelError('channel-unreachable', message, { retryable: saidNothing(puppetError) })
}

function wordsOf({ message, tips }: PuppetError): string {
  const words = typeof message === 'string' && message !== '' ? message : 'unknown error'
  return [words.slice(0, MAX_MESSAGE_CHARS), ...(typeof tips === 'string' && tips !== '' ? [tips] : [])].join(' · ')
}

/** The number that WeChat answered with, e.g. 1205 of `1205 == 0`; other puppets hand on the message only. */
function refusalOf({ actual, message }: PuppetError): number | undefined {
  const written = typeof message === 'string' ? /^'?(-?\d+)'? == 0/.exec(message)?.[1] : undefined
  const number = Number(actual ?? written ?? Number.NaN)
  return Number.isInteger(number) ? number : undefined
}

/** WeChat was not reached, its answer was lost, or something else answered in its place. */
const isOfNetwork = ({ code, name }: PuppetError): boolean =>
  typeof code === 'string' || name === 'AxiosError' || name === 'TypeError' || name === 'SyntaxError'

function saidNothing({ message, code, syscall, cause, config }: PuppetError): boolean {
  if (typeof message === 'string' && BEFORE_SECURE.test(message)) return true
  const inner = (typeof cause === 'object' && cause !== null ? cause : {}) as PuppetError
  const signs = [code, syscall, inner.syscall]
  if (signs.some((sign) => typeof sign === 'string' && BEFORE_ANYTHING_WENT_OUT.has(sign))) return true
  return typeof config?.url === 'string' && UPLOAD.test(config.url)
}
