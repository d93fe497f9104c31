/** Microseconds of processor time a message: what other programs do meanwhile doesn't count. */
export interface Speed {
  readonly meanUs: number
  readonly p99Us: number
}

export interface Timed<Message, Result> extends Speed {
  /** In the order of the messages; fewer than those when the time was up. */
  readonly results: readonly { readonly message: Message; readonly result: Result }[]
}

export interface TimeLimits {
  /** Milliseconds after which no further message is begun. */
  readonly withinMs: number
  /** How often to go through the messages; 1 for whatever remembers what it was asked. */
  readonly rounds: number
}

/** Works through the messages one by one. @returns the quickest of the rounds: other programs disturb it least */
export async function timeEach<Message, Result>(
  messages: readonly Message[],
  work: (message: Message) => Result | Promise<Result>,
  { withinMs, rounds }: TimeLimits,
): Promise<Timed<Message, Result>> {
  const endMs = performance.now() + withinMs
  let best = await timeRound(messages, work, endMs)
  for (let round = 1; round < rounds; round++) {
    const next = await timeRound(messages, work, endMs)
    if (next.results.length < messages.length) break
    if (next.meanUs < best.meanUs) best = next
  }
  return best
}

async function timeRound<Message, Result>(
  messages: readonly Message[],
  work: (message: Message) => Result | Promise<Result>,
  endMs: number,
): Promise<Timed<Message, Result>> {
  const results: { readonly message: Message; readonly result: Result }[] = []
  const tookUs: number[] = []
  for (const message of messages) {
    if (performance.now() > endMs) break
    const before = process.cpuUsage()
    const working = work(message)
    const result = working instanceof Promise ? await working : working
    const { user, system } = process.cpuUsage(before)
    tookUs.push(user + system)
    results.push({ message, result })
  }
  tookUs.sort((a, b) => a - b)
  return {
    results,
    meanUs: tookUs.reduce((sum, us) => sum + us, 0) / tookUs.length,
    p99Us: tookUs[Math.floor(tookUs.length * 0.99)] ?? Number.NaN,
  }
}

/** Memory of this process that is in use, in MiB; garbage is collected first, which needs `--expose-gc`. */
export function usedMiB(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}
