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

/** A section that may be meant. `confidence` is 0..1 and means the probability that the answer would be right. */
export interface Candidate {
  readonly sectionKey: string
  readonly intentId: string
  readonly confidence: number
}

/** A rejection notice taken apart. */
export interface NoticeReason {
  readonly text: string
  /** Best first; empty when nobody of us knows this reason. */
  readonly candidates: readonly Candidate[]
}

export interface Understanding {
  /** See `normalizeText`. */
  readonly normalized: string
  readonly act: SpeechAct
  /** Best first, at most 5. */
  readonly candidates: readonly Candidate[]
  /** 0..1: how surely this is a question for the guide at all, whoever it is addressed to. */
  readonly inScope: number
  /** 0..1: how surely a person of the vendor is wanted. */
  readonly wantsHuman: number
  /** Number picked from a menu or a list of offers, as written: `"3"`, `"4.1"`, `"A1"`. */
  readonly choice?: string
  /** Present when the message is a pasted rejection notice. */
  readonly notice?: readonly NoticeReason[]
}
