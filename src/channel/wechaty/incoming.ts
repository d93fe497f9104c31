import { type Contact, type Message, type Room, types } from 'wechaty'
import { BoundedMap } from '../../base/bounded-map.js'
import { oneLine } from '../../base/text.js'
import type { HeardPicture, IncomingMessage, MessageKind, Person, Place, Role } from '../../model/chat.js'
import type { GrantedRole } from '../../model/decision.js'
import { type ReadText, readText, unescapeName, unescapeText } from '../hearing.js'
import type { NamedPerson, NamedRoom, OwnNames } from './members.js'
import { findWechat4u } from './wechat4u.js'

export interface WhoIsWho {
  roleOf(speaker: { readonly contactId: string; readonly remark: string }): Role
  /** Whether a stranger may be a colleague by name, at this moment. */
  mayBeStaff?(sight: {
    readonly personKey: string
    readonly placeKey: string
    readonly names: readonly string[]
  }): boolean
  isInStaffRoom?(contactId: string): boolean
  /** A role that was given by a code. */
  grantedRole?(sight: { readonly contactId: string; readonly remark: string }): GrantedRole | undefined
  purposeOf(room: { readonly id: string; readonly topic: string }): 'customers' | 'staff' | 'ignored'
  room(room: Room): Promise<NamedRoom>
  person(contact: Contact, place?: { readonly room: Room; readonly key: string }): Promise<NamedPerson>
  ownNames(room: Room | undefined): Promise<OwnNames>
  /** The bot's own words coming back, as opposed to its owner's. */
  isEcho(message: { readonly placeId: string; readonly text: string | undefined }): boolean
  /** Bytes of a picture message, or undefined. Never throws. */
  fetchPicture(message: Message): Promise<HeardPicture | undefined>
}

/** Turns whatever a puppet gives into our message; nothing behind it knows which puppet it was. */
export async function toIncomingMessage(message: Message, who: WhoIsWho): Promise<IncomingMessage> {
  const raw = await rawPayload(message)
  const kind = kindOf(message, raw)
  const picture = kind === 'picture' && !message.self() ? who.fetchPicture(message) : undefined
  const place = await placeOf(message, who)
  const sender = await senderOf(message, place, who)
  const read = await wordsOf(message, kind, { who, raw })
  const fromSelf = message.self()
  const heardPicture = await picture
  const recalls = recalledId(message, raw)
  const title = kind === 'location' ? addressOf(message) : titleOf(kind, raw)
  const isEcho = fromSelf && who.isEcho({ placeId: place.id, text: kind === 'picture' ? undefined : read.text })
  return {
    ...{ id: message.id, place, sender, kind, ...read, sentAtMs: message.date().getTime(), fromSelf },
    ...(fromSelf && kind !== 'notice' && !isEcho && { fromOwner: true }),
    ...(title !== '' && { title }),
    ...(recalls !== undefined && { recalls }),
    ...(heardPicture && { picture: heardPicture }),
  }
}

function kindOf(message: Message, raw: RawMessage): MessageKind {
  if (isNoticeOf(message.room(), message) || isOfNoPerson(message)) return 'notice'
  switch (message.type()) {
    case types.Message.Text:
      return isPlace(message, raw) ? 'location' : 'text'
    case types.Message.Image:
      return 'picture'
    case types.Message.Audio:
      return 'voice'
    case types.Message.Video:
      return 'video'
    case types.Message.Emoticon:
      return 'sticker'
    case types.Message.Attachment:
      return 'file'
    case types.Message.Url:
    case types.Message.Post:
      return 'link'
    case types.Message.MiniProgram:
    case types.Message.Contact:
      return 'card'
    case types.Message.ChatHistory:
      return 'record'
    case types.Message.Location:
      return 'location'
    case types.Message.Unknown:
    case types.Message.Recalled:
    case types.Message.GroupNote:
      return 'notice'
    default:
      return 'other'
  }
}

