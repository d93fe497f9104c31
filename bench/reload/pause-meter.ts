import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Pause {
  /** Longest time for which the event loop did not turn, by the clock. */
  readonly wallMs: number
  /** Longest stretch of processor time that this thread used without a turn of the event loop; null off Linux. */
  readonly ownMs: number | null
}

/** Measures how long the event loop of this thread stands still, and how much of that is our own work. */
export class PauseMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: 1 })
  #timer: NodeJS.Timeout | undefined
  #ownMs = 0

  start(): void {
    this.#ownMs = 0
    this.#delay.reset()
    this.#delay.enable()
    let before = threadCpuMs()
    this.#timer = setInterval(() => {
      const now = threadCpuMs()
      if (now !== null && before !== null) this.#ownMs = Math.max(this.#ownMs, now - before)
      before = now
    }, 1)
  }

  stop(): Pause {
    clearInterval(this.#timer)
    this.#delay.disable()
    return { wallMs: this.#delay.max / 1e6, ownMs: threadCpuMs() === null ? null : this.#ownMs }
  }
}

/** On a busy machine the clock also counts the waiting for a processor; the scheduler knows better. */
function threadCpuMs(): number | null {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    return null
  }
}
