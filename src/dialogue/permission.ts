import { HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Decision, DropReason } from '../model/decision.js'
import { type Policy, silence, type Turn } from './turn.js'

/** Who is none of the bot's business, whatever they say. */
export const notToBeHeard: readonly Policy[] = [
  silence('own-message', ({ message }) => message.fromSelf),
  silence('system-notice', ({ message }) => message.kind === 'notice'),
  silence('not-text', ({ message }) => message.kind === 'sticker'),
  silence('duplicate', ({ situation }) => situation.seenBefore),
  silence('too-old', ({ message, situation }) => message.sentAtMs < situation.startedAtMs),
]

/** Who may order, and be obeyed, but is not spoken to about the guide. */
export const notToBeAnswered: readonly Policy[] = [
  silence('room-not-served', ({ message: { place } }) => place.kind === 'room' && place.purpose === 'ignored'),
  silence('staff-room', ({ message: { place } }) => place.kind === 'room' && place.purpose === 'staff'),
  silence('muted', ({ situation }) => situation.isMuted),
  // An admin is one of the vendor's people too, but may try the bot out by name.
  silence('staff', ({ message: { sender }, asked }) => {
    return sender.role === 'staff' || ((sender.role === 'admin' || sender.mayBeStaff === true) && !asked)
  }),
  silence('to-somebody-else', ({ message }) => {
    const toOthers = message.mentionsOthers || (message.quote !== undefined && !message.quote.ofBot)
    // In a chat of two nobody else can be meant.
    return toOthers && !message.addressedToBot && message.place.kind === 'room'
  }),
  // 恭喜恭喜！等了几天啊
  silence('to-somebody-else', ({ understanding: { normalized }, situation: { language }, asked }) => {
    return !asked && language?.around.congratulates.test(normalized) === true
  }),
  // 选社区吧, of one who was not spoken to last, is said to who asked.
  silence('to-somebody-else', ({ understanding: { normalized }, situation: { language, spokenToLast }, asked }) => {
    return !asked && !spokenToLast && language?.around.suggests.test(normalized) === true
  }),
]

/**
 * Why a message may not be answered, whatever it says.
 *
 * @returns the first reason that holds; undefined when it may
 */
export const mayNotSpeak = (turn: Turn): string | undefined =>
  [...notToBeHeard, ...notToBeAnswered].find(({ decide }) => decide(turn, neverMind) !== undefined)?.name

const neverMind = (): never => {
  throw new TypeError('no silence asks what would be said')
}

/** Whoever asks too much is told so once, and then met with silence; another bot is left alone. */
export const flooding: Policy = {
  name: 'flooding',
  decide({ message, situation }, rest) {
    const wanted = rest()
    if (!situation.flood) return wanted
    const { decision } = judgeFlood(message, wanted, situation.flood)
    // What the words come to for a ticket is not lost with the reply.
    const act = 'act' in wanted ? wanted.act : undefined
    return act && decision !== wanted ? { kind: 'silent', reason: 'flooding', act } : decision
  },
}

/** Most answers; 0 stands for any number, per hour also for not looking for other bots. */
export interface FloodLimits {
  readonly perPersonMinute: number
  readonly perPersonHour: number
  readonly perRoomMinute: number
  /** For so long nothing is said once a limit is reached. */
  readonly quietMinutes: number
}

/** How much one person, or one group, has been answered lately. */
export interface FloodCounts {
  /** Times of answers within the last hour, oldest first. */
  readonly answersAtMs: readonly number[]
  readonly quietUntilMs: number
  readonly quiet: 'flooding' | 'bot-loop'
  /** When they were last told that it is too much. */
  readonly toldAtMs: number
  /** Has been handed over to people during this quiet time. */
  readonly handedOver: boolean
  readonly spokenAtMs: number
  readonly spoken: string
  readonly heard: readonly string[]
  /** Answers in a row that drew the same words at once. */
  readonly streak: number
}

export const NO_FLOOD: FloodCounts = {
  answersAtMs: [],
  quietUntilMs: Number.NEGATIVE_INFINITY,
  quiet: 'flooding',
  toldAtMs: Number.NEGATIVE_INFINITY,
  handedOver: false,
  spokenAtMs: Number.NEGATIVE_INFINITY,
  spoken: '',
  heard: [],
  streak: 0,
}

/** What has to be known to judge whether it is too much. */
export interface FloodView {
  readonly limits: FloodLimits
  readonly person: FloodCounts
  /** Absent in a chat of two. */
  readonly room?: FloodCounts | undefined
  readonly nowMs: number
}

export interface FloodVerdict {
  readonly decision: Decision
  readonly person: FloodCounts
  readonly room?: FloodCounts | undefined
}

/** Nobody reads an answer and writes again so fast. */
const AT_ONCE_MS = 3_000
/** A person may send the same again out of impatience, but hardly so often. */
const LOOP_STREAK = 5
const LOOP_QUIET_MS = HOUR_MS
const HEARD_KEPT = 6
/** As much of a text as tells it from others. */
const COMPARED_CHARS = 60

/**
 * Sees to it that nobody gets the bot to talk without end: no flood of questions, and no other bot that answers it.
 * Colleagues may ask as much as they like. Pure.
 */
