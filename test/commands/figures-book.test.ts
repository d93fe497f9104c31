import { expect, test } from 'vitest'
import { FiguresBook } from '../../src/commands/operations.js'
import type { DayFigures } from '../../src/model/decision.js'
import { fixedClock } from '../support/fixed-clock.js'

const DAY_MS = 86_400_000

function aBook(kept: readonly DayFigures[] = []) {
  let records = kept
  const clock = fixedClock()
  const list = {
    records: () => records,
    keep: (next: readonly DayFigures[]) => {
      records = next
    },
  }
  return { book: new FiguresBook(list, clock), clock, records: () => records }
}

test('counts what was done, and silence only where customers were heard', () => {
  const { book } = aBook()
  for (const kind of ['answer', 'courtesy', 'clarify', 'fallback', 'escalate', 'command'] as const) {
    book.record({ kind, reason: 'sure' })
  }
  for (const reason of ['not-for-us', 'muted', 'staff', 'own-message', 'duplicate'])
    book.record({ kind: 'silent', reason })
  expect(book.sum('today')).toMatchObject({ answered: 2, offered: 2, handedOver: 1, orders: 1, silent: 2 })
})

test('counts by day of China, sums the week from Monday, and goes on after a restart', () => {
  const { book, clock, records } = aBook()
  book.record({ kind: 'answer', reason: 'sure' })
  clock.pass(2 * DAY_MS)
  book.record({ kind: 'answer', reason: 'sure' })
  expect([book.sum('today').answered, book.sum('week').answered]).toEqual([1, 2])
  const again = aBook(records())
  again.clock.pass(6 * DAY_MS)
  expect(again.book.sum('week').answered).toBe(2)
  again.clock.pass(DAY_MS)
  expect(again.book.sum('week').answered).toBe(0)
})

test('keeps as many days as 效果 looks back', () => {
  const { book, clock, records } = aBook()
  for (let day = 0; day < 420; day++) {
    book.record({ kind: 'answer', reason: 'sure' })
    clock.pass(DAY_MS)
  }
  expect(records()).toHaveLength(401)
})

test('verdicts are counted on the day of what they are about, and kept in the order of the days', () => {
  const { book, clock, records } = aBook()
  book.record({ kind: 'answer', reason: 'sure' })
  const today = records()[0]!.day
  book.judge(clock.now() - DAY_MS, { judged: 1, wrong: 1 })
  book.judge(clock.now(), { judged: 1, wrong: 0 })
  book.judge(clock.now() - DAY_MS, { judged: 0, wrong: -1 })
  expect(records().map(({ day, answered, judged, wrong }) => [day - today, answered, judged, wrong])).toEqual([
    [-1, 0, 1, 0],
    [0, 1, 1, 0],
  ])
  book.judge(clock.now(), { judged: -1, wrong: 0 })
  book.judge(clock.now(), { judged: -1, wrong: 0 })
  expect(records().at(-1)?.judged).toBe(0)
})
