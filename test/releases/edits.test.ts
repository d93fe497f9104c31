import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KnowledgeFolder } from '../../src/knowledge/files.js'
import { OPERATOR, type Orderer, type Report } from '../../src/model/ports.js'
import { KnowledgeEditor } from '../../src/releases/edits.js'
import { openEdits } from '../../src/store/open.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const GUIDE = `---
id: fasttest
title: 指南
---

## 1. 选择服务类目

先选社区类目。

## 2. 填写声明

照弹窗里的示例填写声明。
`
const BY: Orderer = { who: OPERATOR, role: 'operator', where: 'page' }
const CHEN = { key: 'name:陈工', name: '陈工' }

async function anEditor(
  report: Report = { ok: true, text: '已采用发布 2' },
  kept: readonly { readonly number: number; readonly note?: string; readonly guide: string }[] = [],
) {
  const root = tempFolder()
  for (const name of ['knowledge', 'intents', 'data']) mkdirSync(join(root, name))
  const path = join(root, 'knowledge/fasttest.md')
  writeFileSync(path, GUIDE)
  writeFileSync(join(root, 'intents/a.yaml'), 'id: a\nsection: "1"\nutterances: [选哪个类目]\n')
  const seen: string[] = []
  const open = async () =>
    new KnowledgeEditor({
      folder: new KnowledgeFolder({ knowledgeDir: join(root, 'knowledge'), intentsDir: join(root, 'intents') }),
      knowledgeDir: join(root, 'knowledge'),
      list: await openEdits({ dataDir: join(root, 'data'), log: capturedLog().log }),
      snapshot: () => aSnapshot(),
      clock: fixedClock(),
      reload: async () => {
        seen.push(readFileSync(path, 'utf8'))
        return report
      },
      releases: () => kept.map(({ guide: _guide, ...one }) => ({ ...one, atMs: one.number, by: CHEN })),
      filesOf: async (release) => {
        const { guide: text } = kept.find(({ number }) => number === release)!
        return { guides: [{ file: path, kept: 'knowledge/fasttest.md', text }], tables: [], intents: [] }
      },
    })
  const editor = await open()
  const section = async (key = '2') => (await editor.section(key))!
  return { editor, open, path, section, seen, onDisk: () => readFileSync(path, 'utf8') }
}

describe('a draft of a section', () => {
  test('begins with what stands in the file, by its lines, and shows the bubbles', async () => {
    const { section, editor } = await anEditor()
    expect(await section()).toMatchObject({ title: '填写声明', line: 10, edit: null, problems: [] })
    expect((await section()).markdown).toBe('## 2. 填写声明\n\n照弹窗里的示例填写声明。\n')
    expect((await section()).told.whole.bubbles.map(({ text }) => text).join()).toContain('照弹窗里的示例填写声明')
    expect(await editor.section('9')).toBeUndefined()
  })

  test('is on the server and not in the file, also after a restart, and its bubbles are new', async () => {
    const { editor, open, section, onDisk } = await anEditor()
    const { hash } = await section()
    const markdown = '## 2. 填写声明\n\n一个字都不用写。\n'
    const kept = await editor.keep('2', { markdown, baseHash: hash }, CHEN)
    expect(kept?.isKept).toBe(true)
    expect(kept?.view.told.whole.bubbles.map(({ text }) => text).join()).toContain('一个字都不用写')
    expect(onDisk()).toBe(GUIDE)
    expect(await (await open()).section('2')).toMatchObject({ edit: { markdown, by: '陈工' } })
    await editor.keep('2', { markdown: (await section()).markdown, baseHash: hash }, CHEN)
    expect((await editor.tree()).edits).toEqual([])
  })

  test('says what it changes, and names its file the same wherever that lies', async () => {
    const { editor, section } = await anEditor()
    const { hash } = await section()
    await editor.keep('2', { markdown: '## 2. 填写声明\n\n:::info[需要的图]\n:::\n', baseHash: hash }, CHEN)
    const { difference, file, problems } = await section()
    expect(difference).toEqual([' ', '-照弹窗里的示例填写声明。', '+:::info[需要的图]', '+:::'])
    expect(problems.length).toBeGreaterThan(0)
    expect(new Set([file, ...problems.map((one) => one.file)])).toEqual(new Set(['knowledge/fasttest.md']))
  })

  test('has a history: the releases that have changed it, with what they changed', async () => {
    const [second, third] = ['照弹窗填。', '不用写。'].map((words) => GUIDE.replace('照弹窗里的示例填写声明。', words))
    const { editor } = await anEditor(undefined, [
      { number: 1, guide: GUIDE.split('## 2')[0]! },
      { number: 2, guide: GUIDE },
      { number: 3, guide: `${GUIDE}\n## 9. 别的\n\n不相干。\n` },
      { number: 4, note: '说短些', guide: second! },
      { number: 5, guide: third! },
    ])
    const history = await editor.history('2')
    expect(history.map(({ number }) => number)).toEqual([5, 4, 2])
    expect(history[1]).toMatchObject({ by: '陈工', note: '说短些', markdown: expect.stringContaining('照弹窗填。') })
    expect(history[1]?.difference).toContain('+照弹窗填。')
    expect(history[2]?.difference).toEqual([])
    expect(await editor.history('7')).toEqual([])
  })

  test('overwrites nothing that was changed in the file meanwhile', async () => {
    const { editor, section, path, onDisk } = await anEditor()
    const { hash } = await section()
    const draft = { markdown: '## 2. 填写声明\n\n草稿。\n', baseHash: hash }
    await editor.keep('2', draft, CHEN)
    writeFileSync(path, GUIDE.replace('照弹窗里的示例填写声明', '别人改过了'))
    const late = await editor.keep('2', { ...draft, markdown: '## 2. 填写声明\n\n更新的草稿。\n' }, CHEN)
    expect(late).toMatchObject({ isKept: false, view: { edit: { markdown: draft.markdown } } })
    expect(late?.view.markdown).toContain('别人改过了')
    expect(await editor.release({ by: BY, force: false })).toMatchObject({
      ok: false,
      text: expect.stringContaining('小节 2'),
    })
    expect(onDisk()).toContain('别人改过了')
  })
})

