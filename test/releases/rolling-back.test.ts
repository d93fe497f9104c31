import { readdirSync, rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { StoreError } from '../../src/errors.js'
import type { OpenReleases, ReleasesSetup } from '../../src/releases/open.js'
import { capturedLog } from '../support/captured-log.js'
import { SmallKnowledge } from '../support/reloads/small-knowledge.js'
import { tempFolder } from '../support/temp-folder.js'

const by = { key: 'remark:管理员', name: '徐经理' }

/** A new process on the same folders; the one before has ended. */
async function start(small: SmallKnowledge, facts: Partial<ReleasesSetup> = {}): Promise<OpenReleases> {
  const open = await small.open(facts)
  onTestFinished(() => open.stop())
  return open
}

const days = ({ knowledge }: OpenReleases): string => knowledge.current.sections.get('2')!.parts[0]!.lines[0]!
const edit = (small: SmallKnowledge, from: string, to: string): void => small.edit('knowledge/guide.md', from, to)

test('goes back, stays there over a restart, and takes the folder again when told to', async () => {
  const small = new SmallKnowledge(tempFolder())
  const first = await start(small)
  edit(small, '八天', '八百天')
  await first.releases.reload({ by })
  const { ok, text } = await first.releases.rollBack({ by })
  expect({ ok, text }).toMatchObject({
    ok: true,
    text: expect.stringMatching(/^已回到发布 1（版本 .*，操作员）。重启也停在这里/),
  })
  expect(days(first)).toBe('1. 要等八天。')
  expect(first.releases.current()).toMatchObject({ number: 1, pinned: true })
  await first.stop()

  const { log, lines } = capturedLog()
  const second = await start(small, { log })
  expect(days(second)).toBe('1. 要等八天。')
  expect(second.notice).toBe('回滚以后停在发布 1：文件夹里的知识和它不同，没有采用。要采用就发“重载”。')
  expect(lines.some(({ msg }) => msg.startsWith('rolled back'))).toBe(true)
  expect(await second.releases.reload({ by, unlessPinned: true })).toMatchObject({ ok: false, text: second.notice })

  edit(small, '八百天', '九天')
  expect((await second.releases.reload({ by })).text).toContain('已采用发布 3')
  await second.stop()
  const third = await start(small)
  expect([days(third), third.releases.current().number, third.notice]).toEqual(['1. 要等九天。', 3, undefined])
})

test('goes to any release that is kept, back and forth, and lists them where there is none', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await start(small)
  for (const day of ['九天', '十天']) {
    edit(small, /要等(.*?天)/.exec(small.read('knowledge/guide.md'))![1]!, day)
    await open.releases.reload({ by })
  }
  await open.releases.rollBack({ by, to: 1 })
  expect(days(open)).toBe('1. 要等八天。')
  expect((await open.releases.rollBack({ by })).text).toMatch(/^没有更早的发布。可以回到：\n3｜.*｜徐经理\n2｜/)
  expect((await open.releases.rollBack({ by, to: 7 })).text).toMatch(/^没有发布 7。可以回到：\n3｜/)
  expect(await open.releases.rollBack({ by, to: 1 })).toEqual({ ok: false, text: '现在用的就是发布 1。' })
  await open.releases.rollBack({ by, to: 3 })
  expect(days(open)).toBe('1. 要等十天。')
  expect((await open.releases.reload({ by })).text).toContain('不再停在回滚的状态')
})

test('keeps ten, and the one in use', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await start(small)
  for (let day = 2; day <= 12; day++) {
    edit(small, '## 2、等多久', `## 2、等多久\n\n第 ${day} 版\n`)
    await open.releases.reload({ by })
  }
  const numbers = readdirSync(small.path('data/releases')).filter((name) => /^\d+$/.test(name))
  expect(numbers.map(Number).sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test('what was taught is taken without what somebody went back from', async () => {
  const small = new SmallKnowledge(tempFolder())
  const first = await start(small)
  edit(small, '八天', '八百天')
  await first.releases.reload({ by })
  await first.releases.rollBack({ by })
  small.write('data/learned/days.yaml', 'id: days\nsection: "2"\nutterances:\n  - 还要熬几天呀\n')
  expect((await first.releases.reload({ by, only: 'learned' })).text).toContain('已采用发布 3')
  await first.stop()
  const second = await start(small)
  expect(days(second)).toBe('1. 要等八天。')
  expect(second.notice).toContain('回滚以后停在发布 3')
})

test('a start takes what lies in the folder, a restart goes on with what was in use', async () => {
  const small = new SmallKnowledge(tempFolder())
  await (await start(small)).stop()
  edit(small, '八天', '九天')
  const restarted = await start(small, { isRestart: true })
  expect(days(restarted)).toBe('1. 要等八天。')
  await restarted.stop()
  const started = await start(small)
  expect([days(started), started.releases.current().number]).toEqual(['1. 要等九天。', 2])
})

test.each<[string, (small: SmallKnowledge) => void, RegExp]>([
  ['broken', (small) => small.edit('intents/days.yaml', 'section: "2"', 'section: "99"'), /days\.yaml:2:10/],
  ['gone', (small) => rmSync(small.path('knowledge'), { recursive: true }), /knowledge 文件夹打不开/],
])('starts on the last good release when the folder is %s, and says so', async (_what, damage, why) => {
  const small = new SmallKnowledge(tempFolder())
  await (await start(small)).stop()
  damage(small)
  const open = await start(small)
  expect(days(open)).toBe('1. 要等八天。')
  expect(open.notice).toMatch(/^文件夹里的知识没有采用，用发布 1 启动。有错误，继续用发布 1。/)
  expect(open.notice).toMatch(why)
})

test('builds a release anew when what was built of it is not kept any more', async () => {
  const small = new SmallKnowledge(tempFolder())
  const told: string[] = []
  const tellOperator = (text: string): number => told.push(text)
  await (await start(small, { tellOperator })).stop()
  await (await start(small, { tellOperator })).stop()
  expect(told).toEqual([expect.stringContaining('请稍候')])
  rmSync(small.path('data/cache'), { recursive: true })
  edit(small, '八天', '九天')
  const open = await start(small, { isRestart: true, tellOperator })
  expect(days(open)).toBe('1. 要等八天。')
  expect(told).toHaveLength(2)
})

test('falls back to another release when the one in use is gone, and says so', async () => {
  const small = new SmallKnowledge(tempFolder())
  const first = await start(small)
  edit(small, '八天', '九天')
  await first.releases.reload({ by })
  await first.stop()
  rmSync(small.path('data/releases/2'), { recursive: true })
  const open = await start(small, { isRestart: true })
  expect([days(open), open.notice]).toEqual(['1. 要等八天。', '发布 2 不见了，改用发布 1。'])
})

test('does not guess which release was in use', async () => {
  const small = new SmallKnowledge(tempFolder())
  await (await start(small)).stop()
  small.write('data/releases/in-use.json', '{"number": 1')
  await expect(start(small)).rejects.toThrow(StoreError)
})

test('clears away what a killed process has left', async () => {
  const small = new SmallKnowledge(tempFolder())
  small.write('data/releases/.staged-1/knowledge/guide.md', '一半')
  await start(small)
  expect(readdirSync(small.path('data/releases')).sort()).toEqual(['1', 'in-use.json'])
})
