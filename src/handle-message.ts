import type { MuteBook } from './commands/rooms.js'
import { OrderTaker, type TakenOrder } from './commands/take.js'
import { nextSection, timelineSection, walkSteps } from './dialogue/checklist.js'
import { considerDesk } from './dialogue/handoff.js'
import { type FloodGuard, isAddressed } from './dialogue/permission.js'
import { decide } from './dialogue/policy.js'
import type { ReminderBook } from './dialogue/reminders.js'
import type { ConversationMemory, Situation, ToldDays, WalkMemory } from './dialogue/state.js'
import { traceDecision } from './dialogue/trace.js'
import type { KnowledgeHolder } from './knowledge/keys.js'
import type { LearningEar } from './learning/listen.js'
import type { IncomingMessage } from './model/chat.js'
import type { Bubble, Decision, DropReason, SilenceReason } from './model/decision.js'
import type { Clock, DecisionJournal, Log, Operations, Outgoing, PictureSource } from './model/ports.js'
import type { KnowledgeSnapshot, Understanding } from './model/understanding.js'
import { knowingOf, understand } from './nlu/pipeline.js'
import { type Outbox, readyBubbles, type SendOptions } from './outbox/outbox.js'
import type { ReplyCheck } from './outbox/reply-check.js'
import type { UnsaidQuestions } from './outbox/unsaid.js'
import { packLines } from './reply/bubbles.js'
import { type ComposedReply, composeReply, type ReplyContext } from './reply/compose.js'
import type { DeskParts } from './tickets/attendant.js'
import type { TicketDesk } from './tickets/desk.js'
import type { AskerTurn } from './tickets/handoff.js'
import { askerPhrases } from './tickets/phrases.js'

