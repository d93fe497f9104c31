import type { Definition, Root, RootContent } from 'mdast'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import remarkParse from 'remark-parse'
import { type Processor, unified } from 'unified'

/** A block of the document and the line it begins at in the file. */
export interface DocumentBlock {
  readonly node: RootContent
  /** 1-based. */
  readonly line: number
  readonly definitions: ReadonlyMap<string, Definition>
}

/** Like a Docusaurus page: tables, but no indented code, and no HTML (`stripMdx` has taken it out). */
function docusaurusSyntax(this: Processor): void {
  const settings = this.data() as { micromarkExtensions?: unknown[]; fromMarkdownExtensions?: unknown[] }
  settings.micromarkExtensions ??= []
  settings.fromMarkdownExtensions ??= []
  settings.micromarkExtensions.push(gfmTable(), { disable: { null: ['codeIndented', 'htmlFlow', 'htmlText'] } })
  settings.fromMarkdownExtensions.push(gfmTableFromMarkdown())
}

const processor = unified().use(remarkParse).use(docusaurusSyntax).freeze()

// Markdown's cost grows with the square of a paragraph in bad cases (stack of `>`: 65 s for 100 kB), so we parse piece
// by piece, and what can't be cut into pieces is taken as plain lines.
const WANTED_CHUNK_CHARS = 4_000
const MAX_CHUNK_CHARS = 12_000
const MAX_CONTAINERS = 12
const CONTAINERS = new RegExp(`^((?:[ \\t]*(?:>|[-*+](?=\\s)|\\d{1,9}[.)](?=\\s))){${MAX_CONTAINERS}})[\\s>*+\\-]+`)
const DEFINITION = /^ {0,3}\[[^\]]{1,200}\]:[ \t]*\S+/
const MAX_DEFINITIONS = 200

/** Parses Markdown into its top-level blocks. Never throws, and stays quick on anything. */
export function parseMarkdown(lines: readonly SourceLine[], fenced: readonly boolean[]): readonly DocumentBlock[] {
  const definitions = lines
    .filter(({ text }, index) => !fenced[index] && DEFINITION.test(text))
    .slice(0, MAX_DEFINITIONS)
  return cutIntoChunks(lines, fenced).flatMap((chunk) => parseChunk(chunk, definitions))
}

function cutIntoChunks(lines: readonly SourceLine[], fenced: readonly boolean[]): readonly (readonly SourceLine[])[] {
  const chunks: SourceLine[][] = []
  let current: SourceLine[] = []
  let chars = 0
  for (const [index, line] of lines.entries()) {
    const startsSection = !fenced[index] && /^#{1,6}(?:\s|$)/.test(line.text)
    const mayCut = !fenced[index] && chars > WANTED_CHUNK_CHARS && /^\S/.test(line.text) && isBlank(lines[index - 1])
    if ((startsSection || mayCut) && current.length > 0) {
      chunks.push(current)
      current = []
      chars = 0
    }
    current.push(line)
    chars += line.text.length + 1
  }
  return [...chunks, current]
}

const isBlank = (line: SourceLine | undefined): boolean => line === undefined || line.text.trim() === ''

function parseChunk(chunk: readonly SourceLine[], allDefinitions: readonly SourceLine[]): readonly DocumentBlock[] {
  const source = chunk.map(({ text }) => text.replace(CONTAINERS, '$1 ')).join('\n')
  if (source.length > MAX_CHUNK_CHARS) return plainBlocks(chunk)
  const definitions = source.includes('[') ? allDefinitions.map(({ text }) => text) : []
  let root: Root
  try {
    root = processor.parse([source, '', ...definitions].join('\n'))
  } catch {
    // No input is known that does this; an author's file must load all the same.
    return plainBlocks(chunk)
  }
  const targets = new Map<string, Definition>()
  for (const node of root.children) {
    if (node.type === 'definition' && !targets.has(node.identifier)) targets.set(node.identifier, node)
  }
  return root.children
    .filter((node) => node.type !== 'definition')
    .map((node) => ({ node, line: lineAt(chunk, node.position?.start.line ?? 1), definitions: targets }))
}

const lineAt = (chunk: readonly SourceLine[], line: number): number => (chunk[line - 1] ?? chunk.at(-1))?.line ?? 1

const NO_DEFINITIONS: ReadonlyMap<string, Definition> = new Map()

/** Each line as a paragraph, or as a heading; marks of Markdown are wiped off roughly. */
function plainBlocks(chunk: readonly SourceLine[]): readonly DocumentBlock[] {
  return chunk.flatMap(({ text, line }): readonly DocumentBlock[] => {
    const heading = /^(#{1,6})\s+(.{1,200})$/.exec(text)
    const value = (heading?.[2] ?? text)
      .replace(/!?\[([^[\]]{0,300})\]\([^()\s]{0,300}\)/g, '$1')
      .replace(/^[\s>*+\-#|]+|[*`|\\]+/g, ' ')
      .trim()
    if (value === '') return []
    const children = [{ type: 'text' as const, value }]
    const node: RootContent = heading
      ? { type: 'heading', depth: heading[1]!.length as 1 | 2 | 3 | 4 | 5 | 6, children }
      : { type: 'paragraph', children }
    return [{ node, line, definitions: NO_DEFINITIONS }]
  })
}

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

/** Stands for a line break inside a paragraph; never occurs in an author's text, see `toSourceLines`. */
export const BREAK = '\uE001'
/** Frames the number of an admonition's opening line; see `markAdmonitions`. */
export const OPEN_MARK = '\uE002'
export const CLOSE_MARK = '\uE003'

/** Characters that no chat shows: controls, private use, lone surrogates. Tab and line feed are not among them. */
export const UNSPEAKABLE = /(?![\t\n])[\p{Cc}\p{Co}\p{Cs}\uFEFF\uFFFE\uFFFF]/gu

/**
 * Cuts an author's file into lines, whatever editor wrote it: no BOM, CR, control characters, lone surrogates or
 * private-use characters are left. Index 0 is line 1 of the file.
 */
export function toSourceLines(text: string): readonly string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(UNSPEAKABLE, '')
    .split('\n')
}

/** Docusaurus lets MDX stand in a fence, so that other editors show it as code; for the reader it is none. */
export function unwrapMdxFences(lines: readonly string[]): readonly string[] {
  let fence: string | undefined
  return lines.map((line) => {
    const opening = /^\s*(`{3,})mdx-code-block\s*$/.exec(line)?.[1]
    if (fence === undefined ? opening === undefined : line.trim() !== fence) return line
    fence = fence === undefined ? opening : undefined
    return ''
  })
}

const FENCE = /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*(`{3,}|~{3,})(.*)$/

/** Tells for each line whether it belongs to a fenced code block, fences included. */
export function findFences(lines: readonly string[]): readonly boolean[] {
  let fence: string | undefined
  let inComment = false
  const lastCommentEnd = lines.findLastIndex((line) => line.includes('-->'))
  return lines.map((line, index) => {
    if (inComment) {
      inComment = !line.includes('-->')
      return false
    }
    const [, marks = '', rest = ''] = FENCE.exec(line) ?? []
    if (fence !== undefined) {
      if (marks.startsWith(fence) && rest.trim() === '') fence = undefined
      return true
    }
    if (marks !== '' && !(marks.startsWith('`') && rest.includes('`'))) {
      fence = marks
      return true
    }
    inComment = /^\s*<!--/.test(line) && !line.includes('-->') && index < lastCommentEnd
    return false
  })
}
