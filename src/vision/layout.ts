/** A piece of text as the recogniser finds it. */
export interface SeenPiece {
  readonly text: string
  /** 0..1 */
  readonly confidence: number
  /** Corners from the upper left clockwise, in pixels; tilted where the picture is. */
  readonly corners: readonly [Point, Point, Point, Point]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** What was read in a picture. `confidence`: 0..1, weighted by characters; 0 where nothing is written. */
export interface LaidOut {
  readonly text: string
  readonly confidence: number
}

/** A piece, or pieces side by side, with the tilt undone; pixels. */
interface Row {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly middle: number
  readonly height: number
  /** Holds columns: a label and its value, the cells of a table. */
  readonly isParted: boolean
}

/** Recognised with less, 0..1, it is a smudge and no word. */
const MIN_CONFIDENCE = 0.5

/**
 * What is written in a picture, as its writer wrote it: the tilt undone, a menu at the side apart, in reading order, and a
 * line that was only broken at the edge of the screen joined again.
 */
export function layOut(seen: readonly SeenPiece[]): LaidOut {
  const pieces = seen.filter(({ text, confidence }) => text.trim() !== '' && confidence >= MIN_CONFIDENCE)
  if (pieces.length === 0) return { text: '', confidence: 0 }
  const straight = straightened(pieces)
  const menu = sideMenu(straight)
  const rest = straight.filter((piece) => !menu.has(piece))
  const lines = [...inOrder([...menu]).map(({ text }) => text), ...paragraphs(toRows(rest), emOf(straight))]
  return { text: lines.join('\n'), confidence: meanConfidence(pieces) }
}

/** A sure long line counts for more than a doubtful corner. */
function meanConfidence(pieces: readonly SeenPiece[]): number {
  const chars = pieces.reduce((sum, { text }) => sum + text.length, 0)
  return pieces.reduce((sum, { text, confidence }) => sum + confidence * text.length, 0) / chars
}

/** Shorter pieces, in their own heights, lie askew by chance. */
const LONG_PIECE = 3

function straightened(pieces: readonly SeenPiece[]): readonly Row[] {
  const isLong = ({ corners: [a, b, , d] }: SeenPiece): boolean => distance(a, b) >= LONG_PIECE * distance(a, d)
  const long = pieces.filter(isLong)
  const tilts = (long.length > 0 ? long : pieces).map(({ corners: [a, b] }) => Math.atan2(b.y - a.y, b.x - a.x))
  const angle = median(tilts)
  const [cos, sin] = [Math.cos(-angle), Math.sin(-angle)]
  const turned = ({ x, y }: Point): Point => ({ x: x * cos - y * sin, y: x * sin + y * cos })
  return pieces.map(({ text, corners }) => {
    const [a, b, c, d] = corners.map(turned) as [Point, Point, Point, Point]
    return {
      text: text.trim(),
      left: (a.x + d.x) / 2,
      right: (b.x + c.x) / 2,
      middle: (a.y + b.y + c.y + d.y) / 4,
      height: (distance(a, d) + distance(b, c)) / 2,
      isParted: false,
    }
  })
}

export const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y)

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

const inOrder = (rows: readonly Row[]): readonly Row[] => rows.toSorted((a, b) => a.middle - b.middle)

/** Latin letters and digits take so much of a Chinese character's width. */
const LATIN_WIDTH = 0.55
const NARROW = /[\u0020-\u007e]/

/** Widths of Chinese characters. */
const unitsOf = (text: string): number =>
  [...text].reduce((sum, char) => sum + (NARROW.test(char) ? LATIN_WIDTH : 1), 0)

/** How wide a Chinese character is, as a share of the height of its box. */
const emOf = (pieces: readonly Row[]): number =>
  median(pieces.map(({ text, left, right, height }) => (right - left) / unitsOf(text) / height))

const MENU_ENTRIES = 3
const MAX_ENTRY_UNITS = 8
/** What belongs to a label stands on its line; a menu's entries stand beside anything, off by this share of their height. */
const OFF_THE_LINE = 0.18

/** The back office has its menu at the left: short entries below each other, not on the lines of what is beside them. */
function sideMenu(pieces: readonly Row[]): ReadonlySet<Row> {
  const first = pieces.toSorted((a, b) => a.left - b.left)[0]
  if (!first) return new Set()
  const entries = pieces.filter(
    ({ text, left, height }) => Math.abs(left - first.left) < height && unitsOf(text) <= MAX_ENTRY_UNITS,
  )
  const edge = Math.max(...entries.map(({ right }) => right))
  const others = pieces.filter((piece) => !entries.includes(piece) && piece.left > edge)
  const misfits = entries.flatMap(({ middle, height }) => {
    const off = Math.min(...others.map((other) => Math.abs(other.middle - middle))) / height
    return off < 1 ? [off] : []
  })
  const isMenu = entries.length >= MENU_ENTRIES && misfits.length > 0 && median(misfits) > OFF_THE_LINE
  return new Set(isMenu ? entries : [])
}

/** Pieces whose middles differ by less than this share of their height stand in one row. */
const SAME_ROW = 0.5

function toRows(pieces: readonly Row[]): readonly Row[] {
  const rows: Row[][] = []
  for (const piece of inOrder(pieces)) {
    const row = rows.at(-1)
    if (row?.every((other) => isBeside(piece, other))) row.push(piece)
    else rows.push([piece])
  }
  return rows.map(toRow)
}

