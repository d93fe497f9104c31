/** What a person may say to a walk-through. */
export type WalkWord = 'start' | 'restart' | 'resume' | 'done' | 'skip' | 'back' | 'stop'

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
  readonly told: 'first-step' | 'step' | 'offer' | 'stopped' | 'verdict'
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
