import { civilOf } from '../model/calendar-day.js'
import type { FiguresSpan } from '../model/command.js'
import type { DayFigures } from '../model/day-figures.js'
import type { LoginStatus } from '../model/login.js'
import { agoWords, momentWords } from '../tickets/desk-phrases.js'

export interface KnowledgeState {
  readonly version: string
  readonly sectionCount: number
  /** Absent where releases are not counted. */
  readonly release?: { readonly number: number; readonly atMs: number; readonly pinned?: boolean }
}

interface TicketCounts {
  readonly opened: number
  readonly open: number
  readonly waiting: number
}

interface Status {
  readonly version: string
  readonly knowledge: KnowledgeState
  readonly upMs: number
  readonly login: LoginStatus | undefined
  readonly queueLength: number
  readonly today: DayFigures
  readonly tickets: TicketCounts
}

const LOGINS: Readonly<Record<LoginStatus, string>> = {
  starting: '正在启动',
  'waiting-scan': '等待扫码',
  'logged-in': '已登录',
  reconnecting: '断线，正在重连',
  kicked: '已被踢下线，要重新扫码',
}

const counts = ({ answered, offered, handedOver, silent }: DayFigures): string =>
  `回答 ${answered}，反问或不知道 ${offered}，转人工 ${handedOver}，没插话 ${silent}`

/** How the bot is doing. */
export const overviewPhrases = {
  status: ({ version, knowledge, upMs, login, queueLength, today, tickets }: Status): string =>
    [
      `过审小助手 ${version}，已运行 ${agoWords(upMs)}`,
      `知识 ${releaseWords(knowledge)}，${knowledge.sectionCount} 个小节`,
      ...(knowledge.release?.pinned ? ['回滚以后停在这里，发“重载”才用文件夹里的改动'] : []),
      ...(login === undefined ? [] : [`微信：${LOGINS[login]}`]),
      `排队待发：${queueLength} 条`,
      `今天：${counts(today)}`,
      `工单：开着 ${tickets.open}，没人接 ${tickets.waiting}`,
    ].join('\n'),
  figures: (span: FiguresSpan, figures: DayFigures, tickets: TicketCounts): string =>
    [
      span === 'today' ? '今天' : `本周（${dayWords(figures)}起）`,
      `回答 ${figures.answered}`,
      `反问或不知道 ${figures.offered}`,
      `转人工 ${figures.handedOver}`,
      `没插话 ${figures.silent}`,
      `命令 ${figures.orders}`,
      `新工单 ${tickets.opened}，开着 ${tickets.open}，没人接 ${tickets.waiting}`,
    ].join('\n'),
} as const

const releaseWords = ({ version, release }: KnowledgeState): string =>
  release ? `发布 ${release.number}（版本 ${version}，${momentWords(release.atMs)}）` : `版本 ${version}`

function dayWords({ day }: DayFigures): string {
  const { month, date } = civilOf(day)
  return `${month}月${date}日`
}
