import type { Code, List, ListItem, PhrasingContent, RootContent, Table, TableCell } from 'mdast'
import type { GuidePicture } from '../model/knowledge.js'
import { cleanLine, splitLongLine } from './clean-line.js'
import { type Definitions, readInline } from './inline-text.js'
import type { AdmonitionOpening } from './mark-admonitions.js'
import type { DocumentBlock } from './parse-markdown.js'
import { CLOSE_MARK, OPEN_MARK } from './source-lines.js'

/** A guide's body, ready to be told in a chat, in reading order. */
export type ChatToken =
  | {
      readonly kind: 'line'
      /** `1. `, `2) `, `· ` or empty. */
      readonly prefix: string
      readonly text: string
      /** 1-based line of the file. */
      readonly line: number
    }
  | { readonly kind: 'picture'; readonly picture: GuidePicture }
  | {
      readonly kind: 'admonition'
      readonly opening: AdmonitionOpening
      readonly tokens: readonly ChatToken[]
    }

interface Place {
  readonly definitions: Definitions
  readonly openings: readonly AdmonitionOpening[]
  /** Add to a node's own line to get the line of the file. */
  readonly lineOffset: number
  readonly depth: number
  /** How many lists surround the node. */
  readonly listDepth: number
}

// Deeper nesting is nobody's guide.
const MAX_DEPTH = 100

/** Turns top-level blocks (headings excluded) into chat tokens, admonitions folded. */
export function toChatTokens(
  blocks: readonly DocumentBlock[],
  openings: readonly AdmonitionOpening[],
): readonly ChatToken[] {
  return fold(
    blocks.flatMap(({ node, line, definitions }) => {
      const lineOffset = line - (node.position?.start.line ?? line)
      return readBlock(node, { definitions, openings, lineOffset, depth: 0, listDepth: 0 })
    }),
    openings,
  )
}

/** `index` points into the openings of `markAdmonitions`. */
export type AdmonitionMark = { readonly kind: 'open'; readonly index: number } | { readonly kind: 'close' }
type FlatToken = ChatToken | AdmonitionMark

function readBlock(node: RootContent, place: Place): readonly FlatToken[] {
  if (place.depth > MAX_DEPTH) return []
  switch (node.type) {
    case 'paragraph':
      return optional(readMark(node)) ?? readParagraph(node.children, node, place)
    case 'heading':
      return readParagraph(node.children, node, place)
    case 'blockquote':
      return readChildren(node.children, place)
    case 'list':
      return readList(node, place)
    case 'table':
      return readTable(node, place)
    case 'code':
      return readCode(node, place)
    default:
      return []
  }
}

const readChildren = (nodes: readonly RootContent[], place: Place): readonly FlatToken[] =>
  fold(
    nodes.flatMap((node) => readBlock(node, { ...place, depth: place.depth + 1 })),
    place.openings,
  )

const optional = (mark: AdmonitionMark | undefined): readonly AdmonitionMark[] | undefined => mark && [mark]

/** Reads a paragraph made by `markAdmonitions`. */
export function readMark(node: RootContent): AdmonitionMark | undefined {
  const [only, ...others] = node.type === 'paragraph' ? node.children : []
  if (only?.type !== 'text' || others.length > 0) return undefined
  if (only.value === CLOSE_MARK) return { kind: 'close' }
  const index = new RegExp(`^${OPEN_MARK}(\\d+)${OPEN_MARK}$`).exec(only.value)?.[1]
  return index === undefined ? undefined : { kind: 'open', index: Number(index) }
}

/** Gathers what stands between an opening and its close; without a close, all that follows in the same container. */
function fold(tokens: readonly FlatToken[], openings: readonly AdmonitionOpening[]): readonly ChatToken[] {
  const stack: { readonly opening?: AdmonitionOpening; readonly tokens: ChatToken[] }[] = [{ tokens: [] }]
  const close = (): void => {
    const { opening, tokens: inner } = stack.pop()!
    if (opening) stack.at(-1)!.tokens.push({ kind: 'admonition', opening, tokens: inner })
  }
  for (const token of tokens) {
    if (token.kind === 'open') stack.push({ opening: openings[token.index]!, tokens: [] })
    else if (token.kind !== 'close') stack.at(-1)!.tokens.push(token)
    else if (stack.length > 1) close()
  }
  while (stack.length > 1) close()
  return stack[0]!.tokens
}

