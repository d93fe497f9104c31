import { join } from 'node:path'
import { CompiledKnowledge } from './adapters/files/compiled-knowledge.js'
import { KnowledgeFolder } from './adapters/files/knowledge-folder.js'
import type { LoadSnapshot } from './admin/reload-knowledge.js'
import { KnowledgeError } from './errors.js'
import { buildSnapshot } from './knowledge/build-snapshot.js'
import { readKnowledge } from './knowledge/read-knowledge.js'
import type { KnowledgeContent, Problem } from './model/knowledge.js'
import { type CompiledMatcher, compileMatcher } from './understand/intent-matcher.js'

interface Built {
  readonly content: KnowledgeContent
  readonly problems: readonly Problem[]
  /** Absent when there are errors: nothing is trained on broken knowledge. */
  readonly compiled?: CompiledMatcher
}

/**
 * Joins folder, checks and matcher: the one way from authors' files to a snapshot.
 *
 * @param cacheDir where the trained matcher is kept, so that unchanged files are not trained on again
 */
export function createLoadSnapshot({
  knowledgeDir,
  intentsDir,
  cacheDir,
}: {
  readonly knowledgeDir: string
  readonly intentsDir: string
  readonly cacheDir?: string
}): LoadSnapshot {
  const folder = new KnowledgeFolder({ knowledgeDir, intentsDir })
  const kept =
    cacheDir === undefined ? undefined : new CompiledKnowledge<Built>(cacheDir, join(import.meta.dirname, 'understand'))
  return async () => {
    const files = await folder.read()
    const build = (): Built => {
      const { content, problems } = readKnowledge(files)
      if (problems.some(isError)) return { content, problems }
      return { content, problems, compiled: compileMatcher(content) }
    }
    const texts = [...files.guides, ...files.intents].flatMap(({ file, text }) => [file, text])
    const { content, problems, compiled } = kept ? await kept.getOrBuild(texts, build) : build()
    if (problems.some(isError)) throw new KnowledgeError(problems)
    return { snapshot: buildSnapshot(content, compiled), warnings: problems }
  }
}

const isError = ({ severity }: Problem): boolean => severity === 'error'
