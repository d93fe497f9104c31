import { type FolderPaths, KnowledgeFolder } from './adapters/files/knowledge-folder.js'
import { KnowledgeBuilder } from './build-knowledge.js'
import { KnowledgeError } from './errors.js'
import { buildSnapshot } from './knowledge/build-snapshot.js'
import { unpackKnowledge } from './knowledge/pack-knowledge.js'
import type { Problem } from './model/knowledge.js'
import type { KnowledgeSnapshot } from './model/snapshot.js'
import { runAtOnce } from './releases/run-in-slices.js'

export type LoadSnapshot = () => Promise<{
  readonly snapshot: KnowledgeSnapshot
  readonly warnings: readonly Problem[]
}>

/**
 * Reads the authors' folders as they stand, on this thread: for the command line, where nobody waits beside it.
 * What is returned throws a KnowledgeError when the files can't be used.
 *
 * @param cacheDir where the trained matcher is kept, so that unchanged files are not trained on again
 */
export function createLoadSnapshot({ cacheDir, ...paths }: FolderPaths & { readonly cacheDir?: string }): LoadSnapshot {
  const folder = new KnowledgeFolder(paths)
  const builder = new KnowledgeBuilder(cacheDir)
  return async () => {
    const outcome = await builder.build(await folder.read())
    if (outcome.status === 'broken') throw new KnowledgeError(outcome.problems)
    const built = runAtOnce(unpackKnowledge(outcome.packed))
    return { snapshot: runAtOnce(buildSnapshot(built)), warnings: built.warnings }
  }
}
