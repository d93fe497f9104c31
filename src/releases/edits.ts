import { accessSync, constants } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { sitExam } from '../evaluate/exam.js'
import { tellAnswer, tellSection } from '../evaluate/explain.js'
import { knownIn, readExam } from '../evaluate/read-questions.js'
import type { AuthorsFile, KnowledgeFolder } from '../knowledge/files.js'
import { parseGuide } from '../knowledge/guide/parse.js'
import { ReadingMemory } from '../knowledge/read.js'
import { bindAnswers, parseAnswers } from '../knowledge/short-answers.js'
import type { Edit, Problem } from '../model/knowledge.js'
import { type Clock, type DurableList, failed, type Orderer, type Report } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { knowingOf } from '../nlu/pipeline.js'
import { writeDurably } from '../store/json-file.js'
import { changeGolden, type GoldenChange } from './golden.js'
import {
  answerIdOf,
  answerKey,
  type Difference,
  differenceOf,
  GOLDEN_KEY,
  hashOf,
  isOfAnswers,
  type Piece,
  type Pieces,
  readPieces,
  withChanges,
} from './pieces.js'

export interface PieceView {
  readonly key: string
  readonly title: string
  readonly file: string
  /** Where it begins in the file, 1-based. */
  readonly line: number
  /** As it stands on disk; empty for a new piece. */
  readonly markdown: string
  readonly hash: string
  readonly edit: Edit | null
  /** Of the edit, to be shown again when it is saved; empty without one. */
  readonly editHash: string
  /** Of the edit where there is one; lines count from the beginning of the file. */
  readonly problems: readonly Problem[]
  /** What a customer would be told who asks for it, bubble by bubble. */
  readonly bubbles: readonly { readonly text: string; readonly picture?: string }[]
}

interface TreeLine {
  readonly key: string
  readonly title: string
  readonly isEdited: boolean
}

export interface KnowledgeTree {
  readonly guides: readonly {
    readonly title: string
    readonly file: string
    readonly sections: readonly TreeLine[]
  }[]
  /** Short answers in files of their own, by topic. */
  readonly answers: readonly { readonly topic: string; readonly answers: readonly TreeLine[] }[]
  readonly edits: readonly (Edit & { readonly title: string })[]
  readonly isReadOnly: boolean
}

export interface EditorParts {
  readonly folder: KnowledgeFolder
  /** Where the guides lie; short answers that are new stand below it. */
  readonly knowledgeDir: string
  readonly list: DurableList<Edit>
  readonly snapshot: () => KnowledgeSnapshot
  /** As any other reload: examined, and refused where it does worse. */
  readonly reload: (order: ReleaseOrder) => Promise<Report>
  readonly clock: Clock
}

export interface ReleaseOrder {
  readonly by: Orderer
  /** Also when the golden questions get worse. */
  readonly force: boolean
}

/** What is saved of a piece. `seen`: of the draft that its writer had before them, empty for none. */
export interface Draft extends Pick<Edit, 'markdown' | 'baseHash' | 'file'> {
  readonly seen?: string
}

export interface Kept {
  readonly isKept: boolean
  /** Why not: the file, or the draft, is not what the writer had before them. */
  readonly clash?: 'file' | 'draft'
  readonly view: PieceView
}

const NEW_ANSWERS = 'answers/added.md'

/**
 * Edits what authors wrote as drafts, which lie on the server and are never live before they are released. A release
 * writes them to the authors' files and reloads; what a reload refuses is taken out of the files again.
 */
