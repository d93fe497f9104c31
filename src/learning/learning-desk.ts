import type { LearningEntry, LearningRecords, LearningStore, TeachingTarget } from '../model/learning.js'
import type { Learning, Report } from '../model/operations.js'
import type { Clock } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import { maskIdentifiers } from '../understand/mask-identifiers.js'
import { replaced, withoutEntry } from './learning-book.js'
import { learningPhrases as say } from './learning-phrases.js'
import { isTeachable } from './teachable.js'
import { sameSentence, Teacher, type TeacherParts } from './teacher.js'

export interface LearningDeskParts extends TeacherParts {
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
export class LearningDesk implements Learning {
  readonly #parts: LearningDeskParts
  readonly #teacher: Teacher

  constructor(parts: LearningDeskParts) {
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

  async ignore({ number }: Order): Promise<Report> {
    const entry = this.#find(number)
    if (!entry) return failed(say.unknown(number))
    // A question stays, so that its like falls in with it; who dislikes an answer may begin anew.
    if (entry.kind === 'question') await this.#save((records) => replaced(records, { ...entry, status: 'ignored' }))
    else await this.#settle(number)
    return { ok: true, text: say.ignored(number) }
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
      isLearned: () => knowledge.current().sections.has(key),
      ...{ by, force, insist: say.insistAccept(number) },
    })
    if (!report.ok) return report
    await this.#settle(number)
    await this.#settleSame(question)
    return { ok: true, text: say.withReport(say.accepted(number, key), report.text) }
  }

  async #teach(
    target: TeachingTarget,
    sentences: readonly string[],
    how: { readonly by: Party; readonly force: boolean; readonly insist: string },
  ): Promise<Report> {
    const [first = ''] = sentences
    const verdicts = sentences.map(isTeachable)
    const good = sentences.filter((_, index) => verdicts[index] === 'yes')
    const verdict = good.length > 0 ? 'yes' : verdicts[0]
    if (verdict === 'empty' || verdict === undefined) return failed(say.unteachable.empty)
    if (verdict !== 'yes') return failed(say.unteachable[verdict](first))
    const meaning = meaningOf(target)
    const isLearned = (): boolean => good.every((sentence) => this.#teacher.means(sentence, target))
    if (isLearned()) return { ok: true, text: say.knownAlready(good[0]!, meaning) }
    const change = () => this.#parts.files.teach(target, good, sameSentence(good))
    const report = await this.#teacher.teach({ change, isLearned, ...how })
    if (!report.ok) return report
    return { ok: true, text: say.withReport(say.taught(good[0]!, good.length - 1, meaning), report.text) }
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

const failed = (text: string): Report => ({ ok: false, text })

function meaningOf(target: TeachingTarget): string {
  if (target.kind === 'section') return say.toSection(target.key, target.title)
  return target.kind === 'human' ? say.toHuman : say.toSilence
}
