import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { BuildError } from '../errors.js'

export interface WorkerOptions {
  /** Beside other code, in TypeScript as well as compiled. */
  readonly program: string
  readonly timeoutMs: number
  /** A thread without work is ended after so long; it holds some 100 MB. */
  readonly idleMs: number
  /** Beyond it the thread is ended before it takes the machine's memory; default 1024. */
  readonly maxHeapMb?: number
}

interface Waiting {
  readonly id: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** What the program answers to `{ id, job }`. */
export type WorkerReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { readonly message: string; readonly code: string | undefined } }

const TYPESCRIPT_STARTER = fileURLToPath(new URL('typescript-worker.mjs', import.meta.url))
const MAX_HEAP_MB = 1024 // training on the shipped knowledge takes 150, on 5,000 sections more

/** A thread for work that would keep messages waiting, a job at a time. What goes wrong there stays there. */
export class WorkerThread {
  readonly #options: WorkerOptions
  #worker: Worker | undefined
  #waiting: Waiting | undefined
  #idle: NodeJS.Timeout | undefined
  #lastId = 0

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** @throws BuildError when the job fails, the thread dies, or time is up; the next job gets a fresh thread */
  async run<Result>(job: unknown): Promise<Result> {
    if (this.#waiting) throw new BuildError('busy', 'the thread has a job already')
    clearTimeout(this.#idle)
    const { timeoutMs } = this.#options
    const timer = setTimeout(() => this.#kill(new BuildError('timeout', `no result in ${timeoutMs} ms`)), timeoutMs)
    try {
      const result = await new Promise<Result>((resolve, reject) => {
        const id = ++this.#lastId
        this.#waiting = { id, resolve: resolve as (result: unknown) => void, reject }
        this.#worker ??= this.#start()
        this.#worker.ref()
        this.#worker.postMessage({ id, job })
      })
      // Reading an answer of some MiB is work enough: what is made of it gets a turn of its own.
      await nextTurn()
      return result
    } finally {
      clearTimeout(timer)
      this.#startIdling()
    }
  }

  /** Lets go of a thread that has no job, and of its memory; the next job gets a fresh one. */
  async rest(): Promise<void> {
    if (!this.#waiting) await this.stop()
  }

  /** Safe to call at any time; a job under way is rejected. */
  async stop(): Promise<void> {
    clearTimeout(this.#idle)
    await this.#kill(new BuildError('stopped', 'the bot ends'))
  }

  #start(): Worker {
    const { program, maxHeapMb = MAX_HEAP_MB } = this.#options
    // Nothing of the parent's arguments: a test runner's or a debugger's would not do here.
    const options = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }
    const workerData = { program: pathToFileURL(program).href }
    const worker = program.endsWith('.ts')
      ? new Worker(TYPESCRIPT_STARTER, { ...options, workerData })
      : new Worker(program, options)
    worker.on('message', (reply: WorkerReply) => this.#take(reply))
    worker.on('error', (error) => this.#lose(worker, error.message))
    worker.on('exit', (code) => this.#lose(worker, `the thread ended with code ${code}`))
    return worker
  }

  #take(reply: WorkerReply): void {
    const waiting = this.#waiting
    if (reply.id !== waiting?.id) return
    this.#waiting = undefined
    if ('result' in reply) waiting.resolve(reply.result)
    else waiting.reject(new BuildError('failed', reply.failure.message, reply.failure.code))
  }

  #lose(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#fail(new BuildError('crashed', reason))
  }

  async #kill(error: BuildError): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#fail(error)
    await worker?.terminate()
  }

  #fail(error: BuildError): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
  }

  /** An idle thread neither keeps the process alive nor stays for long. */
  #startIdling(): void {
    this.#worker?.unref()
    this.#idle = setTimeout(() => void this.#kill(new BuildError('stopped', 'idle')), this.#options.idleMs)
    this.#idle.unref()
  }
}
