import { type Message, type Room, types } from 'wechaty'
import type { IncomingMessage, Person, Place, Role } from '../../model/message.js'
import { readText, unescapeText } from './read-text.js'

export interface WhoIsWho {
  roleOf(speaker: { readonly contactId: string; readonly names: readonly string[]; readonly remark: string }): Role
  purposeOf(topic: string): 'customers' | 'staff' | 'ignored'
}

/** Turns whatever a puppet gives into our message; nothing behind it knows which puppet it was. */
export async function toIncomingMessage(message: Message, who: WhoIsWho): Promise<IncomingMessage> {
  const room = message.room()
  const kind = kindOf(message, room)
  const sender = await senderOf(message, room, who)
  const place = await placeOf(room, sender, who)
  const read =
    kind === 'text'
      ? readText(await wholeText(message), { names: await botNames(message, room) })
      : { text: '', addressedToBot: false, mentionsOthers: false }
  return {
    id: message.id,
    place,
    sender,
    kind,
    ...read,
    addressedToBot:
      read.addressedToBot || (!('quote' in read) && kind === 'text' && (await mentionedByPuppet(message))),
    sentAtMs: message.date().getTime(),
    fromSelf: message.self(),
  }
}

function kindOf(message: Message, room: Room | undefined): IncomingMessage['kind'] {
  // A group notice comes from a made-up contact that has the room's own id.
  if (room && message.talker().id === room.id) return 'notice'
  switch (message.type()) {
    case types.Message.Text:
      return 'text'
    case types.Message.Image:
      return 'picture'
    case types.Message.Unknown:
    case types.Message.Recalled:
    case types.Message.GroupNote:
      return 'notice'
    default:
      return 'other'
  }
}

/** wechat4u cuts a group text at ":\n"; its raw payload has all of it. */
async function wholeText(message: Message): Promise<string> {
  // Wechaty's interface hides the method, every puppet has it.
  const puppet = message.wechaty.puppet as unknown as { messageRawPayload(id: string): Promise<unknown> }
  const raw: unknown = await puppet.messageRawPayload(message.id).catch(() => undefined)
  const original =
    typeof raw === 'object' && raw !== null ? (raw as { OriginalContent?: unknown }).OriginalContent : undefined
  const whole = typeof original === 'string' ? /^@[^:\s]+:<br\/>([\s\S]*)$/.exec(original)?.[1] : undefined
  return unescapeText(
    whole !== undefined && !whole.startsWith('<?xml') && !whole.startsWith('&lt;') ? whole : message.text(),
  )
}

async function senderOf(message: Message, room: Room | undefined, who: WhoIsWho): Promise<Person> {
  const talker = message.talker()
  const nick = unescapeText(talker.name())
  const display = room ? unescapeText((await room.alias(talker).catch(() => undefined)) ?? '') : ''
  const remark = unescapeText((await talker.alias().catch(() => undefined)) ?? '')
  return {
    id: talker.id,
    key: remark ? `remark:${remark}` : `name:${nick}`,
    name: display || nick,
    role: who.roleOf({ contactId: talker.id, names: [nick, display].filter(Boolean), remark }),
  }
}

async function placeOf(room: Room | undefined, sender: Person, who: WhoIsWho): Promise<Place> {
  if (!room) return { kind: 'direct', id: sender.id, key: `direct:${sender.key}` }
  const topic = unescapeText(await room.topic())
  return { kind: 'room', id: room.id, key: `room:${topic}`, topic, purpose: who.purposeOf(topic) }
}

async function botNames(message: Message, room: Room | undefined): Promise<readonly string[]> {
  const self = message.wechaty.currentUser
  const display = room ? await room.alias(self).catch(() => undefined) : undefined
  return [self.name(), display ?? ''].map(unescapeText).filter(Boolean)
}

const mentionedByPuppet = (message: Message): Promise<boolean> => message.mentionSelf().catch(() => false)
