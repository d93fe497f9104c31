import type { Log } from '../model/ports.js'
import { EXIT } from './exit-codes.js'

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
