import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WorkerThread } from '../../src/releases/worker-thread.js'

function aThread({ timeoutMs = 30_000 } = {}): WorkerThread {
  const program = join(import.meta.dirname, '../support/reloads/odd-jobs.mjs')
  const thread = new WorkerThread({ program, timeoutMs, idleMs: 60_000, maxHeapMb: 32 })
  onTestFinished(() => thread.stop())
  return thread
}

test('brings the result', async () => {
  expect(await aThread().run({ a: 1 })).toEqual({ a: 1 })
})

test.each([
  ['dies', 'die', 'crashed'],
  ['throws', 'throw', 'crashed'],
  ['takes all memory', 'swell', 'crashed'],
])('tells when the thread %s, and has another one for the next job', async (_what, job, reason) => {
  const thread = aThread()
  await expect(thread.run(job)).rejects.toMatchObject({ code: 'build-failed', reason })
  expect(await thread.run('next')).toBe('next')
})

test('gives up a job that does not end', async () => {
  const thread = aThread({ timeoutMs: 300 })
  await expect(thread.run('hang')).rejects.toMatchObject({ reason: 'timeout' })
})

test('passes on what the system said', async () => {
  await expect(aThread().run('fail')).rejects.toMatchObject({ reason: 'failed', systemCode: 'ENOSPC' })
})

test('rejects the job under way when it is stopped', async () => {
  const thread = aThread()
  const job = thread.run('hang')
  const rejected = expect(job).rejects.toMatchObject({ reason: 'stopped' })
  await thread.stop()
  await rejected
})

test('lets go of a thread without a job, and leaves one at work alone', async () => {
  const thread = aThread()
  const job = thread.run({ a: 1 })
  await thread.rest()
  expect(await job).toEqual({ a: 1 })
  await thread.rest()
  expect(await thread.run('next')).toBe('next')
})
