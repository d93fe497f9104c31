import type { Day } from '../base/time.js'
import type { GuidePicture, ShortAnswer } from './knowledge.js'
import type {
  CategoryHit,
  DatesReading,
  NoticeReason,
  ReminderPlan,
  ReviewTimeline,
  WalkTurn,
} from './understanding.js'

export type SilenceReason =
  | 'own-message'
  | 'system-notice'
  | 'staff'
  | 'too-old'
  | 'duplicate'
  | 'room-not-served'
  | 'staff-room'
  | 'not-text'
  | 'empty'
  | 'to-somebody-else'
  | 'not-for-us'
  | 'not-sure'
  | 'answered-lately'
  | 'held-by-human'
  | 'not-allowed'
  | 'muted'
  | 'flooding'
  | 'bot-loop'
  | 'failed'

export type EscalationReason =
  | 'asked'
  | 'accepted-offer'
  | 'unknown-rejection-reason'
  | 'overdue'
  | 'still-failing'
  | 'failed-twice'
  | 'complaint'
  | 'section-says-so'
  | 'overload'

/** Said above the answer. `withdrawal`: withdrawing makes the second review start anew. */
type Warning = 'withdrawal'

/** What an asker's words come to for the asker's ticket. */
export type TicketAct =
  | { readonly kind: 'withdraw' | 'reopen' | 'confirm'; readonly number: number }
  /** May mean that the ticket is not solved after all: asks. */
  | { readonly kind: 'ask-reopen'; readonly number: number }
  /** Asks where the person stays. */
  | { readonly kind: 'state'; readonly number: number }
  /** Calls the bot while a person has the ticket: is told once why it keeps quiet. */
  | { readonly kind: 'held'; readonly number: number }
  /** Asks when people work. */
  | { readonly kind: 'hours' }
  | { readonly kind: 'rate'; readonly number: number; readonly rating: number }

/** A fact that is told by itself, see `renderFact` in `reply/compose.ts`. */
export type Fact =
  | { readonly kind: 'short-answer'; readonly answer: ShortAnswer }
  | {
      readonly kind: 'category'
      readonly hits: readonly CategoryHit[]
      /** Asks whether persons may choose it, whether it is reviewed twice, what to do without its documents; else for these. */
      readonly asks?: 'individual' | 'second-review' | 'without'
    }
  /**
   * A rejection notice, reason by reason; `about`: only the one at this place from 0, which was asked about again;
   * `isDone`: of which the asker says that it was seen to before.
   */
  | {
      readonly kind: 'notice'
      readonly reasons: readonly NoticeReason[]
      readonly about?: number
      readonly isDone?: true
    }

/** What is told of one question among several: a fact, else the steps of its section, else that it is not known. */
export interface AnswerPart {
  readonly sectionKey?: string
  readonly fact?: Fact
  /** The question's own words, where nobody here knows the answer. */
  readonly unknown?: string
  readonly shows?: true
}

