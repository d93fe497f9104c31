import type { DeskRow } from '../model/metrics.js'
import type { Ticket } from '../model/ticket.js'
import { firstResponseMs, median } from './desk-figures.js'
import type { DeskRules } from './desk-rules.js'
import { isUnsettled, isWaiting } from './ticket-transitions.js'
import { workingTimeBetween } from './working-time.js'

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
