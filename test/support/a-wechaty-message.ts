import { type Message, types } from 'wechaty'

interface Wire {
  readonly text: string
  readonly type: number
  readonly self: boolean
  readonly nick: string
  readonly remark: string
  /** Group display name of the talker; a promise that rejects stands for a member that the puppet does not list. */
  readonly display: string | undefined | Error
  /** undefined: a chat of two. */
  readonly topic: string | undefined
  readonly talkerId: string
  readonly botNick: string
  readonly botDisplay: string | undefined | Error
  /** The puppet's own guess. */
  readonly mentionSelf: boolean | Error
  /** `OriginalContent` of the raw payload, as the Web WeChat puppet gives it. */
  readonly original: string | Error | undefined
  /** `Content` of the raw payload. */
  readonly content: string | undefined
  /** More of the raw payload. */
  readonly raw: object
  /** The talker is an official account. */
  readonly isOfficial: boolean
}

const orReject = async <T>(value: T | Error): Promise<T> => {
  if (value instanceof Error) throw value
  return value
}

/** A Wechaty message as a puppet may give it, down to what the wire does to names and texts. */
export function aWechatyMessage(facts: Partial<Wire> = {}): Message {
  const wire: Wire = {
    text: '怎么提审',
    type: types.Message.Text,
    self: false,
    nick: '王老板',
    remark: '',
    display: undefined,
    topic: '想天售后服务群',
    talkerId: '@wang',
    botNick: '小助手',
    botDisplay: undefined,
    mentionSelf: false,
    original: undefined,
    content: undefined,
    raw: {},
    isOfficial: false,
    ...facts,
  }
  const contactType = wire.isOfficial ? types.Contact.Official : types.Contact.Individual
  const talker = {
    id: wire.talkerId,
    name: () => wire.nick,
    alias: () => orReject(wire.remark),
    type: () => contactType,
  }
  const bot = { id: '@bot', name: () => wire.botNick }
  const room = {
    wechaty: { currentUser: bot },
    id: '@@room',
    topic: async () => wire.topic,
    alias: (contact: object) => orReject(contact === bot ? wire.botDisplay : wire.display),
  }
  const message = {
    id: '1234567890123456789',
    type: () => wire.type,
    text: () => wire.text,
    self: () => wire.self,
    talker: () => talker,
    listener: () => (wire.topic === undefined ? bot : undefined),
    room: () => (wire.topic === undefined ? undefined : room),
    date: () => new Date('2026-11-23T10:00:00+08:00'),
    mentionSelf: () => orReject(wire.mentionSelf),
    wechaty: {
      currentUser: bot,
      puppet: {
        messageRawPayload: async () => ({
          OriginalContent: await orReject(wire.original),
          Content: wire.content,
          ...wire.raw,
        }),
      },
    },
  }
  return message as unknown as Message
}
