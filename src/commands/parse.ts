import type { AdminCommand, Command, StaffCommand } from '../model/command.js'
import { readNumber } from '../nlu/dates/day-rule.js'

/**
 * Reads an order. Full-width characters, missing blanks and closing punctuation are forgiven.
 *
 * @returns undefined when the text is no order; `null` or an empty text where the order lacks something
 */
export function parseCommand(text: string, reading: OrderReading = {}): Command | undefined {
  // Longer than any order; what a colleague relays is cut only by the desk.
  const admin = text.length <= MAX_ORDER_CHARS ? parseAdminCommand(text, reading) : undefined
  return admin ?? parseStaffCommand(text)
}

const MAX_ORDER_CHARS = 600

export interface OrderReading {
  /**
   * Among people, where only its form tells an order from talk: words behind a verb need a blank, and nothing is
   * guessed.
   */
  readonly strict?: boolean
}

interface Verb {
  readonly words: RegExp
  /** @param rest what follows, trimmed; @param isApart a blank or a colon stands before it, or a number begins it */
  readonly make: (rest: string, isApart: boolean) => AdminCommand | undefined
}

const KEY = '(?:[a-z][\\w-]*/)?(?:附录)?a?\\d{1,3}(?:\\.\\d{1,3}){0,3}'
/** A section, a person, or nothing of ours. */
const MEANING = `(?:${KEY}|转?人工|轉人工|无关|無關|闲聊|閒聊)`
const ASSIGN = new RegExp(`^#?(\\d{1,7})(?:号|条)?(?:[\\s,、:：>-]|到|为|给)+(${MEANING})(?:节)?$`, 'i')
const TEACH = new RegExp(`^(${MEANING})(?:节)?(?![\\d.])[\\s,:：]*([\\s\\S]*)$`, 'i')
const INSISTS = /[\s,，]+(?:[强強]制|force)$/i
const GENTLE = /^(?:一?下|吧|看看)?$/
/** 测试数据 and the like are words of the guides. */
const NOUN_OF_TEST =
  /^(?:[数數]据|[资資]料|内容|[号號]|版|[环環]境|[账帳帐][号號]|帖|[贴貼]|用|信息|一下|[的了完中过過服机機题題卷没沒排公]|人[员員]|[备備][注註]|文|商品|密[码碼]|[单單订訂图圖视視]|评论|链接|包|站|步骤|流程|[说說]明|[审審]核[员員]|妹)/
const ASKS = /[?？]|怎么|怎麼|如何|多久|几|吗|嗎|什么|什麼|啥|哪|能不能|要不要|是不是|[为為]什|咋|多少/
const ROOM_LIKE = /群/

const bare =
  (command: AdminCommand) =>
  (rest: string): AdminCommand | undefined =>
    GENTLE.test(rest) ? command : undefined

