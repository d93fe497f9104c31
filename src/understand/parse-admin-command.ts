import type { AdminCommand } from '../model/command.js'
import { readDuration } from './read-duration.js'

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
