/** One part of the program under fire. */
export interface FuzzTarget {
  readonly name: string
  /** How many of a million inputs it gets. */
  readonly share: number
  /** No input may take longer. */
  readonly limitMs: number
  next(): string
  /** Puts one input through. @throws whatever is wrong with the outcome */
  run(input: string): void | Promise<void>
}

export interface FuzzReport {
  readonly name: string
  readonly count: number
  readonly seconds: number
  readonly worstMs: number
  /** The slowest input, cut to be read. */
  readonly worstInput: string
}

const TRIES = 5

/**
 * Runs a target on `count` inputs.
 *
 * @throws Error with the input, when one of them breaks the target or takes longer than its limit each time
 */
export async function runFuzz(target: FuzzTarget, count: number): Promise<FuzzReport> {
  const startedMs = performance.now()
  let worstMs = 0
  let worstInput = ''
  for (let round = 0; round < count; round++) {
    const input = target.next()
    let tookMs = await timed(target, input)
    // Only what is slow again and again is slow: collections of garbage and other programs take their turns.
    for (let tries = 1; tries < TRIES && tookMs > worstMs; tries++)
      tookMs = Math.min(tookMs, await timed(target, input))
    if (tookMs > target.limitMs) throw new Error(`${target.name}: ${tookMs.toFixed(1)} ms for ${asLiteral(input)}`)
    if (tookMs <= worstMs) continue
    worstMs = tookMs
    worstInput = asLiteral(input)
  }
  return { name: target.name, count, seconds: (performance.now() - startedMs) / 1000, worstMs, worstInput }
}

/** @returns milliseconds, without those in which other programs had the processor */
async function timed(target: FuzzTarget, input: string): Promise<number> {
  const startedMs = performance.now()
  const started = process.cpuUsage()
  try {
    await target.run(input)
  } catch (error) {
    throw new Error(`${target.name} breaks on ${JSON.stringify(input)}`, { cause: error })
  }
  const { user, system } = process.cpuUsage(started)
  return Math.min(performance.now() - startedMs, (user + system) / 1000)
}

const SHOWN_CHARS = 160

const asLiteral = (input: string): string =>
  input.length <= SHOWN_CHARS
    ? JSON.stringify(input)
    : `${JSON.stringify(input.slice(0, SHOWN_CHARS))}… (${input.length} characters)`
