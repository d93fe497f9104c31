import { createHash } from 'node:crypto'
import type { SentRecord } from '../fake-weixin/sent-log.js'
import type { Question } from './plan.js'

/** A question as it came in. */
export interface Asked extends Question {
  readonly msgId: string
  /** When it reached WeChat, milliseconds since the epoch. */
  readonly atMs: number
  /** When it was said, as WeChat tells it; whole seconds. */
  readonly saidMs: number
}

export interface LogLine {
  readonly time: number
  readonly pid: number
  readonly msg: string
  readonly messageId?: string
  readonly kind?: string
  readonly reason?: string
  readonly error?: string
}

export interface Evidence {
  readonly asked: readonly Asked[]
  readonly sent: readonly SentRecord[]
  readonly lines: readonly LogLine[]
  /** When a process or a session was ended from outside, milliseconds since the epoch. */
  readonly ends: readonly number[]
}

/** Why a question has no answer; `unexplained` must not be. */
export type Fate =
  | 'answered'
  | 'dropped with a reason in the log'
  | 'said while the bot was down'
  | 'lost with a killed process'
  | 'unexplained'

export interface Verdict {
  readonly fates: Readonly<Record<Fate, number>>
  /** What the log says of questions that were dropped, with how many there are of each. */
  readonly reasons: Readonly<Record<string, number>>
  /** Breaches, in words; none in a good run. */
  readonly faults: readonly string[]
}

const DROPPED =
  /^(reply dropped|reply lost|answer lost, the bubble may have been said|message not understood|not heard, .*)$/
/** Between coming in and being on its way out; a burst of fifty waits for its turn. */
const IN_FLIGHT_MS = 15_000
/** Held for the order of messages, and not yet decided. */
const HELD_MS = 3_000
/** What was said before a login is old to the puppet; WeChat tells the time in whole seconds. */
const CLOCK_MS = 1_000

export const logLines = (output: string): readonly LogLine[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{"level"') ? [JSON.parse(line) as LogLine] : []))

/** Compares what was asked with what was said and logged. */
export function judge(evidence: Evidence): Verdict {
  const answers = answersByAsker(evidence.sent)
  const fates: Record<Fate, number> = {
    answered: 0,
    'dropped with a reason in the log': 0,
    'said while the bot was down': 0,
    'lost with a killed process': 0,
    unexplained: 0,
  }
  const reasons: Record<string, number> = {}
  const faults = [...answers.faults]
  const fateOf = fateFinder(evidence)
  for (const asked of evidence.asked) {
    const answer = answers.of.get(asked.asker) ?? []
    const { fate, why } = answer.length > 0 ? ({ fate: 'answered', why: undefined } as const) : fateOf(asked)
    if (why !== undefined) reasons[why] = (reasons[why] ?? 0) + 1
    fates[fate]++
    if (fate === 'unexplained') {
      const own = evidence.lines.filter(({ messageId }) => messageId === asked.msgId)
      const told = own.map(({ time, msg, kind, reason }) => `${msg} ${kind} ${reason} after ${time - asked.atMs} ms`)
      faults.push(`${asked.asker} (${asked.msgId}) has no answer and the log no reason, only: ${told.join()}`)
    }
    if (answer.length > 1) faults.push(`${asked.asker} was answered ${answer.length} times`)
    if (answer.some(({ to }) => to !== asked.room)) faults.push(`${asked.asker} was answered in another group`)
  }
  const askers = new Set(evidence.asked.map(({ asker }) => asker))
  for (const asker of answers.of.keys()) if (!askers.has(asker)) faults.push(`${asker} was answered unasked`)
  return { fates, reasons, faults }
}

/** An answer begins with a mention; what follows in its group is the rest of it. */
function answersByAsker(sent: readonly SentRecord[]) {
  const of = new Map<string, SentRecord[]>()
  const faults: string[] = []
  const lately = new Map<string | null, Set<string>>()
  for (const record of sent) {
    const asker = /^@(\S+)\s/.exec(record.text ?? '')?.[1]
    if (asker) {
      of.set(asker, [...(of.get(asker) ?? []), record])
      lately.set(record.to, new Set())
    }
    const said = lately.get(record.to)
    if (record.toKind !== 'room' || !said) faults.push(`nobody asked for number ${record.seq}, to ${record.to}`)
    const words = record.text ?? createHash('sha1').update(record.bytes!).digest('hex')
    if (said?.has(words)) faults.push(`number ${record.seq} was said twice in one answer`)
    said?.add(words)
  }
  return { of, faults }
}

/** For a question without an answer. */
function fateFinder({ lines, ends }: Evidence): (asked: Asked) => { readonly fate: Fate; readonly why?: string } {
  const ofMessage = new Map<string, LogLine[]>()
  for (const line of lines) {
    if (line.messageId) ofMessage.set(line.messageId, [...(ofMessage.get(line.messageId) ?? []), line])
  }
  const allEnds = [...ends, ...lines.filter(({ msg }) => msg === 'ending').map(({ time }) => time)]
  const logins = lines.filter(({ msg }) => msg === 'logged in').map(({ time }) => time)
  const downs = allEnds.map((from) => ({ from, to: logins.find((time) => time > from) ?? Number.POSITIVE_INFINITY }))
  return ({ msgId, atMs, saidMs }) => {
    const own = ofMessage.get(msgId) ?? []
    const dropped = own.find(isDrop)
    if (dropped)
      return { fate: 'dropped with a reason in the log', why: `${dropped.msg}: ${dropped.reason ?? dropped.error}` }
    const decidedMs = own.find(({ msg }) => msg === 'decided')?.time
    const wasDown = downs.some(({ from, to }) => atMs >= from && saidMs <= to + CLOCK_MS)
    if (decidedMs === undefined && wasDown) return { fate: 'said while the bot was down' }
    const withinMs = decidedMs === undefined ? HELD_MS : IN_FLIGHT_MS
    const sinceMs = decidedMs ?? atMs
    const wasKilled = allEnds.some((end) => end >= sinceMs && end - sinceMs < withinMs)
    return { fate: wasKilled ? 'lost with a killed process' : 'unexplained' }
  }
}

/** Silence has a reason as well, but only these are none of the bot's faults. */
const isDrop = ({ msg, kind, reason = '' }: LogLine): boolean =>
  DROPPED.test(msg) || (msg === 'decided' && kind === 'silent' && ['too-old', 'duplicate'].includes(reason))
