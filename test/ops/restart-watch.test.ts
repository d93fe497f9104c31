import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RestartWatch } from '../../src/ops/supervise.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const MINUTE_MS = 60_000

function watch(limit: number) {
  const { alerts, heard } = recordedAlerts()
  return { watch: new RestartWatch({ alerts, limit, clock: { now: () => Date.now() } }), heard }
}

test('puts up with as many restarts as it may', () => {
  const { watch: restarts, heard } = watch(3)
  for (let i = 0; i < 3; i++) restarts.note()
  vi.advanceTimersByTime(9 * MINUTE_MS)
  expect(heard).toEqual([])
  expect(restarts.total).toBe(3)
})

test('tells of one more within ten minutes, and of calm after ten minutes without any', () => {
  const { watch: restarts, heard } = watch(3)
  for (let i = 0; i < 4; i++) {
    restarts.note()
    vi.advanceTimersByTime(2 * MINUTE_MS)
  }
  expect(heard).toEqual([['raise', 'restarting', { count: 4 }]])
  vi.advanceTimersByTime(8 * MINUTE_MS)
  expect(heard.at(-1)).toEqual(['clear', 'restarting'])
})

test('does not add up restarts of a whole day', () => {
  const { watch: restarts, heard } = watch(3)
  for (let i = 0; i < 20; i++) {
    restarts.note()
    vi.advanceTimersByTime(4 * MINUTE_MS)
  }
  expect(heard.filter(([word]) => word === 'raise')).toEqual([])
})
