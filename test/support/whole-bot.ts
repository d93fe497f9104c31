import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readText } from '../../src/channel/wechaty/text.js'
import { readConfig } from '../../src/config.js'
import { type Bot, createBot } from '../../src/create-bot.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { DecisionTrace } from '../../src/model/decision.js'
import type { Metrics, PictureReader } from '../../src/model/ports.js'
import { aMessage, STAFF_ROOM } from './a-message.js'
import { capturedLog } from './captured-log.js'
import { asRead, FakeChannel } from './fake-channel.js'
import { fixedClock } from './fixed-clock.js'
import { tempFolder } from './temp-folder.js'

const GUIDE = `---
id: fasttest
title: 首次提审指南
---

## 1. 选择服务类目

先选社区类目。

## 2. 填写声明

照弹窗里的示例填写声明。

# 附录 被驳回了

## A1 页面没有内容

每个栏目发三篇帖子。
`
const INTENTS: Readonly<Record<string, readonly [section: string, ...utterances: string[]]>> = {
  category: ['1', '服务类目怎么选', '类目在哪里加', '选哪个类目', '类目选错了怎么改', '加类目的入口在哪'],
  statement: ['2', '声明怎么填', '弹窗里的声明写什么', '声明有示例吗', '声明要不要填', '声明填错了怎么办'],
  rejected: ['A1', '说我页面没有内容', '驳回说栏目是空的', '页面没有内容怎么办', '审核说没有内容', '首页是空的被驳回'],
}
const SILENCE = ['今天天气不错', '中午吃什么', '周末打球吗', '收到，辛苦了', '下班了吗', '哈哈哈哈', '发个红包吧']
const HUMAN = ['转人工', '找个真人', '我要人工客服', '叫客服来', '让人工处理']

const yaml = (lines: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(lines)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('')

function writeKnowledge(folder: string): void {
  for (const name of ['knowledge', 'intents']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'knowledge', 'fasttest.md'), GUIDE)
  const intent = (name: string, text: string): void => writeFileSync(join(folder, 'intents', `${name}.yaml`), text)
  for (const [id, [section, ...utterances]] of Object.entries(INTENTS)) {
    const notice = id === 'rejected' ? { notice: ['没有内容'] } : {}
    intent(id, yaml({ id, section, utterances, ...notice }))
  }
  intent('human', yaml({ id: 'human', utterances: HUMAN }))
  intent('silence', `plain:\n  chat: ${JSON.stringify(SILENCE)}\n`)
  intent('golden', `questions:\n  - question: 弹窗里的声明写什么\n    expect: "2"\n`)
}

export interface WholeBotOptions {
  readonly pictureReader?: PictureReader
  readonly metrics?: Pick<Metrics, 'unsaid' | 'opinion'>
  /** Further environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** The bot of `npm start` on a knowledge of its own; between its runs everything lies on disk. */
export async function wholeBot({ pictureReader, metrics, env = {} }: WholeBotOptions = {}) {
  const folder = tempFolder()
  writeKnowledge(folder)
  const data = join(folder, 'data')
  const config = readConfig({
    GUOSHEN_CONFIG: '',
    GUOSHEN_DATA_DIR: data,
    GUOSHEN_KNOWLEDGE_DIR: join(folder, 'knowledge'),
    GUOSHEN_INTENTS_DIR: join(folder, 'intents'),
    ...env,
  })
  const clock = fixedClock()
  const { log, lines } = capturedLog()
  const traces: DecisionTrace[] = []
  let channel = new FakeChannel()
  let bot: Bot | undefined
  let heardCount = 0

  async function start(): Promise<void> {
    channel = new FakeChannel()
    channel.staff = STAFF_ROOM
    const journal = { record: (trace: DecisionTrace) => void traces.push(trace) }
    bot = await createBot(config, {
      channel,
      clock,
      log,
      journal,
      ...(pictureReader && { pictureReader }),
      ...(metrics && { metrics }),
    })
    await bot.start()
  }
  await start()
  onTestFinished(() => bot!.stop())

  return {
    clock,
    lines,
    /** @param words `@小助手 ` in front puts them to the bot */
    async hears(words: string, facts: Partial<IncomingMessage> = {}) {
      clock.pass(1_000)
      const read = readText(words, { names: ['小助手'] })
      const message = aMessage({ id: `m${++heardCount}`, sentAtMs: clock.now(), ...read, ...facts })
      const before = channel.sent.length
      await channel.listener!(message)
      const sent = channel.sent.slice(before).filter(({ to }) => to.key === message.place.key)
      return {
        decision: traces.findLast(({ messageId }) => messageId === message.id)!,
        sent: sent.map(({ bubble }) => asRead(bubble)),
      }
    },
    toldStaff: () => channel.in(STAFF_ROOM.key),
    learning: () => bot!.operations.learning!,
    desk: () => bot!.desk,
    operations: () => bot!.operations,
    forget: (who: string) => bot!.forget({ who, sure: true }, []),
    /** Every JSON file below the data folder, by its path there. */
    files: (): readonly string[] =>
      readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json')),
    /** @param meanwhile what is done to the files while no bot runs */
    async restart(meanwhile: () => void = () => {}) {
      await bot!.stop()
      meanwhile()
      clock.pass(1_000)
      await start()
    },
    /** A file below the data folder; undefined when there is none. */
    read(...path: string[]): string | undefined {
      // Not by listing the folder: a name that is being replaced may be missing from the list.
      try {
        return readFileSync(join(data, ...path), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    write(text: string, ...path: string[]): void {
      mkdirSync(join(data, ...path.slice(0, -1)), { recursive: true })
      writeFileSync(join(data, ...path), text)
    },
  }
}
