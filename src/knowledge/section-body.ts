import type { GuidePicture, Problem, SectionPart, Supplement } from '../model/knowledge.js'
import type { ChatToken } from './chat-tokens.js'
import type { AdmonitionOpening } from './mark-admonitions.js'
import { nearest } from './nearest.js'
import { readSupplement } from './read-supplement.js'

/** Everything of a section but its heading. */
export interface SectionBody {
  readonly parts: readonly SectionPart[]
  readonly required: readonly string[]
  readonly timeline?: string
  readonly tellsTimeline: boolean
  readonly next?: string
  readonly handoff?: string
  readonly supplements: readonly Supplement[]
}

export interface BodySurroundings {
  readonly file: string
  /** Lines that say no more than one of these are left out: the guide's and the section's titles. */
  readonly titles: readonly string[]
  /** Name → line, from the front matter. */
  readonly timelines: ReadonlyMap<string, string>
}

type Admonition = Extract<ChatToken, { kind: 'admonition' }>

/** Sorts a section's tokens into body, required screenshots, timeline and so on. */
export function assembleBody(
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

  /** Stays in the body; its first line tells what kind of remark it is. */
  #takeOther(opening: AdmonitionOpening, tokens: readonly ChatToken[]): void {
    const meant = nearest(opening.title, this.#blocks.keys(), 0.75)
    if (meant) this.#warn(opening, `“${opening.title}”不是方框的名字，当作正文`, `如果是“${meant}”，请照样写`)
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

  #report(severity: Problem['severity'], problem: Pick<Problem, 'line' | 'message' | 'remedy'>): void {
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
