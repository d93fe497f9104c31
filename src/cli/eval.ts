import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../config.js'
import { KnowledgeError } from '../errors.js'
import { ablate, renderAblation } from '../evaluate/ablate.js'
import { crossValidate } from '../evaluate/cross-validate.js'
import { nearestUtterance } from '../evaluate/nearest-utterance.js'
import { readConversations } from '../evaluate/read-conversations.js'
import { readHeldOut } from '../evaluate/read-held-out.js'
import { renderMistakes, renderReport } from '../evaluate/report.js'
import { createLoadSnapshot } from '../load-snapshot.js'
import { understand } from '../understand/understand.js'
import { exitOnBadInput } from './exit-on-bad-input.js'
import { renderTalks, talkThrough } from './talk-through.js'

const FOLDS = 5
const MISTAKES_SHOWN = 30

/** Scores the knowledge on the held-out messages; --cross: on itself, part by part; --ablate: without each ingredient. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { cross: { type: 'boolean', default: false }, ablate: { type: 'boolean', default: false } },
  })
  const config = readConfig(process.env)
  const { snapshot } = await createLoadSnapshot({
    knowledgeDir: config.knowledge.dir,
    intentsDir: config.knowledge.intentsDir,
    learnedDir: join(config.dataDir, 'learned'),
    cacheDir: join(config.dataDir, 'cache'),
  })()
  const sourceOf = async (name: string): Promise<{ file: string; text: string }> => {
    const file = join(config.knowledge.intentsDir, name)
    return { file, text: await readFile(file, 'utf8') }
  }
  const { messages: heldOut, problems } = readHeldOut(await sourceOf('held-out.yaml'))
  const talks = readConversations(await sourceOf('conversations.yaml'))
  if (problems.length + talks.problems.length > 0) throw new KnowledgeError([...problems, ...talks.problems])
  const knowing = { matcher: snapshot.matcher, intents: snapshot.content.intents, nowMs: Date.now() }
  const understood = heldOut.map((message) => ({ message, understanding: understand(message.text, knowing) }))
  console.log(renderReport('留出的说法（从不参与学习）', understood))
  console.log(`\n最该看的错误（最多 ${MISTAKES_SHOWN} 条）：`)
  console.log(renderMistakes(understood, MISTAKES_SHOWN))
  console.log('\n把它们拉偏的说法：')
  console.log(nearestUtterance(understood, snapshot.content, MISTAKES_SHOWN))
  console.log(`\n${renderTalks(await talkThrough(talks.conversations, config))}`)
  if (values.ablate) console.log(`\n${renderAblation(ablate(snapshot.content, heldOut))}`)
  if (values.cross) console.log(`\n${renderReport(`交叉验证（${FOLDS} 份）`, crossValidate(snapshot.content, FOLDS))}`)
}

await exitOnBadInput(main)
