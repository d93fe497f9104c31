import { createHash } from 'node:crypto'
import type { SentRecord } from '../fake-weixin/sent-log.js'
import { type Disturbance, type Question, STAFF_ROOM } from './plan.js'

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
  readonly troubles: readonly Trouble[]
  /**
   * All that staff were told or can look up. Where it is given, the bot was hard pressed: then a question is answered,
   * dropped with a line to the asker, or with staff, and a reason in the log alone does not count.
   */
  readonly toldStaff?: string
}

/** What was done to the bot, from then until it heard again; milliseconds since the epoch. */
export interface Trouble {
  readonly what: Disturbance
  readonly fromMs: number
  readonly toMs: number
}

/** Why a question has no answer; `unexplained` must not be. */
type Fate =
  | 'answered'
  | 'with staff'
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
/** While the bot was away, by the puppet's own account. */
const UNHEARD = 'not heard, '
/** Between the decision and the last word of it, on a busy machine; a burst of fifty waits for its turn. */
const IN_FLIGHT_MS = 30_000
/** On its way to the bot, or held for the order of messages, and not yet decided. */
const UNDECIDED_MS = 5_000
/** What was said before a login is old to the puppet; WeChat tells the time in whole seconds. */
const CLOCK_MS = 1_000

export const logLines = (output: string): readonly LogLine[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{"level"') ? [JSON.parse(line) as LogLine] : []))

/** Compares what was asked with what was said and logged. */
export function judge(evidence: Evidence): Verdict {
  const answers = answersByAsker(evidence.sent)
  const fates: Record<Fate, number> = {
    answered: 0,
    'with staff': 0,
    'dropped with a reason in the log': 0,
    'said while the bot was down': 0,
    'lost with a killed process': 0,
    unexplained: 0,
  }
  const reasons: Record<string, number> = {}
  const { toldStaff } = evidence
  // What is said of tickets and caps follows other rules than answers do.
  const faults = toldStaff === undefined ? [...answers.faults] : []
  const { fateOf, circumstancesOf } = investigate(evidence)
  for (const asked of evidence.asked) {
    const answer = answers.of.get(asked.asker) ?? []
    const isTold = toldStaff?.includes(asked.asker) === true
    const known: Fate | undefined = answer.length > 0 ? 'answered' : isTold ? 'with staff' : undefined
    const { fate, why } = known ? { fate: known, why: undefined } : fateOf(asked)
    if (why !== undefined) reasons[why] = (reasons[why] ?? 0) + 1
    fates[fate]++
    if (fate === 'unexplained')
      faults.push(`${asked.asker} has no answer and the log no reason, only: ${circumstancesOf(asked)}`)
    // Before a hard-pressed bot is killed, it has had the time to see to everybody.
    if (toldStaff !== undefined && fate === 'lost with a killed process')
      faults.push(`${asked.asker} was lost with a killed process: ${circumstancesOf(asked)}`)
    if (toldStaff !== undefined && fate === 'dropped with a reason in the log' && !why?.startsWith(UNHEARD))
      faults.push(`${asked.asker} was dropped, and neither they nor staff were told: ${why}`)
    if (answer.length > 1 && toldStaff === undefined) faults.push(`${asked.asker} was answered ${answer.length} times`)
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
    if (record.to === STAFF_ROOM.key) continue
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

/** For questions without an answer. */
function investigate({ lines, troubles }: Evidence) {
  const ofMessage = new Map<string, LogLine[]>()
  for (const line of lines) {
    if (line.messageId) ofMessage.set(line.messageId, [...(ofMessage.get(line.messageId) ?? []), line])
  }
  const logins = lines.filter(({ msg }) => msg === 'logged in').map(({ time }) => time)
  const restarts = lines
    .filter(({ msg }) => msg === 'ending')
    .map(({ time }) => ({
      what: 'restart',
      fromMs: time,
      toMs: logins.find((login) => login > time) ?? Number.POSITIVE_INFINITY,
    }))
  const downs = [...troubles, ...restarts]
  const kills = troubles.filter(({ what }) => what.startsWith('kill') || what === 'bad-file')
  const isFollowed = (by: readonly { readonly fromMs: number }[], sinceMs: number, withinMs: number): boolean =>
    by.some(({ fromMs }) => fromMs >= sinceMs && fromMs - sinceMs < withinMs)

  function fateOf({ msgId, atMs, saidMs }: Asked): { readonly fate: Fate; readonly why?: string } {
    const own = ofMessage.get(msgId) ?? []
    const dropped = own.find(isDrop)
    if (dropped)
      return { fate: 'dropped with a reason in the log', why: `${dropped.msg}: ${dropped.reason ?? dropped.error}` }
    const decidedMs = own.find(({ msg }) => msg === 'decided')?.time
    if (decidedMs !== undefined)
      return { fate: isFollowed(kills, decidedMs, IN_FLIGHT_MS) ? 'lost with a killed process' : 'unexplained' }
    if (isFollowed(kills, atMs, UNDECIDED_MS)) return { fate: 'lost with a killed process' }
    const wasDown = downs.some(({ fromMs, toMs }) => atMs >= fromMs && saidMs <= toMs + CLOCK_MS)
    // WeChat takes for fetched what was in an answer that an outage broke.
    const wasCutOff = isFollowed(downs, atMs, UNDECIDED_MS)
    return { fate: wasDown || wasCutOff ? 'said while the bot was down' : 'unexplained' }
  }

  /** For whoever looks into it: what came when, in milliseconds from the question on. */
  function circumstancesOf({ msgId, atMs, saidMs }: Asked): string {
    const told = (ofMessage.get(msgId) ?? []).map(({ time, msg, reason }) => `${msg} ${reason} ${time - atMs}`)
    const around = downs.filter(
      ({ fromMs, toMs }) => Math.abs(fromMs - atMs) < 120_000 || Math.abs(toMs - atMs) < 120_000,
    )
    const seen = around.map(({ what, fromMs, toMs }) => `${what} ${fromMs - atMs}…${toMs - atMs}`)
    return [`said ${saidMs - atMs}`, ...told, ...seen].join(', ')
  }
  return { fateOf, circumstancesOf }
}

/** Silence has a reason as well, but only these are none of the bot's faults. */
const isDrop = ({ msg, kind, reason = '' }: LogLine): boolean =>
  DROPPED.test(msg) || (msg === 'decided' && kind === 'silent' && ['too-old', 'duplicate'].includes(reason))
