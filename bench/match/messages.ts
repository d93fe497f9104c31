/** What an utterance is taught as when it is no section's: a person is wanted, or nothing at all. */
export const HUMAN = 'human'
export const NOTHING = 'nothing'

export interface Words {
  /** As it was written. */
  readonly text: string
  /** See `normalizeText`: what the other engines get, so that the table compares ranking, not spelling. */
  readonly normalized: string
}

export interface Taught extends Words {
  /** Section key, `HUMAN` or `NOTHING`. */
  readonly label: string
}

export interface Asked extends Words {
  /** Sections that answer it; empty for chatter. */
  readonly sections: readonly string[]
  /** Chatter that holds the guide's words. */
  readonly hard: boolean
}

export interface Corpus {
  readonly taught: readonly Taught[]
  /** Not taught: thresholds are chosen on these. */
  readonly tuning: readonly Asked[]
  /** Not taught either: everything is measured on these. */
  readonly heldOut: readonly Asked[]
}
