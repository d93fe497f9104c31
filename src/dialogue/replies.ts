import { characterPairs } from '../base/text.js'
import type { IncomingMessage } from '../model/chat.js'
import { type AnswerPart, type Decision, letterOf } from '../model/decision.js'
import type { DatesReading } from '../model/understanding.js'
import { nameOfFact } from './answer.js'
import type { Turn } from './turn.js'

/** Something to choose from, as it was shown. */
interface Option {
  readonly label: string
  readonly sectionKey: string
}

/** One reply that is out. */
export interface Said {
  readonly atMs: number
  /** To whom. */
  readonly personKey: string
  readonly decision: Decision
  /** What was asked, as it was written, and what it went on from. */
  readonly asked: string
  /** Sections that were told, not merely offered. */
  readonly sections: readonly string[]
  readonly options: readonly Option[]
  /** How the first bubble begins. */
  readonly text: string
  /** Version of the knowledge that it was said from. */
  readonly knowledge?: string | undefined
}

/** A reply from its decision until it is said or dropped. */
export interface Saying {
  readonly message: IncomingMessage
  readonly decision: Decision
  readonly sections: readonly string[]
  /** Version of the knowledge that it is said from. */
  readonly knowledge?: string | undefined
  /** Resolves when it was said or dropped. */
  readonly ended: Promise<void>
}

/** What a reply holds beside its decision. */
export interface Composed {
  /** Sections in the order that a letter picks them. */
  readonly shown: readonly string[]
  readonly toldTimeline: boolean
  /** Of the first bubble. */
  readonly text: string
  /** What the asker is told to send back, word for word: 回复“4.1”. */
  readonly invites: readonly string[]
}

/** The same while it is on its way. */
export interface Pending extends Saying, Composed {
  shown: readonly string[]
  toldTimeline: boolean
  text: string
  invites: readonly string[]
  atMs: number
  isSaid: boolean
  end(): void
}

/** What one person in one place was told, asked and offered. */
export interface Told {
  readonly offered: readonly string[]
  /** What the last reply told to send back. */
  readonly invited: readonly string[]
  readonly humanOffered: boolean
  readonly atMs: number
  readonly timelineToldAtMs: number
  readonly answeredSections: readonly string[]
  readonly failedTries: number
  /** Was asked whether a settled ticket is meant. */
  readonly reopenAskedAtMs: number
  /** Number of the ticket for which they were told that a person has it. */
  readonly heldTold?: number | undefined
  readonly clarifying: boolean
  readonly days?: DatesReading | undefined
  readonly daysAtMs: number
  readonly dayWishedAtMs: number
  /** The last thing told is a turn of the walk-through. */
  readonly walkedLast: boolean
  /** The last replies, oldest first. */
  readonly replies: readonly Said[]
}

export const NOTHING_TOLD: Told = {
  offered: [],
  invited: [],
  humanOffered: false,
  atMs: Number.NEGATIVE_INFINITY,
  timelineToldAtMs: Number.NEGATIVE_INFINITY,
  answeredSections: [],
  failedTries: 0,
  reopenAskedAtMs: Number.NEGATIVE_INFINITY,
  clarifying: false,
  daysAtMs: Number.NEGATIVE_INFINITY,
  dayWishedAtMs: Number.NEGATIVE_INFINITY,
  walkedLast: false,
  replies: [],
}
const KEPT_SECTIONS = 5
const KEPT_REPLIES = 8
/** As much of a reply as tells it from others. */
const KEPT_REPLY_CHARS = 100

