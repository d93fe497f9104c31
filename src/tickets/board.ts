import { CHINA_OFFSET_MS, chinaDay } from '../base/time.js'
import type { Clock, DeskRow } from '../model/ports.js'
import {
  BOT,
  type DeskBoard,
  type DeskFeed,
  type DeskFigures,
  type ThreadItem,
  type Ticket,
  type TicketEvent,
  type TicketEventKind,
  type TicketPart,
  type TicketPictures,
  type TicketRow,
  type TicketView,
  type TicketWait,
} from '../model/ticket.js'
import type { TicketDesk } from './desk.js'
import { askerPhrases, deskCommandPhrases, stateWords } from './phrases.js'
import { isOverdue, isUnsettled, isWaiting, onDuty, quietOf } from './states.js'
import { addWorkingTime, type DeskRules, isWorkingTime, workingTimeBetween } from './working-time.js'

export interface BoardParts {
  readonly desk: TicketDesk
  readonly clock: Clock
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly pictures?: TicketPictures | undefined
  readonly forget: DeskFeed['forget']
}

const SETTLED_SHOWN = 50
const EARLIER_SHOWN = 5
/** What a colleague says to the customer; the bot's words are no answer. */
const ANSWERS: ReadonlySet<TicketEventKind> = new Set(['spoke', 'replied'])
const OF_CUSTOMER: ReadonlySet<TicketEventKind> = new Set(['opened', 'added', 'reopened'])
const UNSAID: ReadonlySet<TicketEventKind> = new Set(['told-staff', 'reminded'])

/** The desk as the console reads it. */
export const openBoard = (parts: BoardParts): DeskFeed => ({
  board: () => boardOf(parts),
  view: (number) => {
    const ticket = parts.desk.find(number)
    return ticket && viewOf(ticket, parts)
  },
  numbered: () => parts.desk.all(),
  picture: async (number, index) => parts.pictures?.load(number, index),
  onChange: (listener) => parts.desk.onChange(listener),
  forget: (order) => parts.forget(order),
})

function boardOf(parts: BoardParts): DeskBoard {
  const { desk, clock } = parts
  const nowMs = clock.now()
  const all = desk.all()
  const settled = all.filter((ticket) => !isUnsettled(ticket)).slice(-SETTLED_SHOWN)
  const open = desk.list().map((ticket) => rowOf(ticket, parts))
  const duty = onDuty(nowMs, desk.notes().duty, desk.rules)
  const names = [...new Set([...desk.rules.roster.map(({ name }) => name), ...duty])]
  return {
    tickets: [...open.sort(byWaiting), ...settled.toReversed().map((ticket) => rowOf(ticket, parts))],
    people: names.map((name) => ({
      name,
      onDuty: duty.includes(name),
      ticketCount: open.filter(({ holder }) => holder === name).length,
    })),
    summary: deskCommandPhrases.figures(deskFigures(all, nowMs, desk.rules)),
  }
}

/** Most of the promise used up first. */
const byWaiting = (a: TicketRow, b: TicketRow): number => used(b.wait) - used(a.wait) || a.openedAtMs - b.openedAtMs
const used = (wait: TicketWait | null): number => (wait === null ? -1 : wait.ms / wait.limitMs)

function rowOf(ticket: Ticket, { desk, clock, titleOf, pictures }: BoardParts): TicketRow {
  const wait = waitOf(ticket, clock.now(), desk)
  const { number, status, placeName, askerName, question, sectionKey, openedAtMs, events } = ticket
  return {
    ...{ number, status, placeName, askerName, question, openedAtMs, wait },
    account: ticket.account ?? null,
    version: versionOf(ticket),
    state: stateWords(ticket),
    part: partOf(ticket, wait),
    section: sectionKey === null ? '' : `${sectionKey} ${titleOf(sectionKey) ?? ''}`.trim(),
    holder: ticket.status === 'claimed' ? ticket.holder.name : null,
    lastAtMs: events.at(-1)?.atMs ?? openedAtMs,
    atNight: !isWorkingTime(openedAtMs, desk.rules.hours),
    pictureCount: pictures?.names(number).length ?? 0,
    rating: ticket.status === 'closed' ? ticket.rating : null,
  }
}

