import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { DeskRow } from '../../src/model/ports.js'
import { observeDesk } from '../../src/ops/metrics.js'

const ROW: DeskRow = {
  ...{ sectionKey: '4.1', placeKey: 'room:想天售后服务群', open: 3, waiting: 2 },
  ...{ longestWaitMs: 90_000, firstResponseMedianMs: 60_000, reopened: 1 },
}

/** What a scraper reads of the rows, comments apart. */
function scraper(rows: () => readonly DeskRow[]): () => Promise<readonly string[]> {
  const register = new Registry()
  observeDesk(rows, [register])
  return async () => (await register.metrics()).split('\n').filter((line) => /^guoshen/.test(line))
}

test('shows the desk by section and group, the group by an opaque key', async () => {
  const lines = await scraper(() => [ROW])()
  const group = /group="([0-9a-f]{8})"/.exec(lines[0] ?? '')?.[1]
  const labels = `{section="4.1",group="${group}"}`
  expect(lines).toEqual([
    `guoshen_tickets_open${labels} 3`,
    `guoshen_tickets_waiting${labels} 2`,
    `guoshen_ticket_wait_seconds${labels} 90`,
    `guoshen_ticket_first_response_seconds${labels} 60`,
    `guoshen_tickets_reopened${labels} 1`,
  ])
})

test('a group keeps its key, and two groups have two', async () => {
  const other = { ...ROW, placeKey: 'room:同城汇售后群' }
  const first = await scraper(() => [ROW, other])()
  expect(await scraper(() => [ROW, other])()).toEqual(first)
  expect(new Set(first.map((line) => /group="(\w+)"/.exec(line)?.[1])).size).toBe(2)
})

test('what is over is gone, and what nobody knows yet is no number', async () => {
  let rows: readonly DeskRow[] = [ROW]
  const scrape = scraper(() => rows)
  await scrape()
  rows = [{ ...ROW, sectionKey: '3', firstResponseMedianMs: null }]
  const lines = await scrape()
  expect(lines.join('\n')).not.toContain('section="4.1"')
  expect(lines.join('\n')).not.toContain('first_response')
})
