import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { KnowledgeError } from '../../src/errors.js'
import type { OpenReleases, ReleasesSetup } from '../../src/releases/open.js'
import { SmallKnowledge } from '../support/reloads/small-knowledge.js'
import { tempFolder } from '../support/temp-folder.js'

const by = { key: 'remark:管理员', name: '徐经理' }

async function opened(knowledge: SmallKnowledge, facts: Partial<ReleasesSetup> = {}): Promise<OpenReleases> {
  const open = await knowledge.open(facts)
  onTestFinished(() => open.stop())
  return open
}

const steps = ({ knowledge }: OpenReleases, key = '1'): readonly string[] =>
  knowledge.current.sections.get(key)!.parts.flatMap(({ lines }) => lines)

test('numbers the first release, and keeps its files and its report', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  expect(open.releases.current()).toMatchObject({ number: 1, version: open.knowledge.current.version })
  expect(readFileSync(small.path('data/releases/1/knowledge/guide.md'), 'utf8')).toBe(small.read('knowledge/guide.md'))
  expect(readFileSync(small.path('data/releases/1/report.md'), 'utf8')).toContain('必答题 3 道：答对 3')
  expect(open.notice).toBeUndefined()
})

test('takes an edit, and says what is different', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  const before = open.knowledge.current
  small.edit('knowledge/guide.md', '选“包含”', '选“不包含”')
  small.edit('intents/days.yaml', '  - 等几天', '  - 等几天啊\n  - 提交以后要等到哪天')
  const { ok, text } = await open.releases.reload({ by })
  expect(ok).toBe(true)
  expect(text).toMatch(/^已采用发布 2（版本 [0-9a-f]{8}，原来是发布 1）。\n小节：修改 1（1）\n说法：新增 1，修改 1\n/)
  expect(text).toContain('必答题 3 道：答对 3')
  expect(steps(open)).toContain('2. 选“不包含”。')
  expect(before.sections.get('1')!.parts.flatMap(({ lines }) => lines)).toContain('2. 选“包含”。')
  const report = readFileSync(/全文：(\S+)$/.exec(text)![1]!, 'utf8')
  expect(report).toContain('## 说法：新增（1）\n\n- 2：提交以后要等到哪天')
})

test('tells an author which of the new sentences are not answered as meant, and what is answered instead', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.edit('intents/days.yaml', '  - 等几天', '  - 等几天\n  - 填\n  - 提交以后要等到哪天')
  expect((await open.releases.check()).text).toMatch(/写的话有 1 句现在答不对：\n· “填” 应该答 2，现在\S+/)
})

test('keeps its number when nothing has changed, golden questions apart', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.edit('intents/golden.yaml', '审核要多久', '要等多久')
  const { ok, text } = await open.releases.reload({ by })
  expect({ ok, text }).toMatchObject({ ok: true, text: expect.stringMatching(/^知识没有变化，还是发布 1（/) })
  expect(readdirSync(small.path('data/releases')).sort()).toEqual(['1', 'in-use.json'])
})

test('refuses a broken edit with file and line, and goes on with the old one', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.write('intents/days.yaml', 'id: days\nsection: "22"\nutterances:\n  - 审核要多久\n')
  const { ok, text } = await open.releases.reload({ by, force: true })
  expect(ok).toBe(false)
  expect(text).toMatch(
    /^有错误，继续用发布 1。请改好再试：\n\S*intents\/days\.yaml:2:10 指南 fasttest 里没有 22 这一节/,
  )
  expect(open.releases.current().number).toBe(1)
})

test('refuses golden questions that can not be read', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.edit('intents/golden.yaml', 'heard: overheard', 'heard: 群里')
  expect((await open.releases.reload({ by })).text).toMatch(/golden\.yaml:7:12 heard 不能写“群里”/)
})

