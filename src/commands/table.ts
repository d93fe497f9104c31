import type { IncomingMessage } from '../model/chat.js'
import type { Command } from '../model/command.js'
import type { Door, Operations, Orderer, OrdererRole } from '../model/ports.js'
import { commandPhrases as say } from './phrases.js'

/** What colleagues may order beside everything about tickets; the rest is for admins. */
const FOR_STAFF: ReadonlySet<Command['kind']> = new Set([
  'help',
  'status',
  'try',
  'list-unanswered',
  'list-drafts',
  'list-rooms',
  'show-figures',
  'claim-role',
])
const FOR_ADMINS: ReadonlySet<Command['kind']> = new Set([
  'reload',
  'check',
  'roll-back',
  'assign',
  'ignore',
  'teach',
  'accept-draft',
  'mute',
  'unmute',
  'show-audit',
  'revoke-role',
])

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
export function orderingRole(message: Pick<IncomingMessage, 'place' | 'sender'>): OrdererRole {
  const { sender } = message
  const door = doorOf(message)
  if (door === 'customer-room') return 'customer'
  if (sender.role === 'admin') return 'admin'
  const isColleague = door === 'staff-room' || sender.inStaffRoom === true || sender.isGranted === true
  return isColleague ? 'staff' : 'customer'
}

/** Whether a role may give this order. A code is asked for in direct chat, by anybody. */
export function mayGive(role: OrdererRole, command: Command, door: Door): boolean {
  if (command.kind === 'claim-role') return door === 'direct' || role !== 'customer'
  if (role === 'admin' || role === 'operator') return true
  if (role === 'customer') return false
  return FOR_STAFF.has(command.kind) || !FOR_ADMINS.has(command.kind)
}

/** Whether the sender may order this here. */
export function mayOrder(message: Pick<IncomingMessage, 'place' | 'sender'>, command: Command): boolean {
  return mayGive(orderingRole(message), command, doorOf(message))
}

/** What people without any rights say in a chat as well, so that it is no attempt to order: 帮助, 我上班了, 工单 12. */
const TALK: ReadonlySet<Command['kind']> = new Set([
  'help',
  'show-duty',
  'start-duty',
  'end-duty',
  'list-tickets',
  'show-ticket',
  'revoke-role',
])

/** Whether it is an order for certain, of somebody who may not give it; else it is talk and is treated as such. */
export function isAttempt(command: Command, role: OrdererRole): boolean {
  if (role === 'customer' && TALK.has(command.kind)) return false
  if ('text' in command && command.text === '') return false
  const lacksTarget =
    ('number' in command && command.number === null) || ('sectionKey' in command && command.sectionKey === null)
  return !lacksTarget
}

/** The word for each order, as people give it. */
export const VERBS: Readonly<Record<Command['kind'], string>> = {
  help: '帮助',
  status: '状态',
  reload: '重载',
  check: '检查',
  'roll-back': '回滚',
  try: '测试',
  'list-unanswered': '未答',
  assign: '归类',
  ignore: '忽略',
  teach: '新说法',
  'list-drafts': '草稿',
  'accept-draft': '采纳',
  mute: '静音',
  unmute: '恢复',
  'list-rooms': '群',
  'show-figures': '统计',
  'show-audit': '审计',
  'claim-role': '认领',
  'revoke-role': '撤销',
  'list-tickets': '工单',
  'show-ticket': '工单',
  'claim-ticket': '接单',
  'pass-ticket': '转给',
  'reply-ticket': '回复',
  'note-ticket': '备注',
  'close-ticket': '结单',
  'return-ticket': '还给机器人',
  'show-duty': '值班',
  'start-duty': '我值班',
  'end-duty': '下班',
}

/** How an order is written that needs something behind its verb. */
const WRITTEN: Readonly<Partial<Record<Command['kind'], string>>> = {
  try: '测试 审核要多久',
  assign: '归类 7 4.1',
  ignore: '忽略 7',
  teach: '新说法 4.1 一句话',
  'accept-draft': '采纳 12',
  'revoke-role': '撤销 名字',
  'claim-ticket': '接单 12',
  'close-ticket': '结单 12 说明',
  'note-ticket': '备注 12 内容',
  'pass-ticket': '转给 12 名字',
}

