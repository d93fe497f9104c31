import { type Guide, type Problem, type Section, type SourceFile, warningAt } from '../../model/knowledge.js'
import { readHeadingNumber } from '../keys.js'
import { type AuthoredAnswer, takeInlineAnswers } from '../short-answers.js'
import { giveSectionRoles, readFrontMatter } from './front-matter.js'
import {
  type AdmonitionOpening,
  BREAK,
  type DocumentBlock,
  findFences,
  markAdmonitions,
  parseMarkdown,
  toSourceLines,
  unwrapMdxFences,
} from './markdown.js'
import { buildSections, cutSections, type RawSection } from './sections.js'
import { cleanLine, splitLongLine, toChatTokens } from './text.js'

export interface ParsedGuide {
  readonly guide: Guide
  /** Short answers that stand within its sections. */
  readonly answers: readonly AuthoredAnswer[]
  /** In file order within each section; empty for a faultless guide. */
  readonly problems: readonly Problem[]
}

/**
 * Reads a guide in Docusaurus Markdown, ours (`docs/authoring.md`) or any other.
 * Never throws: what can't be understood stays as plain text, what is wrong becomes a problem.
 *
 * @param file name for ids and problems, e.g. `knowledge/fasttest.md`
 */
export function parseGuide({ file, text }: SourceFile): ParsedGuide {
  try {
    return readGuide(file, text)
  } catch {
    return readAsPlainText(file, text)
  }
}

function readGuide(file: string, text: string): ParsedGuide {
  const written = toSourceLines(text)
  const { lines, ...taken } = takeInlineAnswers(file, written, findFences(written))
  const { bodyIndex, timelines, roles, problems, ...front } = readFrontMatter(file, lines)
  const { blocks, openings } = readDocument(lines, bodyIndex)
  const { before, sections } = cutSections(blocks)
  const id = front.id ?? idOf(file)
  const firstTitle = sections.find(({ depth }) => depth === 1)?.heading
  const title = front.title ?? firstTitle ?? id
  const intro = takeIntro(before, sections)
  const built = buildSections({
    sections: [{ ...intro.section, heading: title }, ...sections.slice(intro.count)],
    openings,
    guideId: id,
    file,
    titles: [title, firstTitle ?? ''],
    timelines,
  })
  const roled = giveSectionRoles(built.sections, roles, { file, timelines })
  const guide = { id, title, file, sections: roled.sections, ...roled.facts }
  return {
    guide,
    answers: taken.answers.map((answer) => intoSection(answer, guide)),
    problems: [
      ...problems,
      ...taken.problems,
      ...built.problems,
      ...roled.problems,
      ...importedParts(file, written),
      ...emptiness(guide),
    ],
  }
}

/** A short answer belongs to the section under whose heading it stands, unless it names another one. */
function intoSection(answer: AuthoredAnswer, { id, file, sections }: Guide): AuthoredAnswer {
  const own = sections.findLast(({ line }) => line <= answer.line)
  const place = { file, line: answer.line, column: 1 }
  return {
    ...answer,
    guideId: id,
    ...(answer.section === undefined && own ? { section: { text: own.key, ...place } } : {}),
  }
}

interface GuideDocument {
  readonly blocks: readonly DocumentBlock[]
  readonly openings: readonly AdmonitionOpening[]
}

function readDocument(lines: readonly string[], bodyIndex: number): GuideDocument {
  const unwrapped = unwrapMdxFences(lines.slice(bodyIndex))
  const body = withFootnotes(unwrapped, findFences(unwrapped))
  const fenced = findFences(body)
  const prose = stripMdx(body.map((line, index) => (fenced[index] ? '' : line)).join('\n')).split('\n')
  const source = body.map((line, index) => ({
    text: fenced[index] ? line : spaceHeading(prose[index] ?? ''),
    line: bodyIndex + index + 1,
  }))
  const { lines: marked, openings } = markAdmonitions(source, fenced)
  return {
    blocks: parseMarkdown(marked, findFences(marked.map(({ text }) => text))),
    openings: openings.map((opening) => ({ ...opening, title: plainTitle(opening.title) })),
  }
}

const FOOTNOTE = /^\[\^([^\]\s]+)\]:[ \t]*(.*)$/
const FOOTNOTE_MARK = /\[\^([^\]\s]+)\]/g
/** A longer note would tear its sentence apart. */
const MAX_NOTE_CHARS = 80
/** `> [!NOTE]`: GitHub's box; its words stand below. */
const GITHUB_ALERT = /^(\s*>\s*)\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/i

