import type { Definition, Root, RootContent } from 'mdast'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'
import remarkParse from 'remark-parse'
import { type Processor, unified } from 'unified'
import type { SourceLine } from './mark-admonitions.js'

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
