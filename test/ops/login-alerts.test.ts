import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LoginStatus } from '../../src/model/ports.js'
import { alertOnLogin } from '../../src/ops/alerts.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const PAGE = { pageUrl: 'http://127.0.0.1:3100' }

function logins() {
  const { alerts, heard } = recordedAlerts()
  const onState = alertOnLogin({ alerts, scanAfterMs: 60_000, unreachableAfterMs: 300_000, ...PAGE })
  const become = (status: LoginStatus, qrText?: string) =>
    onState({ status, sinceMs: Date.now(), ...(qrText !== undefined && { qrText }) })
  return { onState, become, raised: () => heard.filter(([word]) => word === 'raise'), heard }
}

test('tells of a QR code that waits for more than a minute, however often it is renewed', () => {
  const { become, raised } = logins()
  become('starting')
  become('waiting-scan', 'a')
  vi.advanceTimersByTime(40_000)
  become('waiting-scan', 'b')
  vi.advanceTimersByTime(19_999)
  expect(raised()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(raised()).toEqual([['raise', 'scan-needed', PAGE]])
})

test('tells nobody of a code that is scanned in time', () => {
  const { become, raised } = logins()
  become('waiting-scan', 'a')
  vi.advanceTimersByTime(59_000)
  become('logged-in')
  vi.advanceTimersByTime(600_000)
  expect(raised()).toEqual([])
})

test('tells of a kick at once, and not also of the scan that it takes', () => {
  const { become, raised, heard } = logins()
  become('kicked')
  become('kicked', 'a')
  vi.advanceTimersByTime(600_000)
  expect(new Set(raised().map(([, kind]) => kind))).toEqual(new Set(['kicked']))
  become('logged-in')
  expect(heard).toContainEqual(['clear', 'kicked'])
})

test('tells at once of a token that is taken no more, because waiting mends nothing', () => {
  const { onState, raised, heard } = logins()
  onState({ status: 'reconnecting', sinceMs: 0, network: 'QQ' })
  expect(raised()).toEqual([])
  onState({ status: 'reconnecting', sinceMs: 0, network: 'QQ', trouble: 'token' })
  expect(raised()).toEqual([['raise', 'unreachable', { ...PAGE, trouble: 'token' }]])
  onState({ status: 'logged-in', sinceMs: 0, network: 'QQ' })
  expect(heard).toContainEqual(['clear', 'unreachable'])
})

test('tells of minutes without WeChat, not of a short one', () => {
  const { become, raised } = logins()
  become('reconnecting')
  vi.advanceTimersByTime(200_000)
  become('logged-in')
  become('reconnecting')
  vi.advanceTimersByTime(299_999)
  expect(raised()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(raised()).toEqual([['raise', 'unreachable', PAGE]])
})
