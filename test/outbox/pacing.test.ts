import { expect, test } from 'vitest'
import { Pacing, type PacingLimits, type SendingState } from '../../src/outbox/pacing.js'
import { MONDAY_MS as NOW } from '../support/fixed-clock.js'

const WIDE: PacingLimits = { gapMs: 1_000, jitterMs: 1_500, perPlaceMinute: 60, perMinute: 60, perDay: 10_000 }
const HOUR_MS = 3_600_000
const A = { placeKey: 'room:A', urgent: false }
const B = { placeKey: 'room:B', urgent: false }

interface Given {
  readonly limits?: Partial<PacingLimits> | undefined
  readonly random?: () => number
  readonly state?: SendingState
}

const pacingWith = ({ limits = {}, random = () => 0, state }: Given = {}) =>
  new Pacing({ limits: { ...WIDE, ...limits }, backOffMs: 2 * HOUR_MS, random, state })

test.each([
  [0, 1_000],
  [0.5, 1_750],
  [1, 2_500],
])('leaves a second between two bubbles, and more by chance (%d → %d ms)', (chance, gapMs) => {
  const pacing = pacingWith({ random: () => chance })
  expect(pacing.allowedAtMs(A, NOW)).toBeLessThanOrEqual(NOW)
  pacing.noteTried(A.placeKey, NOW)
  expect(pacing.allowedAtMs(B, NOW)).toBe(NOW + gapMs)
  expect(pacing.allowedAtMs(B, NOW + gapMs)).toBeLessThanOrEqual(NOW + gapMs)
})

test('holds a group to its bubbles a minute, and no other group with it', () => {
  const pacing = pacingWith({ limits: { perPlaceMinute: 2 } })
  pacing.noteTried(A.placeKey, NOW)
  pacing.noteTried(A.placeKey, NOW + 10_000)
  const later = NOW + 20_000
  expect(pacing.allowedAtMs(A, later)).toBe(NOW + 60_000)
  expect(pacing.allowedAtMs(B, later)).toBeLessThanOrEqual(later)
  expect(pacing.allowedAtMs(A, NOW + 60_000)).toBeLessThanOrEqual(NOW + 60_000)
})

test('holds the account to its bubbles a minute, whoever they are for', () => {
  const pacing = pacingWith({ limits: { perMinute: 2 } })
  pacing.noteTried(A.placeKey, NOW)
  pacing.noteTried(B.placeKey, NOW + 10_000)
  expect(pacing.allowedAtMs({ placeKey: 'room:C', urgent: true }, NOW + 20_000)).toBe(NOW + 60_000)
})

test('ends the day at the cap, for staff later than for customers, and begins the next at midnight in China', () => {
  const pacing = pacingWith({ limits: { perDay: 10 } })
  const midnight = Date.parse('2026-11-24T00:00:00+08:00')
  for (let sent = 0; sent < 9; sent++) pacing.noteTried(`room:${sent}`, NOW + sent * 60_000)
  const later = NOW + HOUR_MS
  expect(pacing.allowedAtMs(A, later)).toBe(midnight)
  expect(pacing.allowedAtMs({ ...A, urgent: true }, later)).toBeLessThanOrEqual(later)
  pacing.noteTried('room:staff', later)
  expect(pacing.allowedAtMs({ ...A, urgent: true }, later + 60_000)).toBe(midnight)
  expect(pacing.allowedAtMs(A, midnight)).toBeLessThanOrEqual(midnight)
  pacing.noteTried(A.placeKey, midnight)
  expect(pacing.state.sentCount).toBe(1)
})

test.each([
  [1, 2],
  [2, 4],
  [3, 8],
  [4, 12],
  [9, 12],
])('keeps silent after the %d. "too many" in a row for %d hours', (refusals, hours) => {
  const pacing = pacingWith()
  for (let count = 1; count < refusals; count++) pacing.noteTooMany(NOW)
  expect(pacing.noteTooMany(NOW)).toBe(NOW + hours * HOUR_MS)
  expect(pacing.allowedAtMs(A, NOW + 1)).toBe(NOW + hours * HOUR_MS)
})

test('begins anew once something is taken', () => {
  const pacing = pacingWith()
  pacing.noteTooMany(NOW)
  pacing.noteTooMany(NOW)
  pacing.noteTaken()
  expect(pacing.allowedAtMs(A, NOW + 1)).toBeLessThanOrEqual(NOW + 1)
  expect(pacing.noteTooMany(NOW)).toBe(NOW + 2 * HOUR_MS)
})

test('keeps the silence and the day over a restart', () => {
  const before = pacingWith({ limits: { perDay: 10 } })
  for (let sent = 0; sent < 9; sent++) before.noteTried(`room:${sent}`, NOW)
  const sameDay = pacingWith({ limits: { perDay: 10 }, state: before.state })
  expect(sameDay.allowedAtMs(A, NOW + HOUR_MS)).toBe(Date.parse('2026-11-24T00:00:00+08:00'))
  before.noteTooMany(NOW)
  const held = pacingWith({ state: before.state })
  expect(held.allowedAtMs(A, NOW + HOUR_MS)).toBe(NOW + 2 * HOUR_MS)
})

test('does not wait for a time that a wrong clock has set', () => {
  const pacing = pacingWith()
  pacing.noteTried(A.placeKey, NOW + 24 * HOUR_MS)
  pacing.noteTooMany(NOW + 24 * HOUR_MS)
  expect(pacing.allowedAtMs(A, NOW)).toBe(NOW)
})

test('knows no limits where there are none, but keeps silent when told to', () => {
  const pacing = new Pacing({ limits: undefined, backOffMs: HOUR_MS, random: () => 1 })
  for (let sent = 0; sent < 100; sent++) pacing.noteTried(A.placeKey, NOW)
  expect(pacing.allowedAtMs(A, NOW)).toBe(NOW)
  pacing.noteTooMany(NOW)
  expect(pacing.allowedAtMs(A, NOW)).toBe(NOW + HOUR_MS)
})
