import { ConfigError, FolderInUseError, KnowledgeError, StoreError } from '../errors.js'
import { formatProblem } from '../knowledge/format-problems.js'
import { folderInUse } from '../process/lock-phrases.js'

/** Runs a program; what its user can put right is told in plain words with exit code 1, never as a stack trace. */
export async function exitOnBadInput(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    const lines = explain(error)
    if (!lines) throw error
    for (const line of lines) console.error(line)
    process.exitCode = 1
  }
}

function explain(error: unknown): readonly string[] | undefined {
  if (error instanceof KnowledgeError) {
    return ['知识或意图有错，请改好再启动：', ...error.problems.map(formatProblem)]
  }
  if (error instanceof ConfigError) return ['配置有错：', ...error.problems]
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
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `不认识的参数 ${argument}，用法见 README.zh-CN.md`
  return code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? `参数 ${argument} 的写法不对` : `多了一个参数 ${argument}`
}
