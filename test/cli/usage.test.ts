import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

/** Runs a program of ours as npm does. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(ROOT, program), ...args], {
    cwd: ROOT,
  })
  return stdout
}

test.each([
  ['src/main.ts', 'npm start'],
  ['src/cli/ask.ts', 'npm run ask'],
  ['src/cli/knowledge.ts', 'npm run knowledge'],
  ['src/cli/tickets.ts', 'npm run tickets'],
  ['src/cli/eval.ts', 'npm run eval'],
])('%s tells how it is called', async (program, command) => {
  expect(await run(program, '--help')).toContain(`用法：${command}`)
})

test('whoever has read enough of it is not shown a crash', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/cli/ask.ts'), '--help'], { cwd: ROOT })
  child.stdout.destroy()
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  expect([code, said]).toEqual([0, ''])
})
