import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.js'
import { exitOnBadInput } from './exit-on-bad-input.js'
import { RUNNING_FILE } from './running-file.js'

const NOT_RUNNING = '机器人没有在运行，先执行 npm start。'

/** Asks the running bot to reload its knowledge. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const url = runningUrl(join(config.dataDir, RUNNING_FILE))
  const response = url
    ? await fetch(new URL('/api/reload', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: '{}',
      }).catch(() => undefined)
    : undefined
  if (!response) {
    console.error(NOT_RUNNING)
    process.exitCode = 1
    return
  }
  const { ok, text, error } = (await response.json()) as { ok?: boolean; text?: string; error?: string }
  console.log(text ?? error ?? '')
  process.exitCode = ok ? 0 : 1
}

function runningUrl(path: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { url: string }).url
  } catch {
    return undefined // no file: not running
  }
}

await exitOnBadInput(main)
