import { join } from 'node:path'
import PQueue from 'p-queue'
import { messageOf } from '../base/text.js'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import { KnowledgeError } from '../errors.js'
import { type Clock, done, failed, type Learning, type Log, type Releases, type Report } from '../model/ports.js'
import type { LearningEntry, LearningRecords, LearningStore, TeachingTarget, Undo } from '../model/stores.js'
import type { ForgottenPerson, Party, Ticket } from '../model/ticket.js'
import type { KnowledgeInUse } from '../model/understanding.js'
import { maskIdentifiers, normalizeText } from '../nlu/normalize.js'
import { coreOf } from '../nlu/retrieval.js'
import { LearnedFolder } from './files.js'
import { isTeachable, LearningEar, type LearningEarParts } from './listen.js'
import { learningPhrases as say } from './phrases.js'
import { forgetPerson as forgetInLearning, merged, replaced, withoutEntry } from './records.js'

/** Open and ignored ones together; the rarest go first. */
const MAX_QUESTIONS = 500

export interface LearningNeeds
  extends Pick<LearningEarParts, 'state' | 'knowledge' | 'notices' | 'alerts' | 'clock' | 'log'>,
    Pick<TeacherParts, 'reload'> {
  readonly desk: { onChange(listener: () => void): unknown; mine(): readonly Ticket[] }
  readonly store: LearningStore & { flush(): Promise<void> }
  /** Where the folder of what was taught lies. */
  readonly dataDir: string
  readonly settings: {
    readonly keepDays: number
    /** So many different people must call an answer useless before it is shown. */
    readonly dislikes: number
    readonly incidentGroups: number
    readonly incidentHours: number
  }
  readonly colleagueNames: readonly string[]
}

interface OpenLearning {
  /** What colleagues may order. */
  readonly learningOrders: BotLearning
  /** What hears every decided message. */
  readonly learning: LearningEar
  forget(person: ForgottenPerson): Promise<void>
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

/** When the same rejection counts as one incident. */
export const radarOf = ({
  incidentGroups,
  incidentHours,
}: Pick<LearningNeeds['settings'], 'incidentGroups' | 'incidentHours'>) => ({
  groups: incidentGroups,
  windowMs: incidentHours * HOUR_MS,
})

/** Joins the parts that learn around their files. */
export function openLearning(needs: LearningNeeds): OpenLearning {
  const { desk, state, store, dataDir, settings, colleagueNames, knowledge, notices, alerts, clock, log, reload } =
    needs
  const { keepDays, dislikes } = settings
  const learning = new LearningEar({
    ...{ store, state, knowledge, notices, alerts, clock, log },
    limits: { keepMs: keepDays * DAY_MS, maxQuestions: MAX_QUESTIONS },
    radar: radarOf(settings),
    colleagueNames,
  })
  const files = new LearnedFolder(join(dataDir, 'learned'))
  const learningOrders = new BotLearning({ store, files, knowledge, reload, clock, log, dislikes })
  desk.onChange(() => learning.noteTickets(desk.mine()))
  learning.noteTickets(desk.mine())
  const forget = (person: ForgottenPerson) => store.save(forgetInLearning(store.records(), person))
  return { learningOrders, learning, forget, flush: () => store.flush() }
}

interface BotLearningParts extends TeacherParts {
  readonly store: LearningStore
  readonly clock: Clock
  /** So many different people must call an answer useless before it is shown. */
  readonly dislikes: number
}

interface Order {
  readonly number: number
  readonly by: Party
  /** Also when the golden questions got worse. */
  readonly force?: boolean
}

const LISTED = 10
const DRAFTS_LISTED = 5

/** What colleagues order about what the bot doesn't know. Nothing is learned without such an order. */
class BotLearning implements Learning {
  readonly #parts: BotLearningParts
  readonly #teacher: Teacher

  constructor(parts: BotLearningParts) {
    this.#parts = parts
    this.#teacher = new Teacher(parts)
  }

  async list(): Promise<Report> {
    const open = this.#open()
    return { ok: true, text: open.length === 0 ? say.nothing : say.list(open.slice(0, LISTED), open.length) }
  }

  async drafts(): Promise<Report> {
    const drafts = this.#open().filter((entry) => entry.kind === 'draft')
    return { ok: true, text: drafts.length === 0 ? say.noDrafts : say.drafts(drafts.slice(0, DRAFTS_LISTED)) }
  }

  async assign({ number, sectionKey, by, force = false }: Order & { readonly sectionKey: string }): Promise<Report> {
    const entry = this.#find(number)
    if (!entry) return failed(say.unknown(number))
    if (entry.kind === 'disliked') return failed(say.noQuestion(number, entry.sectionKey))
    const target = this.#teacher.target(sectionKey)
    if (!target) return failed(say.noSection(sectionKey))
    const sentences = entry.kind === 'draft' ? [entry.question] : entry.texts
    const report = await this.#teach(target, sentences, { by, force, insist: say.insistAssign(number, sectionKey) })
    if (report.ok) await this.#settle(number)
    return report
  }

