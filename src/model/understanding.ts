import type { ReminderWord } from './reminder.js'
import type { ReviewDates, ReviewTimeline } from './review-timeline.js'
import type { WalkRemark } from './walk.js'

/** What the sender is doing with the words, apart from their topic. */
export type SpeechAct =
  | 'question'
  | 'statement'
  | 'greeting'
  | 'thanks'
  | 'menu'
  | 'wants-human'
  | 'complaint-about-bot'
  | 'yes'
  | 'no'
  | 'choice'

/** A section that may be meant. */
export interface Candidate {
  readonly sectionKey: string
  readonly intentId: string
  /** 0..1: how probably this section answers the message, had it been put to the bot. */
  readonly confidence: number
  /** 0..1: the same for a message merely overheard in a group, where most of the talk is not for us. */
  readonly overheard: number
  /** 0..1: how surely this section rather than another, provided that the message is for us. */
  readonly share: number
}

/**
 * A short remark that means something only after what the bot has just said to the same person.
 * `done`: has done what was told; `again`: the same section once more (where, how); `screenshot`: its pictures; `correction`: what was really meant.
 */
export type FollowUp =
  | { readonly kind: 'how-long' | 'next' | 'done' | 'again' | 'screenshot' | 'still-failing' | 'settled' | 'not-that' }
  | { readonly kind: 'correction'; readonly candidates: readonly Candidate[] }

/** What people have taught a message to mean: answered by its first candidate, a matter for a person, or not for us. */
export type TaughtKind = 'section' | 'human' | 'silence'

/** What the message tells or asks about the days of a review, and what follows from it today. */
export interface DatesReading {
  readonly dates: ReviewDates
  readonly timeline: ReviewTimeline
}

/** A rejection notice taken apart. */
export interface NoticeReason {
  readonly text: string
  /** Best first; empty when nobody of us knows this reason. */
  readonly candidates: readonly Candidate[]
  /** Sections that the reason names in so many words besides the likeliest. */
  readonly alsoSections: readonly string[]
}

/** Sections that one message speaks of, each by words of its own. */
export interface Topics {
  /** One for each section, at least two, in the order of the message. */
  readonly candidates: readonly Candidate[]
  /** 0..1: how surely these are several questions, and not one that is told at length. */
  readonly confidence: number
}

export interface Understanding {
  /** See `normalizeText`. */
  readonly normalized: string
  readonly act: SpeechAct
  /** Best first, at most 5. */
  readonly candidates: readonly Candidate[]
  /** How surely a person of the vendor is wanted, on the scale of the candidates. */
  readonly wantsHuman: { readonly confidence: number; readonly overheard: number }
  /** Number picked from a menu or a list of offers, as written: `"3"`, `"4.1"`, `"A1"`. */
  readonly choice?: string
  /** Present when the message is a pasted rejection notice. */
  readonly notice?: readonly NoticeReason[]
  readonly followUp?: FollowUp
  /** Present when the message may speak of several sections. */
  readonly topics?: Topics
  readonly days?: DatesReading
  /** May be meant for a walk-through. */
  readonly walk?: WalkRemark
  readonly reminder?: ReminderWord
  /** The message is one that people have taught, word for word or nearly so. */
  readonly taught?: TaughtKind
  /** Is about to withdraw, resubmit or change what is under review. */
  readonly withdraws?: true
}

export interface Match {
  /** Best first, at most 5. */
  readonly candidates: readonly Candidate[]
  readonly wantsHuman: Understanding['wantsHuman']
  readonly taught?: TaughtKind
}

/** Ranks sections for one message; built from one state of the knowledge. */
export interface IntentMatcher {
  /** @param normalized see `normalizeText` */
  match(normalized: string): Match
}
