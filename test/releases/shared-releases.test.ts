import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { OpenReleases } from '../../src/releases/open.js'
import { openSharedDesk, type SharedDesk } from '../../src/store/postgres/open.js'
import { capturedLog } from '../support/captured-log.js'
import { hasPostgres, TestPostgres } from '../support/postgres.js'
import { SmallKnowledge } from '../support/reloads/small-knowledge.js'
import { tempFolder } from '../support/temp-folder.js'

const by = { key: 'remark:管理员', name: '徐经理' }
/** A second on a machine of its own. */
const WITHIN = { timeout: 20_000, interval: 20 }

let postgres: TestPostgres
beforeAll(async () => {
  if (hasPostgres) postgres = await TestPostgres.start()
})
afterAll(() => postgres?.stop())

interface Account {
  readonly small: SmallKnowledge
  readonly open: OpenReleases
  readonly shared: SharedDesk
  stop(): Promise<void>
}

async function account(url: string, name: string, small = new SmallKnowledge(tempFolder())): Promise<Account> {
  mkdirSync(small.path('data'), { recursive: true })
  const { log } = capturedLog()
  const shared = await openSharedDesk({ url, account: name, channel: 'simulator', dataDir: small.path('data'), log })
  const open = await small.open({ shared: shared.releases })
  let stopped: Promise<unknown> | undefined
  const stop = async () => {
    stopped ??= Promise.all([open.stop(), shared.stop()])
    await stopped
  }
  onTestFinished(stop)
  return { small, open, shared, stop }
}

const has = ({ open }: Account, words: string): boolean =>
  open.knowledge.current.sections.get('1')!.parts.some(({ lines }) => lines.some((line) => line.includes(words)))

describe('accounts that share a desk', { skip: !hasPostgres }, () => {
  test('take a release, and go back together', async () => {
    const url = await postgres.database()
    const one = await account(url, 'one')
    const two = await account(url, 'two')
    expect([one, two].map(({ open }) => open.releases.current().number)).toEqual([1, 1])
    one.small.edit('knowledge/guide.md', '选“包含”', '选“不包含”')
    expect(await one.open.releases.reload({ by })).toMatchObject({ ok: true })
    await vi.waitFor(() => expect(two.open.releases.current().number).toBe(2), WITHIN)
    expect(has(two, '选“不包含”')).toBe(true)
    expect(two.open.releases.current()).toMatchObject({ number: 2, version: one.open.knowledge.current.version })
    await vi.waitFor(
      () => expect(one.shared.releases.accounts()).toMatchObject([{ release: 2 }, { release: 2 }]),
      WITHIN,
    )
    expect(await two.open.releases.rollBack({ by })).toMatchObject({ ok: true })
    await vi.waitFor(() => expect(one.open.releases.current()).toMatchObject({ number: 1, pinned: true }), WITHIN)
    expect(has(one, '选“不包含”')).toBe(false)
  })

  test('start on what is in use, whatever lies in their own folders, and say so', async () => {
    const url = await postgres.database()
    const one = await account(url, 'one')
    one.small.edit('knowledge/guide.md', '选“包含”', '选“不包含”')
    await one.open.releases.reload({ by })
    const two = await account(url, 'two')
    expect([two.open.releases.current().number, has(two, '选“不包含”')]).toEqual([2, true])
    expect(two.open.notice).toMatch(/共用发布 2；这台机器文件夹里的知识和它不同/)
    await one.stop()
    await two.open.releases.reload({ by })
    const again = await account(url, 'one', one.small)
    expect([again.open.releases.current().number, has(again, '选“不包含”')]).toEqual([3, false])
  })

  test('have what was taught in the chat of another', async () => {
    const url = await postgres.database()
    const [one, two] = [await account(url, 'one'), await account(url, 'two')]
    const lesson = 'id: fill\nsection: "1"\nutterances:\n  - 空白处要写些什么\n'
    one.small.write('data/learned/fill.yaml', lesson)
    expect(await one.open.releases.reload({ by, only: 'learned' })).toMatchObject({ ok: true })
    await vi.waitFor(() => expect(two.open.releases.current().number).toBe(2), WITHIN)
    expect(two.small.read('data/learned/fill.yaml')).toBe(lesson)
    two.small.write('data/learned/days.yaml', 'id: days\nsection: "2"\nutterances:\n  - 啥时候给结果\n')
    await two.open.releases.reload({ by, only: 'learned' })
    await vi.waitFor(() => expect(one.open.releases.current().number).toBe(3), WITHIN)
    expect(one.small.read('data/learned/fill.yaml')).toBe(lesson)
    expect(one.small.read('data/learned/days.yaml')).toContain('啥时候给结果')
  })

  test('release nothing while the others can not have it', async () => {
    const url = await postgres.database()
    const one = await account(url, 'one')
    await postgres.crash()
    await vi.waitFor(() => expect(one.shared.isReachable()).toBe(false), WITHIN)
    one.small.edit('knowledge/guide.md', '选“包含”', '选“不包含”')
    const { ok, text } = await one.open.releases.reload({ by })
    expect({ ok, text }).toMatchObject({ ok: false, text: expect.stringMatching(/继续用发布 1。工单库暂时连不上/) })
    expect(has(one, '选“不包含”')).toBe(false)
    await postgres.launch()
    await vi.waitFor(() => expect(one.shared.isReachable()).toBe(true), { timeout: 20_000, interval: 50 })
    expect(await one.open.releases.reload({ by })).toMatchObject({ ok: true })
  })
})
