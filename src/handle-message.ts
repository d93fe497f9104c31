import { mayOrder, type Operations, runCommand } from './admin/run-command.js'
import type { ConversationMemory } from './decide/conversation-memory.js'
import { decide } from './decide/decide.js'
import { nextSection, timelineSection } from './decide/section-order.js'
import type { Situation } from './decide/situation.js'
import type { ToldDays } from './decide/told-days.js'
import { traceDecision } from './decide/trace-decision.js'
import type { WalkMemory } from './decide/walk-memory.js'
import { walkSteps } from './decide/walk-steps.js'
import type { KnowledgeHolder } from './knowledge/knowledge-holder.js'
import type { Decision, SilenceReason } from './model/decision.js'
import type { IncomingMessage } from './model/message.js'
import type { Clock, DecisionJournal, Log, Outgoing, PictureSource, StaffNotices } from './model/ports.js'
import type { KnowledgeSnapshot } from './model/snapshot.js'
import type { Understanding } from './model/understanding.js'
import type { ReminderBook } from './reminders/reminder-book.js'
import { type ComposedReply, composeReply, type ReplyContext } from './reply/compose-reply.js'
import { phrases } from './reply/phrases.js'
import { packLines } from './reply/split-text.js'
import type { Outbox } from './send/outbox.js'
import { readyBubbles } from './send/ready-bubbles.js'
import type { ReplyCheck } from './send/reply-check.js'
import type { TicketDesk } from './tickets/ticket-desk.js'
import { parseCommand } from './understand/parse-command.js'
import { understand } from './understand/understand.js'

export interface MessageHandlerParts {
  readonly knowledge: KnowledgeHolder
  readonly memory: ConversationMemory
  readonly walks: WalkMemory
  readonly toldDays: ToldDays
  readonly reminders: ReminderBook
  readonly desk: TicketDesk
  readonly operations: Operations
  readonly outbox: Outbox
  readonly notices: StaffNotices
  readonly replyCheck: ReplyCheck
  readonly pictures: PictureSource
  readonly journal: DecisionJournal
  readonly clock: Clock
  readonly log: Log
  /** Messages sent before this are none of ours; milliseconds since the epoch. */
  readonly startedAtMs: number
}

/**
 * The story of one message: understand → decide → compose → send. Never throws: whatever breaks, the group is spared
 * and the next message is handled.
 */
export function createMessageHandler(parts: MessageHandlerParts): (message: IncomingMessage) => Promise<void> {
  return async (message) => {
    try {
      parts.replyCheck.note(message)
      parts.reminders.meet(message)
      const order = parseCommand(message.text)
      if (order && !message.fromSelf && mayOrder(message, order))
        await obey(message, { kind: 'command', command: order }, parts)
      else await answer(message, parts)
    } catch (error) {
      try {
        giveUp(message, error, parts)
      } catch {
        // Log or journal is what broke: there is nobody left to tell, and the next message counts.
      }
    }
  }
}

function giveUp(message: IncomingMessage, error: unknown, parts: MessageHandlerParts): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  parts.log.error({ messageId: message.id, error: reason }, 'handler failed')
  stayOut(message, 'failed', parts)
}

async function answer(message: IncomingMessage, parts: MessageHandlerParts): Promise<void> {
  const { knowledge, memory, outbox, replyCheck, clock } = parts
  const startedMs = clock.now()
  const snapshot = knowledge.current()
  const understanding = understand(message.text, {
    matcher: snapshot.matcher,
    intents: snapshot.content.intents,
    nowMs: startedMs,
  })
  const decision = decide(message, understanding, situationOf(message, snapshot, parts))
  note(message, decision, { parts, snapshot, startedMs, understanding })
  const stillWanted = replyCheck.watch(message, { handsOver: decision.kind === 'escalate' })
  // Only a hand-over and a promise wait here: who asks the same at the same moment has to find what was said remembered.
  const ticket = decision.kind === 'escalate' ? await handOver(message, parts) : undefined
  const kept = keepPromise(message, decision, parts)
  if (kept !== undefined) await kept
  const reply = compose(message, decision, { snapshot, ticket, parts })
  memory.note(message, decision, { ...reply, nowMs: clock.now() })
  parts.walks.note(message, decision, clock.now())
  parts.toldDays.note(message, decision, clock.now())
  if (reply.bubbles.length === 0) return
  await outbox.send(message.place, readyBubbles(reply.bubbles, message.sender, parts), {
    stillWanted,
    deadlineMs: replyCheck.deadlineMs(message),
    messageId: message.id,
  })
}

async function obey(
  message: IncomingMessage,
  decision: Extract<Decision, { kind: 'command' }>,
  parts: MessageHandlerParts,
): Promise<void> {
  if (parts.memory.seen(message.id)) return stayOut(message, 'duplicate', parts)
  if (message.sentAtMs < parts.startedAtMs) return stayOut(message, 'too-old', parts)
  note(message, decision, { parts, snapshot: parts.knowledge.current(), startedMs: parts.clock.now() })
  const text = await runCommand(decision.command, message, parts)
  const deadlineMs = parts.replyCheck.deadlineMs(message)
  await parts.outbox.send(message.place, inBubbles(text), { deadlineMs, messageId: message.id })
}

