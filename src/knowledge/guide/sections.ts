import type { Heading } from 'mdast'
import { toString as toText } from 'mdast-util-to-string'
import {
  type GuidePicture,
  type Problem,
  type Section,
  type SectionPart,
  type Supplement,
  warningAt,
} from '../../model/knowledge.js'
import { assignKeys, type KeyedHeading } from '../keys.js'
import { nearest } from '../yaml.js'
import { readSupplement } from './front-matter.js'
import type { AdmonitionOpening, DocumentBlock } from './markdown.js'
import { type ChatToken, cleanLine, dropStrayEmphasis, readMark, toChatTokens } from './text.js'

export interface SectionSource {
  /** First the introduction, then every heading. */
  readonly sections: readonly [RawSection, ...RawSection[]]
  readonly openings: readonly AdmonitionOpening[]
  readonly guideId: string
  readonly file: string
  readonly titles: readonly string[]
  readonly timelines: ReadonlyMap<string, string>
}

interface Draft {
  readonly keyed: KeyedHeading
  readonly raw: RawSection
  readonly body: SectionBody
}

const INTRO_KEY = '0'
// More is no answer for a phone.
const MAX_POINTERS = 20

/** Turns headings and their blocks into sections; headings that only group others are left out. */
export function buildSections(source: SectionSource): {
  readonly sections: readonly Section[]
  readonly problems: readonly Problem[]
} {
  const [intro, ...headed] = source.sections
  const problems: Problem[] = []
  const read = (raw: RawSection, title: string): SectionBody => {
    const { titles, file, timelines } = source
    const tokens = toChatTokens(raw.blocks, source.openings)
    const assembled = assembleBody(tokens, { file, timelines, titles: [...titles, title, raw.heading] })
    problems.push(...assembled.problems)
    return assembled.body
  }
  const introBody = read(intro, intro.heading)
  const hasIntro = hasContent(introBody)
  const keys = assignKeys(
    headed.map(({ depth, heading }) => ({ depth, text: heading })),
    hasIntro ? [INTRO_KEY] : [],
  )
  const drafts = headed.map((raw, index): Draft => ({ keyed: keys[index]!, raw, body: read(raw, keys[index]!.title) }))
  const kept = findKept(drafts)
  problems.push(...drafts.flatMap((draft, index) => remarks(draft, { kept: kept.has(index), file: source.file })))
  const sections = drafts.flatMap((draft, index) =>
    kept.has(index) ? [toSection(draft, { source, pointers: () => pointersOf(index, drafts, kept) })] : [],
  )
  const introduction = { keyed: { key: INTRO_KEY, title: intro.heading }, raw: intro, body: introBody }
  return { sections: hasIntro ? [toSection(introduction, { source }), ...sections] : sections, problems }
}

const hasContent = ({ parts, required, supplements, handoff }: SectionBody): boolean =>
  parts.length > 0 || required.length > 0 || supplements.length > 0 || handoff !== undefined

/** Whatever has content, and numbered headings above such: people ask for their number. */
function findKept(drafts: readonly Draft[]): ReadonlySet<number> {
  const kept = new Set<number>()
  const hasKeptBelow = new Set<number>()
  for (const [index, { keyed, body }] of [...drafts.entries()].reverse()) {
    const isKept = hasContent(body) || (keyed.numbered && hasKeptBelow.has(index))
    if (isKept) kept.add(index)
    if ((isKept || hasKeptBelow.has(index)) && keyed.parent !== undefined) hasKeptBelow.add(keyed.parent)
  }
  return kept
}

/** Lines for a section without text of its own: where its children stand. */
function pointersOf(index: number, drafts: readonly Draft[], kept: ReadonlySet<number>): readonly string[] {
  const lines: string[] = []
  for (let child = index + 1; child < drafts.length; child++) {
    const { keyed, raw } = drafts[child]!
    if (raw.depth <= drafts[index]!.raw.depth) break
    if (keyed.parent !== index || lines.length >= MAX_POINTERS) continue
    lines.push(...(kept.has(child) ? [pointerLine(keyed)] : pointersOf(child, drafts, kept)))
  }
  return lines
}

const pointerLine = ({ key, title }: Pick<KeyedHeading, 'key' | 'title'>): string => `见 ${key}：${title}`

function toSection(
  { keyed, raw, body }: { keyed: Pick<KeyedHeading, 'key' | 'title'>; raw: RawSection; body: SectionBody },
  { source, pointers = () => [] }: { source: SectionSource; pointers?: () => readonly string[] },
): Section {
  return {
    ...body,
    key: keyed.key,
    guideId: source.guideId,
    title: keyed.title,
    ...(keyed.key === INTRO_KEY ? { role: 'intro' as const } : {}),
    parts: hasContent(body) ? body.parts : [{ lines: pointers(), pictures: [] }],
    file: source.file,
    line: raw.line,
  }
}

