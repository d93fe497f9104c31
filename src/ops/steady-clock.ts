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
/** So many messages in a row, over so long, are not all late: the clock is wrong. */
const LATE_IN_A_ROW = 5
const LATE_FOR_MS = 60_000
/** Nothing comes before it is said, but a single odd message must not make all others too old. */
const EARLY_IN_A_ROW = 3

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
  #early = 0
  #late: { readonly sinceRunningMs: number; readonly count: number; readonly leastMs: number } | undefined

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
    if (saidMs > nowMs + IMPRECISION_MS) {
      if (++this.#early >= EARLY_IN_A_ROW) this.told(saidMs)
      return
    }
    const ageMs = nowMs - saidMs
    if (ageMs <= LATE_FOR_MS / 2) {
      this.#fits()
      return
    }
    this.#early = 0
    const runningMs = this.#machine.runningMs()
    const before = this.#late ?? { sinceRunningMs: runningMs, count: 0, leastMs: ageMs }
    this.#late = { ...before, count: before.count + 1, leastMs: Math.min(before.leastMs, ageMs) }
    if (this.#late.count < LATE_IN_A_ROW || runningMs - before.sinceRunningMs < LATE_FOR_MS) return
    this.told(nowMs - this.#late.leastMs)
  }

  #fits(): void {
    this.#isSure = true
    this.#early = 0
    this.#late = undefined
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
