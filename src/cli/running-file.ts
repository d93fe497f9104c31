import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** In the data folder while the bot runs, with mode 0600. */
export const RUNNING_FILE = 'running.json'

export interface Running {
  /** Where its page listens. */
  readonly url: string
  readonly pid: number
  /** What programs show the page instead of its token; another one in each run. */
  readonly key: string
}

/** @returns undefined when no bot runs on this data folder */
export function readRunning(dataDir: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, RUNNING_FILE), 'utf8')) as Running
  } catch {
    return undefined // no file: not running
  }
}