/** A footnote is told where it belongs: a chat has no foot of the page. */
function withFootnotes(lines: readonly string[], fenced: readonly boolean[]): readonly string[] {
  const notes = new Map<string, string>()
  for (const [index, line] of lines.entries()) {
    const [, name, words = ''] = (!fenced[index] && FOOTNOTE.exec(line)) || []
    if (name !== undefined) notes.set(name, words.trim().replace(/[。.]$/, ''))
  }
  return lines.map((line, index) => {
    if (fenced[index]) return line
    if (FOOTNOTE.test(line)) return ''
    return line.replace(GITHUB_ALERT, '$1').replace(FOOTNOTE_MARK, (mark, name: string) => {
      const words = notes.get(name)
      if (words === undefined) return mark
      return words === '' || words.length > MAX_NOTE_CHARS ? '' : `（${words}）`
    })
  })
}

const IMPORTED_PART = /^import\s+(\w+)\s+from\s+['"]([^'"]+\.mdx?)['"]/

/** What is written in another file and shown here never gets into the chat. */
function importedParts(file: string, lines: readonly string[]): readonly Problem[] {
  const fenced = findFences(lines)
  return lines.flatMap((line, index): readonly Problem[] => {
    const [, name, path] = (!fenced[index] && IMPORTED_PART.exec(line)) || []
    const used = name === undefined ? -1 : lines.findIndex((one) => new RegExp(`<${name}[\\s/>]`).test(one))
    if (path === undefined || used < 0) return []
    const message = `<${name} /> 的内容写在 ${path} 里，机器人读不到，客户也看不到`
    const remedy = `把 ${path} 里的内容直接写在这里`
    return [warningAt({ file, line: used + 1 }, message, remedy)]
  })
}

const MAX_TITLE_CHARS = 100

/** A block's title is Markdown, too. */
function plainTitle(title: string): string {
  const short = [...title].slice(0, MAX_TITLE_CHARS).join('')
  if (!/[*_`[\]\\&~]/.test(short)) return cleanLine(short)
  const tokens = toChatTokens(parseMarkdown([{ text: short, line: 1 }], [false]), [])
  return cleanLine(tokens.map((token) => (token.kind === 'line' ? token.text : '')).join(' '))
}

/** `##1、标题`: for Markdown no heading, for its author one. A single `#` may be a topic (`#话题#`). */
const spaceHeading = (line: string): string => line.replace(/^(#{2,6})(?=[\p{Script=Han}\d（(])/u, '$1 ')

/** The introduction: what stands above the first heading and under the one that is the page's title. */
function takeIntro(
  before: readonly DocumentBlock[],
  sections: readonly RawSection[],
): { readonly section: RawSection; readonly count: number } {
  const first = sections[0]
  const isPageTitle = first?.depth === 1 && readHeadingNumber(first.heading, false).kind === 'none'
  return {
    section: {
      depth: 0,
      heading: '',
      line: isPageTitle ? first.line : (before[0]?.line ?? 1),
      blocks: isPageTitle ? [...before, ...first.blocks] : before,
    },
    count: isPageTitle ? 1 : 0,
  }
}

/** The file's name without its ending; an index page is called like its folder. */
function idOf(file: string): string {
  const [name = '', folder = ''] = file.split(/[/\\]/).reverse()
  const base = name.replace(/\.mdx?$/i, '')
  return /^(?:index|readme)$/i.test(base) && folder !== '' ? folder : base
}

const emptiness = ({ file, sections }: Guide): readonly Problem[] =>
  sections.length > 0
    ? []
    : [warningAt({ file }, '这份指南里没有可以回答的内容', '写上标题和正文，或把文件名改成 _ 开头')]

/** The last resort, so that one strange file doesn't stop the others. */
function readAsPlainText(file: string, text: string): ParsedGuide {
  const id = idOf(file)
  const lines = toSourceLines(text).flatMap((line) => splitLongLine(cleanLine(line)))
  const section: Section = {
    key: '0',
    guideId: id,
    title: id,
    role: 'intro',
    parts: [{ lines, pictures: [] }],
    required: [],
    tellsTimeline: false,
    supplements: [],
    file,
    line: 1,
  }
  const guide = { id, title: id, file, sections: lines.length > 0 ? [section] : [] }
  const problem = warningAt({ file }, '这份指南的格式读不懂，只当作普通文字', '检查嵌套很深的列表或引用')
  return { guide, answers: [], problems: [problem] }
}

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
function stripMdx(prose: string): string {
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
