interface InGroupOrDirect {
  /** Key of the group; without it the message is a direct one. */
  room?: string
  /** Key of the sender; `BOT` is the account's owner, typing on the phone. */
  from: string
  /** With `from: BOT` and no `room`: whom the owner writes to. */
  to?: string
}

interface Delivery {
  /** Seconds since the epoch; now unless said. Earlier ones make old or reordered messages. */
  createTime?: number
  /** Deliver it so often, each time with the same id. */
  repeat?: number
  /** 19 digits; made up unless said. */
  msgId?: string
}

interface Words {
  /** `{@key}` becomes a mention of that member. */
  text: string
  /** Keys of members to mention before the text. */
  mentions?: readonly string[]
  /** What stands after a mention: U+2005 as phones write it, unless said. Some desktop clients use a space or nothing. */
  separator?: string
}

type Said = InGroupOrDirect & Delivery

type TextSpec = Said & Words & { kind?: 'text' }
export type QuoteSpec = Said & Words & { kind: 'quote'; quote: { msgId: string } | QuotedText }
type NoticeSpec = Delivery & { kind: 'notice'; room: string; text: string }
type RawSpec = Omit<Said, 'from'> & {
  kind: 'raw'
  from?: string
  msgType: number
  appMsgType?: number
  /** The Content field as it goes out; use `webEscape` for XML. */
  content: string
  fields?: Readonly<Record<string, unknown>>
}

/** What somebody says, for `FakeWeixin.inject`. */
export type MessageSpec =
  | TextSpec
  | QuoteSpec
  | NoticeSpec
  | RawSpec
  | (Said & { kind: 'image'; bytes: Buffer })
  | (Said & { kind: 'file'; bytes: Buffer; fileName: string })
  | (Said & { kind: 'link'; title: string; description?: string; url: string })
  | (Said & { kind: 'mini-program'; title: string })
  | (Said & { kind: 'location'; text: string })
  | (Said & { kind: 'voice' | 'video' | 'sticker' })
  /** The sender takes an earlier message back. */
  | (Said & { kind: 'recall'; recalls: string })

/** A quoted message as it stands inside the quoting one. */
export interface QuotedText {
  readonly name: string
  readonly text: string
  readonly isPicture?: boolean
  readonly msgId?: string
}

/** A message with names written out and quotes looked up: what is delivered, however the world changes later. */
export type ReadyMessage =
  | Exclude<MessageSpec, TextSpec | QuoteSpec>
  | (TextSpec & { kind: 'text' })
  | (QuoteSpec & { quote: QuotedText })