function remarks(
  { keyed, raw }: Draft,
  { kept, file }: { readonly kept: boolean; readonly file: string },
): readonly Problem[] {
  const place = { file, line: raw.line }
  if (keyed.numbered && /-\d+$/.test(keyed.key)) {
    return [warningAt(place, `“${raw.heading}”的编号用过了，这一节叫 ${keyed.key}`, '换一个编号')]
  }
  return kept || !keyed.numbered
    ? []
    : [warningAt(place, `“${raw.heading}”下面没有内容，不会回答`, '写上内容，或删掉这个标题')]
}

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

/** Everything of a section but its heading. */
interface SectionBody {
  readonly parts: readonly SectionPart[]
  readonly required: readonly string[]
  readonly timeline?: string
  readonly tellsTimeline: boolean
  readonly next?: string
  readonly handoff?: string
  readonly supplements: readonly Supplement[]
}

interface BodySurroundings {
  readonly file: string
  /** Lines that say no more than one of these are left out: the guide's and the section's titles. */
  readonly titles: readonly string[]
  /** Name → line, from the front matter. */
  readonly timelines: ReadonlyMap<string, string>
}

/** Names that mean something, by the kinds of boxes that they are written for. */
const NAMES_BY_KIND: Readonly<Record<string, readonly string[]>> = {
  info: ['需要的截图', '补充'],
  note: ['时效'],
  tip: ['下一步'],
  caution: ['转人工'],
  warning: ['转人工'],
  danger: ['转人工'],
}
const ALL_NAMES = [...new Set(Object.values(NAMES_BY_KIND).flat())]
/** As like as 需要的图 is to 需要的截图, 0..1. */
const MISTYPED = 0.75
/** Longer titles are an author's own words. */
const MAX_NAME_CHARS = 5

/**
 * The name that an author meant by one that does not exist: one much like it, or, for a box of the kind that this name
 * is written for, one that shares a character of it (时小, 找人).
 */
function mistypedName({ keyword, title }: AdmonitionOpening): string | undefined {
  if (title === '' || SAYS_NOTHING.test(title)) return undefined
  const alike = nearest(title, ALL_NAMES, MISTYPED)
  if (alike !== undefined || [...title].length > MAX_NAME_CHARS) return alike
  return NAMES_BY_KIND[keyword]?.find((name) => [...name].some((char) => char !== '的' && title.includes(char)))
}

type Admonition = Extract<ChatToken, { kind: 'admonition' }>

/** Sorts a section's tokens into body, required screenshots, timeline and so on. */
function assembleBody(
  tokens: readonly ChatToken[],
  around: BodySurroundings,
): { readonly body: SectionBody; readonly problems: readonly Problem[] } {
  const desk = new BodyDesk(around)
  desk.takeAll(tokens)
  return desk.finish()
}

const TELLS_ITSELF = '本节'
const NO_TIMELINE = '无'
const WARNS = new Set(['caution', 'warning', 'danger'])
const SAYS_NOTHING =
  /^(?:note|tip|info|caution|warning|danger|important|注意|提示|警告|说明|小提示|温馨提示|注意事项)?[:：!！]?$/i
// 「实例」 under a picture is a caption of what can't be seen in the text.
const MAX_CAPTION_CHARS = 3

class BodyDesk {
  readonly #around: BodySurroundings
  readonly #titles: ReadonlySet<string>
  readonly #parts: { lines: string[]; pictures: GuidePicture[] }[] = []
  readonly #required: string[] = []
  readonly #supplements: Supplement[] = []
  readonly #problems: Problem[] = []
  readonly #fields: { timeline?: string; tellsTimeline?: boolean; next?: string; handoff?: string } = {}
  #timelineSeen = false

  constructor(around: BodySurroundings) {
    this.#around = around
    this.#titles = new Set(around.titles.map(bare).filter((title) => title !== ''))
  }

  takeAll(tokens: readonly ChatToken[]): void {
    for (const token of tokens) {
      if (token.kind === 'line') this.#takeLine(token)
      else if (token.kind === 'picture') this.#takePicture(token.picture)
      else this.#takeAdmonition(token)
    }
  }

  finish(): { readonly body: SectionBody; readonly problems: readonly Problem[] } {
    const { tellsTimeline = false, ...fields } = this.#fields
    return {
      body: {
        parts: this.#parts,
        required: this.#required,
        ...fields,
        tellsTimeline,
        supplements: this.#supplements,
      },
      problems: this.#problems,
    }
  }

  #takeLine({ prefix, text }: { readonly prefix: string; readonly text: string }): void {
    const last = this.#parts.at(-1)
    const afterPicture = last !== undefined && last.pictures.length > 0
    if (prefix === '') {
      if (this.#titles.has(bare(text))) return
      if (afterPicture && /^\p{L}+$/u.test(text) && [...text].length <= MAX_CAPTION_CHARS) return
    }
    if (last === undefined || afterPicture) this.#parts.push({ lines: [prefix + text], pictures: [] })
    else last.lines.push(prefix + text)
  }

