import { createHash } from 'node:crypto'
import { type LookupAddress, lookup } from 'node:dns'
import { get as getHttp, type IncomingMessage as Response } from 'node:http'
import { get as getHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { get as faceOf } from 'qface'
import { MAX_HEARD_CHARS, oneLine, shownName, written } from '../../base/text.js'
import { SECOND_MS } from '../../base/time.js'
import type { HeardPicture, IncomingMessage, MessageKind, Person, Place, Quote } from '../../model/chat.js'
import { MAX_PICTURE_BYTES, readText } from '../hearing.js'
import {
  field,
  imageInfo,
  type MessageEvent,
  type NoticeEvent,
  type OneBotConnection,
  type Segment,
} from './connection.js'

export const personKey = (number: string): string => `qq:${number}`
export const groupKey = (number: string): string => `qq-group:${number}`
export const directKey = (number: string): string => `direct:${personKey(number)}`

/** The number in a key of that kind, e.g. of `qq:30003`; undefined for any other text. */
export const numberIn = (key: string, kind: 'qq' | 'qq-group' | 'direct:qq'): string | undefined =>
  key.startsWith(`${kind}:`) ? /^\d+$/.exec(key.slice(kind.length + 1))?.[0] : undefined

/** What reading a message has to ask for. */
export interface WhoOnQq {
  /** @param shownAs the group's name, where the event tells it */
  room(group: string, shownAs: string): Promise<Extract<Place, { kind: 'room' }>>
  /** Who has written, with what they are called there at this moment. */
  person(speaker: { readonly number: string; readonly card: string; readonly nick: string }, group?: string): Person
  /** What a member is called in a group. */
  nameOf(number: string, group: string): Promise<string>
  /** Names that a mention of the bot in plain words may carry. */
  ownNames(group: string | undefined): Promise<readonly string[]>
  /** What was written before under this id of the implementation's; undefined when it can't tell. */
  stored(messageId: string, place: Place): Promise<StoredWords | undefined>
  /** The bot's own words coming back, as opposed to its owner's. */
  isEcho(message: { readonly placeId: string; readonly text: string | undefined }): boolean
  /** Bytes of a picture, or undefined. Never throws. */
  fetchPicture(messageId: string, picture: Segment): Promise<HeardPicture | undefined>
}

export interface StoredWords {
  readonly number: string
  readonly name: string
  readonly segments: readonly Segment[]
}

/**
 * A message's own id. `message_id` is a short number of the implementation's own, which counts anew when that is started
 * again, and is the same for all with some: only with place, sender and second does it mean one message. These are told
 * by a digest, since ids stand in logs.
 */
export function messageIdOf(
  { time, message_id, user_id }: Pick<MessageEvent, 'time' | 'message_id' | 'user_id'>,
  placeKey: string,
): string {
  const isNumber = /^-?\d+$/.test(message_id)
  const digest = createHash('sha256')
    .update(`${placeKey} ${user_id}${isNumber ? '' : ` ${message_id}`}`)
    .digest('hex')
  return `${time}-${isNumber ? message_id : 'x'}-${digest.slice(0, 8)}`
}

/** Key of the place in which it is said. What the owner writes by hand stands in the chat with whom it is written to. */
export function placeKeyOf(event: MessageEvent): string {
  if (event.message_type === 'group' && event.group_id !== undefined) return groupKey(event.group_id)
  return directKey(isOwn(event) ? (event.target_id ?? event.user_id) : event.user_id)
}

export const isOwn = ({ post_type, user_id, self_id }: MessageEvent): boolean =>
  post_type === 'message_sent' || user_id === self_id

/**
 * Turns one message of QQ into ours. QQ lets people send several pictures and words as one: the words take the last
 * picture with them, what is left of the pictures stands before them, as people would send them elsewhere.
 */
export async function readMessage(event: MessageEvent, who: WhoOnQq): Promise<readonly IncomingMessage[]> {
  const group = event.message_type === 'group' ? event.group_id : undefined
  const place: Place =
    group === undefined
      ? { kind: 'direct', id: placeKeyOf(event).slice('direct:qq:'.length), key: placeKeyOf(event) }
      : await who.room(group, event.group_name)
  const id = messageIdOf(event, place.key)
  const { card, nickname: nick } = event.sender
  const fromSelf = isOwn(event)
  const sender: Person = fromSelf
    ? { id: event.self_id, key: 'self', name: shownName(card || nick), role: 'staff' }
    : who.person({ number: event.user_id, card, nick }, group)
  const words = await wordsOf(event, { who, group })
  const kind =
    event.sub_type === 'notice' || event.sub_type === 'anonymous' ? 'notice' : kindOf(event.message, words.text)
  const quote = await quoteOf(event, place, who)
  const isEcho = fromSelf && who.isEcho({ placeId: place.id, text: kind === 'picture' ? undefined : words.whole })
  const pictures = fromSelf || kind === 'notice' ? [] : await picturesOf(id, event.message, who)
  const said = { place, sender, sentAtMs: event.time * 1000, fromSelf, ...(fromSelf && !isEcho && { fromOwner: true }) }
  const silent = { text: '', addressedToBot: false, mentionsOthers: false }
  const title = titleOf(kind, event.message)
  const last = pictures.at(-1)
  return [
    ...pictures.slice(0, -1).map((picture, index) => ({
      ...{ id: `${id}.${index + 1}`, kind: 'picture' as const, ...silent, ...said },
      ...(picture && { picture }),
    })),
    {
      ...{ id, kind, ...said, addressedToBot: words.addressedToBot, mentionsOthers: words.mentionsOthers },
      text: kind === 'text' ? words.text : '',
      ...(quote ? { quote } : words.quote && { quote: words.quote }),
      ...(title !== '' && { title }),
      ...(last && { picture: last }),
    },
  ]
}

/** Somebody takes a message back. @param recalls our id of it */
export function readRecall(
  event: NoticeEvent,
  { place, sender, recalls }: { readonly place: Place; readonly sender: Person; readonly recalls: string },
): IncomingMessage {
  return {
    id: `recall-${recalls}`,
    ...{ place, sender, kind: 'notice', text: '', addressedToBot: false, mentionsOthers: false },
    ...{ sentAtMs: event.time * 1000, fromSelf: false, recalls },
  }
}

interface Words extends Pick<IncomingMessage, 'text' | 'addressedToBot' | 'mentionsOthers'> {
  /** With all mentions. */
  readonly whole: string
  readonly quote?: Quote
}

async function wordsOf(
  { message, self_id }: MessageEvent,
  { who, group }: { readonly who: WhoOnQq; readonly group: string | undefined },
): Promise<Words> {
  const isBot = (piece: Segment): boolean => piece.type === 'at' && field(piece, 'qq') === self_id
  const whole = await inWords(message, { who, group })
  const raw = await inWords(
    message.filter((piece) => !isBot(piece)),
    { who, group },
  )
  const read = readText(raw, { names: await who.ownNames(group) })
  const isAt = message.some(isBot)
  const toOthers = message.some((piece) => piece.type === 'at' && !isBot(piece) && field(piece, 'qq') !== 'all')
  return {
    ...{ ...read, whole },
    addressedToBot: read.addressedToBot || isAt,
    mentionsOthers: read.mentionsOthers || toOthers,
  }
}

/** The words of a message, mentions by name and faces by word. */
async function inWords(
  message: readonly Segment[],
  { who, group }: { readonly who: Pick<WhoOnQq, 'nameOf'>; readonly group: string | undefined },
): Promise<string> {
  const pieces = await Promise.all(
    message.map(async (piece) => {
      switch (piece.type) {
        case 'text':
          return field(piece, 'text')
        case 'markdown':
          return field(piece, 'content')
        case 'at':
          return `@${await mentionedName(piece, { who, group })}\u2005`
        case 'face':
          return faceWord(piece)
        default:
          return ''
      }
    }),
  )
  // A client puts a blank of its own behind a mention.
  return written(pieces.join('').replaceAll('\u2005 ', '\u2005').slice(0, MAX_HEARD_CHARS)).trim()
}

async function mentionedName(
  piece: Segment,
  { who, group }: { readonly who: Pick<WhoOnQq, 'nameOf'>; readonly group: string | undefined },
): Promise<string> {
  const number = field(piece, 'qq')
  if (number === 'all') return '所有人'
  const name = group === undefined ? field(piece, 'name') : await who.nameOf(number, group)
  return shownName(name.replace(/^@/, '')) || number
}

/** `[微笑]`, as it is written on WeChat. */
function faceWord(piece: Segment): string {
  const raw = piece.data.raw as { readonly faceText?: unknown } | null | undefined
  const told = typeof raw?.faceText === 'string' ? raw.faceText : ''
  const word = faceOf(field(piece, 'id'))?.QDes ?? told
  return `[${shownName(word.replace(/^[/[]/, '').replace(/\]$/, '')) || '表情'}]`
}

const KINDS: Readonly<Record<string, MessageKind>> = {
  record: 'voice',
  video: 'video',
  file: 'file',
  onlinefile: 'file',
  flashtransfer: 'file',
  forward: 'record',
  node: 'record',
  mface: 'sticker',
  bface: 'sticker',
  marketface: 'sticker',
  dice: 'sticker',
  rps: 'sticker',
  share: 'link',
  contact: 'card',
  music: 'link',
  miniapp: 'card',
  location: 'location',
  // Nobody says anything by these.
  poke: 'notice',
  shake: 'notice',
  touch: 'notice',
  redbag: 'notice',
  wallet: 'notice',
  hongbao: 'notice',
}

/** Words make a text of whatever stands beside them. */
function kindOf(message: readonly Segment[], text: string): MessageKind {
  if (text !== '') return 'text'
  const telling = message.filter(({ type }) => type !== 'at' && type !== 'reply' && type !== 'text')
  if (telling.some(isPicture)) return 'picture'
  const [first] = telling
  if (!first) return 'text'
  if (first.type === 'image') return 'sticker'
  if (first.type === 'json' || first.type === 'xml' || first.type === 'lightapp') return cardOf(first).kind
  return KINDS[first.type] ?? 'other'
}

/** Pictures that people made, not those that stand for a face. */
const isPicture = (piece: Segment): boolean => {
  if (piece.type !== 'image') return false
  const subType = field(piece, 'sub_type') || field(piece, 'subType')
  return (subType === '' || subType === '0') && !field(piece, 'summary').includes('动画表情')
}

interface Card {
  readonly kind: MessageKind
  readonly title: string
}

const CARD_KINDS: readonly (readonly [RegExp, MessageKind])[] = [
  [/multimsg|forward/, 'record'],
  [/map|location/, 'location'],
  [/structmsg|tuwen|\bnews\b|share/, 'link'],
  [/red ?packet|hongbao|wallet|qqpay/i, 'notice'],
]

/** A card is JSON with a word for its kind and a prompt for people, e.g. `[QQ小程序]开票助手`. */
function cardOf(piece: Segment): Card {
  const content = field(piece, 'data') || field(piece, 'content')
  if (piece.type === 'xml') return { kind: /multimsg|m_resid/i.test(content) ? 'record' : 'card', title: '' }
  const card = parseCard(content)
  const app = typeof card.app === 'string' ? card.app : ''
  const prompt = typeof card.prompt === 'string' ? card.prompt : ''
  if (/\[(?:QQ)?红包\]/.test(prompt)) return { kind: 'notice', title: '' }
  const kind = CARD_KINDS.find(([pattern]) => pattern.test(app))?.[1] ?? 'card'
  return { kind, title: prompt.replace(/^\[[^\]]{1,10}\]/, '') }
}

