import { z } from 'zod'
import {
  errorAt,
  type Guide,
  type Problem,
  type Section,
  type ShortAnswer,
  type Source,
  type SourceFile,
  warningAt,
} from '../model/knowledge.js'
import type { AuthoredText, MoreAsks } from './intents.js'
import { ownKey, repeated } from './keys.js'
import { nearest, readShaped } from './yaml.js'

/** A short answer as it stands in a file, not yet bound to a section. */
export interface AuthoredAnswer {
  readonly id: string
  /** Told to authors; a short answer within a guide needs none. */
  readonly title: string
  readonly asks: readonly AuthoredText[]
  readonly followUps: readonly AuthoredText[]
  readonly lines: readonly string[]
  /** As written; absent for what lies outside the guide, and for what stands in a guide's section. */
  readonly section?: AuthoredText
  /** The guide that it stands in; absent in a file of its own. */
  readonly guideId?: string
  readonly topic: string
  readonly beyond: boolean
  readonly whole: boolean
  readonly source: Source
  readonly file: string
  /** 1-based line of its first `问：`. */
  readonly line: number
}

export interface ParsedAnswers {
  readonly answers: readonly AuthoredAnswer[]
  readonly problems: readonly Problem[]
}

/** One line of a file and where it stands there. */
interface NumberedLine {
  readonly text: string
  readonly line: number
}

const LABELS = ['问', '追问', '答', '编号', '节', '来源', '日期', '强度', '性质'] as const
type Label = (typeof LABELS)[number]

const LABELLED = /^\s*(\p{Script=Han}{1,4})\s*[:：]\s*(.*)$/u
const SEPARATOR = /\s+\/\s*|\s*\/\s+|／/
const MAX_LINES = 3
const MAX_CHARS = 120
const MIN_ASKS = 4
/** Nobody here knows; asks for the whole section; for its steps where it is asked how. */
const KINDS = { beyond: '指南外', whole: '整节', steps: '步骤' } as const

const words = z.string().trim().min(1)
const frontSchema = z.strictObject({
  section: words.optional(),
  topic: words.optional(),
  source: words.optional(),
  date: z.iso.date().optional(),
  strength: z.enum(['S', 'M', 'W']).optional(),
})
type Front = z.infer<typeof frontSchema>

/**
 * Reads a file of short answers, see `docs/authoring.md`. Never throws; a block that can't be used is an error with its
 * line, and so the file is not taken.
 */
export function parseAnswers({ file, text }: SourceFile): ParsedAnswers {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index): NumberedLine => ({ text: line, line: index + 1 }))
  const { front, bodyIndex, problems } = readFront(file, lines)
  const read = readBlocks(lines.slice(bodyIndex), { file, front, topic: front.topic ?? baseName(file) })
  return { answers: read.answers, problems: [...problems, ...read.problems] }
}

const baseName = (file: string): string => file.replace(/^.*[/\\]/, '').replace(/\.mdx?$/i, '')

function readFront(
  file: string,
  lines: readonly NumberedLine[],
): { readonly front: Front; readonly bodyIndex: number; readonly problems: readonly Problem[] } {
  const end = lines[0]?.text.trim() === '---' ? lines.findIndex(({ text }, at) => at > 0 && text.trim() === '---') : -1
  if (end < 0) return { front: {}, bodyIndex: 0, problems: [] }
  const head = lines.slice(1, end).map(({ text }) => text)
  const { value, problems } = readShaped({ file, text: head.join('\n'), lineOffset: 1 }, frontSchema)
  return { front: value ?? {}, bodyIndex: end + 1, problems }
}

interface Around {
  readonly file: string
  readonly front: Front
  readonly topic: string
}

/**
 * Takes the short answers out of a guide's text: the lines that are left keep their numbers, those taken are empty.
 *
 * @param fenced true where a line stands in a block of code
 */
