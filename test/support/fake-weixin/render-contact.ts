import { emojiToSpans } from './message-xml.js'
import type { FakeWeixinOptions } from './options.js'
import { fingerprint } from './random.js'
import { BUILT_IN_CONTACTS, type Session } from './session.js'
import { BOT, type Contact, type World } from './world.js'

/** For whom names and ids are written. */
export interface View {
  readonly world: World
  readonly options: FakeWeixinOptions
  readonly session: Session
}

/** A person or group as clients get it. */
export type WebContact = Readonly<Record<string, unknown>> & { readonly UserName: string }

const UNUSED_PINYIN = { PYInitial: '', PYQuanPin: '', RemarkPYInitial: '', RemarkPYQuanPin: '' }
const BLANK = {
  ...{ Uin: 0, UserName: '', NickName: '', HeadImgUrl: '', ContactFlag: 0, MemberCount: 0, MemberList: [] },
  ...{ RemarkName: '', HideInputBarFlag: 0, Sex: 0, Signature: '', VerifyFlag: 0, OwnerUin: 0, StarFriend: 0 },
  ...{ AppAccountFlag: 0, Statues: 0, AttrStatus: 0, Province: '', City: '', Alias: '', SnsFlag: 0, UniFriend: 0 },
  ...{ DisplayName: '', ChatRoomId: 0, KeyWord: '', EncryChatRoomId: '', IsOwner: 0 },
  ...UNUSED_PINYIN,
}
// Bits of ContactFlag: 1 is a contact, 2 has a chat.
const FRIEND_FLAG = 3
const CHAT_FLAG = 2

/** Somebody whose key the world knows, the account itself, or one of the built-in contacts. */
export function renderContact(view: View, key: string): WebContact {
  const { options, session, world } = view
  const builtIn = BUILT_IN_CONTACTS.get(key)
  if (builtIn !== undefined) return { ...BLANK, UserName: key, NickName: builtIn, ContactFlag: 1 }
  const id = session.contactId(key)
  const contact: Partial<Contact> = key === BOT ? {} : world.contact(key)
  const isFriend = contact.friend ?? true
  return {
    ...BLANK,
    UserName: id,
    NickName: writeName(world.nickOf(key), options),
    RemarkName: writeName(contact.remark ?? '', options),
    Alias: contact.wxid ?? '',
    VerifyFlag: contact.verifyFlag ?? 0,
    ContactFlag: isFriend ? FRIEND_FLAG : 0,
    AttrStatus: attributes(key),
    HeadImgUrl: `/cgi-bin/mmwebwx-bin/webwxgeticon?seq=${attributes(key)}&username=${id}&skey=${isFriend ? session.skey : ''}`,
    SnsFlag: 17,
  }
}

/** Members come only with the answers to `webwxbatchgetcontact` and with pushed changes. */
export function renderRoom(view: View, key: string, withMembers: boolean): WebContact {
  const { options, session, world } = view
  const room = world.room(key)
  const id = session.roomId(key)
  const members = withMembers ? room.members : []
  return {
    ...BLANK,
    UserName: id,
    NickName: writeName(room.topic, options),
    HeadImgUrl: `/cgi-bin/mmwebwx-bin/webwxgetheadimg?seq=0&username=${id}&skey=${session.skey}`,
    ContactFlag: room.saved ? FRIEND_FLAG : CHAT_FLAG,
    MemberCount: members.length,
    MemberList: members.map(({ contact, display }) => ({
      ...{ Uin: 0, MemberStatus: 0, KeyWord: '', ...UNUSED_PINYIN },
      UserName: session.contactId(contact),
      NickName: writeName(world.nickOf(contact), options),
      DisplayName: writeName(display, options),
      AttrStatus: attributes(contact),
    })),
    Statues: 1,
    EncryChatRoomId: `@${fingerprint(id).slice(0, 32)}`,
    IsOwner: room.owner === BOT ? 1 : 0,
    ChatRoomOwner: withMembers ? session.contactId(room.owner) : '',
  }
}

export function renderAny(view: View, key: string, withMembers: boolean): WebContact {
  return view.world.rooms.has(key) ? renderRoom(view, key, withMembers) : renderContact(view, key)
}

/** What the chat list shows at login. */
export function renderOpenChats(view: View): WebContact[] {
  const { world } = view
  const rooms = [...world.rooms.values()].filter((room) => room.recent && world.botIsIn(room))
  const friends = [...world.contacts.values()].filter((contact) => contact.recent && contact.friend)
  return ['filehelper', ...rooms.map((room) => room.key), ...friends.map((friend) => friend.key)].map((key) =>
    renderAny(view, key, false),
  )
}

function writeName(name: string, { emojiSpans }: FakeWeixinOptions): string {
  return emojiSpans ? emojiToSpans(name) : name
}

function attributes(key: string): number {
  return Number.parseInt(fingerprint(key).slice(0, 6), 16)
}
