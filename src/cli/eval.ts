import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { MINUTE_MS } from '../base/time.js'
import { type Config, readConfig } from '../config.js'
import { ConfigError, KnowledgeError } from '../errors.js'
import {
  type Conversation,
  isMetAsExpected,
  type LabelledMessage,
  readConversations,
  readHeldOut,
  type Turn,
} from '../evaluate/exam.js'
import {
  ablate,
  crossValidate,
  nearestUtterance,
  renderAblation,
  renderMistakes,
  renderOpinionScore,
  renderReport,
  scoreOpinion,
} from '../evaluate/report.js'
import type { SourceFile } from '../model/knowledge.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { knowingOf, understand } from '../nlu/pipeline.js'
import { ModelOpinion } from '../opinion/model-client.js'
import { createLoadSnapshot } from '../releases/build.js'
import { Asker } from './asker.js'
import { exitOnBadInput } from './running-bot.js'

const USAGE = `用法：npm run eval                用留出的问题给现在的知识打分
      npm run eval -- --cross     拿知识自己的说法分五份互相考
      npm run eval -- --ablate    去掉每一种特征再考，看它值多少`

const FOLDS = 5
const MISTAKES_SHOWN = 30
const OPINION_CALLS = 300
/** About a third of the messages is unclear. */
const MESSAGES_PER_CALL = 2
const NO_MODEL =
  '还没有配置模型：在 guoshen.yaml 的 secondOpinion 里写 url 和 model，或者设 GUOSHEN_MODEL_URL、GUOSHEN_MODEL_NAME（要密钥的再设 GUOSHEN_MODEL_KEY）'

/**
 * Scores the knowledge on the held-out messages; --cross: on itself, part by part; --ablate: without each ingredient;
 * --second-opinion: with the language model that is configured, about so many of them as --calls allows, and nothing else.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cross: { type: 'boolean', default: false },
      ablate: { type: 'boolean', default: false },
      'second-opinion': { type: 'boolean', default: false },
      calls: { type: 'string', default: String(OPINION_CALLS) },
    },
  })
  const config = readConfig(process.env)
  const { snapshot } = await createLoadSnapshot({
    knowledgeDir: config.knowledge.dir,
    intentsDir: config.knowledge.intentsDir,
    learnedDir: join(config.dataDir, 'learned'),
    cacheDir: join(config.dataDir, 'cache'),
  })()
  const sourceOf = async (name: string): Promise<SourceFile> => {
    const file = join(config.knowledge.intentsDir, name)
    return { file, text: await readFile(file, 'utf8') }
  }
  const { messages: heldOut, problems } = readHeldOut(await sourceOf('held-out.yaml'))
  if (values['second-opinion'])
    return console.log(await askModel(heldOut, { config, snapshot, calls: Number(values.calls) }))
  const talks = readConversations(await sourceOf('conversations.yaml'))
  if (problems.length + talks.problems.length > 0) throw new KnowledgeError([...problems, ...talks.problems])
  const knowing = knowingOf(snapshot, Date.now())
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

interface AskModel {
  readonly config: Config
  readonly snapshot: KnowledgeSnapshot
  readonly calls: number
}

/** @throws ConfigError when no model is configured */
async function askModel(messages: readonly LabelledMessage[], { config, snapshot, calls }: AskModel): Promise<string> {
  const { url, model, key } = config.secondOpinion
  if (url === null || model === null) throw new ConfigError([NO_MODEL])
  if (!Number.isInteger(calls) || calls < 1) throw new ConfigError(['--calls 后面写一个正整数，例如 --calls 300'])
  const clock = { now: () => Date.now() }
  const log = pino({ level: 'error' }, pino.destination(2))
  const by = new ModelOpinion({ url, model, key: key ?? undefined, perDay: calls, clock, log })
  // Evenly from all of them: they stand by section.
  const step = Math.max(1, messages.length / (calls * MESSAGES_PER_CALL))
  const some = messages.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  return renderOpinionScore(await scoreOpinion(some, { snapshot, by, nowMs: Date.now() }))
}

/** A turn that was met in another way than expected. */
export interface MissedTurn {
  readonly title: string
  readonly turn: Turn
  readonly met: string
}

/** Has every conversation with the whole bot, each in a group of its own. */
async function talkThrough(
  conversations: readonly Conversation[],
  config: Config,
): Promise<{ readonly turns: number; readonly missed: readonly MissedTurn[] }> {
  const asker = new Asker()
  await asker.start(config)
  const missed: MissedTurn[] = []
  let turns = 0
  for (const [index, { title, turns: said }] of conversations.entries()) {
    let nowMs = Date.now()
    for (const turn of said) {
      turns++
      nowMs += turn.after * MINUTE_MS
      const { trace } = await asker.ask({
        ...{ id: turns, text: turn.says, mentioned: turn.asked, role: 'customer', speaker: turn.who },
        ...{ session: `talk-${index}`, now: new Date(nowMs).toISOString() },
      })
      if (!isMetAsExpected(turn, trace))
        missed.push({ title, turn, met: [trace.kind, trace.reason, ...trace.sections].join(' ') })
    }
  }
  return { turns, missed }
}

/** What came of it, for authors. In Chinese. */
function renderTalks({ turns, missed }: { readonly turns: number; readonly missed: readonly MissedTurn[] }): string {
  const right = ((1 - missed.length / Math.max(1, turns)) * 100).toFixed(1)
  return [
    `== 对话：${turns} 轮，对 ${right} %`,
    ...missed.map(
      ({ title, turn, met }) => `  ${title}｜${turn.who}：${turn.says}  应该 ${turn.expect.join('/')} → ${met}`,
    ),
  ].join('\n')
}

await exitOnBadInput(main, { usage: USAGE })
