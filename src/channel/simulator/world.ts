import { type PictureHeader, readPictureHeader } from '../../knowledge/pictures.js'
import type { Clock } from '../../model/ports.js'

export interface SimulatedPerson {
  readonly id: string
  /** Nick name, the person's own choice. */
  readonly name: string
  /** What the person is in the play, for the reader of the page; carries no rights. */
  readonly part: 'bot' | 'customer' | 'staff' | 'admin'
}

/** A group, or a chat of two between the bot and one other person. */
export type Conversation =
  | {
      readonly kind: 'room'
      readonly id: string
      readonly topic: string
      readonly memberIds: readonly string[]
      /** Group display names by person id, where one differs from the nick. */
      readonly displayNames: Readonly<Record<string, string>>
    }
  | { readonly kind: 'direct'; readonly id: string; readonly memberIds: readonly [string, string] }

export interface WorldMessage {
  readonly id: string
  readonly conversationId: string
  readonly fromId: string
  readonly kind: 'text' | 'picture'
  /** What it is in truth, where the page shows words in its place. */
  readonly media?: SimulatedMedia
  /** Mentions as people see them, `@name` and U+2005; empty for pictures. */
  readonly text: string
  readonly mentionIds: readonly string[]
  readonly quoteOfId?: string
  readonly atMs: number
}

/** What people send beside words and pictures. */
export const SIMULATED_MEDIA = ['voice', 'video', 'sticker', 'file', 'link', 'card', 'record', 'location'] as const
export type SimulatedMedia = (typeof SIMULATED_MEDIA)[number]

export interface Post {
  readonly conversationId: string
  readonly fromId: string
  readonly text?: string
  /** Makes it a voice message, a file …; `text` is its name or heading then. */
  readonly media?: SimulatedMedia
  /** Members that are meant besides those whose `@name` stands in the text. */
  readonly mentionIds?: readonly string[]
  readonly quoteOfId?: string
  /** Makes it a picture message; `text` is not kept then. */
  readonly picture?: Uint8Array
}

export interface WorldPlan {
  readonly botId: string
  readonly people: readonly SimulatedPerson[]
  readonly rooms: readonly Omit<Conversation & { kind: 'room' }, 'kind'>[]
  /** Remarks that the bot's account has given, by person id. */
  readonly remarks: Readonly<Record<string, string>>
}

export type WorldListener = (message: WorldMessage) => void

/** What WeChat puts behind a mention: a four-per-em space. */
export const MENTION_END = '\u2005'
const HISTORY_MESSAGES = 500 // a conversation; a stand-in needs no archive

export const directIdOf = (personId: string): string => `direct:${personId}`

/** A little WeChat in memory: people, groups, direct chats with the bot, and what was said lately. */
export class World {
  readonly botId: string
  readonly people: readonly SimulatedPerson[]
  readonly conversations: readonly Conversation[]
  readonly #clock: Clock
  readonly #remarks: Map<string, string>
  readonly #history = new Map<string, WorldMessage[]>()
  readonly #byId = new Map<string, WorldMessage>()
  readonly #pictures = keepPictures()
  readonly #listeners = new Set<WorldListener>()
  readonly #idPrefix: string
  #postedCount = 0

  constructor(plan: WorldPlan, { clock }: { clock: Clock }) {
    this.botId = plan.botId
    this.people = plan.people
    this.conversations = [
      ...plan.rooms.map((room): Conversation => ({ kind: 'room', ...room })),
      ...plan.people
        .filter(({ id }) => id !== plan.botId)
        .map(({ id }): Conversation => ({ kind: 'direct', id: directIdOf(id), memberIds: [id, plan.botId] })),
    ]
    this.#clock = clock
    this.#remarks = new Map(Object.entries(plan.remarks))
    // Ids of an earlier run must not come back: whoever stored one would take the message for known.
    this.#idPrefix = `sim-${clock.now().toString(36)}`
  }