/** What to do about one message. Silence is a decision with a reason. */
export type Decision =
  | {
      readonly kind: 'silent'
      readonly reason: SilenceReason
      /** The words are taken in all the same. */
      readonly act?: TicketAct
    }
  | {
      readonly kind: 'answer'
      readonly sectionKeys: readonly [string, ...string[]]
      readonly reason: 'sure' | 'chosen' | 'notice' | 'several' | 'follow-up' | 'days' | 'withdrawal' | 'walk-through'
      /** The fact that was asked for; the section itself is told on request. */
      readonly fact?: Fact
      /** Of several questions, what each asks for; with `days`, what is asked besides. */
      readonly parts?: readonly AnswerPart[]
      /** With the pictures of the section: asks where something is. */
      readonly shows?: true
      /** Sections that may be meant instead, named in a line. */
      readonly alternatives?: readonly string[]
      /** Asks on about the section that was told last: what of it speaks of the question is enough. */
      readonly narrows?: true
      /** With `narrows`: told last of that section, and told again where nothing of it speaks of the question. */
      readonly toldLast?: Fact
      /** With `narrows`: what was asked, to be named where nothing of the section speaks of it. */
      readonly unknown?: string
      /** What the asker has reached, answered in a line with the section a number away: it was passed, it is mended. */
      readonly says?: 'passed' | 'mended'
      /** Answers somebody who could not do as told, or did so in vain: the next time a person is offered. */
      readonly inVain?: true
      /** How often the same was told to this person within the last minutes. */
      readonly again?: number
      /** The asker's own days, to be told before the section. */
      readonly days?: DatesReading
      /** A day of those, to be reminded of. */
      readonly remind?: ReminderPlan
      /** Only with the reason `walk-through`; `sectionKeys`: the step, or with the verdict what is still to do. */
      readonly walk?: WalkTurn
      readonly warns?: Warning
      /** The asker's ticket still waits for a person, who will come all the same. */
      readonly personStillComes?: true
    }
  /** Asks for something around the guides; without a fact, for something that nobody here knows. */
  | {
      readonly kind: 'outside'
      readonly fact?: Fact
      /** Without a fact: what is not known, in the asker's words. */
      readonly unknown?: string
      /** Of several questions, what each asks for. */
      readonly parts?: readonly AnswerPart[]
      readonly again?: number
      readonly personStillComes?: true
    }
  /** Torn between these; the likeliest fact is told all the same, and it may lie outside the guides. */
  | {
      readonly kind: 'clarify'
      readonly sectionKeys: readonly [string, ...string[]]
      readonly fact?: Fact
      /** Was rejected and has not told why: these are the usual reasons. */
      readonly asksNotice?: true
    }
  | {
      readonly kind: 'fallback'
      readonly reason:
        | 'not-understood'
        | 'still-failing'
        | 'not-that'
        | 'unclear'
        /** Of a picture: it can't be read, is no longer here, holds no notice, or may have been read wrong. */
        | 'picture-unread'
        | 'picture-gone'
        | 'picture-no-notice'
        | 'picture-unsure'
    }
  | {
      readonly kind: 'escalate'
      readonly reason: EscalationReason
      readonly sectionKeys: readonly string[]
      readonly fact?: Extract<Fact, { kind: 'notice' }>
      readonly days?: DatesReading
      readonly warns?: Warning
    }
  | { readonly kind: 'courtesy'; readonly word: 'ticket'; readonly act: TicketAct }
  /** An order of somebody who may not give it, who is told so once. */
  | { readonly kind: 'courtesy'; readonly word: 'not-allowed' }
  | {
      readonly kind: 'courtesy'
      /** `chat`: put to the bot, yet about nothing that is known here. */
      readonly word:
        | 'greeting'
        | 'thanks'
        | 'acknowledged'
        | 'chat'
        | 'listening'
        | 'menu'
        | 'declined'
        | 'settled'
        | 'too-fast'
    }
  | { readonly kind: 'courtesy'; readonly word: 'walk-offered' | 'walk-ended'; readonly walk: WalkTurn }
  | { readonly kind: 'courtesy'; readonly word: 'reminder-set'; readonly remind: ReminderPlan }
  | {
      readonly kind: 'courtesy'
      /** `reminder-today`: the day has come already; `reminder-needs-day`: the asker has told no day yet. */
      readonly word: 'reminder-today' | 'reminder-needs-day' | 'reminder-cancelled' | 'reminder-none'
    }
  | { readonly kind: 'command'; readonly command: Order }

const FIRST_LETTER = 'A'.charCodeAt(0)

/** What a choice of a `clarify` is called, by its place from 0: `A`, `B` …; numbers are those of sections. */
export const letterOf = (index: number): string => String.fromCharCode(FIRST_LETTER + index)

/** 0 for `A`; undefined for what is no single letter. */
export const indexOfLetter = (label: string): number | undefined =>
  /^[A-Z]$/.test(label) ? label.charCodeAt(0) - FIRST_LETTER : undefined

/** What was decided and why; kept for the page, the log and `ask`. Holds no text and no names. */
export interface DecisionTrace {
  readonly messageId: string
  readonly placeKey: string
  readonly kind: Decision['kind']
  /** Answered or offered, best first. */
  readonly sections: readonly string[]
  readonly intent: string | null
  /** Id of the short answer, the row of a table or the rule that was told. */
  readonly card: string | null
  /** 0..1, of the first candidate. */
  readonly confidence: number
  readonly reason: string
  /** Which policy decided it, see `dialogue/policy.ts`. */
  readonly policy: string
  readonly candidates: readonly { readonly section: string; readonly confidence: number }[]
  /** The asker's days, where the message told any and the bot took them up. */
  readonly timeline: ReviewTimeline | null
  /** 0..1: how surely the picture was read that the message is, or points at; absent where none was read. */
  readonly seen?: number
  /** Of a language model, where one was asked. */
  readonly opinion?: OpinionTrace
  readonly knowledgeVersion: string
  readonly tookMs: number
}