/** One order of a kind as it may be sent, e.g. `归类 7 4.1`. */
export const exampleOf = (kind: Command['kind']): string => WRITTEN[kind] ?? VERBS[kind]

const MAX_CHARS = 80

/** An order in its plain form, e.g. `归类 7 4.1`; at most 80 characters. */
export function describeCommand(command: Command): string {
  const { kind, ...details } = command
  const words = Object.entries(details).flatMap(([key, detail]) =>
    key === 'minutes' && typeof detail === 'number' ? [durationWords(detail)] : wordsOf(detail),
  )
  return [VERBS[kind], ...words].join(' ').replace(/\s+/g, ' ').slice(0, MAX_CHARS)
}

function durationWords(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}天`
  return minutes % 60 === 0 ? `${minutes / 60}小时` : `${minutes}分钟`
}

const SPANS: Readonly<Record<string, string>> = { today: '今天', week: '本周', staff: '同事', admin: '管理员' }

function wordsOf(detail: unknown): readonly string[] {
  if (detail === true) return ['强制']
  if (typeof detail === 'number') return [String(detail)]
  return typeof detail === 'string' && detail !== '' ? [SPANS[detail] ?? detail] : []
}

interface HelpLine {
  readonly kind: Command['kind']
  readonly line: string
  /** Only where this part of the bot is there. */
  readonly needs?: (operations: Operations) => unknown
  /** Means something else to others. */
  readonly only?: OrdererRole
  readonly except?: OrdererRole
}

const LINES: readonly HelpLine[] = [
  { kind: 'status', line: '状态：机器人现在怎么样', needs: ({ overview }) => overview },
  { kind: 'show-figures', line: '统计 今天｜统计 本周', needs: ({ overview }) => overview },
  { kind: 'try', line: '测试 审核要多久：看它会怎么答、为什么', needs: ({ overview }) => overview },
  { kind: 'list-rooms', line: '群：在哪些群、是否开着', needs: ({ rooms }) => rooms },
  { kind: 'mute', line: '静音 群名 2小时｜恢复 群名', needs: ({ rooms }) => rooms },
  { kind: 'reload', line: '重载：换上改好的知识（重载 强制）' },
  { kind: 'check', line: '检查：只检查，不换', needs: ({ releases }) => releases.check },
  { kind: 'roll-back', line: '回滚：退回上一个发布（回滚 3）', needs: ({ releases }) => releases.rollBack },
  { kind: 'list-unanswered', line: '未答：没答上的问题', needs: ({ learning }) => learning },
  { kind: 'assign', line: '归类 7 4.1｜忽略 7', needs: ({ learning }) => learning },
  { kind: 'teach', line: '新说法 4.1 一句话', needs: ({ learning }) => learning },
  { kind: 'accept-draft', line: '草稿｜采纳 12：把结单说明收进知识', needs: ({ learning }) => learning },
  { kind: 'show-audit', line: '审计：谁下过什么命令', needs: ({ audit }) => audit },
  { kind: 'claim-role', line: '认领：看等着的认领码，和谁有身份', needs: ({ rights }) => rights, only: 'operator' },
  { kind: 'revoke-role', line: '撤销 名字：收回权限', needs: ({ rights }) => rights },
  { kind: 'list-tickets', line: '工单｜工单 12｜接单 12｜结单 12 说明' },
  { kind: 'reply-ticket', line: '回复 12 内容｜备注 12 内容' },
  { kind: 'pass-ticket', line: '转给 12 名字｜还给机器人 12' },
  { kind: 'show-duty', line: '值班｜我值班｜下班', except: 'operator' },
  { kind: 'show-duty', line: '值班：看谁在值班', only: 'operator' },
]

/** What this orderer may order here, a line each; at most 500 characters. */
export function helpText({ role, where }: Orderer, operations: Operations): string {
  const lines = LINES.filter(
    ({ kind, needs, only, except }) =>
      mayGive(role, { kind } as Command, where) &&
      (needs === undefined || needs(operations)) &&
      (only === undefined || only === role) &&
      except !== role,
  )
  return [say.help, ...lines.map(({ line }) => line)].join('\n')
}
