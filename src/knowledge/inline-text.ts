import type { Definition, PhrasingContent } from 'mdast'
import type { GuidePicture } from '../model/knowledge.js'
import { cleanLine, dropStrayEmphasis, freeUrls } from './clean-line.js'
import { BREAK } from './source-lines.js'

/** A line of chat text and the pictures met in it. `text` may be empty when only pictures stood there. */
export interface InlineLine {
  readonly text: string
  readonly pictures: readonly GuidePicture[]
  /** Line breaks of the source before this line, within its paragraph. */
  readonly lineOffset: number
}

export type Definitions = ReadonlyMap<string, Definition>

const NEW_LINE = '\n'
// Nobody nests emphasis like this; deeper text is dropped rather than the stack overflowed.
const MAX_DEPTH = 150

/** Turns the content of a paragraph, heading or cell into chat lines: no marks, links as `文字：https://…`. */
export function readInline(nodes: readonly PhrasingContent[], definitions: Definitions): readonly InlineLine[] {
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
  if (depth > MAX_DEPTH) return []
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
