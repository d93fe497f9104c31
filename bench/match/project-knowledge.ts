import { join } from 'node:path'
import { PROJECT_ROOT } from '../../src/config.js'
import { KnowledgeFolder } from '../../src/knowledge/files.js'
import { readKnowledge } from '../../src/knowledge/read.js'
import type { KnowledgeContent } from '../../src/model/knowledge.js'

export const PROJECT_FOLDERS = {
  knowledgeDir: join(PROJECT_ROOT, 'knowledge'),
  intentsDir: join(PROJECT_ROOT, 'intents'),
} as const

/** What the authors of this project wrote, without a matcher. */
export async function readProject(): Promise<KnowledgeContent> {
  return readKnowledge(await new KnowledgeFolder(PROJECT_FOLDERS).read()).content
}
