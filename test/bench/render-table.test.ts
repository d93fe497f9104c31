import { describe, expect, it, test } from 'vitest'
import { percent, renderTable, shortNumber } from '../../bench/report/render-table.js'

interface Row {
  readonly name: string
  readonly meanUs?: number
}

const columns = [
  { title: 'engine', cell: ({ name }: Row) => name },
  { title: 'mean µs', cell: ({ meanUs }: Row) => meanUs?.toString() },
]

describe('renderTable', () => {
  it('writes names to the left and numbers to the right', () => {
    expect(renderTable(columns, [{ name: 'ours', meanUs: 80 }])).toBe(
      '| engine | mean µs |\n| :-- | --: |\n| ours | 80 |',
    )
  })

  it('shows a dash where there is nothing to show', () => {
    expect(renderTable(columns, [{ name: 'stuck' }])).toContain('| stuck | – |')
  })

  it('keeps every row on one line with its own number of cells', () => {
    expect(
      renderTable(columns, [{ name: 'a|b\n c', meanUs: 1 }])
        .split('\n')
        .at(-1),
    ).toBe('| a\\|b c | 1 |')
  })

  it('is a head alone for no rows', () => {
    expect(renderTable(columns, []).split('\n')).toHaveLength(2)
  })
})

test.each([
  [0, '0'],
  [30, '30'],
  [0.01234, '0.0123'],
  [0.000004, '0.0000'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [123.4, '123'],
  [-1.234, '-1.23'],
  [1234.5, '1235'],
])('shortNumber writes %f as %s', (value, text) => {
  expect(shortNumber(value)).toBe(text)
})

test('a share of nothing has no percentage', () => {
  expect(percent(0.0349)).toBe('3.5 %')
  expect(percent(Number.NaN)).toBeUndefined()
})
