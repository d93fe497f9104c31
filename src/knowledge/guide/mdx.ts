import { BREAK } from './markdown.js'

const NAMES_OF_HTML = new Set(
  'a abbr address article aside audio b big blockquote br button caption center cite code col colgroup dd del details dfn div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label li link main mark meta nav object ol option p picture pre q s samp script section select small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time tr tt u ul var video wbr'.split(
    ' ',
  ),
)
const BREAKS_LINE = new Set(
  'address article aside blockquote br caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section summary table tbody tfoot thead tr ul tabs tabitem'.split(
    ' ',
  ),
)
const DROPPED_WITH_CONTENT = new Set(['script', 'style', 'svg', 'template'])

/** What replaces a piece of the source, and where reading goes on. */
interface Step {
  readonly to: number
  readonly emit: string
}

interface Surroundings {
  /** Position of the last `-->`; nothing behind it needs to be searched for one. */
  readonly lastCommentEnd: number
  /** The same for the end of an MDX comment. */
  readonly lastExpressionEnd: number
  readonly closedNames: ReadonlySet<string>
  readonly tabLabels: ReadonlyMap<string, string>
}

/**
 * Turns HTML and MDX into plain Markdown: comments, imports and components go, `<img>` and `<a>` become their Markdown
 * forms, a tab's label becomes a line, cells and blocks become line breaks. Code spans stay as they are.
 * Line breaks are kept, so that line numbers stay right.
 *
 * @param prose text without fenced code blocks
 */
export function stripMdx(prose: string): string {
  const text = dropModuleLines(prose)
  const around: Surroundings = {
    closedNames: new Set([...text.matchAll(/<\/([A-Za-z][\w.:-]*)\s*>/g)].map((match) => match[1]!)),
    tabLabels: readTabLabels(text),
    lastCommentEnd: text.lastIndexOf('-->'),
    lastExpressionEnd: text.lastIndexOf('*/}'),
  }
  const special = /[\\`<{]/g
  let out = ''
  let at = 0
  for (;;) {
    special.lastIndex = at
    const next = special.exec(text)?.index
    if (next === undefined) break
    const step = takeStep(text, next, around)
    const consumed = text.slice(next, step.to)
    out += text.slice(at, next) + step.emit + '\n'.repeat(Math.max(0, newlines(consumed) - newlines(step.emit)))
    at = step.to
  }
  return blankBareBreaks(out + text.slice(at))
}

const newlines = (text: string): number => text.split('\n').length - 1

/** A line of nothing but former tags must not become a paragraph, else `---` under it would make it a heading. */
const blankBareBreaks = (text: string): string => text.replace(new RegExp(`^[ \\t${BREAK}]+$`, 'gm'), '')

function takeStep(text: string, at: number, around: Surroundings): Step {
  switch (text[at]) {
    case '\\':
      return keep(text, at, 2)
    case '`':
      return codeSpan(text, at)
    case '{':
      return expression(text, at, around)
    default:
      return angleBracket(text, at, around)
  }
}

const keep = (text: string, at: number, length: number): Step => ({
  to: Math.min(text.length, at + length),
  emit: text.slice(at, at + length),
})

function codeSpan(text: string, at: number): Step {
  const ticks = /^`+/.exec(text.slice(at, at + 100))![0]
  const paragraph = text.slice(at + ticks.length, at + 2000).split(/\n[ \t]*\n/, 1)[0]!
  const end = new RegExp(`(?<!\`)${ticks}(?!\`)`).exec(paragraph)
  return keep(text, at, end ? ticks.length + end.index + ticks.length : ticks.length)
}

