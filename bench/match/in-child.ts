import { fork } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../src/config.js'
import { compileProgram } from '../../test/support/compile-program.js'
import type { Task, TaskResult } from './run-task.js'

/** Runs tasks, each in a process of its own. */
export interface TaskRunner {
  /** @returns undefined when it failed or wasn't done in time */
  run(task: Task, withinMs: number): Promise<TaskResult | undefined>
  close(): void
}

/** Compiled, as the bot itself runs: a program that is compiled on the fly names its functions anew at every call. */
export function openTaskRunner(): TaskRunner {
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-match-'))
  const program = compileProgram('bench/match/run-task', join(folder, 'program'))
  for (const name of ['knowledge', 'intents'])
    cpSync(join(PROJECT_ROOT, name), join(folder, 'program', name), { recursive: true })
  return {
    run: (task, withinMs) => inChild(program, task, withinMs),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function inChild(program: string, task: Task, withinMs: number): Promise<TaskResult | undefined> {
  const child = fork(program, [], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    serialization: 'advanced', // keeps NaN and Infinity
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), withinMs)
    let result: TaskResult | undefined
    child.once('message', (message) => {
      result = message as TaskResult
    })
    child.once('exit', () => {
      clearTimeout(late)
      resolve(result)
    })
    child.send(task)
  })
}
