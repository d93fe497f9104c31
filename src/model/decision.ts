import type { Command } from './command.js'

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

export type EscalationReason = 'asked' | 'accepted-offer' | 'unknown-rejection-reason'

/** What to do about one message. Silence is a decision with a reason. */
export type Decision =
  | { readonly kind: 'silent'; readonly reason: SilenceReason }
  | {
      readonly kind: 'answer'
      readonly sectionKeys: readonly [string, ...string[]]
      readonly reason: 'sure' | 'chosen' | 'notice'
    }
  | { readonly kind: 'clarify'; readonly sectionKeys: readonly [string, string, ...string[]] }
  | { readonly kind: 'fallback' }
  | { readonly kind: 'escalate'; readonly reason: EscalationReason; readonly sectionKeys: readonly string[] }
  | { readonly kind: 'courtesy'; readonly word: 'greeting' | 'thanks' | 'menu' | 'declined' }
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
  readonly knowledgeVersion: string
  readonly tookMs: number
}
