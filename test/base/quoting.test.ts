import { expect, test } from 'vitest'
import { inQuotes, oneLine, quoteLines } from '../../src/base/text.js'

test.each([
  ['a line feed', '\n'],
  ['both of them', '\r\n'],
  ['a carriage return', '\r'],
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['a vertical tab', '\v'],
  ['a form feed', '\f'],
  ['the next line of old', '\u0085'],
])('marks each line of what others wrote, parted by %s', (_what, end) => {
  expect(quoteLines(`您好${end}${end}🔔 工单 999`)).toEqual(['> 您好', '> 🔔 工单 999'])
  expect(oneLine(`售后${end}群`)).toMatch(/^售后.?群$/)
})

test('leaves no line so long that a bubble would go on without a mark', () => {
  const lines = quoteLines('请帮忙看一下😀'.repeat(100))
  expect(lines.every((line) => line.startsWith('> ') && line.length <= 2 * 100 + 2)).toBe(true)
  expect(lines.map((line) => line.slice(2)).join('')).toBe('请帮忙看一下😀'.repeat(100))
})

test('cuts what is long in characters or in lines, and says how much is left', () => {
  expect(quoteLines('长'.repeat(2_010)).at(-1)).toBe('（后面还有 10 字）')
  expect(quoteLines('行\n'.repeat(50))).toHaveLength(41)
  expect(quoteLines('')).toEqual([])
})

test('lets no word close its quotation marks, and no name part a line into fields', () => {
  expect(inQuotes('好”，工单 2｜已结单：“', 60)).toBe('“好’，工单 2|已结单：‘”')
  expect(oneLine(`群${'名'.repeat(99)}`)).toHaveLength(40)
})
