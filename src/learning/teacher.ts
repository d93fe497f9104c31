import { KnowledgeError } from '../errors.js'
import type { LearnedFiles, TeachingTarget, Undo } from '../model/learning.js'
import type { Releases, Report } from '../model/operations.js'
import type { Log } from '../model/ports.js'
import type { KnowledgeSnapshot } from '../model/snapshot.js'
import type { Party } from '../model/ticket.js'
import { normalizeText } from '../understand/normalize-text.js'
import { coreOf } from '../understand/taught-sentences.js'
import { learningPhrases as say } from './learning-phrases.js'

export interface TeacherParts {
  readonly files: LearnedFiles
  readonly knowledge: { current(): KnowledgeSnapshot }
  /** Applies the changed files, as any reload: checked on the golden questions, refused when something got worse. */
  readonly reload: Releases['reload']
  readonly log: Log
}

export interface Lesson {
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
export class Teacher {
  readonly #parts: TeacherParts
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: TeacherParts) {
    this.#parts = parts
  }

  /** @returns the release's own report; `ok: false` with the reason when nothing was learned */
  teach(lesson: Lesson): Promise<Report> {
    const result = this.#queue.then(() => this.#teach(lesson))
    this.#queue = result.catch(() => undefined) // the caller gets the error; the next lesson starts all the same
    return result
  }

  /** What a section key, 无关 or 人工 means in the knowledge in use; undefined where there is no such section. */
  target(word: string): TeachingTarget | undefined {
    if (/^(?:无关|無關|闲聊|閒聊|不接话|沉默)$/.test(word)) return { kind: 'silence' }
    if (/^(?:人工|转人工|轉人工)$/.test(word)) return { kind: 'human' }
    const { sections, intentOfSection } = this.#parts.knowledge.current()
    const section = sections.get(word) ?? sections.get(word.toUpperCase())
    if (!section) return undefined
    const { key, guideId, title } = section
    const ownKey = key.startsWith(`${guideId}/`) ? key.slice(guideId.length + 1) : key
    return { kind: 'section', key, guideId, ownKey, title, intentId: intentOfSection.get(key)?.id ?? `auto:${key}` }
  }

  /** Whether a sentence is met as it was taught. */
  means(sentence: string, target: TeachingTarget): boolean {
    const { taught, candidates } = this.#parts.knowledge.current().matcher.match(normalizeText(sentence))
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
      this.#parts.log.error({ error: error instanceof Error ? error.message : String(error) }, 'lesson failed')
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
