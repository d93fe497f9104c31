import { MINUTE_MS } from './base/time.js'
import { OrderTaker, type TakenOrder } from './commands/take.js'
import { walkSteps } from './dialogue/checklist.js'
import { noticeAskedFor, pointsAt, readingOf, talkAboutQuote, wordsInPieces, wordsMeant } from './dialogue/context.js'
import { isOpenTo, opinionTrace, questionFor } from './dialogue/opinion.js'
import { overtakenBy } from './dialogue/permission.js'
import { type HeardWords, type PictureTalk, summaryOf, type ToBeSeen } from './dialogue/pictures.js'
import { policies } from './dialogue/policy.js'
import type { ReminderBook } from './dialogue/reminders.js'
import type { Composed, Saying } from './dialogue/replies.js'
import type { DialogueState } from './dialogue/state.js'
import {
  type Decided,
  decideBy,
  guideOf,
  isAddressed,
  type Situation,
  type Turn,
  traceDecision,
} from './dialogue/turn.js'
import type { LearningEar } from './learning/listen.js'
import { type IncomingMessage, inWords, isUnreadable, kindWord } from './model/chat.js'
import type { Bubble, Decision, DecisionTrace, DropReason, OpinionReply, SecondOpinion } from './model/decision.js'
import type { Clock, DecisionJournal, Log, Metrics, Operations, PictureSource, SendOutcome } from './model/ports.js'
import type { KnowledgeInUse, KnowledgeSnapshot, Match, Understanding } from './model/understanding.js'
import { normalizeText } from './nlu/normalize.js'
import { knowingOf, NOTHING_UNDERSTOOD, understand } from './nlu/pipeline.js'
import type { UnsaidQuestions } from './outbox/notices.js'
import { type Outbox, readyBubbles, type SendOptions } from './outbox/outbox.js'
import { composeReply } from './reply/compose.js'
import { packLines } from './reply/render.js'
import type { DeskParts } from './tickets/attendant.js'
import type { DeskFront } from './tickets/handoff.js'
import { askerPhrases } from './tickets/phrases.js'

export interface MessageHandlerParts extends AnswerParts, Omit<DeskParts, 'attendant'> {
  readonly knowledge: Readonly<KnowledgeInUse>
  readonly operations: Operations
  readonly learning: Pick<LearningEar, 'note'>
  readonly sight: PictureTalk
  /** Absent where nobody is asked. */
  readonly secondOpinion?: { readonly by: SecondOpinion; readonly overheard: boolean } | undefined
  readonly metrics?: Pick<Metrics, 'opinion'> | undefined
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
      const heard = hear(message, orders.read(message), parts)
      // Without a picture nothing is waited for: messages are decided about in the order in which they came.
      const seeing = heard.order ? undefined : parts.sight.toBeSeen(heard)
      if (seeing) parts.state.waits(message)
      const seen = seeing ? await withSeen(heard, seeing, parts) : heard
      const asking = seen.order ? undefined : askingAbout(seen, parts)
      if (asking) parts.state.waits(message)
      await answer(asking ? await withOpinion(seen, asking, parts) : seen, parts)
    } catch (error) {
      giveUp(message, error, parts)
    }
  }
}

function hear(message: IncomingMessage, order: TakenOrder | undefined, parts: MessageHandlerParts): Heard {
  const { seenBefore, sequence } = parts.state.heard(message)
  parts.reminders.meet(message)
  parts.sight.heard(message)
  const facts = { order, seenBefore, sequence, snapshot: parts.knowledge.current, startedMs: parts.clock.now() }
  return understood(message, facts, parts)
}

/** The same with what is written in the picture that it is about. */
async function withSeen(heard: Heard, { message, words }: ToBeSeen, parts: MessageHandlerParts): Promise<Heard> {
  return understood({ ...message, seen: await words }, heard, parts)
}

interface AskingAbout {
  readonly reply: Promise<OpinionReply>
  /** What is decided without it. */
  readonly without: Decision
}

/** @returns undefined where nobody is to be asked what the message means */
function askingAbout({ message, snapshot, turn }: Heard, parts: MessageHandlerParts): AskingAbout | undefined {
  const { secondOpinion, state } = parts
  if (!secondOpinion) return undefined
  const now = turn()
  const decided = decideBy(policies, now)
  if (!isOpenTo(now, decided, secondOpinion)) return undefined
  const saidBefore = state.wordsBefore(message).map(({ text }) => text)
  const text = message.seen?.kind === 'read' ? message.seen.text : message.text
  const question = questionFor({ turn: now, snapshot, text, saidBefore })
  return { reply: secondOpinion.by.ask(question), without: decided.decision }
}

