import type { Role } from './chat.js'
import type { DecisionTrace } from './decision.js'
import type { UnsaidReason } from './ports.js'
import type { Party } from './ticket.js'

/** What a person says of a decision: it was right; another section, nothing at all, or a person was called for. */
type VerdictKind = 'right' | 'section' | 'silence' | 'human'

export interface Verdict {
  readonly kind: VerdictKind
  /** With `section`: the one that should have been told. */
  readonly sectionKey?: string
  readonly by: string
  readonly atMs: number
  /** Whoever said so may not teach, and has asked those who may to see to it. */
  readonly isForAdmin?: true
}

/** What the same person said next, within minutes. `wrong`: that it was not right; `chose`: one of what was offered. */
interface Aftermath {
  readonly what: 'wrong' | 'chose' | 'asked'
  readonly atMs: number
  /** Empty where the words are not kept. */
  readonly text: string
}

/** One message, what was decided about it and what came of that; what the console shows of a talk. */
export interface Talk extends DecisionTrace {
  /** When it was said. */
  readonly atMs: number
  readonly place: 'room' | 'direct'
  /** Topic of the group; empty for a direct chat. */
  readonly placeName: string
  readonly who: Party
  readonly role: Role
  readonly addressed: boolean
  /** 0..1: how sure the bot has to be of a message that is put to it, or overheard, as this one was. */
  readonly threshold: number
  /** Colleagues' and idle talk: its words stay in memory only, and for hours only. */
  readonly isChatter: boolean
  /** Identifiers are masked. Null where words are not, or no longer, kept. */
  readonly text: string | null
  /** Words of the text that spoke most for the likeliest section; goes with the text. */
  readonly because?: readonly string[]
  /** What the bot said to it. */
  readonly said: readonly string[]
  readonly unsaid?: UnsaidReason
  readonly after?: Aftermath
  readonly verdict?: Verdict
}

/** Where the console reads what the bot did. */
export interface TalkFeed {
  /** What is still known, oldest first. */
  recent(): readonly Talk[]
  find(messageId: string): Talk | undefined
  /** @returns a function that ends the subscription */
  subscribe(listener: (talk: Talk) => void): () => void
  /** @returns undefined when the talk is not known any more */
  judge(messageId: string, verdict: Verdict | undefined): Talk | undefined
  readonly limits: { readonly keepDays: number; readonly chatterHours: number }
}
