import { FileBox } from 'file-box'
import type { Contact, Room } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import { ChannelError } from '../../errors.js'
import type { Person, Place } from '../../model/chat.js'
import type { Identities, Outgoing } from '../../model/ports.js'
import type { OwnWords } from '../hearing.js'
import type { WhoIsWhere } from './members.js'
import { saysSessionEnded } from './wechat4u.js'

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
