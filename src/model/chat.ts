/** What a person is known to be, by more than a name. */
export type Role = 'customer' | 'staff' | 'admin'

export interface Person {
  /** The channel's handle; good for replying, not for storing. */
  readonly id: string
  /** Key that outlives a re-login, e.g. remark or nick within its room; what memory and tickets are kept under. */
  readonly key: string
  /** As people see it: group display name, else nick. */
  readonly name: string
  readonly role: Role
  /** Sits in the staff group, as the channel sees it; names alone don't tell. */
  readonly inStaffRoom?: boolean
  /** Was given the role by a code, and is known by the remark; names alone don't tell. */
  readonly isGranted?: boolean
  /** A customer who bears a colleague's name: is not interrupted for a while, and may do nothing more for it. */
  readonly mayBeStaff?: boolean
}

/** Where a message was said. `direct` is a chat of two with the bot. */
export type Place =
  | {
      readonly kind: 'room'
      readonly id: string
      readonly key: string
      readonly topic: string
      /** `staff`: the vendor's own group, where tickets are worked; `ignored`: not served by configuration. */
      readonly purpose: 'customers' | 'staff' | 'ignored'
    }
  | { readonly kind: 'direct'; readonly id: string; readonly key: string }

export type RoomPlace = Extract<Place, { kind: 'room' }>

export interface Quote {
  readonly speaker: string
  readonly text: string
  /** The quoted message was the bot's own. */
  readonly ofBot: boolean
}

/** A picture that somebody sent, checked by its first bytes and at most 10 MB. */
export interface HeardPicture {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly byteCount: number
  /** undefined once later pictures have taken its place in memory: copy what has to stay. */
  bytes(): Uint8Array | undefined
}

/** A picture that can be sent. */
export interface PictureFile {
  readonly bytes: Uint8Array
  /** Ends in .png, .jpg or .gif: the ending decides how WeChat shows it. */
  readonly fileName: string
}

/**
 * What is written in a picture. `gone`: its bytes are no longer in memory; `unreadable`: no picture, or one too large;
 * `busy`: too many wait; `slow`: it took too long; `unavailable`: there is nothing here to read with.
 */
export type PictureReading =
  | {
      readonly kind: 'read'
      /** At most 5,000 characters, a paragraph a line; empty where nothing is written. */
      readonly text: string
      /** 0..1: how surely it was read, over all of it. */
      readonly confidence: number
    }
  | { readonly kind: 'unread'; readonly why: 'gone' | 'unreadable' | 'busy' | 'slow' | 'unavailable' }

/** What a message shows, or points at: words of its sender like any other. */
export type SeenWords = PictureReading & {
  /** The sender has said that it was read right. */
  readonly isConfirmed?: true
}

/**
 * `notice`: a grey line of the system, or an account that is no person; `card`: a person or a mini program; `record`:
 * several messages handed on as one; `other`: a transfer, a call …
 */
export type MessageKind =
  | 'text'
  | 'picture'
  | 'voice'
  | 'video'
  | 'sticker'
  | 'file'
  | 'link'
  | 'card'
  | 'record'
  | 'location'
  | 'other'
  | 'notice'

const KIND_WORDS: Readonly<Record<Exclude<MessageKind, 'text' | 'picture'>, string>> = {
  voice: '语音',
  video: '视频',
  sticker: '表情',
  file: '文件',
  link: '链接',
  card: '名片或小程序',
  record: '聊天记录',
  location: '位置',
  other: '其他消息',
  notice: '系统消息',
}

/** Neither words nor a picture. */
export const isUnreadable = ({ kind }: Pick<IncomingMessage, 'kind'>): boolean => kind !== 'text' && kind !== 'picture'

/** What people call a kind of message. */
export const kindWord = (kind: MessageKind): string => KIND_WORDS[kind as keyof typeof KIND_WORDS] ?? ''

/** What people read in the place of a picture. */
export const PICTURE = '[图片]'

/**
 * What people read of a message: its text, or what it was, e.g. （文件 营业执照.pdf）, and what is written in the picture.
 * Never a link of the wire.
 */
export function shownWords(message: Pick<IncomingMessage, 'kind' | 'text' | 'title' | 'seen'>): string {
  const { kind, text, title, seen } = message
  const own = kind === 'text' ? text : kind === 'picture' ? PICTURE : namedKind(kind, title)
  return [own, ...(seen ? pictureWords(seen) : [])].join('\n')
}

const namedKind = (kind: MessageKind, title = ''): string => `（${[kindWord(kind), title].join(' ').trim()}）`

/** What colleagues read of a picture, to be found by its words; no line where none could be read. */
export const pictureWords = (reading: PictureReading): readonly string[] =>
  reading.kind === 'read' && reading.text !== ''
    ? [`图里的字（把握 ${Math.round(reading.confidence * 100)}%）：${reading.text}`]
    : []

/** The message as its words alone would have come: for whoever has no eye for pictures. */
export const inWords = (message: IncomingMessage): IncomingMessage =>
  message.seen?.kind === 'read' ? { ...message, kind: 'text', text: message.seen.text } : message

export interface IncomingMessage {
  readonly id: string
  readonly place: Place
  readonly sender: Person
  readonly kind: MessageKind
  /** Name of a file, heading of a link or card; on one line. */
  readonly title?: string
  /** What the sender wrote now: the mention of the bot and the quoted part are gone. */
  readonly text: string
  readonly addressedToBot: boolean
  /** Another member is mentioned by name. */
  readonly mentionsOthers: boolean
  readonly quote?: Quote
  readonly sentAtMs: number
  /** Written by the bot's own account, by the bot or by its owner's hand. */
  readonly fromSelf: boolean
  /** Written by the owner's hand, e.g. on the phone: a colleague speaks, not the bot. */
  readonly fromOwner?: boolean
  /** Id of the message that its sender takes back with this notice. */
  readonly recalls?: string
  /** Only with `kind: 'picture'`, and only when its bytes could be had. */
  readonly picture?: HeardPicture
  /** What was read in it, or in the picture that the text points at; absent where nothing was to be read. */
  readonly seen?: SeenWords
}

/** One person in one place. No key of a place or a person holds the separator. */
export type PersonInPlace = string

const SEPARATOR = '\u0000'

export const personInPlace = (placeKey: string, personKey: string): PersonInPlace =>
  `${placeKey}${SEPARATOR}${personKey}`
