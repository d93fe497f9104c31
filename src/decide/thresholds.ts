import { FITTED } from '../model/fitted.js'

/**
 * When the bot is sure enough, 0..1; fitted on the corpus for the costs that people feel: a wrong answer is worse than
 * a question back, and speaking up unasked is worst.
 *
 * `offerScope`: put to the bot, and at least this probably for us, else it says that it doesn't know.
 * `answerShare`: one section stands out this far, else the likely ones are offered.
 * `speakScope`, `speakShare`: the same for overheard talk, where anything less means silence.
 */
export const THRESHOLDS = FITTED.thresholds

/** More than three choices are a menu, not a question back. */
export const MAX_OFFERED = 3
/** A third choice less likely than this only makes the reader slower. */
export const OFFERED_SHARE = 0.02
