import type { Asked, Taught } from './messages.js'

/** What an engine makes of one message. */
export interface Guess {
  /** The likeliest section, however unlikely; undefined when none has anything in common with the message. */
  readonly section: string | undefined
  /** How surely; higher is surer, comparable between messages of one engine only. */
  readonly score: number
}

type Guesser = (message: Asked) => Guess | Promise<Guess>

/** Teaches an engine. Whatever it needs is imported here, so that its memory can be told. */
export type TeachEngine = (taught: readonly Taught[]) => Promise<Guesser>
