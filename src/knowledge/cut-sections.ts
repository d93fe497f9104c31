import type { Heading } from 'mdast'
import { toString as toText } from 'mdast-util-to-string'
import { readMark } from './chat-tokens.js'
import { cleanLine, dropStrayEmphasis } from './clean-line.js'
import type { DocumentBlock } from './parse-markdown.js'

/** A heading and what stands under it, up to the next heading of any depth. */
export interface RawSection {
  readonly depth: number
  /** With its number. */
  readonly heading: string
  /** 1-based. */
  readonly line: number
  readonly blocks: readonly DocumentBlock[]
}

const MAX_HEADING_CHARS = 80
// A rule typed right under a sentence makes it a heading for Markdown; nobody means that.
const MAX_UNDERLINED_CHARS = 40
const ENDS_LIKE_SENTENCE = /[。；！？，：,;]$/

/** Cuts a document at its headings. `before` is what stands above the first. */
export function cutSections(blocks: readonly DocumentBlock[]): {
  readonly before: readonly DocumentBlock[]
  readonly sections: readonly RawSection[]
} {
  const enclosed = findEnclosed(blocks)
  const before: DocumentBlock[] = []
  const sections: (RawSection & { blocks: DocumentBlock[] })[] = []
  for (const [index, block] of blocks.entries()) {
    const heading = enclosed.has(index) ? undefined : readHeading(block)
    if (heading) sections.push(heading)
    else (sections.at(-1)?.blocks ?? before).push(block)
  }
  return { before, sections }
}

/** Blocks inside an admonition: a heading there is no section of its own. */
function findEnclosed(blocks: readonly DocumentBlock[]): ReadonlySet<number> {
  const enclosed = new Set<number>()
  const open: number[] = []
  for (const [index, { node }] of blocks.entries()) {
    const mark = readMark(node)
    if (mark?.kind === 'open') open.push(index)
    const start = mark?.kind === 'close' ? open.pop() : undefined
    // Only the outermost needs to be walked; the inner ones lie within it.
    if (start !== undefined && open.length === 0) for (let at = start; at < index; at++) enclosed.add(at)
  }
  return enclosed
}

function readHeading({
  node,
  line,
  definitions,
}: DocumentBlock): (RawSection & { blocks: DocumentBlock[] }) | undefined {
  if (node.type !== 'heading') return undefined
  const heading = headingText(node)
  if (heading === '') return undefined
  const { start, end } = node.position ?? {}
  const isUnderlined = start?.line !== end?.line
  const isSentence = [...heading].length > MAX_UNDERLINED_CHARS || ENDS_LIKE_SENTENCE.test(heading)
  if (isUnderlined && (isSentence || Number(end?.line) - Number(start?.line) > 1)) return undefined
  const pictures = node.children.filter(({ type }) => type === 'image' || type === 'imageReference')
  return {
    depth: node.depth,
    heading: [...heading].slice(0, MAX_HEADING_CHARS).join(''),
    line,
    blocks: pictures.length > 0 ? [{ node: { type: 'paragraph', children: pictures }, line, definitions }] : [],
  }
}

const headingText = (node: Heading): string =>
  cleanLine(dropStrayEmphasis(toText(node, { includeImageAlt: false }))).replace(/\s*\{#[^{}]*\}$/, '')
