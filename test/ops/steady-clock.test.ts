import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SteadyClock, watchClock } from '../../src/ops/steady-clock.js'
import { capturedLog } from '../support/captured-log.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

const NOON_MS = Date.UTC(2027, 2, 1, 4)
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A machine whose clock is by so much ahead of the time. */
function machine({ aheadMs = 0 } = {}) {
  const now = { trueMs: NOON_MS, aheadMs }
  const clock = new SteadyClock({
    wallMs: () => now.trueMs + now.aheadMs,
    runningMs: () => now.trueMs - NOON_MS + 5_000,
  })
  const pass = (ms: number): void => {
    now.trueMs += ms
  }
  return { now, clock, pass }
}

describe('while the machine is right', () => {
  test('goes as its clock goes, small corrections included', () => {
    const { now, clock, pass } = machine()
    expect(clock.now()).toBe(NOON_MS)
    pass(MINUTE_MS)
    now.aheadMs = 900
    expect([clock.now(), clock.skewMs()]).toEqual([NOON_MS + MINUTE_MS + 900, 0])
  })

  test('takes a word of WeChat that is a second off for a confirmation', () => {
    const { now, clock } = machine()
    expect(clock.isSure()).toBe(false)
    clock.told(now.trueMs - 1_400)
    expect([clock.isSure(), clock.now()]).toEqual([true, now.trueMs])
  })
})

describe('when the clock of the machine jumps', () => {
  test.each([-400 * DAY_MS, -10 * MINUTE_MS, -90_000, 90_000, 8 * DAY_MS, 200 * DAY_MS])(
    'by %d ms, it goes on',
    (aheadMs) => {
      const { now, clock, pass } = machine()
      clock.now()
      now.aheadMs = aheadMs
      pass(45_000)
      expect([clock.now(), clock.skewMs()]).toEqual([NOON_MS + 45_000, aheadMs])
      now.aheadMs = 0
      pass(1_000)
      expect([clock.now(), clock.skewMs()]).toEqual([NOON_MS + 46_000, 0])
    },
  )
})

describe('at a start with a wrong clock', () => {
  test.each([-400 * DAY_MS, -10 * MINUTE_MS, 60_000, 200 * DAY_MS])('by %d ms, it learns the time', (aheadMs) => {
    const { now, clock, pass } = machine({ aheadMs })
    pass(3_000)
    clock.told(now.trueMs)
    expect([clock.now(), clock.skewMs(), clock.startedMs()]).toEqual([now.trueMs, aheadMs, NOON_MS])
  })

  test.each([-DAY_MS, 130_000])('by %d ms, it believes messages that all say so, over a minute', (aheadMs) => {
    const { now, clock, pass } = machine({ aheadMs })
    for (let count = 0; count < 5; count++) {
      expect(clock.skewMs()).toBe(0)
      clock.heardOf(now.trueMs - 700)
      pass(20_000)
    }
    clock.heardOf(now.trueMs - 700)
    expect(Math.abs(clock.now() - now.trueMs)).toBeLessThan(1_000)
    expect(clock.isSure()).toBe(true)
  })
})

test('is not led astray by an odd message now and then', () => {
  const { now, clock, pass } = machine()
  for (let count = 0; count < 20; count++) {
    clock.heardOf(now.trueMs + 5 * MINUTE_MS)
    clock.heardOf(now.trueMs + 5 * MINUTE_MS)
    clock.heardOf(now.trueMs)
    pass(MINUTE_MS)
  }
  expect(clock.skewMs()).toBe(0)
})

test('takes a backlog after an outage for what it is', () => {
  const { now, clock, pass } = machine()
  for (let count = 0; count < 20; count++) clock.heardOf(now.trueMs - 5 * MINUTE_MS)
  pass(MINUTE_MS)
  clock.heardOf(now.trueMs)
  clock.heardOf(now.trueMs - 5 * MINUTE_MS)
  expect(clock.skewMs()).toBe(0)
})

describe('people', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('are told of a clock that is wrong by more than half a minute, and when it is mended', () => {
    const skew = { ms: 29_000 }
    const { alerts, heard } = recordedAlerts()
    const stop = watchClock({ skewMs: () => skew.ms }, { alerts, log: capturedLog().log })
    vi.advanceTimersByTime(5_000)
    expect(heard).toEqual([['clear', 'clock']])
    skew.ms = -31_000
    vi.advanceTimersByTime(5_000)
    expect(heard.slice(1)).toEqual([['raise', 'clock', { count: -31 }]])
    skew.ms = 1_000
    vi.advanceTimersByTime(10_000)
    expect(heard.slice(2)).toEqual([['clear', 'clock']])
    stop()
  })
})