export class KnowledgeEditor {
  readonly #parts: EditorParts
  readonly #memory = new ReadingMemory()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: EditorParts) {
    this.#parts = parts
  }

  async tree(): Promise<KnowledgeTree> {
    const edits = this.#parts.list.records()
    const { guides, answers, find } = await this.#pieces()
    const isEdited = (key: string): boolean => edits.some((edit) => edit.key === key)
    const topics = new Map<string, TreeLine[]>()
    const take = (topic: string, key: string, title: string): void => {
      topics.set(topic, [...(topics.get(topic) ?? []), { key, title, isEdited: isEdited(key) }])
    }
    for (const { key, title, answer } of answers) take(answer?.topic ?? '', key, title)
    for (const { key, markdown } of edits)
      if (answerIdOf(key) !== undefined && !find(key)) take(NEW_TOPIC, key, titleOfAnswer(markdown))
    return {
      guides: guides.map(({ guide }) => ({
        ...{ title: guide.title, file: guide.file },
        sections: guide.sections.map(({ key, title }) => ({ key, title, isEdited: isEdited(key) })),
      })),
      answers: [...topics].map(([topic, list]) => ({ topic, answers: list })),
      edits: edits.map((edit) => ({ ...edit, title: find(edit.key)?.title ?? titleOfAnswer(edit.markdown) })),
      isReadOnly: guides.some(({ file }) => !isWritable(file.file)),
    }
  }

  /** @returns undefined where there is no such piece, on disk or as a draft */
  async section(key: string): Promise<PieceView | undefined> {
    const edit = this.#editOf(key)
    const piece = await this.#find(key, edit?.file)
    return piece && this.#view(piece, edit)
  }

  /** Keeps a draft. @returns also what stands on disk now; undefined where there is no such piece */
  keep(key: string, draft: Draft, by: Party): Promise<Kept | undefined> {
    return this.#inTurn(async () => {
      const { list, clock } = this.#parts
      const before = this.#editOf(key)
      const piece = await this.#find(key, draft.file ?? before?.file)
      if (!piece) return undefined
      const { markdown, baseHash, seen } = draft
      const refuse = (clash: Kept['clash']): Kept => ({ isKept: false, clash: clash!, view: this.#view(piece, before) })
      if (hashOf(piece.markdown) !== baseHash) return refuse('file')
      const isSeen = seen === undefined || seen === (before ? hashOf(before.markdown) : '')
      if (!isSeen && before?.markdown !== markdown) return refuse('draft')
      const edit: Edit = {
        ...{ key, markdown, baseHash, by: by.name, atMs: clock.now() },
        ...(isNew(piece) && { file: piece.file.file }),
      }
      const isChanged = markdown !== piece.markdown
      const others = list.records().filter((one) => one.key !== key)
      await list.save(isChanged ? [...others, edit] : others)
      return { isKept: true, view: this.#view(piece, isChanged ? edit : undefined) }
    })
  }

  /** Begins a short answer, as a draft. @param section key; undefined: it lies outside the guides */
  async addAnswer(
    {
      asks,
      lines,
      section,
    }: { readonly asks: readonly string[]; readonly lines: readonly string[]; readonly section?: string | undefined },
    by: Party,
  ): Promise<PieceView> {
    const id = `web-${this.#parts.clock.now().toString(36)}`
    const [title = ''] = asks
    const markdown = [
      ...[`## ${oneLine(title).slice(0, 30)}`, `问：${asks.map(oneLine).join(' / ')}`],
      ...lines.map((line, index) => (index === 0 ? `答：${oneLine(line)}` : oneLine(line))),
      ...(section === undefined ? [] : [`节：${section}`]),
      ...[`来源：${by.name}在网页里写的`, `日期：${chinaDate(this.#parts.clock.now())}`, `编号：${id}`],
    ].join('\n')
    const file = join(this.#parts.knowledgeDir, NEW_ANSWERS)
    const kept = await this.keep(answerKey(id), { markdown, baseHash: hashOf(''), file }, by)
    return kept!.view
  }

  /** Adds ways of asking to a short answer, as a draft. @returns undefined where there is none of that id */
  async addAsks(key: string, asks: readonly string[], by: Party): Promise<PieceView | undefined> {
    const view = answerIdOf(key) === undefined ? undefined : await this.section(key)
    if (!view) return undefined
    const lines = (view.edit?.markdown ?? view.markdown).split('\n')
    const at = lines.findLastIndex((line) => /^\s*问\s*[:：]/.test(line))
    if (at < 0) return undefined
    const markdown = lines.toSpliced(at + 1, 0, `问：${asks.map(oneLine).join(' / ')}`).join('\n')
    return (await this.keep(key, { markdown, baseHash: view.hash }, by))?.view
  }

  /** The golden questions as they would be after a release, and how each is met now. */
  async golden() {
    const { snapshot, clock } = this.#parts
    const piece = (await this.#pieces()).find(GOLDEN_KEY)
    const edit = this.#editOf(GOLDEN_KEY)
    const text = edit?.markdown ?? piece?.markdown ?? ''
    const now = snapshot()
    const { questions } = readExam(
      [{ file: piece?.file.file ?? '', kept: 'intents/golden.yaml', text }],
      knownIn(now.content),
    )
    const answers = sitExam(questions, knowingOf(now, clock.now()))
    return {
      isEdited: edit !== undefined,
      isThere: piece !== undefined,
      questions: questions.map(({ text: question, heard, wanted }, index) => ({
        ...{ question, heard, wanted, met: answers[index]!.met, isRight: answers[index]!.isRight },
      })),
    }
  }

  /** Adds, changes or removes a golden question, as a draft. @returns why not, in Chinese */
  changeGolden(change: GoldenChange, by: Party): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const { list, clock } = this.#parts
      const piece = (await this.#pieces()).find(GOLDEN_KEY)
      if (!piece) return say.noGolden
      const before = this.#editOf(GOLDEN_KEY)
      const changed = changeGolden(before?.markdown ?? piece.markdown, change)
      if ('problem' in changed) return changed.problem
      const others = list.records().filter(({ key }) => key !== GOLDEN_KEY)
      const baseHash = before?.baseHash ?? hashOf(piece.markdown)
      const edit = { key: GOLDEN_KEY, markdown: changed.text, baseHash, by: by.name, atMs: clock.now() }
      await list.save(changed.text === piece.markdown ? others : [...others, edit])
      return undefined
    })
  }

  /** Writes a golden question into the file at once: it is asked from the next release on, and changes no answer. */
  async noteGolden(change: GoldenChange, by: Party): Promise<string | undefined> {
    if (this.#editOf(GOLDEN_KEY)) return this.changeGolden(change, by)
    return this.#inTurn(async () => {
      const piece = (await this.#pieces()).find(GOLDEN_KEY)
      if (!piece) return say.noGolden
      const changed = changeGolden(piece.markdown, change)
      if ('problem' in changed) return changed.problem
      return writeDurably(resolve(piece.file.file), changed.text).then(
        () => undefined,
        () => say.unwritable,
      )
    })
  }

  drop(key: string): Promise<void> {
    return this.#inTurn(async () => {
      const { list } = this.#parts
      await list.save(list.records().filter((edit) => edit.key !== key))
    })
  }

  /** What the drafts would change in the files, and those files as they would be. */
  async changes(): Promise<
    { readonly files: readonly AuthorsFile[]; readonly differences: readonly Difference[] } | Report
  > {
    const changed = await this.#changedFiles(this.#parts.list.records())
    if ('ok' in changed) return changed
    return {
      files: changed.files.map(({ file, kept, after }) => ({ file, kept, text: after })),
      differences: changed.files.map(({ file, before, after }) => differenceOf(file, before ?? '', after)),
    }
  }

  /** Writes drafts to the authors' files and takes them into use, or leaves both as they were. @param keys default: all */
  release({ by, force, keys }: ReleaseOrder & { readonly keys?: readonly string[] }): Promise<Report> {
    return this.#inTurn(async () => {
      const { list, reload } = this.#parts
      const edits = list.records().filter(({ key }) => keys?.includes(key) !== false)
      if (edits.length === 0) return failed(say.nothing)
      const changed = await this.#changedFiles(edits)
      if ('ok' in changed) return changed
      try {
        for (const { file, after } of changed.files) {
          await mkdir(dirname(resolve(file)), { recursive: true })
          await writeDurably(resolve(file), after)
        }
      } catch {
        await restore(changed.files)
        return failed(say.unwritable)
      }
      const report = await reload({ by, force })
      if (report.ok) await list.save(list.records().filter((edit) => !edits.includes(edit)))
      else await restore(changed.files)
      return report.ok ? report : failed(`${report.text}\n${say.keptAsDraft}`)
    })
  }

  async #changedFiles(edits: readonly Edit[]): Promise<{ readonly files: readonly ChangedFile[] } | Report> {
    const changed = new Map<
      string,
      { readonly file: AuthorsFile; readonly changes: { piece: Piece; markdown: string }[] }
    >()
    for (const edit of edits) {
      const piece = await this.#find(edit.key, edit.file)
      if (!piece) {
        // Taken out by a release that a kill has cut.
        if (edit.markdown === '') continue
        return failed(say.gone(edit.key))
      }
      // Written by a release that a kill has cut: the same words may be written again.
      const isSame = hashOf(piece.markdown) === edit.baseHash || piece.markdown === edit.markdown
      if (!isSame) return failed(say.changedOnDisk(edit.key))
      const of = changed.get(piece.file.file) ?? { file: piece.file, changes: [] }
      of.changes.push({
        piece,
        markdown: isNew(piece) && edit.markdown !== '' ? `${edit.markdown.trimEnd()}\n` : edit.markdown,
      })
      changed.set(piece.file.file, of)
    }
    return {
      files: [...changed.values()].map(({ file, changes }) => ({
        ...{
          file: file.file,
          kept: file.kept,
          before: changes.every(({ piece }) => piece.isUnwritten) ? undefined : file.text,
        },
        after: withChanges(file.text, changes),
      })),
    }
  }

  /** One change of the drafts after the other, a release included. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #editOf = (key: string): Edit | undefined => this.#parts.list.records().find((edit) => edit.key === key)

  async #pieces(): Promise<Pieces> {
    return readPieces(await this.#parts.folder.read(), this.#memory)
  }

  /** @param newIn the file in which a new piece is to stand */
  async #find(key: string, newIn: string | undefined): Promise<Piece | undefined> {
    const files = await this.#parts.folder.read()
    const found = readPieces(files, this.#memory).find(key)
    if (found || newIn === undefined || answerIdOf(key) === undefined) return found
    const there = files.guides.find(({ file }) => resolve(file) === resolve(newIn))
    const file = there ?? { file: newIn, text: NEW_FILE, kept: `knowledge/${NEW_ANSWERS}` }
    const end = file.text.split('\n').length
    return { key, title: '', file, markdown: '', from: end, to: end, ...(!there && { isUnwritten: true as const }) }
  }

  #view(piece: Piece, edit: Edit | undefined): PieceView {
    const { key, file, markdown, from } = piece
    const text = edit ? withChanges(file.text, [{ piece, markdown: edit.markdown }]) : file.text
    const lineCount = (edit?.markdown ?? markdown).split('\n').length
    const { title, problems, bubbles } = isOfAnswers(file.kept)
      ? this.#readAnswer(piece, text)
      : key === GOLDEN_KEY
        ? { title: piece.title, problems: [], bubbles: [] }
        : this.#readSections(piece, text, lineCount)
    return {
      ...{ key, title, file: file.file, line: from + 1, markdown, hash: hashOf(markdown) },
      edit: edit ?? null,
      editHash: edit ? hashOf(edit.markdown) : '',
      problems: problems.filter(({ line }) => line > from && line <= from + lineCount),
      bubbles,
    }
  }

  /** With a section that was written behind it, whose number is new. */
  #readSections({ file, section, from }: Piece, text: string, lineCount: number) {
    const { snapshot, clock } = this.#parts
    const { guide, problems } = parseGuide({ file: file.file, text })
    const within = guide.sections.filter(({ line }) => line > from && line <= from + lineCount)
    const now = snapshot()
    const sections = new Map(now.sections)
    const told = within.map((one, index) => {
      const isFirst = index === 0 && section !== undefined
      const named = { ...one, key: isFirst ? section.key : one.key, guideId: section?.guideId ?? one.guideId }
      sections.set(named.key, named)
      return named.key
    })
    const withIt: KnowledgeSnapshot = { ...now, sections }
    return {
      title: within[0]?.title ?? section?.title ?? '',
      problems,
      bubbles: told.flatMap((key) => tellSection(key, withIt, clock.now())),
    }
  }

  #readAnswer({ answer, from, title }: Piece, text: string) {
    const { snapshot, clock } = this.#parts
    const parsed = parseAnswers({ file: '', text })
    const edited = parsed.answers.find(({ id }) => id === answer?.id) ?? parsed.answers.find(({ line }) => line > from)
    const now = snapshot()
    const bound = bindAnswers(edited ? [edited] : [], [], now.content.guides)
    return {
      title: edited?.title ?? title,
      problems: [...parsed.problems, ...bound.problems],
      bubbles: bound.answers.flatMap((one) => tellAnswer(one, now, clock.now())),
    }
  }
}

