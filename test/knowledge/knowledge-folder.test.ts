import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KnowledgeError } from '../../src/errors.js'
import { KnowledgeFolder } from '../../src/knowledge/files.js'

let root = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'knowledge-folder-'))
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

const folder = (): KnowledgeFolder =>
  new KnowledgeFolder({ knowledgeDir: join(root, 'knowledge'), intentsDir: join(root, 'intents') })

/** Names as the folder gives them, without the temporary part. */
const named = (files: readonly { readonly file: string }[]): readonly string[] =>
  files.map(({ file }) => relative(root, file))

const complaintOf = async (): Promise<KnowledgeError> => {
  const outcome: unknown = await folder()
    .read()
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  if (!(outcome instanceof KnowledgeError)) throw new Error(`expected a KnowledgeError, got ${String(outcome)}`)
  return outcome
}

test('reads guides and intents of nested folders, sorted, and nothing else', async () => {
  await write({
    'knowledge/b.md': '二',
    'knowledge/a.MDX': '一',
    'knowledge/deep/er/c.md': '三',
    'knowledge/illustrations/x.png': 'x',
    'knowledge/_draft.md': 'x',
    'knowledge/.hidden.md': 'x',
    'knowledge/_drafts/d.md': 'x',
    'knowledge/notes.txt': 'x',
    'intents/b.yml': '四',
    'intents/a.yaml': '五',
    'intents/a.yaml.bak': 'x',
  })
  const { guides, intents } = await folder().read()
  expect(named(guides)).toEqual(['knowledge/a.MDX', 'knowledge/b.md', 'knowledge/deep/er/c.md'])
  expect(guides.map(({ text }) => text)).toEqual(['一', '二', '三'])
  expect(named(intents)).toEqual(['intents/a.yaml', 'intents/b.yml'])
})

test('reads what is there now, not what was there before', async () => {
  await write({ 'knowledge/a.md': '旧', 'intents/a.yaml': '' })
  const source = folder()
  await source.read()
  await write({ 'knowledge/a.md': '新' })
  expect((await source.read()).guides[0]?.text).toBe('新')
})

test('follows links inside of the folder, not out of it, and no circle', async () => {
  await write({ 'knowledge/real/a.md': '一', 'elsewhere/b.md': 'x', 'intents/a.yaml': '' })
  await symlink(join(root, 'elsewhere/b.md'), join(root, 'knowledge/out.md'))
  await symlink(join(root, 'elsewhere'), join(root, 'knowledge/outside'))
  await symlink(join(root, 'nowhere'), join(root, 'knowledge/dangling.md'))
  await symlink(join(root, 'knowledge/real/a.md'), join(root, 'knowledge/in.md'))
  await symlink(join(root, 'knowledge'), join(root, 'knowledge/real/circle'))
  expect(named((await folder().read()).guides)).toEqual(['knowledge/in.md', 'knowledge/real/a.md'])
})

test('empty folders are empty', async () => {
  await mkdir(join(root, 'knowledge'))
  await mkdir(join(root, 'intents'))
  expect(await folder().read()).toEqual({ guides: [], tables: [], intents: [] })
})

test('a folder that is not there is told by its name', async () => {
  await write({ 'knowledge/a.md': '一' })
  const { problems } = await complaintOf()
  expect(problems).toMatchObject([{ severity: 'error', line: 0, message: '文件夹打不开' }])
  expect(named(problems)).toEqual(['intents'])
})

test('a file in place of a folder is told, too', async () => {
  await write({ knowledge: 'x', 'intents/a.yaml': '' })
  expect((await complaintOf()).problems).toMatchObject([{ message: '文件夹打不开' }])
})

test('a file of more than 5 MB is refused', async () => {
  await write({ 'knowledge/a.md': 'x'.repeat(5 * 1024 * 1024 + 1), 'intents/a.yaml': '' })
  const { problems } = await complaintOf()
  expect(problems).toMatchObject([{ severity: 'error', message: '文件超过 5 MB' }])
  expect(named(problems)).toEqual(['knowledge/a.md'])
})

test('files of the working directory are named from there', async () => {
  const inside = new KnowledgeFolder({ knowledgeDir: 'test/knowledge', intentsDir: './intents' })
  const { intents } = await inside.read()
  expect(intents.map(({ file }) => file)).toContain('intents/concepts.yaml')
})
