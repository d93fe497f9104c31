import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Task, TaskResult } from './run-task.js'

const PROGRAM = join(import.meta.dirname, 'run-task.ts')

/** Runs one task in a process of its own. @returns undefined when it failed or wasn't done in time */
export function inChild(task: Task, withinMs: number): Promise<TaskResult | undefined> {
  const child = fork(PROGRAM, [], {
    execArgv: [...process.execArgv, '--expose-gc'],
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