interface ChangedFile {
  readonly file: string
  readonly kept: string
  /** Undefined where there was none. */
  readonly before: string | undefined
  readonly after: string
}

const NEW_TOPIC = '新写的'
const NEW_FILE = '# 在网页里写的短答\n'

const isNew = ({ answer, key }: Piece): boolean => answerIdOf(key) !== undefined && answer === undefined

const titleOfAnswer = (markdown: string): string =>
  /^#{1,6}\s+(.*)$/m.exec(markdown)?.[1] ?? /^\s*问\s*[:：]\s*([^/]*)/m.exec(markdown)?.[1]?.trim() ?? ''

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').replaceAll(' / ', '，').trim()

const chinaDate = (atMs: number): string => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10)

async function restore(files: readonly ChangedFile[]): Promise<void> {
  for (const { file, before } of files) {
    const path = resolve(file)
    if (before === undefined) await rm(path, { force: true })
    else if ((await readFile(path, 'utf8')) !== before) await writeDurably(path, before)
  }
}

function isWritable(file: string): boolean {
  try {
    accessSync(resolve(file), constants.W_OK)
    return true
  } catch {
    return false
  }
}

const named = (key: string): string =>
  key === GOLDEN_KEY ? '必答题' : answerIdOf(key) === undefined ? `小节 ${key}` : `短答“${answerIdOf(key)}”`

const say = {
  nothing: '没有改过的内容。',
  noGolden: '没有必答题文件 intents/golden.yaml，先建一个。',
  gone: (key: string): string => `${named(key)} 在文件里找不到了，先看看文件是不是被别人改过。`,
  changedOnDisk: (key: string): string => `${named(key)} 的文件刚被别人改过，打开它看看两边有什么不同，再发布。`,
  unwritable: '文件写不进去，没有发布：请检查权限和磁盘空间。',
  keptAsDraft: '改动还留着，是草稿。',
} as const