function parseCard(content: string): Readonly<Record<string, unknown>> {
  try {
    const card: unknown = JSON.parse(content)
    return typeof card === 'object' && card !== null ? (card as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const MAX_TITLE_CHARS = 60

function titleOf(kind: MessageKind, message: readonly Segment[]): string {
  const title = (piece: Segment): string => {
    if (piece.type === 'file' || piece.type === 'onlinefile')
      return field(piece, 'name') || field(piece, 'file_name') || field(piece, 'fileName') || field(piece, 'file')
    if (piece.type === 'json' || piece.type === 'lightapp') return cardOf(piece).title
    return field(piece, 'title')
  }
  if (kind === 'text' || kind === 'picture' || kind === 'notice') return ''
  return oneLine(shownName(message.map(title).find((found) => found !== '') ?? ''), MAX_TITLE_CHARS)
}

const NOT_IN_WORDS: Readonly<Record<string, string>> = {
  image: '[图片]',
  record: '（语音）',
  video: '（视频）',
  file: '（文件）',
}

async function quoteOf(
  { message, self_id, group_id }: MessageEvent,
  place: Place,
  who: WhoOnQq,
): Promise<Quote | undefined> {
  const reply = message.find(({ type }) => type === 'reply')
  if (!reply) return undefined
  const quoted = await who.stored(field(reply, 'id'), place)
  if (!quoted) return undefined
  const words = await inWords(quoted.segments, { who, group: group_id })
  const others = quoted.segments.map(
    ({ type }) => NOT_IN_WORDS[type] ?? (KINDS[type] === 'record' ? '（聊天记录）' : ''),
  )
  return {
    speaker: quoted.name,
    text: words === '' ? others.join('') : words.replaceAll('\u2005', ' '),
    ofBot: quoted.number === self_id,
  }
}

/** All at once; undefined for those that can't be had. */
const picturesOf = (
  id: string,
  message: readonly Segment[],
  who: WhoOnQq,
): Promise<readonly (HeardPicture | undefined)[]> => {
  const pictures = message.filter(isPicture).slice(0, MAX_PICTURES)
  return Promise.all(
    pictures.map((piece, index) => who.fetchPicture(pictures.length > 1 ? `${id}.${index}` : id, piece)),
  )
}

/** Of one message; a ticket shows three. */
const MAX_PICTURES = 5

const TIMEOUT_MS = 8 * SECOND_MS

/** Addresses of this machine and its own network: nobody out there may have the bot ask them anything. */
const INSIDE = new BlockList()
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const),
] as const)
  INSIDE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
] as const)
  INSIDE.addSubnet(net, bits, 'ipv6')

