import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What processes have cost so far, by Linux's own counts. */
export interface Cost {
  /** Milliseconds of processor time. */
  readonly cpuMs: number
  /** Memory, pages shared with other processes counted in part. */
  readonly memoryMiB: number
}

/** Linux counts in ticks of 10 ms on every machine that Node runs on. */
const TICK_MS = 10

/** Sums over the processes. @throws Error where there is no `/proc` */
export function costOf(pids: readonly number[]): Cost {
  const costs = pids.map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command before it, in brackets, may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const pssKib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, memoryMiB: Number(pssKib) / 1024 }
  })
  return {
    cpuMs: costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryMiB: costs.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  }
}

/** Share of one core up to which a program counts as idle: timers tick, polls come back. */
const IDLE_SHARE = 0.02

/** Watches the processes for so long. @returns whether they had next to nothing to do */
export async function isIdle(pids: readonly number[], forMs: number): Promise<boolean> {
  const { cpuMs } = costOf(pids)
  await sleep(forMs)
  return costOf(pids).cpuMs - cpuMs <= forMs * IDLE_SHARE
}
