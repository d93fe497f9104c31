import { type AnswerParts, compose, type Heard, type Reply, type Settled, send } from './answer-message.js'
import { OrderTaker, type TakenOrder } from './commands/take.js'
import { guideOf, walkSteps } from './dialogue/checklist.js'
import { policies } from './dialogue/policy.js'
import { traceDecision } from './dialogue/trace.js'
import { type Decided, decideBy, isAddressed, type Turn } from './dialogue/turn.js'
import type { KnowledgeHolder } from './knowledge/keys.js'
import type { LearningEar } from './learning/listen.js'
import type { IncomingMessage } from './model/chat.js'
import type { DecisionJournal, Operations, SendOutcome } from './model/ports.js'
import { knowingOf, NOTHING_UNDERSTOOD, understand } from './nlu/pipeline.js'
import type { DeskParts } from './tickets/attendant.js'

export interface MessageHandlerParts extends AnswerParts, Omit<DeskParts, 'attendant'> {
  readonly knowledge: KnowledgeHolder
  readonly operations: Operations
  readonly learning: Pick<LearningEar, 'note'>
  readonly journal: DecisionJournal
  /** Messages sent before this are none of ours; milliseconds since the epoch. */
  readonly startedAtMs: () => number
}

/**
 * The story of one message: hear → understand → decide → compose → send → said or dropped. Never throws: whatever
 * breaks, the group is spared and the next message is handled.
 */
export function createMessageHandler(parts: MessageHandlerParts): (message: IncomingMessage) => Promise<void> {
  const orders = new OrderTaker(parts)
  return async (message) => {
    try {
      await answer(hear(message, orders.read(message), parts), parts)
    } catch (error) {
      giveUp(message, error, parts)
    }
  }
}

function hear(message: IncomingMessage, order: TakenOrder | undefined, parts: MessageHandlerParts): Heard {
  const { state, knowledge, reminders, clock } = parts
  const { seenBefore, sequence } = state.heard(message)
  reminders.meet(message)
  const snapshot = knowledge.current()
  const startedMs = clock.now()
  const understanding = order ? NOTHING_UNDERSTOOD : understand(message.text, knowingOf(snapshot, startedMs))
  const turn = (): Turn => ({ message, understanding, situation: situation(), asked: isAddressed(message) })
  const situation = (): Turn['situation'] => {
    const recalled = state.recall(message, clock.now())
    const { toldDays, dayWished: isWished } = recalled
    return {
      ...{ seenBefore, startedAtMs: parts.startedAtMs(), order: order?.decision },
      ...{ ...recalled, ...guideOf(snapshot), ...parts.deskFront.view(message) },
      language: snapshot.language,
      factsWithin: (subject) => snapshot.matcher.within?.(subject, understanding.normalized) ?? [],
      isMuted: parts.isMuted(message.place.key),
      handoff: snapshot.sections.get(recalled.lastSection ?? '')?.handoff,
      walking: { ...recalled.walking, steps: () => walkSteps(snapshot) },
      reminding: { nowMs: clock.now(), toldDays, isWished, isSet: reminders.isSetFor(message) },
    }
  }
  return { message, order, snapshot, startedMs, sequence, turn }
}

async function answer(heard: Heard, parts: MessageHandlerParts): Promise<void> {
  const { message, order } = heard
  const { state, clock } = parts
  const settled = await decide(heard, parts)
  const { turn, decided, saying } = settled
  let outcome: SendOutcome = { said: false, reason: 'refused', bubblesOut: 0 }
  let reply: Reply | undefined
  try {
    note(heard, settled, parts)
    if (!order) parts.learning.note(message, decided.decision, turn.understanding)
    reply = await compose(heard, settled, parts)
    state.composed(saying, reply)
    if (reply.bubbles.length > 0) outcome = await send(heard, settled, { reply, parts })
  } finally {
    if (outcome.said) state.said(saying, clock.now())
    else state.dropped(saying, outcome, clock.now())
  }
  if (reply.bubbles.length === 0) return
  if (!outcome.said && outcome.reason !== 'perhaps-said') await reply.takeBack?.()
  if (order) return
  if (outcome.said) await parts.unsaid.settled(message)
  else await parts.unsaid.note(message, decided.decision, outcome.reason)
}

/** Decides, and again where what the decision rested on came to nothing: somebody else's answer, or a ticket's state. */
async function decide({ message, order, turn }: Heard, parts: MessageHandlerParts): Promise<Settled> {
  const { state, deskFront, clock } = parts
  // Noted in the same breath: whoever asks the same at the same moment has to find it.
  const settled = (decided: Decided): Omit<Settled, 'ticketNews'> => {
    const wanted = decided.policy === 'flooding' ? decided.overruled : undefined
    const deciding = { ...(wanted && { wanted }), nowMs: clock.now() }
    return { turn: now, decided, saying: state.decided(message, decided.decision, deciding) }
  }
  let now = turn()
  if (!order) await deskFront.hear(now)
  for (;;) {
    const decided = decideBy(policies, now)
    const { decision, policy, overruled } = decided
    if (policy === 'answered-lately' && overruled && (await state.beingSaid(message, overruled))) {
      now = turn()
      continue
    }
    if (!('act' in decision) || !decision.act) return settled(decided)
    const ticketNews = await deskFront.carryOut(decision.act, message)
    if (ticketNews !== undefined) return { ...settled(decided), ticketNews }
    now = { ...now, situation: { ...now.situation, heldTicket: undefined, settledTicket: undefined } }
  }
}

/** The one line that says why the bot spoke or did not: no text, no names. */
function note(
  { message, snapshot, startedMs }: Pick<Heard, 'message' | 'snapshot' | 'startedMs'>,
  { turn, decided }: { turn?: Turn; decided: Decided },
  { journal, log, clock }: MessageHandlerParts,
): void {
  const tookMs = clock.now() - startedMs
  const trace = traceDecision(message, decided, { snapshot, understanding: turn?.understanding, tookMs })
  journal.record(trace)
  const { candidates: _candidates, placeKey: _placeKey, ...line } = trace
  log.info(line, 'decided')
}

function giveUp(message: IncomingMessage, error: unknown, parts: MessageHandlerParts): void {
  try {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    parts.log.error({ messageId: message.id, error: reason }, 'handler failed')
    const heard = { message, snapshot: parts.knowledge.current(), startedMs: parts.clock.now() }
    note(heard, { decided: { decision: { kind: 'silent', reason: 'failed' }, policy: 'failed' } }, parts)
  } catch {
    // Log or journal is what broke: there is nobody left to tell, and the next message counts.
  }
}
