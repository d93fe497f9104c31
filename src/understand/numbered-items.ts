/** One point of an enumeration; `details` are the points numbered in another style below it. */
export interface NumberedItem {
  /** May be empty where a point consists of details alone, as in `1:(1): …`. */
  readonly heading: string
  readonly details: readonly string[]
}

interface Marker {
  readonly style: string
  readonly number: number
  readonly at: number
  readonly bodyAt: number
  /** Stands where a new point may begin: at a line's start or behind a blank or punctuation. */
  readonly isFree: boolean
}

const HAN_NUMBERS = '一二三四五六七八九十'
/** The ways to number a point. Decimals, dates, times and versions (`2.1`, `10:30`, `1.0.2`) are none. */
const STYLES: readonly (readonly [style: string, pattern: RegExp])[] = [
  ['(1)', /\((\d{1,2})\)\s*[.:、,]?/g],
  ['1)', /(?<![\d.(a-z])(\d{1,2})\)\s*[.:、,]?/g],
  ['1.', /(?<![\d.(/-])(\d{1,2}) ?[.、:](?!\d)/g],
  ['1 ', /^(\d{1,2})(?: +(?=\D)|,(?!\d)|(?=[\p{Script=Han}"“【「])(?![年月日号天个次条款页张点分元万小周]))/gmu],
  ['(一)', /\(([一二三四五六七八九十])\)\s*[.:、,]?/g],
  ['一、', /(?<!\p{Script=Han})([一二三四五六七八九十]) ?[、.:]/gu],
  ['原因一', /(?:原因|问题|理由|第) ?(\d{1,2}|[一二三四五六七八九十]) ?(?:[、.:,](?!\d)| )/g],
  ['a.', /(?<![a-z\d])([a-h]) ?[.、:)](?![a-z\d])/g],
  ['·', /^[·•▲△◆◇■□●○*] ?/gm],
]

/**
 * Finds the points of an enumeration, on lines of their own or run together in one line. A number counts as a marker
 * only in its turn (1, 2, 3 …), so that amounts and references in the text do not.
 *
 * @param text see `normalizeText`
 * @returns in order; empty when nothing is enumerated. What stands before the first point is left out.
 */
export function numberedItems(text: string): readonly NumberedItem[] {
  const markers = inTurn(findMarkers(text))
  const outer = markers[0]?.style
  const items: { heading: string; details: string[] }[] = []
  for (const [index, { style, bodyAt }] of markers.entries()) {
    const body = trimPoint(text.slice(bodyAt, markers[index + 1]?.at ?? text.length))
    if (style === outer) items.push({ heading: body, details: [] })
    else if (body !== '') items.at(-1)?.details.push(body)
  }
  return items.filter(({ heading, details }) => heading !== '' || details.length > 0)
}

function findMarkers(text: string): readonly Marker[] {
  const found = STYLES.flatMap(([style, pattern]) =>
    [...text.matchAll(pattern)].map((match, index) => ({
      style,
      number: style === '·' ? index + 1 : toNumber(match[1]!),
      at: match.index,
      bodyAt: match.index + match[0].length,
      isFree: /(?:^|[\s;。:,!?)])$/.test(text.slice(0, match.index)),
    })),
  )
  found.sort((a, b) => a.at - b.at || b.bodyAt - a.bodyAt)
  // "原因一:" is one marker, not two.
  return found.filter(({ at }, index) => !found.slice(0, index).some((earlier) => at < earlier.bodyAt))
}

function toNumber(written: string): number {
  const han = HAN_NUMBERS.indexOf(written)
  if (han >= 0) return han + 1
  return /^[a-h]$/.test(written) ? written.charCodeAt(0) - 96 : Number(written)
}

/** Keeps runs that begin with 1 and go on by one; a lone 1 only where a point may begin. */
function inTurn(markers: readonly Marker[]): readonly Marker[] {
  const last = new Map<string, number>()
  const kept = markers.filter(({ style, number }) => {
    if (number !== 1 && number !== (last.get(style) ?? 0) + 1) return false
    last.set(style, number)
    return true
  })
  return kept.filter(({ style, number, isFree }, index) => {
    const next = kept.slice(index + 1).find((later) => later.style === style)
    return number !== 1 || isFree || next?.number === 2
  })
}

const trimPoint = (body: string): string => body.replace(/^[\s:、,.;]+|[\s:;,、。]+$/g, '')
