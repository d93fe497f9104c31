import type { Command } from '../model/command.js'

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