/** Longer words stand before those that begin alike. Traditional characters are understood. */
const VERBS: readonly Verb[] = [
  { words: /^(?:[帮幫]助|命令|help)/i, make: bare({ kind: 'help' }) },
  { words: /^(?:[状狀][态態]|status)/i, make: bare({ kind: 'status' }) },
  { words: /^(?:[强強]制重[载載新](?:加[载載])?|reload\s+force)/i, make: bare({ kind: 'reload', force: true }) },
  { words: /^(?:重[载載]|重新加[载載]|reload)(?:知[识識][库庫]?)?/i, make: reload },
  { words: /^(?:[检檢]查|check)(?:知[识識][库庫]?)?/i, make: bare({ kind: 'check' }) },
  { words: /^(?:回[滚滾]|rollback)/i, make: rollBack },
  { words: /^(?:[测測][试試]|试一?下)/, make: tryOut },
  { words: /^未答(?:[问問][题題]|列表)?/, make: bare({ kind: 'list-unanswered' }) },
  { words: /^[归歸][类類]/, make: assign },
  { words: /^忽略/, make: ignore },
  { words: /^新[说說]法/, make: teach },
  { words: /^草稿(?:列表)?/, make: bare({ kind: 'list-drafts' }) },
  { words: /^[采採][纳納]/, make: accept },
  { words: /^(?:[静靜]音|mute)/i, make: hush },
  { words: /^(?:取消[静靜]音|解除[静靜]音|恢[复復]|unmute)/i, make: unmute },
  { words: /^群(?:列表)?/, make: (rest) => (rest === '' ? { kind: 'list-rooms' } : undefined) },
  { words: /^(?:今天|今日)[统統][计計]/, make: bare({ kind: 'show-figures', span: 'today' }) },
  { words: /^(?:本周|这周|本週)[统統][计計]/, make: bare({ kind: 'show-figures', span: 'week' }) },
  { words: /^(?:[统統][计計]|stats)/i, make: figures },
  { words: /^(?:[审審][计計](?:日志|[记記][录錄])?|audit)/i, make: bare({ kind: 'show-audit' }) },
  { words: /^[认認][领領]/, make: claimRole },
  { words: /^撤[销銷](?:[权權]限)?/, make: revoke },
]
const CLOSING_MARKS = /[\s。.!！,，、~～]+$/u
const LEADING_MARKS = /^[\s:：,，、]+/
const APART = /^(?:[\s:：]|[#\d])/

/**
 * Reads an order to the bot itself. Full-width characters and closing punctuation are forgiven; sentences stay as they
 * were written.
 *
 * @returns undefined when the text is no such order
 */
export function parseAdminCommand(text: string, { strict = false }: OrderReading = {}): AdminCommand | undefined {
  const plain = halfWidth(text).trim().replace(/^\//, '')
  for (const { words, make } of VERBS) {
    const verb = words.exec(plain)?.[0]
    if (verb === undefined) continue
    const behind = plain.slice(verb.length)
    const isApart = APART.test(behind)
    const rest = behind.replace(LEADING_MARKS, '').replace(CLOSING_MARKS, '')
    if (strict && rest !== '' && !isApart) continue
    const command = make(rest, isApart)
    if (command) return command
  }
  return undefined
}

/** Digits, Latin letters, blanks and points between digits; all else stays as it was written. */
function halfWidth(text: string): string {
  return text
    .replace(/[０-９Ａ-Ｚａ-ｚ．／＃]/g, (sign) => sign.normalize('NFKC'))
    .replace(/[\u3000\u00a0\u2005]/g, ' ')
    .replace(/(?<=\d)[。·](?=\d)/g, '.')
}

function reload(rest: string): AdminCommand | undefined {
  if (/^(?:[强強]制|force)$/i.test(rest)) return { kind: 'reload', force: true }
  return GENTLE.test(rest) ? { kind: 'reload', force: false } : undefined
}

function rollBack(rest: string): AdminCommand | undefined {
  if (GENTLE.test(rest)) return { kind: 'roll-back', to: null }
  const number = /^(?:到)?\s*[第#]?\s*(?:版本|发布|v)?\s*(\d{1,6})\s*(?:版|号)?$/.exec(rest)?.[1]
  return number === undefined ? undefined : { kind: 'roll-back', to: Number(number) }
}

function tryOut(rest: string, isApart: boolean): AdminCommand | undefined {
  if (rest !== '' && !isApart && (NOUN_OF_TEST.test(rest) || !ASKS.test(rest))) return undefined
  return { kind: 'try', text: rest }
}

/** The order without 强制 behind it. */
function insisting(rest: string): readonly [rest: string, force: { readonly force?: true }] {
  const plain = rest.replace(INSISTS, '')
  return [plain, plain === rest ? {} : { force: true }]
}

function assign(written: string): AdminCommand | undefined {
  if (written === '') return { kind: 'assign', number: null, sectionKey: null }
  const [rest, force] = insisting(written)
  const both = ASSIGN.exec(rest)
  if (both) return { kind: 'assign', number: Number(both[1]), sectionKey: sectionKey(both[2]!), ...force }
  const number = /^#?(\d{1,7})(?:号|条)?$/.exec(rest)?.[1]
  return number === undefined ? undefined : { kind: 'assign', number: Number(number), sectionKey: null }
}

function ignore(rest: string): AdminCommand | undefined {
  if (rest === '') return { kind: 'ignore', number: null }
  const number = /^#?(\d{1,7})(?:号|条)?$/.exec(rest)?.[1]
  return number === undefined ? undefined : { kind: 'ignore', number: Number(number) }
}

function accept(written: string): AdminCommand | undefined {
  if (written === '') return { kind: 'accept-draft', number: null }
  const [rest, force] = insisting(written)
  const number = /^#?(\d{1,7})(?:号|条)?$/.exec(rest)?.[1]
  return number === undefined ? undefined : { kind: 'accept-draft', number: Number(number), ...force }
}

function teach(written: string, isApart: boolean): AdminCommand | undefined {
  const [rest, force] = insisting(written)
  const [, key, text = ''] = TEACH.exec(rest) ?? []
  if (key !== undefined) return { kind: 'teach', sectionKey: sectionKey(key), text: text.trim(), ...force }
  return rest === '' || isApart ? { kind: 'teach', sectionKey: null, text: rest } : undefined
}

/** As sections are keyed: A1, payment/2. */
const sectionKey = (written: string): string => written.replace('附录', '').replace(/(?<![\w-])a(?=\d)/i, 'A')

function hush(rest: string, isApart: boolean): AdminCommand | undefined {
  const { before, minutes } = readDuration(rest)
  const room = roomName(before)
  if (room !== '' && !isApart && !ROOM_LIKE.test(room)) return undefined
  return { kind: 'mute', room, minutes }
}

function unmute(rest: string, isApart: boolean): AdminCommand | undefined {
  const room = roomName(rest)
  return room === '' || isApart || ROOM_LIKE.test(room) ? { kind: 'unmute', room } : undefined
}

const roomName = (written: string): string => written.replace(/^[“”"'「【]+|[“”"'」】]+$/g, '').trim()

function figures(rest: string): AdminCommand | undefined {
  if (GENTLE.test(rest) || /^(?:今天|今日|today)$/i.test(rest)) return { kind: 'show-figures', span: 'today' }
  return /^(?:本周|这周|本週|一周|week)$/i.test(rest) ? { kind: 'show-figures', span: 'week' } : undefined
}

function claimRole(rest: string): AdminCommand | undefined {
  if (rest === '') return { kind: 'claim-role', role: null }
  if (/^(?:管理[员員]|admin)$/i.test(rest)) return { kind: 'claim-role', role: 'admin' }
  return /^(?:同事|[员員]工|staff)$/i.test(rest) ? { kind: 'claim-role', role: 'staff' } : undefined
}

/** 撤销审核 is what customers ask about, so a blank is needed everywhere. */
function revoke(rest: string, isApart: boolean): AdminCommand | undefined {
  return rest === '' || isApart ? { kind: 'revoke-role', name: rest.replace(/^@/, '') } : undefined
}

type Made = (number: number | null, rest: string) => StaffCommand | undefined

interface ParseStaffCommandVerb {
  /** Simplified and traditional, longest first. */
  readonly words: string
  readonly make: Made
}

/** Verbs that take a ticket number and perhaps words. */
const PARSE_STAFF_COMMAND_VERBS: readonly ParseStaffCommandVerb[] = [
  { words: '(?:看|查)?工[单單](?:列表)?', make: (number, rest) => (rest === '' ? listOrShow(number) : undefined) },
  {
    words: '(?:我来)?接[单單手](?:工单)?|我接',
    make: (number, rest) => (rest === '' ? { kind: 'claim-ticket', number } : undefined),
  },
  {
    words: '(?:结|關|关|結)[单單]',
    make: (number, rest) => ({ kind: 'close-ticket', number, note: rest }),
  },
  {
    words: '[转轉](?:给|給|交)',
    make: (number, rest) => ({ kind: 'pass-ticket', number, to: rest.replace(/^@/, '') }),
  },
  {
    words: '(?:还给|還給|交还|交回|还|退回)(?:机器人|機器人)',
    make: (number, rest) => (rest === '' ? { kind: 'return-ticket', number } : undefined),
  },
  { words: '回[复復覆]', make: (number, rest) => ({ kind: 'reply-ticket', number, text: rest }) },
  { words: '[备備][注註]', make: (number, rest) => ({ kind: 'note-ticket', number, text: rest }) },
]
/** Said as a whole, closing punctuation aside. */
const SENTENCES: readonly (readonly [RegExp, StaffCommand])[] = [
  [/^(?:我(?:来|要|先)?值班|值班我来|我上班了?)$/, { kind: 'start-duty' }],
  [/^(?:今天|现在)?(?:谁)?(?:在)?值班(?:的?是?谁|表)?$/, { kind: 'show-duty' }],
  [/^(?:我(?:先)?)?下班了?$/, { kind: 'end-duty' }],
]
const DIGITS = '[\\d０-９]{1,7}'
const PATTERNS = PARSE_STAFF_COMMAND_VERBS.map(({ words, make }) => ({
  // 接单 12, 接单12号：…, 接单#12, and 12 接单 as people also say it.
  pattern: new RegExp(`^(?:${words})(?:\\s*[#＃第]?\\s*(${DIGITS})(?![\\d０-９])(?:\\s*号)?)?([\\s\\S]*)$`),
  turned: new RegExp(`^[#＃]?(${DIGITS})\\s*号?\\s*(?:${words})$`),
  make,
}))
const PARSE_STAFF_COMMAND_LEADING_MARKS = /^[\s:：,，、-]+/
// The look behind keeps a run of marks in the middle from being tried from each of its signs.
const PARSE_STAFF_COMMAND_CLOSING_MARKS = /(?<![\s。.!！,，、~～?？])[\s。.!！,，、~～?？]+$/u
/** 回复 3天了 is no ticket 3; 结单12已处理 is one. */
const UNIT = /^(?:[.．:：]?[\d０-９]|[天个点时分秒月年次%％元块条])/

/**
 * Reads an order of a colleague. Full-width characters, missing blanks and closing punctuation are forgiven; what
 * people will read (notes, replies) stays as it was written.
 *
 * @returns undefined when the text is no order
 */
export function parseStaffCommand(text: string): StaffCommand | undefined {
  const plain = text.trim()
  const bare = plain.replace(PARSE_STAFF_COMMAND_CLOSING_MARKS, '')
  const sentence = SENTENCES.find(([pattern]) => pattern.test(bare))
  if (sentence) return sentence[1]
  for (const { pattern, turned, make } of PATTERNS) {
    const reversed = turned.exec(bare)
    if (reversed) return make(toNumber(reversed[1]), '')
    const [whole, digits, behind = ''] = pattern.exec(plain) ?? []
    if (whole === undefined) continue
    const rest =
      behind.replace(PARSE_STAFF_COMMAND_CLOSING_MARKS, '') === ''
        ? ''
        : behind.replace(PARSE_STAFF_COMMAND_LEADING_MARKS, '').trim()
    if (digits !== undefined) return UNIT.test(behind) ? undefined : make(toNumber(digits), rest)
    // Half an order; words that follow without a blank are talk: 回复客户说已经提交了, 接单员.
    const isHalf = rest === '' || /^\s/.test(behind) || (/给$|給$|交$/.test(plain.slice(0, 2)) && rest.length <= 4)
    return isHalf ? make(null, rest) : undefined
  }
  return undefined
}

const toNumber = (digits: string | undefined): number | null =>
  digits === undefined ? null : Number(digits.normalize('NFKC'))

const listOrShow = (number: number | null): StaffCommand =>
  number === null ? { kind: 'list-tickets' } : { kind: 'show-ticket', number }

export interface DurationReading {
  /** What stands before it, trimmed. */
  readonly before: string
  /** null when the text ends with no duration; at most 30 days. */
  readonly minutes: number | null
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

/** Reads how long at the end of an order: 2小时, 半小时, 30 分钟, 一天, 1.5h. */
export function readDuration(text: string): DurationReading {
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