test('does not take what answers a golden question worse, unless somebody insists', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.edit('intents/days.yaml', '  - 审核要多久\n', '')
  small.edit('intents/category.yaml', '  - 类目在哪里\n', '  - 类目在哪里\n  - 审核要多久\n')
  const refused = await open.releases.reload({ by })
  expect(refused.ok).toBe(false)
  expect(refused.text).toMatch(
    /^没有采用，继续用发布 1，因为：\n必答题少对 1 道：\n· “审核要多久” 应该答 2，变成了答 3（\S*golden\.yaml:4）/,
  )
  expect(refused.text).toContain('“重载 强制”')
  expect(readdirSync(small.path('data/releases')).sort()).toEqual(['1', 'in-use.json', 'refused.md'])
  const forced = await open.releases.reload({ by, force: true })
  expect(forced).toMatchObject({ ok: true, text: expect.stringMatching(/^已采用发布 2（.*），是强制采用的。/) })
})

test('checks without taking anything', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  expect((await open.releases.check()).text).toMatch(/^检查完：和正在用的知识一样。\n(?!内容没有变化)/)
  small.edit('knowledge/guide.md', '要等八天', '要等九天，见 4.9\n\n![图](/img/nowhere.png)')
  const { ok, text } = await open.releases.check()
  expect({ ok, text }).toMatchObject({
    ok: true,
    text: expect.stringMatching(/^检查通过，可以“重载”。\n小节：修改 1（2）/),
  })
  const report = small.read('data/releases/check.md')
  expect(report).toMatch(/guide\.md:17:\d+ 找不到图片 \/img\/nowhere\.png/)
  expect(report).toContain('提到了 4.9，指南里没有这一节')
  expect(open.releases.current().number).toBe(1)
  expect(readdirSync(small.path('data/releases')).sort()).toEqual(['1', 'check.md', 'in-use.json'])
})

test('lets orders wait for each other, and those alike share a turn', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.edit('knowledge/guide.md', '八天', '九天')
  const first = open.releases.reload({ by })
  await Promise.resolve()
  const [second, third] = [open.releases.reload({ by }), open.releases.reload({ by })]
  expect(second).toBe(third)
  expect((await first).text).toContain('已采用发布 2')
  expect((await second).text).toContain('知识没有变化，还是发布 2')
})

test('keeps the old one when the disk refuses the new one, and takes it when it can', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  await mkdir(small.path('data/releases/2/somebody'), { recursive: true })
  small.edit('knowledge/guide.md', '八天', '九天')
  const { ok, text } = await open.releases.reload({ by })
  expect({ ok, text }).toEqual({ ok: false, text: '没有成功，继续用发布 1。原因写在运行日志里。' })
  expect(steps(open, '2')).toEqual(['1. 要等八天。'])
  expect(readdirSync(small.path('data/releases')).sort()).toEqual(['1', '2', 'in-use.json'])
})

test('refuses to start a fresh clone with broken knowledge, and says where', async () => {
  const small = new SmallKnowledge(tempFolder())
  small.edit('intents/days.yaml', 'section', 'sektion')
  const error = await small.open().catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(KnowledgeError)
  expect((error as KnowledgeError).problems[0]).toMatchObject({ file: expect.stringMatching(/days\.yaml$/), line: 2 })
  expect(existsSync(small.path('data/releases/1'))).toBe(false)
})

test('takes only what was taught, while an author is in the middle of an edit', async () => {
  const small = new SmallKnowledge(tempFolder())
  const open = await opened(small)
  small.write('knowledge/guide.md', '写到一半')
  await mkdir(small.path('data/learned'), { recursive: true })
  await writeFile(small.path('data/learned/days.yaml'), 'id: days\nsection: "2"\nutterances:\n  - 还要熬几天呀\n')
  const { ok, text } = await open.releases.reload({ by, only: 'learned' })
  expect({ ok, text }).toMatchObject({ ok: true, text: expect.stringContaining('说法：新增 1') })
  expect(steps(open, '2')).toEqual(['1. 要等八天。'])
  expect(open.knowledge.current.matcher.match('还要熬几天呀').candidates[0]?.sectionKey).toBe('2')
})
