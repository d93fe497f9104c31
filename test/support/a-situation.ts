import { isAddressed, type Situation, type Turn } from '../../src/dialogue/turn.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Understanding } from '../../src/model/understanding.js'
import { anUnderstanding } from './an-understanding.js'
import { MONDAY_MS } from './fixed-clock.js'

const SECTION_KEYS = new Set('0 1 1.1 2 3 4 4.1 4.2 4.3 5 A1 A1.2 A2 A3 A4'.split(' '))

/** The bot has just been started and has said nothing yet, unless told otherwise. */
export const aSituation = (facts: Partial<Situation> = {}): Situation => ({
  startedAtMs: MONDAY_MS - 60_000,
  seenBefore: false,
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

/** One message to decide about. */
export const aTurn = (
  message: IncomingMessage,
  { understanding = anUnderstanding(), situation = {} }: TurnFacts = {},
): Turn => ({ message, understanding, situation: aSituation(situation), asked: isAddressed(message) })

interface TurnFacts {
  readonly understanding?: Understanding
  readonly situation?: Partial<Situation>
}
