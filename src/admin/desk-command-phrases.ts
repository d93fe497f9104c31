import { BOT, type Ticket, type TicketEvent, type TicketEventKind } from '../model/ticket.js'
import type { DeskFigures } from '../tickets/desk-figures.js'
import { agoWords, momentWords, shorten } from '../tickets/desk-phrases.js'

// Three bubbles hold as many even with the longest names.
const MAX_LISTED = 10
const MAX_EVENTS = 10
const LINE_CHARS = 40

const STATES: Readonly<Record<Ticket['status'], string>> = {
  open: '待接单',
  reopened: '重新打开，待接单',
  claimed: '处理中',
  resolved: '已处理，等客户确认',
  closed: '已结单',
  withdrawn: '客户已撤销',
  expired: '已过期',
}
const EVENTS: Readonly<Record<TicketEventKind, string>> = {
  opened: '提问',
  added: '又说',
  claimed: '接单',
  passed: '转给',
  spoke: '在群里说',
  replied: '回复',
  noted: '备注',
  resolved: '结单',
  closed: '关闭',
  rated: '评价',
  reopened: '重新打开',
  withdrawn: '撤销',
  expired: '过期',
  'told-staff': '已通知',
  reminded: '已提醒',
  'bot-back': '机器人恢复回答',
}
const HIDDEN: ReadonlySet<TicketEventKind> = new Set(['told-staff', 'reminded'])

export const stateWords = (ticket: Ticket): string =>
  ticket.status === 'claimed' ? `${ticket.holder.name} 处理中` : STATES[ticket.status]

interface ShowOptions {
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly maxEvents?: number
}

/** Answers to colleagues' orders. */
export const deskCommandPhrases = {
  noTickets: '现在没有未处理的工单。',
  list: (tickets: readonly Ticket[], nowMs: number): string =>
    [
      ...tickets.slice(0, MAX_LISTED).map((ticket) => deskCommandPhrases.line(ticket, nowMs)),
      ...(tickets.length > MAX_LISTED ? [`……还有 ${tickets.length - MAX_LISTED} 张更新的工单，先处理上面的。`] : []),
    ].join('\n'),
  line: (ticket: Ticket, nowMs: number): string =>
    `工单 ${ticket.number}｜${stateWords(ticket)}｜${ticket.placeName}｜${ticket.askerName}｜${agoWords(nowMs - ticket.openedAtMs)}前：${shorten(ticket.question, LINE_CHARS)}`,
  show: (ticket: Ticket, nowMs: number, { titleOf, maxEvents = MAX_EVENTS }: ShowOptions): string => {
    const events = shownEvents(ticket)
    const hidden = events.length - maxEvents
    return [
      `工单 ${ticket.number}｜${stateWords(ticket)}｜${agoWords(nowMs - ticket.openedAtMs)}前`,
      `群：${ticket.placeName}`,
      `提问人：${ticket.askerName}`,
      `问题：${shorten(ticket.question, 3 * LINE_CHARS)}`,
      ...(ticket.sectionKey === null
        ? []
        : [`可能是：${ticket.sectionKey} ${titleOf(ticket.sectionKey) ?? ''}`.trimEnd()]),
      ...(hidden > 0 ? [`……前面还有 ${hidden} 条`] : []),
      ...events.slice(-maxEvents).map(eventLine),
    ].join('\n')
  },
  history: (ticket: Ticket): readonly { readonly atMs: number; readonly text: string }[] =>
    shownEvents(ticket).map((event) => ({ atMs: event.atMs, text: eventWords(event, 500) })),
  figures: ({ open, waiting, overdue, firstResponseMedianMs, reopened }: DeskFigures): string =>
    [
      `开着 ${open}`,
      `没人接 ${waiting}`,
      ...(overdue > 0 ? [`超时 ${overdue}`] : []),
      ...(reopened > 0 ? [`重新打开 ${reopened}`] : []),
      ...(firstResponseMedianMs === null ? [] : [`首次响应 ${agoWords(firstResponseMedianMs)}`]),
    ].join(' · '),
  howTo: {
    'show-ticket': '请带上工单号，例如：工单 12',
    'claim-ticket': '请带上工单号，例如：接单 12',
    'pass-ticket': '请带上工单号和同事的名字，例如：转给 12 张三',
    'reply-ticket': '请带上工单号和要说的话，例如：回复 12 包已经重新上传，请再提审',
    'note-ticket': '请带上工单号和备注，例如：备注 12 等客户给截图',
    'close-ticket': '请带上工单号和说明，例如：结单 12 已重新打包',
    'return-ticket': '请带上工单号，例如：还给机器人 12',
  },
  unknown: (number: number): string => `没有工单 ${number}，回复“工单”看全部。`,
  over: (ticket: Ticket): string => `工单 ${ticket.number} ${stateWords(ticket)}，不用再操作了。`,
  claimed: ({ number, placeName, askerName }: Ticket, by: string): string =>
    `工单 ${number} 已由 ${by} 接手，请到“${placeName}”回复 ${askerName}，或在这里发“回复 ${number} 内容”。`,
  alreadyClaimed: (number: number, by: string): string => `工单 ${number} 已经由 ${by} 接手了。`,
  passed: (number: number, to: string): string => `工单 ${number} 已转给 ${to}。 @${to} 请处理。`,
  noColleague: (name: string, names: readonly string[]): string =>
    `值班名单里没有“${name}”，可以转给：${names.join('、')}。`,
  replied: ({ askerName }: Ticket): string => `已发到客户群，并提醒了 ${askerName}。`,
  notReplied: ({ number, placeName, askerName }: Ticket): string =>
    `没有发出去，请直接到“${placeName}”回复 ${askerName}；内容已记在工单 ${number} 里。`,
  noted: (number: number): string => `已备注到工单 ${number}。`,
  resolved: ({ number, askerName }: Ticket): string =>
    `工单 ${number} 已结单，已请 ${askerName} 确认；机器人会继续回答 ${askerName} 的问题。`,
  returned: ({ number, askerName }: Ticket): string => `工单 ${number} 已还给机器人，由机器人继续回答 ${askerName}。`,
  onDuty: (names: readonly string[], next: string | undefined): string =>
    names.length > 0
      ? `现在值班：${names.join('、')}`
      : `现在没有人值班${next === undefined ? '' : `，上班时间从 ${next} 开始`}。回复“我来值班”即可值班。`,
  startedDuty: (name: string): string => `好的，${name} 开始值班，新工单会先叫您。下班时回复“下班”。`,
  endedDuty: (name: string, left: readonly string[]): string =>
    `好的，${name} 已下班。${left.length > 0 ? `现在值班：${left.join('、')}` : '现在没有人值班了。'}`,
} as const

const shownEvents = ({ events }: Ticket): readonly TicketEvent[] => events.filter(({ what }) => !HIDDEN.has(what))

const eventLine = (event: TicketEvent): string => `· ${momentWords(event.atMs)} ${eventWords(event, LINE_CHARS)}`

function eventWords({ who, what, why }: TicketEvent, maxChars: number): string {
  const words = who.key === BOT.key ? '' : shorten(why, maxChars)
  return `${who.name} ${EVENTS[what]}${words === '' ? '' : `：${words}`}`
}