/** The same with what a second opinion takes it for. */
async function withOpinion(heard: Heard, { reply, without }: AskingAbout, parts: MessageHandlerParts): Promise<Heard> {
  return understood(heard.message, { ...heard, opinion: { reply: await reply, without } }, parts)
}

function understood(
  message: IncomingMessage,
  facts: Omit<Heard, 'message' | 'understanding' | 'turn'>,
  parts: MessageHandlerParts,
): Heard {
  const { state, reminders, clock } = parts
  const { order, seenBefore, snapshot, startedMs, opinion: heardOpinion } = facts
  const opinion = heardOpinion?.reply.opinion
  const { language } = snapshot
  const before = { lines: state.linesIn(message.place.key), language }
  const knowing = knowingOf(snapshot, startedMs)
  const meant = message.seen?.kind === 'read' ? message.seen.text : wordsMeant(message, before)
  const isOwn = !message.seen && meant === message.text
  const words = noticeAskedFor(meant, language, () => state.recall(message, clock.now(), snapshot.version).replies)
  const pieces = isOwn ? wordsInPieces(message, before) : undefined
  const alone = order ? NOTHING_UNDERSTOOD : understand(words, knowing)
  const understanding = order || pieces === undefined ? alone : readingOf(alone, understand(pieces, knowing))
  const pointing = isOwn ? pointsAt(message, before) : undefined
  // With all that is known at the moment of asking.
  const turn = (): Turn => ({ message, understanding, situation: situation(), asked: isAddressed(message) })
  const situation = (): Turn['situation'] => {
    const talk = state.recall(message, clock.now(), snapshot.version)
    const guide = guideOf(snapshot)
    const quoted = talkAboutQuote(message, talk, guide.hasSection)
    const recalled = quoted ? { ...talk, ...quoted } : talk
    const { toldDays, dayWished: isWished } = recalled
    let onward: ReturnType<typeof readOnward>
    return {
      ...recalled,
      ...guide,
      ...parts.deskFront.view(message),
      seenBefore,
      startedAtMs: parts.startedAtMs(),
      order: order?.decision,
      knowledge: snapshot.version,
      language,
      pointsAt: pointing,
      factsWithin: (subject) => {
        const { normalized, trimmed } = understanding
        const whole = snapshot.matcher.within?.(subject, normalized) ?? []
        // What an author wrote is known with thanks around it, too.
        const bare = trimmed === normalized ? undefined : snapshot.matcher.within?.(subject, trimmed)
        return bare?.[0]?.wordForWord && !whole[0]?.wordForWord ? bare : whole
      },
      factsOnward: () => (onward ??= readOnward(recalled.replies.at(-1)?.asked, understanding, snapshot)),
      reads: (words) => snapshot.matcher.match(words),
      goodsNamed: () => snapshot.matcher.goods?.(understanding.normalized) ?? [],
      isMuted: parts.isMuted(message.place.key),
      handoff: snapshot.sections.get(recalled.lastSection ?? '')?.handoff,
      walking: { ...recalled.walking, steps: () => walkSteps(snapshot) },
      opinion: opinion && { ...opinion, rules: snapshot.content.rejections },
      reminding: { nowMs: clock.now(), toldDays, isWished, isSet: reminders.isSetFor(message) },
    }
  }
  return { ...facts, message, understanding, turn }
}

/** Behind the last question of the asker; that by itself is read when it is asked for, as most talk goes on with nothing. */
function readOnward(
  last: string | undefined,
  { normalized }: Understanding,
  { matcher: { match } }: KnowledgeSnapshot,
): ReturnType<NonNullable<Situation['factsOnward']>> {
  const asked = last === undefined ? '' : normalizeText(last)
  if (asked === '') return undefined
  const joint = match(`${asked} ${normalized}`)
  let alone: Match | undefined
  return {
    joint,
    get last() {
      alone ??= match(asked)
      return alone
    },
  }
}

async function answer(heard: Heard, parts: MessageHandlerParts): Promise<void> {
  const { message, order } = heard
  const { state, clock } = parts
  const settled = await decide(heard, parts)
  const { turn, decided, saying } = settled
  let outcome: Sent = { said: false, reason: 'refused', bubblesOut: 0, hasWaited: false }
  let reply: Reply | undefined
  try {
    note(heard, settled, parts)
    if (!order) parts.learning.note(inWords(message), decided.decision, turn.understanding)
    if ('reason' in decided.decision && decided.decision.reason === 'picture-unsure') parts.sight.doubted(message)
    reply = await compose(heard, settled, parts)
    state.composed(saying, reply)
    if (reply.bubbles.length > 0) {
      outcome = await send(heard, settled, { reply, parts })
      parts.journal.said?.(message.id, shownBubbles(reply), outcome.said ? undefined : outcome.reason)
    }
  } finally {
    if (outcome.said) state.said(saying, clock.now())
    else state.dropped(saying, outcome, clock.now())
  }
  if (reply.bubbles.length === 0) return
  if (!outcome.said && outcome.reason !== 'perhaps-said') await reply.takeBack?.()
  if (order) return
  if (!outcome.said) await parts.unsaid.note(message, decided.decision, outcome.reason)
  else if (outcome.hasWaited) await parts.unsaid.settled(message)
}

