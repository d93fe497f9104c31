import type {
  AnswerDraft,
  DislikedSection,
  LearningEntry,
  LearningRecords,
  UnansweredQuestion,
} from '../model/learning.js'
import type { Asked } from './read-unanswered.js'

export interface LearningLimits {
  /** What was not met again for so long is forgotten. */
  readonly keepMs: number
  readonly maxQuestions: number
}

const MAX_TEXTS = 5
const MAX_KEYS = 50
const MAX_OTHERS = 200

export interface Noted {
  readonly records: LearningRecords
  readonly number: number
  readonly isNew: boolean
}

/**
 * Adds a question to the ones much like it.
 *
 * @param likest finds the number of the group that it belongs to
 * @param again the asker has asked it before, in the same talk: nothing is counted
 */
export function noteQuestion(
  records: LearningRecords,
  { text, why, sectionKey, place, atMs }: Asked & { readonly place: string; readonly atMs: number },
  { likest, again }: { likest: number | undefined; again: (number: number) => boolean },
): Noted {
  const same = questions(records).find(({ number }) => number === likest)
  if (!same) {
    const number = records.lastNumber + 1
    const question: UnansweredQuestion = {
      ...{ kind: 'question', number, texts: [text], count: 1, why, places: [place], sectionKey, status: 'open' },
      ...{ firstAtMs: atMs, lastAtMs: atMs },
    }
    return { records: { ...records, lastNumber: number, entries: [...records.entries, question] }, number, isNew: true }
  }
  const question: UnansweredQuestion = {
    ...same,
    texts: withNew(same.texts, text).slice(0, MAX_TEXTS),
    count: same.count + (again(same.number) ? 0 : 1),
    why,
    places: withNew(same.places, place).slice(0, MAX_KEYS),
    sectionKey: sectionKey ?? same.sectionKey,
    lastAtMs: atMs,
  }
  return { records: replaced(records, question), number: same.number, isNew: false }
}

/** Takes one count back: the question was answered after all. */
export function retractQuestion(records: LearningRecords, number: number): LearningRecords {
  const question = questions(records).find((one) => one.number === number)
  if (!question) return records
  return question.count > 1
    ? replaced(records, { ...question, count: question.count - 1 })
    : withoutEntry(records, number)
}

/** Somebody called the answer of a section useless. */
export function noteDislike(
  records: LearningRecords,
  { sectionKey, person, atMs }: { sectionKey: string; person: string; atMs: number },
): LearningRecords {
  const same = records.entries.find(
    (entry): entry is DislikedSection => entry.kind === 'disliked' && entry.sectionKey === sectionKey,
  )
  if (same) {
    return replaced(records, { ...same, people: withNew(same.people, person).slice(0, MAX_KEYS), lastAtMs: atMs })
  }
  const number = records.lastNumber + 1
  const disliked: DislikedSection = {
    ...{ kind: 'disliked', number, sectionKey, people: [person], firstAtMs: atMs, lastAtMs: atMs },
  }
  return { ...records, lastNumber: number, entries: [...records.entries, disliked] }
}

export function addDraft(
  records: LearningRecords,
  draft: Pick<AnswerDraft, 'ticketNumber' | 'question' | 'answer'> & { readonly atMs: number },
): LearningRecords {
  const { atMs, ...facts } = draft
  const number = records.lastNumber + 1
  const entry: AnswerDraft = { kind: 'draft', number, ...facts, status: 'open', firstAtMs: atMs, lastAtMs: atMs }
  return { ...records, lastNumber: number, entries: [...records.entries, entry] }
}

export const replaced = (records: LearningRecords, entry: LearningEntry): LearningRecords => ({
  ...records,
  entries: records.entries.map((one) => (one.number === entry.number ? entry : one)),
})

export const withoutEntry = (records: LearningRecords, number: number): LearningRecords => ({
  ...records,
  entries: records.entries.filter((one) => one.number !== number),
})

export const questions = ({ entries }: LearningRecords): readonly UnansweredQuestion[] =>
  entries.filter((entry) => entry.kind === 'question')

/** Forgets what is old, and the rarest where there is too much. */
export function prune(
  records: LearningRecords,
  nowMs: number,
  { keepMs, maxQuestions }: LearningLimits,
): LearningRecords {
  const fresh = records.entries.filter(({ lastAtMs }) => nowMs - lastAtMs < keepMs)
  const worth = fresh
    .filter((entry) => entry.kind === 'question')
    .toSorted((a, b) => b.count - a.count || b.lastAtMs - a.lastAtMs)
    .slice(0, maxQuestions)
  const others = fresh.filter(({ kind }) => kind !== 'question').slice(-MAX_OTHERS)
  const kept = new Set([...worth, ...others].map(({ number }) => number))
  if (kept.size === records.entries.length) return records
  return { ...records, entries: records.entries.filter(({ number }) => kept.has(number)) }
}

const withNew = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list : [...list, item]
