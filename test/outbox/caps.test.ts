import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sendingWords } from '../../src/commands/phrases.js'
import { CapWatch, Pacing } from '../../src/outbox/pacing.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers({ now: MONDAY_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

function watched({ perDay = 100, perMinute = 25 } = {}) {
  const limits = { gapMs: 1_000, jitterMs: 0, perPlaceMinute: 60, perMinute, perDay }
  const pacing = new Pacing({ limits, backOffMs: 7_200_000, random: () => 0 })
  const { alerts, heard } = recordedAlerts()
  const caps = new CapWatch({ pacing, alerts, clock: { now: () => Date.now() } })
  caps.start()
  heard.length = 0 // whatever an earlier run has left open
  const send = (count: number, everyMs: number) => {
    for (let sent = 0; sent < count; sent++) {
      pacing.noteTried('room:a', Date.now())
      caps.tried()
      vi.advanceTimersByTime(everyMs)
    }
  }
  const words = () => sendingWords(caps.load())
  return { caps, pacing, heard, send, words }
}

test('tells once near the end of the day, once at the end, and that a new one has begun', () => {
  const { heard, send, words } = watched()
  send(79, 10_000)
  expect([heard, words()]).toEqual([[], []])
  send(5, 10_000)
  expect(heard).toEqual([['raise', 'day-cap-near', { count: 80, limit: 100 }]])
  expect(words()).toEqual(['今天已发 84 条，快到上限 100 条'])
  send(12, 10_000)
  expect(heard.slice(1)).toEqual([['raise', 'day-cap', { count: 90, limit: 100 }]])
  expect(words()).toEqual(['今天已发 96 条，上限用完，客户的提问转成工单'])
  vi.setSystemTime(MONDAY_MS + 24 * 60 * MINUTE_MS)
  vi.advanceTimersByTime(MINUTE_MS)
  expect(heard.slice(2)).toEqual([
    ['clear', 'day-cap-near'],
    ['clear', 'day-cap'],
  ])
  expect(words()).toEqual([])
})

test('tells of a busy minute once, however often it comes again, until ten minutes are calm', () => {
  const { heard, send, words } = watched({ perDay: 5_000 })
  for (let rush = 0; rush < 5; rush++) {
    send(20, 1_000)
    vi.advanceTimersByTime(5 * MINUTE_MS)
  }
  expect(heard).toEqual([['raise', 'minute-cap-near', { count: 20, limit: 25 }]])
  expect(words()).toEqual(['这几分钟发得多，快到每分钟的上限'])
  vi.advanceTimersByTime(6 * MINUTE_MS)
  expect(heard.slice(1)).toEqual([['clear', 'minute-cap-near']])
})

test('tells of overload at the first question that is refused', () => {
  const { caps, heard, words } = watched()
  caps.refused('day-cap')
  expect(heard).toEqual([])
  for (let i = 0; i < 100; i++) caps.refused('overload')
  expect(heard.map(([what, kind]) => [what, kind])).toEqual([['raise', 'overload']])
  expect(words()).toEqual(['问的人太多，答不过来的已转成工单'])
  vi.advanceTimersByTime(11 * MINUTE_MS)
  expect(heard.at(-1)).toEqual(['clear', 'overload'])
})

test('shows that WeChat lets nothing through, and until when', () => {
  const { pacing, words } = watched()
  pacing.noteTooMany(Date.now())
  expect(words()[0]).toMatch(/^被限制发送，.*前说不了话$/)
})

test('closes what an earlier run has left open, and nothing that still holds', () => {
  const { alerts, heard } = recordedAlerts()
  const limits = { gapMs: 0, jitterMs: 0, perPlaceMinute: 60, perMinute: 25, perDay: 100 }
  const state = {
    day: Math.floor((MONDAY_MS + 8 * 3_600_000) / 86_400_000),
    sentCount: 85,
    refusals: 0,
    refusedAtMs: 0,
  }
  const pacing = new Pacing({ limits, backOffMs: 0, random: () => 0, state })
  new CapWatch({ pacing, alerts, clock: { now: () => Date.now() } }).start()
  expect(heard.map(([what, kind]) => `${what} ${kind}`)).toEqual([
    'raise day-cap-near',
    'clear day-cap',
    'clear minute-cap-near',
    'clear overload',
  ])
})
