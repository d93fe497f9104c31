import { characterPairs, sharedPairs } from '../base/text.js'
import type { ExamChange, Unmet } from '../evaluate/exam.js'
import type { RealMessage, replay } from '../evaluate/explain.js'
import type { AuthorsFile } from '../knowledge/files.js'
import {
  type ExamFigures,
  type KnowledgeContent,
  NO_KNOWLEDGE,
  type Problem,
  type Section,
} from '../model/knowledge.js'
import type { Release } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { BuiltKnowledge } from './build.js'

/** What is written down of one release. */
export interface ReleaseRecord extends Release {
  /** Of the files that it was made from, see `textsKey`. */
  readonly textsKey: string
  readonly by: Party
  /** Taken although something got worse. */
  readonly forced: boolean
  /** Why, as its author says. */
  readonly note?: string
  readonly sectionCount: number
  readonly utteranceCount: number
}

/** Which release is in use. */
export interface InUse {
  readonly number: number
  /** Somebody went back to it: until the next order to reload, no start and no watch takes anything else. */
  readonly pinned: boolean
}

export interface NewRelease {
  /** The folder that was prepared for it. */
  readonly staged: string
  readonly record: ReleaseRecord
  /** The whole of it, in Markdown. */
  readonly report: string
  readonly pinned: boolean
}

/** All releases that are kept, and which is in use. */
export interface ReleaseStore {
  /** Oldest first. */
  list(): readonly ReleaseRecord[]
  inUse(): InUse | undefined
  /** Highest number ever given out; 0 before the first. */
  lastNumber(): number
  /** Makes a prepared folder the newest release, in use from now on. @returns where its report lies */
  add(release: NewRelease): Promise<string>
  use(inUse: InUse): Promise<void>
  discard(staged: string): Promise<void>
  /** A report that belongs to no release. @returns where it lies */
  writeReport(name: 'check' | 'refused', report: string): Promise<string>
}

export interface PrepareOrder {
  /** Number of the release to compare with. */
  readonly base: number | undefined
  /** `learned`: everything but what was taught in the chat is taken from the base. */
  readonly only?: 'learned'
  /** Write a folder that can become a release. */
  readonly stage: boolean
  readonly nowMs: number
}

/** What drafts would change, before they stand in a file. */
export interface PreviewOrder {
  readonly base: number
  /** The authors' files as they would be; all others are as they lie in the folders. */
  readonly edited: readonly AuthorsFile[]
  /** What people really said lately. */
  readonly messages: readonly RealMessage[]
  /** Sentences to be answered as after the release. */
  readonly tried: readonly string[]
  readonly nowMs: number
}

export type Preview =
  | { readonly status: 'broken'; readonly problems: readonly Problem[] }
  | {
      readonly status: 'ready'
      readonly findings: Findings
      readonly replay: ReturnType<typeof replay>
      /** As the order 测试 tells it, in the order of the sentences. */
      readonly tried: readonly string[]
    }

/** What is known of the files before they are taken. */
export interface Findings {
  readonly textsKey: string
  readonly sectionCount: number
  readonly utteranceCount: number
  readonly warnings: readonly Problem[]
  readonly difference: ContentDifference
  /** Sentences that an author has just written and that are not answered as meant. */
  readonly misread: readonly Unmet[]
  /** `before` is absent where there is no base. */
  readonly exam: {
    readonly before?: ExamFigures
    readonly after: ExamFigures
    readonly changes: readonly ExamChange[]
    /** Golden questions that are not answered as wanted, whether or not they were before. */
    readonly unmet: readonly Unmet[]
  }
}

export type Prepared =
  | { readonly status: 'broken'; readonly problems: readonly Problem[] }
  /** The base was made from the same texts. */
  | { readonly status: 'unchanged'; readonly findings: Findings }
  | { readonly status: 'ready'; readonly findings: Findings; readonly built: BuiltKnowledge; readonly staged?: string }

export interface Completed {
  readonly built: BuiltKnowledge
  readonly exam: Findings['exam']
}

