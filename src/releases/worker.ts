import { parentPort } from 'node:worker_threads'
import { KnowledgeError } from '../errors.js'
import { formatProblem } from '../knowledge/checks.js'
import type { PrepareOrder } from './release.js'
import type { WorkerReply } from './worker-thread.js'
import { type ReleasePaths, ReleaseWorkshop } from './workshop.js'

/** What the bot's thread wants done. */
export type BuildJob = { readonly paths: ReleasePaths } & (
  | { readonly kind: 'prepare'; readonly order: PrepareOrder }
  | { readonly kind: 'restore'; readonly number: number }
)

// One thread serves one bot, so one workshop is all it ever needs.
let workshop: ReleaseWorkshop | undefined

parentPort?.on('message', async ({ id, job }: { readonly id: number; readonly job: BuildJob }) => {
  try {
    workshop ??= new ReleaseWorkshop(job.paths)
    const result = job.kind === 'prepare' ? await workshop.prepare(job.order) : await workshop.restore(job.number)
    reply({ id, result })
  } catch (error) {
    reply({ id, failure: { message: messageOf(error), code: (error as NodeJS.ErrnoException).code } })
  }
})

const reply = (message: WorkerReply): void => parentPort?.postMessage(message)

function messageOf(error: unknown): string {
  if (error instanceof KnowledgeError) return error.problems.map(formatProblem).join('\n')
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
