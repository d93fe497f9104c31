import { parentPort } from 'node:worker_threads'
import { BoundedMap } from '../base/bounded-map.js'
import { formatProblem, KnowledgeError } from '../errors.js'
import {
  changesOf,
  type Exam,
  type ExamAnswer,
  type ExamQuestion,
  examKeyOf,
  figuresOf,
  knownIn,
  ownSentences,
  readExam,
  sitExam,
  type Unmet,
  unmetOf,
} from '../evaluate/exam.js'
import { explainSentence, replay } from '../evaluate/explain.js'
import { type AuthorsFile, type AuthorsFiles, type FolderPaths, KnowledgeFolder } from '../knowledge/files.js'
import { absentPictures } from '../knowledge/pictures.js'
import { missingPictures, picturePaths } from '../knowledge/read.js'
import type { Guide, Problem } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { knowingOf } from '../nlu/pipeline.js'
import { type BuiltKnowledge, buildSnapshot, KnowledgeBuilder } from './build.js'
import { ReleaseFolder } from './files.js'
import {
  type Completed,
  compareContent,
  type Findings,
  type Prepared,
  type PrepareOrder,
  type Preview,
  type PreviewOrder,
} from './release.js'
import type { WorkerReply } from './worker-thread.js'

export interface ReleasePaths extends FolderPaths {
  readonly releasesDir: string
  readonly cacheDir: string
  readonly illustrationsDir: string
  /** Pictures may come from the documentation site, so none can be said to be missing. */
  readonly hasDocsSite: boolean
}

interface Known {
  readonly snapshot: KnowledgeSnapshot
  readonly warnings: readonly Problem[]
  readonly textsKey: string
  readonly subjectsKey: string
}

type Examined =
  | Extract<Prepared, { status: 'broken' }>
  | {
      readonly status: 'examined'
      readonly built: BuiltKnowledge
      readonly before: Known | undefined
      readonly after: Known
      readonly findings: Findings
    }

/** Those that are new come last. */
function withEdited(files: AuthorsFiles, edited: readonly AuthorsFile[]): AuthorsFiles {
  const newOnes = new Map(edited.map((file) => [file.file, file]))
  const take = (file: AuthorsFile): AuthorsFile => {
    const changed = newOnes.get(file.file)
    newOnes.delete(file.file)
    return changed ?? file
  }
  const [guides, tables, intents] = [files.guides.map(take), files.tables.map(take), files.intents.map(take)]
  return { guides: [...guides, ...newOnes.values()], tables, intents }
}

const isAuthored = ({ kept }: AuthorsFile): boolean => !kept.startsWith('learned/')

const KEPT_IN_MEMORY = 3 // the old, the new, and one to go back to

/** The work behind a release: reads, checks, builds, examines, compares. Made to run beside the bot's thread. */
class ReleaseWorkshop {
  readonly #paths: ReleasePaths
  readonly #builder: KnowledgeBuilder
  readonly #releases: ReleaseFolder
  readonly #known = new BoundedMap<string, Known>(KEPT_IN_MEMORY)
  readonly #keyOfRelease = new BoundedMap<number, string>(KEPT_IN_MEMORY)
  readonly #answers = new BoundedMap<string, readonly ExamAnswer[]>(KEPT_IN_MEMORY)
  #exam: { readonly key: string; readonly exam: Exam } | undefined

  constructor(paths: ReleasePaths) {
    this.#paths = paths
    this.#builder = new KnowledgeBuilder(paths.cacheDir)
    this.#releases = new ReleaseFolder(paths.releasesDir)
  }

  async prepare(order: PrepareOrder): Promise<Prepared> {
    const read = await this.#read(order).catch(asProblems)
    if ('problems' in read) return { status: 'broken', ...read }
    const examined = await this.#examineFiles(read, order)
    if (examined.status === 'broken') return examined
    const { built, before, findings } = examined
    if (before?.textsKey === built.textsKey) return { status: 'unchanged', findings }
    const staged = order.stage ? await this.#releases.stage(read) : undefined
    return { status: 'ready', findings, built, ...(staged === undefined ? {} : { staged }) }
  }

