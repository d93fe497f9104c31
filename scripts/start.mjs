import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * `npm start`: compiles what has been edited, which takes a second, and runs that. A program that compiles itself while
 * it runs keeps the compiler in memory, in the bot's process and in its supervisor's.
 */
const root = join(import.meta.dirname, '..')
const program = join(root, 'dist', 'main.js')

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const options = ['-p', join(root, 'tsconfig.build.json'), '--noCheck', '--noEmitOnError']
const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: ['ignore', 'inherit', 'inherit'] })
if (status !== 0) {
  // e.g. half an edit, a folder that can't be written to, or a disk that is full
  const isThere = existsSync(program)
  console.error(isThere ? '源码没有编译成功，用上次编译好的程序启动。' : '源码没有编译成功，不能启动。')
  if (!isThere) process.exit(1)
}
await import(pathToFileURL(program).href)