/** Does the work that would keep messages waiting. Both reject with `BuildError` or what the disk said. */
export interface ReleaseBuilder {
  prepare(order: PrepareOrder): Promise<Prepared>
  preview(order: PreviewOrder): Promise<Preview>
  /** @returns the knowledge of a release, built anew where that is not kept */
  restore(number: number): Promise<BuiltKnowledge>
  /** Trains what a quick build has put off, and examines it; takes its time. */
  complete(number: number): Promise<Completed>
}

/** A way of asking and where it belongs: a section's key, or the id of an intent without a section. */
export interface OwnedText {
  readonly owner: string
  readonly text: string
}

interface NamedSection {
  readonly key: string
  readonly title: string
}

export interface Changes<Item> {
  readonly added: readonly Item[]
  readonly changed: readonly Item[]
  readonly removed: readonly Item[]
}

export interface ContentDifference {
  readonly sections: Changes<NamedSection>
  readonly utterances: Changes<OwnedText>
  /** Messages that want no answer; `owner` is their kind. */
  readonly silence: Changes<OwnedText>
  /** Short answers, rows of the tables and rules, by their ids. */
  readonly facts: Changes<string>
  /** Ids of concepts, and of intents of which the title or the words of notices differ. */
  readonly others: readonly string[]
}

/** @param before absent: everything is new */
export function compareContent(before: KnowledgeContent | undefined, after: KnowledgeContent): ContentDifference {
  const old = before ?? NO_KNOWLEDGE
  return {
    sections: compareSections(old, after),
    utterances: compareTexts(utterancesOf(old), utterancesOf(after)),
    silence: compareTexts(silenceOf(old), silenceOf(after)),
    facts: compareFacts(old, after),
    others: before ? compareOthers(before, after) : [],
  }
}

function compareFacts(before: KnowledgeContent, after: KnowledgeContent): Changes<string> {
  const [old, now] = [factsById(before), factsById(after)]
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    changed: [...now].filter(([id, words]) => old.has(id) && old.get(id) !== words).map(([id]) => id),
    removed: [...old.keys()].filter((id) => !now.has(id)),
  }
}

const factsById = ({ answers, categories, rejections }: KnowledgeContent): ReadonlyMap<string, string> =>
  new Map(
    [...answers, ...categories.rows, ...categories.notOpen, ...categories.withoutRow, ...rejections].map(
      ({ id, file: _file, line: _line, ...words }) => [id, JSON.stringify(words)],
    ),
  )

/** Nothing that the bot is taught differs. */
export const isSame = ({ sections, utterances, silence, facts, others }: ContentDifference): boolean =>
  others.length === 0 &&
  [sections, utterances, silence, facts].every(
    ({ added, changed, removed }) => added.length + changed.length + removed.length === 0,
  )

function compareSections(before: KnowledgeContent, after: KnowledgeContent): Changes<NamedSection> {
  const [old, now] = [sectionsOf(before), sectionsOf(after)]
  const name = ({ key, title }: Section): NamedSection => ({ key, title })
  const isOther = (section: Section): boolean => {
    const was = old.get(section.key)
    return was !== undefined && wordsOf(was) !== wordsOf(section)
  }
  return {
    added: [...now.values()].filter(({ key }) => !old.has(key)).map(name),
    changed: [...now.values()].filter(isOther).map(name),
    removed: [...old.values()].filter(({ key }) => !now.has(key)).map(name),
  }
}

const sectionsOf = ({ guides }: KnowledgeContent): ReadonlyMap<string, Section> =>
  new Map(guides.flatMap(({ sections }) => sections).map((section) => [section.key, section]))

/** Where it stands in the file is no difference. */
const wordsOf = ({ file: _file, line: _line, ...words }: Section): string => JSON.stringify(words)

const utterancesOf = ({ intents }: KnowledgeContent): readonly OwnedText[] =>
  intents.flatMap(({ id, sectionKey, utterances, learned = [], automatic }) =>
    [...(automatic ? [] : utterances), ...learned].map((text) => ({ owner: sectionKey ?? id, text })),
  )

const silenceOf = ({ silence }: KnowledgeContent): readonly OwnedText[] =>
  silence.map(({ kind, text }) => ({ owner: kind, text }))

// Beyond so many, looking for the old form of each sentence takes longer than it tells.
const MAX_PAIRED = 300
/** Share of character pairs in common from which a sentence is the old one reworded. */
const REWORDED = 0.5

