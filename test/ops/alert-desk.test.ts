import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ALERT_KINDS } from '../../src/model/ports.js'
import { AlertDesk, AlertNotebook, alertMemoryFile } from '../../src/ops/alerts.js'
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
  for (const kind of ALERT_KINDS) alerts.raise(kind, { count: 400, limit: 500 })
  for (const { text } of delivered) expect(text).toContain('怎么办')
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

test('tells at once what comes alone, and bundles what comes within a minute', () => {
  const { desk: alerts, delivered } = desk()
  alerts.tell('工单 1\n群：甲群')
  expect(delivered.map(({ text }) => text)).toEqual(['【过审小助手】工单 1\n群：甲群'])
  alerts.tell('工单 2\n群：乙群')
  vi.advanceTimersByTime(MINUTE_MS / 2)
  alerts.tell('工单 3\n群：丙群')
  expect(delivered).toHaveLength(1)
  vi.advanceTimersByTime(MINUTE_MS)
  expect(delivered.slice(1).map(({ text }) => text)).toEqual([
    '【过审小助手】2 条通知：\n工单 2 群：乙群\n工单 3 群：丙群',
  ])
  vi.advanceTimersByTime(2 * MINUTE_MS)
  alerts.tell('工单 4')
  expect(delivered.at(-1)!.text).toBe('【过审小助手】工单 4')
})

test('sends no more notices than so many an hour, and leaves none out', () => {
  const { desk: alerts, delivered, told } = desk({ perHour: 2 })
  alerts.tell('一')
  vi.advanceTimersByTime(10 * MINUTE_MS)
  alerts.tell('二')
  for (let i = 0; i < 30; i++) {
    alerts.tell(`工单 ${i} 某群 某人`)
    vi.advanceTimersByTime(MINUTE_MS)
  }
  expect(told()).toEqual(['notice notice', 'notice notice'])
  vi.advanceTimersByTime(20 * MINUTE_MS)
  expect(told()).toEqual(['notice notice', 'notice notice', 'notice notice'])
  expect(delivered.at(-1)!.text).toMatch(/^【过审小助手】30 条通知：\n工单 0 [^\n]*\n工单 1 /)
})

test('says how many are left out of a bundle, and stays within what robots take', () => {
  const { desk: alerts, delivered } = desk()
  alerts.tell('一')
  for (let i = 0; i < 2_000; i++) alerts.tell(`工单 ${i}\n${'长'.repeat(200)}`)
  vi.advanceTimersByTime(2 * MINUTE_MS)
  const { text } = delivered[1]!
  const lines = text.split('\n')
  expect(Buffer.byteLength(text)).toBeLessThan(2048)
  expect(lines[0]).toBe('【过审小助手】2000 条通知：')
  expect(lines.at(-1)).toBe(`还有 ${2_000 - (lines.length - 2)} 条没列出，请看值班群，或发“工单”。`)
})

test('tells of an incident at once, however many tickets were told of and whatever else is wrong', () => {
  const { desk: alerts, told } = desk({ perHour: 2 })
  for (let i = 0; i < 50; i++) {
    alerts.tell(`工单 ${i}`)
    alerts.raise('overload')
    alerts.clear('overload')
    vi.advanceTimersByTime(1_000)
  }
  const before = told().length
  alerts.raise('kicked')
  alerts.clear('kicked')
  expect(told().slice(before)).toEqual(['alert kicked', 'all-clear kicked'])
  expect(told().filter((words) => words.endsWith('overload'))).toEqual(['alert overload', 'all-clear overload'])
})

test('never tells of an incident that was over before there was room for it', () => {
  const { desk: alerts, told } = desk({ perHour: 2 })
  alerts.raise('unreachable')
  alerts.clear('unreachable')
  alerts.raise('unreachable')
  alerts.clear('unreachable')
  vi.advanceTimersByTime(180 * MINUTE_MS)
  expect(told()).toEqual(['alert unreachable', 'all-clear unreachable'])
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
  alerts.raise('kicked')
  alerts.clear('kicked')
  expect(told()).toEqual(['alert kicked'])
  vi.clearAllTimers() // the process has ended
  reopen()
  vi.advanceTimersByTime(61 * MINUTE_MS)
  expect(told()).toEqual(['alert kicked', 'all-clear kicked'])
})

test('reads what an earlier version has kept', () => {
  const path = join(tempFolder(), 'alerts.json')
  const open = [['kicked', { sinceMs: 1, told: true, facts: {} }]]
  writeFileSync(path, JSON.stringify({ open, unclosed: [], sentAtMs: [Date.now()] }))
  const { desk: alerts, told } = desk({ path })
  alerts.raise('kicked')
  alerts.clear('kicked')
  expect(told()).toEqual(['all-clear kicked'])
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

test('a notebook passes everything on, and remembers what is open and what was told last', () => {
  const { desk: alerts, told } = desk()
  const notebook = new AlertNotebook(alerts, { now: () => Date.now() })
  const { raise, clear, tell } = notebook
  raise('kicked')
  raise('kicked')
  raise('disk')
  tell('工单 1')
  vi.advanceTimersByTime(MINUTE_MS)
  clear('kicked')
  clear('unreachable')
  expect(told()).toEqual(['alert kicked', 'alert disk', 'notice notice', 'all-clear kicked'])
  const { open, latest } = notebook.told()
  expect(open).toEqual([{ text: expect.stringContaining('数据目录写不进去'), sinceMs: Date.now() - MINUTE_MS }])
  expect(latest.map(({ text }) => text.slice(0, 4))).toEqual(['已重新登', '工单 1', '数据目录', '微信登录'])
  for (let count = 0; count < 40; count++) tell(`第 ${count} 条`)
  expect(notebook.told().latest).toHaveLength(30)
  expect(notebook.told().latest[0]?.text).toBe('第 39 条')
})
