import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const DYING_MS = 2_000 // even SIGKILL takes a moment
const TICKS_PER_SECOND = 100 // Linux, whatever the machine

export interface BotProcessOptions {
  command: string
  args?: readonly string[]
  cwd?: string
  /** The whole environment; see `FakeWeixin.botEnv`. */
  env: NodeJS.ProcessEnv
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One process of a bot's group, by Linux's own counts. */
export interface ProcessUsage {
  readonly pid: number
  readonly command: string
  readonly residentMiB: number
  /** User and system time so far. */
  readonly cpuSeconds: number
}

/**
 * Any command, run as a process group of its own, so that `npm start` ends with all it has started. What it prints is
 * kept. Should the tests end without `stop`, the group is killed.
 */
export class BotProcess {
  /** Every one so far, for looking through what was printed. */
  static readonly started: BotProcess[] = []
  private readonly options: BotProcessOptions
  private child: ChildProcess | undefined
  private exited: Promise<Exit> | undefined
  private ended: Exit | undefined
  private hasSpokenLast = false
  private printed = ''
  private readonly killAtExit = () => this.kill('SIGKILL')

  constructor(options: BotProcessOptions) {
    this.options = options
  }

  start(): this {
    const { command, args = [], cwd, env } = this.options
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text
      })
    }
    BotProcess.started.push(this)
    this.child = child
    this.ended = undefined
    this.hasSpokenLast = false
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.ended = exit
        resolve(exit)
      }
      child.once('exit', (code, signal) => end({ code, signal }))
      child.once('close', () => {
        this.hasSpokenLast = true
      })
      child.once('error', (error) => {
        this.printed += `could not start: ${error.message}\n`
        this.hasSpokenLast = true
        end({ code: null, signal: null })
      })
    })
    process.off('exit', this.killAtExit) // it may be a second start
    process.once('exit', this.killAtExit)
    return this
  }

  /** Everything printed so far, both streams as they came. */
  get output(): string {
    return this.printed
  }

  get isAlive(): boolean {
    return this.child !== undefined && this.ended === undefined
  }

  /** Of the command itself, which leads the group. */
  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Signal the whole group. Nothing happens when it is gone. */
  kill(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** End the whole group: the signal, and SIGKILL for whatever is left when the command is gone or `graceMs` are over. */
  async stop({ signal = 'SIGTERM' as NodeJS.Signals, graceMs = 5_000 } = {}): Promise<Exit | undefined> {
    process.off('exit', this.killAtExit)
    if (!this.exited) return undefined
    if (this.isAlive) {
      this.kill(signal)
      await Promise.race([this.exited, sleep(graceMs, undefined, { ref: false })])
    }
    this.kill('SIGKILL')
    const end = Date.now() + DYING_MS
    while (this.processes().length > 0 && Date.now() < end) await sleep(10)
    return this.exited
  }

  /** Resolves when the command has ended by itself; undefined when the time is up. */
  async waitExit(waitMs = 20_000): Promise<Exit | undefined> {
    return Promise.race([this.exited, sleep(waitMs, undefined, { ref: false })])
  }

  /** First match in the output. @throws Error with the end of the output when there is none in time */
  async waitOutput(pattern: RegExp, waitMs = 60_000): Promise<RegExpExecArray> {
    const end = Date.now() + waitMs
    for (;;) {
      const isOver = this.hasSpokenLast || Date.now() > end
      const match = pattern.exec(this.printed)
      if (match) return match
      if (isOver) throw new Error(`no ${pattern} in the output, which ends:\n${this.printed.slice(-2_000)}`)
      await sleep(40)
    }
  }

  /** The group's living processes; none are seen where there is no `/proc`. */
  processes(): ProcessUsage[] {
    if (!existsSync('/proc/self/stat')) return []
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.flatMap((pid) => this.usageOf(Number(pid)) ?? [])
  }

  private usageOf(pid: number): ProcessUsage | undefined {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const [state, , group] = fields
      if (Number(group) !== this.pid || state === 'Z') return undefined
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0
      const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
      return { pid, command, residentMiB: Number(kib) / 1024, cpuSeconds }
    } catch {
      return undefined // it ended while we looked
    }
  }
}
