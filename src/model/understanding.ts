import type { Person, Place } from './chat.js'
import type {
  CategoryAdvice,
  CategoryRow,
  GuideFacts,
  Intent,
  KnowledgeContent,
  RejectionRule,
  ReviewDays,
  Section,
  ShortAnswer,
} from './knowledge.js'
import type { Language } from './language.js'

/** What the sender is doing with the words, apart from their topic. */
export type SpeechAct =
  | 'question'
  | 'statement'
  | 'greeting'
  | 'thanks'
  /** Takes note: 收到, 明白了我去试试. */
  | 'acknowledge'
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
 * `done`: has done what was told; `resubmit`: asks whether to submit again right away; `again`: the same section once more (where, how); `explain`: it was not understood; `screenshot`: its pictures; `correction`: what was really meant.
 */
export type FollowUp =
  | {
      readonly kind:
        | 'how-long'
        | 'next'
        | 'done'
        | 'resubmit'
        | 'again'
        | 'explain'
        | 'screenshot'
        | 'still-failing'
        | 'settled'
        | 'not-that'
    }
  | { readonly kind: 'correction'; readonly candidates: readonly Candidate[] }

/** What people have taught a message to mean: answered by its first candidate, a matter for a person, or not for us. */
export type TaughtKind = 'section' | 'human' | 'silence'

/** What the message tells or asks about the days of a review, and what follows from it today. */
export interface DatesReading {
  readonly dates: ReviewDates
  readonly timeline: ReviewTimeline
  /** What the timeline was reckoned with. */
  readonly review: ReviewDays
}

/** A rejection notice taken apart. */
export interface NoticeReason {
  readonly text: string
  /** Best first; empty when nobody of us knows this reason. */
  readonly candidates: readonly Candidate[]
  /** Sections that the reason names in so many words besides the likeliest. */
  readonly alsoSections: readonly string[]
  /** WeChat's own rule, where words of the reason mark it. */
  readonly rule?: RejectionRule
  /** The service category that is asked for by name. */
  readonly category?: CategoryRow
  /** What lies around the guides, where no rule and no section is about the reason. */
  readonly answer?: ShortAnswer
}

/** Sections that one message speaks of, each by words of its own. */
export interface Topics {
  /** One for each section, at least two, in the order of the message. */
  readonly candidates: readonly Candidate[]
  /** What each of them asks for, by its own words; absent where there are no short answers. */
  readonly parts?: readonly Pick<Match, 'answers' | 'categories'>[]
  /** 0..1: how surely these are several questions, and not one that is told at length. */
  readonly confidence: number
}

/** `steps`: 怎么填; `place`: 在哪点; of a category, whether it is open to persons, reviewed twice, or to be
 * had without its documents. Else a fact. */
export type Wanted = 'steps' | 'place' | 'individual' | 'second-review' | 'without'

/** One question of several, by itself. */
export interface Question extends Match {
  readonly text: string
  readonly wants?: Wanted
  /** Asks for something, and it is not understood for what. */
  readonly unread?: true
}

/** The questions of a message that asks several things. */
export interface Questions {
  /** At least two that are understood, each asking for something of its own, in the order of the message. */
  readonly parts: readonly Question[]
  /** 0..1: how surely these are several, and not one that is asked at length. */
  readonly confidence: number
}

