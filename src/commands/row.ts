import type { Clock, Operations, Orderer, Report } from '../model/ports.js'
import { readNumber } from '../nlu/dates/day-rule.js'
import type { StaffTools } from '../tickets/desk.js'

export interface OrderTools {
  readonly operations: Operations
  readonly staffTools: StaffTools
  readonly clock: Clock
}

interface RunTools extends OrderTools {
  /** What this orderer may order, a line each. */
  readonly help: string
}

/** A text that may be an order. */
export interface Said {
  /** Trimmed, as it was written: what colleagues relay is cut only by the tickets. */
  readonly text: string
  /** Half-width; empty where the text is longer than any order to the bot itself. */
  readonly plain: string
  /** Among people, where only its form tells an order from talk: words behind a verb need a blank. */
  readonly strict: boolean
}

/** @returns what the order says; undefined when the text is no such order. What it lacks is `null` or empty */
export interface Read<Args> {
  (said: Said): Args | undefined
  /** Source of a pattern that stands at the beginning of every such order: spares what is none all the rest. */
  readonly opens: string
}

const reading = <Args>(opens: string, read: (said: Said) => Args | undefined): Read<Args> =>
  Object.assign(read, { opens })

/** All of one command. Parser, suggestion, permission, help, audit and `docs/admin.md` follow from it. */
export interface Row<Args, Needed extends string> extends Declared<Args, Needed> {
  readonly read: Read<Args>
}

/** What an order says once nothing that it needs is missing. */
type Whole<Args, Needed extends string> = Args & {
  readonly [Key in Needed & keyof Args]: NonNullable<Args[Key]>
}

interface Declared<Args, Needed extends string> {
  /** As people give it, and as the audit log names it. */
  readonly verb: string
  /** `claimant`: anybody in direct chat, and whoever may order at all. */
  readonly by: 'staff' | 'admin' | 'claimant'
  /** As help and suggestions write it; the verb alone when absent. */
  readonly usage?: string
  /** A few words for the help. */
  readonly hint?: string
  /** A sentence for `docs/admin.md`. */
  readonly does: string
  /** What has to be there, how that is called, and an order that has it. */
  readonly needs?: { readonly args: readonly Needed[]; readonly words: string; readonly example: string }
  /** Words for which a slip is forgiven; the verb alone when absent. */
  readonly slips?: readonly string[]
  /** Nobody but those who order says the verb. */
  readonly isOurWord?: boolean
  /** What people without any rights say in a chat as well, so that it is no attempt to order: 帮助, 工单 12. */
  readonly isTalk?: boolean
  /** In WeChat alone: not at the page nor the terminal. */
  readonly inPerson?: boolean
  /** Who alone is told of it in the help. */
  readonly helpFor?: 'operator' | 'nobody'
  /** Stands in the help behind the row before it, on one line. */
  readonly joins?: boolean
  /** Whether this bot was built with what the command needs. */
  readonly isThere?: (operations: Operations) => unknown
  /** undefined: this bot was built without that part. */
  readonly run: (args: Whole<Args, Needed>, by: Orderer, tools: RunTools) => Promise<Report> | Report | undefined
}

/** The types of what an order says follow from how it is read. */
export const row = <Args, Needed extends string = never>(
  read: Read<Args>,
  declared: Declared<NoInfer<Args>, Needed>,
): Row<Args, Needed> => ({ read, ...declared })

/** @param rest what follows, trimmed; @param isApart a blank or a colon stands before it, or a number begins it */
type Behind<Args> = (rest: string, isApart: boolean) => Args | undefined

