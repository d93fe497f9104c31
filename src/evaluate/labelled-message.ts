/** A message of which a person has said what it wants. */
export interface LabelledMessage {
  readonly text: string
  /** Sections that answer it, the main one first; empty when it wants none. */
  readonly sections: readonly string[]
  readonly wantsHuman: boolean
  readonly kind: string
  /** Wants silence although it holds the guide's words. */
  readonly hard: boolean
}

export const wantsSilence = ({ sections, wantsHuman }: LabelledMessage): boolean => sections.length === 0 && !wantsHuman
