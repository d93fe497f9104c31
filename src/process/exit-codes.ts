/**
 * How a process of ours ends. `npm start` itself ends with `stopped`, `badInput` or `crashed` only; the others are words
 * between the bot and its supervisor. Codes 70 to 78 are those of `sysexits.h`.
 */
export const EXIT = {
  /** As asked, by a signal. */
  stopped: 0,
  /** Configuration, knowledge or ticket file are wrong and have been explained; starting again would not help. */
  badInput: 1,
  /** An error of ours. The supervisor starts the bot anew. */
  crashed: 70,
  /** The bot asks for a fresh process, e.g. to resume its session. The supervisor starts it soon. */
  restart: 75,
  /** What `badInput` is called by the bot's process, because Node itself ends with 1 for errors of every kind. */
  badInputOfBot: 78,
} as const

/** What the end of the bot's process means. */
export type Ending = 'stopped' | 'bad-input' | 'restart' | 'crash'

/** @param code null when a signal has ended it */
export function endingOf(code: number | null): Ending {
  switch (code) {
    case EXIT.stopped:
      return 'stopped'
    case EXIT.badInputOfBot:
      return 'bad-input'
    case EXIT.restart:
      return 'restart'
    default:
      return 'crash'
  }
}
