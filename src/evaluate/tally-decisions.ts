import { decide } from '../decide/decide.js'
import type { Situation } from '../decide/situation.js'
import type { Decision } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { Understanding } from '../model/understanding.js'
import { type LabelledMessage, wantsSilence } from './labelled-message.js'

/** How one labelled message was met. */
export type Outcome =
  | 'right'
  | 'right-offered-first'
  | 'offered'
  | 'offered-wrong'
  | 'wrong'
  | 'not-answered'
  | 'person'
  | 'spoke-up'
  | 'quiet'

export interface Judged {
  readonly message: LabelledMessage
  readonly understanding: Understanding
  readonly decision: Decision
  readonly outcome: Outcome
}

/** A message that stands alone: nothing was said before. */
const ALONE: Situation = {
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

/** Decides about a labelled message as the bot would, and judges the decision. @param asked put to the bot by name */
export function judge(message: LabelledMessage, understanding: Understanding, asked: boolean): Judged {
  const decision = decide(asMessage(message.text, asked), understanding, ALONE)
  return { message, understanding, decision, outcome: outcomeOf(message, decision, asked) }
}

function asMessage(text: string, addressedToBot: boolean): IncomingMessage {
  return {
    id: 'evaluated',
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

function outcomeOf(message: LabelledMessage, decision: Decision, asked: boolean): Outcome {
  const keys = 'sectionKeys' in decision ? decision.sectionKeys : []
  const isRight = (key: string | undefined): boolean => key !== undefined && message.sections.includes(key)
  if (wantsSilence(message)) {
    // A friendly word or "I don't know" to somebody who called the bot by name is no mistake.
    const spoke = asked ? keys.length > 0 : decision.kind !== 'silent'
    return spoke ? 'spoke-up' : decision.kind === 'escalate' ? 'person' : 'quiet'
  }
  if (decision.kind === 'escalate' && (message.wantsHuman || keys.length === 0)) return 'person'
  if (keys.length === 0) return 'not-answered'
  if (decision.kind === 'clarify')
    return isRight(keys[0]) ? 'right-offered-first' : keys.some(isRight) ? 'offered' : 'offered-wrong'
  return keys.some(isRight) ? 'right' : 'wrong'
}

/** Share of the messages with one of the outcomes, 0..1; 0 for no messages. */
export function shareOf(judged: readonly Judged[], ...outcomes: readonly Outcome[]): number {
  return judged.length === 0 ? 0 : judged.filter(({ outcome }) => outcomes.includes(outcome)).length / judged.length
}