export function judgeFlood(message: IncomingMessage, decision: Decision, view: FloodView): FloodVerdict {
  const { limits, nowMs } = view
  if (decision.kind === 'silent' || message.sender.role !== 'customer' || message.sender.inStaffRoom) {
    return { decision, person: view.person, room: view.room }
  }
  const person = withHeard(recent(view.person, nowMs), message, { decision, nowMs })
  const room = view.room && recent(view.room, nowMs)
  if (person.streak >= LOOP_STREAK && limits.perPersonHour > 0) {
    const left: FloodCounts = { ...person, streak: 0, quiet: 'bot-loop', quietUntilMs: nowMs + LOOP_QUIET_MS }
    return { decision: { kind: 'silent', reason: 'bot-loop' }, person: left, room }
  }
  if (nowMs < person.quietUntilMs) return { ...whileQuiet(person, decision), room }
  const { perPersonMinute, perPersonHour, perRoomMinute } = limits
  const isFlood = reaches(person, MINUTE_MS, nowMs, perPersonMinute) || reaches(person, HOUR_MS, nowMs, perPersonHour)
  if (isFlood) {
    const { decision: word, counts } = fallSilent(person, view)
    return { decision: word, person: counts, room }
  }
  if (room && nowMs < room.quietUntilMs) return { ...whileQuiet(person, decision), room }
  if (room && reaches(room, MINUTE_MS, nowMs, perRoomMinute)) {
    const { decision: word, counts } = fallSilent(room, view)
    return { decision: word, person: view.person, room: counts }
  }
  return { decision, person: counted(person, nowMs), room: room && counted(room, nowMs) }
}

/** The bot's words are out. */
export const floodSpoken = (counts: FloodCounts, text: string, nowMs: number): FloodCounts => ({
  ...counts,
  spokenAtMs: nowMs,
  spoken: compared(text),
})

/** What was counted at that moment was not said after all. */
export function floodUncounted(counts: FloodCounts, atMs: number): FloodCounts {
  const index = counts.answersAtMs.indexOf(atMs)
  return {
    ...counts,
    answersAtMs: index < 0 ? counts.answersAtMs : counts.answersAtMs.toSpliced(index, 1),
    toldAtMs: counts.toldAtMs === atMs ? Number.NEGATIVE_INFINITY : counts.toldAtMs,
  }
}

/** Whoever wants a person gets one, once: people can tell what is going on. */
function whileQuiet(person: FloodCounts, decision: Decision): Pick<FloodVerdict, 'decision' | 'person'> {
  const mayPass = decision.kind === 'escalate' && !person.handedOver && person.quiet !== 'bot-loop'
  if (mayPass) return { decision, person: { ...person, handedOver: true } }
  return { decision: { kind: 'silent', reason: person.quiet }, person }
}

function fallSilent(
  counts: FloodCounts,
  { limits, nowMs }: FloodView,
): { readonly decision: Decision; readonly counts: FloodCounts } {
  const isTold = nowMs - counts.toldAtMs < HOUR_MS
  return {
    decision: isTold ? { kind: 'silent', reason: 'flooding' } : { kind: 'courtesy', word: 'too-fast' },
    counts: {
      ...counts,
      ...{ quiet: 'flooding', quietUntilMs: nowMs + limits.quietMinutes * MINUTE_MS, handedOver: false },
      toldAtMs: isTold ? counts.toldAtMs : nowMs,
    },
  }
}

const recent = (counts: FloodCounts, nowMs: number): FloodCounts => ({
  ...counts,
  answersAtMs: counts.answersAtMs.filter((atMs) => nowMs - atMs < HOUR_MS),
})

const counted = (counts: FloodCounts, nowMs: number): FloodCounts => ({
  ...counts,
  answersAtMs: [...counts.answersAtMs, nowMs],
})

const reaches = ({ answersAtMs }: FloodCounts, windowMs: number, nowMs: number, limit: number): boolean =>
  limit > 0 && answersAtMs.filter((atMs) => nowMs - atMs < windowMs).length >= limit

const compared = (text: string): string => text.replace(/\s+/g, '').slice(0, COMPARED_CHARS)

function withHeard(
  counts: FloodCounts,
  { text }: IncomingMessage,
  { decision, nowMs }: { decision: Decision; nowMs: number },
): FloodCounts {
  const words = compared(text)
  // A walk-through is full of 好了, and comes to its end.
  const isWalk = decision.kind === 'answer' && decision.reason === 'walk-through'
  const isEcho =
    words.length > 5 && counts.spoken !== '' && (counts.spoken.includes(words) || words.includes(counts.spoken))
  const isSame = words !== '' && (isEcho || counts.heard.includes(words))
  const isAtOnce = nowMs - counts.spokenAtMs <= AT_ONCE_MS
  return {
    ...counts,
    heard: [...counts.heard, words].slice(-HEARD_KEPT),
    streak: isSame && isAtOnce && !isWalk ? counts.streak + 1 : 0,
  }
}

/** What has happened since a reply was decided on; what held already then was part of the decision. */
export interface Since {
  readonly isRecalled: boolean
  readonly isMuted: boolean
  /** A person has taken the question. */
  readonly isTaken: boolean
  readonly isAnsweredByColleague: boolean
  /** The reply itself tells that a person takes over. */
  readonly handsOver: boolean
}

/** Silence that comes up only while a reply waits for its turn; how long it may wait, the outbox knows. */
const OVERTAKEN: readonly (readonly [DropReason, (since: Since) => boolean])[] = [
  ['recalled', ({ isRecalled }) => isRecalled],
  ['room-muted', ({ isMuted }) => isMuted],
  ['held-by-human', ({ isTaken, handsOver }) => isTaken && !handsOver],
  ['colleague-answered', ({ isAnsweredByColleague, handsOver }) => isAnsweredByColleague && !handsOver],
]

/** @returns the first reason why a reply is not wanted any more; undefined as long as it is */
export const overtakenBy = (since: Since): DropReason | undefined => OVERTAKEN.find(([, holds]) => holds(since))?.[0]
