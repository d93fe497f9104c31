import type { Alerts, Clock, Log, WeChatTime } from '../model/ports.js'

/** The machine's two clocks: the one that anybody may set, and the one that only runs on. */
export interface MachineClocks {
  wallMs(): number
  /** Never jumps; stands still while the machine sleeps. */
  runningMs(): number
}

const MACHINE: MachineClocks = { wallMs: () => Date.now(), runningMs: () => performance.now() }

/** The wall clock is followed where it is adjusted by so little, as time servers do all day. */
const FOLLOWED_MS = 2_000
/** WeChat tells whole seconds, and an answer is some time on its way. */
const IMPRECISION_MS = 5_000
/** Older than this, a message is late. */
const LATE_MS = 30_000
/** So many messages in a row that don't fit, over so long, are right, and the clock is wrong; a few are odd or late. */
const ODD_IN_A_ROW = 5
const ODD_FOR_MS = 60_000

/**
 * WeChat's time, as well as it is known, else what the machine's clock said at the start; from then on it runs with what
 * can't be set. Ages, deadlines and expiry reckon with it, so that nothing becomes old because a clock jumped.
 */
export class SteadyClock implements Clock, WeChatTime {
  readonly #machine: MachineClocks
  readonly #startedRunningMs: number
  /** Of this clock over the running one. */
  #offsetMs: number
  #isSure = false
  #odd:
    | { readonly isEarly: boolean; readonly sinceRunningMs: number; readonly count: number; readonly ageMs: number }
    | undefined

  constructor(machine: MachineClocks = MACHINE) {
    this.#machine = machine
    this.#startedRunningMs = machine.runningMs()
    this.#offsetMs = machine.wallMs() - this.#startedRunningMs
  }

  now(): number {
    const { wallMs, runningMs } = { wallMs: this.#machine.wallMs(), runningMs: this.#machine.runningMs() }
    if (Math.abs(wallMs - runningMs - this.#offsetMs) <= FOLLOWED_MS) this.#offsetMs = wallMs - runningMs
    return this.#offsetMs + runningMs
  }

  /** When the process started, by what is known now. */
  startedMs(): number {
    return this.now() - (this.#machine.runningMs() - this.#startedRunningMs)
  }

  /** WeChat has confirmed it. */
  isSure(): boolean {
    return this.#isSure
  }

  /** By how much the machine's clock is ahead. */
  skewMs(): number {
    const nowMs = this.now()
    return this.#machine.wallMs() - nowMs
  }

  /** WeChat says what time it is. */
  told(serverMs: number): void {
    this.#fits()
    if (Math.abs(serverMs - this.now()) > IMPRECISION_MS) this.#set(serverMs)
  }

  /** A message was said at that time: now at the latest, and mostly just now. */
  heardOf(saidMs: number): void {
    const nowMs = this.now()
    const ageMs = nowMs - saidMs
    const isEarly = ageMs < -IMPRECISION_MS
    if (!isEarly && ageMs <= LATE_MS) {
      this.#fits()
      return
    }
    const runningMs = this.#machine.runningMs()
    const before = this.#odd?.isEarly === isEarly ? this.#odd : { isEarly, sinceRunningMs: runningMs, count: 0, ageMs }
    // On its way a message only loses time: the one that seems youngest is nearest to the truth.
    this.#odd = { ...before, count: before.count + 1, ageMs: Math.min(before.ageMs, ageMs) }
    if (this.#odd.count >= ODD_IN_A_ROW && runningMs - before.sinceRunningMs >= ODD_FOR_MS)
      this.told(nowMs - this.#odd.ageMs)
  }

  #fits(): void {
    this.#isSure = true
    this.#odd = undefined
  }

  #set(nowMs: number): void {
    this.#offsetMs = nowMs - this.#machine.runningMs()
  }
}

const LOOK_EVERY_MS = 5_000
const WRONG_MS = 30_000

/** Tells people when the machine's clock is wrong, and when it is right again. @returns what ends it */
export function watchClock(
  clock: Pick<SteadyClock, 'skewMs'>,
  { alerts, log }: { readonly alerts: Pick<Alerts, 'raise' | 'clear'>; readonly log: Log },
): () => void {
  let isWrong: boolean | undefined
  const look = (): void => {
    const skewMs = clock.skewMs()
    const now = Math.abs(skewMs) > (isWrong ? WRONG_MS / 2 : WRONG_MS)
    if (now && !isWrong) log.error({ aheadSeconds: Math.round(skewMs / 1000) }, 'clock of the machine is wrong')
    // An earlier run may have raised it.
    if (now) alerts.raise('clock', { count: Math.round(skewMs / 1000) })
    else if (isWrong !== false) alerts.clear('clock')
    isWrong = now
  }
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  return () => clearInterval(timer)
}