  /**
   * Says something; listeners have been called when it returns.
   *
   * @throws Error when the conversation, the sender in it, the quoted message or the kind of picture is unknown
   */
  post({ conversationId, fromId, text = '', mentionIds = [], quoteOfId, picture, media }: Post): WorldMessage {
    const conversation = this.conversation(conversationId)
    if (!conversation?.memberIds.includes(fromId)) throw new Error(`${fromId} is not in conversation ${conversationId}`)
    if (quoteOfId !== undefined && this.#byId.get(quoteOfId)?.conversationId !== conversationId) {
      throw new Error(`message ${quoteOfId} is not in conversation ${conversationId}`)
    }
    const id = `${this.#idPrefix}-${++this.#postedCount}`
    if (picture) this.#pictures.put(id, picture)
    const message: WorldMessage = {
      id,
      conversationId,
      fromId,
      kind: picture ? 'picture' : 'text',
      ...(media && { media }),
      text: picture ? '' : text,
      mentionIds: picture ? [] : this.#mentionsIn(conversation, text, mentionIds),
      ...(quoteOfId === undefined ? {} : { quoteOfId }),
      atMs: this.#clock.now(),
    }
    this.#remember(message)
    for (const listener of this.#listeners) listener(message)
    return message
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: WorldListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  person(id: string): SimulatedPerson | undefined {
    return this.people.find((person) => person.id === id)
  }

  conversation(id: string): Conversation | undefined {
    return this.conversations.find((conversation) => conversation.id === id)
  }

  message(id: string): WorldMessage | undefined {
    return this.#byId.get(id)
  }

  /** What is still remembered of a conversation, oldest first. */
  messages(conversationId: string): readonly WorldMessage[] {
    return this.#history.get(conversationId) ?? []
  }

  /** @returns undefined for text, and for pictures that made room for newer ones */
  picture(messageId: string): Picture | undefined {
    return this.#pictures.get(messageId)
  }

  remark(personId: string): string | undefined {
    return this.#remarks.get(personId)
  }

  setRemark(personId: string, remark: string | null): void {
    if (remark) this.#remarks.set(personId, remark)
    else this.#remarks.delete(personId)
  }

  /** As the members of a conversation see a person: group display name, else nick, else the bare id. */
  nameIn(conversation: Conversation, personId: string): string {
    const displayName = conversation.kind === 'room' ? conversation.displayNames[personId] : undefined
    return displayName ?? this.person(personId)?.name ?? personId
  }

  #mentionsIn(conversation: Conversation, text: string, mentionIds: readonly string[]): readonly string[] {
    if (conversation.kind === 'direct') return []
    return conversation.memberIds.filter(
      (id) =>
        mentionIds.includes(id) ||
        [this.nameIn(conversation, id), this.person(id)?.name ?? id].some((name) => mentions(text, name)),
    )
  }

  #remember(message: WorldMessage): void {
    const history = this.#history.get(message.conversationId) ?? []
    this.#history.set(message.conversationId, history)
    history.push(message)
    this.#byId.set(message.id, message)
    while (history.length > HISTORY_MESSAGES) {
      const forgotten = history.shift()
      if (!forgotten) return
      this.#byId.delete(forgotten.id)
      this.#pictures.drop(forgotten.id)
    }
  }
}

function mentions(text: string, name: string): boolean {
  const mark = `@${name}`
  // Web WeChat finds mentions by the name up to a blank too; without it `@小李` would also mean `@小李子`.
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const next = text[at + mark.length]
    if (next === undefined || /\s/u.test(next)) return true
  }
  return false
}

export interface Picture extends PictureHeader {
  readonly bytes: Uint8Array
}

export interface PictureShelf {
  /** @throws Error when the bytes are no PNG, JPEG, GIF or WebP */
  put(messageId: string, bytes: Uint8Array): void
  get(messageId: string): Picture | undefined
  drop(messageId: string): void
}

const SHELF_BYTES = 64 * 1024 * 1024 // a dozen of the largest uploads; the bot's own illustrations are far smaller

/** Keeps the newest pictures, at most `maxBytes` together. */
export function keepPictures(maxBytes = SHELF_BYTES): PictureShelf {
  // A Map keeps insertion order, so its first key is the oldest picture.
  const shelf = new Map<string, Picture>()
  let keptBytes = 0
  const drop = (messageId: string): void => {
    keptBytes -= shelf.get(messageId)?.bytes.length ?? 0
    shelf.delete(messageId)
  }
  return {
    put(messageId, bytes) {
      const type = readPictureHeader(bytes)
      if (!type) throw new Error('these bytes are no picture')
      shelf.set(messageId, { ...type, bytes })
      keptBytes += bytes.length
      for (const oldest of shelf.keys()) {
        if (keptBytes <= maxBytes || oldest === messageId) break
        drop(oldest)
      }
    },
    get: (messageId) => shelf.get(messageId),
    drop,
  }
}

/** What the vendor's own group is called where nobody has configured another name. */
export const SIMULATED_STAFF_ROOM = '过审值班群'

/** The cast that a newcomer meets: a vendor's two groups, its staff group, and everybody's chat with the bot. */
export function createVendorWorld({ clock }: { clock: Clock }): World {
  return new World(
    {
      botId: 'bot',
      people: [
        { id: 'bot', name: '过审小助手', part: 'bot' },
        { id: 'wang', name: '王老板', part: 'customer' },
        { id: 'li', name: '小李', part: 'customer' },
        { id: 'chen', name: '陈工', part: 'staff' },
        { id: 'xu', name: '徐经理', part: 'admin' },
      ],
      rooms: [
        {
          id: 'room-xiangtian',
          topic: '想天售后服务群',
          memberIds: ['bot', 'wang', 'li', 'chen', 'xu'],
          displayNames: {},
        },
        {
          id: 'room-tongcheng',
          topic: '同城社区售后群',
          memberIds: ['bot', 'wang', 'li', 'chen'],
          displayNames: { li: '悦邻社区-小李' },
        },
        { id: 'room-staff', topic: SIMULATED_STAFF_ROOM, memberIds: ['bot', 'chen', 'xu'], displayNames: {} },
      ],
      // An admin is known by the remark that the bot's account gave, never by a nick that anyone can take.
      remarks: { xu: '管理员' },
    },
    { clock },
  )
}
