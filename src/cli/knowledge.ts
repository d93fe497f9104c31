import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chinaDay } from '../base/time.js'
import { sensesWarnings } from '../commands/phrases.js'
import { type Config, PROJECT_ROOT, readConfig } from '../config.js'
import { knownIn, ownSentences, readExam, sitExam, unmetOf } from '../evaluate/exam.js'
import { type AuthorsFiles, type FolderPaths, KnowledgeFolder } from '../knowledge/files.js'
import { absentPictures } from '../knowledge/pictures.js'
import {
  describeFacts,
  describeKnowledge,
  findOldFacts,
  missingPictures,
  picturePaths,
  readKnowledge,
} from '../knowledge/read.js'
import type { KnowledgeContent, Problem } from '../model/knowledge.js'
import { knowingOf } from '../nlu/pipeline.js'
import { createLoadSnapshot } from '../releases/build.js'
import { misreadLines } from '../releases/report.js'
import { missingPackages } from '../vision/picture-reader.js'
import { exitOnBadInput } from './running-bot.js'

const USAGE = `用法：npm run knowledge                列出知识、短答和它们的日子，指出写错的地方
      npm run knowledge -- --check     再把写过的每句话问一遍，说出哪些答不对
选项：--knowledge 目录  --intents 目录  使用别的知识与意图`

/** Tells authors what their files hold and what is wrong with them; exit code 1 on errors. `--check`: tries their sentences. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      knowledge: { type: 'string' },
      intents: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  })
  const { knowledge, dataDir, pictures } = readConfig({
    ...process.env,
    ...(values.knowledge ? { GUOSHEN_KNOWLEDGE_DIR: values.knowledge } : {}),
    ...(values.intents ? { GUOSHEN_INTENTS_DIR: values.intents } : {}),
  })
  const paths = {
    knowledgeDir: knowledge.dir,
    intentsDir: knowledge.intentsDir,
    learnedDir: join(dataDir, 'learned'),
  }
  const folder = new KnowledgeFolder(paths)
  const files = await folder.read()
  const { content, problems: found } = readKnowledge(files)
  const exam = readExam(files.intents, knownIn(content))
  const today = chinaDay(Date.now())
  const lacking = await lackingPictures(content, { files, knowledge })
  const problems = [...found, ...exam.problems, ...lacking, ...findOldFacts(content, today)]
  const facts = describeFacts(content, today)
  for (const line of facts.length > 0 ? [...facts, ''] : []) console.log(line)
  for (const line of describeKnowledge(content, problems)) console.log(line)
  for (const line of pictures.read ? sensesWarnings({ pictures: missingPackages(), model: undefined }) : [])
    console.log(line)
  const isBroken = problems.some(({ severity }) => severity === 'error')
  if (values.check && !isBroken) await trySentences({ ...paths, cacheDir: join(dataDir, 'cache') })
  process.exitCode = isBroken ? 1 : 0
}

/** Puts every way of asking that an author wrote, which takes some ten seconds, and tells which are met otherwise. */
async function trySentences(paths: FolderPaths & { readonly cacheDir: string }): Promise<void> {
  const { snapshot } = await createLoadSnapshot(paths)()
  const sentences = ownSentences(snapshot.content)
  const misread = unmetOf(sentences, sitExam(sentences, knowingOf(snapshot, Date.now())))
  console.log(`写的话试了 ${sentences.length} 句${misread.length === 0 ? '，都答对' : ''}`)
  for (const line of misreadLines(misread, 20)) console.log(line)
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

await exitOnBadInput(main, { usage: USAGE })
