import { setImmediate as nextTurn } from 'node:timers/promises'

/** Short enough that nobody waits for it; messages come in by the dozen a second at most. */
const SLICE_MS = 2

/** Runs work to its end, and lets the event loop turn after every 2 ms of it. */
export async function runInSlices<Result>(work: Generator<void, Result>): Promise<Result> {
  let sliceEndMs = performance.now() + SLICE_MS
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    if (performance.now() < sliceEndMs) continue
    await nextTurn()
    sliceEndMs = performance.now() + SLICE_MS
  }
}

/** Runs work to its end at once, where nothing else waits. */
export function runAtOnce<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
