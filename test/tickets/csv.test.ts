import { expect, test } from 'vitest'
import { ticketsAsCsv } from '../../src/tickets/board.js'
import * as to from '../../src/tickets/states.js'
import { anOpenTicket, CHEN, XU } from '../support/a-ticket.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const BOM = '\ufeff'
const rowsOf = (csv: string): readonly string[] => csv.slice(BOM.length).split('\r\n')

test('writes one row a ticket under a heading, in Chinese time', () => {
  const resolved = to.resolveTicket(
    to.claimTicket(anOpenTicket(1, { atMs: MONDAY_MS }), { by: CHEN, atMs: MONDAY_MS + 60_000, why: '' }),
    { by: XU, atMs: MONDAY_MS + 120_000, why: '已重新打包' },
  )
  const rated = to.rateTicket(resolved, { by: CHEN, atMs: MONDAY_MS + 180_000, why: '满意', rating: 5 })
  const csv = ticketsAsCsv([rated])
  expect(csv.startsWith(BOM)).toBe(true)
  const [heading, row] = rowsOf(csv)
  expect(heading).toMatch(/^工单,状态,群,提问人,/)
  expect(row).toMatch(
    /^1,closed,想天售后服务群,王老板,asked,1\.1,转人工，备案页打不开,2026-11-23 10:00,2026-11-23 10:01,2026-11-23 10:02,徐经理,已重新打包,5,0,"/,
  )
})

test.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['a,b', '"a,b"'],
  ['说"好"', '"说""好"""'],
  ['两\n行', '"两\n行"'],
  ['普通', '普通'],
])('writes %j so that a spreadsheet only shows it', (question, cell) => {
  expect(ticketsAsCsv([anOpenTicket(1, { question })])).toContain(`,1.1,${cell},`)
})

test('writes the heading alone when there are no tickets', () => {
  expect(rowsOf(ticketsAsCsv([]))).toHaveLength(1)
})
