import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, FolderInUseError, formatProblem, KnowledgeError, SharedDeskError, StoreError } from '../errors.js'
import { folderInUse } from '../ops/data-folder.js'

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

interface ProgramWords {
  /** How it is called, for people; `--help` shows it instead of running the program. */
  readonly usage?: string
  /** Hears what is wrong, in the words that the terminal gets. */
  readonly tell?: (text: string) => Promise<void>
  /** Goes on when nobody reads its output any more (`npm start | tee log` without its `tee`); the others end. */
  readonly outlivesReader?: boolean
}

/** Runs a program; what its user can put right is told in plain words with exit code 1, never as a stack trace. */
export async function exitOnBadInput(
  main: () => Promise<void>,
  { usage, tell = async () => {}, outlivesReader = false }: ProgramWords = {},
): Promise<void> {
  for (const output of [process.stdout, process.stderr])
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      if (!outlivesReader) process.exit() // `| head` has seen enough
    })
  if (usage !== undefined && process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    console.log(usage)
    return
  }
  try {
    await main()
  } catch (error) {
    const lines = explain(error)
    if (!lines) throw error
    for (const line of lines) console.error(line)
    process.exitCode = 1
    await tell(lines.join('\n'))
  }
}

/** What its user can put right, in plain words; undefined for errors of ours. */
export function explain(error: unknown): readonly string[] | undefined {
  if (error instanceof KnowledgeError) {
    return ['知识或意图有错，请改好再启动：', ...error.problems.map(formatProblem)]
  }
  if (error instanceof ConfigError) return ['配置有错：', ...error.problems]
  if (error instanceof SharedDeskError) return [error.message]
  if (error instanceof StoreError) return [`数据文件打不开：${error.message}`]
  if (error instanceof FolderInUseError) return folderInUse(error)
  // parseArgs throws for unknown options.
  const { code } = error as { readonly code?: string }
  if (error instanceof TypeError && code?.startsWith('ERR_PARSE_ARGS')) return [argumentWords(code, error.message)]
  return undefined
}

function argumentWords(code: string, message: string): string {
  const argument = /'([^']+)'/.exec(message)?.[1]
  if (argument === undefined) return message
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `不认识的参数 ${argument}，加 --help 看用法`
  return code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? `参数 ${argument} 的写法不对` : `多了一个参数 ${argument}`
}

/**
 * Asks the running bot, over its page's interface.
 *
 * @returns its answer; undefined when no bot runs on this data folder
 */
export async function postToBot(
  dataDir: string,
  path: string,
  content: object,
): Promise<Record<string, unknown> | undefined> {
  const running = readRunning(dataDir)
  if (!running) return undefined
  const { url, key } = running
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(content),
  }).catch(() => undefined)
  if (!response) return undefined
  const answer = (await response.json()) as Record<string, unknown>
  // An order that failed has a text for people; a refused request has only an error.
  if (!response.ok && answer.text === undefined) throw new Error(`the bot refused: ${String(answer.error)}`)
  return answer
}
