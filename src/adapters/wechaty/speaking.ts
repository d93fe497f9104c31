import { FileBox } from 'file-box'
import type { Contact, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { ChannelError } from '../../errors.js'
import type { Identities } from '../../model/identity.js'
import type { Person, Place } from '../../model/message.js'
import type { Outgoing } from '../../model/ports.js'
import type { OwnWords } from './own-words.js'
import { toChannelError } from './to-channel-error.js'
import type { WhoIsWhere } from './who-is-where.js'

export interface SpeakingParts {
  readonly identities: Identities
  readonly who: WhoIsWhere
  readonly ownWords: OwnWords
  /** Told each time that a send is refused because the login has ended. */
  readonly onSessionOver?: () => void
}

const unknown = (what: string): ChannelError =>
  new ChannelError('channel-rejected', `${what} is not known in this login`, { retryable: false })

/** Puts bubbles on the wire. Handles of groups and people are looked up by key each time: those of an earlier login are dead. */
export class Speaking {
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
    const rooms = await this.#bot.Room.findAll({ topic: identities.nameOf(key) ?? lastTopic })
    for (const candidate of rooms) {
      if ((await who.isMemberOf(candidate.id)) && (await who.room(candidate)).key === key) return candidate
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