  async teach({
    sectionKey,
    text,
    by,
    force = false,
  }: Pick<Order, 'by' | 'force'> & { readonly sectionKey: string; readonly text: string }): Promise<Report> {
    const target = this.#teacher.target(sectionKey)
    if (!target) return failed(say.noSection(sectionKey))
    const sentence = maskIdentifiers(text).replace(/\s+/g, ' ').trim()
    return this.#teach(target, [sentence], { by, force, insist: say.insistTeach(sectionKey, sentence) })
  }

  /** Takes back what was taught: the sentence means again what it meant before. */
  async unteach({ text, by }: Pick<Order, 'by'> & { readonly text: string }): Promise<Report> {
    const { files, knowledge } = this.#parts
    const isSame = sameSentence([text])
    let isThere = true
    const report = await this.#teacher.teach({
      change: async () => {
        const undo = await files.takeOut(isSame)
        isThere = undo !== undefined
        return undo ?? (async () => {})
      },
      isLearned: () => !isThere || knowledge.current.matcher.match(normalizeText(text)).taught === undefined,
      // Without it the golden questions are as they were before it was taught.
      ...{ by, force: true, insist: '' },
    })
    if (!report.ok) return report
    return isThere ? done(say.untaught(text)) : failed(say.neverTaught(text))
  }

  async ignore({ number }: Order): Promise<Report> {
    const entry = this.#find(number)
    if (!entry) return failed(say.unknown(number))
    // A question stays, so that its like falls in with it; who dislikes an answer may begin anew.
    if (entry.kind === 'question') await this.#save((records) => replaced(records, { ...entry, status: 'ignored' }))
    else await this.#settle(number)
    return done(say.ignored(number))
  }

  /** Their ways of asking are one question's from now on. */
  async merge({ number, into }: Order & { readonly into: number }): Promise<Report> {
    const [from, to] = [number, into].map((one) => this.#find(one))
    for (const [index, entry] of [from, to].entries())
      if (entry?.kind !== 'question') return failed(say.unknown(index === 0 ? number : into))
    if (from?.kind !== 'question' || to?.kind !== 'question' || number === into) return failed(say.sameEntry)
    await this.#save((records) => withoutEntry(replaced(records, merged(to, from)), number))
    return done(say.merged(number, into))
  }

  async settle(number: number): Promise<void> {
    if (this.#find(number)) await this.#settle(number)
  }

  /** Makes a draft a section of its own. */
  async accept({ number, by, force = false }: Order): Promise<Report> {
    const draft = this.#find(number)
    if (!draft) return failed(say.unknown(number))
    if (draft.kind !== 'draft') return failed(say.noDraft(number))
    const { question, answer } = draft
    const { files, knowledge } = this.#parts
    let key = ''
    const report = await this.#teacher.teach({
      change: async () => {
        const { sectionKey, undo } = await files.addAnswer({ number, question, lines: answer.split('\n') })
        key = sectionKey
        return undo
      },
      isLearned: () => knowledge.current.sections.has(key),
      ...{ by, force, insist: say.insistAccept(number) },
    })
    if (!report.ok) return report
    await this.#settle(number)
    await this.#settleSame(question)
    return done(say.withReport(say.accepted(number, key), report.text))
  }

  async #teach(
    target: TeachingTarget,
    sentences: readonly string[],
    how: { readonly by: Party; readonly force: boolean; readonly insist: string },
  ): Promise<Report> {
    const [first = ''] = sentences
    const verdicts = sentences.map((sentence) => isTeachable(sentence, this.#parts.knowledge.current.language))
    const good = sentences.filter((_, index) => verdicts[index] === 'yes')
    const verdict = good.length > 0 ? 'yes' : verdicts[0]
    if (verdict === 'empty' || verdict === undefined) return failed(say.unteachable.empty)
    if (verdict !== 'yes') return failed(say.unteachable[verdict](first))
    const meaning = meaningOf(target)
    const isLearned = (): boolean => good.every((sentence) => this.#teacher.means(sentence, target))
    if (isLearned()) return done(say.knownAlready(good[0]!, meaning))
    const change = () => this.#parts.files.teach(target, good, sameSentence(good))
    const report = await this.#teacher.teach({ change, isLearned, ...how })
    if (!report.ok) return report
    return done(say.withReport(say.taught(good[0]!, good.length - 1, meaning), report.text))
  }

  /** What colleagues can do something about, most frequent first. */
  #open(): readonly LearningEntry[] {
    const weight = (entry: LearningEntry): number =>
      entry.kind === 'question' ? entry.count : entry.kind === 'disliked' ? entry.people.length : 1
    return this.#parts.store
      .records()
      .entries.filter((entry) => this.#isOpen(entry))
      .toSorted((a, b) => weight(b) - weight(a) || b.lastAtMs - a.lastAtMs)
  }

  #isOpen = (entry: LearningEntry): boolean =>
    entry.kind === 'disliked' ? entry.people.length >= this.#parts.dislikes : entry.status === 'open'

  #find(number: number): LearningEntry | undefined {
    return this.#parts.store.records().entries.find((entry) => entry.number === number && this.#isOpen(entry))
  }

  #settle(number: number): Promise<void> {
    return this.#save((records) => {
      const entry = records.entries.find((one) => one.number === number)
      return entry?.kind === 'draft'
        ? replaced(records, { ...entry, status: 'settled', question: '', answer: '' })
        : withoutEntry(records, number)
    })
  }

  /** The question of an accepted answer is answered, too. */
  #settleSame(question: string): Promise<void> {
    const isSame = sameSentence([question])
    return this.#save((records) => ({
      ...records,
      entries: records.entries.filter((entry) => entry.kind !== 'question' || !entry.texts.some(isSame)),
    }))
  }

  #save(change: (records: LearningRecords) => LearningRecords): Promise<void> {
    const { store } = this.#parts
    return store.save(change(store.records()))
  }
}

