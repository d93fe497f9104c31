import type { Problem, Supplement } from '../model/knowledge.js'

const SOURCE = /^来源\s*[:：]\s*(.*)$/
const CHECKED = /^(?:核对|核对日期)\s*[:：]\s*(.*)$/

/**
 * Reads the lines of a 补充 block: text, `来源：…`, `核对：YYYY-MM-DD`.
 *
 * @returns `source` and `checkedOn` are empty strings where they are missing or wrong, which is warned about
 */
export function readSupplement({
  lines,
  file,
  line,
}: {
  readonly lines: readonly string[]
  readonly file: string
  readonly line: number
}): { readonly supplement: Supplement | undefined; readonly problems: readonly Problem[] } {
  const source = found(lines, SOURCE)
  const checked = found(lines, CHECKED)
  const text = join(lines.filter((candidate) => !SOURCE.test(candidate) && !CHECKED.test(candidate)))
  const problems: Problem[] = []
  const warn = (message: string, remedy: string): void => {
    problems.push({ severity: 'warning', file, line, column: 1, message, remedy })
  }
  if (text === '') {
    warn('补充里没有内容', '写上内容，或删掉这个方框')
    return { supplement: undefined, problems }
  }
  if (source === '') warn('补充没有写来源', '倒数第二行写“来源：……”')
  const checkedOn = isDate(checked) ? checked : ''
  if (checkedOn === '') {
    warn(checked === '' ? '补充没有写核对日期' : `“${checked}”不是日期`, '最后一行写“核对：2026-11-23”这样的日期')
  }
  return { supplement: { text, source, checkedOn }, problems }
}

const found = (lines: readonly string[], pattern: RegExp): string =>
  lines.map((line) => pattern.exec(line)?.[1]?.trim()).find((value) => value) ?? ''

const join = (lines: readonly string[]): string =>
  lines.reduce((text, line) => text + (text === '' || /[。！？；：，]$/.test(text) ? '' : ' ') + line, '')

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