  #takePicture(picture: GuidePicture): void {
    if (this.#parts.length === 0) this.#parts.push({ lines: [], pictures: [] })
    this.#parts.at(-1)!.pictures.push(picture)
  }

  #takeAdmonition({ opening, tokens }: Admonition): void {
    const lines = linesOf(tokens)
    const take = this.#blocks.get(opening.title.replace(/[:：]$/, ''))
    if (opening.unclosed) this.#warn(opening, '这个方框没有结束', '在它的最后另起一行写 :::')
    if (!take) {
      this.#takeOther(opening, tokens)
      return
    }
    if (lines.length > 0) take(lines, opening)
    else this.#warn(opening, `“${opening.title}”里没有内容`, '写上内容，或删掉这个方框')
    // A picture in such a block still belongs to the section.
    for (const picture of picturesOf(tokens)) this.#takePicture(picture)
  }

  readonly #blocks = new Map<string, (lines: readonly string[], opening: AdmonitionOpening) => void>([
    ['需要的截图', (lines) => this.#required.push(...lines)],
    ['时效', (lines, opening) => this.#takeTimeline(lines[0]!, opening)],
    ['下一步', (lines) => this.#append('next', lines)],
    ['转人工', (lines) => this.#append('handoff', lines)],
    ['补充', (lines, opening) => this.#takeSupplement(lines, opening)],
  ])

  #append(field: 'next' | 'handoff', lines: readonly string[]): void {
    this.#fields[field] = [this.#fields[field] ?? '', ...lines].join(' ').trim()
  }

  #takeSupplement(lines: readonly string[], { line }: AdmonitionOpening): void {
    const { supplement, problems } = readSupplement({ lines, file: this.#around.file, line })
    this.#problems.push(...problems)
    if (supplement) this.#supplements.push(supplement)
  }

  #takeTimeline(name: string, opening: AdmonitionOpening): void {
    if (this.#timelineSeen) this.#warn(opening, '这一节写了两次时效', '只留一处')
    this.#timelineSeen = true
    const { timelines } = this.#around
    const timeline = timelines.get(name)
    if (name === TELLS_ITSELF) this.#fields.tellsTimeline = true
    else if (timeline !== undefined) this.#fields.timeline = timeline
    else if (name !== NO_TIMELINE) {
      const known = [...timelines.keys(), TELLS_ITSELF, NO_TIMELINE].map((word) => `“${word}”`).join('、')
      this.#report('error', { line: opening.line + 1, message: `没有叫“${name}”的时效`, remedy: `可以写：${known}` })
    }
  }

  /** Stays in the body, unless its name is a slip; its first line tells what kind of remark it is. */
  #takeOther(opening: AdmonitionOpening, tokens: readonly ChatToken[]): void {
    const meant = mistypedName(opening)
    if (meant) {
      const remedy = `要的是“${meant}”就照样写；只是一句提醒，就去掉方括号里的字`
      const message = `没有叫“${opening.title}”的方框，里面的话先不发给客户`
      const fix = { replace: `[${opening.title}]`, by: `[${meant}]` }
      this.#report('warning', { line: opening.line, message, remedy, fix })
      for (const picture of picturesOf(tokens)) this.#takePicture(picture)
      return
    }
    const label = WARNS.has(opening.keyword) ? '注意：' : '提示：'
    const title = SAYS_NOTHING.test(opening.title) ? '' : opening.title
    const [first, ...others] = tokens
    if (title === '' && first?.kind === 'line' && first.prefix === '') {
      this.#takeLine({ prefix: label, text: first.text })
      this.takeAll(others)
      return
    }
    if (title !== '' || linesOf(tokens).length > 0) this.#takeLine({ prefix: label, text: title })
    this.takeAll(tokens)
  }

  #warn({ line }: AdmonitionOpening, message: string, remedy: string): void {
    this.#report('warning', { line, message, remedy })
  }

  #report(severity: Problem['severity'], problem: Pick<Problem, 'line' | 'message' | 'remedy' | 'fix'>): void {
    this.#problems.push({ severity, file: this.#around.file, column: 1, ...problem })
  }
}

/** Only letters and digits: what two titles are compared by. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()

const linesOf = (tokens: readonly ChatToken[]): readonly string[] =>
  tokens.flatMap((token) =>
    token.kind === 'line' ? [token.text] : token.kind === 'admonition' ? linesOf(token.tokens) : [],
  )

const picturesOf = (tokens: readonly ChatToken[]): readonly GuidePicture[] =>
  tokens.flatMap((token) =>
    token.kind === 'picture' ? [token.picture] : token.kind === 'admonition' ? picturesOf(token.tokens) : [],
  )
