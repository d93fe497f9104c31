import type { Day } from '../base/time.js'
/**
 * Why a question is kept: the bot did not know, offered and nothing was chosen, was not sure enough to speak up, was
 * corrected, was told that it didn't help, or a person had to take it.
 */
export type UnansweredWhy = 'not-understood' | 'not-chosen' | 'not-sure' | 'corrected' | 'disliked' | 'person'

interface EntryFacts {
  /** What people call it by; never given out twice. */
  readonly number: number
  readonly firstAtMs: number
  readonly lastAtMs: number
}

/** A question that was not answered, with all that were much like it. Holds no names. */
export interface UnansweredQuestion extends EntryFacts {
  readonly kind: 'question'
  /** Wordings, oldest first; at least one, at most 5. */
  readonly texts: readonly string[]
  readonly count: number
  /** How often on which days in China, of late; absent in older records. */
  readonly days?: readonly { readonly day: Day; readonly count: number }[]
  /** Of the latest. */
  readonly why: UnansweredWhy
  /** Opaque keys of the places where it was asked. */
  readonly places: readonly string[]
  /** The section that it may be about. */
  readonly sectionKey: string | null
  readonly status: 'open' | 'ignored'
}

/** A section whose answer people called useless. */
export interface DislikedSection extends EntryFacts {
  readonly kind: 'disliked'
  readonly sectionKey: string
  /** Opaque keys of those who said so. */
  readonly people: readonly string[]
}

/** What a colleague's explanation of a ticket could become. */
export interface AnswerDraft extends EntryFacts {
  readonly kind: 'draft'
  readonly ticketNumber: number
  readonly question: string
  readonly answer: string
  /** A settled one is remembered so that its ticket gives no other. */
  readonly status: 'open' | 'settled'
}

export type LearningEntry = UnansweredQuestion | DislikedSection | AnswerDraft

/** A rejection reason was met in a group. */
export interface ReasonSighting {
  /** `section:A3`, or `text:` and the core of a reason that nobody of us knows. */
  readonly reason: string
  /** Opaque key of the group. */
  readonly place: string
  readonly atMs: number
}

/** All that learning has to remember. */
export interface LearningRecords {
  /** Makes the opaque keys; random. */
  readonly salt: string
  readonly lastNumber: number
  readonly entries: readonly LearningEntry[]
  readonly sightings: readonly ReasonSighting[]
  /** Incidents that staff were told of. */
  readonly told: readonly { readonly reason: string; readonly atMs: number }[]
}

/** Keeps the records on disk. */
export interface LearningStore {
  records(): LearningRecords
  /** On disk soon. */
  keep(records: LearningRecords): void
  /** Resolves when the records are on disk. */
  save(records: LearningRecords): Promise<void>
}

/** What a sentence is taught to mean. */
export type TeachingTarget =
  | {
      readonly kind: 'section'
      readonly key: string
      readonly guideId: string
      /** As its guide writes it. */
      readonly ownKey: string
      readonly intentId: string
      readonly title: string
    }
  | { readonly kind: 'human' }
  | { readonly kind: 'silence' }

/** Takes a change of the learned files back. */
export type Undo = () => Promise<void>
