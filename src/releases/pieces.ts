import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { createTwoFilesPatch, structuredPatch } from 'diff'
import { chinaDay, isoOf } from '../base/time.js'
import { meetLone, tellAnswer, tellCategory, tellSection } from '../evaluate/explain.js'
import type { AuthorsFile, AuthorsFiles } from '../knowledge/files.js'
import { parseGuide } from '../knowledge/guide/parse.js'
import { qualifyKeys } from '../knowledge/keys.js'
import type { ReadingMemory } from '../knowledge/read.js'
import { type AuthoredAnswer, bindAnswers, parseAnswers } from '../knowledge/short-answers.js'
import type { Edit, Guide, Problem, Section } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import {
  factsOfRows,
  type ListName,
  listOfKey,
  newRowKey,
  placeForRow,
  type RowFields,
  type RowView,
  rowOf,
  rowsIn,
  viewOfRow,
} from './rows.js'

/** Key of the piece that holds all golden questions. */
export const GOLDEN_KEY = 'golden'
const ANSWER_KEY = /^answer:(.+)$/u
const GUIDE_KEY = /^guide:(.+)$/u
const GOLDEN_FILE = /^intents\/golden\.ya?ml$/i

/** The key of a short answer among the pieces. */
const answerKey = (id: string): string => `answer:${id}`

/** The id of a short answer by its key. @returns undefined for any other piece */
export const answerIdOf = (key: string): string | undefined => ANSWER_KEY.exec(key)?.[1]

/** The key of a guide that is yet to be written. */
const guideKey = (id: string): string => `guide:${id}`
export const guideIdOf = (key: string): string | undefined => GUIDE_KEY.exec(key)?.[1]

/**
 * A part of an author's file that is edited by itself: a section (`4.1`), a short answer (`answer:s11-scope`), a row of a
 * table (`row:rejections:平台运营规范 3.1`), a new guide (`guide:invoice`), or the golden questions (`golden`).
 */
export interface Piece {
  readonly key: string
  readonly title: string
  readonly file: AuthorsFile
  readonly markdown: string
  /** Lines of the file, from 0; `to` is not included. */
  readonly from: number
  readonly to: number
  /** It stands in no file yet, and `from` is where it will. */
  readonly isNew?: true
  /** The file is not there yet. */
  readonly isUnwritten?: true
  /** Of a section. */
  readonly section?: Section
  readonly answer?: AuthoredAnswer
}

/** All that can be edited, in the order of the files. */
export interface Pieces {
  readonly guides: readonly { readonly guide: Guide; readonly file: AuthorsFile }[]
  readonly answers: readonly Piece[]
  /** Rows of the tables. */
  readonly rows: readonly Piece[]
  find(key: string): Piece | undefined
}

/** @param memory kept from one reading to the next, so that an edit of one file does not cost the reading of all */
export function readPieces(files: AuthorsFiles, memory: ReadingMemory): Pieces {
  const own = files.guides.filter(({ kept }) => kept.startsWith('knowledge/'))
  const guideFiles = own.filter(({ kept }) => !isOfAnswers(kept))
  const qualified = qualifyKeys(
    guideFiles.map((file) => memory.of(file, parseGuide).guide),
    [],
  )
  const guides = qualified.flatMap((guide) => {
    const file = guideFiles.find((one) => one.file === guide.file)
    return file ? [{ guide, file }] : []
  })
  const answers = own.filter(({ kept }) => isOfAnswers(kept)).flatMap((file) => answersIn(file, memory))
  const rows = files.tables.flatMap((file) => memory.of(file, rowsIn))
  const golden = files.intents.find(({ kept }) => GOLDEN_FILE.test(kept))
  const find = (key: string): Piece | undefined => {
    if (key === GOLDEN_KEY) return golden && wholeFile(golden)
    if (listOfKey(key)) return rows.find((one) => one.key === key)
    const answer = answers.find((one) => one.key === key)
    if (answer || answerIdOf(key) !== undefined) return answer
    for (const { guide, file } of guides) {
      const section = guide.sections.find((one) => one.key === key)
      if (section) return pieceOfSection(section, guide, file)
    }
    return undefined
  }
  return { guides, answers, rows, find }
}

