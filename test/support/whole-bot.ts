import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readText } from '../../src/channel/hearing.js'
import { readConfig } from '../../src/config.js'
import { type Bot, createBot } from '../../src/create-bot.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import type { DecisionTrace } from '../../src/model/decision.js'
import type { Metrics, PictureReader } from '../../src/model/ports.js'
import { aMessage, STAFF_ROOM } from './a-message.js'
import { capturedLog } from './captured-log.js'
import { asRead, FakeChannel } from './fake-channel.js'
import { fixedClock } from './fixed-clock.js'
import { writeSmallKnowledge } from './small-knowledge.js'
import { tempFolder } from './temp-folder.js'

export interface WholeBotOptions {
  readonly pictureReader?: PictureReader
  readonly metrics?: Pick<Metrics, 'unsaid' | 'opinion'>
  /** Further environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** The bot of `npm start` on a knowledge of its own; between its runs everything lies on disk. */
export async function wholeBot({ pictureReader, metrics, env = {} }: WholeBotOptions = {}) {
  const folder = tempFolder()
  writeSmallKnowledge(folder)
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
