import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KnowledgeFolder } from '../../src/knowledge/files.js'
import { OPERATOR, type Orderer, type Report } from '../../src/model/ports.js'
import { KnowledgeEditor, openEdits } from '../../src/releases/edits.js'
import { aSnapshot } from '../support/a-snapshot.js'
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

async function anEditor(report: Report = { ok: true, text: '已采用发布 2' }) {
  const root = tempFolder()
  for (const name of ['knowledge', 'intents', 'data']) mkdirSync(join(root, name))
  const path = join(root, 'knowledge/fasttest.md')
  writeFileSync(path, GUIDE)
  writeFileSync(join(root, 'intents/a.yaml'), 'id: a\nsection: "1"\nutterances: [选哪个类目]\n')
  const seen: string[] = []
  const open = async () =>
    new KnowledgeEditor({
      folder: new KnowledgeFolder({ knowledgeDir: join(root, 'knowledge'), intentsDir: join(root, 'intents') }),
      list: await openEdits({ dataDir: join(root, 'data'), log: { error() {} } }),
      snapshot: () => aSnapshot(),
      clock: fixedClock(),
      reload: async () => {
        seen.push(readFileSync(path, 'utf8'))
        return report
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
    expect((await section()).bubbles.map(({ text }) => text).join()).toContain('照弹窗里的示例填写声明')
    expect(await editor.section('9')).toBeUndefined()
  })

  test('is on the server and not in the file, also after a restart, and its bubbles are new', async () => {
    const { editor, open, section, onDisk } = await anEditor()
    const { hash } = await section()
    const markdown = '## 2. 填写声明\n\n一个字都不用写。\n'
    const kept = await editor.keep('2', { markdown, baseHash: hash }, CHEN)
    expect(kept?.isKept).toBe(true)
    expect(kept?.view.bubbles.map(({ text }) => text).join()).toContain('一个字都不用写')
    expect(onDisk()).toBe(GUIDE)
    expect(await (await open()).section('2')).toMatchObject({ edit: { markdown, by: '陈工' } })
    await editor.keep('2', { markdown: (await section()).markdown, baseHash: hash }, CHEN)
    expect((await editor.tree()).edits).toEqual([])
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
