import { chinaDay, type Day } from '../base/time.js'
import type { Concept } from '../model/knowledge.js'
import type {
  AnswerDraft,
  DislikedSection,
  LearningEntry,
  LearningRecords,
  UnansweredQuestion,
} from '../model/stores.js'
import type { ForgottenPerson } from '../model/ticket.js'
import { lexiconOf } from '../nlu/featurizer.js'
import { maskIdentifiers, normalizeText } from '../nlu/normalize.js'
import { coreOf, likeness, pairsOf } from '../nlu/retrieval.js'
import type { Asked } from './listen.js'

export interface LearningLimits {
  /** What was not met again for so long is forgotten. */
  readonly keepMs: number
  readonly maxQuestions: number
}

const MAX_TEXTS = 5
const MAX_KEYS = 50
const MAX_OTHERS = 200

/** One group of questions of two. */
export const merged = (into: UnansweredQuestion, from: UnansweredQuestion): UnansweredQuestion => ({
  ...into,
  texts: [...new Set([...into.texts, ...from.texts])].slice(0, MAX_TEXTS),
  count: into.count + from.count,
  days: (from.days ?? []).reduce((days, { day, count }) => counted(days, day, count), into.days ?? []),
  places: [...new Set([...into.places, ...from.places])].slice(0, MAX_KEYS),
  sectionKey: into.sectionKey ?? from.sectionKey,
  firstAtMs: Math.min(into.firstAtMs, from.firstAtMs),
  lastAtMs: Math.max(into.lastAtMs, from.lastAtMs),
})

/** So many days make the line that shows whether a question comes more often. */
const TREND_DAYS = 14
type Days = NonNullable<UnansweredQuestion['days']>

/** Days in order, with so many more on one of them; those before the line's are let go. */
function counted(days: Days, day: Day, more: number): Days {
  const before = days.find((one) => one.day === day)?.count ?? 0
  const others = days.filter((one) => one.day !== day)
  const all = [...others, { day, count: Math.max(0, before + more) }].toSorted((a, b) => a.day - b.day)
  const last = all.at(-1)!.day
  return all.filter((one) => one.count > 0 && last - one.day < TREND_DAYS)
}

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
      ...{ firstAtMs: atMs, lastAtMs: atMs, days: [{ day: chinaDay(atMs), count: 1 }] },
    }
    return { records: { ...records, lastNumber: number, entries: [...records.entries, question] }, number, isNew: true }
  }
  const question: UnansweredQuestion = {
    ...same,
    texts: withNew(same.texts, text).slice(0, MAX_TEXTS),
    ...(again(same.number) ? {} : { count: same.count + 1, days: counted(same.days ?? [], chinaDay(atMs), 1) }),
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
    ? replaced(records, {
        ...question,
        count: question.count - 1,
        ...(question.days && { days: lessOne(question.days) }),
      })
    : withoutEntry(records, number)
}

/** What is taken back was counted last. */
const lessOne = (days: Days): Days => (days.length === 0 ? days : counted(days, days.at(-1)!.day, -1))

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

/** A question longer than this is a story; its beginning tells what it is about. */
export const MAX_KEPT_CHARS = 200

const PERSON = '[某人]'
const WIDE = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff20\uff0e\uff1a\uff0f\uff3f\uff0d]/g
/** Not behind a letter: that is an address. */
const MENTION = /(?<![\w.-])@[^\s\u2005@,，。!！?？:：;；、]{1,40}[\u2005\s]?/g
const NAME_SEPARATOR = /[-－—_|｜·/\s（）()]+/
const LEADING = /^(?:\[某人\]|[\s,，:：、.。!！~～])+/

/**
 * What may be kept of somebody's words: no mentions, no names, no numbers, accounts, addresses, companies.
 *
 * @param names of people who may be spoken of; words that the guides use stay, whoever calls himself by them
 */
export function cleanText(
  text: string,
  { names, isTopic }: { names: Iterable<string>; isTopic: (word: string) => boolean },
): string {
  const plain = text
    .slice(0, 4 * MAX_KEPT_CHARS)
    .replace(WIDE, (sign) => (sign === '：' ? sign : sign.normalize('NFKC')))
  const called = callNames(names).filter((name) => !isTopic(name))
  const withoutMentions = called.reduce((rest, name) => rest.replaceAll(`@${name}`, ' '), plain).replace(MENTION, ' ')
  const withoutNames = called.reduce((rest, name) => withoutName(rest, name), withoutMentions)
  return maskIdentifiers(withoutNames).replace(/\s+/g, ' ').replace(LEADING, '').trim().slice(0, MAX_KEPT_CHARS).trim()
}