function expression(text: string, at: number, { lastExpressionEnd }: Surroundings): Step {
  if (at < lastExpressionEnd && text.startsWith('{/*', at)) {
    const end = text.indexOf('*/}', at)
    if (end !== -1) return { to: end + 3, emit: '' }
  }
  const blank = /^\{\s*(['"`])( *)\1\s*\}/.exec(text.slice(at, at + 40))
  if (blank) return { to: at + blank[0].length, emit: blank[2]! }
  const anchor = /^\{#[\w-]+\}[ \t]*(?=\n|$)/.exec(text.slice(at, at + 200))
  if (anchor) return { to: at + anchor[0].length, emit: '' }
  return keep(text, at, 1)
}

function angleBracket(text: string, at: number, around: Surroundings): Step {
  if (text.startsWith('<!--', at)) {
    const end = at < around.lastCommentEnd ? text.indexOf('-->', at + 4) : -1
    return { to: end === -1 ? at + 4 : end + 3, emit: '' }
  }
  const fragment = /^<\/?>/.exec(text.slice(at, at + 3))
  if (fragment) return { to: at + fragment[0].length, emit: '' }
  const tag = readTag(text, at)
  if (!tag || !isMarkup(tag, around)) return keep(text, at, 1)
  const name = tag.name.toLowerCase()
  if (DROPPED_WITH_CONTENT.has(name) && !tag.closing && !tag.selfClosing && around.closedNames.has(tag.name)) {
    const end = text.indexOf(`</${tag.name}`, at)
    const close = end === -1 ? -1 : text.indexOf('>', end)
    if (close !== -1) return { to: close + 1, emit: '' }
  }
  if (name === 'a' && !tag.closing) return anchorElement(text, at, tag)
  return { to: at + tag.source.length, emit: replaceTag(tag, around) }
}

/** `<AppID>` in a sentence is a placeholder, not an element: nothing closes it and it has no attributes. */
const isMarkup = (tag: Tag, { closedNames }: Surroundings): boolean =>
  tag.closing || tag.selfClosing || tag.attributes.size > 0 || NAMES_OF_HTML.has(tag.name) || closedNames.has(tag.name)

function anchorElement(text: string, at: number, tag: Tag): Step {
  const start = at + tag.source.length
  const end = text.slice(start, start + 500).indexOf('</a>')
  const label = text.slice(start, start + Math.max(0, end))
  const href = tag.attributes.get('href') ?? ''
  if (end === -1 || href === '' || /[[\]<\n]/.test(label)) return { to: start, emit: '' }
  return { to: start + end + '</a>'.length, emit: `[${label}](<${escapeTarget(href)}>)` }
}

function replaceTag(tag: Tag, { tabLabels }: Surroundings): string {
  const name = tag.name.toLowerCase()
  if (name === 'img' && !tag.closing) return imageOf(tag)
  if (name === 'tabitem' && !tag.closing) {
    const value = tag.attributes.get('value') ?? ''
    return `${BREAK}${tag.attributes.get('label') ?? tabLabels.get(value) ?? value}${BREAK}`
  }
  if (name === 'li') return tag.closing ? BREAK : `${BREAK}· `
  if (name === 'td' || name === 'th') return tag.closing ? '；' : ''
  return BREAKS_LINE.has(name) ? BREAK : ''
}

function imageOf({ attributes }: Tag): string {
  const source = attributes.get('src') ?? ''
  const alt = (attributes.get('alt') ?? attributes.get('title') ?? '').replace(/[[\]\\\n`]/g, ' ')
  return source === '' ? '' : `![${alt}](<${escapeTarget(source)}>)`
}

const escapeTarget = (target: string): string => target.replace(/[<>\n\\]/g, '')

/** Labels of a legacy `<Tabs values={[{label: '安卓', value: 'android'}]}>`, by value. */
function readTabLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  for (const [entry] of text.matchAll(/\{[^{}]{0,300}\blabel\s*:[^{}]{0,300}\}/g)) {
    const label = /\blabel\s*:\s*['"]([^'"]*)['"]/.exec(entry)?.[1]
    const value = /\bvalue\s*:\s*['"]([^'"]*)['"]/.exec(entry)?.[1]
    if (label && value) labels.set(value, label)
  }
  return labels
}

const WHOLE_IMPORT = /^import\s+(?:['"]|.*\sfrom\s+['"])/
const MODULE_BLOCK = /^(?:import\s+\{[^}]*$|export\s+(?:const|let|var|function|class|default|async|\{|\*))/

/** MDX modules stand after a blank line; an export or an import of several lines ends at the next one. */
function dropModuleLines(text: string): string {
  let dropping = false
  let afterBlank = true
  return text
    .split('\n')
    .map((line) => {
      if (line.trim() === '') dropping = false
      else if (!dropping && afterBlank && WHOLE_IMPORT.test(line)) return ''
      else dropping ||= afterBlank && MODULE_BLOCK.test(line)
      afterBlank = line.trim() === ''
      return dropping ? '' : line
    })
    .join('\n')
}

/** One HTML or JSX tag as it stands in the text. */
interface Tag {
  readonly name: string
  readonly closing: boolean
  readonly selfClosing: boolean
  readonly attributes: ReadonlyMap<string, string>
  /** The tag itself, from `<` to `>`. */
  readonly source: string
}

const TAG_START = /<(\/?)([A-Za-z][\w.:-]*)(?=[\s/>{])/y
const ATTRIBUTE = /([A-Za-z_][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{((?:[^{}]|\{[^{}]*\})*)\}|([^\s"'{}>]+))/g
// Long enough for a legacy `<Tabs values={[…]}>`, short enough that a stray `<` costs nothing.
const MAX_TAG_CHARS = 3000

/** Reads the tag that begins at `at`; undefined when what stands there isn't one. */
function readTag(text: string, at: number): Tag | undefined {
  TAG_START.lastIndex = at
  const start = TAG_START.exec(text)
  if (!start) return undefined
  const end = findTagEnd(text, TAG_START.lastIndex, at + MAX_TAG_CHARS)
  if (end === undefined) return undefined
  const source = text.slice(at, end)
  return {
    name: start[2]!,
    closing: start[1] === '/',
    selfClosing: source.endsWith('/>'),
    attributes: readAttributes(source),
    source,
  }
}

/** Position after the closing `>`; quotes and braces may hold further ones. */
function findTagEnd(text: string, from: number, limit: number): number | undefined {
  let quote = ''
  let depth = 0
  for (let at = from; at < Math.min(text.length, limit); at++) {
    const char = text[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'" || (char === '`' && depth > 0)) quote = char
    else if (char === '{') depth++
    else if (char === '}') depth--
    else if (depth > 0) continue
    else if (char === '>') return at + 1
    else if (char === '<' || (char === '\n' && text[at + 1] === '\n')) return undefined
  }
  return undefined
}

function readAttributes(source: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name, double, single, braced, bare] of source.matchAll(ATTRIBUTE)) {
    // `{require('@site/static/img/a.png').default}` and `{useBaseUrl('/img/a.png')}` name a file, too.
    const value = double ?? single ?? bare ?? /['"`]([^'"`]*)['"`]/.exec(braced ?? '')?.[1] ?? braced ?? ''
    attributes.set(name!, value)
  }
  return attributes
}
