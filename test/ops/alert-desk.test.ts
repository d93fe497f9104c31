import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AlertDesk, alertMemoryFile } from '../../src/ops/alerts.js'
import type { AlertMessage } from '../../src/ops/webhook.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-23T10:00:00+08:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

function desk({ perHour = 10, path = join(tempFolder(), 'alerts.json') } = {}) {
  const { log } = capturedLog()
  const delivered: AlertMessage[] = []
  const open = () =>
    new AlertDesk({
      deliver: (message) => void delivered.push(message),
      perHour,
      memory: alertMemoryFile(path, log),
      clock: { now: () => Date.now() },
      log,
    })
  const told = () => delivered.map(({ status, about }) => `${status} ${about}`)
  return { desk: open(), reopen: open, delivered, told, path }
}

test('tells of an incident once, and once that it is over', () => {
  const { desk: alerts, told } = desk()
  for (let i = 0; i < 300; i++) alerts.raise('kicked')
  alerts.clear('kicked')
  alerts.clear('kicked')
  expect(told()).toEqual(['alert kicked', 'all-clear kicked'])
})

test('says what has happened, what to do, and when', () => {
  const { desk: alerts, delivered } = desk()
  alerts.raise('kicked', { pageUrl: 'http://127.0.0.1:3100' })
  alerts.raise('restarting', { count: 6 })
  expect(delivered[0]!.text).toMatch(
    /^【过审小助手】微信登录已失效[\s\S]*怎么办[\s\S]*http:\/\/127\.0\.0\.1:3100[\s\S]*11\D23 10:00$/,
  )
  expect(delivered[1]!.text).toContain('10 分钟内 6 次')
  for (const { text } of delivered) expect(Buffer.byteLength(text)).toBeLessThan(2048) // WeCom's limit
})

test('keeps quiet about the end of what nobody was told of', () => {
  const { desk: alerts, told } = desk()
  alerts.clear('unreachable')
  expect(told()).toEqual([])
})

test('remembers across a restart what people know already', () => {
  const { desk: before, reopen, told, path } = desk()
  before.raise('kicked')
  const after = reopen()
  after.raise('kicked')
  expect(told()).toEqual(['alert kicked'])
  after.clear('kicked')
  expect(told()).toEqual(['alert kicked', 'all-clear kicked'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('sends no more than so many an hour; alerts wait, notices are dropped', () => {
  const { desk: alerts, told } = desk({ perHour: 2 })
  alerts.tell('一')
  vi.advanceTimersByTime(10 * MINUTE_MS)
  alerts.tell('二')
  alerts.tell('三')
  alerts.raise('kicked')
  expect(told()).toEqual(['notice notice', 'notice notice'])
  vi.advanceTimersByTime(50 * MINUTE_MS)
  expect(told()).toEqual(['notice notice', 'notice notice'])
  vi.advanceTimersByTime(MINUTE_MS)
  expect(told()).toEqual(['notice notice', 'notice notice', 'alert kicked'])
})

test('never tells of an incident that was over before there was room for it', () => {
  const { desk: alerts, told } = desk({ perHour: 1 })
  alerts.tell('一')
  alerts.raise('unreachable')
  alerts.clear('unreachable')
  vi.advanceTimersByTime(180 * MINUTE_MS)
  expect(told()).toEqual(['notice notice'])
})

test('takes an incident that flares up before its all-clear for the same one', () => {
  const { desk: alerts, told } = desk({ perHour: 1 })
  alerts.raise('send-refused')
  for (let i = 0; i < 50; i++) {
    alerts.clear('send-refused')
    alerts.raise('send-refused')
  }
  vi.advanceTimersByTime(180 * MINUTE_MS)
  expect(told()).toEqual(['alert send-refused'])
  alerts.clear('send-refused')
  expect(told()).toEqual(['alert send-refused', 'all-clear send-refused'])
})

test('keeps what waits for room across a restart', () => {
  const { desk: alerts, reopen, told } = desk({ perHour: 1 })
  alerts.tell('一')
  alerts.raise('kicked')
  vi.clearAllTimers() // the process has ended
  reopen()
  vi.advanceTimersByTime(61 * MINUTE_MS)
  expect(told()).toEqual(['notice notice', 'alert kicked'])
})

test('works without what it remembers', () => {
  const path = join(tempFolder(), 'alerts.json')
  writeFileSync(path, '{"open":')
  const { desk: alerts, told } = desk({ path })
  alerts.raise('kicked')
  expect(told()).toEqual(['alert kicked'])
  expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveProperty('open')
  expect(existsSync(`${path}.tmp`)).toBe(false)
})

test('cuts a notice to what robots take', () => {
  const { desk: alerts, delivered } = desk()
  alerts.tell('长'.repeat(5_000))
  expect(Buffer.byteLength(delivered[0]!.text)).toBeLessThan(2048)
})
