import type { Command } from './command.js'
import type { ReviewTimeline } from './review-timeline.js'
import type { DatesReading } from './understanding.js'

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
  | 'failed'

export type EscalationReason = 'asked' | 'accepted-offer' | 'unknown-rejection-reason' | 'overdue' | 'still-failing'

/** What to do about one message. Silence is a decision with a reason. */
export type Decision =
  | { readonly kind: 'silent'; readonly reason: SilenceReason }
  | {
      readonly kind: 'answer'
      readonly sectionKeys: readonly [string, ...string[]]
      readonly reason: 'sure' | 'chosen' | 'notice' | 'several' | 'follow-up' | 'days'
      /** The asker's own days, to be told before the section. */
      readonly days?: DatesReading
    }
  | { readonly kind: 'clarify'; readonly sectionKeys: readonly [string, string, ...string[]] }
  | { readonly kind: 'fallback'; readonly reason: 'not-understood' | 'still-failing' }
  | {
      readonly kind: 'escalate'
      readonly reason: EscalationReason
      readonly sectionKeys: readonly string[]
      readonly days?: DatesReading
    }
  | { readonly kind: 'courtesy'; readonly word: 'greeting' | 'thanks' | 'menu' | 'declined' | 'settled' }
  | { readonly kind: 'command'; readonly command: Command }

/** What was decided and why; kept for the page, the log and `ask`. Holds no text and no names. */
export interface DecisionTrace {
  readonly messageId: string
  readonly placeKey: string
  readonly kind: Decision['kind']
  /** Answered or offered, best first. */
  readonly sections: readonly string[]
  readonly intent: string | null
  /** 0..1, of the first candidate. */
  readonly confidence: number
  readonly reason: string
  readonly candidates: readonly { readonly section: string; readonly confidence: number }[]
  /** The asker's days, where the message told any and the bot took them up. */
  readonly timeline: ReviewTimeline | null
  readonly knowledgeVersion: string
  readonly tookMs: number
}
