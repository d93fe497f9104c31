import type { TeachEngine } from './engine.js'
import type { Corpus } from './messages.js'
import { timeEach, usedMiB } from './stopwatch.js'
import { chooseThreshold, rightFirst, type Tally, tally } from './tally.js'

export interface EngineResult {
  readonly rightFirst: number
  readonly atThreshold: Tally
  /** Loading the library and teaching it. */
  readonly buildMs: number
  readonly meanUs: number
  readonly p99Us: number
  /** Added by the library and what it was taught. */
  readonly memoryMiB: number
  /** Of the held-out messages, so many were done when the time was up. */
  readonly measured: number
}

const TUNING_MS = 8_000
const MEASURING_MS = 12_000
const ROUNDS = 3

/**
 * Teaches one engine, lets it choose its threshold, and measures it. For a process of its own.
 *
 * @param remembers it keeps what it was asked, and would be too quick when asked again
 */
export async function measureEngine(
  teach: TeachEngine,
  corpus: Corpus,
  { remembers = false } = {},
): Promise<EngineResult> {
  const memoryBefore = usedMiB()
  const startMs = performance.now()
  const guess = await teach(corpus.taught)
  const buildMs = performance.now() - startMs
  const memoryMiB = usedMiB() - memoryBefore
  // The tuning messages also warm the engine up.
  const tuned = await timeEach(corpus.tuning, guess, { withinMs: TUNING_MS, rounds: 1 })
  const threshold = chooseThreshold(tuned.results.map(({ message, result }) => ({ message, guess: result })))
  const limits = { withinMs: MEASURING_MS, rounds: remembers ? 1 : ROUNDS }
  const { results, meanUs, p99Us } = await timeEach(corpus.heldOut, guess, limits)
  const answered = results.map(({ message, result }) => ({ message, guess: result }))
  return {
    rightFirst: rightFirst(answered),
    atThreshold: tally(answered, threshold),
    buildMs,
    meanUs,
    p99Us,
    memoryMiB,
    measured: answered.length,
  }
}
