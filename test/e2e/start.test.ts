import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BotProcess } from '../support/fake-weixin/bot-process.js'
import { tempFolder } from '../support/temp-folder.js'

const ROOT = path.join(import.meta.dirname, '../..')
const SHIPPED = [
  'src',
  'scripts',
  'public',
  'knowledge',
  'intents',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
]
const STARTED = '过审小助手已启动'

/** What a fresh clone holds after `npm ci`: nothing is compiled. */
function aClone(): string {
  const folder = tempFolder()
  for (const name of SHIPPED) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  return folder
}

function npmStart(folder: string): BotProcess {
  const env = { ...process.env, GUOSHEN_WEB_PORT: '0' }
  const run = new BotProcess({ command: 'npm', args: ['start'], cwd: folder, env }).start()
  onTestFinished(async () => void (await run.stop()))
  return run
}

function edit(folder: string, from: string, to: string): void {
  const file = path.join(folder, 'src/bot.ts')
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
}

test('npm start runs what stands in the sources, and what ran before when an edit is half done', {
  timeout: 180_000,
}, async () => {
  const folder = aClone()
  const first = npmStart(folder)
  await first.waitOutput(new RegExp(STARTED), 120_000)
  expect(first.processes().filter(({ command }) => /tsx|tsc/.test(command))).toEqual([])
  await first.stop()
  edit(folder, STARTED, '改过的小助手已启动')
  const second = npmStart(folder)
  await second.waitOutput(/改过的小助手已启动/s)
  await second.stop()
  edit(folder, 'async function main', 'async func main')
  const third = npmStart(folder)
  await third.waitOutput(/源码没有编译成功，用上次编译好的程序启动。.*改过的小助手已启动/s)
  expect(third.output).toContain('src/bot.ts')
})

test('a clone that does not compile says so and ends', async () => {
  const folder = aClone()
  edit(folder, 'async function main', 'async func main')
  const run = npmStart(folder)
  expect((await run.waitExit(30_000))?.code).toBe(1)
  expect(run.output).toContain('源码没有编译成功，不能启动。')
})
