import { expect, test } from 'vitest'
import { RestartPolicy } from '../../src/ops/supervise.js'

const waits = (policy: RestartPolicy, count: number, ending: 'crash' | 'restart' = 'crash') =>
  Array.from({ length: count }, () => policy.nextDelayMs(ending, 5_000) / 1000)

test('waits longer after each crash in a row, a minute at most', () => {
  expect(waits(new RestartPolicy(), 9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('does not wait long for a bot that asked to be started anew', () => {
  expect(waits(new RestartPolicy(), 6, 'restart')).toEqual([1, 2, 4, 8, 8, 8])
})

test('begins anew after some minutes of health', () => {
  const policy = new RestartPolicy()
  waits(policy, 6)
  expect(policy.nextDelayMs('crash', 179_999)).toBe(60_000)
  expect(policy.nextDelayMs('crash', 180_000)).toBe(1_000)
  expect(policy.nextDelayMs('crash', 5_000)).toBe(2_000)
})

test('stays at its longest wait for ever', () => {
  const policy = new RestartPolicy()
  waits(policy, 5_000)
  expect(policy.nextDelayMs('crash', 0)).toBe(60_000)
})
