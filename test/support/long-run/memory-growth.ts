import type { MemoryInUse } from './bot-under-load.js'

/** What was in use after so many messages of the whole run. */
export interface MemorySample extends MemoryInUse {
  readonly messages: number
}

export interface MemoryGrowth {
  /** End of the run : after its first messages. Two processes, of which the first was killed long ago. */
  readonly ofRun: number
  /** End of the last process : after its first messages. */
  readonly ofLastLife: { readonly resident: number; readonly heap: number }
  /** Of each process that heard more than the first messages: MiB resident (of these the heap), then so at its end. */
  readonly lives: readonly string[]
}

/** @param first how many messages a process needs to be warm */
export function growth(samples: readonly MemorySample[], first: number): MemoryGrowth {
  const lives = [...new Set(samples.map(({ pid }) => pid))].flatMap((pid) => warmLife(samples, { pid, first }) ?? [])
  const [firstLife, lastLife] = [lives[0], lives.at(-1)]
  if (!firstLife || !lastLife) throw new Error(`no process has heard ${first} messages`)
  return {
    ofRun: ratio(firstLife.warm.residentMiB, lastLife.end.residentMiB),
    ofLastLife: {
      resident: ratio(lastLife.warm.residentMiB, lastLife.end.residentMiB),
      heap: ratio(lastLife.warm.heapMiB, lastLife.end.heapMiB),
    },
    lives: lives.map(({ warm, end }) => `${end.messages - warm.messages} messages: ${told(warm)} → ${told(end)}`),
  }
}

interface WarmLife {
  readonly warm: MemorySample
  readonly end: MemorySample
}

function warmLife(
  samples: readonly MemorySample[],
  { pid, first }: { pid: number; first: number },
): WarmLife | undefined {
  const own = samples.filter((sample) => sample.pid === pid)
  const bornAt = samples[samples.indexOf(own[0]!) - 1]?.messages ?? 0
  const warm = own.find(({ messages }) => messages - bornAt >= first)
  return warm && { warm, end: own.at(-1)! }
}

const ratio = (before: number, after: number): number => Math.round((after / before) * 100) / 100
const told = ({ residentMiB, heapMiB }: MemorySample): string => `${residentMiB} (${heapMiB})`
