import { FileBox } from 'file-box'
import type { Message, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { ChannelError } from '../../errors.js'
import type { Person, Place, Role } from '../../model/message.js'
import type { Channel, Log, MessageListener, Outgoing } from '../../model/ports.js'
import { toChannelError } from './to-channel-error.js'
import { toIncomingMessage } from './to-incoming-message.js'

export interface WechatyChannelOptions {
  /** Topics of served groups; `*` stands for anything. */
  readonly serve: readonly string[]
  readonly staffRoom: string
  /** Names that are never answered. */
  readonly staffNames: readonly string[]
  readonly adminRemarks: readonly string[]
  /** Whether stopping ends the login; with WeChat that would cost a new scan at the next start. */
  readonly logoutOnStop: boolean
}

export type LoginListener = (state: {
  readonly login: 'waiting-scan' | 'logged-in' | 'logged-out'
  readonly qrText?: string
}) => void

const STAFF_REFRESH_MS = 60_000

/** Any Wechaty puppet as our channel. */
export class WechatyChannel implements Channel {
  readonly #bot: WechatyInterface
  readonly #options: WechatyChannelOptions
  readonly #log: Log
  readonly #serves: readonly RegExp[]
  readonly #staffNames: readonly RegExp[]
  #staffIds: ReadonlySet<string> = new Set()
  /** Exactly one group carries the topic of the staff group; a second one may be anybody's. */
  #staffRoomIsSure = false
  #staffTimer: NodeJS.Timeout | undefined
  #listener: MessageListener | undefined
  #wired = false
  #running = false

  constructor(bot: WechatyInterface, options: WechatyChannelOptions, log: Log) {
    this.#bot = bot
    this.#options = options
    this.#log = log
    this.#serves = options.serve.map(toPattern)
    this.#staffNames = options.staffNames.map(toPattern)
  }

  /** Login, QR code and logout, for whoever shows them. Call before `start`. */
  onLogin(listener: LoginListener): void {
    this.#bot.on('scan', (qrText) => listener({ login: 'waiting-scan', qrText }))
    this.#bot.on('login', () => listener({ login: 'logged-in' }))
    this.#bot.on('logout', () => listener({ login: 'logged-out' }))
  }

  async start(listener: MessageListener): Promise<void> {
    this.#listener = listener
    this.#wire()
    // Where stopping does not log out, the puppet still runs at the next start.
    if (!this.#running) {
      this.#running = true
      await this.#bot.start()
    }
    clearInterval(this.#staffTimer)
    this.#staffTimer = setInterval(() => void this.#refreshStaff(), STAFF_REFRESH_MS)
    this.#staffTimer.unref()
  }

  async stop(): Promise<void> {
    this.#listener = undefined
    clearInterval(this.#staffTimer)
    if (!this.#options.logoutOnStop || !this.#running) return
    this.#running = false
    await this.#bot.stop()
  }

  async send(to: Place, bubble: Outgoing): Promise<void> {
    try {
      if (to.kind === 'room') await this.#sendToRoom(to.id, bubble)
      else await this.#sendToPerson(to.id, bubble)
    } catch (error) {
      throw toChannelError(error)
    }
  }

  async staffPlace(): Promise<Place | undefined> {
    const rooms = await this.#staffRooms()
    const [room, ...others] = rooms
    if (!room) return undefined
    if (others.length > 0) {
      this.#log.warn({ rooms: rooms.length }, 'several groups carry the name of the staff group, none is used')
      return undefined
    }
    const topic = await room.topic()
    return { kind: 'room', id: room.id, key: `room:${topic}`, topic, purpose: 'staff' }
  }

  /** Once, however often it is started: every listener more would hear each message once more. */
  #wire(): void {
    if (this.#wired) return
    this.#wired = true
    // Without a listener one failed poll ends the puppet's receiving for good.
    this.#bot.on('error', (error) => this.#log.warn({ error: messageOf(error) }, 'puppet error'))
    this.#bot.on('login', () => this.#log.info({}, 'logged in'))
    this.#bot.on('logout', () => this.#log.warn({}, 'logged out'))
    this.#bot.on('message', (message) => {
      if (!this.#listener) return
      this.#hear(message, this.#listener).catch((error: unknown) => {
        this.#log.error({ messageId: message.id, error: messageOf(error) }, 'message not understood')
      })
    })
  }

  async #hear(message: Message, listener: MessageListener): Promise<void> {
    // A topic is anybody's choice, so who else carries it is looked up for every message under it.
    const inStaffRoom = (await message.room()?.topic()) === this.#options.staffRoom
    if (inStaffRoom || this.#staffIds.size === 0) await this.#refreshStaff()
    await listener(
      await toIncomingMessage(message, {
        roleOf: (speaker) => this.#roleOf(speaker),
        purposeOf: (topic) => this.#purposeOf(topic),
      }),
    )
  }

  #purposeOf(topic: string): 'customers' | 'staff' | 'ignored' {
    if (topic === this.#options.staffRoom) return this.#staffRoomIsSure ? 'staff' : 'ignored'
    return this.#serves.some((pattern) => pattern.test(topic)) ? 'customers' : 'ignored'
  }

  #roleOf({ contactId, names, remark }: { contactId: string; names: readonly string[]; remark: string }): Role {
    // Only the remark is given by the bot's own account; a nick is anybody's choice and grants nothing.
    if (remark !== '' && this.#options.adminRemarks.includes(remark)) return 'admin'
    const isStaff =
      this.#staffIds.has(contactId) || names.some((name) => this.#staffNames.some((pattern) => pattern.test(name)))
    return isStaff ? 'staff' : 'customer'
  }

  /** Whoever sits in the staff group is one of the vendor's people in the customers' groups as well. */
  async #refreshStaff(): Promise<void> {
    try {
      const [room, ...others] = await this.#staffRooms()
      this.#staffRoomIsSure = room !== undefined && others.length === 0
      if (!room || others.length > 0) return
      const members = await room.memberAll()
      this.#staffIds = new Set(members.filter((member) => !member.self()).map(({ id }) => id))
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'members of the staff group not known')
    }
  }

  async #staffRooms(): Promise<readonly Room[]> {
    if (!this.#bot.isLoggedIn) return []
    const rooms = await this.#bot.Room.findAll({ topic: this.#options.staffRoom })
    if (rooms.length < 2) return rooms
    // After a new login in one process the old rooms stay listed; we are no member of those any more.
    const members = await Promise.all(rooms.map((room) => room.memberAll()))
    const ours = rooms.filter((_, index) => members[index]!.length === 0 || members[index]!.some((one) => one.self()))
    return ours.length > 0 ? ours : rooms
  }

  async #sendToRoom(id: string, bubble: Outgoing): Promise<void> {
    const room = await this.#bot.Room.find({ id })
    if (!room) throw new ChannelError('channel-rejected', 'the group is not known to the puppet', { retryable: false })
    if (bubble.kind === 'picture') return void (await room.say(toFile(bubble)))
    if (!bubble.mention) return void (await room.say(bubble.text))
    const contact = await this.#mentionable(room, bubble.mention)
    // Where the puppet does not list the member, the name in plain text is what people see anyway.
    return void (await (contact
      ? room.say(bubble.text, contact)
      : room.say(`@${bubble.mention.name}\u2005${bubble.text}`)))
  }

  async #mentionable(room: Room, { id }: Person) {
    const contact = await this.#bot.Contact.find({ id }).catch(() => undefined)
    if (!contact || !(await room.has(contact).catch(() => false))) return undefined
    const shown = (await room.alias(contact).catch(() => undefined)) ?? contact.name()
    return shown.includes('<') ? undefined : contact // an emoji in a display name would be sent as HTML
  }

  async #sendToPerson(id: string, bubble: Outgoing): Promise<void> {
    const contact = await this.#bot.Contact.find({ id })
    if (!contact)
      throw new ChannelError('channel-rejected', 'the person is not known to the puppet', { retryable: false })
    if (bubble.kind === 'picture') await contact.say(toFile(bubble))
    else await contact.say(bubble.text)
  }
}

const toFile = ({ bytes, fileName }: Extract<Outgoing, { kind: 'picture' }>) =>
  FileBox.fromBuffer(Buffer.from(bytes), fileName)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** `*售后*` → a test for whole topics or names. */
function toPattern(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}
