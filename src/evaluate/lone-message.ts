import type { Situation } from '../decide/situation.js'
import type { IncomingMessage } from '../model/message.js'

/** Nothing was said before; the bot has just been started. */
export const ALONE: Situation = {
  startedAtMs: 0,
  seenBefore: false,
  heldByHuman: false,
  offered: [],
  talkedLately: false,
  humanOffered: false,
  toldLately: () => false,
  hasSection: () => true,
  nextSection: () => undefined,
  timelineSection: '5',
  failedTries: 0,
  clarifying: false,
}

/** What a customer says in a group, fit for `ALONE`. */
export function loneMessage(text: string, addressedToBot: boolean): IncomingMessage {
  return {
    id: 'alone',
    place: { kind: 'room', id: 'room', key: 'room', topic: 'room', purpose: 'customers' },
    sender: { id: 'asker', key: 'asker', name: 'asker', role: 'customer' },
    kind: 'text',
    text,
    addressedToBot,
    mentionsOthers: /@(?!所有人)\S/.test(text),
    sentAtMs: 0,
    fromSelf: false,
  }
}
