import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT_ROOT } from '../../src/config.js'
import type { LoginStatus } from '../../src/model/ports.js'
import { createPrometheusMetrics } from '../../src/ops/metrics.js'
import { createHealthRoutes } from '../../src/web/app.js'

function routes(
  status: LoginStatus,
  pollAgeMs?: number,
  { mayTell = true, disk = undefined as string | undefined } = {},
) {
  const login = () => ({ status, sinceMs: Date.parse('2026-11-23T02:00:00Z'), qrText: 'https://secret.example/qr' })
  const sendingLoad = () => ({ isMinuteNear: false, isOverloaded: false })
  const diskTrouble = () => disk
  const gauges = {
    diskTrouble,
    clockSkewMs: () => 0,
    login,
    pollAgeMs: () => pollAgeMs,
    queueLength: () => 3,
    restarts: () => 2,
    deskRows: () => [],
    sendingLoad,
  }
  const metrics = createPrometheusMetrics(gauges)
  return { app: createHealthRoutes({ ...gauges, pollLimitMs: 40_000, mayTell: () => mayTell, metrics }), metrics }
}

test.each([
  ['logged-in', 5_000, 200],
  ['logged-in', 40_000, 503],
  ['logged-in', undefined, 200], // a puppet that does not tell
  ['reconnecting', 5_000, 503],
  ['waiting-scan', undefined, 503],
  ['kicked', undefined, 503],
  ['starting', undefined, 503],
] as const)('/healthz while %s, polled %s ms ago: %i', async (status, pollAgeMs, expected) => {
  const response = await routes(status, pollAgeMs).app.request('/healthz')
  expect(response.status).toBe(expected)
  expect(await response.json()).toEqual({
    ok: expected === 200,
    login: status,
    since: '2026-11-23T02:00:00.000Z',
    secondsSincePoll: pollAgeMs === undefined ? null : pollAgeMs / 1000,
    disk: 'ok',
  })
})

test('is not healthy while nothing can be written down', async () => {
  const { app } = routes('logged-in', 5_000, { disk: 'ENOSPC' })
  const response = await app.request('/healthz')
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ ok: false, login: 'logged-in', disk: 'ENOSPC' })
  expect(await (await app.request('/metrics')).text()).toContain('guoshen_disk_writable 0')
})

test.each([
  ['starting', 503],
  ['waiting-scan', 200],
  ['kicked', 200],
  ['reconnecting', 200],
  ['logged-in', 200],
] as const)('/readyz while %s: %i', async (status, expected) => {
  expect((await routes(status).app.request('/readyz')).status).toBe(expected)
})

test('/metrics has what an operator asks for, and no secret', async () => {
  const { app, metrics } = routes('kicked', 7_000)
  metrics.heard()
  metrics.heard()
  metrics.decided('answer')
  metrics.sent('picture')
  metrics.refused('1205')
  const response = await app.request('/metrics')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain.*version=/)
  const text = await response.text()
  for (const line of [
    'guoshen_login_state{state="kicked"} 1',
    'guoshen_login_state{state="logged-in"} 0',
    'guoshen_seconds_since_last_poll 7',
    'guoshen_messages_heard_total 2',
    'guoshen_decisions_total{kind="answer"} 1',
    'guoshen_sends_total{bubble="picture"} 1',
    'guoshen_send_refusals_total{code="1205"} 1',
    'guoshen_queue_length 3',
    'guoshen_restarts 2',
  ])
    expect(text.split('\n')).toContain(line)
  expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m)
  expect(text).not.toContain('secret')
})

test('a poll that nobody knows of is no number', async () => {
  expect(await (await routes('starting').app.request('/metrics')).text()).toContain(
    'guoshen_seconds_since_last_poll Nan',
  )
})

test('the guide for operators explains every number, and no other', async () => {
  const text = await (await routes('logged-in').app.request('/metrics')).text()
  const told = [...text.matchAll(/^# HELP (\w+)/gm)].map((match) => match[1]!)
  const guide = readFileSync(join(PROJECT_ROOT, 'docs', 'operations.md'), 'utf8')
  const explained = [...guide.matchAll(/`((?:guoshen|process|nodejs)_\w+)/g)].map((match) => match[1]!)
  expect(new Set(explained)).toEqual(new Set(told))
})

test('tells whoever is not logged in no more than yes or no', async () => {
  const { app } = routes('kicked', undefined, { mayTell: false })
  expect(await (await app.request('/healthz')).json()).toEqual({ ok: false })
  expect(await (await app.request('/readyz')).json()).toEqual({ ready: true })
})