const inBubbles = (text: string): readonly Outgoing[] =>
  packLines(text.split('\n')).map((lines) => ({ kind: 'text', text: lines.join('\n') }))

function situationOf(message: IncomingMessage, snapshot: KnowledgeSnapshot, parts: MessageHandlerParts): Situation {
  const { memory, walks, toldDays, reminders, desk, clock, startedAtMs } = parts
  const nowMs = clock.now()
  return {
    startedAtMs,
    seenBefore: memory.seen(message.id),
    heldByHuman: desk.heldFor(message.place.key, message.sender.key) !== undefined,
    ...memory.recall(message, nowMs),
    toldLately: (sectionKey) => memory.toldLately(message, sectionKey, nowMs),
    hasSection: (sectionKey) => snapshot.sections.has(sectionKey),
    nextSection: (sectionKey) => nextSection(snapshot, sectionKey),
    timelineSection: timelineSection(snapshot),
    walking: { ...walks.recall(message, nowMs), steps: () => walkSteps(snapshot) },
    reminding: { nowMs, ...toldDays.recall(message, nowMs), isSet: reminders.isSetFor(message) },
  }
}

interface ComposeContext {
  readonly snapshot: KnowledgeSnapshot
  readonly ticket: { readonly number: number; readonly isNew: boolean } | undefined
  readonly parts: MessageHandlerParts
}

function compose(message: IncomingMessage, decision: Decision, context: ComposeContext): ComposedReply {
  const { snapshot, ticket, parts } = context
  return composeReply(decision, snapshot, {
    mentionChars: message.place.kind === 'room' && message.sender.name !== '' ? message.sender.name.length + 2 : 0,
    timelineToldLately: parts.memory.timelineToldLately(message, parts.clock.now()),
    aboutPicture: message.kind === 'picture',
    direct: message.place.kind === 'direct',
    nowMs: parts.clock.now(),
    ...(ticket ? { ticket } : {}),
    ...walkUnderWay(message, snapshot, parts),
  })
}

function walkUnderWay(
  message: IncomingMessage,
  snapshot: KnowledgeSnapshot,
  { walks, clock }: MessageHandlerParts,
): Pick<ReplyContext, 'walking'> {
  const { walk, isFresh } = walks.recall(message, clock.now())
  return isFresh && walk?.status === 'walking' ? { walking: { walk, steps: walkSteps(snapshot) } } : {}
}

/** A reminder is on disk, or gone from there, when this resolves; only then may the asker read so. */
function keepPromise(
  message: IncomingMessage,
  decision: Decision,
  { reminders }: MessageHandlerParts,
): Promise<void> | undefined {
  if ('remind' in decision && decision.remind) return reminders.set(message, decision.remind)
  if (decision.kind === 'courtesy' && decision.word === 'reminder-cancelled') return reminders.cancel(message)
  return undefined
}

/** The ticket is on disk when this resolves; only then may the asker read its number. */
async function handOver(
  message: IncomingMessage,
  parts: MessageHandlerParts,
): Promise<{ number: number; isNew: boolean }> {
  const { desk, memory, notices, clock } = parts
  const { place, sender } = message
  const { ticket, isNew } = await desk.open({
    placeKey: place.key,
    placeName: place.kind === 'room' ? place.topic : phrases.directChat,
    askerKey: sender.key,
    askerName: sender.name,
    question: message.text,
    answeredSections: memory.recall(message, clock.now()).answeredSections,
  })
  // A pasted notice can be longer than a bubble may be.
  if (isNew) for (const lines of packLines(phrases.staffNotice(ticket).split('\n'))) await notices.add(lines.join('\n'))
  return { number: ticket.number, isNew }
}

function stayOut(message: IncomingMessage, reason: SilenceReason, parts: MessageHandlerParts): void {
  note(
    message,
    { kind: 'silent', reason },
    { parts, snapshot: parts.knowledge.current(), startedMs: parts.clock.now() },
  )
}

interface NoteContext {
  readonly parts: MessageHandlerParts
  readonly snapshot: KnowledgeSnapshot
  readonly startedMs: number
  readonly understanding?: Understanding
}

/** The one line that says why the bot spoke or did not: no text, no names. */
function note(
  message: IncomingMessage,
  decision: Decision,
  { parts, snapshot, startedMs, understanding }: NoteContext,
): void {
  const trace = traceDecision(message, decision, { snapshot, understanding, tookMs: parts.clock.now() - startedMs })
  parts.journal.record(trace)
  const { candidates: _candidates, placeKey: _placeKey, ...line } = trace
  parts.log.info(line, 'decided')
}