export const isInside = (address: string): boolean => INSIDE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

export interface PictureLoading {
  readonly ask: Pick<OneBotConnection, 'call'>
  /** Where the implementation runs: it may hand out addresses of its own machine, and no other of the inside. */
  readonly ownHost: string
}

/**
 * Brings the bytes of a picture. The address is the implementation's: it stands in the segment, or is asked for, once
 * more where it has expired. What people write is never fetched.
 *
 * @throws Error when there is no picture to be had; its message holds no address
 */
export async function loadPicture(picture: Segment, { ask, ownHost }: PictureLoading): Promise<Uint8Array> {
  const told = field(picture, 'url')
  const file = field(picture, 'file')
  if (isWeb(told)) {
    try {
      return await download(told, ownHost)
    } catch (error) {
      if (!(error instanceof HttpError) || file === '') throw error
    }
  }
  if (file === '') throw new Error('a picture without an address')
  const { url, base64 } = await ask.call('get_image', { file }, { answer: imageInfo })
  if (isWeb(url)) {
    if (url === told) throw new Error('the address has expired')
    return download(url, ownHost)
  }
  if (base64 === '' || base64.length > (MAX_PICTURE_BYTES * 4) / 3 + 4) throw new Error('a picture without an address')
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url)

/** Once, no further than it says, no more than a picture takes. */
function download(url: string, ownHost: string): Promise<Uint8Array> {
  const { protocol, hostname } = new URL(url)
  const mayBeInside = isSameHost(hostname, ownHost)
  const bare = hostname.replace(/^\[|\]$/g, '')
  // An address in numbers is not looked up.
  if (!mayBeInside && isIP(bare) !== 0 && isInside(bare)) return Promise.reject(new Error('an address of the inside'))
  const get = protocol === 'https:' ? getHttps : getHttp
  return new Promise((resolve, reject) => {
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS), ...(!mayBeInside && { lookup: lookUpOutside }) }
    const asked = get(url, options, (response) => {
      collect(response).then(resolve, (error: unknown) => {
        asked.destroy()
        reject(error)
      })
    })
    asked.once('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code ?? error.name)))
  })
}

class HttpError extends Error {}

async function collect(response: Response): Promise<Uint8Array> {
  // A redirection would lead elsewhere.
  if (response.statusCode !== 200) throw new HttpError(`HTTP ${response.statusCode}`)
  if (Number(response.headers['content-length'] ?? 0) > MAX_PICTURE_BYTES) throw new Error('too large')
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_PICTURE_BYTES) throw new Error('too large')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Looks at the very addresses that are then connected to: a name can't mean another one a moment later. */
const lookUpOutside: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: readonly LookupAddress[]) => {
    const outside = error ? [] : addresses.filter(({ address }) => !isInside(address))
    const [first] = outside
    if (!first) done(error ?? Object.assign(new Error('an address of the inside'), { code: 'EACCES' }), '', 0)
    else if (options.all) done(null, [...outside])
    else done(null, first.address, first.family)
  })
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

const isSameHost = (one: string, other: string): boolean =>
  one === other || (LOOPBACK.test(one) && LOOPBACK.test(other))