/** Accounts of WeChat itself, by handles that no person has: 微信团队, the file helper, friend requests … */
const OWN_ACCOUNTS: ReadonlySet<string> = new Set([
  ...['weixin', 'filehelper', 'fmessage', 'newsapp', 'medianote', 'floatbottle', 'qmessage', 'qqmail', 'tmessage'],
  ...['notifymessage', 'notification_messages', 'weixinreminder', 'officialaccounts', 'helper_entry', 'masssendapp'],
])

/** 公众号, 服务号 and WeChat's own accounts talk to nobody, and an answer makes them go on without end. */
function isOfNoPerson(message: Message): boolean {
  const talker = message.talker()
  if (message.room() !== undefined || message.self()) return false
  return OWN_ACCOUNTS.has(talker.id) || talker.type() === types.Contact.Official
}

/** The puppet takes a place for a text: its address in a group, a link of the wire in a chat of two. */
function isPlace(message: Message, { OriginalContent, SubMsgType }: RawMessage): boolean {
  if (SubMsgType === LOCATION_SUBTYPE) return true
  return (typeof OriginalContent === 'string' && OriginalContent.includes(LOCATION)) || IS_PLACE.test(message.text())
}

/** Where the puppet knows it. */
function addressOf(message: Message): string {
  const text = message.type() === types.Message.Text ? unescapeText(message.text()) : ''
  const address = text.split(LINK_OF_PLACE)[0]!.replace(/:\s*$/, '')
  return oneLine(address, MAX_TITLE_CHARS)
}

/** Only of what bears one: elsewhere the field holds anything. */
function titleOf(kind: MessageKind, { FileName }: RawMessage): string {
  const bearsTitle = kind === 'file' || kind === 'link' || kind === 'card'
  return bearsTitle && typeof FileName === 'string' ? oneLine(unescapeName(FileName), MAX_TITLE_CHARS) : ''
}

/** A group notice comes from a made-up contact that has the room's own id. */
const isNoticeOf = (room: Room | undefined, message: Message): boolean => room?.id === message.talker().id

async function placeOf(message: Message, who: WhoIsWho): Promise<Place> {
  const room = message.room()
  if (room) {
    const { topic, key } = await who.room(room)
    return { kind: 'room', id: room.id, key, topic, purpose: who.purposeOf({ id: room.id, topic }) }
  }
  // What the owner writes by hand stands in the chat with whom it is written to.
  const partner = (message.self() ? message.listener() : undefined) ?? message.talker()
  return { kind: 'direct', id: partner.id, key: `direct:${(await who.person(partner)).key}` }
}

async function senderOf(message: Message, place: Place, who: WhoIsWho): Promise<Person> {
  const talker = message.talker()
  const room = message.room()
  if (isNoticeOf(room, message)) return { id: talker.id, key: `notice:${place.key}`, name: '', role: 'customer' }
  if (message.self()) {
    return { id: talker.id, key: 'self', name: unescapeName(talker.name()), role: 'staff' }
  }
  const { key, nick, display, remark } = await who.person(talker, room && { room, key: place.key })
  const names = [nick, display].filter(Boolean)
  const granted = who.grantedRole?.({ contactId: talker.id, remark })
  const role = who.roleOf({ contactId: talker.id, remark })
  const isStranger = role === 'customer' && granted === undefined
  return {
    ...{ id: talker.id, key, name: display || nick, role: role === 'admin' ? role : (granted ?? role) },
    ...(granted !== undefined && { isGranted: true }),
    ...(who.isInStaffRoom?.(talker.id) && { inStaffRoom: true }),
    ...(isStranger && who.mayBeStaff?.({ personKey: key, placeKey: place.key, names }) && { mayBeStaff: true }),
  }
}

