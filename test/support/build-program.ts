import { execFileSync } from 'node:child_process'
import path from 'node:path'
import type { TestProject } from 'vitest/node'

const ROOT = path.join(import.meta.dirname, '../..')

/** Before all end-to-end tests: compiles the program that they start again and again, and lets it train once. */
export default function build({ config }: TestProject): void {
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...config.env }, stdio: 'pipe' })
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck')
  run('dist/cli/ask.js', '4.2')
}
