import type { Operations, Orderer, OrdererRole } from '../model/ports.js'
import { mayGive } from './permission.js'
import { commandPhrases as say } from './phrases.js'
import { type AnyRow, type Command, type Kind, ROWS, rowOf } from './table.js'

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