describe('a release of drafts', () => {
  const edited = async (report?: Report) => {
    const made = await anEditor(report)
    for (const key of ['1', '2']) {
      const { hash, markdown } = await made.section(key)
      await made.editor.keep(key, { markdown: `${markdown.trimEnd()}\n\n改过的 ${key}。\n`, baseHash: hash }, CHEN)
    }
    return made
  }

  test('writes them all to the file and reloads', async () => {
    const { editor, seen, onDisk } = await edited()
    expect(await editor.release({ by: BY, force: false })).toEqual({ ok: true, text: '已采用发布 2' })
    expect(seen[0]).toMatch(/改过的 1。[\s\S]*改过的 2。/)
    expect(onDisk()).toBe(seen[0])
    expect((await editor.tree()).edits).toEqual([])
    expect(await editor.release({ by: BY, force: false })).toMatchObject({ ok: false })
  })

  test('that is refused leaves file and drafts as they were', async () => {
    const { editor, seen, onDisk } = await edited({ ok: false, text: '必答题少对 1 道' })
    const report = await editor.release({ by: BY, force: false })
    expect(report).toMatchObject({ ok: false, text: expect.stringContaining('必答题少对 1 道') })
    expect(seen[0]).toContain('改过的 2。')
    expect(onDisk()).toBe(GUIDE)
    expect((await editor.tree()).edits).toHaveLength(2)
  })

  test('that a kill has cut behind the writing goes through the next time', async () => {
    const { editor, path, section, onDisk } = await edited()
    const written = (await section('2')).edit!.markdown
    writeFileSync(path, GUIDE.replace('## 2. 填写声明\n\n照弹窗里的示例填写声明。\n', written))
    expect(await editor.release({ by: BY, force: false })).toMatchObject({ ok: true })
    expect(onDisk()).toMatch(/改过的 1。[\s\S]*改过的 2。/)
  })
})

const ANSWERS = `---
section: "1"
---

# 类目

## 选哪个
问：类目选哪个 / 选哪个类目
答：选社区。
编号：which

## 能改吗
问：类目能改吗
答：能，一个月三次。
编号：change
`