  /** What drafts would change: in the exam, and for what people really said. */
  async preview({ edited, messages, tried, ...order }: PreviewOrder): Promise<Preview> {
    const folder = await new KnowledgeFolder(this.#paths).read().catch(asProblems)
    if ('problems' in folder) return { status: 'broken', ...folder }
    const examined = await this.#examineFiles(withEdited(folder, edited), order)
    if (examined.status === 'broken') return examined
    const [after, nowMs] = [examined.after.snapshot, order.nowMs]
    return {
      ...{ status: 'ready', findings: examined.findings },
      replay: replay(messages, { before: examined.before?.snapshot ?? after, after, nowMs }),
      tried: tried.map((text) => explainSentence(text, after, nowMs)),
    }
  }

  async #examineFiles(read: AuthorsFiles, order: Pick<PrepareOrder, 'base' | 'nowMs'>): Promise<Examined> {
    const outcome = await this.#builder.build(read, { quick: true })
    if (outcome.status === 'broken') return outcome
    const { built } = outcome
    const after = this.#know(built)
    const { questions: all, examKey: keyOfAll, problems } = this.#readExam(read, after)
    if (problems.some(({ severity }) => severity === 'error')) return { status: 'broken', problems }
    const before = order.base === undefined ? undefined : await this.#knowRelease(order.base)
    // What the classifier has not learned anew can't have changed the answers to held-out messages by more than chance.
    const isSmall = before !== undefined && tellsSectionsApartAlike(before, after)
    const questions = isSmall ? all.filter(({ set }) => set === 'golden') : all
    const examKey = isSmall ? `golden ${keyOfAll}` : keyOfAll
    const examine = (known: Known): readonly ExamAnswer[] => this.#examine(known, { questions, examKey, ...order })
    const pictures = await this.#missingPictures(after.snapshot.content.guides, read)
    const findings: Findings = {
      textsKey: built.textsKey,
      ...countsOf(after.snapshot),
      warnings: [...problems, ...after.warnings, ...pictures],
      difference: compareContent(before?.snapshot.content, after.snapshot.content),
      misread: before ? findMisread(before, after, order.nowMs) : [],
      exam: compareExams(questions, { before: before && examine(before), after: examine(after) }),
    }
    return { status: 'examined', built, before, after, findings }
  }

  /** @throws KnowledgeError when this code no longer accepts the files of the release */
  async restore(number: number, { quick = true } = {}): Promise<BuiltKnowledge> {
    const files = await this.#releases.readFiles(number)
    const outcome = await this.#builder.build(files, { quick })
    if (outcome.status === 'broken') throw new KnowledgeError(outcome.problems)
    return outcome.built
  }

  /** @throws KnowledgeError when this code no longer accepts the files of the release */
  async complete(number: number, nowMs: number): Promise<Completed> {
    const before = this.#know(await this.restore(number))
    const built = await this.restore(number, { quick: false })
    const after = this.#know(built)
    const { questions, examKey } = this.#readExam(await this.#releases.readFiles(number), after)
    const sit = (known: Known): readonly ExamAnswer[] => this.#examine(known, { questions, examKey, nowMs })
    return { built, exam: compareExams(questions, { before: sit(before), after: sit(after) }) }
  }

  async #read({ base, only }: PrepareOrder): Promise<AuthorsFiles> {
    const folder = new KnowledgeFolder(this.#paths)
    if (only !== 'learned' || base === undefined) return folder.read()
    const kept = await this.#releases.readFiles(base)
    const learned = await folder.readLearned()
    return {
      guides: [...kept.guides.filter(isAuthored), ...learned.guides],
      tables: kept.tables,
      intents: [...kept.intents.filter(isAuthored), ...learned.intents],
    }
  }

  /** What a release holds never changes, so it is read once. */
  async #knowRelease(number: number): Promise<Known> {
    const key = this.#keyOfRelease.get(number)
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known) return known
    const built = await this.restore(number)
    this.#keyOfRelease.set(number, `${built.textsKey} ${built.subjectsKey}`)
    return this.#know(built)
  }

  #know(built: BuiltKnowledge): Known {
    const { textsKey, subjectsKey, warnings } = built
    const key = `${textsKey} ${subjectsKey}`
    return this.#known.getOrSet(key, () => ({ snapshot: buildSnapshot(built), warnings, textsKey, subjectsKey }))
  }

  #readExam({ intents }: AuthorsFiles, { snapshot, textsKey }: Known): Exam {
    const key = `${textsKey} ${examKeyOf(intents)}`
    if (this.#exam?.key !== key) {
      this.#exam = { key, exam: readExam(intents, knownIn(snapshot.content)) }
    }
    return this.#exam.exam
  }

  #examine(
    { snapshot, textsKey, subjectsKey }: Known,
    exam: { readonly questions: readonly ExamQuestion[]; readonly examKey: string; readonly nowMs: number },
  ): readonly ExamAnswer[] {
    const key = `${textsKey} ${subjectsKey} ${exam.examKey}`
    const candidate = knowingOf(snapshot, exam.nowMs)
    return this.#answers.getOrSet(key, () => sitExam(exam.questions, candidate))
  }

  async #missingPictures(guides: readonly Guide[], { guides: texts }: AuthorsFiles): Promise<readonly Problem[]> {
    if (this.#paths.hasDocsSite) return []
    const missing = await absentPictures(picturePaths(guides), this.#paths)
    return missingPictures(guides, { texts, missing })
  }
}

