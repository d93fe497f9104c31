import { accessSync, constants } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import PQueue from 'p-queue'
import { knownIn, readExam, sitExam } from '../evaluate/exam.js'
import type { AuthorsFile, AuthorsFiles, KnowledgeFolder } from '../knowledge/files.js'
import { ReadingMemory } from '../knowledge/read.js'
import type { Edit } from '../model/knowledge.js'
import { type Clock, type DurableList, failed, type Orderer, type Report } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { knowingOf } from '../nlu/pipeline.js'
import { writeDurably } from '../store/json-file.js'
import {
  answerIdOf,
  asksLine,
  type Difference,
  differenceOf,
  GOLDEN_KEY,
  guideIdOf,
  hashOf,
  isOfAnswers,
  newAnswer,
  newGuide,
  newPiece,
  newRow,
  type Piece,
  type Pieces,
  type PieceView,
  patchOf,
  readPieces,
  viewOfPiece,
  withChanges,
} from './pieces.js'
import type { ReleaseRecord } from './release.js'
import {
  changeGolden,
  fileOfList,
  type GoldenChange,
  LIST_NAMES,
  type ListName,
  listOfKey,
  type RowFields,
  titleInRow,
  titleOfList,
  withFields,
} from './rows.js'

interface TreeLine {
  readonly key: string
  readonly title: string
  readonly isEdited: boolean
  /** Of the draft; absent without any. */
  readonly problemCount?: number
  /** Among them is one that no release gets past. */
  readonly isWrong?: boolean
}

export interface KnowledgeTree {
  readonly guides: readonly {
    readonly title: string
    readonly file: string
    readonly sections: readonly TreeLine[]
  }[]
  /** Short answers in files of their own, by topic. */
  readonly answers: readonly { readonly topic: string; readonly answers: readonly TreeLine[] }[]
  /** Lists of the two tables; one that has no row yet can't get its first here. */
  readonly tables: readonly {
    readonly list: ListName
    readonly title: string
    readonly file: string
    readonly rows: readonly TreeLine[]
  }[]
  readonly edits: readonly (Edit & { readonly title: string })[]
  /** Nothing can be written into the folder of the guides: what is drafted can be taken away as a patch. */
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
  /** Oldest first. */
  readonly releases: () => readonly Pick<ReleaseRecord, 'number' | 'atMs' | 'by' | 'note'>[]
  /** What a release was made from. Rejects where its files are gone. */
  readonly filesOf: (release: number) => Promise<AuthorsFiles>
  readonly clock: Clock
}

/** A piece as a release has changed it. */
interface PieceVersion {
  readonly number: number
  readonly atMs: number
  readonly by: string
  readonly note?: string
  readonly markdown: string
  /** What that release changed, as `differenceOf` tells it; empty for the oldest one that is kept. */
  readonly difference: readonly string[]
}

export interface ReleaseOrder {
  readonly by: Orderer
  /** Also when the golden questions get worse. */
  readonly force: boolean
  /** Why, for the list of releases. */
  readonly note?: string
}

/**
 * What is saved of a piece: all of it, or the fields of a row that were changed. `seen`: of the draft that its writer had
 * before them, empty for none.
 */
export interface Draft extends Pick<Edit, 'baseHash' | 'file'> {
  readonly markdown?: string
  readonly fields?: RowFields
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
  /** One change of the drafts after the other, a release included. */
  readonly #turns = new PQueue({ concurrency: 1 })

  constructor(parts: EditorParts) {
    this.#parts = parts
  }