async function wordsOf(
  message: Message,
  kind: MessageKind,
  { who, raw }: { readonly who: WhoIsWho; readonly raw: RawMessage },
): Promise<ReadText> {
  if (kind !== 'text') return { text: '', addressedToBot: false, mentionsOthers: false }
  const names = await who.ownNames(message.room())
  const read = readText(wholeText(message, raw), names)
  // The puppet's own guess is fooled by quotes and namesakes, but knows names that the account had earlier.
  const mayAskPuppet = !read.addressedToBot && read.quote === undefined && !names.puppetIsFooled
  const byPuppet = mayAskPuppet && (await message.mentionSelf().catch(() => false))
  return { ...read, addressedToBot: read.addressedToBot || byPuppet }
}

interface RawMessage {
  readonly OriginalContent?: unknown
  readonly Content?: unknown
  /** 1: a plain text. */
  readonly MsgType?: unknown
  readonly SubMsgType?: unknown
  readonly FileName?: unknown
}

const PLAIN_TEXT = 1
const LOCATION_SUBTYPE = 48
/** Where a puppet's text is no text: the place behind an address. */
const LOCATION = ':<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg'
const LINK_OF_PLACE = '/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg'
/** In a chat of two it stands alone, or on a line behind the address. */
const IS_PLACE = /^(?:[^\n]{0,200}:(?:\n|<br\/>))?\s*\/cgi-bin\/mmwebwx-bin\/webwxgetpubliclinkimg\?/
const MAX_TITLE_CHARS = 60

/** wechat4u cuts a group text at ":\n"; its raw payload has all of it. */
function wholeText(message: Message, { OriginalContent: original, MsgType }: RawMessage): string {
  if (typeof original !== 'string') return unescapeText(message.text())
  // What others write in a group has the writer's handle in front.
  const whole = message.self() ? original : /^@[^:\s]+:<br\/>([\s\S]*)$/.exec(original)?.[1]
  // What is no plain text, e.g. a quote, is XML there.
  const isXml = whole === undefined || (MsgType !== PLAIN_TEXT && /^(?:<\?xml|&lt;|<msg)/.test(whole))
  return unescapeText(isXml ? message.text() : whole)
}

function recalledId(message: Message, { Content: content }: RawMessage): string | undefined {
  if (message.type() !== types.Message.Recalled) return undefined
  return /<msgid>(\d+)<\/msgid>/.exec(unescapeText(typeof content === 'string' ? content : message.text()))?.[1]
}

async function rawPayload(message: Message): Promise<RawMessage> {
  // Wechaty's interface hides the method, every puppet has it.
  const puppet = message.wechaty.puppet as unknown as { messageRawPayload(id: string): Promise<unknown> }
  const raw: unknown = await puppet.messageRawPayload(message.id).catch(() => undefined)
  return typeof raw === 'object' && raw !== null ? raw : {}
}

const WIRE_ORDER_KEPT = 5_000

/**
 * The order in which messages came over the wire. wechat4u hands them on in another one: what holds an `@` or a quote
 * takes longer to be read. Message ids say nothing about order, and times have whole seconds only.
 */
export class WireOrder {
  readonly #places = new BoundedMap<string, number>(WIRE_ORDER_KEPT)
  #count = 0
  #followed: object | undefined

  /** As soon as the puppet has started. Does nothing with puppets that don't let us look. */
  follow(puppet: object): void {
    const wechat4u = findWechat4u(puppet)
    if (!wechat4u || wechat4u === this.#followed) return
    this.#followed = wechat4u
    const handle = wechat4u.handleMsg
    wechat4u.handleMsg = (messages) => {
      for (const { MsgId } of messages as readonly { readonly MsgId?: unknown }[]) this.#note(MsgId)
      handle.call(wechat4u, messages)
    }
  }

  /** Rises with every message; messages that nobody saw on the wire stand in the order of asking. */
  placeOf(messageId: string): number {
    this.#note(messageId)
    return this.#places.get(messageId)!
  }

  #note(messageId: unknown): void {
    if (typeof messageId !== 'string' || this.#places.has(messageId)) return
    this.#places.set(messageId, ++this.#count)
  }
}
