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
  if (error instanceof TypeError && (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
    return [error.message]
  return undefined
}
