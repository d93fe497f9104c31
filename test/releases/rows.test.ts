import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { KnowledgeFolder } from '../../src/knowledge/files.js'
import { readKnowledge } from '../../src/knowledge/read.js'
import { OPERATOR, type Orderer } from '../../src/model/ports.js'
import { KnowledgeEditor } from '../../src/releases/edits.js'
import { type RowFields, rowOf, rowsIn, viewOfRow, withFields } from '../../src/releases/rows.js'
import { openEdits } from '../../src/store/open.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const ROOT = join(import.meta.dirname, '../..')
const CATEGORIES = `meta:
  source: 后台
  date: 2026-07-29
  strength: S

cues: [类目, 卖]

categories:

  # —— 酒 ——

  - path: 商家自营-酒类
    documents: { choose: 1, of: ["《食品经营许可证》（酒类）", 《酒类流通备案》] }
    individual: false
    secondReview: false
    words: [白酒, 红酒]   # 具体的酒
    for: 卖酒

  # —— 书 ——

  - path: 商家自营-图书
    documents: { choose: all, of: [《出版物经营许可证》] }
    individual: false
    secondReview: false
    words: [图书]
    for: 卖书
`
const BY: Orderer = { who: OPERATOR, role: 'operator', where: 'page' }
const CHEN = { key: 'name:陈工', name: '陈工' }
const BOOKS = 'row:categories:商家自营-图书'

async function anEditor({ reloads = true } = {}) {
  const root = tempFolder()
  for (const name of ['knowledge', 'intents', 'data']) mkdirSync(join(root, name))
  const [knowledgeDir, intentsDir] = [join(root, 'knowledge'), join(root, 'intents')]
  writeFileSync(join(knowledgeDir, 'categories.yaml'), CATEGORIES)
  writeFileSync(join(knowledgeDir, 'guide.md'), '---\nid: fasttest\ntitle: 指南\n---\n\n## 1. 类目\n\n选类目。\n')
  writeFileSync(join(intentsDir, 'a.yaml'), 'id: a\nsection: "1"\nutterances: [选哪个类目]\n')
  const folder = new KnowledgeFolder({ knowledgeDir, intentsDir })
  const editor = new KnowledgeEditor({
    ...{ folder, knowledgeDir, clock: fixedClock(), snapshot: () => aSnapshot() },
    list: await openEdits({ dataDir: join(root, 'data'), log: capturedLog().log }),
    reload: async () => ({ ok: reloads, text: '好的' }),
    ...{ releases: () => [], filesOf: () => folder.read() },
  })
  const change = async (key: string, fields: RowFields) => {
    const { hash, editHash } = (await editor.section(key))!
    return (await editor.keep(key, { fields, baseHash: hash, seen: editHash }, CHEN))!.view
  }
  const onDisk = (name = 'categories.yaml') => readFileSync(join(knowledgeDir, name), 'utf8')
  return { root, editor, folder, change, knowledgeDir, onDisk }
}

describe('the rows of the shipped tables', () => {
  test.each(['categories', 'rejections'])('%s: all of them are found, and lose nothing in a form', (name) => {
    const text = readFileSync(join(ROOT, `knowledge/${name}.yaml`), 'utf8')
    const rows = rowsIn({ file: name, kept: `knowledge/${name}.yaml`, text })
    expect(rows.length).toBe(text.match(/^ {2}- /gm)?.length)
    for (const { key, markdown } of rows) {
      const list = name === 'rejections' ? 'rejections' : 'categories'
      const { fields } = viewOfRow(list, markdown, 1)!
      expect(withFields(markdown, fields), key).toBe(markdown)
      expect(viewOfRow(list, rowOf(fields), 1)!.fields, key).toEqual(fields)
    }
  })
})

