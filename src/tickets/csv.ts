import { CHINA_OFFSET_MS } from '../base/time.js'
import type { Ticket } from '../model/ticket.js'

type Column = readonly [heading: string, value: (ticket: Ticket) => string | number | null]

const timeOf = (ticket: Ticket, ...whats: readonly string[]): string | null => {
  const event = ticket.events.find(({ what }) => whats.includes(what))
  return event ? localTime(event.atMs) : null
}

const COLUMNS: readonly Column[] = [
  ['工单', ({ number }) => number],
  ['状态', ({ status }) => status],
  ['群', ({ placeName }) => placeName],
  ['提问人', ({ askerName }) => askerName],
  ['原因', ({ reason }) => reason],
  ['小节', ({ sectionKey }) => sectionKey],
  ['问题', ({ question }) => question],
  ['提问时间', ({ openedAtMs }) => localTime(openedAtMs)],
  ['首次响应', (ticket) => timeOf(ticket, 'claimed', 'passed', 'spoke', 'replied', 'resolved')],
  ['结单时间', (ticket) => timeOf(ticket, 'resolved')],
  ['处理人', handlerOf],
  ['说明', (ticket) => ('gist' in ticket ? ticket.gist : null)],
  ['评价', (ticket) => (ticket.status === 'closed' ? ticket.rating : null)],
  ['重新打开', ({ events }) => events.filter(({ what }) => what === 'reopened').length],
  [
    '事件',
    ({ events }) =>
      events.map(({ atMs, who, what, why }) => `${localTime(atMs)} ${who.name} ${what} ${why}`.trim()).join('\n'),
  ],
]
/** Spreadsheets run what begins like this. */
const FORMULA = /^[=+\-@\t\r]/

/** One ticket a row, with a BOM so that Excel reads it as UTF-8. What people wrote can't become a formula. */
export const ticketsAsCsv = (tickets: readonly Ticket[]): string =>
  `\ufeff${[COLUMNS.map(([heading]) => heading), ...tickets.map((ticket) => COLUMNS.map(([, value]) => value(ticket)))]
    .map((cells) => cells.map(cellOf).join(','))
    .join('\r\n')}`

function cellOf(value: string | number | null): string {
  const text = typeof value === 'number' ? String(value) : (value ?? '')
  const harmless = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function handlerOf(ticket: Ticket): string | null {
  if (ticket.status === 'claimed') return ticket.holder.name
  return ticket.events.findLast(({ what }) => what === 'resolved' || what === 'claimed')?.who.name ?? null
}

/** `2026-11-23 10:00`, in China. */
const localTime = (atMs: number): string =>
  new Date(atMs + CHINA_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')