function compareTexts(before: readonly OwnedText[], after: readonly OwnedText[]): Changes<OwnedText> {
  const idOf = ({ owner, text }: OwnedText): string => `${owner}\n${text}`
  const [old, now] = [new Set(before.map(idOf)), new Set(after.map(idOf))]
  const added = after.filter((item) => !old.has(idOf(item)))
  const removed = before.filter((item) => !now.has(idOf(item)))
  if (added.length > MAX_PAIRED || removed.length > MAX_PAIRED) return { added, changed: [], removed }
  const gone = new Set(removed)
  const changed = added.filter((item) => {
    const was = [...gone].find(({ owner, text }) => owner === item.owner && likeness(text, item.text) >= REWORDED)
    return was !== undefined && gone.delete(was)
  })
  return { added: added.filter((item) => !changed.includes(item)), changed, removed: [...gone] }
}

const likeness = (one: string, other: string): number => sharedPairs(characterPairs(one), characterPairs(other))

function compareOthers(before: KnowledgeContent, after: KnowledgeContent): readonly string[] {
  const facts = ({ intents, concepts, language }: KnowledgeContent): ReadonlyMap<string, string> =>
    new Map([
      ...concepts.map(({ id, words }) => [`concepts: ${id}`, JSON.stringify(words)] as const),
      ...Object.entries(language).map(([theme, groups]) => [`language: ${theme}`, JSON.stringify(groups)] as const),
      ...intents
        .filter(({ automatic }) => !automatic)
        .map(({ id, title, noticeMarks }) => [id, JSON.stringify([title, noticeMarks])] as const),
    ])
  const [old, now] = [facts(before), facts(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((id) => old.get(id) !== now.get(id))
}

/** How much worse new knowledge may do and still be taken without being insisted on. */
export interface ReleaseLimits {
  /** Golden questions that were right and are no more. */
  readonly goldenMayLose: number
  /** Percentage points of the held-out messages that were met right and are no more. */
  readonly heldOutMayLosePoints: number
  /** Percentage points of the held-out messages that get a wrong answer and did not. */
  readonly wrongMayGainPoints: number
}

/** Why new knowledge is not taken. Shares are 0..1. */
export type Objection =
  | { readonly kind: 'golden'; readonly lost: readonly ExamChange[] }
  | { readonly kind: 'fewer-right' | 'more-wrong'; readonly before: number; readonly after: number }

/** Compares what was with what would be; nothing to compare with means no objection. */
export function judgeRelease({ exam }: Pick<Findings, 'exam'>, limits: ReleaseLimits): readonly Objection[] {
  const { before, after, changes } = exam
  if (!before) return []
  const lost = changes.filter(({ set, wasRight, isRight }) => set === 'golden' && wasRight && !isRight)
  const right = { before: shareOf(before, 'right'), after: shareOf(after, 'right') }
  const wrong = { before: shareOf(before, 'wrong'), after: shareOf(after, 'wrong') }
  return [
    ...(lost.length > limits.goldenMayLose ? [{ kind: 'golden' as const, lost }] : []),
    ...(isBeyond(right.before - right.after, limits.heldOutMayLosePoints)
      ? [{ kind: 'fewer-right' as const, ...right }]
      : []),
    ...(isBeyond(wrong.after - wrong.before, limits.wrongMayGainPoints)
      ? [{ kind: 'more-wrong' as const, ...wrong }]
      : []),
  ]
}

/** What is written down of an exam: figures of the held-out messages stay where a small change is not asked them anew. */
export const examToKeep = ({ exam: { after } }: Pick<Findings, 'exam'>, base: ReleaseRecord): ExamFigures =>
  after.heldOut.total === 0 && base.exam ? { ...after, heldOut: base.exam.heldOut } : after

/** Share of the held-out messages, 0..1. */
export const shareOf = ({ heldOut }: ExamFigures, what: 'right' | 'wrong'): number =>
  heldOut.total === 0 ? 0 : heldOut[what] / heldOut.total

/** A hair's breadth is what floating point leaves of equal shares. */
const isBeyond = (loss: number, points: number): boolean => loss * 100 > points + 1e-9
