import { readNumber } from './chinese-number.js'

export interface DurationReading {
  /** What stands before it, trimmed. */
  readonly before: string
  /** null when the text ends with no duration; at most 30 days. */
  readonly minutes: number | null
}

const UNIT_MINUTES: readonly (readonly [RegExp, number])[] = [
  [/^(?:分钟?|分鐘|min|m)/i, 1],
  [/^(?:个?(?:小时|钟头)|個?(?:小時|鐘頭)|时|h)/i, 60],
  [/^(?:天|日|d)/i, 24 * 60],
  [/^(?:周|星期|个星期|週)/, 7 * 24 * 60],
]
const MAX_MINUTES = 30 * 24 * 60
const DURATION =
  /(?:^|\s|[:：,，群])?(?<number>\d{1,4}(?:\.\d)?|[半一二两三四五六七八九十]{1,3})\s*(?<unit>(?:个半?|(?<=\d)半)?(?:小时|钟头)|個?(?:小時|鐘頭)|分钟?|分鐘|时|天|日|周|星期|週|个星期|min|m|h|d)(?<half>半)?$/i

/** Reads how long at the end of an order: 2小时, 半小时, 30 分钟, 一天, 1.5h. */
export function readDuration(text: string): DurationReading {
  const plain = text.trim()
  const found = DURATION.exec(plain)
  const { number = '', unit = '', half } = found?.groups ?? {}
  if (!found) return { before: plain, minutes: null }
  const perUnit = UNIT_MINUTES.find(([pattern]) => pattern.test(unit.replace('半', '')))?.[1] ?? 60
  const count = countOf(number) + (half || unit.includes('半') ? 0.5 : 0)
  if (Number.isNaN(count) || count <= 0) return { before: plain, minutes: null }
  const minutes = Math.min(MAX_MINUTES, Math.max(1, Math.round(count * perUnit)))
  return { before: plain.slice(0, found.index + found[0].indexOf(number)).replace(/[\s:：,，]+$/, ''), minutes }
}

function countOf(written: string): number {
  if (written === '半') return 0.5
  return /^\d/.test(written) ? Number(written) : (readNumber(written) ?? Number.NaN)
}
