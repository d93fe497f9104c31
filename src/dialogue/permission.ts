import { HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { IncomingMessage } from '../model/chat.js'
import type { Decision, SilenceReason } from '../model/decision.js'
import type { Situation } from './state.js'

/**
 * Reasons to stay silent that do not depend on what is said.
 *
 * @returns the first reason that holds; undefined when the message may be answered
 */
export function mayNotSpeak(message: IncomingMessage, situation: Situation): SilenceReason | undefined {
  const { place, sender } = message
  if (message.fromSelf) return 'own-message'
  if (message.kind === 'notice') return 'system-notice'
  if (situation.seenBefore) return 'duplicate'
  if (message.sentAtMs < situation.startedAtMs) return 'too-old'
  if (place.kind === 'room' && place.purpose === 'ignored') return 'room-not-served'
  if (place.kind === 'room' && place.purpose === 'staff') return 'staff-room'
  if (situation.isMuted) return 'muted'
  if (sender.role === 'staff') return 'staff'
  if (sender.mayBeStaff && !isAddressed(message)) return 'staff'
  // An admin is one of the vendor's people too, but may try the bot out by name.
  if (sender.role === 'admin' && !isAddressed(message)) return 'staff'
  if (message.mentionsOthers && !message.addressedToBot) return 'to-somebody-else'
  if (message.quote && !message.quote.ofBot && !message.addressedToBot) return 'to-somebody-else'
  return undefined
}

/** Put to the bot: in a chat of two, by mention, or as a reply to its own message. */
export const isAddressed = ({ place, addressedToBot, quote }: IncomingMessage): boolean =>
  place.kind === 'direct' || addressedToBot || quote?.ofBot === true

/** Most answers; 0 stands for any number, per hour also for not looking for other bots. */
export interface FloodLimits {
  readonly perPersonMinute: number
  readonly perPersonHour: number
  readonly perRoomMinute: number
  /** For so long nothing is said once a limit is reached. */
  readonly quietMinutes: number
  /** People and groups remembered at most. */
  readonly maxEntries: number
}

type Quiet = 'flooding' | 'bot-loop'

interface Counted {
  /** Times of answers within the last hour, oldest first. */
  readonly answersAtMs: readonly number[]
  readonly quietUntilMs: number
  readonly quiet: Quiet
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

const NEW: Counted = {
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
/** Nobody reads an answer and writes again so fast. */
const AT_ONCE_MS = 3_000
/** A person may send the same again out of impatience, but hardly so often. */
const LOOP_STREAK = 5
const LOOP_QUIET_MS = HOUR_MS
const HEARD_KEPT = 6
/** As much of a text as tells it from others. */
const COMPARED_CHARS = 60

/** Sees to it that nobody gets the bot to talk without end: no flood of questions, and no other bot that answers it. */
export class FloodGuard {
  readonly #limits: FloodLimits
  readonly #counted = new Map<string, Counted>()

  constructor(limits: FloodLimits) {
    this.#limits = limits
  }

  /** What becomes of a decision. Colleagues may ask as much as they like. */
  judge(message: IncomingMessage, decision: Decision, nowMs: number): Decision {
    if (decision.kind === 'silent' || message.sender.role !== 'customer' || message.sender.inStaffRoom) return decision
    const personKey = keyOf(message)
    const person = withHeard(this.#of(personKey, nowMs), message, decision, nowMs)
    const room = message.place.kind === 'room' ? this.#of(message.place.key, nowMs) : undefined
    if (person.streak >= LOOP_STREAK && this.#limits.perPersonHour > 0) {
      this.#keep(personKey, { ...person, streak: 0, quiet: 'bot-loop', quietUntilMs: nowMs + LOOP_QUIET_MS })
      return { kind: 'silent', reason: 'bot-loop' }
    }
    if (nowMs < person.quietUntilMs) return this.#whileQuiet(personKey, person, decision)
    const { perPersonMinute, perPersonHour, perRoomMinute } = this.#limits
    const isFlood = reaches(person, MINUTE_MS, nowMs, perPersonMinute) || reaches(person, HOUR_MS, nowMs, perPersonHour)
    if (isFlood) return this.#fallSilent(personKey, person, nowMs)
    if (room && nowMs < room.quietUntilMs) return this.#whileQuiet(personKey, person, decision)
    if (room && reaches(room, MINUTE_MS, nowMs, perRoomMinute)) return this.#fallSilent(message.place.key, room, nowMs)
    for (const [key, counted] of [
      [personKey, person],
      ...(room ? [[message.place.key, room] as const] : []),
    ] as const) {
      this.#keep(key, { ...counted, answersAtMs: [...counted.answersAtMs, nowMs] })
    }
    return decision
  }

  /** The bot's words are out. */
  spoke(message: IncomingMessage, text: string, nowMs: number): void {
    const key = keyOf(message)
    this.#keep(key, { ...this.#of(key, nowMs), spokenAtMs: nowMs, spoken: compared(text) })
  }

  /** Whoever wants a person gets one, once: people can tell what is going on. */
  #whileQuiet(key: string, counted: Counted, decision: Decision): Decision {
    const mayPass = decision.kind === 'escalate' && !counted.handedOver && counted.quiet !== 'bot-loop'
    this.#keep(key, mayPass ? { ...counted, handedOver: true } : counted)
    return mayPass ? decision : { kind: 'silent', reason: counted.quiet }
  }

  #fallSilent(key: string, counted: Counted, nowMs: number): Decision {
    const isTold = nowMs - counted.toldAtMs < HOUR_MS
    this.#keep(key, {
      ...counted,
      ...{ quiet: 'flooding', quietUntilMs: nowMs + this.#limits.quietMinutes * MINUTE_MS, handedOver: false },
      toldAtMs: isTold ? counted.toldAtMs : nowMs,
    })
    if (isTold) return { kind: 'silent', reason: 'flooding' }
    return { kind: 'courtesy', word: 'too-fast' }
  }

  #of(key: string, nowMs: number): Counted {
    const counted = this.#counted.get(key) ?? NEW
    return { ...counted, answersAtMs: counted.answersAtMs.filter((atMs) => nowMs - atMs < HOUR_MS) }
  }

  #keep(key: string, counted: Counted): void {
    // Deleting first moves the key to the end: the first one is who was quiet longest.
    this.#counted.delete(key)
    this.#counted.set(key, counted)
    for (const oldest of this.#counted.keys()) {
      if (this.#counted.size <= this.#limits.maxEntries) break
      this.#counted.delete(oldest)
    }
  }
}

const keyOf = ({ place, sender }: IncomingMessage): string => `${place.key}\n${sender.key}`

const reaches = ({ answersAtMs }: Counted, windowMs: number, nowMs: number, limit: number): boolean =>
  limit > 0 && answersAtMs.filter((atMs) => nowMs - atMs < windowMs).length >= limit

const compared = (text: string): string => text.replace(/\s+/g, '').slice(0, COMPARED_CHARS)

function withHeard(counted: Counted, { text }: IncomingMessage, decision: Decision, nowMs: number): Counted {
  const words = compared(text)
  // A walk-through is full of 好了, and comes to its end.
  const isWalk = decision.kind === 'answer' && decision.reason === 'walk-through'
  const isEcho =
    words.length > 5 && counted.spoken !== '' && (counted.spoken.includes(words) || words.includes(counted.spoken))
  const isSame = words !== '' && (isEcho || counted.heard.includes(words))
  const isAtOnce = nowMs - counted.spokenAtMs <= AT_ONCE_MS
  return {
    ...counted,
    heard: [...counted.heard, words].slice(-HEARD_KEPT),
    streak: isSame && isAtOnce && !isWalk ? counted.streak + 1 : 0,
  }
}
