import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReviewDates } from '../../src/model/understanding.js'

/** One message of `review-dates.txt`. */
export interface DateMessage {
  readonly text: string
  readonly nowMs: number
  /** As `summaryOf` writes it. */
  readonly expected: string
}

const KINDS = { submitted: 's', 'second-started': 'p', deadline: 'd', 'counts-holidays': 'h' } as const

const linesOf = (file: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Reads `review-dates.txt`. @throws Error naming the line that is not understood */
export function readDateMessages(): readonly DateMessage[] {
  const messages: DateMessage[] = []
  let nowMs = Number.NaN
  for (const line of linesOf('review-dates.txt')) {
    if (line.startsWith('@ ')) {
      nowMs = Date.parse(line.slice(2))
      continue
    }
    const [expected, text] = line.split(' | ')
    if (expected === undefined || text === undefined || Number.isNaN(nowMs)) {
      throw new Error(`review-dates.txt: not understood: ${line}`)
    }
    messages.push({ text, nowMs, expected })
  }
  return messages
}

/** Reads `no-review-dates.txt`. */
export const readDatelessMessages = (): readonly string[] => linesOf('no-review-dates.txt')

/** Kind and day; `@hour`, `later` and `wish` with its day: hour and wish only where `like` tells them as well. */
export function summaryOf(dates: ReviewDates | undefined, like: string): string {
  if (!dates) return 'none'
  const parts: string[] = [KINDS[dates.kind]]
  if ('day' in dates) parts.push(dates.day)
  if ('hour' in dates && like.includes('@')) parts.push(`@${dates.hour}`)
  if ('laterVersion' in dates && dates.laterVersion) parts.push('later')
  if ('wishDay' in dates && like.includes('wish')) parts.push(`wish ${dates.wishDay}`)
  return parts.join(' ')
}
