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
