import { type Guide, type Problem, type Section, warningAt } from '../../model/knowledge.js'
import { type AuthoredAnswer, takeInlineAnswers } from '../short-answers.js'
import { giveSectionRoles, readFrontMatter } from './front-matter.js'
import { readHeadingNumber } from './keys.js'
import {
  type AdmonitionOpening,
  type DocumentBlock,
  findFences,
  markAdmonitions,
  parseMarkdown,
  toSourceLines,
  unwrapMdxFences,
} from './markdown.js'
import { stripMdx } from './mdx.js'
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
export function parseGuide({ file, text }: { readonly file: string; readonly text: string }): ParsedGuide {
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
