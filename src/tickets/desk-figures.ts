import { chinaDay } from '../model/calendar-day.js'
import type { Ticket, TicketEventKind } from '../model/ticket.js'
import { isOverdue } from './desk-clock.js'
import type { DeskRules } from './desk-rules.js'
import { isUnsettled, isWaiting } from './ticket-transitions.js'
import { workingTimeBetween } from './working-time.js'

export interface Counted {
  readonly name: string
  readonly count: number
}

/** How the desk is doing; over the tickets that are not archived. */
export interface DeskFigures {
  /** With people, taken or not. */
  readonly open: number
  /** Not taken by anybody. */
  readonly waiting: number
  readonly overdue: number
  /** Working time that the longest waiting one has waited; 0 when none waits. */
  readonly longestWaitMs: number
  /** Working time from opening to a person's first act; null without any. */
  readonly firstResponseMedianMs: number | null
  readonly reopened: number
  readonly openedToday: number
  readonly settledToday: number
  /** `mean`: 1..5, null without any. */
  readonly ratings: { readonly count: number; readonly mean: number | null }
  /** Most first; `-` where the bot has no idea. */
  readonly bySection: readonly Counted[]
  readonly byPlace: readonly Counted[]
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
    bySection: countBy(tickets, ({ sectionKey }) => sectionKey ?? '-'),
    byPlace: countBy(tickets, ({ placeName }) => placeName),
  }
}

/** Working time until a person first did something for the asker; undefined while nobody has. */
export function firstResponseMs({ events, openedAtMs }: Ticket, { hours }: DeskRules): number | undefined {
  const first = events.find(({ what, who }) => FIRST_ACTS.has(what) && who.key !== 'bot')
  return first && workingTimeBetween(openedAtMs, first.atMs, hours)
}

const settledOn = ({ events, openedAtMs }: Ticket): number =>
  chinaDay(events.findLast(({ what }) => SETTLING.has(what))?.atMs ?? openedAtMs)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

export function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  if (sorted.length === 0) return null
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function countBy(tickets: readonly Ticket[], nameOf: (ticket: Ticket) => string): readonly Counted[] {
  const counts = new Map<string, number>()
  for (const ticket of tickets) counts.set(nameOf(ticket), (counts.get(nameOf(ticket)) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}
