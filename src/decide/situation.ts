import type { DatesReading } from '../model/understanding.js'
import type { WalkRecollection } from './walk-memory.js'

/** What has to be known beside the message itself to decide about it. */
export interface Situation {
  /** Older messages arrived while the bot was away. */
  readonly startedAtMs: number
  /** The same message id was decided before. */
  readonly seenBefore: boolean
  /** An admin has told the bot to keep quiet in this place. */
  readonly isMuted?: boolean
  /** The asker's question lies with a person; the bot keeps quiet for this asker. */
  readonly heldByHuman: boolean
  /** Numbered sections that were last shown to this asker, in the order shown. */
  readonly offered: readonly string[]
  /** The bot has just spoken with this asker here. */
  readonly talkedLately: boolean
  /** The asker was last offered a person. */
  readonly humanOffered: boolean
  /** Was this section told in this room within the cooldown? */
  readonly toldLately: (sectionKey: string) => boolean
  readonly hasSection: (sectionKey: string) => boolean
  /** Section that this asker was last answered with, while that is fresh. */
  readonly lastSection?: string | undefined
  /** What comes after a section; undefined at the end of the guide. */
  readonly nextSection: (sectionKey: string) => string | undefined
  /** The section that tells how long a review takes. */
  readonly timelineSection?: string | undefined
  /** What was last shown is a question back, not a menu. */
  readonly clarifying: boolean
  /** How often in a row this asker could not be helped. */
  readonly failedTries: number
  /** The asker's walk-through; absent where none is to be had. */
  readonly walking?: WalkRecollection & { readonly steps: () => readonly string[] }
  /** About reminding the asker of a day; absent where nobody can be. */
  readonly reminding?: {
    readonly nowMs: number
    /** The asker's days, as they were last told. */
    readonly toldDays: DatesReading | undefined
    /** The asker wants to be reminded, and was asked for the day. */
    readonly isWished: boolean
    /** A reminder is set. */
    readonly isSet: boolean
  }
}