export interface MessageHandlerParts extends Omit<DeskParts, 'attendant'> {
  readonly knowledge: KnowledgeHolder
  readonly memory: ConversationMemory
  readonly walks: WalkMemory
  readonly toldDays: ToldDays
  readonly reminders: ReminderBook
  readonly desk: TicketDesk
  readonly operations: Operations
  readonly learning: Pick<LearningEar, 'note'>
  readonly mutes: Pick<MuteBook, 'of'>
  readonly flood: Pick<FloodGuard, 'judge' | 'spoke'>
  readonly outbox: Outbox
  readonly replyCheck: ReplyCheck
  /** Sees to the questions whose reply can't be said. */
  readonly unsaid: Pick<UnsaidQuestions, 'note' | 'waits' | 'settled'>
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
  const orders = new OrderTaker(parts)
  return async (message) => {
    try {
      parts.replyCheck.note(message)
      parts.reminders.meet(message)
      parts.addresses.note(message)
      const order = orders.read(message)
      if (order) await obey(message, order, parts)
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
  const { knowledge, memory, deskFront, replyCheck, clock } = parts
  const startedMs = clock.now()
  // From this moment on, whoever is quicker than the bot counts.
  const unlessOvertaken = replyCheck.watch(message)
  const snapshot = knowledge.current()
  const understanding = understand(message.text, knowingOf(snapshot, startedMs))
  const context = { parts, snapshot, startedMs, understanding }
  const situation = situationOf(message, snapshot, parts)
  const turn = await deskFront.hear(message, understanding, situation)
  if (turn) return takeTurn(message, turn, context)
  const handoff = situation.lastSection && snapshot.sections.get(situation.lastSection)?.handoff
  const { decision: wanted, botFirst } = considerDesk(message, understanding, {
    decision: decide(message, understanding, situation),
    view: { ...situation, ...deskFront.view(message), handoff },
  })
  const decision = parts.flood.judge(message, wanted, clock.now())
  note(message, decision, context)
  parts.learning.note(message, decision, understanding)
  const stillWanted = decision.kind === 'escalate' ? replyCheck.watch(message, { handsOver: true }) : unlessOvertaken
  // Only a hand-over and a promise wait here: who asks the same at the same moment has to find what was said remembered.
  const ticketNews = decision.kind === 'escalate' ? await handOver(message, decision, context) : undefined
  const kept = parts.reminders.follow(message, decision)
  if (kept !== undefined) await kept
  const reply = compose(message, decision, { ...context, ticketNews, botFirst })
  memory.note(message, decision, { ...reply, nowMs: clock.now() })
  parts.walks.note(message, decision, clock.now())
  parts.toldDays.note(message, decision, clock.now())
  deskFront.keepWords(message)
  await say(message, reply.bubbles, { parts, decision, stillWanted })
}

/** The asker's words were about a ticket, and the desk has dealt with them. */
async function takeTurn(message: IncomingMessage, { decision, text }: AskerTurn, context: NoteContext): Promise<void> {
  const { parts } = context
  note(message, decision, context)
  parts.deskFront.keepWords(message)
  if (text === undefined || parts.mutes.of(message.place.key)) return
  if (parts.flood.judge(message, decision, parts.clock.now()) !== decision) return
  await say(message, [{ kind: 'text', text, mention: message.place.kind === 'room' }], { parts, decision })
}

/** Says a reply to whoever wrote the message, unless it is no longer wanted when its turn comes. */
async function say(
  message: IncomingMessage,
  bubbles: readonly Bubble[],
  { parts, decision, stillWanted }: SayContext,
): Promise<void> {
  if (bubbles.length === 0) return
  const outcome = await parts.outbox.send(message.place, readyBubbles(bubbles, message.sender, parts), {
    ...sendOptions(message, decision, parts),
    ...(stillWanted ? { stillWanted } : {}),
    isOverheard: !isAddressed(message),
    patientUntilMs: parts.replyCheck.patientUntilMs(message),
    onPatience: () => void parts.unsaid.waits(message, decision),
  })
  if (!outcome.said) return parts.unsaid.note(message, decision, outcome.reason)
  await parts.unsaid.settled(message)
  const text = bubbles.find((bubble) => bubble.kind === 'text')?.text ?? ''
  parts.talks.botSpoke(message.place.key, message.sender.key, { text, atMs: parts.clock.now() })
  parts.flood.spoke(message, text, parts.clock.now())
}

interface SayContext {
  readonly parts: MessageHandlerParts
  readonly decision: Decision
  readonly stillWanted?: () => DropReason | undefined
}

function sendOptions(message: IncomingMessage, decision: Decision, { replyCheck }: MessageHandlerParts): SendOptions {
  const { role, key } = message.sender
  return {
    messageId: message.id,
    deadlineMs: replyCheck.deadlineMs(message),
    urgent: isUrgent(message, decision),
    ...(role === 'customer' ? { personKey: key } : {}),
  }
}

/** Goes out to the very end of what may be said in a day: what staff ordered, and what is handed over. */
const isUrgent = ({ sender }: IncomingMessage, decision: Decision): boolean =>
  decision.kind === 'escalate' ||
  (decision.kind === 'courtesy' && decision.word === 'ticket') ||
  (decision.kind === 'command' && sender.role !== 'customer')

async function obey(
  message: IncomingMessage,
  { decision, carryOut }: TakenOrder,
  parts: MessageHandlerParts,
): Promise<void> {
  if (parts.memory.seen(message.id)) return stayOut(message, 'duplicate', parts)
  if (message.sentAtMs < parts.startedAtMs) return stayOut(message, 'too-old', parts)
  note(message, decision, { parts, snapshot: parts.knowledge.current(), startedMs: parts.clock.now() })
  const text = await carryOut()
  if (text === undefined || parts.flood.judge(message, decision, parts.clock.now()) !== decision) return
  await parts.outbox.send(message.place, inBubbles(text), sendOptions(message, decision, parts))
}

const inBubbles = (text: string): readonly Outgoing[] =>
  packLines(text.split('\n')).map((lines) => ({ kind: 'text', text: lines.join('\n') }))

interface ComposeContext extends NoteContext {
  readonly ticketNews: string | undefined
  readonly botFirst: boolean
}

function compose(message: IncomingMessage, decision: Decision, context: ComposeContext): ComposedReply {
  const { snapshot, ticketNews, botFirst, parts } = context
  const ticket = botFirst ? parts.desk.heldFor(message.place.key, message.sender.key) : undefined
  return composeReply(decision, snapshot, {
    mentionChars: message.place.kind === 'room' && message.sender.name !== '' ? message.sender.name.length + 2 : 0,
    timelineToldLately: parts.memory.timelineToldLately(message, parts.clock.now()),
    question: context.understanding?.normalized ?? '',
    aboutPicture: message.kind === 'picture',
    nowMs: parts.clock.now(),
    ...(ticketNews === undefined ? {} : { ticketNews }),
    ...(ticket ? { opening: askerPhrases.botFirst(ticket.number) } : {}),
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

/** A guess below this would send a colleague the wrong way. */
const MIN_GUESS_CONFIDENCE = 0.3

/** @returns what the asker may hear of the ticket, which is on disk when this resolves */
function handOver(
  message: IncomingMessage,
  { reason, sectionKeys }: Extract<Decision, { kind: 'escalate' }>,
  { parts, understanding }: NoteContext,
): Promise<string> {
  const { answeredSections, lastSection } = parts.memory.recall(message, parts.clock.now())
  const guess = understanding?.candidates.find(({ confidence }) => confidence >= MIN_GUESS_CONFIDENCE)
  const sectionKey = sectionKeys[0] ?? guess?.sectionKey ?? lastSection ?? null
  return parts.deskFront.handOver(message, { reason, sectionKey, answeredSections })
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

type SituationParts = Pick<
  MessageHandlerParts,
  'memory' | 'walks' | 'toldDays' | 'reminders' | 'desk' | 'mutes' | 'clock' | 'startedAtMs'
>

/** All that has to be known beside a message to decide about it, at this moment. */
export function situationOf(
  message: IncomingMessage,
  snapshot: KnowledgeSnapshot,
  { memory, walks, toldDays, reminders, desk, mutes, clock, startedAtMs }: SituationParts,
): Situation {
  const nowMs = clock.now()
  return {
    startedAtMs,
    seenBefore: memory.seen(message.id),
    isMuted: mutes.of(message.place.key) !== undefined,
    heldByHuman: desk.quietFor(message.place.key, message.sender.key) === 'held',
    ...memory.recall(message, nowMs),
    toldLately: (sectionKey) => memory.toldLately(message, sectionKey, nowMs),
    hasSection: (sectionKey) => snapshot.sections.has(sectionKey),
    nextSection: (sectionKey) => nextSection(snapshot, sectionKey),
    timelineSection: timelineSection(snapshot),
    walking: { ...walks.recall(message, nowMs), steps: () => walkSteps(snapshot) },
    reminding: { nowMs, ...toldDays.recall(message, nowMs), isSet: reminders.isSetFor(message) },
  }
}