// The bullets that people type; a list made with them is plain text for Markdown.
const TYPED_BULLET = /^[○●•◦▪■◆‣∙·]\s*/

function readParagraph(
  nodes: readonly PhrasingContent[],
  { position }: { readonly position?: { readonly start: { readonly line: number } } | undefined },
  place: Place,
): readonly ChatToken[] {
  const start = (position?.start.line ?? 1) + place.lineOffset
  return readInline(nodes, place.definitions).flatMap(({ text, pictures, lineOffset }) => {
    const words = text.replace(TYPED_BULLET, '')
    return [
      ...lineTokens({ prefix: words === text ? '' : '· ', text: words, line: start + lineOffset }),
      ...pictures.map((picture): ChatToken => ({ kind: 'picture', picture })),
    ]
  })
}

interface Line {
  readonly prefix: string
  readonly text: string
  readonly line: number
}

const lineTokens = ({ prefix, text, line }: Line): readonly ChatToken[] =>
  splitLongLine(text).map((piece, index) => ({
    kind: 'line',
    prefix: index === 0 ? prefix : '',
    text: piece,
    line,
  }))

function readList(list: List, place: Place): readonly FlatToken[] {
  let number = list.ordered ? (list.start ?? 1) : 0
  return list.children.flatMap((item) => {
    const prefix = list.ordered ? (place.listDepth === 0 ? `${number}. ` : `${number}) `) : '· '
    const tokens = readItem(item, prefix, place)
    // An item of nothing but a picture takes no number: the steps are counted as the reader sees them.
    if (tokens.some((token) => token.kind === 'line')) number++
    return tokens
  })
}

function readItem(item: ListItem, prefix: string, place: Place): readonly FlatToken[] {
  const tokens = readChildren(item.children, { ...place, listDepth: place.listDepth + 1 })
  const first = tokens.findIndex((token) => token.kind !== 'picture')
  const token = tokens[first]
  if (token?.kind !== 'line' || (token.prefix !== '' && item.children[0]?.type === 'list')) return tokens
  const text = token.text.replace(/^\[[ xX]\]\s+/, '')
  return tokens.with(first, { ...token, prefix, text })
}

function readTable(table: Table, place: Place): readonly ChatToken[] {
  const [head, ...rows] = table.children
  const names = (head?.children ?? []).map((cell) => readCell(cell, place).text)
  const told = rows.length > 0 ? rows : head ? [head] : []
  return told.flatMap((row) => {
    const cells = row.children.map((cell) => readCell(cell, place))
    const texts = cells.map(({ text }, index) => {
      const name = names[index] ?? ''
      return text === '' || name === '' || row === head ? text : `${name.replace(/[：:]$/, '')}：${text}`
    })
    const line = (row.position?.start.line ?? 1) + place.lineOffset
    return [
      ...lineTokens({ prefix: '', text: texts.filter((text) => text !== '').join('；'), line }),
      ...cells.flatMap(({ pictures }) => pictures).map((picture): ChatToken => ({ kind: 'picture', picture })),
    ]
  })
}

function readCell(cell: TableCell, { definitions }: Place): { text: string; pictures: readonly GuidePicture[] } {
  const lines = readInline(cell.children, definitions)
  const words = lines.map(({ text }) => text.replace(/[；;]$/, '')).filter((text) => text !== '')
  return { text: words.join(' '), pictures: lines.flatMap(({ pictures }) => pictures) }
}

// Drawings in words (mermaid) are nothing that a chat could show.
const DRAWING = new Set(['mermaid', 'plantuml', 'dot'])

function readCode(code: Code, place: Place): readonly ChatToken[] {
  if (DRAWING.has((code.lang ?? '').toLowerCase())) return []
  const start = (code.position?.start.line ?? 1) + place.lineOffset + 1
  return code.value
    .split('\n')
    .flatMap((text, index) => lineTokens({ prefix: '', text: cleanLine(text), line: start + index }))
}
