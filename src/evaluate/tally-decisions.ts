import { decide } from '../decide/decide.js'
import type { Decision } from '../model/decision.js'
import type { Understanding } from '../model/understanding.js'
import { type LabelledMessage, wantsSilence } from './labelled-message.js'
import { ALONE, loneMessage } from './lone-message.js'

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

/** Decides about a labelled message as the bot would, and judges the decision. @param asked put to the bot by name */
export function judge(message: LabelledMessage, understanding: Understanding, asked: boolean): Judged {
  const decision = decide(loneMessage(message.text, asked), understanding, ALONE)
  return { message, understanding, decision, outcome: outcomeOf(message, decision, asked) }
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