export interface Understanding {
  /** See `normalizeText`. */
  readonly normalized: string
  /** The same without greetings, thanks, links and numbers around it: what sections and acts are read from. */
  readonly trimmed: string
  /** Asks how something is done, where it is … */
  readonly wants?: Wanted
  /** Copied from a talk of others, or written for many people at once: a chain of names, minutes, an announcement. */
  readonly form?: 'transcript' | 'for-many'
  readonly act: SpeechAct
  /** Best first, at most 5. */
  readonly candidates: readonly Candidate[]
  /** How surely a person of the vendor is wanted, on the scale of the candidates. */
  readonly wantsHuman: { readonly confidence: number; readonly overheard: number }
  /** See `Match`. */
  readonly outside?: NonNullable<Match['outside']>
  readonly answers?: NonNullable<Match['answers']>
  readonly categories?: NonNullable<Match['categories']>
  readonly ofGuides?: string
  /** What is picked, as a reply names it: `"B"` of several, or the section `"3"`, `"4.1"`, `"A1"`. */
  readonly choice?: string
  /** Present when the message is a pasted rejection notice. */
  readonly notice?: readonly NoticeReason[]
  /** The rules that are named by their numbers; absent where none is. */
  readonly rules?: readonly RejectionRule[]
  /** Says that it was rejected and nothing else; `asks` for help with it. */
  readonly rejected?: 'tells' | 'asks'
  readonly followUp?: FollowUp
  /** Present when the message may speak of several sections. */
  readonly topics?: Topics
  /** Present when the message may ask several things. */
  readonly questions?: Questions
  /** Sections that parts of the message surely speak of by themselves, each once. */
  readonly mentions?: readonly Candidate[]
  readonly days?: DatesReading
  /** May be meant for a walk-through. */
  readonly walk?: WalkRemark
  readonly reminder?: ReminderWord
  /** The message is one that people have taught, word for word or nearly so. */
  readonly taught?: TaughtKind
  /** Is about to withdraw, resubmit or change what is under review. */
  readonly withdraws?: true
}

/** A short answer that may be asked for. */
export interface RankedAnswer {
  readonly answer: ShortAnswer
  /** 0..1: how surely this one is asked for, among all of them. */
  readonly share: number
  /** 0..1: how surely this one, provided that its subject is meant. */
  readonly within: number
  /** The message is one of its author's own ways of asking. */
  readonly wordForWord: boolean
}

/** Something that is sold or done, as a message names it, and the service category that it belongs to. */
export interface CategoryHit {
  readonly word: string
  /** More than one where the word is sold under several. */
  readonly rows: readonly CategoryRow[]
  /** What has no category of its own. */
  readonly advice?: CategoryAdvice
  /** The word names the category itself, not something that belongs to it. */
  readonly general: boolean
}

export interface Match {
  /** Best first, at most 5. */
  readonly candidates: readonly Candidate[]
  readonly wantsHuman: Understanding['wantsHuman']
  /** How surely the message is about what lies around the guides, all topics together; on the scales of the candidates. */
  readonly outside?: Pick<Candidate, 'share' | 'confidence' | 'overheard'>
  /** Short answers, best first, at most 5. */
  readonly answers?: readonly RankedAnswer[]
  /** In the order of the message, at most 3; absent where it names nothing of the table. */
  readonly categories?: readonly CategoryHit[]
  /** Beside these it names what belongs to a category that this section of the guides is about. */
  readonly ofGuides?: string
  readonly taught?: TaughtKind
}

/** Ranks sections for one message; built from one state of the knowledge. */
export interface IntentMatcher {
  /** @param normalized see `normalizeText` */
  match(normalized: string): Match
  /**
   * The words of the message that speak most for the section, strongest first; none where no model tells. Absent where
   * nothing was learned.
   */
  because?(normalized: string, sectionKey: string): readonly string[]
  /** Whether people have taught the message, or an author of a short answer wrote it, word for word or nearly so; absent where nobody did. */
  isKnown?(normalized: string): boolean
  /** The candidates of `match` alone, which cost less; absent where they don't. */
  candidates?(normalized: string): readonly Candidate[]
  /**
   * Ranks the short answers of what the talk is about; absent where there are none.
   *
   * @returns best first, shares among themselves; what its author wrote for a follow-up there (追问) is certain
   */
  within?(subject: TalkSubject, normalized: string): readonly RankedAnswer[]
  /** What the message names that is sold or done, though it does not ask for its category; absent where nothing is known of that. */
  goods?(normalized: string): readonly CategoryHit[]
  /** The section whose category it names something of: 论坛, 发帖; absent likewise. */
  ofGuides?(normalized: string): string | undefined
}

/** What a talk is about: a section, or a topic outside every guide. */
export type TalkSubject = { readonly sectionKey: string } | { readonly topic: string }

export type ReminderWord = 'set' | 'cancel'

/** A day worth being reminded of. `second`, `internal`: that review ends; `submit`: the last day to submit on. */
export interface ReminderPlan {
  readonly about: 'second' | 'internal' | 'submit'
  readonly day: IsoDay
  /** Milliseconds since the epoch. */
  readonly dueAtMs: number
}

