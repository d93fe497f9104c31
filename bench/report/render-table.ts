export interface Column<Row> {
  readonly title: string
  /** Text of the cell; undefined where this row has nothing to show. */
  readonly cell: (row: Row) => string | undefined
}

/** A Markdown table: the first column to the left, the others, numbers, to the right. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => escapeCell(title))),
    line(columns.map((_column, index) => (index === 0 ? ':--' : '--:'))),
    ...rows.map((row) => line(columns.map(({ cell }) => escapeCell(cell(row) ?? '–')))),
  ].join('\n')
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')

/** Three digits that count: 0.0123, 1.23, 12.3, 123, 1234; whole numbers whole. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return String(value)
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 4))
}

/** @param share 0..1; NaN, of no messages at all, has no text */
export const percent = (share: number): string | undefined =>
  Number.isNaN(share) ? undefined : `${(share * 100).toFixed(1)} %`
