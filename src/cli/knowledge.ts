import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chinaDay } from '../base/time.js'
import { type Config, PROJECT_ROOT, readConfig } from '../config.js'
import { knownIn, readExam } from '../evaluate/read-questions.js'
import { describeKnowledge, missingPictures, picturePaths } from '../knowledge/checks.js'
import { type AuthorsFiles, KnowledgeFolder } from '../knowledge/files.js'
import { describeFacts, findOldFacts } from '../knowledge/overview.js'
import { absentPictures } from '../knowledge/pictures.js'
import { readKnowledge } from '../knowledge/read.js'
import type { KnowledgeContent, Problem } from '../model/knowledge.js'
import { exitOnBadInput } from './running-bot.js'

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
  const files = await folder.read()
  const { content, problems: found } = readKnowledge(files)
  const exam = readExam(files.intents, knownIn(content))
  const today = chinaDay(Date.now())
  const pictures = await lackingPictures(content, { files, knowledge })
  const problems = [...found, ...exam.problems, ...pictures, ...findOldFacts(content, today)]
  const facts = describeFacts(content, today)
  for (const line of facts.length > 0 ? [...facts, ''] : []) console.log(line)
  for (const line of describeKnowledge(content, problems)) console.log(line)
  process.exitCode = problems.some(({ severity }) => severity === 'error') ? 1 : 0
}

async function lackingPictures(
  { guides }: KnowledgeContent,
  { files, knowledge }: { readonly files: AuthorsFiles; readonly knowledge: Config['knowledge'] },
): Promise<readonly Problem[]> {
  if (knowledge.docsSite !== null) return []
  const illustrationsDir = join(PROJECT_ROOT, 'knowledge', 'illustrations')
  const missing = await absentPictures(picturePaths(guides), { knowledgeDir: knowledge.dir, illustrationsDir })
  return missingPictures(guides, { texts: files.guides, missing })
}

await exitOnBadInput(main)
