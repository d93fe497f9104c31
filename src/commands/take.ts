import { DamerauLevenshteinDistance } from 'natural/lib/natural/distance/index.js'
import { BoundedMap } from '../base/bounded-map.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Decision, Order } from '../model/decision.js'
import {
  type Door,
  failed,
  OPERATOR,
  type Operations,
  type Orderer,
  type OrdererRole,
  type Report,
} from '../model/ports.js'
import type { KnowledgeInUse } from '../model/understanding.js'
import { syllablesOf } from '../nlu/featurizer.js'
import { knowingOf, understand } from '../nlu/pipeline.js'
import { commandPhrases as say } from './phrases.js'
import type { OrderTools, Said } from './row.js'
import { type AnyRow, type Command, type Kind, ROWS, rowOf } from './table.js'

export interface OrderReading {
  /**
   * Among people, where only its form tells an order from talk: words behind a verb need a blank, and nothing is
   * guessed.
   */
  readonly strict?: boolean
}

/** Longer than any order to the bot itself. */
const MAX_ORDER_CHARS = 600

/**
 * Reads an order. Full-width characters, missing blanks and closing punctuation are forgiven; sentences stay as they
 * were written.
 *
 * @returns undefined when the text is no order; `null` or an empty text where the order lacks something
 */
export function parseCommand(text: string, { strict = false }: OrderReading = {}): Command | undefined {
  return read({ text: text.trim(), plain: plainOf(text), strict })
}

/** Whether it begins like any order at all: one look for the talk of people, which hardly ever does. */
const mayBeOrder = (text: string): boolean => opensOrder({ text: text.trim(), plain: plainOf(text) })

/** Whether it is what colleagues order about tickets and their own duty. */
export const isTicketOrder = (text: string): boolean =>
  read({ text: text.trim(), plain: '', strict: false }) !== undefined

const OPENINGS = new RegExp(`^(?:${ROWS.map(([, { read }]) => read.opens).join('|')})`, 'i')

const opensOrder = ({ text, plain }: Pick<Said, 'text' | 'plain'>): boolean =>
  OPENINGS.test(plain) || OPENINGS.test(text)

