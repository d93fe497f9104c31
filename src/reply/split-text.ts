/** WeChat bots split here; longer texts are folded by the client and cost a tap to read. */
export const MAX_BUBBLE_CHARS = 500
export const MAX_BUBBLES = 3

/**
 * Packs lines into bubbles, splitting at line ends, and a line that is itself too long at its sentence ends.
 *
 * @param firstReserve characters kept free in the first bubble, for the mention
 * @returns bubbles of at most `MAX_BUBBLE_CHARS` UTF-16 units; as many as it takes
 */
export function packLines(lines: readonly string[], firstReserve = 0): readonly (readonly string[])[] {
  const bubbles: string[][] = []
  let current: string[] = []
  let room = MAX_BUBBLE_CHARS - firstReserve
  for (const line of lines.flatMap(cutLine)) {
    const cost = line.length + (current.length > 0 ? 1 : 0)
    if (cost > room && current.length > 0) {
      bubbles.push(current)
      current = []
      room = MAX_BUBBLE_CHARS
    }
    room -= line.length + (current.length > 0 ? 1 : 0)
    current.push(line)
  }
  if (current.length > 0) bubbles.push(current)
  return bubbles
}

// A little under the limit, so that a cut line still fits behind a mention.
const MAX_LINE_CHARS = MAX_BUBBLE_CHARS - 60

function cutLine(line: string): readonly string[] {
  if (line.length <= MAX_LINE_CHARS) return [line]
  const window = line.slice(0, MAX_LINE_CHARS)
  const end = Math.max(...['。', '！', '？', '；', '，', ' '].map((mark) => window.lastIndexOf(mark) + 1))
  const at = end > MAX_LINE_CHARS / 2 ? end : safeCut(line, MAX_LINE_CHARS)
  return [line.slice(0, at).trimEnd(), ...cutLine(line.slice(at).trimStart())]
}

/** Never between the two halves of an emoji. */
const safeCut = (line: string, at: number): number => (/[\uD800-\uDBFF]/.test(line[at - 1]!) ? at - 1 : at)