/** The whole names and their parts (悦邻社区-小李), longest first; a single character could be any word. */
function callNames(names: Iterable<string>): readonly string[] {
  const called = new Set<string>()
  for (const name of names) {
    for (const part of [name.trim(), ...name.split(NAME_SEPARATOR)]) if ([...part].length >= 2) called.add(part)
  }
  return [...called].sort((a, b) => b.length - a.length)
}

function withoutName(text: string, name: string): string {
  if (!text.toLowerCase().includes(name.toLowerCase())) return text
  if (!/^[\w.-]+$/.test(name)) return text.replaceAll(name, PERSON)
  // Tom is no part of a word.
  const whole = new RegExp(`(?<![A-Za-z0-9])${name.replace(/[.-]/g, '\\$&')}(?![A-Za-z0-9])`, 'gi')
  return text.replace(whole, PERSON)
}

/** The records without explanations of a person's tickets, and without the words that they said there. */
export function forgetPerson(records: LearningRecords, { tickets, said }: ForgottenPerson): LearningRecords {
  const words = said.map(normalizeText)
  const isFree = (text: string): boolean => !words.some((theirs) => theirs.includes(normalizeText(text)))
  const entries = records.entries.flatMap((entry): readonly LearningEntry[] => {
    // Settled and empty, so that the ticket gives no other.
    if (entry.kind === 'draft' && tickets.includes(entry.ticketNumber))
      return [{ ...entry, question: '', answer: '', status: 'settled' }]
    if (entry.kind !== 'question') return [entry]
    const texts = entry.texts.filter(isFree)
    return texts.length > 0 ? [{ ...entry, texts }] : []
  })
  return { ...records, entries }
}

interface Shape {
  readonly core: string
  readonly pairs: ReadonlySet<string>
  readonly concepts: string
}

/** Dice over pairs of characters from which two questions are taken for the same … */
const ALIKE = 0.6
/** … and where they name the same two or more things in our words. */
const ALIKE_IN_CONCEPTS = 0.3
const KEPT_SHAPES = 5_000

/** Finds the kept question that a new one is most like. Remembers the shapes of the kept ones. */
export class LikestQuestion {
  readonly #shapes = new Map<string, Shape>()
  #lexicon = lexiconOf([])
  #concepts: readonly Concept[] = []

  /** @returns the number of the group; undefined when the text is like none */
  find(text: string, records: LearningRecords, concepts: readonly Concept[]): number | undefined {
    this.#learn(concepts)
    const shape = this.#shapeOf(text)
    let best: number | undefined
    let bestScore = 0
    for (const { number, texts } of questions(records)) {
      for (const other of texts) {
        const score = alike(shape, this.#shapeOf(other))
        if (score > bestScore) [best, bestScore] = [number, score]
      }
    }
    return best
  }

  #learn(concepts: readonly Concept[]): void {
    if (concepts === this.#concepts) return
    const isSame = JSON.stringify(concepts) === JSON.stringify(this.#concepts)
    this.#concepts = concepts
    // A reload seldom changes them, and shaping hundreds of questions anew takes tens of milliseconds.
    if (isSame) return
    this.#lexicon = lexiconOf(concepts)
    this.#shapes.clear()
  }

  #shapeOf(text: string): Shape {
    const known = this.#shapes.get(text)
    if (known) return known
    const { concepts, repaired } = this.#lexicon.scan(normalizeText(text))
    // Nearly every question here is about one.
    const core = coreOf(repaired).replaceAll('小程序', '')
    const shape = { core, pairs: pairsOf(core), concepts: concepts.length < 2 ? '' : [...concepts].sort().join() }
    if (this.#shapes.size >= KEPT_SHAPES) this.#shapes.clear()
    this.#shapes.set(text, shape)
    return shape
  }
}

/** @returns 0..1; 0 for questions that are not the same */
function alike(a: Shape, b: Shape): number {
  if (a.core === b.core) return a.core === '' ? 0 : 1
  const [small, large] = a.pairs.size < b.pairs.size ? [a, b] : [b, a]
  if (2 * small.pairs.size < ALIKE_IN_CONCEPTS * (small.pairs.size + large.pairs.size)) return 0
  const score = likeness(a.pairs, b.pairs)
  const isSame = score >= ALIKE || (score >= ALIKE_IN_CONCEPTS && a.concepts !== '' && a.concepts === b.concepts)
  return isSame ? score : 0
}