  async tree(): Promise<KnowledgeTree> {
    const edits = this.#parts.list.records()
    const { guides, answers, rows, find } = await this.#pieces()
    const marks = new Map<string, Omit<TreeLine, 'key' | 'title'>>()
    for (const edit of edits) marks.set(edit.key, await this.#marksOf(edit))
    const marksOf = (key: string) => marks.get(key) ?? { isEdited: false }
    const topics = new Map<string, TreeLine[]>()
    const take = (topic: string, key: string, title: string): void => {
      topics.set(topic, [...(topics.get(topic) ?? []), { key, title, ...marksOf(key) }])
    }
    for (const { key, title, answer } of answers) take(answer?.topic ?? '', key, title)
    const newOnes = edits.filter(({ key }) => !find(key))
    for (const { key, markdown } of newOnes)
      if (answerIdOf(key) !== undefined) take(NEW_TOPIC, key, titleOf(key, markdown))
    const drafted = (is: (key: string) => boolean): readonly TreeLine[] =>
      newOnes
        .filter(({ key }) => is(key))
        .map(({ key, markdown }) => ({ key, title: titleOf(key, markdown), ...marksOf(key) }))
    const newGuides = newOnes.filter(({ key }) => guideIdOf(key) !== undefined)
    return {
      guides: [
        ...guides.map(({ guide }) => ({
          ...{ title: guide.title, file: guide.file },
          sections: guide.sections.map(({ key, title }) => ({ key, title, ...marksOf(key) })),
        })),
        ...newGuides.map(({ key, markdown, file = '' }) => {
          const title = titleOf(key, markdown)
          return { title, file, sections: [{ key, title: say.newGuide, ...marksOf(key) }] }
        }),
      ],
      answers: [...topics].map(([topic, list]) => ({ topic, answers: list })),
      tables: LIST_NAMES.flatMap((list) => {
        const own = rows.filter(({ key }) => listOfKey(key) === list)
        const lines = own.map(({ key, title }) => ({ key, title, ...marksOf(key) }))
        const all = [...drafted((key) => listOfKey(key) === list), ...lines]
        return own.length > 0 ? [{ list, title: titleOfList(list), file: own[0]!.file.file, rows: all }] : []
      }),
      edits: edits.map((edit) => ({ ...edit, title: find(edit.key)?.title ?? titleOf(edit.key, edit.markdown) })),
      isReadOnly: guides.some(({ file }) => !isWritable(file.file)),
    }
  }

  async #marksOf(edit: Edit): Promise<Omit<TreeLine, 'key' | 'title'>> {
    const piece = await this.#find(edit.key, edit.file)
    const problems = piece && edit.key !== GOLDEN_KEY ? this.#view(piece, edit).problems : []
    const isWrong = problems.some(({ severity }) => severity === 'error')
    return { isEdited: true, ...(problems.length > 0 && { problemCount: problems.length, isWrong }) }
  }

  /** @returns undefined where there is no such piece, on disk or as a draft */
  async section(key: string): Promise<PieceView | undefined> {
    const edit = this.#editOf(key)
    const piece = await this.#find(key, edit?.file)
    return piece && this.#view(piece, edit)
  }

  /** The releases that have changed a piece, newest first, as far back as they are kept; the last of them is how it was then. */
  async history(key: string): Promise<readonly PieceVersion[]> {
    const { releases, filesOf } = this.#parts
    const memory = new ReadingMemory()
    const versions: PieceVersion[] = []
    for (const { number, atMs, by, note } of releases()) {
      const files = await filesOf(number).catch(() => undefined)
      if (!files) continue
      const piece = readPieces(onlyOf(key, files), memory).find(key)
      const before = versions.at(-1)
      const markdown = piece?.markdown ?? ''
      if (before?.markdown === markdown || (!before && markdown === '')) continue
      const difference = before ? differenceOf('', before.markdown, markdown).lines : []
      versions.push({ ...{ number, atMs, by: by.name, markdown, difference }, ...(note && { note }) })
    }
    return versions.reverse()
  }

