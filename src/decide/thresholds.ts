/**
 * When a candidate is sure enough. Confidences are 0..1, see `Candidate`.
 * Chosen on intents/held-out.yaml on 2026-11-23 (docs/adr/0002): the lowest values at which wrong answers to people who
 * asked stay near 1 % and overheard plain chatter is spoken to in less than 1 %.
 */
export const ANSWER_ASKED = 0.6
/** Below this nothing is offered: the bot says that it doesn't know. */
export const OFFER_ASKED = 0.22
/** A second section this close (as a share of the first) makes it a choice for the asker. */
export const RIVAL_SHARE = 0.45
/** Offers worth showing beside the first. */
export const OFFER_SHARE = 0.12
export const ANSWER_OVERHEARD = 0.72
export const HUMAN_ASKED = 0.6
export const HUMAN_OVERHEARD = 0.85
