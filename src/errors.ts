import type { Problem } from './model/knowledge.js'

type BotErrorCode =
  | 'config-invalid'
  | 'knowledge-invalid'
  | 'channel-unreachable'
  | 'channel-rejected'
  | 'store-unreadable'
  | 'folder-in-use'
  | 'handler-failed'
  | 'build-failed'

/** An error that the caller can tell apart by `code`; its message never holds chat text, names or secrets. */
class BotError extends Error {
  override readonly name: string = 'BotError'
  readonly code: BotErrorCode

  constructor(code: BotErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Listed keys of the configuration are wrong. */
export class ConfigError extends BotError {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super('config-invalid', problems.join('\n'))
    this.problems = problems
  }
}

/** One line for the author: `file:line:column 问题 → 应该怎样`; without numbers where the whole file is meant. */
export function formatProblem({ file, line, column, message, remedy }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${Math.max(1, column)}` : file
  return remedy === '' ? `${place} ${message}` : `${place} ${message} → ${remedy}`
}

/** Knowledge or intents can't be used as they stand; `problems` has at least one error. */
export class KnowledgeError extends BotError {
  override readonly name = 'KnowledgeError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('knowledge-invalid', `${problems.length} problem(s) in knowledge or intents`)
    this.problems = problems
  }
}

export interface ChannelErrorFacts {
  /** Nothing was taken, so saying it again can't say it twice. */
  readonly retryable: boolean
  /** The network finds that too much is being said; anything more makes it worse. */
  readonly tooMany?: boolean
  /** Whoever runs the network has ended the login: nothing more gets out before a new one. */
  readonly sessionOver?: boolean
  /** The network's own number of the refusal. */
  readonly number?: number | undefined
  readonly cause?: unknown
}

/**
 * A message did not go out: `channel-rejected` was refused; `channel-unreachable` never got there, or its answer was
 * lost, in which case it may have been said (not `retryable`).
 */
export class ChannelError extends BotError {
  override readonly name = 'ChannelError'
  readonly retryable: boolean
  readonly tooMany: boolean
  readonly sessionOver: boolean
  readonly number: number | undefined

  constructor(
    code: 'channel-unreachable' | 'channel-rejected',
    message: string,
    { retryable, tooMany = false, sessionOver = false, number, cause }: ChannelErrorFacts,
  ) {
    super(code, message, { cause })
    this.retryable = retryable
    this.tooMany = tooMany
    this.sessionOver = sessionOver
    this.number = number
  }
}

/** The ticket file is damaged or of another shape; it is never overwritten. */
export class StoreError extends BotError {
  override readonly name = 'StoreError'

  constructor(message: string, options?: ErrorOptions) {
    super('store-unreadable', message, options)
  }
}

/** The desk that several accounts share can't be used, or not like this. */
export class SharedDeskError extends StoreError {
  /** Another process serves the account, or its connection has not ended yet. */
  readonly isTaken: boolean

  constructor(message: string, { isTaken = false }: { readonly isTaken?: boolean } = {}) {
    super(message)
    this.isTaken = isTaken
  }
}

/** Another process works on the data folder; two of them would say everything twice. */
export class FolderInUseError extends BotError {
  override readonly name = 'FolderInUseError'
  readonly folder: string
  readonly lockPath: string
  /** Milliseconds since the epoch; undefined where the lock file doesn't tell. */
  readonly holder: { readonly pid: number; readonly home: string; readonly sinceMs: number } | undefined

  constructor(folder: string, { lockPath, holder }: Pick<FolderInUseError, 'lockPath' | 'holder'>) {
    super('folder-in-use', `${folder} is in use${holder ? ` by process ${holder.pid}` : ''}`)
    this.folder = folder
    this.lockPath = lockPath
    this.holder = holder
  }
}

/** New knowledge could not be built; the old one is as good as before. */
export class BuildError extends BotError {
  override readonly name = 'BuildError'
  readonly reason: 'failed' | 'crashed' | 'timeout' | 'busy' | 'stopped'
  /** What the system said, e.g. `ENOSPC`. */
  readonly systemCode: string | undefined

  constructor(reason: BuildError['reason'], message: string, systemCode?: string) {
    super('build-failed', message)
    this.reason = reason
    this.systemCode = systemCode
  }
}