/** One for a person in a place. `sending`: may have been said already. */
export interface Reminder extends ReminderPlan {
  readonly place: Place
  readonly person: Person
  readonly status: 'waiting' | 'sending'
}

/** A day in China, `YYYY-MM-DD`. */
export type IsoDay = string

interface Asked {
  /** Asks or cries for help; false for a mere report, which in a group wants no answer. */
  readonly questionLike: boolean
  /** Asks besides whether weekends or holidays count. */
  readonly asksHolidays: boolean
}

/** What a message tells or asks about the days of a review. */
export type ReviewDates =
  | (Asked & {
      /** Was submitted that day; or will be, where `day` lies ahead. */
      readonly kind: 'submitted'
      readonly day: IsoDay
      /** 0..23, where it was told. */
      readonly hour?: number
      /** An update of a published mini program: no second review. A resubmission after a rejection is not one. */
      readonly laterVersion: boolean
      /** Not submitted yet: asks what would follow. */
      readonly planned?: true
      /** Was submitted again after a rejection that the message tells of. */
      readonly again?: true
      /** Wants to be online by that day. */
      readonly wishDay?: IsoDay
    })
  | (Asked & {
      /** WeChat's own review was passed that day, so the second one has begun. */
      readonly kind: 'second-started'
      readonly day: IsoDay
      readonly hour?: number
      readonly wishDay?: IsoDay
    })
  | (Asked & {
      /** Wants to be online by that day and has not said when it was or will be submitted. */
      readonly kind: 'deadline'
      readonly day: IsoDay
      readonly laterVersion: boolean
    })
  | (Asked & {
      /** Only asks whether weekends or holidays count. */
      readonly kind: 'counts-holidays'
    })

/** Natural days in China; null where the message gives no ground for a day. */
export interface ReviewTimeline {
  readonly submitted: IsoDay | null
  /** Last day of WeChat's own review. */
  readonly internalBy: IsoDay | null
  /** Last day of the local authority's review; null for later versions, which have none. */
  readonly secondBy: IsoDay | null
  /** Last day on which to submit for the wish to come true. */
  readonly latestSubmit: IsoDay | null
  /** The last of these reviews should have ended before today. */
  readonly overdue: boolean
  readonly laterVersion: boolean
}

/** One immutable state of the knowledge; a message is handled on one from beginning to end. */
export interface KnowledgeSnapshot {
  /** Changes with every difference in the authors' files, e.g. `3f9a0c12`. */
  readonly version: string
  readonly content: KnowledgeContent
  readonly sections: ReadonlyMap<string, Section>
  readonly intentOfSection: ReadonlyMap<string, Intent>
  readonly facts: GuideFacts
  readonly language: Language
  readonly matcher: IntentMatcher
}

/** What a person may say to a walk-through. */
export type WalkWord = 'start' | 'restart' | 'resume' | 'done' | 'skip' | 'back' | 'stop' | 'where'

/** Words that are, or may be, meant for a walk-through. */
export interface WalkRemark {
  readonly word: WalkWord
  /** Names the review itself, so that nobody else in the group can be meant. */
  readonly namesReview: boolean
}

export type StepOutcome = 'done' | 'skipped'

/**
 * How far one person has come with the steps before a review.
 *
 * `paused`: left off on purpose; `asked`: was asked whether to go on or to begin anew; `finished`: was told the verdict.
 */
export interface Walk {
  readonly status: 'walking' | 'paused' | 'asked' | 'finished'
  /** Section key of the step that was told last. */
  readonly at: string
  readonly outcomes: Readonly<Record<string, StepOutcome>>
}

/** What is told at one turn of a walk. */
export interface WalkTurn {
  readonly told: 'first-step' | 'step' | 'where' | 'offer' | 'stopped' | 'verdict'
  /** The walk after this turn; `at` is one of the steps. */
  readonly walk: Walk
  /** Section keys of all steps, in order; never empty. */
  readonly steps: readonly string[]
}

/** A walk as it is kept, one for a person in a place. */
export interface StoredWalk {
  readonly placeKey: string
  readonly askerKey: string
  readonly walk: Walk
  readonly turnedAtMs: number
}

/** What the bot knows now; messages under way keep the snapshot that they began with. Releases alone change it. */
export interface KnowledgeInUse {
  current: KnowledgeSnapshot
}
