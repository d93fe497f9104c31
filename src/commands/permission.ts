import type { IncomingMessage } from '../model/chat.js'
import type { Door, Operations, Orderer, OrdererRole } from '../model/ports.js'
import { commandPhrases as say } from './phrases.js'
import { type AnyRow, type Command, type Kind, ROWS, rowOf } from './table.js'

type Situated = Pick<IncomingMessage, 'place' | 'sender'>

/** By which door a message orders. */
export function doorOf({ place }: Pick<IncomingMessage, 'place'>): Door {
  if (place.kind === 'direct') return 'direct'
  return place.purpose === 'staff' ? 'staff-room' : 'customer-room'
}

/**
 * As whom a sender orders in this place: `admin` by the remark that the bot's own account has given, `staff` by sitting
 * in the staff group or by a code. Where customers read along nobody orders, because the answer would tell them of each
 * other.
 */
export function orderingRole(message: Situated): OrdererRole {
  const { sender } = message
  const door = doorOf(message)
  if (door === 'customer-room') return 'customer'
  if (sender.role === 'admin') return 'admin'
  const isColleague = door === 'staff-room' || sender.inStaffRoom === true || sender.isGranted === true
  return isColleague ? 'staff' : 'customer'
}

/** The one order that is given in a group where nobody orders otherwise, because it is not the staff group yet. */
export const bindingRole = ({ sender }: Situated): OrdererRole => (sender.role === 'admin' ? 'admin' : 'customer')

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
export function isAttempt(command: Command, role: OrdererRole): boolean {
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

const MAX_CHARS = 80

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
  return [rowOf(kind).verb, ...words].join(' ').replace(/\s+/g, ' ').slice(0, MAX_CHARS)
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
