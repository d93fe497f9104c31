import { NO_FLOODING_LIMITS } from '../../src/config.js'
import type { Composed } from '../../src/dialogue/replies.js'
import { type DialogueOptions, DialogueState } from '../../src/dialogue/state.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { Decision } from '../../src/model/decision.js'

const MINUTE_MS = 60_000
export const STATE_OPTIONS = {
  cooldownMs: 3 * MINUTE_MS,
  offerMs: 10 * MINUTE_MS,
  timelineMs: 30 * MINUTE_MS,
  holdBackMs: 5 * MINUTE_MS,
  maxEntries: 100,
  flood: NO_FLOODING_LIMITS,
} satisfies DialogueOptions

export const aState = (options: Partial<DialogueOptions> = {}): DialogueState =>
  new DialogueState({ ...STATE_OPTIONS, ...options })

/** A message was heard, decided about, and all of the reply is out. */
export function saysTo(
  state: DialogueState,
  message: IncomingMessage,
  { decision, nowMs, ...composed }: { decision: Decision; nowMs: number } & Partial<Composed>,
): void {
  state.heard(message)
  const saying = state.decided(message, decision, { nowMs })
  state.composed(saying, { shown: [], toldTimeline: false, text: '', invites: [], ...composed })
  state.said(saying, nowMs)
}