describe('a draft of a short answer', () => {
  const withAnswers = async (report?: Report) => {
    const made = await anEditor(report)
    const folder = join(made.path, '..', 'answers')
    mkdirSync(folder)
    writeFileSync(join(folder, 'guide-1.md'), ANSWERS)
    const read = (name: string) => readFileSync(join(folder, name), 'utf8')
    return { ...made, read, folder }
  }

  test('is its block alone, with its heading, and a release changes nothing around it', async () => {
    const { editor, section, read } = await withAnswers()
    const { markdown, hash, line, told } = await section('answer:which')
    expect(markdown).toBe('## 选哪个\n问：类目选哪个 / 选哪个类目\n答：选社区。\n编号：which')
    expect(line).toBe(7)
    expect(told.asked).toMatchObject({ question: '类目选哪个', bubbles: [{ text: expect.stringContaining('选社区') }] })
    const kept = await editor.keep(
      'answer:which',
      { markdown: markdown.replace('选社区', '选论坛'), baseHash: hash },
      CHEN,
    )
    expect(kept?.view.told.asked.bubbles[0]?.text).toContain('选论坛')
    expect((await editor.tree()).answers).toMatchObject([
      {
        answers: [
          { key: 'answer:which', isEdited: true },
          { key: 'answer:change', isEdited: false },
        ],
      },
    ])
    await editor.release({ by: BY, force: false })
    expect(read('guide-1.md')).toBe(ANSWERS.replace('选社区', '选论坛'))
  })

  test('that is empty takes it out', async () => {
    const { editor, section, read } = await withAnswers()
    await editor.keep('answer:which', { markdown: '', baseHash: (await section('answer:which')).hash }, CHEN)
    await editor.release({ by: BY, force: false })
    expect(read('guide-1.md')).not.toContain('which')
    expect(read('guide-1.md')).toContain('## 能改吗')
  })

  test('that is new stands in a file of its own, and is nowhere where it is refused', async () => {
    const { editor, read } = await withAnswers()
    const { key } = await editor.addAnswer(
      { asks: ['要盖章吗', '盖不盖章'], lines: ['不用盖章。'], section: '2' },
      CHEN,
    )
    expect(await editor.section(key)).toMatchObject({ title: '要盖章吗', edit: { by: '陈工' } })
    await editor.release({ by: BY, force: false })
    expect(read('added.md')).toMatch(
      /^# 在网页里写的短答\n+## 要盖章吗\n问：要盖章吗 \/ 盖不盖章\n答：不用盖章。\n节：2\n/,
    )
    expect((await editor.section(key))?.edit).toBeNull()
    const refused = await withAnswers({ ok: false, text: '必答题少对 1 道' })
    await refused.editor.addAnswer({ asks: ['要盖章吗'], lines: ['不用盖章。'] }, CHEN)
    expect(await refused.editor.release({ by: BY, force: false })).toMatchObject({ ok: false })
    expect(() => refused.read('added.md')).toThrow()
    expect((await refused.editor.tree()).edits).toHaveLength(1)
  })

  test('takes in further ways of asking, and is released alone', async () => {
    const { editor, section, read } = await withAnswers()
    await editor.keep('2', { markdown: '## 2. 填写声明\n\n别的草稿。\n', baseHash: (await section('2')).hash }, CHEN)
    await editor.addAsks('answer:change', ['能不能换类目'], CHEN)
    await editor.release({ by: BY, force: false, keys: ['answer:change'] })
    expect(read('guide-1.md')).toContain('问：类目能改吗\n问：能不能换类目\n答：')
    expect((await editor.tree()).edits.map(({ key }) => key)).toEqual(['2'])
  })
})

describe('two who write at once', () => {
  test('lose nothing: the later one is shown the draft that came meanwhile', async () => {
    const { editor, section } = await anEditor()
    const { hash } = await section()
    const of = (words: string) => ({ markdown: `## 2. 填写声明\n\n${words}\n`, baseHash: hash })
    const first = await editor.keep('2', { ...of('陈工写的。'), seen: '' }, CHEN)
    const second = await editor.keep('2', { ...of('徐经理写的。'), seen: '' }, { key: 'x', name: '徐经理' })
    expect(second).toMatchObject({ isKept: false, clash: 'draft', view: { edit: { by: '陈工' } } })
    expect((await section()).edit?.markdown).toContain('陈工写的')
    const seen = first!.view.editHash
    expect(await editor.keep('2', { ...of('两人商量的。'), seen }, CHEN)).toMatchObject({ isKept: true })
  })

  test('get a section that is written behind another one shown as customers would', async () => {
    const { editor, section } = await anEditor()
    const { hash, markdown } = await section()
    const two = `${markdown}\n## 3. 新小节\n\n新的一步。\n`
    const kept = await editor.keep('2', { markdown: two, baseHash: hash }, CHEN)
    expect(kept?.view.told.whole.bubbles.map(({ text }) => text).join()).toMatch(/照弹窗[\s\S]*新的一步/)
  })
})
