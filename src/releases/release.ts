import type { ExamChange, ExamFigures, Unmet } from '../evaluate/exam.js'
import type { Problem } from '../model/knowledge.js'
import type { Release } from '../model/operations.js'
import type { Party } from '../model/ticket.js'
import type { ContentDifference } from './compare-content.js'

/** What is written down of one release. */
export interface ReleaseRecord extends Release {
  /** Of the files that it was made from, see `textsKey`. */
  readonly textsKey: string
  readonly by: Party
  /** Taken although something got worse. */
  readonly forced: boolean
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

/** What is known of the files before they are taken. */
export interface Findings {
  readonly textsKey: string
  readonly sectionCount: number
  readonly utteranceCount: number
  readonly warnings: readonly Problem[]
  readonly difference: ContentDifference
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
  | { readonly status: 'ready'; readonly findings: Findings; readonly packed: Uint8Array; readonly staged?: string }

/** Does the work that would keep messages waiting. Both reject with `BuildError` or what the disk said. */
export interface ReleaseBuilder {
  prepare(order: PrepareOrder): Promise<Prepared>
  /** @returns the packed knowledge of a release, built anew where other code had built it */
  restore(number: number): Promise<Uint8Array>
}
