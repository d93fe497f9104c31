import { closeSync, openSync } from 'node:fs'
import pino, { type DestinationStream, type Logger } from 'pino'
import { messageOf } from '../base/text.js'
import type { Log } from '../model/ports.js'
import { EXIT } from './supervise.js'

// Longer than last words may take (3.5 s): what is dropped then is logged, and kept for staff.
const STOP_TIMEOUT_MS = 5_000

/** Ends the process once, after undoing what was started. */
export class OrderlyExit {
  readonly #log: Log
  readonly #steps: (() => void | Promise<void>)[] = []
  #ending = false

  constructor(log: Log) {
    this.#log = log
  }

  /** What is to be undone before the end; the latest comes first. */
  before(step: () => void | Promise<void>): void {
    this.#steps.push(step)
  }

  /** Ends the process with `code` when all is undone or time is up. Only the first call counts. */
  end(code: number, reason: string): void {
    if (this.#ending) return
    this.#ending = true
    this.#log.info({ code, reason }, 'ending')
    setTimeout(() => {
      this.#log.warn({ limitMs: STOP_TIMEOUT_MS }, 'not everything was undone in time')
      process.exit(code)
    }, STOP_TIMEOUT_MS).unref()
    // The puppet's polls would keep the process alive, and its own stop would log the account out.
    void this.#undo().finally(() => process.exit(code))
  }

  endOnSignals(): void {
    // Kept for all of the process's life: launchers pass on what the terminal has sent already.
    process.on('SIGINT', () => this.end(EXIT.stopped, 'SIGINT'))
    process.on('SIGTERM', () => this.end(EXIT.stopped, 'SIGTERM'))
  }

  async #undo(): Promise<void> {
    for (const step of this.#steps.reverse()) {
      try {
        await step()
      } catch (error) {
        this.#log.warn({ error: messageOf(error) }, 'not undone')
      }
    }
  }
}

export interface CrashGuardOptions {
  readonly log: Log
  readonly exit: (code: number) => void
}

const BURST_ERRORS = 20
const BURST_MS = 60_000

/**
 * Lets a crash be a crash. wechat4u has a listener that prints every uncaught error whole, cookies included, and goes
 * on; this takes its place. An error of ours ends the process. One that comes from the puppet's code alone is logged and
 * survived, e.g. `must logout first before login again!` each time that wechat4u has recovered by itself: what it leaves
 * broken, the watch over the session finds. Twenty of them in a minute end the process too.
 */
export function exitOnCrash({ log, exit }: CrashGuardOptions): void {
  const judge = createJudge({ log, exit })
  // Unlike a listener this keeps all others from being called, whenever they were added.
  process.setUncaughtExceptionCaptureCallback(judge)
  process.on('unhandledRejection', judge)
}

/** What happens to an error that nobody has caught. */
export function createJudge({ log, exit }: CrashGuardOptions): (error: unknown) => void {
  let recentMs: number[] = []
  return (error) => {
    // The message only, and where it was thrown: the object may carry cookies and keys.
    const fields = { error: error instanceof Error ? error.message : typeof error, at: placeOf(error) }
    const nowMs = performance.now()
    recentMs = [...recentMs.filter((ms) => ms > nowMs - BURST_MS), nowMs].slice(-BURST_ERRORS)
    if (isFromPuppet(error) && recentMs.length < BURST_ERRORS) {
      log.warn(fields, 'error within the puppet, going on')
      return
    }
    log.error(fields, 'crashed')
    exit(EXIT.crashed)
  }
}

/** Packages that only the puppet uses. */
const OF_PUPPET = /\/node_modules\/(?:@[^/]+\/)?(?:wechat|puppet|axios|file-box|memory-card)/

/** Whether all code on the way to the error was other people's, and some of it the puppet's. */
export function isFromPuppet(error: unknown): boolean {
  const frames = framesOf(error)
  return frames.some((frame) => OF_PUPPET.test(frame)) && frames.every((frame) => frame.includes('/node_modules/'))
}

function placeOf(error: unknown): string | undefined {
  const frames = framesOf(error)
  const frame = frames.find((candidate) => !candidate.includes('/node_modules/')) ?? frames[0]
  return frame === undefined ? undefined : /[^/\\]+:\d+:\d+/.exec(frame)?.[0]
}

/** Where the error came by, files only; Node's own parts left out. */
function framesOf(error: unknown): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line) && !/\(?node:[\w/]+:/.test(line))
    .map((line) => line.replaceAll('\\', '/'))
}

interface Hangup {
  /** Somebody sent the signal to say: read the knowledge again. */
  readonly reload: () => void
  /** The terminal that we were started from is gone. */
  readonly stop: () => void
}

/**
 * Tells the two meanings of SIGHUP apart: from a closed terminal it ends the program, from an operator it is the order
 * to reload. Started without a terminal (systemd, Docker, nohup) it is always the order.
 */
export function onHangup({ reload, stop }: Hangup): void {
  const hadTerminal = process.stdout.isTTY === true && isTerminalThere()
  process.on('SIGHUP', () => {
    if (hadTerminal && !isTerminalThere()) stop()
    else reload()
  })
}

function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/** What errors of the network carry along: cookies, keys, and whole messages. */
const BAGGAGE = [
  'config',
  'request',
  'response',
  'options',
  'headers',
  'actual',
  'cookie',
  'authorization',
  'token',
  'secret',
]

const terminal: DestinationStream = { write: (line) => void process.stdout.write(terminalLine(line)) }

/** A line in the log costs less to make than to write, and messages come in bursts. */
const WRITE_WITHIN_MS = 50
const MAX_UNWRITTEN_BYTES = 8 * 1024

/** The lines of a moment in one write; all of them are out before an orderly end, or the end after a crash. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true, minLength: MAX_UNWRITTEN_BYTES })
  let isDue = false
  const flush = (): void => {
    isDue = false
    output.flushSync()
  }
  process.once('exit', flush)
  return {
    write: (line) => {
      output.write(line)
      if (!isDue) setTimeout(flush, WRITE_WITHIN_MS).unref()
      isDue = true
    },
  }
}

/** e.g. `14:03:05 WARN WeChat cannot be reached, waiting for the network (host=login.wx.qq.com)` */
export function terminalLine(json: string): string {
  const { level, time, msg, ...rest } = JSON.parse(json) as { level: number; time: number; msg?: string }
  const fields = Object.entries(rest).filter(([name]) => name !== 'pid' && name !== 'hostname')
  const shown = fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const clock = new Date(time).toTimeString().slice(0, 8)
  const label = pino.levels.labels[level]?.toUpperCase() ?? level
  return `${clock} ${label} ${msg ?? ''}${shown.length > 0 ? ` (${shown.join(' ')})` : ''}\n`
}

/**
 * The log, as JSON lines. Nobody logs a secret on purpose; what errors bring with them is left out.
 *
 * @param destination default: standard output. At a terminal only what needs a look is shown, a line that people can
 *   read; level `debug` shows everything there
 */
export function openLog(options: { level: string; name?: string }, destination?: DestinationStream): Logger {
  if (!destination && process.stdout.isTTY) {
    return openLog({ ...options, level: options.level === 'info' ? 'warn' : options.level }, terminal)
  }
  const paths = ['err', 'error', 'cause', 'err.cause', 'error.cause'].flatMap((at) =>
    BAGGAGE.map((key) => `${at}.${key}`),
  )
  const redact = { paths: [...paths, ...BAGGAGE.slice(-4)], censor: '[left out]' }
  return pino({ ...options, redact }, destination ?? standardOutput())
}