const GENTLE = /^(?:一?下|吧|看看)?$/
const CLOSING_MARKS = /[\s。.!！,，、~～]+$/u
const LEADING_MARKS = /^[\s:：,，、]+/
const APART = /^(?:[\s:：]|[#\d])/

/** An order to the bot itself that begins with one of these words; traditional characters stand among them. */
export function begins<Args>(words: string, behind: Behind<Args>): Read<Args> {
  const pattern = new RegExp(`^(?:${words})`, 'i')
  return reading(words, ({ plain, strict }) => {
    const verb = pattern.exec(plain)?.[0]
    if (verb === undefined) return undefined
    const after = plain.slice(verb.length)
    const isApart = APART.test(after)
    const rest = after.replace(LEADING_MARKS, '').replace(CLOSING_MARKS, '')
    return strict && rest !== '' && !isApart ? undefined : behind(rest, isApart)
  })
}

export const anyOf = <Args>(...reads: readonly Read<Args>[]): Read<Args> =>
  reading(reads.map(({ opens }) => opens).join('|'), (said) => {
    for (const read of reads) {
      const args = read(said)
      if (args) return args
    }
    return undefined
  })

/** Nothing behind it but a 一下. */
export const alone =
  <Args>(args: Args): Behind<Args> =>
  (rest) =>
    GENTLE.test(rest) ? args : undefined

/** One of a few words behind it; a bare order takes the one for ''. */
export const oneWord =
  <Args>(words: readonly (readonly [RegExp, Args])[]): Behind<Args> =>
  (rest) =>
    words.find(([pattern]) => pattern.test(rest))?.[1]

/** `force`: also when the golden questions get worse. */
type Insisting = { readonly force?: true }

const INSISTS = /[\s,，]+(?:[强強]制|force)$/i

/** An order with or without 强制 behind it. */
export const insisting =
  <Args>(behind: Behind<Args>): Behind<Args & Insisting> =>
  (written, isApart) => {
    const rest = written.replace(INSISTS, '')
    const args = behind(rest, isApart)
    return args && (rest === written ? args : { ...args, force: true })
  }

/** The number of an entry, if any: 7, #7, 7号. */
export const entryNumber: Behind<{ readonly number: number | null }> = (rest) => {
  if (rest === '') return { number: null }
  const number = /^#?(\d{1,7})(?:号|条)?$/.exec(rest)?.[1]
  return number === undefined ? undefined : { number: Number(number) }
}

const TWO_ENTRIES = /^#?(\d{1,7})(?:号|条)?(?:[\s,、>-]|并?[到进和])+#?(\d{1,7})(?:号|条)?$/

/** Two numbers, as far as they are there. */
export const twoEntries: Behind<{ readonly number: number | null; readonly into: number | null }> = (rest, isApart) => {
  const [, number, into] = TWO_ENTRIES.exec(rest) ?? []
  if (into !== undefined) return { number: Number(number), into: Number(into) }
  const entry = entryNumber(rest, isApart)
  return entry && { ...entry, into: null }
}

const KEY = '(?:[a-z][\\w-]*/)?(?:附录)?a?\\d{1,3}(?:\\.\\d{1,3}){0,3}'
/** A section, a person, or nothing of ours. */
const MEANING = `(?:${KEY}|转?人工|轉人工|无关|無關|闲聊|閒聊)`
const NUMBER_AND_MEANING = new RegExp(`^#?(\\d{1,7})(?:号|条)?(?:[\\s,、:：>-]|到|为|给)+(${MEANING})(?:节)?$`, 'i')
const MEANING_AND_TEXT = new RegExp(`^(${MEANING})(?:节)?(?![\\d.])[\\s,:：]*([\\s\\S]*)$`, 'i')

/** As sections are keyed: A1, payment/2. */
const sectionKeyOf = (written: string): string => written.replace('附录', '').replace(/(?<![\w-])a(?=\d)/i, 'A')

export const entryAndSection: Behind<{ readonly number: number | null; readonly sectionKey: string | null }> = (
  rest,
  isApart,
) => {
  const [, number, section] = NUMBER_AND_MEANING.exec(rest) ?? []
  if (section !== undefined) return { number: Number(number), sectionKey: sectionKeyOf(section) }
  const entry = entryNumber(rest, isApart)
  return entry && { ...entry, sectionKey: null }
}

export const sectionAndText: Behind<{ readonly sectionKey: string | null; readonly text: string }> = (
  rest,
  isApart,
) => {
  const [, key, text = ''] = MEANING_AND_TEXT.exec(rest) ?? []
  if (key !== undefined) return { sectionKey: sectionKeyOf(key), text: text.trim() }
  return rest === '' || isApart ? { sectionKey: null, text: rest } : undefined
}

/** 测试数据 and the like are words of the guides. */
const NOUN_OF_TEST =
  /^(?:[数數]据|[资資]料|内容|[号號]|版|[环環]境|[账帳帐][号號]|帖|[贴貼]|用|信息|一下|[的了完中过過服机機题題卷没沒排公]|人[员員]|[备備][注註]|文|商品|密[码碼]|[单單订訂图圖视視]|评论|链接|包|站|步骤|流程|[说說]明|[审審]核[员員]|妹)/
const ASKS = /[?？]|怎么|怎麼|如何|多久|几|吗|嗎|什么|什麼|啥|哪|能不能|要不要|是不是|[为為]什|咋|多少/

/** A sentence to try; without a blank before it only what asks. */
export const sentenceToTry: Behind<{ readonly text: string }> = (rest, isApart) =>
  rest !== '' && !isApart && (NOUN_OF_TEST.test(rest) || !ASKS.test(rest)) ? undefined : { text: rest }

const ROOM_LIKE = /群/

/** A group as the orderer calls it; empty for all. */
export const roomName: Behind<{ readonly room: string }> = (rest, isApart) => {
  const room = rest.replace(/^[“”"'「【]+|[“”"'」】]+$/g, '').trim()
  return room === '' || isApart || ROOM_LIKE.test(room) ? { room } : undefined
}

/** `minutes`: null is until further notice. */
export const roomAndDuration: Behind<{ readonly room: string; readonly minutes: number | null }> = (rest, isApart) => {
  const { before, minutes } = readDuration(rest)
  const name = roomName(before, isApart)
  return name && { ...name, minutes }
}

const UNIT_MINUTES: readonly (readonly [RegExp, number])[] = [
  [/^(?:分钟?|分鐘|min|m)/i, 1],
  [/^(?:个?(?:小时|钟头)|個?(?:小時|鐘頭)|时|h)/i, 60],
  [/^(?:天|日|d)/i, 24 * 60],
  [/^(?:周|星期|个星期|週)/, 7 * 24 * 60],
]
const MAX_MINUTES = 30 * 24 * 60
const DURATION =
  /(?:^|\s|[:：,，群])?(?<number>\d{1,4}(?:\.\d)?|[半一二两三四五六七八九十]{1,3})\s*(?<unit>(?:个半?|(?<=\d)半)?(?:小时|钟头)|個?(?:小時|鐘頭)|分钟?|分鐘|时|天|日|周|星期|週|个星期|min|m|h|d)(?<half>半)?$/i

/** How long at the end of an order: 2小时, 半小时, 30 分钟, 一天, 1.5h; at most 30 days. */
function readDuration(text: string): { readonly before: string; readonly minutes: number | null } {
  const plain = text.trim()
  const found = DURATION.exec(plain)
  const { number = '', unit = '', half } = found?.groups ?? {}
  if (!found) return { before: plain, minutes: null }
  const perUnit = UNIT_MINUTES.find(([pattern]) => pattern.test(unit.replace('半', '')))?.[1] ?? 60
  const count = countOf(number) + (half || unit.includes('半') ? 0.5 : 0)
  if (Number.isNaN(count) || count <= 0) return { before: plain, minutes: null }
  const minutes = Math.min(MAX_MINUTES, Math.max(1, Math.round(count * perUnit)))
  return { before: plain.slice(0, found.index + found[0].indexOf(number)).replace(/[\s:：,，]+$/, ''), minutes }
}

function countOf(written: string): number {
  if (written === '半') return 0.5
  return /^\d/.test(written) ? Number(written) : (readNumber(written) ?? Number.NaN)
}

const DIGITS = '[\\d０-９]{1,7}'
const STAFF_LEADING_MARKS = /^[\s:：,，、-]+/
// The look behind keeps a run of marks in the middle from being tried from each of its signs.
const STAFF_CLOSING_MARKS = /(?<![\s。.!！,，、~～?？])[\s。.!！,，、~～?？]+$/u
/** 回复 3天了 is no ticket 3; 结单12已处理 is one. */
const UNITS = '天个点时分秒月年次%％元块条'
const UNIT = new RegExp(`^(?:[.．:：]?[\\d０-９]|[${UNITS}])`)

/** An order about a ticket: a verb, a number and perhaps words, which stay as they were written. */
export function onTicket<Args>(
  words: string,
  make: (number: number | null, rest: string) => Args | undefined,
): Read<Args> {
  // 接单 12, 接单12号：…, 接单#12, and 12 接单 as people also say it.
  const pattern = new RegExp(`^(?:${words})(?:\\s*[#＃第]?\\s*(${DIGITS})(?![\\d０-９])(?:\\s*号)?)?([\\s\\S]*)$`)
  const turned = new RegExp(`^[#＃]?(${DIGITS})\\s*号?\\s*(?:${words})$`)
  return reading(`${words}|[#＃]?${DIGITS}\\s*号?\\s*(?:${words})`, ({ text }) => {
    const reversed = turned.exec(text.replace(STAFF_CLOSING_MARKS, ''))
    if (reversed) return make(toNumber(reversed[1]!), '')
    const [whole, digits, behind = ''] = pattern.exec(text) ?? []
    if (whole === undefined) return undefined
    const isBare = behind.replace(STAFF_CLOSING_MARKS, '') === ''
    const rest = isBare ? '' : behind.replace(STAFF_LEADING_MARKS, '').trim()
    if (digits !== undefined) return UNIT.test(behind) ? undefined : make(toNumber(digits), rest)
    // Half an order; words that follow without a blank are talk: 回复客户说已经提交了, 接单员.
    const isHalf = rest === '' || /^\s/.test(behind) || (/给$|給$|交$/.test(text.slice(0, 2)) && rest.length <= 4)
    return isHalf ? make(null, rest) : undefined
  })
}

/** Words that are an order only right before or behind a ticket's number, as typed in a hurry: 接 12, 12 我来, 结 12 好了. */
export const besideNumber = (words: string): string =>
  `(?:${words})(?=\\s*[#＃第]?\\s*${DIGITS}(?![\\d０-９]|\\s*[${UNITS}]))|(?<=${DIGITS}\\s*号?\\s*)(?:${words})`

const toNumber = (digits: string): number => Number(digits.normalize('NFKC'))

/** No words behind the number. */
export const ticketNumber = (number: number | null, rest: string): { readonly number: number | null } | undefined =>
  rest === '' ? { number } : undefined

/** Said as a whole, closing punctuation aside. */
export const sentence = (pattern: RegExp): Read<object> =>
  reading(pattern.source.replace(/\$$/, ''), ({ text }) =>
    pattern.test(text.replace(STAFF_CLOSING_MARKS, '')) ? {} : undefined,
  )