/** The same classifier, language and tables: at most some sentences and words of answers are others. */
function tellsSectionsApartAlike(before: Known, after: Known): boolean {
  const decisive = ({ snapshot: { content } }: Known): string => {
    const sections = content.guides.flatMap((guide) => guide.sections.map(({ key, title }) => [key, title]))
    return JSON.stringify([sections, content.language, content.concepts, content.categories, content.rejections])
  }
  return before.subjectsKey === after.subjectsKey && decisive(before) === decisive(after)
}

/** More than these are a new guide's, and take longer than an author waits. */
const MAX_SENTENCES_TRIED = 500

/** Of the sentences that are new, those that are not answered as their author means. */
function findMisread(before: Known, after: Known, nowMs: number): readonly Unmet[] {
  const idOf = ({ text, wanted }: ExamQuestion): string => JSON.stringify([text, wanted])
  const old = new Set(ownSentences(before.snapshot.content).map(idOf))
  const fresh = ownSentences(after.snapshot.content).filter((sentence) => !old.has(idOf(sentence)))
  const tried = fresh.slice(0, MAX_SENTENCES_TRIED)
  return unmetOf(tried, sitExam(tried, knowingOf(after.snapshot, nowMs)))
}

function asProblems(error: unknown): { readonly problems: readonly Problem[] } {
  if (error instanceof KnowledgeError) return { problems: error.problems }
  throw error
}

function compareExams(
  questions: readonly ExamQuestion[],
  { before, after }: { before: readonly ExamAnswer[] | undefined; after: readonly ExamAnswer[] },
): Findings['exam'] {
  return {
    ...(before ? { before: figuresOf(questions, before) } : {}),
    after: figuresOf(questions, after),
    changes: before ? changesOf(questions, { before, after }) : [],
    unmet: unmetOf(questions, after),
  }
}

const countsOf = ({ sections, content }: KnowledgeSnapshot) => ({
  sectionCount: sections.size,
  utteranceCount: content.intents
    .filter(({ automatic }) => !automatic)
    .reduce((sum, { utterances }) => sum + utterances.length, 0),
})

/** What the bot's thread wants done. */
export type BuildJob = { readonly paths: ReleasePaths } & (
  | { readonly kind: 'prepare'; readonly order: PrepareOrder }
  | { readonly kind: 'preview'; readonly order: PreviewOrder }
  | { readonly kind: 'restore'; readonly number: number }
  | { readonly kind: 'complete'; readonly number: number; readonly nowMs: number }
)

// One thread serves one bot, so one workshop is all it ever needs.
let workshop: ReleaseWorkshop | undefined

parentPort?.on('message', async ({ id, job }: { readonly id: number; readonly job: BuildJob }) => {
  try {
    workshop ??= new ReleaseWorkshop(job.paths)
    const result = await work(workshop, job)
    reply({ id, result })
  } catch (error) {
    reply({ id, failure: { message: messageOf(error), code: (error as NodeJS.ErrnoException).code } })
  }
})

function work(at: ReleaseWorkshop, job: BuildJob): Promise<unknown> {
  switch (job.kind) {
    case 'prepare':
      return at.prepare(job.order)
    case 'preview':
      return at.preview(job.order)
    case 'restore':
      return at.restore(job.number)
    case 'complete':
      return at.complete(job.number, job.nowMs)
  }
}

const reply = (message: WorkerReply): void => parentPort?.postMessage(message)

function messageOf(error: unknown): string {
  if (error instanceof KnowledgeError) return error.problems.map(formatProblem).join('\n')
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