/** What a person was told once this is said too. */
export function toldAfter(before: Told, reply: Pending, { nowMs, offerMs }: { nowMs: number; offerMs: number }): Told {
  const { decision, sections, shown, toldTimeline } = reply
  if (!isOfTheTalk(decision)) return toldOfTicket(before, decision, nowMs)
  const days = decision.kind === 'answer' || decision.kind === 'escalate' ? decision.days : undefined
  const wishesDay = decision.kind === 'courtesy' && decision.word === 'reminder-needs-day'
  const isChosen = decision.kind === 'answer' && decision.reason === 'chosen'
  const stillOffered = nowMs - before.atMs <= offerMs ? before.offered : []
  return {
    // After a pick the other letters stay open, which mean nothing else; numbers are those of the new answer.
    offered: isChosen ? stillOffered : shown,
    invited: reply.invites,
    humanOffered: offersPerson(decision),
    clarifying: decision.kind === 'clarify',
    atMs: nowMs,
    timelineToldAtMs: toldTimeline ? nowMs : before.timelineToldAtMs,
    answeredSections: [...before.answeredSections, ...sections].slice(-KEPT_SECTIONS),
    failedTries: decision.kind === 'fallback' || isInVain(decision) ? before.failedTries + 1 : 0,
    reopenAskedAtMs: Number.NEGATIVE_INFINITY,
    heldTold: before.heldTold,
    days: days ?? before.days,
    daysAtMs: days ? nowMs : before.daysAtMs,
    dayWishedAtMs: wishesDay ? nowMs : days ? Number.NEGATIVE_INFINITY : before.dayWishedAtMs,
    walkedLast: 'walk' in decision && decision.walk !== undefined,
    replies: [...before.replies, saidOf(reply, nowMs, before.replies.at(-1))].slice(-KEPT_REPLIES),
  }
}

const isInVain = (decision: Decision): boolean => decision.kind === 'answer' && decision.inVain === true

/** Said often enough without helping, the same answer comes with a person on offer. */
const OFFERS_PERSON_AGAIN = 2

function offersPerson(decision: Decision): boolean {
  if (decision.kind === 'fallback') return true
  const isAgain = 'again' in decision && (decision.again ?? 0) >= OFFERS_PERSON_AGAIN
  if (decision.kind !== 'outside') return isAgain
  // Says that nobody here knows, and asks for a person itself.
  const isBeyond = decision.fact?.kind === 'short-answer' && decision.fact.answer.beyond
  return isAgain || isBeyond || !decision.fact
}

function toldOfTicket(before: Told, decision: Decision, nowMs: number): Told {
  const act = decision.kind === 'courtesy' && decision.word === 'ticket' ? decision.act : undefined
  return {
    ...before,
    reopenAskedAtMs: act?.kind === 'ask-reopen' ? nowMs : Number.NEGATIVE_INFINITY,
    heldTold: act?.kind === 'held' ? act.number : before.heldTold,
  }
}

/** Words about a ticket or an order leave the talk about the guide where it is. */
const isOfTheTalk = (decision: Decision): boolean =>
  decision.kind !== 'courtesy' || (decision.word !== 'ticket' && decision.word !== 'not-allowed')

/** What a decision tells, not merely offers. */
export const sectionsOf = (decision: Decision): readonly string[] =>
  decision.kind === 'answer' || decision.kind === 'escalate' ? decision.sectionKeys : []

/** What a place was told, by a name for it. */
interface Telling {
  readonly key: string
  /** The section that tells it, too. */
  readonly sectionKey?: string | undefined
}

/** What a decision tells: a fact where it tells no more than that, else the sections. */
export function tellingsOf(decision: Decision): readonly Telling[] {
  const whole = sectionsOf(decision).map((key) => ({ key }))
  if (decision.kind !== 'answer') return whole
  const { fact, parts, sectionKeys } = decision
  if (parts) return parts.flatMap((part) => tellingOf(part))
  return fact && fact.kind !== 'notice' ? tellingOf({ fact, sectionKey: sectionKeys[0] }) : whole
}

function tellingOf({ fact, sectionKey }: AnswerPart): readonly Telling[] {
  const name = fact && nameOfFact(fact)
  if (name !== undefined) return [{ key: name, sectionKey }]
  return sectionKey === undefined ? [] : [{ key: sectionKey }]
}