export function takeInlineAnswers(
  file: string,
  lines: readonly string[],
  fenced: readonly boolean[],
): ParsedAnswers & { readonly lines: readonly string[] } {
  const left = [...lines]
  const answers: AuthoredAnswer[] = []
  const problems: Problem[] = []
  for (let at = 0; at < lines.length; at++) {
    if (fenced[at] || labelOf(lines[at]!)?.label !== '问') continue
    let end = at + 1
    while (end < lines.length && !fenced[end] && lines[end]!.trim() !== '' && !/^\s*(?:#|:::|```)/.test(lines[end]!))
      end++
    const block = lines.slice(at, end).map((text, index): NumberedLine => ({ text, line: at + index + 1 }))
    const read = readBlocks(block, { file, front: {}, topic: baseName(file) })
    answers.push(...read.answers)
    problems.push(...read.problems)
    left.fill('', at, end)
    at = end - 1
  }
  return { answers, problems, lines: left }
}

interface Draft {
  readonly line: number
  readonly title: string
  readonly fields: Map<Label, NumberedLine[]>
}

function labelOf(
  text: string,
): { readonly label: Label | undefined; readonly word: string; readonly rest: string } | undefined {
  const match = LABELLED.exec(text)
  if (!match) return undefined
  const [, word = '', rest = ''] = match
  return { label: LABELS.find((label) => label === word), word, rest }
}

function readBlocks(lines: readonly NumberedLine[], around: Around): ParsedAnswers {
  const drafts: Draft[] = []
  const problems: Problem[] = []
  let title = ''
  let current: Draft | undefined
  let label: Label | undefined
  const start = (line: number): Draft => {
    const draft: Draft = { line, title, fields: new Map() }
    drafts.push(draft)
    return draft
  }
  for (const { text, line } of lines) {
    const heading = /^\s*#{1,6}\s+(.*)$/.exec(text)
    if (heading) {
      title = heading[1]!.trim()
      current = undefined
      label = undefined
      continue
    }
    if (text.trim() === '') continue
    const found = labelOf(text)
    if (found?.label === '问' && (current === undefined || current.fields.has('答'))) current = start(line)
    if (current === undefined) {
      if (found) problems.push(strayLabel(around.file, line, found))
      continue
    }
    // Before the answer begins, a word with a colon can only be a slip of a label; within it, it is text.
    const isAnswering = label !== undefined && current.fields.has('答')
    if (found && found.label === undefined && !isAnswering) {
      const meant = nearest(found.word, LABELS, 0.6)
      problems.push(
        errorAt(
          { file: around.file, line },
          `不认识“${found.word}：”`,
          meant ? `是不是“${meant}：”？` : `可以写：${LABELS.join('、')}`,
        ),
      )
      continue
    }
    if (found?.label !== undefined) label = found.label
    if (label === undefined) continue
    const value = found?.label === undefined ? text.trim() : found.rest.trim()
    if (value === '') continue
    current.fields.set(label, [...(current.fields.get(label) ?? []), { text: value, line }])
  }
  const answers = drafts.flatMap((draft) => {
    const read = readDraft(draft, around)
    problems.push(...read.problems)
    return read.answer ? [read.answer] : []
  })
  return { answers, problems }
}

/** A label where a short answer has to begin: out of place, or 提问 for 问. */
function strayLabel(file: string, line: number, { label, word }: NonNullable<ReturnType<typeof labelOf>>): Problem {
  if (label !== undefined) return errorAt({ file, line }, `“${word}：”前面没有“问：”`, '先写一行“问：”')
  return errorAt({ file, line }, `不认识“${word}：”`, '这里要以“问：”开头')
}

function readDraft(
  { line, title, fields }: Draft,
  { file, front, topic }: Around,
): { readonly answer: AuthoredAnswer | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const one = (label: Label): string | undefined => fields.get(label)?.[0]?.text
  const placeOf = (label: Label): number => fields.get(label)?.[0]?.line ?? line
  const sentences = (label: Label): readonly AuthoredText[] =>
    (fields.get(label) ?? []).flatMap(({ text, line: at }) =>
      text
        .split(SEPARATOR)
        .map((sentence) => sentence.trim())
        .filter((sentence) => sentence !== '')
        .map((sentence): AuthoredText => ({ text: sentence, file, line: at, column: 1 })),
    )
  const asks = sentences('问')
  const lines = (fields.get('答') ?? []).map(({ text }) => text)
  if (asks.length === 0 || lines.length === 0) {
    const lacks = asks.length === 0 ? '问' : '答'
    return {
      answer: undefined,
      problems: [errorAt({ file, line }, `这一条没有“${lacks}：”`, `补上一行“${lacks}：……”`)],
    }
  }
  const chars = lines.join('').length
  if (lines.length > MAX_LINES || chars > MAX_CHARS) {
    const message = `答有 ${lines.length} 行、${chars} 字，手机上读着累`
    problems.push(
      warningAt({ file, line: placeOf('答') }, message, `缩到 ${MAX_LINES} 行、${MAX_CHARS} 字以内，多的写进小节`),
    )
  }
  if (asks.length < MIN_ASKS) {
    problems.push(warningAt({ file, line }, `只有 ${asks.length} 种问法`, `写到 ${MIN_ASKS} 种以上，换着说法问`))
  }
  const date = one('日期') ?? front.date ?? ''
  if (one('日期') !== undefined && !z.iso.date().safeParse(date).success) {
    problems.push(errorAt({ file, line: placeOf('日期') }, `“${date}”不是日期`, '写成 2026-07-29 这样'))
  }
  const strength = one('强度') ?? front.strength ?? 'S'
  if (!isStrength(strength)) {
    problems.push(
      errorAt({ file, line: placeOf('强度') }, `强度“${strength}”不对`, 'S 官方、M 多份转载、W 单个用户，写一个字母'),
    )
  }
  const kind = one('性质')
  if (kind !== undefined && !Object.values<string>(KINDS).includes(kind)) {
    problems.push(
      errorAt(
        { file, line: placeOf('性质') },
        `性质“${kind}”不对`,
        `写“${KINDS.beyond}”（没有答案）、“${KINDS.whole}”（要整节）、“${KINDS.steps}”（问怎么做就发整节），或删掉这一行`,
      ),
    )
  }
  const section = one('节') ?? front.section
  return {
    answer: {
      id: one('编号') ?? asks[0]!.text,
      title: title === '' ? asks[0]!.text : title,
      asks,
      followUps: sentences('追问'),
      lines,
      ...(section === undefined
        ? {}
        : { section: { text: section.replace(/^["“]|["”]$/g, ''), file, line: placeOf('节'), column: 1 } }),
      topic,
      beyond: kind === KINDS.beyond,
      whole: kind === KINDS.whole,
      ...(kind === KINDS.steps ? { steps: true as const } : {}),
      source: { text: one('来源') ?? front.source ?? '', date, strength: isStrength(strength) ? strength : 'S' },
      file,
      line,
    },
    problems,
  }
}

const isStrength = (text: string): text is Source['strength'] => text === 'S' || text === 'M' || text === 'W'

/** Joins short answers to the sections of the main guide that they belong to, and gives them their further ways of asking. */
export function bindAnswers(
  authored: readonly AuthoredAnswer[],
  more: readonly MoreAsks[],
  guides: readonly Guide[],
): { readonly answers: readonly ShortAnswer[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const sections = guides.flatMap((guide) => guide.sections)
  const byId = new Map<string, AuthoredAnswer>()
  const answers: ShortAnswer[] = []
  for (const { asks, followUps, section: written, guideId, ...answer } of authored) {
    const other = byId.get(answer.id)
    if (other) {
      const message = `短答“${answer.id}”在 ${other.file}:${other.line} 已经有了`
      problems.push(errorAt({ file: answer.file, line: answer.line }, message, '换一个编号'))
      continue
    }
    byId.set(answer.id, { ...answer, asks, followUps })
    const section = written && findSection(written.text, guideId, sections)
    if (written && !section) {
      const keys = sections.map(ownKey)
      const meant = nearest(written.text, keys)
      problems.push(
        warningAt(
          { file: written.file, line: written.line },
          `没有 ${written.text} 这一节，先当作指南外的短答`,
          meant ? `是不是 ${meant}？` : '改成有的编号',
        ),
      )
    }
    answers.push({
      ...answer,
      asks: asks.map(({ text }) => text),
      more: [],
      followUps: followUps.map(({ text }) => text),
      ...(section ? { sectionKey: section.key } : {}),
    })
  }
  const extra = new Map<string, string[]>()
  for (const { id, asks } of more) {
    if (byId.has(id.text)) extra.set(id.text, [...(extra.get(id.text) ?? []), ...asks.map(({ text }) => text)])
    else {
      const meant = nearest(id.text, byId.keys(), 0.7)
      problems.push(
        warningAt(
          { file: id.file, line: id.line },
          `没有编号是“${id.text}”的短答`,
          meant ? `是不是“${meant}”？` : '改成有的编号，或删掉',
        ),
      )
    }
  }
  return {
    answers: answers.map((answer) => ({ ...answer, more: extra.get(answer.id) ?? [] })),
    problems: [...problems, ...findSameAsks(authored)],
  }
}

function findSection(key: string, guideId: string | undefined, sections: Guide['sections']): Section | undefined {
  const own = sections.find((section) => section.guideId === guideId && ownKey(section) === key)
  return own ?? sections.find((section) => section.key === key)
}

/** One sentence that asks for two things can be answered by neither. */
const findSameAsks = (authored: readonly AuthoredAnswer[]): readonly Problem[] =>
  repeated(
    authored.flatMap(({ id, asks }) => asks.map((ask) => ({ ...ask, id }))),
    ({ text }) =>
      text
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]/gu, ''),
  )
    .filter(([ask, first]) => ask.id !== first.id)
    .map(([ask, first]) =>
      warningAt(
        { ...ask, column: 1 },
        `“${ask.text}”在 ${first.file}:${first.line} 已经问着别的`,
        '一句话只能问一件事，删掉一处',
      ),
    )
