import { expect, test } from 'vitest'
import { chinaDay, dayFromIso } from '../src/base/time.js'
import { unknownYearNotice } from '../src/tickets/phrases.js'
import {
  chineseOfficialDays,
  deskRulesOf,
  deskSchema,
  expectAnswer,
  isWorkingDay,
  unknownYear,
} from '../src/tickets/working-time.js'

const at = (moment: string) => Date.parse(`${moment}+08:00`)

test.each([
  ['2026-10-31T23:59', undefined],
  ['2026-11-01T00:00', 2027],
  ['2026-12-31T12:00', 2027],
  ['2027-03-01T12:00', 2027],
  ['2028-03-01T12:00', 2028],
])('with data up to 2026, on %s the year %s is missing', (moment, missing) => {
  expect(unknownYear({ lastYear: 2026, configured: [], nowMs: at(moment) })).toBe(missing)
})

test('days that the operator has set will do', () => {
  const year = (configured: readonly string[]) =>
    unknownYear({ lastYear: 2026, configured, nowMs: at('2026-11-23T10:00') })
  expect([year(['2027-01-01']), year(['2026-12-31']), year(['2028-01-01'])]).toEqual([undefined, 2027, 2027])
})

test('the notice names the year, the command and the keys', () => {
  const notice = unknownYearNotice(2027, 2026)
  for (const words of ['到 2026 年', '2027 年', 'npm install chinese-days@latest', 'desk.holidays', 'desk.workdays']) {
    expect(notice).toContain(words)
  }
})

/** Of a year that nobody knows yet. */
function rulesFor(desk: object) {
  const parsed = deskSchema.parse(desk)
  return deskRulesOf(parsed, chineseOfficialDays(parsed))
}

test('a year without data has its weekends, the statutory days, and what is configured', () => {
  const { lastYear } = chineseOfficialDays()
  const year = lastYear + 1
  const rules = rulesFor({ holidays: [`${year}-10-06`], workdays: [`${year}-10-09`] })
  const works = (iso: string) => isWorkingDay(dayFromIso(iso), rules.hours)
  expect([works(`${year}-01-01`), works(`${year}-05-01`), works(`${year}-10-01`)]).toEqual([false, false, false])
  expect([works(`${year}-10-06`), works(`${year}-10-09`)]).toEqual([false, true])
  const weekdays = Array.from({ length: 7 }, (_, offset) => chinaDay(at(`${year}-07-05T12:00`)) + offset)
  expect(weekdays.filter((day) => isWorkingDay(day, rules.hours))).toHaveLength(5)
})

test('an asker on the last evening of the last known year is told a working morning of the next', () => {
  const { lastYear } = chineseOfficialDays()
  const rules = rulesFor({})
  const expected = expectAnswer(at(`${lastYear}-12-31T20:00`), rules, { someoneOnDuty: false })
  expect(expected.kind).toBe('from')
  const morning = expected.kind === 'from' ? expected.atMs : 0
  expect(morning).toBeGreaterThan(at(`${lastYear + 1}-01-02T00:00`) - 1)
  expect(morning).toBeLessThan(at(`${lastYear + 1}-01-06T00:00`))
})
