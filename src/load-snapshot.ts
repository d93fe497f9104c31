import { KnowledgeFolder } from './adapters/files/knowledge-folder.js'
import type { LoadSnapshot } from './admin/reload-knowledge.js'
import { KnowledgeError } from './errors.js'
import { buildSnapshot } from './knowledge/build-snapshot.js'
import { readKnowledge } from './knowledge/read-knowledge.js'

/** Joins folder, checks and matcher: the one way from authors' files to a snapshot. */
export function createLoadSnapshot(folders: {
  readonly knowledgeDir: string
  readonly intentsDir: string
}): LoadSnapshot {
  const folder = new KnowledgeFolder(folders)
  return async () => {
    const { content, problems } = readKnowledge(await folder.read())
    if (problems.some(({ severity }) => severity === 'error')) throw new KnowledgeError(problems)
    return { snapshot: buildSnapshot(content), warnings: problems }
  }
}
