import { meetLone, tellAnswer, tellCategory, tellSection } from '../evaluate/explain.js'
import { parseGuide } from '../knowledge/guide/parse.js'
import { bindAnswers, parseAnswers } from '../knowledge/short-answers.js'
import type { Edit, Problem } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'

import { differenceOf, GOLDEN_KEY, hashOf, isOfAnswers, type Piece, withChanges } from './pieces.js'
import { factsOfRows, listOfKey, type RowView, viewOfRow } from './rows.js'

type Bubbles = readonly { readonly text: string; readonly picture?: string }[]

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
  const withIt: KnowledgeSnapshot = { ...snapshot, sections }
  const whole = keys.flatMap((key) => tellSection(key, withIt, nowMs))
  const written = answers.filter(({ line }) => line >= from && line <= to)
  const [answer] = bindAnswers(written, [], [guide]).answers
  const [key] = keys
  const short = answer && tellAnswer({ ...answer, ...(key !== undefined && { sectionKey: key }) }, withIt, nowMs)
  const title = within[0]?.title ?? section?.title ?? ''
  return {
    ...{ title, problems, whole, sectionKey: key },
    question: answer?.asks[0] ?? utteranceOf(key, snapshot) ?? title,
    asked: short ?? (key === undefined ? [] : tellSection(key, withIt, nowMs)),
  }
}

/** How somebody really asks for the section. */
const utteranceOf = (key: string | undefined, { intentOfSection }: KnowledgeSnapshot): string | undefined => {
  const intent = key === undefined ? undefined : intentOfSection.get(key)
  return intent?.automatic ? undefined : intent?.utterances[0]
}

function readAnswer({ answer, from, title }: Piece, text: string, { snapshot, nowMs }: Context): Read {
  const parsed = parseAnswers({ file: '', text })
  const edited = parsed.answers.find(({ id }) => id === answer?.id) ?? parsed.answers.find(({ line }) => line > from)
  const { answers, problems } = bindAnswers(edited ? [edited] : [], [], snapshot.content.guides)
  const [bound] = answers
  const key = bound?.sectionKey
  return {
    title: edited?.title ?? title,
    problems: [...parsed.problems, ...problems],
    question: bound?.asks[0] ?? '',
    asked: bound ? tellAnswer(bound, snapshot, nowMs) : [],
    whole: key !== undefined && snapshot.sections.has(key) ? tellSection(key, snapshot, nowMs) : [],
    sectionKey: key,
  }
}

function readRow({ key, file, title }: Piece, { text, from, to }: Within, { snapshot, nowMs }: Context): Read {
  const facts = factsOfRows(listOfKey(key)!, { text, file: file.file, from, to }, snapshot)
  const [hit] = facts.hits
  const [answer] = facts.answers
  const sectionKey = answer?.sectionKey
  return {
    ...{ title: facts.title || title, problems: facts.problems, sectionKey },
    question: answer?.asks[0] ?? (hit ? facts.questionOf(hit.word) : ''),
    asked: [...(hit ? tellCategory(hit, snapshot, nowMs) : []), ...(answer ? tellAnswer(answer, snapshot, nowMs) : [])],
    whole:
      sectionKey !== undefined && snapshot.sections.has(sectionKey) ? tellSection(sectionKey, snapshot, nowMs) : [],
  }
}