/** Of the state alone: what the customer adds meanwhile is no reason to refuse a colleague. */
function versionOf(ticket: Ticket): string {
  switch (ticket.status) {
    case 'open':
      return `open-${ticket.openedAtMs}`
    case 'reopened':
      return `reopened-${ticket.reopenedAtMs}`
    case 'claimed':
      return `claimed-${ticket.claimedAtMs}-${ticket.holder.name}`
    case 'resolved':
      return `resolved-${ticket.resolvedAtMs}`
    case 'closed':
      return `closed-${ticket.closedAtMs}`
    case 'withdrawn':
    case 'expired':
      return `${ticket.status}-${ticket.endedAtMs}`
  }
}

/** The clock starts at the hand-over, anew when it is opened again, and stops when it is settled. */
function waitOf(ticket: Ticket, nowMs: number, { rules }: TicketDesk): TicketWait | null {
  if (!isUnsettled(ticket)) return null
  const isFirst = isWaiting(ticket) || !ticket.events.some(({ what }) => ANSWERS.has(what))
  const sinceMs = isFirst ? handedOverMs(ticket) : lastOf(ticket, OF_CUSTOMER)?.atMs
  const answeredMs = lastOf(ticket, ANSWERS)?.atMs ?? 0
  if (sinceMs === undefined || (!isFirst && answeredMs >= sinceMs)) return null
  const limitMs = isFirst ? rules.firstResponseMs : rules.silentMs
  return {
    for: isFirst ? 'first' : 'next',
    ms: workingTimeBetween(sinceMs, nowMs, rules.hours),
    limitMs,
    dueMs: addWorkingTime(sinceMs, limitMs, rules.hours),
  }
}

const handedOverMs = ({ events, openedAtMs }: Ticket): number =>
  events.findLast(({ what }) => what === 'reopened' || what === 'opened')?.atMs ?? openedAtMs

const lastOf = ({ events }: Ticket, kinds: ReadonlySet<TicketEventKind>): TicketEvent | undefined =>
  events.findLast(({ what }) => kinds.has(what))

function partOf(ticket: Ticket, wait: TicketWait | null): TicketPart {
  if (ticket.status === 'resolved') return 'customer'
  if (!isUnsettled(ticket)) return 'settled'
  if (wait !== null && wait.ms >= wait.limitMs) return 'late'
  if (isWaiting(ticket)) return 'waiting'
  return wait === null ? 'customer' : 'working'
}

function viewOf(ticket: Ticket, parts: BoardParts): TicketView {
  const { desk, titleOf, pictures } = parts
  const { number, placeKey, askerKey, answeredSections, openedAtMs, events } = ticket
  const { rules } = desk
  // Keys of people are each account's own.
  const isTheirs = (other: Ticket): boolean => other.askerKey === askerKey && other.account === ticket.account
  const earlier = desk.all().filter((other) => isTheirs(other) && other.number < number)
  const quietThere = isUnsettled(ticket) ? quietOf(ticket, parts.clock.now(), rules) : 'none'
  return {
    ...rowOf(ticket, parts),
    ...{ placeKey, askerKey },
    isDirect: placeKey.startsWith('direct'),
    thread: threadOf(ticket),
    isHere: desk.isMine(ticket),
    quiet: desk.isMine(ticket) ? desk.quietFor(placeKey, askerKey) : quietThere,
    answered: [...new Set(answeredSections)].map((key) => ({ key, title: titleOf(key) ?? '' })),
    earlier: earlier
      .slice(-EARLIER_SHOWN)
      .reverse()
      .map((other) => ({
        number: other.number,
        question: other.question,
        state: stateWords(other),
        rating: other.status === 'closed' ? other.rating : null,
      })),
    promise: {
      openedAtMs: handedOverMs(ticket),
      firstDueMs: addWorkingTime(handedOverMs(ticket), rules.firstResponseMs, rules.hours),
      firstAtMs: events.find(({ what, who }) => FIRST_ACTS.has(what) && who.key !== BOT.key)?.atMs ?? null,
      resolveDueMs: addWorkingTime(openedAtMs, rules.resolutionMs, rules.hours),
    },
    pictures: pictures?.names(number) ?? [],
    closing: { withNote: askerPhrases.resolved(number, '{}'), without: askerPhrases.resolved(number, '') },
  }
}

