import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AuditEntry } from '../../src/model/ports.js'
import { AuditFile } from '../../src/store/audit.js'
import { capturedLog } from '../support/captured-log.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const entry = (what: string, facts: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: MONDAY_MS,
  who: { key: 'remark:管理员', name: '徐经理' },
  role: 'admin',
  what,
  result: 'done',
  where: 'direct',
  ...facts,
})

test('appends lines in order for its owner alone, and reads the latest first', async () => {
  const path = join(tempFolder(), 'data', 'audit.jsonl')
  const { log } = capturedLog()
  const audit = new AuditFile(path, { log })
  await Promise.all(['重载', '群', '静音'].map((what) => audit.record(entry(what))))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect((await new AuditFile(path, { log }).recent(2)).map(({ what }) => what)).toEqual(['静音', '群'])
  const first = JSON.parse(readFileSync(path, 'utf8').split('\n')[0]!)
  expect(first).toEqual(entry('重载'))
})

test('goes on behind a line that a kill cut short', async () => {
  const path = join(tempFolder(), 'audit.jsonl')
  const { log } = capturedLog()
  await new AuditFile(path, { log }).record(entry('重载'))
  appendFileSync(path, '{"atMs":1,"who":{"ke')
  const audit = new AuditFile(path, { log })
  await audit.record(entry('群'))
  expect((await audit.recent(10)).map(({ what }) => what)).toEqual(['群', '重载'])
})

test('sets a full file aside, keeps so many, and reads over the border', async () => {
  const folder = tempFolder()
  const { log } = capturedLog()
  const audit = new AuditFile(join(folder, 'audit.jsonl'), { log, maxBytes: 400, keptFiles: 3 })
  for (let number = 1; number <= 20; number++) {
    await audit.record(entry(`归类 ${number} 4.1`, { atMs: MONDAY_MS + number * 1000 }))
  }
  const files = readdirSync(folder)
  expect(files).toHaveLength(4)
  expect(files.every((name) => statSync(join(folder, name)).size <= 400)).toBe(true)
  expect((await audit.recent(3)).map(({ what }) => what)).toEqual(['归类 20 4.1', '归类 19 4.1', '归类 18 4.1'])
})

test('cuts what is too long, and is silent about a disk that refuses, except in the log', async () => {
  const folder = tempFolder()
  const { log, lines } = capturedLog()
  const audit = new AuditFile(join(folder, 'audit.jsonl'), { log })
  await audit.record(entry('长'.repeat(500), { who: { key: 'k'.repeat(500), name: '名'.repeat(500) } }))
  const [kept] = await audit.recent(1)
  expect([kept!.what.length, kept!.who.name.length]).toEqual([80, 60])
  writeFileSync(join(folder, 'file'), '')
  await new AuditFile(join(folder, 'file', 'audit.jsonl'), { log }).record(entry('重载'))
  expect(lines.at(-1)).toMatchObject({ msg: 'order not in the audit log' })
})

test('forgets a person: their name and key, and texts of former lines that name them', async () => {
  const folder = tempFolder()
  const audit = new AuditFile(join(folder, 'audit.jsonl'), { log: capturedLog().log, maxBytes: 500 })
  const wang = { who: { key: 'name:王大锤', name: '王大锤' }, role: 'customer', result: 'refused' } as const
  await audit.record(entry('备注 1 客户王大锤，电话13812345678'))
  await audit.record(entry('回复 2 李四您好'))
  await audit.record(entry('重载', wang))
  await audit.record(entry('静音 王大锤的群', wang))
  expect(readdirSync(folder).length).toBeGreaterThan(1)
  await audit.forget({ keys: ['name:王大锤'], names: ['王大锤'] })
  await audit.record(entry('群'))
  const files = readdirSync(folder).map((name) => join(folder, name))
  expect(files.map((path) => readFileSync(path, 'utf8')).join('')).not.toMatch(/王大锤|138/)
  expect(files.map((path) => statSync(path).mode & 0o777)).toEqual(files.map(() => 0o600))
  expect((await audit.recent(2)).map(({ what }) => what)).toContain('群')
  const all = files.flatMap((path) => readFileSync(path, 'utf8').trim().split('\n'))
  const whats = all.map((line) => (JSON.parse(line) as AuditEntry).what)
  expect(whats.toSorted()).toEqual(['备注 1', '回复 2 李四您好', '静音', '重载', '群'].toSorted())
})
