import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { KnowledgeFolder } from '../adapters/files/knowledge-folder.js'
import { readConfig } from '../config.js'
import { describeKnowledge } from '../knowledge/describe-knowledge.js'
import { readKnowledge } from '../knowledge/read-knowledge.js'
import { exitOnBadInput } from './exit-on-bad-input.js'

/** Tells authors what their files hold and what is wrong with them; exit code 1 on errors. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { knowledge: { type: 'string' }, intents: { type: 'string' } } })
  const { knowledge, dataDir } = readConfig({
    ...process.env,
    ...(values.knowledge ? { GUOSHEN_KNOWLEDGE_DIR: values.knowledge } : {}),
    ...(values.intents ? { GUOSHEN_INTENTS_DIR: values.intents } : {}),
  })
  const folder = new KnowledgeFolder({
    knowledgeDir: knowledge.dir,
    intentsDir: knowledge.intentsDir,
    learnedDir: join(dataDir, 'learned'),
  })
  const { content, problems } = readKnowledge(await folder.read())
  for (const line of describeKnowledge(content, problems)) console.log(line)
  process.exitCode = problems.some(({ severity }) => severity === 'error') ? 1 : 0
}

await exitOnBadInput(main)