/** One chat bubble. A `text` bubble has at most 500 characters (`MAX_BUBBLE_CHARS`), the mention included. */
export type Bubble =
  | {
      readonly kind: 'text'
      readonly text: string /** Put `@name` of the asker in front. */
      readonly mention: boolean
    }
  | { readonly kind: 'picture'; readonly picture: GuidePicture }

export interface Reply {
  readonly bubbles: readonly Bubble[]
}

/**
 * Why a reply that was decided on is not said after all.
 *
 * `held-back`: its turn to be sent would come too late; `overload`: more waits than can be said soon; `day-cap`: what
 * may be said in a day is said; `person-cap`: the asker's own share of that; `stopping`: the process ends before its
 * turn; `session-over`: the account was logged out; the others are about what happened since it was decided.
 */
export type DropReason =
  | 'too-old'
  | 'recalled'
  | 'colleague-answered'
  | 'room-muted'
  | 'held-by-human'
  | 'held-back'
  | 'overload'
  | 'day-cap'
  | 'person-cap'
  | 'stopping'
  | 'session-over'

/** An order as it was read; what each kind says, `commands/table.ts` knows. */
export interface Order {
  readonly kind: string
  readonly [argument: string]: unknown
}

/** Roles that a person can be given. */
export type GrantedRole = 'staff' | 'admin'

export type FiguresSpan = 'today' | 'week'

/** What the bot did on one day of China. */
export interface DayFigures {
  readonly day: Day
  /** Answers, courtesies included. */
  readonly answered: number
  /** Asked back, or offered a person because it did not know. */
  readonly offered: number
  readonly handedOver: number
  /** Heard customers and kept quiet. */
  readonly silent: number
  readonly orders: number
  /** Decisions of that day which a person has looked at, and those of them that were wrong; absent for none. */
  readonly judged?: number
  readonly wrong?: number
}

/** What a person's verdict adds to the day of its decision, and what taking it back does: -1, 0 or 1 each. */
export interface JudgedChange {
  readonly judged: number
  readonly wrong: number
}

/** A group, or all of them, in which the bot says nothing. */
export interface Mute {
  /** Of the group; `*` for all groups and direct chats of customers. */
  readonly placeKey: string
  /** As it was called when it was muted. */
  readonly topic: string
  /** Milliseconds since the epoch; null until further notice. */
  readonly untilMs: number | null
  readonly by: string
}

/** One thing that may be meant, as a model is told of it. */
export interface Choice {
  /** A section's key, or the id of a short answer, a category or a rule. */
  readonly id: string
  readonly title: string
  /** In a line: what it tells. */
  readonly covers: string
}

/** What a model is asked. Nothing in it tells who anybody is. */
export interface OpinionQuestion {
  /** The customer's words as they were written, identifiers masked. */
  readonly text: string
  /** What was said before between the customer and the bot, oldest first, identifiers masked. */
  readonly talk: readonly { readonly by: 'customer' | 'bot'; readonly text: string }[]
  readonly choices: readonly Choice[]
}

/** `answer`: these are meant; `ask`: one of these may be; `none`: nothing of the list; `human`: a person is wanted. */
type OpinionKind = 'answer' | 'ask' | 'none' | 'human'

export interface Opinion {
  readonly kind: OpinionKind
  /** Of the list, best first; at least one for `answer` and `ask`. */
  readonly ids: readonly [] | readonly [string, ...string[]]
}

/**
 * Why no opinion came. `slow`: not within 4 seconds; `unreachable`: no answer, or a refusal; `garbage`: an answer that is
 * none; `resting`: it failed several times in a row; `spent`: the day's calls are used up; `busy`: too many at once.
 */
export type NoOpinion = 'slow' | 'unreachable' | 'garbage' | 'resting' | 'spent' | 'busy'

export interface OpinionReply {
  readonly outcome: 'chose' | NoOpinion
  /** Only with `chose`. */
  readonly opinion?: Opinion
  readonly tookMs: number
  /** As the endpoint counts them; 0 where it does not tell. */
  readonly tokens: { readonly prompt: number; readonly completion: number }
}

/** Chooses among what we know, and writes nothing. */
export interface SecondOpinion {
  /** Never throws, and takes 4 seconds at most. */
  ask(question: OpinionQuestion): Promise<OpinionReply>
}

/** What was asked of a second opinion about one message, and what came of it; holds no words. */
export interface OpinionTrace {
  readonly outcome: OpinionReply['outcome']
  readonly kind?: OpinionKind
  readonly ids: readonly string[]
  /** It chose what would have been decided without it. */
  readonly agrees?: boolean
  readonly tookMs: number
}