  /** Keeps a draft. @returns also what stands on disk now; undefined where there is no such piece */
  keep(key: string, draft: Draft, by: Party): Promise<Kept | undefined> {
    return this.#turns.add(async () => {
      const { list, clock } = this.#parts
      const before = this.#editOf(key)
      const piece = await this.#find(key, draft.file ?? before?.file)
      if (!piece) return undefined
      const { baseHash, seen } = draft
      const written = before?.markdown ?? piece.markdown
      const markdown = draft.markdown ?? withFields(written, draft.fields ?? {}) ?? written
      const refuse = (clash: Kept['clash']): Kept => ({ isKept: false, clash: clash!, view: this.#view(piece, before) })
      if (hashOf(piece.markdown) !== baseHash) return refuse('file')
      const isSeen = seen === undefined || seen === (before ? hashOf(before.markdown) : '')
      if (!isSeen && before?.markdown !== markdown) return refuse('draft')
      const edit: Edit = {
        ...{ key, markdown, baseHash, by: by.name, atMs: clock.now() },
        ...(piece.isNew && { file: piece.file.file }),
      }
      const isChanged = markdown !== piece.markdown
      const others = list.records().filter((one) => one.key !== key)
      await list.save(isChanged ? [...others, edit] : others)
      return { isKept: true, view: this.#view(piece, isChanged ? edit : undefined) }
    })
  }

  /** Begins a short answer, as a draft. @param section key; undefined: it lies outside the guides */
  async addAnswer(
    answer: {
      readonly asks: readonly string[]
      readonly lines: readonly string[]
      readonly section?: string | undefined
    },
    by: Party,
  ): Promise<PieceView> {
    return (await this.#begin(newAnswer(answer, this.#originOf(by)), this.#pathOf(NEW_ANSWERS), by))!
  }

  /** Begins a row of a table, as a draft. @returns undefined where there is no such list */
  async addRow(list: ListName, name: string, by: Party): Promise<PieceView | undefined> {
    const file = fileOfList((await this.#parts.folder.read()).tables, list)
    return file && this.#begin(newRow(list, name, this.#originOf(by)), file.file, by)
  }

  /** Begins a guide from a template that can be released as it is, as a draft. @returns why not, in Chinese */
  async addGuide(guide: { readonly id: string; readonly title: string }, by: Party): Promise<PieceView | string> {
    const { guides } = await this.#pieces()
    const begun = newGuide(guide)
    const isTaken = guides.some((one) => one.guide.id === guide.id) || this.#editOf(begun.key) !== undefined
    return isTaken ? say.guideTaken(guide.id) : (await this.#begin(begun, this.#pathOf(`${guide.id}.md`), by))!
  }

  #originOf = ({ name }: Party) => ({ by: name, atMs: this.#parts.clock.now() })

  #pathOf = (name: string): string => join(this.#parts.knowledgeDir, name)

  async #begin(
    { key, markdown }: { readonly key: string; readonly markdown: string },
    file: string,
    by: Party,
  ): Promise<PieceView | undefined> {
    return (await this.keep(key, { markdown, baseHash: hashOf(''), file }, by))?.view
  }

  /** Adds ways of asking to a short answer, as a draft. @returns undefined where there is none of that id */
  async addAsks(key: string, asks: readonly string[], by: Party): Promise<PieceView | undefined> {
    const view = answerIdOf(key) === undefined ? undefined : await this.section(key)
    if (!view) return undefined
    const lines = (view.edit?.markdown ?? view.markdown).split('\n')
    const at = lines.findLastIndex((line) => /^\s*问\s*[:：]/.test(line))
    if (at < 0) return undefined
    const markdown = lines.toSpliced(at + 1, 0, asksLine(asks)).join('\n')
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
    return this.#turns.add(async () => {
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
    return this.#turns.add(async () => {
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
    return this.#turns.add(async () => {
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
      differences: changed.files.map(({ kept, before, after }) => differenceOf(kept, before ?? '', after)),
    }
  }

  /** The same for where nothing can be written: to be carried to the folder's source, with what to do with it on top. */
  async patch(): Promise<{ readonly patch: string } | Report> {
    const changed = await this.#changedFiles(this.#parts.list.records())
    if ('ok' in changed) return changed
    return { patch: `${say.howToPatch}\n\n${patchOf(changed.files)}` }
  }

  /** Writes drafts to the authors' files and takes them into use, or leaves both as they were. @param keys default: all */
  release({ keys, ...order }: ReleaseOrder & { readonly keys?: readonly string[] }): Promise<Report> {
    return this.#turns.add(async () => {
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
      const report = await reload(order)
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
        // Taken out by a release that a kill has cut, or by somebody who has applied the patch.
        if (edit.markdown === '') continue
        return failed(say.gone(edit.key))
      }
      // Written by such a one: the same words may be written again, but what is new only once.
      if (piece.isNew && edit.markdown !== '' && piece.file.text.includes(edit.markdown.trimEnd())) continue
      const isSame = hashOf(piece.markdown) === edit.baseHash || piece.markdown.trimEnd() === edit.markdown.trimEnd()
      if (!isSame) return failed(say.changedOnDisk(edit.key))
      const of = changed.get(piece.file.file) ?? { file: piece.file, changes: [] }
      of.changes.push({
        piece,
        markdown: piece.isNew ? asNew(edit) : edit.markdown,
      })
      changed.set(piece.file.file, of)
    }
    const files = [...changed.values()].map(({ file, changes }) => ({
      ...{
        file: file.file,
        kept: file.kept,
        before: changes.every(({ piece }) => piece.isUnwritten) ? undefined : file.text,
      },
      after: withChanges(file.text, changes),
    }))
    return { files: files.filter(({ before, after }) => before !== after) }
  }

  #editOf = (key: string): Edit | undefined => this.#parts.list.records().find((edit) => edit.key === key)

  async #pieces(): Promise<Pieces> {
    return readPieces(await this.#parts.folder.read(), this.#memory)
  }

  /** @param newIn the file in which a new piece is to stand */
  async #find(key: string, newIn: string | undefined): Promise<Piece | undefined> {
    const files = await this.#parts.folder.read()
    const found = readPieces(files, this.#memory).find(key)
    if (found || newIn === undefined) return found
    const below = relative(resolve(this.#parts.knowledgeDir), resolve(newIn)).replaceAll(sep, '/')
    return newPiece(key, files, { path: newIn, head: NEW_FILE, kept: `knowledge/${below}` })
  }

  #view(piece: Piece, edit: Edit | undefined): PieceView {
    const { snapshot, clock } = this.#parts
    return viewOfPiece(piece, edit, { snapshot: snapshot(), nowMs: clock.now() })
  }
}

interface ChangedFile {
  readonly file: string
  readonly kept: string
  /** Undefined where there was none. */
  readonly before: string | undefined
  readonly after: string
}

/** The files among which a piece may stand: reading all of ten releases would take seconds. */
function onlyOf(key: string, { guides, tables, intents }: AuthorsFiles): AuthorsFiles {
  if (key === GOLDEN_KEY) return { guides: [], tables: [], intents }
  if (listOfKey(key)) return { guides: [], tables, intents: [] }
  const isOfAnswer = answerIdOf(key) !== undefined
  return { guides: guides.filter(({ kept }) => isOfAnswers(kept) === isOfAnswer), tables: [], intents: [] }
}

const NEW_TOPIC = '新写的'
const NEW_FILE = '# 在网页里写的短答\n'

/** With a blank line behind it where something may follow. */
const asNew = ({ key, markdown }: Edit): string =>
  markdown === '' ? '' : guideIdOf(key) === undefined ? `${markdown.trimEnd()}\n` : markdown.trimEnd()

/** The name of what is not written yet. */
const titleOf = (key: string, markdown: string): string =>
  listOfKey(key)
    ? titleInRow(markdown)
    : (/^title:\s*"?(.*?)"?\s*$/m.exec(markdown)?.[1] ??
      /^#{1,6}\s+(.*)$/m.exec(markdown)?.[1] ??
      /^\s*问\s*[:：]\s*([^/]*)/m.exec(markdown)?.[1]?.trim() ??
      '')

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

function named(key: string): string {
  if (key === GOLDEN_KEY) return '必答题'
  const [answer, guide, list] = [answerIdOf(key), guideIdOf(key), listOfKey(key)]
  if (answer !== undefined) return `短答“${answer}”`
  if (guide !== undefined) return `指南“${guide}”`
  return list ? `${titleOfList(list)}“${key.slice(`row:${list}:`.length)}”` : `小节 ${key}`
}

const say = {
  nothing: '没有改过的内容。',
  noGolden: '没有必答题文件 intents/golden.yaml，先建一个。',
  gone: (key: string): string => `${named(key)} 在文件里找不到了，先看看文件是不是被别人改过。`,
  changedOnDisk: (key: string): string => `${named(key)} 的文件刚被别人改过，打开它看看两边有什么不同，再发布。`,
  unwritable: '文件写不进去，没有发布：请检查权限和磁盘空间。',
  keptAsDraft: '改动还留着，是草稿。',
  newGuide: '新指南（全文）',
  guideTaken: (id: string): string => `已经有一份编号是 ${id} 的指南了，换一个编号。`,
  howToPatch:
    '在放着 knowledge 和 intents 的文件夹里运行 git apply guoshen.patch（或 patch -p1 < guoshen.patch），再重载。',
} as const
