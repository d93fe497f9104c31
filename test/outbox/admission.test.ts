import { expect, test } from 'vitest'
import { Admission, type Arrival, Pacing, type PacingLimits, type Standing } from '../../src/outbox/pacing.js'
import { MONDAY_MS } from '../support/fixed-clock.js'

const LIMITS: PacingLimits = { gapMs: 1_000, jitterMs: 1_500, perPlaceMinute: 12, perMinute: 25, perDay: 500 }
const NOW = MONDAY_MS

function queue(limits: Partial<PacingLimits> = {}) {
  const pacing = new Pacing({
    limits: { ...LIMITS, ...limits },
    backOffMs: 7_200_000,
    random: () => 0.5,
  })
  const admission = new Admission(pacing)
  let places = 0
  const arrive = (facts: Partial<Arrival> = {}) =>
    admission.admit(
      { placeKey: `room:${places++}`, mustBeSaid: false, isOverheard: false, bubbleCount: 2, ...facts },
      NOW,
    )
  return { pacing, admission, arrive }
}

const isIn = (standing: ReturnType<Admission['admit']>): standing is Standing => typeof standing !== 'string'

test('lets in as many as get their first word within 20 s, and refuses the next at once', () => {
  const { arrive } = queue()
  const all = Array.from({ length: 40 }, () => arrive({ bubbleCount: 1 }))
  const admitted = all.filter(isIn).length
  expect(admitted).toBeGreaterThanOrEqual(10)
  expect(admitted).toBeLessThanOrEqual(12)
  expect(all.slice(admitted)).toEqual(all.slice(admitted).map(() => 'overload'))
})

test('leaves room for no more than a minute in all, and leaves pictures out before that', () => {
  const { arrive } = queue()
  const all = Array.from({ length: 20 }, () => arrive({ bubbleCount: 6 })).filter(isIn)
  expect(all.length).toBeLessThanOrEqual(6)
  expect(all.map(({ textOnly }) => textOnly)).toContain(true)
  expect(all[0]!.textOnly).toBe(false)
})

test('has room again when others are served', () => {
  const { admission, arrive } = queue()
  const all = Array.from({ length: 40 }, () => arrive()).filter(isIn)
  expect(arrive()).toBe('overload')
  for (const standing of all.slice(0, 3)) admission.leave(standing)
  expect(isIn(arrive())).toBe(true)
})

test('gives overheard ones up for those who asked, the newest first and none that has begun', () => {
  const { arrive } = queue()
  const overheard = Array.from({ length: 40 }, () => arrive({ isOverheard: true, bubbleCount: 1 })).filter(isIn)
  expect(overheard.length).toBeLessThan(8) // they may wait 10 s only
  overheard.at(-1)!.hasBegun = true
  const asked = Array.from({ length: 40 }, () => arrive({ bubbleCount: 1 })).filter(isIn)
  expect(asked.length).toBeGreaterThanOrEqual(9)
  expect(overheard.map(({ isGivenUp }) => isGivenUp)).toEqual(overheard.map((_, index) => index < overheard.length - 1))
  expect(arrive({ isOverheard: true })).toBe('overload')
})

test('never refuses what is urgent, and counts it', () => {
  const { arrive } = queue()
  const urgent = Array.from({ length: 40 }, () => arrive({ mustBeSaid: true }))
  expect(urgent.every(isIn)).toBe(true)
  expect(arrive()).toBe('overload')
})

test('refuses nothing where nothing is paced', () => {
  const pacing = new Pacing({ limits: undefined, backOffMs: 0, random: () => 0 })
  const admission = new Admission(pacing)
  const arrival = { placeKey: 'a', mustBeSaid: false, isOverheard: true, bubbleCount: 9 }
  expect(Array.from({ length: 100 }, () => admission.admit(arrival, NOW)).every(isIn)).toBe(true)
})

test('tells at once that the day is used up, but for what is urgent', () => {
  const { pacing, arrive } = queue({ perDay: 10 })
  for (let sent = 0; sent < 9; sent++) pacing.noteTried('room:x', NOW - 600_000)
  expect(arrive()).toBe('day-cap')
  expect(isIn(arrive({ mustBeSaid: true }))).toBe(true)
})

test.each([
  ['a quarter of the day', 100, 25],
  ['a few answers where the day is short', 20, 10],
])('gives one person %s, wherever they ask', (_what, perDay, share) => {
  const { pacing, arrive } = queue({ perDay })
  for (let sent = 0; sent < share; sent++) {
    expect(pacing.isPersonServed('name:甲', NOW)).toBe(false)
    pacing.noteTried(`room:${sent % 7}`, NOW - 700_000 + sent * 1_000, 'name:甲')
  }
  expect(arrive({ personKey: 'name:甲' })).toBe('person-cap')
  expect(arrive({ personKey: 'name:乙' })).not.toBe('person-cap')
  pacing.noteTried('room:x', NOW + 24 * 3_600_000, 'name:乙')
  expect(pacing.isPersonServed('name:甲', NOW + 24 * 3_600_000)).toBe(false)
})

test('lets everybody wait while WeChat lets nothing through: who can is decided by the deadline', () => {
  const { pacing, arrive } = queue()
  pacing.noteTooMany(NOW)
  expect(Array.from({ length: 100 }, () => arrive()).every(isIn)).toBe(true)
})
