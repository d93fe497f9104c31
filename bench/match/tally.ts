import type { Guess } from './engine.js'
import type { Asked } from './messages.js'

export interface Answered {
  readonly message: Asked
  readonly guess: Guess
}

/** Shares, 0..1; NaN where there was no message of that kind. */
export interface Tally {
  /** Of the questions: answered, rightly or wrongly. */
  readonly right: number
  readonly wrong: number
  /** Of the chatter: answered, whatever with. */
  readonly plain: number
  readonly hard: number
}

/**
 * The threshold with the best right − 3 × wrong − chatter, each as a share; every score that occurs is tried.
 *
 * @returns Infinity when an engine does best by never saying anything
 */
export function chooseThreshold(answered: readonly Answered[]): number {
  let best = { threshold: Number.POSITIVE_INFINITY, value: 0 }
  for (const threshold of new Set(answered.map(({ guess }) => guess.score))) {
    const { right, wrong } = tally(answered, threshold)
    const chatter = answered.filter(isChatter)
    const value = right - 3 * wrong - shareOf(chatter, (one) => speaks(one, threshold))
    if (value > best.value) best = { threshold, value }
  }
  return best.threshold
}

/** What comes of speaking at this score and above. */
export function tally(answered: readonly Answered[], threshold: number): Tally {
  const questions = answered.filter((one) => !isChatter(one))
  const spokenTo = (one: Answered): boolean => speaks(one, threshold)
  return {
    right: shareOf(questions, (one) => spokenTo(one) && isRight(one)),
    wrong: shareOf(questions, (one) => spokenTo(one) && !isRight(one)),
    plain: shareOf(
      answered.filter((one) => isChatter(one) && !one.message.hard),
      spokenTo,
    ),
    hard: shareOf(
      answered.filter((one) => isChatter(one) && one.message.hard),
      spokenTo,
    ),
  }
}

/** Share of the questions whose first section is right, however unsure. */
export const rightFirst = (answered: readonly Answered[]): number =>
  shareOf(
    answered.filter((one) => !isChatter(one)),
    isRight,
  )

const isChatter = ({ message }: Answered): boolean => message.sections.length === 0

const isRight = ({ message, guess }: Answered): boolean =>
  guess.section !== undefined && message.sections.includes(guess.section)

const speaks = ({ guess }: Answered, threshold: number): boolean =>
  guess.section !== undefined && guess.score >= threshold

const shareOf = <T>(all: readonly T[], holds: (one: T) => boolean): number => all.filter(holds).length / all.length
