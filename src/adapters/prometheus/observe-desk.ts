import { createHash } from 'node:crypto'
import { Gauge, type Registry } from 'prom-client'
import type { DeskRow } from '../../model/metrics.js'

const LABELS = ['section', 'group'] as const

/** Shows the desk by section and group; a group by an opaque key, because metrics travel and names must not. */
export function observeDesk(rows: () => readonly DeskRow[], registers: Registry[]): void {
  const observe = (name: string, help: string, figure: (row: DeskRow) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers,
      collect() {
        // What is over would stay at its last value for good.
        this.reset()
        for (const row of rows()) {
          const value = figure(row)
          if (value !== undefined) this.set({ section: row.sectionKey, group: groupLabel(row.placeKey) }, value)
        }
      },
    })
  }
  observe('guoshen_tickets_open', 'Tickets that lie with people, taken or not', ({ open }) => open)
  observe('guoshen_tickets_waiting', 'Tickets that nobody has taken', ({ waiting }) => waiting)
  observe(
    'guoshen_ticket_wait_seconds',
    'Working time that the longest waiting ticket has waited',
    ({ longestWaitMs }) => longestWaitMs / 1000,
  )
  observe(
    'guoshen_ticket_first_response_seconds',
    "Median working time to a person's first act, over the tickets that are not archived",
    ({ firstResponseMedianMs: ms }) => (ms === null ? undefined : ms / 1000),
  )
  observe('guoshen_tickets_reopened', 'Tickets that were not solved at first', ({ reopened }) => reopened)
}

/** Eight hexadecimal digits, the same in every run; `other` stays. */
export const groupLabel = (placeKey: string): string =>
  placeKey === 'other' ? placeKey : createHash('sha256').update(placeKey).digest('hex').slice(0, 8)