/** As it was said, oldest first. */
function threadOf(ticket: Ticket): readonly ThreadItem[] {
  const { askerName: name, lastWords, events } = ticket
  const before = lastWords.map(({ atMs, text }): ThreadItem => ({ kind: 'words', by: 'customer', name, atMs, text }))
  const isTold = (event: TicketEvent): boolean =>
    event.what === 'opened' && lastWords.some(({ text }) => text === event.why)
  return [...before, ...events.filter((event) => !UNSAID.has(event.what) && !isTold(event)).map(itemOf)].sort(
    (a, b) => a.atMs - b.atMs,
  )
}

function itemOf(event: TicketEvent): ThreadItem {
  const { atMs, who, what, why } = event
  if (what === 'opened' || what === 'added') return { kind: 'words', by: 'customer', name: who.name, atMs, text: why }
  if (ANSWERS.has(what)) return { kind: 'words', by: 'colleague', name: who.name, atMs, text: why }
  if (what === 'noted') return { kind: 'note', by: 'colleague', name: who.name, atMs, text: why }
  return { kind: 'event', atMs, text: deskCommandPhrases.event(event) }
}

const FIRST_ACTS: ReadonlySet<TicketEventKind> = new Set([
  'claimed',
  'passed',
  'spoke',
  'replied',
  'resolved',
  'closed',
])
const SETTLING: ReadonlySet<TicketEventKind> = new Set(['resolved', 'closed', 'withdrawn', 'expired'])

/** Pure: the same tickets at the same moment give the same figures. */
export function deskFigures(tickets: readonly Ticket[], nowMs: number, rules: DeskRules): DeskFigures {
  const waiting = tickets.filter(isWaiting)
  const ratings = tickets.flatMap((ticket) =>
    ticket.status === 'closed' && ticket.rating !== null ? [ticket.rating] : [],
  )
  const today = chinaDay(nowMs)
  return {
    open: tickets.filter(isUnsettled).length,
    waiting: waiting.length,
    overdue: tickets.filter((ticket) => isOverdue(ticket, nowMs, rules)).length,
    longestWaitMs: Math.max(0, ...waiting.map(({ openedAtMs }) => workingTimeBetween(openedAtMs, nowMs, rules.hours))),
    firstResponseMedianMs: median(tickets.flatMap((ticket) => firstResponseMs(ticket, rules) ?? [])),
    reopened: tickets.filter(({ events }) => events.some(({ what }) => what === 'reopened')).length,
    openedToday: tickets.filter(({ openedAtMs }) => chinaDay(openedAtMs) === today).length,
    settledToday: tickets.filter((ticket) => !isUnsettled(ticket) && settledOn(ticket) === today).length,
    ratings: { count: ratings.length, mean: ratings.length > 0 ? sum(ratings) / ratings.length : null },
    bySection: countBySection(tickets),
  }
}

/** Working time until a person first did something for the asker; undefined while nobody has. */
function firstResponseMs({ events, openedAtMs }: Ticket, { hours }: DeskRules): number | undefined {
  const first = events.find(({ what, who }) => FIRST_ACTS.has(what) && who.key !== 'bot')
  return first && workingTimeBetween(openedAtMs, first.atMs, hours)
}

