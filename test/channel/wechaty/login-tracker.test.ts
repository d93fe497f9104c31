import { expect, test } from 'vitest'
import { firstLoginState, type LoginEvent, nextLoginState } from '../../../src/channel/wechaty/session.js'
import type { LoginStatus } from '../../../src/model/ports.js'

const CODE: LoginEvent = { kind: 'code', qrText: 'https://login.weixin.qq.com/l/a' }

test.each([
  ['starting', CODE, 'waiting-scan'],
  ['starting', { kind: 'login' }, 'logged-in'],
  ['waiting-scan', { kind: 'login' }, 'logged-in'],
  ['waiting-scan', { kind: 'trouble' }, 'waiting-scan'],
  ['logged-in', { kind: 'trouble' }, 'reconnecting'],
  ['logged-in', { kind: 'recovered' }, 'logged-in'],
  ['logged-in', { kind: 'refused' }, 'kicked'],
  ['reconnecting', { kind: 'recovered' }, 'logged-in'],
  ['reconnecting', { kind: 'login' }, 'logged-in'],
  ['reconnecting', { kind: 'refused' }, 'kicked'],
  ['reconnecting', { kind: 'trouble' }, 'reconnecting'],
  ['kicked', CODE, 'kicked'],
  ['kicked', { kind: 'recovered' }, 'kicked'],
  ['kicked', { kind: 'login' }, 'logged-in'],
] as const satisfies readonly (readonly [LoginStatus, LoginEvent, LoginStatus])[])(
  '%s + %o → %s',
  (status, event, next) => {
    const state = nextLoginState({ status, sinceMs: 1 }, event, 2)
    expect(state.status).toBe(next)
    // Since when it is so does not move while it stays so.
    expect(state.sinceMs).toBe(next === status ? 1 : 2)
  },
)

test('a renewed code replaces the old one, and a login takes it away', () => {
  const first = nextLoginState({ status: 'starting', sinceMs: 1 }, CODE, 2)
  const second = nextLoginState(first, { kind: 'code', qrText: 'b' }, 3)
  expect(second).toEqual({ status: 'waiting-scan', sinceMs: 2, qrText: 'b' })
  expect(nextLoginState(second, { kind: 'code', qrText: 'b' }, 4)).toBe(second)
  expect(nextLoginState(second, { kind: 'login' }, 5)).toEqual({ status: 'logged-in', sinceMs: 5 })
})

test.each([
  [
    { hasSession: true, refusedSinceMs: undefined },
    { status: 'reconnecting', sinceMs: 9 },
  ],
  [
    { hasSession: true, refusedSinceMs: 5 },
    { status: 'reconnecting', sinceMs: 9 },
  ],
  [
    { hasSession: false, refusedSinceMs: 5 },
    { status: 'kicked', sinceMs: 5 },
  ],
  [
    { hasSession: false, refusedSinceMs: undefined },
    { status: 'starting', sinceMs: 9 },
  ],
])('a run that finds %o begins as %o', (card, state) => {
  expect(firstLoginState({ ...card, nowMs: 9 })).toEqual(state)
})
