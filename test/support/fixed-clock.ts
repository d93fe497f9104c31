import type { Clock } from '../../src/model/ports.js'

/** A Monday morning in November 2026. */
export const MONDAY_MS = Date.parse('2026-11-23T10:00:00+08:00')

/** A clock that stands still until told otherwise. */
export function fixedClock(startMs = MONDAY_MS): Clock & { pass(ms: number): void } {
  let nowMs = startMs
  return {
    now: () => nowMs,
    pass(ms) {
      nowMs += ms
    },
  }
}