/** What became of a ticket, for figures by span; durations in working time, null while they are open. */
export function ticketFacts(ticket: Ticket, rules: DeskRules) {
  const { number, placeName, sectionKey, openedAtMs, events } = ticket
  const first = firstResponseMs(ticket, rules) ?? null
  const resolved = events.findLast(({ what }) => what === 'resolved')
  return {
    ...{ number, placeName, sectionKey, openedAtMs, firstResponseMs: first },
    resolutionMs: resolved ? workingTimeBetween(openedAtMs, resolved.atMs, rules.hours) : null,
    isKept: first === null ? null : first <= rules.firstResponseMs,
    rating: ticket.status === 'closed' ? ticket.rating : null,
  }
}

const settledOn = ({ events, openedAtMs }: Ticket): number =>
  chinaDay(events.findLast(({ what }) => SETTLING.has(what))?.atMs ?? openedAtMs)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  if (sorted.length === 0) return null
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function countBySection(tickets: readonly Ticket[]): DeskFigures['bySection'] {
  const counts = new Map<string, number>()
  for (const { sectionKey } of tickets) counts.set(sectionKey ?? '-', (counts.get(sectionKey ?? '-') ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}

const OTHER = 'other'
/** A group or section that is rarer than these is `other`: whoever stores the rows keeps each one for good. */
const MAX_PLACES = 50
const MAX_SECTIONS = 40
const MAX_ROWS = 200

/** Pure: the same tickets at the same moment give the same rows, most tickets first. */
export function deskRows(tickets: readonly Ticket[], nowMs: number, rules: DeskRules): readonly DeskRow[] {
  const places = commonest(
    tickets.map(({ placeKey }) => placeKey),
    MAX_PLACES,
  )
  const sections = commonest(tickets.map(sectionOf), MAX_SECTIONS)
  const keysOf = (ticket: Ticket) => ({
    placeKey: places.has(ticket.placeKey) ? ticket.placeKey : OTHER,
    sectionKey: sections.has(sectionOf(ticket)) ? sectionOf(ticket) : OTHER,
  })
  const rows = new Map<string, { readonly keys: ReturnType<typeof keysOf>; readonly tickets: Ticket[] }>()
  const add = (keys: ReturnType<typeof keysOf>, added: readonly Ticket[]): void => {
    const id = JSON.stringify([keys.sectionKey, keys.placeKey])
    const row = rows.get(id) ?? { keys, tickets: [] }
    row.tickets.push(...added)
    rows.set(id, row)
  }
  for (const ticket of tickets) add(keysOf(ticket), [ticket])
  const ranked = [...rows.values()].sort((a, b) => b.tickets.length - a.tickets.length)
  for (const rare of ranked.slice(MAX_ROWS - 1)) {
    rows.delete(JSON.stringify([rare.keys.sectionKey, rare.keys.placeKey]))
    add({ sectionKey: OTHER, placeKey: OTHER }, rare.tickets)
  }
  return [...rows.values()].map((row) => ({ ...row.keys, ...figuresOf(row.tickets, nowMs, rules) }))
}

function figuresOf(tickets: readonly Ticket[], nowMs: number, rules: DeskRules) {
  const waiting = tickets.filter(isWaiting)
  return {
    open: tickets.filter(isUnsettled).length,
    waiting: waiting.length,
    longestWaitMs: Math.max(0, ...waiting.map(({ openedAtMs }) => workingTimeBetween(openedAtMs, nowMs, rules.hours))),
    firstResponseMedianMs: median(tickets.flatMap((ticket) => firstResponseMs(ticket, rules) ?? [])),
    reopened: tickets.filter(({ events }) => events.some(({ what }) => what === 'reopened')).length,
  }
}

const sectionOf = ({ sectionKey }: Ticket): string => sectionKey ?? '-'

function commonest(keys: readonly string[], max: number): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  const ranked = [...counts].sort((a, b) => b[1] - a[1])
  return new Set(ranked.slice(0, max).map(([key]) => key))
}

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