function meaningOf(target: TeachingTarget): string {
  if (target.kind === 'section') return say.toSection(target.key, target.title)
  return target.kind === 'human' ? say.toHuman : say.toSilence
}

interface TeacherParts {
  readonly files: LearnedFolder
  readonly knowledge: Readonly<KnowledgeInUse>
  /** Applies the changed files, as any reload: checked on the golden questions, refused when something got worse. */
  readonly reload: Releases['reload']
  readonly log: Log
}

interface Lesson {
  readonly change: () => Promise<Undo>
  /** Whether the knowledge in use has it. */
  readonly isLearned: () => boolean
  readonly by: Party
  readonly force: boolean
  /** The order that insists. */
  readonly insist: string
}

/** A reload that was under way before the change may not have seen it. */
const TRIES = 2

/** Writes what people teach, applies it, and takes it back when it is refused. One lesson at a time. */
class Teacher {
  readonly #parts: TeacherParts
  readonly #lessons = new PQueue({ concurrency: 1 })

  constructor(parts: TeacherParts) {
    this.#parts = parts
  }

  /** @returns the release's own report; `ok: false` with the reason when nothing was learned */
  teach(lesson: Lesson): Promise<Report> {
    return this.#lessons.add(() => this.#teach(lesson))
  }

  /** What a section key, 无关 or 人工 means in the knowledge in use; undefined where there is no such section. */
  target(word: string): TeachingTarget | undefined {
    if (/^(?:无关|無關|闲聊|閒聊|不接话|沉默)$/.test(word)) return { kind: 'silence' }
    if (/^(?:人工|转人工|轉人工)$/.test(word)) return { kind: 'human' }
    const { sections, intentOfSection } = this.#parts.knowledge.current
    const section = sections.get(word) ?? sections.get(word.toUpperCase())
    if (!section) return undefined
    const { key, guideId, title } = section
    const ownKey = key.startsWith(`${guideId}/`) ? key.slice(guideId.length + 1) : key
    return { kind: 'section', key, guideId, ownKey, title, intentId: intentOfSection.get(key)?.id ?? `auto:${key}` }
  }

  /** Whether a sentence is met as it was taught. */
  means(sentence: string, target: TeachingTarget): boolean {
    const { taught, candidates } = this.#parts.knowledge.current.matcher.match(normalizeText(sentence))
    return taught === target.kind && (target.kind !== 'section' || candidates[0]?.sectionKey === target.key)
  }

  async #teach({ change, isLearned, by, force, insist }: Lesson): Promise<Report> {
    let undo: Undo
    try {
      undo = await change()
    } catch (error) {
      if (error instanceof KnowledgeError) return { ok: false, text: say.brokenFile(placeOf(error)) }
      throw error
    }
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const report = await this.#parts.reload({ by, only: 'learned', ...(force ? { force } : {}) })
        if (!report.ok) {
          await undo()
          return { ok: false, text: say.refused(withoutReload(report.text), insist) }
        }
        if (isLearned()) return report
      }
      await undo()
      await this.#parts.reload({ by, force: true, only: 'learned' })
      this.#parts.log.warn({}, 'what was taught has not come through, and is taken back')
      return { ok: false, text: say.notApplied }
    } catch (error) {
      await undo()
      this.#parts.log.error({ error: messageOf(error) }, 'lesson failed')
      return { ok: false, text: say.failed }
    }
  }
}

/** The release tells how to insist on a reload; of what was taken back a reload would find nothing. */
const withoutReload = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.includes('重载'))
    .join('\n')

/** Two sentences that the matcher takes for one. */
export function sameSentence(sentences: readonly string[]): (text: string) => boolean {
  const cores = new Set(sentences.map((text) => coreOf(normalizeText(text))))
  return (text) => cores.has(coreOf(normalizeText(text)))
}

function placeOf({ problems }: KnowledgeError): string {
  const [problem] = problems
  if (!problem) return ''
  const { file, line, message, remedy } = problem
  return `${line > 0 ? `${file}:${line}` : file} ${message}，${remedy}。`
}
