import { CLOSE_MARK, OPEN_MARK } from './source-lines.js'

/** A line of Markdown and where it stood in the file. */
export interface SourceLine {
  readonly text: string
  /** 1-based. */
  readonly line: number
}

/** The opening line of `:::tip[标题]`, `:::tip 标题` or `:::tip`. */
export interface AdmonitionOpening {
  /** Lower case; empty for `:::标题`. */
  readonly keyword: string
  /** Empty without a title of its own. */
  readonly title: string
  readonly line: number
  /** No `:::` line closes it: it ends before the next heading or block. */
  readonly unclosed: boolean
}

interface Fence {
  readonly index: number
  readonly colons: number
  readonly prefix: string
  readonly keyword: string
  readonly title: string
  readonly onOneLine: boolean
}

const COLON_LINE = /^([\s>]*)(:{3,})[ \t]*(.*?)[ \t]*$/
const HEADING = /^ {0,3}#{1,6}(?:\s|$)/

/**
 * Replaces the colon lines of admonitions by marked paragraphs of their own, so that a Markdown parser can't draw them
 * into the list or quotation before them. A mark is `OPEN_MARK n OPEN_MARK` (n: index into `openings`) or `CLOSE_MARK`.
 *
 * @param fenced see `findFences`
 */
export function markAdmonitions(
  lines: readonly SourceLine[],
  fenced: readonly boolean[],
): { readonly lines: readonly SourceLine[]; readonly openings: readonly AdmonitionOpening[] } {
  const { opened, closed, unclosed } = pairFences(lines, fenced)
  const implicitEnds = findImplicitEnds(lines, { opened, unclosed, fenced })
  const openings: AdmonitionOpening[] = []
  const marked: SourceLine[] = []
  for (const [index, line] of lines.entries()) {
    const paragraph = (prefix: string, text: string): void => {
      for (const content of ['', text, '']) marked.push({ text: `${prefix}${content}`, line: line.line })
    }
    for (let count = implicitEnds.get(index) ?? 0; count > 0; count--) paragraph('', CLOSE_MARK)
    const fence = opened.get(index)
    if (fence) {
      paragraph(fence.prefix, `${OPEN_MARK}${openings.length}${OPEN_MARK}`)
      const { keyword, onOneLine } = fence
      openings.push({ keyword, title: onOneLine ? '' : fence.title, line: line.line, unclosed: unclosed.has(index) })
      if (onOneLine) {
        paragraph(fence.prefix, fence.title)
        paragraph(fence.prefix, CLOSE_MARK)
      }
    } else if (closed.has(index)) paragraph(COLON_LINE.exec(line.text)?.[1] ?? '', CLOSE_MARK)
    else marked.push(line)
  }
  return { lines: marked, openings }
}

interface Pairs {
  readonly opened: ReadonlyMap<number, Fence>
  /** Closing lines, stray ones included. */
  readonly closed: ReadonlySet<number>
  readonly unclosed: ReadonlySet<number>
}

function pairFences(lines: readonly SourceLine[], fenced: readonly boolean[]): Pairs {
  const opened = new Map<number, Fence>()
  const closed = new Set<number>()
  const stack: Fence[] = []
  for (const [index, { text }] of lines.entries()) {
    const match = fenced[index] ? null : COLON_LINE.exec(text)
    if (!match) continue
    const [, prefix = '', colons = '', rest = ''] = match
    if (rest === '') {
      closed.add(index)
      popClosed(stack, colons.length)
      continue
    }
    const fence = { index, colons: colons.length, prefix, ...readOpening(rest) }
    opened.set(index, fence)
    if (!fence.onOneLine) stack.push(fence)
  }
  return { opened, closed, unclosed: new Set(stack.map(({ index }) => index)) }
}

/** The innermost block is closed, unless a longer fence closes its surrounding one of exactly that length. */
function popClosed(stack: Fence[], colons: number): void {
  const top = stack.at(-1)
  if (!top || colons < top.colons) return
  const exact = stack.findLastIndex((fence) => fence.colons === colons)
  if (exact === -1) stack.pop()
  else stack.splice(exact)
}

function readOpening(rest: string): Pick<Fence, 'keyword' | 'title' | 'onOneLine'> {
  const [, keyword = '', tail = ''] = /^([A-Za-z][\w-]*)?(.*)$/.exec(rest) ?? []
  const onOneLine = /:{3,}$/.test(tail)
  const attributeTitle = /\{[^{}]*\btitle=["']([^"']*)["'][^{}]*\}/.exec(tail)?.[1]
  const title = tail
    .replace(/:{3,}$/, '')
    .replace(/\{[^{}]*\}\s*$/, '')
    .trim()
  const bracketed = /^\[(.*)\]$/.exec(title)?.[1]
  return { keyword: keyword.toLowerCase(), title: attributeTitle ?? (bracketed ?? title).trim(), onOneLine }
}

/** How many unclosed blocks end before each line. */
function findImplicitEnds(
  lines: readonly SourceLine[],
  { opened, unclosed, fenced }: Pick<Pairs, 'opened' | 'unclosed'> & { readonly fenced: readonly boolean[] },
): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  let open = 0
  for (const [index, { text }] of lines.entries()) {
    const ended = open > 0 && (opened.has(index) || (!fenced[index] && HEADING.test(text)))
    if (ended) {
      ends.set(index, open)
      open = 0
    }
    if (unclosed.has(index)) open++
  }
  return ends
}
