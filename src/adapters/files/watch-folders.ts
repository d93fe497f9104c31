import { accessSync, type FSWatcher, watch } from 'node:fs'
import { sep } from 'node:path'
import type { Log } from '../../model/ports.js'

interface WatchOptions {
  readonly folders: readonly string[]
  readonly onChange: () => void
  /** Editors write in several steps, and a checkout changes many files: so long nothing may happen. Default 2 s. */
  readonly quietMs?: number
  readonly log: Log
}

const QUIET_MS = 2_000
const AUTHORED = /\.(?:mdx?|ya?ml)$/i
// Drafts, swap files and lock files of editors begin with one of these; what vim, Emacs and the like leave beside a
// file ends otherwise than an authored one.
const LEFT_OUT = /(?:^|[/\\])[._#~]/

/** Whether a change of this file is an author's. @param name relative to the watched folder */
export const isAuthored = (name: string): boolean => AUTHORED.test(name) && !LEFT_OUT.test(name)

/** Calls once after a burst of changes. A folder that can't be watched is told in the log. @returns what ends it */
export function watchFolders({ folders, onChange, quietMs = QUIET_MS, log }: WatchOptions): () => void {
  let timer: NodeJS.Timeout | undefined
  const note = (name: string | null): void => {
    if (name !== null && !isAuthored(name.replaceAll(sep, '/'))) return
    clearTimeout(timer)
    timer = setTimeout(onChange, quietMs)
  }
  const watchers = folders.flatMap((folder): readonly FSWatcher[] => {
    const tell = (error: Error): void => log.warn({ folder, error: error.message }, 'folder is not watched')
    try {
      // From Node 24 on, a recursive watch says nothing about a folder that isn't there.
      accessSync(folder)
      const watcher = watch(folder, { recursive: true, persistent: false }, (_event, name) => note(name))
      return [watcher.on('error', tell)]
    } catch (error) {
      tell(error as Error)
      return []
    }
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