describe('a row that is edited', () => {
  test('changes the lines of its field alone, remarks and all other lines stay', async () => {
    const { editor, change, onDisk } = await anEditor()
    const view = await change('row:categories:商家自营-酒类', { for: '卖酒，也卖“酒具”', words: ['白酒', '酒，醋'] })
    expect(view).toMatchObject({ line: 12, problems: [], row: { lines: { path: 12, for: 17 } } })
    expect(view.told.asked.bubbles[0]?.text).toContain('《食品经营许可证》')
    expect(await editor.release({ by: BY, force: false })).toMatchObject({ ok: true })
    expect(onDisk()).toBe(
      CATEGORIES.replace('for: 卖酒', 'for: 卖酒，也卖“酒具”').replace(/words: \[白酒.*/, 'words: [白酒, "酒，醋"]'),
    )
  })

  test('is checked by the line of the file, and what is wrong keeps nobody from going on', async () => {
    const { editor, change, onDisk } = await anEditor()
    const wrong = await change(BOOKS, { for: '', words: [], individual: 'vielleicht' })
    const lines = onDisk().split('\n')
    expect(wrong.problems.map(({ line }) => lines[line - 1]?.trim().split(':')[0])).toEqual(['individual', 'for'])
    expect(wrong.problems.every(({ file }) => file.endsWith('categories.yaml'))).toBe(true)
    const [list] = (await editor.tree()).tables
    expect(list?.rows).toMatchObject([{ isEdited: false }, { isEdited: true, problemCount: 2, isWrong: true }])
    expect((await change(BOOKS, { for: '卖书', individual: 'true' })).problems).toEqual([])
  })

  test('of two people at once: each keeps what they wrote in another field, the same field is shown to both', async () => {
    const { editor } = await anEditor()
    const { hash } = (await editor.section(BOOKS))!
    const first = (await editor.keep(BOOKS, { fields: { for: '甲' }, baseHash: hash, seen: '' }, CHEN))!
    expect(first.isKept).toBe(true)
    const late = (await editor.keep(BOOKS, { fields: { note: '乙' }, baseHash: hash, seen: '' }, CHEN))!
    expect(late).toMatchObject({ isKept: false, clash: 'draft', view: { row: { fields: { for: '甲' } } } })
    const seen = late.view.editHash
    const again = (await editor.keep(BOOKS, { fields: { note: '乙' }, baseHash: hash, seen }, CHEN))!
    expect(again.view.row?.fields).toMatchObject({ for: '甲', note: '乙' })
  })

  test('is begun by its name, filled in, and stands behind the last one; taken out, nothing of it is left', async () => {
    const { editor, change, onDisk } = await anEditor()
    const { key, problems } = (await editor.addRow('categories', '商家自营-茶叶', CHEN))!
    expect(problems.map(({ message }) => message)).toEqual(['“for”是空的'])
    expect((await change(key, { for: '卖茶', words: ['茶叶'] })).problems).toEqual([])
    expect(await editor.addRow('rejections', '9.9', CHEN)).toBeUndefined()
    await editor.release({ by: BY, force: false })
    expect(onDisk()).toMatch(/for: 卖书\n\n {2}- path: 商家自营-茶叶\n[\s\S]*for: 卖茶\n/)
    const added = 'row:categories:商家自营-茶叶'
    const { hash } = (await editor.section(added))!
    await editor.keep(added, { markdown: '', baseHash: hash }, CHEN)
    await editor.release({ by: BY, force: false })
    expect(onDisk().trimEnd()).toBe(CATEGORIES.trimEnd())
  })
})

describe('a guide of one’s own', () => {
  test('begins as a template that checks clean, and is a guide after its release', async () => {
    const { editor, folder, onDisk } = await anEditor()
    const before = readKnowledge(await folder.read()).problems
    const begun = await editor.addGuide({ id: 'invoice', title: '开发票: “电子”' }, CHEN)
    expect(begun).toMatchObject({ key: 'guide:invoice', problems: [], title: '开发票: “电子”怎么开始' })
    if (typeof begun === 'string') throw new Error(begun)
    expect(begun.told.whole.bubbles.length).toBeGreaterThan(0)
    expect((await editor.tree()).guides[1]).toMatchObject({
      title: '开发票: “电子”',
      sections: [{ key: 'guide:invoice', isEdited: true }],
    })
    expect(await editor.addGuide({ id: 'invoice', title: '又一份' }, CHEN)).toContain('换一个编号')
    expect(await editor.addGuide({ id: 'fasttest', title: '又一份' }, CHEN)).toContain('换一个编号')
    expect(await editor.release({ by: BY, force: false })).toMatchObject({ ok: true })
    expect(onDisk('invoice.md')).toBe(`${begun.edit?.markdown.trimEnd()}\n`)
    const { content, problems } = readKnowledge(await folder.read())
    expect(problems).toEqual(before)
    expect(content.guides.map(({ id }) => id)).toEqual(['fasttest', 'invoice'])
    expect((await editor.tree()).edits).toEqual([])
  })
})

describe('a folder that can’t be written', () => {
  test('gives the drafts away as a patch; applied at the source, there is nothing left to release', async () => {
    const { editor, change, root, knowledgeDir, onDisk } = await anEditor()
    await change(BOOKS, { for: '卖书和杂志' })
    await editor.addGuide({ id: 'invoice', title: '开发票' }, CHEN)
    const made = await editor.patch()
    if (!('patch' in made)) throw new Error(made.text)
    expect(made.patch).toMatch(/^在放着 knowledge 和 intents 的文件夹里运行 git apply/)
    const source = join(root, 'source')
    mkdirSync(join(source, 'knowledge'), { recursive: true })
    for (const name of ['categories.yaml', 'guide.md'])
      copyFileSync(join(knowledgeDir, name), join(source, 'knowledge', name))
    writeFileSync(join(source, 'guoshen.patch'), made.patch)
    execFileSync('git', ['apply', 'guoshen.patch'], { cwd: source })
    for (const name of ['categories.yaml', 'invoice.md'])
      copyFileSync(join(source, 'knowledge', name), join(knowledgeDir, name))
    expect(onDisk()).toContain('卖书和杂志')
    chmodSync(join(knowledgeDir, 'categories.yaml'), 0o444)
    expect(await editor.changes()).toMatchObject({ differences: [] })
    expect(await editor.release({ by: BY, force: false })).toMatchObject({ ok: true })
    expect((await editor.tree()).edits).toEqual([])
  })
})
