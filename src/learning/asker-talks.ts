import type { Decision } from '../model/decision.js'
import type { IncomingMessage } from '../model/message.js'
import type { Understanding } from '../model/understanding.js'
import type { LastQuestion } from './read-unanswered.js'

/** What was said longer ago is another talk. */
const FRESH_MS = 15 * 60_000
const DAY_MS = 86_400_000
const KEPT_ASKERS = 5_000
const KEPT_NUMBERS = 20
/** Nobody fills the list alone. */
const NEW_QUESTIONS_A_DAY = 20

/** The talks of all askers, in this run. Bounded; the longest silent are forgotten first. */
export class AskerTalks {
  readonly #talks = new Map<string, AskerTalk>()

  of({ place, sender }: IncomingMessage, nowMs: number): AskerTalk {
    const key = `${place.key}\u0000${sender.key}`
    const talk = this.#talks.get(key) ?? new AskerTalk(nowMs)
    this.#talks.delete(key)
    this.#talks.set(key, talk)
    for (const oldest of this.#talks.keys()) {
      if (this.#talks.size <= KEPT_ASKERS) break
      this.#talks.delete(oldest)
    }
    talk.turnTo(nowMs)
    return talk
  }
}

/** What one asker has asked lately in one place, and what was kept of it. */
class AskerTalk {
  #nowMs: number
  #dayFromMs: number
  #newToday = 0
  #last: (LastQuestion & { readonly atMs: number }) | undefined
  #noted: { readonly number: number; readonly atMs: number }[] = []
  #provisional: number | undefined

  constructor(nowMs: number) {
    this.#nowMs = nowMs
    this.#dayFromMs = nowMs
  }

  turnTo(nowMs: number): void {
    this.#nowMs = nowMs
    if (nowMs - this.#dayFromMs >= DAY_MS) [this.#dayFromMs, this.#newToday] = [nowMs, 0]
    if (this.#last && nowMs - this.#last.atMs > FRESH_MS) [this.#last, this.#provisional] = [undefined, undefined]
    this.#noted = this.#noted.filter(({ atMs }) => nowMs - atMs <= FRESH_MS).slice(-KEPT_NUMBERS)
  }

  get last(): LastQuestion | undefined {
    return this.#last
  }

  mayAsk(): boolean {
    return this.#newToday < NEW_QUESTIONS_A_DAY
  }

  /** Whether a group has counted this asker in this talk. */
  hasNoted(number: number): boolean {
    return this.#noted.some((one) => one.number === number)
  }

  noted(number: number, { isNew, isProvisional }: { isNew: boolean; isProvisional: boolean }): void {
    if (isNew) this.#newToday++
    this.#provisional = isProvisional && !this.hasNoted(number) ? number : undefined
    this.#noted.push({ number, atMs: this.#nowMs })
  }

  /** The group that counted the question back, until something of it is chosen. */
  takeProvisional(): number | undefined {
    const number = this.#provisional
    this.#provisional = undefined
    return number
  }

  /** Remembers a message that asked something: what comes next may be about it. */
  remember(
    { text, kind, sender }: IncomingMessage,
    { decision, understanding }: { decision: Decision; understanding: Understanding },
  ): void {
    if (kind !== 'text' || sender.role !== 'customer') return
    const answeredBy = decision.kind === 'answer' ? decision.sectionKeys[0] : null
    const isQuestion =
      decision.kind === 'clarify' ||
      (decision.kind === 'fallback' && decision.reason === 'not-understood') ||
      (decision.kind === 'answer' && decision.reason !== 'follow-up' && decision.reason !== 'chosen')
    if (isQuestion) {
      const otherwise = understanding.candidates.find(({ sectionKey }) => sectionKey !== answeredBy)
      this.#last = { text, answeredBy, otherwise: otherwise?.sectionKey ?? null, atMs: this.#nowMs }
    } else if (answeredBy !== null && this.#last) {
      this.#last = { ...this.#last, answeredBy, atMs: this.#nowMs }
    }
  }
}