export function pending(
  message: IncomingMessage,
  decision: Decision,
  { knowledge, nowMs }: { knowledge: string | undefined; nowMs: number },
): Pending {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return {
    ...{ message, decision, sections: sectionsOf(decision), knowledge, ended, end, atMs: nowMs, isSaid: false },
    ...{ shown: [], toldTimeline: false, text: '', invites: [] },
  }
}

/** @param before what the same person was told last */
export const saidOf = (
  { message, decision, sections, shown, text, knowledge }: Pending,
  atMs: number,
  before?: Said,
): Said => ({
  ...{ atMs, personKey: message.sender.key, decision, sections, knowledge, text: text.slice(0, KEPT_REPLY_CHARS) },
  asked: askedWith(message.text, before),
  options: shown.map((sectionKey, index) => ({ label: letterOf(index), sectionKey })),
})

/** So few words go on from what was asked before them. */
const MAX_GOING_ON_CHARS = 6
const KEPT_ASKED_CHARS = 60

const askedWith = (text: string, before: Said | undefined): string =>
  (before && text.length <= MAX_GOING_ON_CHARS ? `${before.asked} ${text}` : text).slice(-KEPT_ASKED_CHARS)

/**
 * What was told to this person within the last minutes is not told again: pointed to at first, then put in other words
 * with a person on offer.
 */
export function withoutRepeating({ situation, message, understanding }: Turn, rest: () => Decision): Decision {
  const decision = rest()
  const narrows = decision.kind === 'answer' && decision.narrows && !decision.fact
  const telling = narrows ? `section:${decision.sectionKeys[0]}` : repeatable(decision)
  // What was edited since is news.
  const told = situation.replies?.filter(
    ({ decision: before, knowledge }) => knowledge === situation.knowledge && repeatable(before) === telling,
  )
  if (telling === undefined || !told?.length) return decision
  // Whoever sends a key or a letter wants to see it, and it may have been edited since.
  if (decision.kind === 'answer' && decision.reason === 'chosen') return decision
  // Whoever quotes another answer of ours asks about that one.
  if (message.quote?.ofBot || (decision.kind !== 'answer' && decision.kind !== 'outside')) return decision
  const again = Math.max(decision.again ?? 0, Math.min(told.length, MAX_AGAIN))
  // A section that was told whole, asked about in a few other words, which are no request for its steps.
  const { act, trimmed, wants, followUp } = understanding
  const isOther = act === 'question' && !wants && !followUp && trimmed.length <= MAX_OTHER_CHARS
  // 可以不传吗 behind 要录视频吗 is another question of the same fact, and no wish for other words.
  const isBare = (isOther || act === 'statement') && !wants && !followUp && trimmed.length <= MAX_OTHER_CHARS
  const isAnother = isBare && !told.some(({ asked }) => sharesPair(asked, trimmed))
  return { ...decision, again, ...((isOther && !decision.fact) || isAnother ? { unknown: trimmed } : {}) }
}

const sharesPair = (one: string, other: string): boolean =>
  [...characterPairs(other)].some((pair) => one.includes(pair))

const MAX_AGAIN = 3
const MAX_OTHER_CHARS = 12

/** Names what is told; undefined for what may be said any number of times. */
function repeatable(decision: Decision): string | undefined {
  if (decision.kind === 'outside') return decision.fact && nameOfFact(decision.fact)
  if (decision.kind !== 'answer' || decision.says) return undefined
  const { fact, sectionKeys, reason, narrows } = decision
  if (fact) return nameOfFact(fact)
  const isOwn = reason === 'days' || reason === 'walk-through' || reason === 'notice' || reason === 'several'
  // A line or two of it are not the whole.
  const isPart = narrows && !decision.again
  return isOwn || isPart || sectionKeys.length > 1 ? undefined : `section:${sectionKeys[0]}`
}