/** As people read it, a line a bubble. */
const shownBubbles = ({ bubbles }: Reply): readonly string[] =>
  bubbles.map((bubble) => (bubble.kind === 'text' ? bubble.text : `[图片] ${bubble.picture.alt}`.trim()))

/** Decides, and again where what the decision rested on came to nothing: somebody else's answer, or a ticket's state. */
async function decide({ message, order, snapshot, turn }: Heard, parts: MessageHandlerParts): Promise<Settled> {
  const { state, deskFront, clock } = parts
  // Noted in the same breath: whoever asks the same at the same moment has to find it.
  const settled = (decided: Decided): Omit<Settled, 'ticketNews'> => {
    const wanted = decided.policy === 'flooding' ? decided.overruled : undefined
    const deciding = { ...(wanted && { wanted }), knowledge: snapshot.version, nowMs: clock.now() }
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
  { message, snapshot, startedMs, opinion }: Pick<Heard, 'message' | 'snapshot' | 'startedMs' | 'opinion'>,
  { turn, decided }: { turn?: Turn; decided: Decided },
  { journal, log, clock, metrics }: MessageHandlerParts,
): void {
  const tookMs = clock.now() - startedMs
  const trace: DecisionTrace = {
    ...traceDecision(message, decided, { snapshot, understanding: turn?.understanding, tookMs }),
    ...(opinion && { opinion: opinionTrace(opinion.reply, { without: opinion.without, now: decided.decision }) }),
  }
  if (opinion && trace.opinion) metrics?.opinion(trace.opinion, opinion.reply.tokens)
  journal.record(trace, message)
  const { candidates: _candidates, placeKey: _placeKey, ...line } = trace
  log.info(line, 'decided')
}

function giveUp(message: IncomingMessage, error: unknown, parts: MessageHandlerParts): void {
  try {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    parts.log.error({ messageId: message.id, error: reason }, 'handler failed')
    const heard = { message, snapshot: parts.knowledge.current, startedMs: parts.clock.now() }
    note(heard, { decided: { decision: { kind: 'silent', reason: 'failed' }, policy: 'failed' } }, parts)
  } catch {
    // Log or journal is what broke: there is nobody left to tell, and the next message counts.
  }
}

interface AnswerParts {
  readonly state: DialogueState
  readonly reminders: ReminderBook
  readonly deskFront: DeskFront
  readonly isMuted: (placeKey: string) => boolean
  readonly outbox: Outbox
  /** Sees to the questions whose reply can't be said. */
  readonly unsaid: Pick<UnsaidQuestions, 'note' | 'waits' | 'settled'>
  readonly pictures: PictureSource
  readonly clock: Clock
  readonly log: Log
  /** A reply to something said longer ago comes too late. */
  readonly maxAgeMs: number
}

/** A message that was heard and understood. */
interface Heard extends HeardWords {
  readonly order: TakenOrder | undefined
  readonly snapshot: KnowledgeSnapshot
  readonly startedMs: number
  readonly seenBefore: boolean
  /** Present where somebody else was asked what it means. */
  readonly opinion?: { readonly reply: OpinionReply; readonly without: Decision }
  /** Its number among all that was heard: from here on, whoever is quicker than the bot counts. */
  readonly sequence: number
}

/** A message that was decided about. */
interface Settled {
  readonly turn: Turn
  readonly decided: Decided
  readonly saying: Saying
  /** What the asker hears of the ticket that the words were about. */
  readonly ticketNews?: string | undefined
}

interface Reply extends Composed {
  readonly bubbles: readonly Bubble[]
  /** Takes back what was promised, should nobody read so. */
  readonly takeBack?: (() => Promise<void>) | undefined
}

/** Does what the reply is going to tell of, and finds its words. */
async function compose(heard: Heard, settled: Settled, parts: AnswerParts): Promise<Reply> {
  const { message, order, snapshot } = heard
  const { turn, decided, ticketNews } = settled
  const { decision, overruled } = decided
  if (order && (decision === order.decision || overruled === order.decision)) {
    const news = await order.carryOut()
    if (decision === order.decision) return inBubbles(packLines((news ?? '').split('\n')), false)
  }
  if (decision.kind === 'silent') return inBubbles([], false)
  const isInRoom = message.place.kind === 'room'
  if (decision.kind === 'courtesy' && decision.word === 'ticket') return inBubbles([[ticketNews ?? '']], isInRoom)
  const handedOver = decision.kind === 'escalate' ? await parts.deskFront.handOver(turn, decision) : undefined
  const takeBack = await parts.reminders.follow(message, decision)
  const { heldTicket, walking, timelineToldLately = false } = turn.situation
  const reply = composeReply(decision, snapshot, {
    mentionChars: isInRoom && message.sender.name !== '' ? message.sender.name.length + 2 : 0,
    timelineToldLately,
    question: turn.understanding.normalized,
    aboutPicture: (message.kind === 'picture' && !message.seen) || turn.situation.pointsAt === 'picture',
    pictureSays: summaryOf(message, turn.understanding),
    ...(isUnreadable(message) && { unreadable: kindWord(message.kind) }),
    nowMs: parts.clock.now(),
    ticketNews: handedOver,
    opening: 'personStillComes' in decision && heldTicket !== undefined ? askerPhrases.botFirst(heldTicket) : undefined,
    walking:
      walking?.isFresh && walking.walk?.status === 'walking'
        ? { walk: walking.walk, steps: walking.steps() }
        : undefined,
  })
  return { ...reply, text: firstText(reply.bubbles), invites: invitedBy(reply.bubbles), takeBack }
}

const firstText = (bubbles: readonly Bubble[]): string => bubbles.find((bubble) => bubble.kind === 'text')?.text ?? ''

const INVITATION = /回复“([^”]{1,20})”/g

/** What a reply tells to send back. What it promises is what the bot does, see `takeUp`. */
const invitedBy = (bubbles: readonly Bubble[]): readonly string[] =>
  bubbles.flatMap((bubble) =>
    bubble.kind === 'text' ? [...bubble.text.matchAll(INVITATION)].map(([, word]) => word ?? '') : [],
  )

/** @param pieces lines of each bubble */
function inBubbles(pieces: readonly (readonly string[])[], mention: boolean): Reply {
  const texts = pieces.map((lines) => lines.join('\n')).filter((text) => text !== '')
  const bubbles = texts.map((text, index): Bubble => ({ kind: 'text', text, mention: mention && index === 0 }))
  return { bubbles, shown: [], toldTimeline: false, text: texts[0] ?? '', invites: invitedBy(bubbles) }
}

/** Half an hour later an answer still helps; after that people had better ask whether it is wanted. */
const PATIENCE_MS = 30 * MINUTE_MS
/** Most replies are out by then; of one that is not, staff shall know after a kill as well. */
const KEPT_AFTER_MS = 3_000

/** `hasWaited`: so long that it was written down, for staff in case that this run ends. */
type Sent = SendOutcome & { readonly hasWaited: boolean }

/** Says a reply to whoever wrote the message, unless it is no longer wanted when its turn comes. */
async function send(
  { message, order, sequence }: Heard,
  { turn, decided: { decision } }: Settled,
  { reply, parts }: { reply: Reply; parts: AnswerParts },
): Promise<Sent> {
  const { state, deskFront, outbox, unsaid, maxAgeMs } = parts
  const stillWanted = (): DropReason | undefined =>
    overtakenBy({
      ...state.since(message, sequence),
      isMuted: parts.isMuted(message.place.key),
      isTaken: turn.situation.quiet !== 'held' && deskFront.view(message).quiet === 'held',
      handsOver: decision.kind === 'escalate' || 'act' in decision,
    })
  const options: SendOptions = {
    messageId: message.id,
    deadlineMs: message.sentAtMs + maxAgeMs,
    urgent: isUrgent(message, decision),
    ...(message.sender.role === 'customer' && { personKey: message.sender.key }),
  }
  const bubbles = readyBubbles(reply.bubbles, message.sender, parts)
  let hasWaited = false
  if (order) return { ...(await outbox.send(message.place, bubbles, options)), hasWaited }
  const waits = (): void => {
    hasWaited = true
    void unsaid.waits(message, decision)
  }
  const slow = setTimeout(waits, KEPT_AFTER_MS).unref()
  const outcome = await outbox.send(message.place, bubbles, {
    ...{ ...options, stillWanted, isOverheard: !turn.asked },
    patientUntilMs: message.sentAtMs + Math.max(maxAgeMs, PATIENCE_MS),
    onPatience: waits,
  })
  clearTimeout(slow)
  return { ...outcome, hasWaited }
}

/** Goes out to the very end of what may be said in a day: what staff ordered, and what is handed over. */
const isUrgent = ({ sender }: IncomingMessage, decision: Decision): boolean =>
  decision.kind === 'escalate' ||
  (decision.kind === 'courtesy' && decision.word === 'ticket') ||
  (decision.kind === 'command' && sender.role !== 'customer')