const isBeside = (a: Row, b: Row): boolean =>
  Math.abs(a.middle - b.middle) < SAME_ROW * Math.min(a.height, b.height) &&
  (a.left >= b.right - b.height || a.right <= b.left + b.height)

/** Pieces of a row that stand further apart, in their heights, are columns. */
const COLUMN_GAP = 1.2
const WORD_GAP = 0.6

function toRow(unordered: readonly Row[]): Row {
  const pieces = unordered.toSorted((a, b) => a.left - b.left)
  const gaps = pieces.slice(1).map((piece, index) => (piece.left - pieces[index]!.right) / piece.height)
  const text = pieces.map((piece, index) => (index > 0 && gaps[index - 1]! > WORD_GAP ? ' ' : '') + piece.text).join('')
  return {
    text,
    left: pieces[0]!.left,
    right: pieces.at(-1)!.right,
    middle: median(pieces.map(({ middle }) => middle)),
    height: median(pieces.map(({ height }) => height)),
    isParted: gaps.some((gap) => gap > COLUMN_GAP),
  }
}

/** Rows of one paragraph are as high as each other within this factor. */
const SAME_HEIGHT = 1.4
/** They follow each other within so many characters' heights, and no further than this times the closest rows do. */
const MAX_PITCH = 2.6
const NEXT_PARAGRAPH = 1.35
/** A paragraph's first row may stand in by two characters, and what follows a number hangs by as much. */
const MAX_INDENT = 2.8
/** Boxes end a little off their letters; in characters. */
const TOLERANCE = 0.6
/** A shorter row is a label, no sentence; where no other ends at the edge, nobody knows where that is. */
const SENTENCE_UNITS = 9
const LONE_SENTENCE_UNITS = 16

/** The start of a point, which is never the rest of a sentence. */
const ITEM =
  /^(?:[(（]\d{1,2}[)）:：]|\d{1,2} ?[)）、:：]|\d{1,2} ?[.](?!\d)|[(（]?[一二三四五六七八九十]{1,2}[)）、.:：]|[·•▲△◆◇■□●○*①-⑩]|(?:原因|问题|理由) ?[\d一二三四五六七八九十]|[【[])/

/** The rows, each paragraph on a line. */
function paragraphs(rows: readonly Row[], emPerHeight: number): readonly string[] {
  const lines: string[] = []
  rows.forEach((row, index) => {
    const before = rows[index - 1]
    const isRest = before && goesOn(before, row, { rows, index, em: emPerHeight * row.height })
    if (isRest) lines.push(withRest(lines.pop() ?? '', row.text))
    else lines.push(row.text)
  })
  return lines.map((line) => line.replace(BROKEN_NUMBER, '($1):'))
}

/** `(1：` was `(1):`: the thin bracket between two marks is what the recogniser misses most. */
const BROKEN_NUMBER = /^[(（](\d{1,2})[:：]/

interface Around {
  readonly rows: readonly Row[]
  /** Of the second row. */
  readonly index: number
  /** Width of a character. */
  readonly em: number
}

/** The second row is the rest of a sentence that was broken at the edge. */
function goesOn(before: Row, row: Row, { rows, index, em }: Around): boolean {
  const isNear = (a: Row, b: Row): boolean => isAlike(a, b, em) && Math.abs(a.left - b.left) <= MAX_INDENT * em
  if (ITEM.test(row.text) || before.isParted || row.isParted || !isNear(before, row)) return false
  const block = blockAround(rows, index, isNear)
  const pitches = block.slice(1).map(({ middle }, at) => middle - block[at]!.middle)
  if (row.middle - before.middle > NEXT_PARAGRAPH * Math.min(...pitches)) return false
  const edge = Math.max(...block.map(({ right }) => right))
  const reach = before.right + (firstWordUnits(row.text) + TOLERANCE) * em
  const atEdge = block.filter(({ right }) => right + (1 + TOLERANCE) * em >= edge)
  const leastUnits = atEdge.length > 1 ? SENTENCE_UNITS : LONE_SENTENCE_UNITS
  return reach >= edge && unitsOf(before.text) >= leastUnits
}

const isAlike = (a: Row, b: Row, em: number): boolean =>
  Math.max(a.height, b.height) <= SAME_HEIGHT * Math.min(a.height, b.height) &&
  Math.abs(b.middle - a.middle) <= MAX_PITCH * em

/** The rows of the same kind around this one, which end at the same edge. */
function blockAround(rows: readonly Row[], index: number, isNear: (a: Row, b: Row) => boolean): readonly Row[] {
  let from = index
  let to = index
  while (from > 0 && isNear(rows[from - 1]!, rows[from]!)) from--
  while (to + 1 < rows.length && isNear(rows[to]!, rows[to + 1]!)) to++
  return rows.slice(from, to + 1)
}

/** What can't be broken: a Latin word, or a character with the marks that may not part from it. */
const FIRST_WORD = /^[“"'‘（(《「【]*(?:[\w./?=&%:#@-]+|.)[，。、；：！？,.;:!?”"’）)》」】]*/u
const firstWordUnits = (text: string): number => unitsOf(FIRST_WORD.exec(text)?.[0] ?? '')

/** Two Latin words had a blank between them, unless they were one address. */
const withRest = (line: string, rest: string): string =>
  /[a-z0-9]$/i.test(line) && /^[a-z0-9]/i.test(rest) && !/[\w/.]+[/?=&._-][\w/.]*$/.test(line)
    ? `${line} ${rest}`
    : line + rest
