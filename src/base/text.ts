/** Whatever a client may show as the end of a line. */
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
const QUOTE_MARK = '> '
/** Longer ones are broken up, so that a bubble that ends in the middle of one ends at a mark. */
const QUOTED_LINE_CHARS = 100
/** A rejection notice pasted whole fits. */
const MAX_QUOTED_CHARS = 2_000
const MAX_QUOTED_LINES = 40
const MAX_NAME_CHARS = 40

/** A name or a few words of others on one line, with nothing in it that parts the fields of our own lines. */
export function oneLine(text: string, maxChars = MAX_NAME_CHARS): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('｜', '|').trim()
  return line.length > maxChars ? `${whole(line, maxChars - 1)}…` : line
}

/** The same between quotation marks, which the words themselves can't close. */
export const inQuotes = (text: string, maxChars: number): string =>
  `“${oneLine(text, maxChars).replaceAll('“', '‘').replaceAll('”', '’')}”`

/** What others wrote, marked line by line, so that no line of it passes for one of ours. Long texts are cut. */
export function quoteLines(text: string, maxChars = MAX_QUOTED_CHARS): readonly string[] {
  const kept = whole(text, maxChars)
  const lines = kept.split(LINE_ENDS).filter((line) => line.trim() !== '')
  const pieces = lines.flatMap((line) => line.match(new RegExp(`.{1,${QUOTED_LINE_CHARS}}`, 'gsu')) ?? [])
  const shown = pieces.slice(0, MAX_QUOTED_LINES)
  const leftOut = text.length - kept.length + pieces.slice(MAX_QUOTED_LINES).join('').length
  return [...shown.map((line) => `${QUOTE_MARK}${line}`), ...(leftOut > 0 ? [`（后面还有 ${leftOut} 字）`] : [])]
}

/** Never half a character. */
const whole = (text: string, maxChars: number): string =>
  text.length > maxChars ? text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, '') : text

/** The pairs of neighbouring characters of a text: what two Chinese sentences are compared by where no model is at hand. */
export function characterPairs(text: string): ReadonlySet<string> {
  const characters = [...text]
  const pairs = new Set<string>()
  for (let index = 1; index < characters.length; index++) pairs.add(characters[index - 1]! + characters[index]!)
  return pairs
}

/** Shared pairs by all pairs, 0..1; 0 for texts too short to have any. */
export function sharedPairs(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one]
  let shared = 0
  for (const pair of small) if (large.has(pair)) shared++
  const all = one.size + other.size - shared
  return all === 0 ? 0 : shared / all
}

/** Longer texts are cut: networks take no more from people, and whatever reads a text stays quick. */
export const MAX_HEARD_CHARS = 5_000
const MAX_SHOWN_NAME_CHARS = 100 // networks allow some 30; what is longer can only be meant to harm
/**
 * Turns the reading direction, takes no room, rings the bell, or is half of a character: nothing that people write on
 * purpose, and some of it makes a name look like another one. What joins emoji stays.
 */
const NOT_WRITTEN =
  /(?![\t\n\r])[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\p{Cs}]/gu
/** They would make a line of their own in what people read. */
const LINE_ENDS_OF_NAME = /[\r\n\v\f\u0085\u2028\u2029]+/g

/** What somebody wrote, without what nobody writes on purpose. */
export const written = (text: string): string => text.replace(NOT_WRITTEN, '')

/** A nick, display name, remark or topic, as far as it can be shown, on one line. */
export const shownName = (name: string): string =>
  written(name.slice(0, MAX_SHOWN_NAME_CHARS).replace(LINE_ENDS_OF_NAME, ' '))

/** `*售后*` → a test for whole topics or names. */
export function globPattern(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}

/** What went wrong, for a log: an error's own words, without where it came from. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
