import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PROJECT = join(import.meta.dirname, '../..')

let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'knowledge-command-'))
  await mkdir(join(root, 'knowledge'))
  await mkdir(join(root, 'intents'))
  await writeFile(join(root, 'knowledge/a.md'), '# 题\n\n## 1、甲\n\n这是一句话。\n')
  await writeFile(join(root, 'intents/human.yaml'), 'utterances: [转人工]\n')
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

/** Runs `npm run knowledge` without npm, in the temporary folder. */
function run(...options: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const args = ['--import', join(PROJECT, 'node_modules/tsx/dist/esm/index.mjs'), join(PROJECT, 'src/cli/knowledge.ts')]
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, ...options], { cwd: root }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err })
    })
  })
}

const FOLDERS = ['--knowledge', 'knowledge', '--intents', 'intents'] as const

test('sound knowledge is described, with exit code 0', { timeout: 30_000 }, async () => {
  const { code, out } = await run(...FOLDERS)
  expect(out).toContain('题（a，knowledge/a.md）\n  1     甲  3 句（自动）')
  expect(out).toContain('没有错误')
  expect(code).toBe(0)
})

test('errors are told with their place, with exit code 1 and no stack trace', { timeout: 30_000 }, async () => {
  await writeFile(join(root, 'intents/b.yaml'), 'guide: a\nsection: 9\nutterances: [一]\n')
  const wrong = await run(...FOLDERS)
  expect(wrong.out).toContain('错误 intents/b.yaml:2:10 指南 a 里没有 9 这一节 → ')
  expect(wrong.code).toBe(1)
  const missing = await run('--knowledge', 'nowhere', '--intents', 'intents')
  expect(missing.err).toContain('nowhere 文件夹打不开 → 检查路径和权限')
  expect(missing.err).not.toContain('    at ')
  expect(missing.code).toBe(1)
})
