import type { Situation } from '../../src/dialogue/state.js'
import { MONDAY_MS } from './fixed-clock.js'

const SECTION_KEYS = new Set('0 1 1.1 2 3 4 4.1 4.2 4.3 5 A1 A1.2 A2 A3 A4'.split(' '))

/** The bot has just been started and has said nothing yet, unless told otherwise. */
export const aSituation = (facts: Partial<Situation> = {}): Situation => ({
  startedAtMs: MONDAY_MS - 60_000,
  seenBefore: false,
  heldByHuman: false,
  offered: [],
  talkedLately: false,
  humanOffered: false,
  toldLately: () => false,
  hasSection: (key) => SECTION_KEYS.has(key),
  nextSection: () => undefined,
  failedTries: 0,
  clarifying: false,
  ...facts,
})
