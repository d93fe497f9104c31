import type { Code, Definition, List, ListItem, PhrasingContent, RootContent, Table, TableCell } from 'mdast'
import type { GuidePicture } from '../../model/knowledge.js'
import { type AdmonitionOpening, BREAK, CLOSE_MARK, type DocumentBlock, OPEN_MARK, UNSPEAKABLE } from './markdown.js'

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
    .flatMap((text, index) =>
      MAGIC_COMMENT.test(text) ? [] : lineTokens({ prefix: '', text: cleanCode(text), line: start + index }),
    )
}

/** Tells the page what to colour, and readers nothing. */
const MAGIC_COMMENT =
  /^\s*(?:#|\/\/|\/\*|<!--|--|;)\s*(?:highlight-(?:next-line|start|end)|prettier-ignore(?:-start|-end)?|eslint-(?:disable|enable)(?:-next-line)?)\b.*$/
const MAX_INDENT = 24

/** Blanks in front are part of what has to be copied: without them YAML and Python are broken. */
function cleanCode(text: string): string {
  const indent = (/^[ \t]*/.exec(text)?.[0] ?? '').replaceAll('\t', '    ').slice(0, MAX_INDENT)
  const words = cleanLine(text)
  return words === '' ? '' : indent + words
}

/** Longer lines are cut at sentence ends, in characters. */
const MAX_LINE_CHARS = 1000

// GFM's own autolinks swallow Chinese that follows without a blank; ours end at anything that isn't ASCII.
// Without the `u` flag: with it and `i`, 's' and 'k' would fold into letters outside ASCII.
const URL = /https?:\/\/[!#-&(-;=?-[\]_a-z~]+/gi

/** One line fit for a chat: no invisible characters, no doubled blanks, every web address followed by a blank. */
export function cleanLine(text: string): string {
  return (
    text
      .replaceAll(BREAK, ' ')
      // An entity such as `&#7;` may have brought one in.
      .replace(UNSPEAKABLE, '')
      .replace(/&nbsp;?/g, ' ')
      .replace(/[\u200B\u200E\u200F\u2060\u00AD]/g, '')
      .replace(/[\s\u3000]+/g, ' ')
      .trim()
  )
}

/** Puts a blank behind each web address, so that the chat doesn't take the next word for a part of it. */
function freeUrls(text: string): string {
  return text.replace(URL, (match) => {
    const url = trimUrl(match)
    return `${url} ${match.slice(url.length)}`
  })
}

/** Punctuation at the end belongs to the sentence, a bracket only when it was opened inside. */
function trimUrl(url: string): string {
  let end = url.length
  while (end > 0) {
    const last = url[end - 1]!
    if (/[.,;:!?*]/.test(last)) end--
    else if (last === ')' && !isBalanced(url.slice(0, end), '(', ')')) end--
    else if (last === ']' && !isBalanced(url.slice(0, end), '[', ']')) end--
    else break
  }
  return url.slice(0, end)
}

const isBalanced = (text: string, open: string, close: string): boolean =>
  text.split(open).length >= text.split(close).length

/** Drops emphasis marks that CommonMark leaves standing between Chinese punctuation and letters (`**注意：**请`). */
export function dropStrayEmphasis(text: string): string {
  return text
    .replace(/~~(?=\S)([^~\n]*\S)~~/g, '')
    .replace(/\*\*(?=\S)([^*\n]*[^\s*])\*\*/g, '$1')
    .replace(/(?<![*\w])\*(?=\S)([^*\n]*[：。，！？；）】」”])\*(?!\*)/g, '$1')
    .replace(/(?<!\w)(__?)(?=\S)([^_\n]*\p{Script=Han}[^_\n]*)\1(?!\w)/gu, '$2')
}

/** Splits a line into pieces of at most `MAX_LINE_CHARS`, at sentence ends where there are any. */
export function splitLongLine(line: string): readonly string[] {
  const pieces: string[] = []
  let rest = line
  while (rest.length > MAX_LINE_CHARS) {
    const head = rest.slice(0, MAX_LINE_CHARS)
    const sentenceEnd = Math.max(...[...'。！？；!?;'].map((mark) => head.lastIndexOf(mark)))
    const cut = sentenceEnd > 0 ? sentenceEnd + 1 : softEnd(head)
    pieces.push(rest.slice(0, cut).trim())
    rest = rest.slice(cut).trim()
  }
  return [...pieces, rest].filter((piece) => piece !== '')
}

function softEnd(head: string): number {
  const soft = Math.max(head.lastIndexOf('，'), head.lastIndexOf(' '))
  if (soft > 0) return soft + 1
  // Never between the halves of an emoji.
  return /[\uD800-\uDBFF]$/.test(head) ? head.length - 1 : head.length
}

/** A line of chat text and the pictures met in it. `text` may be empty when only pictures stood there. */
interface InlineLine {
  readonly text: string
  readonly pictures: readonly GuidePicture[]
  /** Line breaks of the source before this line, within its paragraph. */
  readonly lineOffset: number
}

type Definitions = ReadonlyMap<string, Definition>

const NEW_LINE = '\n'
// Nobody nests emphasis like this; deeper text is dropped rather than the stack overflowed.
const INLINE_TEXT_MAX_DEPTH = 150

/** Turns the content of a paragraph, heading or cell into chat lines: no marks, links as `文字：https://…`. */
function readInline(nodes: readonly PhrasingContent[], definitions: Definitions): readonly InlineLine[] {
  const lines: InlineLine[] = []
  let text = ''
  let pictures: GuidePicture[] = []
  let lineOffset = 0
  const flush = (): void => {
    const clean = cleanLine(dropStrayEmphasis(text))
    if (clean !== '' || pictures.length > 0) lines.push({ text: clean, pictures, lineOffset })
    text = ''
    pictures = []
  }
  for (const piece of flatten(nodes, definitions, 0)) {
    if (typeof piece !== 'string') {
      pictures.push(piece)
      continue
    }
    for (const part of piece.split(/([\n\uE001])/)) {
      if (part !== NEW_LINE && part !== BREAK) {
        text += part
        continue
      }
      flush()
      if (part === NEW_LINE) lineOffset++
    }
  }
  flush()
  return lines
}

type Piece = string | GuidePicture

function flatten(nodes: readonly PhrasingContent[], definitions: Definitions, depth: number): readonly Piece[] {
  if (depth > INLINE_TEXT_MAX_DEPTH) return []
  return nodes.flatMap((node) => flattenNode(node, definitions, depth + 1))
}

function flattenNode(node: PhrasingContent, definitions: Definitions, depth: number): readonly Piece[] {
  switch (node.type) {
    case 'text':
      return [freeUrls(node.value)]
    case 'inlineCode':
      return [/^https?:\/\/[\x21-\x7e]+$/i.test(node.value) ? `${node.value} ` : node.value]
    case 'break':
      return [NEW_LINE]
    case 'emphasis':
    case 'strong':
    case 'delete':
      return flatten(node.children, definitions, depth)
    case 'link':
      return link(flatten(node.children, definitions, depth), node.url)
    case 'linkReference': {
      const target = definitions.get(node.identifier)
      return link(flatten(node.children, definitions, depth), target?.url ?? '')
    }
    case 'image':
      return picture(node.url, node.alt || node.title)
    case 'imageReference':
      return picture(definitions.get(node.identifier)?.url ?? '', node.alt)
    default:
      // Raw HTML and footnotes are not parsed, see `parseMarkdown`.
      return []
  }
}

/** `文字：https://… `; a link inside the site can't be followed from a chat, so only its words stay. */
function link(label: readonly Piece[], url: string): readonly Piece[] {
  if (!/^(?:https?:\/\/|mailto:)/i.test(url)) return label
  const words = label.filter((piece) => typeof piece === 'string').join('')
  const address = url.replace(/^mailto:/i, '').replace(/[^\x21-\x7e]/g, encodeCharacter)
  if (words.includes(address)) return label
  const isAddressItself = /^(?:https?:|www\.|[\w-]+(?:\.[\w-]+)+)/i.test(words.trim()) && !/[^\x20-\x7e]/.test(words)
  const pictures = label.filter((piece) => typeof piece !== 'string')
  if (words.trim() === '' || isAddressItself) return [...pictures, ` ${address} `]
  const join = /[：:]\s*$/.test(words) ? '' : '：'
  return [...label, `${join}${address} `]
}

function encodeCharacter(character: string): string {
  return /\s/.test(character) ? '%20' : [...new TextEncoder().encode(character)].map(percent).join('')
}

const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

/** An editor's own file name says nothing about what is seen. */
const FILE_NAME = /^(?:image|img|pic|picture|screenshot|截图|图片)?[-_ ()\d]*(?:\.(?:png|jpe?g|gif|webp|bmp|svg))?$/i

function picture(url: string, alt: string | null | undefined): readonly GuidePicture[] {
  const path = url
    .replace(/[?#].*$/s, '')
    .replace(/^@site\/static/, '')
    .replace(/^pathname:\/\//, '')
    .trim()
  if (path === '' || path.startsWith('data:')) return []
  const words = cleanLine(alt ?? '')
  return [{ path, alt: FILE_NAME.test(words) ? '' : words }]
}