const plainOf = (text: string): string =>
  text.length <= MAX_ORDER_CHARS ? halfWidth(text).trim().replace(/^\//, '') : ''

function read(said: Said): Command | undefined {
  if (!opensOrder(said)) return undefined
  for (const [kind, row] of ROWS) {
    const args = row.read(said)
    if (args) return { kind, ...args } as Command
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

const SLIPS = ROWS.flatMap(([kind, { slips, verb }]) => (slips ?? [verb]).map((word) => ({ word, kind })))
const OUR_WORDS: ReadonlySet<Kind> = new Set(ROWS.filter(([, { isOurWord }]) => isOurWord).map(([kind]) => kind))

/** Words that people type in full; what follows them is left to the order itself. */
const HEAD = /^\/?([\p{Script=Han}]{1,4}|[a-z]{3,10})(?=$|[\s:：\d])/iu
/** 归 类 7, 新 说 法. */
const TORN = /^\p{Script=Han}(?:\s+\p{Script=Han}){1,2}(?=$|[\s:：\d])/u
/** Whoever writes more than this does not merely mistype a verb. */
const MAX_MISTYPED_CHARS = 40
const SAME_SOUND = 0.5
const FAR = Number.POSITIVE_INFINITY

export interface Suggestion {
  readonly kind: Kind
  /** The same text with the verb as it was meant. */
  readonly text: string
  /** The verb sounds the same: a slip of the keyboard. */
  readonly soundsAlike: boolean
  /** The verb stands there as it is, and nobody but those who order says it: 归类, 回滚. */
  readonly isOurWord: boolean
}

/** The order that a text is nearest to; undefined when it is near none. To be asked only for texts that are no order. */
export function suggestOrder(text: string): Suggestion | undefined {
  const plain = text.trim().replace(TORN, (torn) => torn.replace(/\s/g, ''))
  const head = plain.length <= MAX_MISTYPED_CHARS ? HEAD.exec(plain)?.[1]?.toLowerCase() : undefined
  if (head === undefined) return undefined
  const scored = SLIPS.map(({ word, kind }) => ({ word, kind, distance: distanceOf(head, word) }))
  const best = scored.reduce((a, b) => (b.distance < a.distance ? b : a))
  if (best.distance === FAR) return undefined
  return {
    kind: best.kind,
    text: plain.replace(head, best.word),
    soundsAlike: best.distance <= SAME_SOUND,
    isOurWord: head === best.word && OUR_WORDS.has(best.kind),
  }
}

/**
 * For the same sound, for one slip (letter, character, two swapped, one more or less), which is seldom the first, and for
 * a sound with one slip. Infinite else.
 */
function distanceOf(head: string, word: string): number {
  if (head === word) return 0
  if (soundOf(head) === soundOf(word) && head.length === word.length) return SAME_SOUND
  if (isOneSlip(head, word)) return word.length > 1 && head.length > 1 ? (head[0] === word[0] ? 1 : 1.1) : FAR
  return isOneSlip(soundOf(head), soundOf(word)) ? 1.2 : FAR
}

const isOneSlip = (a: string, b: string): boolean => DamerauLevenshteinDistance(a, b, { restricted: true }) <= 1
const soundOf = (text: string): string => (/\p{Script=Han}/u.test(text) ? syllablesOf(text).join(' ') : text)

export interface OrderTakerOptions extends OrderTools {
  readonly knowledge: Readonly<KnowledgeInUse>
}

/** A message that is an order, or tries to be one. */
export interface TakenOrder {
  readonly decision: Decision
  /** Carries it out. @returns what to say; undefined for nothing */
  carryOut(): Promise<string | undefined>
}

/** 0..1 */
const LIKELY_QUESTION = 0.5
const KEPT_REFUSED = 5_000
/** As the operator's page and terminal show it: 4829 1307. */
const CODE = /^(?:认领|認領)?\s*(\d{4})[\s-]?(\d{4})$/

/** Tells orders from talk, and who may give them. */
export class OrderTaker {
  readonly #options: OrderTakerOptions
  readonly #refusedOnce = new BoundedMap<string, true>(KEPT_REFUSED)

  constructor(options: OrderTakerOptions) {
    this.#options = options
  }

  /** @returns undefined when the message is to be treated as any other */
  read(message: IncomingMessage): TakenOrder | undefined {
    if (message.fromSelf || message.kind !== 'text') return undefined
    // Among customers nothing is guessed: what does not begin like an order is none.
    if (isAmongCustomers(message) && !mayBeOrder(message.text)) return undefined
    const by = ordererOf(message)
    const code = this.#codeOf(message)
    if (code !== undefined) return this.#redeem(code, message, by)
    // Among people an order has to stand out, and nobody is interrupted for having nearly given one.
    const isToBot = message.place.kind === 'direct' || message.addressedToBot
    const strict = by.role === 'customer' || !isToBot
    const command = parseCommand(message.text, { strict })
    if (command?.kind === 'bind-staff-room' && message.place.kind === 'room') {
      return this.#give(command, { ...by, role: bindingRole(message), placeKey: message.place.key })
    }
    if (command) return this.#give(command, by)
    return strict ? undefined : this.#suggest(message.text, by)
  }

  #give(command: Command, by: Orderer): TakenOrder | undefined {
    if (mayGive(by.role, command, by.where)) {
      return {
        decision: { kind: 'command', command },
        carryOut: async () => (await runCommand(command, by, this.#options)).text,
      }
    }
    return isAttempt(command, by.role) || this.#namesSomebody(command) ? this.#refuse(command, by) : undefined
  }

  /** 撤销 审核 is talk, 撤销 and the name of an admin is not. */
  #namesSomebody(command: Command): boolean {
    return command.kind === 'revoke-role' && this.#options.operations.rights?.knows(command.name) === true
  }

  /** Nothing in groups; in direct chat one polite line, and customers get it once. */
  #refuse(command: Command, by: Orderer): TakenOrder {
    const isTold = by.where !== 'direct' || (by.role === 'customer' && this.#refusedOnce.has(by.who.key))
    if (!isTold) this.#refusedOnce.set(by.who.key, true)
    return {
      decision: isTold ? { kind: 'silent', reason: 'not-allowed' } : { kind: 'courtesy', word: 'not-allowed' },
      carryOut: async () => {
        await noteRefusal(command, by, this.#options)
        return isTold ? undefined : say.notAllowed
      },
    }
  }

  #suggest(text: string, by: Orderer): TakenOrder | undefined {
    const near = suggestOrder(text)
    if (!near || (!near.isOurWord && this.#mayBeQuestion(text))) return undefined
    const meant = parseCommand(near.text, { strict: true })
    const isSure = near.soundsAlike && meant !== undefined && !holdsWords(meant)
    if (isSure && mayGive(by.role, meant, by.where)) return this.#give(meant, by)
    if (!mayGive(by.role, near, by.where)) return undefined
    return {
      decision: { kind: 'command', command: { kind: 'help' } },
      carryOut: async () => say.didYouMean(exampleOf(near.kind)),
    }
  }

  /** What is not sure enough to be answered may be sure enough to be no mistyped order. */
  #mayBeQuestion(text: string): boolean {
    const { knowledge, clock } = this.#options
    const { act, candidates } = understand(text, knowingOf(knowledge.current, clock.now()))
    return act === 'question' || (candidates[0]?.confidence ?? 0) >= LIKELY_QUESTION
  }

  #codeOf({ place, sender, text }: IncomingMessage): string | undefined {
    if (place.kind !== 'direct' || !this.#options.operations.rights?.awaitsCode(sender.id)) return undefined
    const [, first, second] = CODE.exec(text.normalize('NFKC').trim()) ?? []
    return first === undefined ? undefined : `${first}${second}`
  }

  #redeem(code: string, { sender }: IncomingMessage, by: Orderer): TakenOrder {
    return {
      decision: { kind: 'command', command: { kind: 'claim-role', role: null } },
      carryOut: async () => (await redeemCode(code, { ...by, contactId: sender.id }, this.#options))?.text,
    }
  }
}

const isAmongCustomers = ({ place }: IncomingMessage): boolean => place.kind === 'room' && place.purpose !== 'staff'

/** As whom, and by which door, the sender of a message orders. */
const ordererOf = (message: IncomingMessage): Orderer => ({
  who: { key: message.sender.key, name: message.sender.name },
  role: orderingRole(message),
  where: doorOf(message),
  contactId: message.sender.id,
})

/** Holds a sentence or a name, which may well be talk. */
const holdsWords = (command: Command): boolean =>
  Object.entries(command).some(
    ([key, value]) => ['text', 'note', 'to', 'name', 'room'].includes(key) && typeof value === 'string' && value !== '',
  )

/** Carries out what the operator orders at the page or the terminal; the verbs are those of the chat. */
export type OperatorDoor = (text: string, by: Orderer | 'page' | 'terminal') => Promise<Report>

/** Takes orders that were never words, from the page: the same rights, and the same line in the audit log. */
export function commandDoor(tools: OrderTools): (command: Order, by: Orderer) => Promise<Report> {
  return async (order, by) => {
    const command = order as Command
    if (mayGive(by.role, command, by.where)) return runCommand(command, by, tools)
    await noteRefusal(command, by, tools)
    return failed(say.notAllowed)
  }
}

/** Nothing but orders is written here, so that every mistyped verb is told. */
export function operatorDoor(tools: OrderTools): OperatorDoor {
  return async (text, from) => {
    const by = typeof from === 'string' ? { who: OPERATOR, role: 'operator' as const, where: from } : from
    const near = suggestOrder(text)
    const command = parseCommand(text) ?? tryOut(text) ?? (near?.soundsAlike ? parseCommand(near.text) : undefined)
    if (command) return commandDoor(tools)(command, by)
    return { ok: false, text: near ? say.didYouMean(exampleOf(near.kind)) : say.notUnderstood }
  }
}

/** 测试你好: among people it may be talk, here it is none. */
function tryOut(text: string): Command | undefined {
  const [, sentence] = /^[测測][试試](.+)$/s.exec(text.trim()) ?? []
  return sentence === undefined ? undefined : { kind: 'try', text: sentence }
}

/** Carries out one order, from whichever door, and says what came of it. It stands in the audit log afterwards. */
export async function runCommand(command: Command, by: Orderer, tools: OrderTools): Promise<Report> {
  const report = await carryOut(command, by, tools)
  await noteOrder(command, by, { result: report.ok ? 'done' : 'failed', tools })
  return report
}

async function carryOut(command: Command, by: Orderer, tools: OrderTools): Promise<Report> {
  const { kind, ...args } = command
  const { needs, inPerson, run } = rowOf(kind)
  const lacks = needs?.args.some((name) => args[name] === null || args[name] === '')
  if (needs && lacks) return failed(say.howTo(needs))
  // Whoever is on duty is called by name in the staff group, and there is no 操作员 in it.
  if (inPerson && by.role === 'operator') return failed(say.dutyInPerson)
  const report = await run(args, by, { ...tools, help: helpText(by, tools.operations) })
  return report ?? failed(say.notAvailable)
}

/** Takes a one-time code. Of the code itself nothing is written down. */
async function redeemCode(
  code: string,
  by: Orderer & { readonly contactId: string },
  tools: Pick<OrderTools, 'operations' | 'clock'>,
): Promise<Report | undefined> {
  const report = await tools.operations.rights?.redeem({ code, by: by.who, contactId: by.contactId })
  const claim: Command = { kind: 'claim-role', role: null }
  if (report) await noteOrder(claim, by, { result: report.ok ? 'done' : 'refused', tools })
  return report
}

/** Writes an order down that was not carried out. */
const noteRefusal = (command: Command, by: Orderer, tools: Pick<OrderTools, 'operations' | 'clock'>) =>
  noteOrder(command, by, { result: 'refused', tools })

async function noteOrder(
  command: Command,
  by: Orderer,
  { result, tools }: { result: 'done' | 'failed' | 'refused'; tools: Pick<OrderTools, 'operations' | 'clock'> },
): Promise<void> {
  const { who, role, where } = by
  const what = describeCommand(command, role)
  await tools.operations.audit?.record({ atMs: tools.clock.now(), who, role, what, result, where })
}

type Situated = Pick<IncomingMessage, 'place' | 'sender'>

/** By which door a message orders. */
function doorOf({ place }: Pick<IncomingMessage, 'place'>): Door {
  if (place.kind === 'direct') return 'direct'
  return place.purpose === 'staff' ? 'staff-room' : 'customer-room'
}

/**
 * As whom a sender orders in this place: `admin` by the remark that the bot's own account has given, `staff` by sitting
 * in the staff group or by a code. Where customers read along nobody orders, because the answer would tell them of each
 * other.
 */
function orderingRole(message: Situated): OrdererRole {
  const { sender } = message
  const door = doorOf(message)
  if (door === 'customer-room') return 'customer'
  if (sender.role === 'admin') return 'admin'
  const isColleague = door === 'staff-room' || sender.inStaffRoom === true || sender.isGranted === true
  return isColleague ? 'staff' : 'customer'
}

/** The one order that is given in a group where nobody orders otherwise, because it is not the staff group yet. */
const bindingRole = ({ sender }: Situated): OrdererRole => (sender.role === 'admin' ? 'admin' : 'customer')

/** Whether a role may give this order. A code is asked for in direct chat, by anybody. */
export function mayGive(role: OrdererRole, { kind }: { readonly kind: Kind }, door: Door): boolean {
  const { by } = rowOf(kind)
  if (by === 'claimant') return door === 'direct' || role !== 'customer'
  return role === 'admin' || role === 'operator' || (role === 'staff' && by === 'staff')
}

/** Whether the sender may order this here. */
export function mayOrder(message: Situated, command: Command): boolean {
  return mayGive(orderingRole(message), command, doorOf(message))
}

/** Whether it is an order for certain, of somebody who may not give it; else it is talk and is treated as such. */
function isAttempt(command: Command, role: OrdererRole): boolean {
  if (role === 'customer' && rowOf(command.kind).isTalk) return false
  if ('text' in command && command.text === '') return false
  const lacksTarget =
    ('number' in command && command.number === null) || ('sectionKey' in command && command.sectionKey === null)
  return !lacksTarget
}

const usageOf = ({ usage, verb }: AnyRow): string => usage ?? verb

/** One order of a kind as it may be sent, e.g. `归类 7 4.1`. */
export function exampleOf(kind: Kind): string {
  const row = rowOf(kind)
  return row.needs ? usageOf(row) : row.verb
}

const MAX_AUDIT_CHARS = 80

/** What may be a customer's words, or of a customer: the audit log has its length alone. */
const TEXTS = ['text', 'note']
/** Groups and colleagues; what a customer writes there is anything. */
const NAMES = ['room', 'to']

/** An order in its plain form, e.g. `归类 7 4.1`, and `备注 12 （18 字）`; at most 80 characters. */
export function describeCommand(command: Command, role?: OrdererRole): string {
  const counted = role === 'customer' ? [...TEXTS, ...NAMES] : TEXTS
  const { kind, ...details } = command
  const words = Object.entries(details).flatMap(([key, detail]) => {
    if (key === 'minutes' && typeof detail === 'number') return [durationWords(detail)]
    if (counted.includes(key) && typeof detail === 'string' && detail !== '') return [`（${[...detail].length} 字）`]
    return wordsOf(detail)
  })
  return [rowOf(kind).verb, ...words].join(' ').replace(/\s+/g, ' ').slice(0, MAX_AUDIT_CHARS)
}

function durationWords(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}天`
  return minutes % 60 === 0 ? `${minutes / 60}小时` : `${minutes}分钟`
}

const WORDS: Readonly<Record<string, string>> = { today: '今天', week: '本周', staff: '同事', admin: '管理员' }

function wordsOf(detail: unknown): readonly string[] {
  if (detail === true) return ['强制']
  if (typeof detail === 'number') return [String(detail)]
  return typeof detail === 'string' && detail !== '' ? [WORDS[detail] ?? detail] : []
}

/** What this orderer may order here, a line each; at most 500 characters. */
export function helpText({ role, where }: Orderer, operations: Operations): string {
  const lines: AnyRow[][] = []
  for (const [kind, row] of ROWS) {
    if (row.joins !== true || lines.length === 0) lines.push([])
    const isShown =
      mayGive(role, { kind }, where) &&
      (!row.isThere || Boolean(row.isThere(operations))) &&
      (row.helpFor === undefined || row.helpFor === role) &&
      !(row.inPerson && role === 'operator')
    if (isShown) lines.at(-1)!.push(row)
  }
  return [say.help, ...lines.filter((rows) => rows.length > 0).map(helpLine)].join('\n')
}

function helpLine(rows: readonly AnyRow[]): string {
  const hint = rows.at(-1)?.hint
  return `${rows.map(usageOf).join('｜')}${hint === undefined ? '' : `：${hint}`}`
}

const WHO = { staff: '同事、管理员', admin: '管理员', claimant: '人人，在私聊里' } as const

/** All commands as Markdown, for `docs/admin.md`. */
export function commandsTable(): string {
  const lines = ROWS.map(([, row]) => `| ${usageOf(row)} | ${WHO[row.by]} | ${row.does} |`)
  return ['| 命令 | 谁 | 做什么 |', '| --- | --- | --- |', ...lines].join('\n')
}
