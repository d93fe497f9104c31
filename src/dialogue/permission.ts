import type { DropReason } from '../model/decision.js'
import { judgeFlood } from './flooding.js'
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