/**
 * A piece that is yet to be written, where it will stand.
 *
 * @param path of the file, which need not be there @param head what the file begins with where it is not
 * @returns undefined where it can't stand there; a guide that is there by now as it is
 */
export function newPiece(
  key: string,
  { guides, tables }: AuthorsFiles,
  { path, kept, head }: NewFile,
): Piece | undefined {
  const there = [...guides, ...tables].find(({ file }) => resolve(file) === resolve(path))
  const list = listOfKey(key)
  const isGuide = guideIdOf(key) !== undefined
  if (isGuide && there) return { ...wholeFile(there), key, title: '', markdown: there.text.trimEnd() }
  const file = there ?? { file: path, text: isGuide ? '' : head, kept }
  const at = list ? placeForRow(file, list) : isGuide ? 0 : file.text.split('\n').length
  if (at === undefined) return undefined
  const marks = { isNew: true as const, ...(!there && { isUnwritten: true as const }) }
  return { key, title: '', file, markdown: '', from: at, to: at, ...marks }
}

interface NewFile {
  readonly path: string
  readonly kept: string
  readonly head: string
}

/** Files of short answers stand in a folder of this name. */
export const isOfAnswers = (kept: string): boolean => /(?:^|\/)answers\//.test(kept)

const wholeFile = (file: AuthorsFile): Piece => ({
  ...{ key: GOLDEN_KEY, title: '必答题', file, markdown: file.text, from: 0, to: file.text.split('\n').length },
})

function pieceOfSection(section: Section, guide: Guide, file: AuthorsFile): Piece {
  const lines = file.text.split('\n')
  const next = guide.sections.map(({ line }) => line).filter((line) => line > section.line)
  const from = section.line - 1
  const to = next.length > 0 ? Math.min(...next) - 1 : lines.length
  const { key, title } = section
  return { key, title, file, section, from, to, markdown: lines.slice(from, to).join('\n') }
}

function answersIn(file: AuthorsFile, memory: ReadingMemory): readonly Piece[] {
  const lines = file.text.split('\n')
  const { answers } = memory.of(file, parseAnswers)
  const starts = answers.map(({ line }) => headingAbove(lines, line - 1))
  return answers.map((answer, index): Piece => {
    const from = starts[index]!
    const to = withoutTail(lines, from, starts[index + 1] ?? lines.length)
    const markdown = lines.slice(from, to).join('\n')
    return { key: answerKey(answer.id), title: answer.title, file, answer, from, to, markdown }
  })
}

/** A short answer begins with its own heading, where it has one. */
function headingAbove(lines: readonly string[], ask: number): number {
  let at = ask - 1
  while (at >= 0 && lines[at]!.trim() === '') at--
  return at >= 0 && /^\s*#{2,6}\s/.test(lines[at]!) ? at : ask
}

/** Blank lines and the heading of what follows are nobody's. */
function withoutTail(lines: readonly string[], from: number, end: number): number {
  let to = end
  while (to > from + 1 && (lines[to - 1]!.trim() === '' || /^\s*#\s/.test(lines[to - 1]!))) to--
  return to
}

export interface Change {
  readonly piece: Pick<Piece, 'from' | 'to'>
  /** Empty: it is taken out. */
  readonly markdown: string
}

/** The file with the changes, from the end to the beginning, so that the lines of those before stay where they are. */
export function withChanges(text: string, changes: readonly Change[]): string {
  const lines = text.split('\n')
  for (const { piece, markdown } of changes.toSorted((a, b) => b.piece.from - a.piece.from || b.piece.to - a.piece.to))
    lines.splice(piece.from, piece.to - piece.from, ...(markdown === '' ? [] : markdown.split('\n')))
  return lines.join('\n')
}

/** Short enough to travel to a page and back. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** What a file differs in: lines with a sign in front, `+`, `-` or a space. */
export interface Difference {
  readonly file: string
  readonly lines: readonly string[]
}

const CONTEXT_LINES = 1

/** The lines that were added or taken out, with one around them. */
export function differenceOf(file: string, before: string, after: string): Difference {
  const { hunks } = structuredPatch(file, file, before, after, '', '', { context: CONTEXT_LINES })
  const lines = hunks.flatMap((hunk, index) => [...(index > 0 ? ['…'] : []), ...hunk.lines])
  return { file, lines: lines.filter((line) => !line.startsWith('\\')) }
}

/** What `git apply` and `patch -p1` take; a file that is new comes out of nothing. */
export const patchOf = (
  files: readonly { readonly kept: string; readonly before: string | undefined; readonly after: string }[],
): string =>
  files
    .map(({ kept, before, after }) =>
      createTwoFilesPatch(before === undefined ? '/dev/null' : `a/${kept}`, `b/${kept}`, before ?? '', after)
        // Not all tools pass over what stands here.
        .replace(/^=+\n/, ''),
    )
    .join('')

/** Of two releases: only files that differ, by the names under which they are kept. */
export function differencesOf(before: AuthorsFiles, after: AuthorsFiles): readonly Difference[] {
  const textsOf = ({ guides, tables, intents }: AuthorsFiles): ReadonlyMap<string, string> =>
    new Map([...guides, ...tables, ...intents].map(({ kept, text }) => [kept, text]))
  const [old, now] = [textsOf(before), textsOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((kept) => old.get(kept) !== now.get(kept))
    .map((kept) => differenceOf(kept, old.get(kept) ?? '', now.get(kept) ?? ''))
}

/** What a new piece begins as: written out, so that its author only has to change words. */
interface NewPiece {
  readonly key: string
  readonly markdown: string
}

interface Origin {
  /** Who writes it. */
  readonly by: string
  readonly atMs: number
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Ways of asking, as they stand behind `问：`. */
export const asksLine = (asks: readonly string[]): string =>
  `问：${asks.map((ask) => oneLine(ask).replaceAll(' / ', '，')).join(' / ')}`

/** @param section key; undefined: it lies outside the guides */
export function newAnswer(
  {
    asks,
    lines,
    section,
  }: { readonly asks: readonly string[]; readonly lines: readonly string[]; readonly section?: string | undefined },
  { by, atMs }: Origin,
): NewPiece {
  const id = `web-${atMs.toString(36)}`
  const [title = ''] = asks
  const markdown = [
    ...[`## ${oneLine(title).slice(0, 30)}`, asksLine(asks)],
    ...lines.map((line, index) => (index === 0 ? `答：${oneLine(line)}` : oneLine(line))),
    ...(section === undefined ? [] : [`节：${section}`]),
    ...[`来源：${say.source(by)}`, `日期：${isoOf(chinaDay(atMs))}`, `编号：${id}`],
  ].join('\n')
  return { key: answerKey(id), markdown }
}

/** @param name the category's path, what it is called, or the number of the reason */
export function newRow(list: ListName, name: string, { by, atMs }: Origin): NewPiece {
  const origin = { source: say.source(by), date: isoOf(chinaDay(atMs)), strength: 'W' }
  return {
    key: newRowKey(list, atMs.toString(36)),
    markdown: rowOf({ ...BLANK_ROWS[list](oneLine(name)), ...origin }),
  }
}

const BLANK_ROWS: Readonly<Record<ListName, (name: string) => RowFields>> = {
  categories: (path) => ({
    ...{ path, documents: { choose: 'all', of: [] }, individual: 'false', secondReview: 'false' },
    ...{ words: [], for: '', notice: [] },
  }),
  notOpen: (name) => ({ name, words: [], advice: '' }),
  noRow: (name) => ({ name, words: [], rows: [], advice: '' }),
  rejections: (number) => ({
    ...{ number, list: say.usualList, title: '', marks: [], meaning: '', customer: [''], vendor: null },
    ...{ actor: 'customer', sections: [], ask: [] },
  }),
}

/** A guide that can be asked for as it is: two sections, one of each box, a short answer. */
export function newGuide({ id, title }: { readonly id: string; readonly title: string }): NewPiece {
  const name = oneLine(title)
  return { key: guideKey(id), markdown: guideTemplate(id, name) }
}

const guideTemplate = (id: string, title: string): string => `---
id: ${id}
title: ${JSON.stringify(title)}
timelines:
  办好: ${JSON.stringify(`${title}一般三个工作日办好。`)}
---

# ${title}

## 1 ${title}怎么开始

1. 打开“……”，点“……”。
2. 填好名字和电话，点“提交”。

:::info[需要的截图]
- 提交成功的那一页
:::

:::note[时效]
办好
:::

:::tip[下一步]
办好以后看第 2 节。
:::

问：${title}要多久 / ${title}几天能办好 / ${title}什么时候有结果 / 办${title}要等几天
答：一般三个工作日。
编号：${id}-days

## 2 ${title}没办好怎么改

1. 看通知里写的原因，照着改。
2. 改好再提交一次。

:::caution[转人工]
改了两次还是没办好。
:::
`

const say = {
  source: (by: string): string => `${by}在网页里写的`,
  usualList: '常见拒绝情形',
} as const

type Bubbles = ReturnType<typeof tellSection>

/** What customers would get, bubble by bubble, as `composeReply` makes it of the draft. */
interface Told {
  /** Who asks this by name is told so. */
  readonly asked: { readonly question: string; readonly bubbles: Bubbles }
  /** The same question that nobody put to the bot, judged by the knowledge in use; no bubbles: it keeps quiet. */
  readonly overheard: { readonly question: string; readonly bubbles: Bubbles }
  /** Who wants all of it. */
  readonly whole: { readonly bubbles: Bubbles }
}

export interface PieceView {
  readonly key: string
  readonly title: string
  /** By its name in the knowledge, wherever the folder lies: `knowledge/fasttest.md`. */
  readonly file: string
  /** Where it begins in the file, 1-based. */
  readonly line: number
  /** As it stands on disk; empty for a new piece. */
  readonly markdown: string
  readonly hash: string
  readonly edit: Edit | null
  /** Of the edit, to be shown again when it is saved; empty without one. */
  readonly editHash: string
  /** What the edit changes, as `differenceOf` tells it; empty without one. */
  readonly difference: readonly string[]
  /** Of the edit where there is one; lines count from the beginning of the file. */
  readonly problems: readonly Problem[]
  readonly told: Told
  /** Of a row of a table that can be read as one. */
  readonly row: RowView | null
}

interface Context {
  readonly snapshot: KnowledgeSnapshot
  readonly nowMs: number
}

interface Read {
  readonly title: string
  readonly problems: readonly Problem[]
  readonly question: string
  readonly asked: Bubbles
  readonly whole: Bubbles
  /** The section that all of it is about. */
  readonly sectionKey?: string | undefined
}

/** A piece with its draft, checked where it stands, and what customers would get of it. */
export function viewOfPiece(
  { file: { kept, text: before }, ...rest }: Piece,
  edit: Edit | undefined,
  context: Context,
): PieceView {
  const file = { file: kept, kept, text: before }
  const piece = { ...rest, file }
  const { key, markdown, from } = piece
  const text = edit ? withChanges(file.text, [{ piece, markdown: edit.markdown }]) : file.text
  const lineCount = (edit?.markdown ?? markdown).split('\n').length
  const list = listOfKey(key)
  const within = { text, from: from + 1, to: from + lineCount }
  const read = list
    ? readRow(piece, within, context)
    : isOfAnswers(file.kept)
      ? readAnswer(piece, text, context)
      : key === GOLDEN_KEY
        ? { title: piece.title, problems: [], question: '', asked: [], whole: [] }
        : readSections(piece, within, context)
  return {
    ...{ key, title: read.title, file: kept, line: from + 1, markdown, hash: hashOf(markdown) },
    edit: edit ?? null,
    difference: edit ? differenceOf(kept, markdown, edit.markdown).lines : [],
    editHash: edit ? hashOf(edit.markdown) : '',
    problems: read.problems.filter(({ line }) => line >= within.from && line <= within.to),
    told: toldOf(read, context),
    row: (list && viewOfRow(list, edit?.markdown ?? markdown, from + 1)) ?? null,
  }
}

function toldOf({ question, asked, whole, sectionKey }: Read, context: Context): Told {
  const met = question === '' || asked.length === 0 ? undefined : meetLone(question, false, context)
  const isSame = met?.sections[0] === sectionKey
  const overheard = met === undefined || met.kind === 'silent' ? [] : isSame ? asked : [{ text: met.reply }]
  return { asked: { question, bubbles: asked }, overheard: { question, bubbles: overheard }, whole: { bubbles: whole } }
}

interface Within {
  readonly text: string
  /** Lines of the file, 1-based, both included. */
  readonly from: number
  readonly to: number
}

/** With a section that was written behind it, whose number is new. */
function readSections({ file, section }: Piece, { text, from, to }: Within, { snapshot, nowMs }: Context): Read {
  const { guide, answers, problems } = parseGuide({ file: file.file, text })
  const within = guide.sections.filter(({ line }) => line >= from && line <= to)
  const sections = new Map(snapshot.sections)
  const keys = within.map((one, index) => {
    const isFirst = index === 0 && section !== undefined
    const named = { ...one, key: isFirst ? section.key : one.key, guideId: section?.guideId ?? one.guideId }
    sections.set(named.key, named)
    return named.key
  })
  const now: Context = { snapshot: { ...snapshot, sections }, nowMs }
  const whole = keys.flatMap((key) => tellSection(key, now))
  const written = answers.filter(({ line }) => line >= from && line <= to)
  const [answer] = bindAnswers(written, [], [guide]).answers
  const [key] = keys
  const short = answer && tellAnswer({ ...answer, ...(key !== undefined && { sectionKey: key }) }, now)
  const title = within[0]?.title ?? section?.title ?? ''
  return {
    ...{ title, problems, whole, sectionKey: key },
    question: answer?.asks[0] ?? utteranceOf(key, snapshot) ?? title,
    asked: short ?? (key === undefined ? [] : tellSection(key, now)),
  }
}

/** How somebody really asks for the section. */
const utteranceOf = (key: string | undefined, { intentOfSection }: KnowledgeSnapshot): string | undefined => {
  const intent = key === undefined ? undefined : intentOfSection.get(key)
  return intent?.automatic ? undefined : intent?.utterances[0]
}

function readAnswer({ answer, from, title }: Piece, text: string, now: Context): Read {
  const { snapshot } = now
  const parsed = parseAnswers({ file: '', text })
  const edited = parsed.answers.find(({ id }) => id === answer?.id) ?? parsed.answers.find(({ line }) => line > from)
  const { answers, problems } = bindAnswers(edited ? [edited] : [], [], snapshot.content.guides)
  const [bound] = answers
  const key = bound?.sectionKey
  return {
    title: edited?.title ?? title,
    problems: [...parsed.problems, ...problems],
    question: bound?.asks[0] ?? '',
    asked: bound ? tellAnswer(bound, now) : [],
    whole: key !== undefined && snapshot.sections.has(key) ? tellSection(key, now) : [],
    sectionKey: key,
  }
}

function readRow({ key, file, title }: Piece, { text, from, to }: Within, now: Context): Read {
  const { snapshot } = now
  const facts = factsOfRows(listOfKey(key)!, { text, file: file.file, from, to }, snapshot)
  const [hit] = facts.hits
  const [answer] = facts.answers
  const sectionKey = answer?.sectionKey
  return {
    ...{ title: facts.title || title, problems: facts.problems, sectionKey },
    question: answer?.asks[0] ?? (hit ? facts.questionOf(hit.word) : ''),
    asked: [...(hit ? tellCategory(hit, now) : []), ...(answer ? tellAnswer(answer, now) : [])],
    whole: sectionKey !== undefined && snapshot.sections.has(sectionKey) ? tellSection(sectionKey, now) : [],
  }
}
