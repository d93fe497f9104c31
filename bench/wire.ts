import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../src/config.js'
import { FakeWeixin } from '../test/support/fake-weixin/fake-weixin.js'
import { publish } from './report/publish.js'
import { type Column, renderTable, shortNumber } from './report/render-table.js'
import { conversation, WORLD } from './wire/conversation.js'
import { type BotCost, type BotUnderTest, measureBot } from './wire/measure-bot.js'

/** `npm run bench:wire`: what our bot costs on the wire, beside a bare Wechaty echo bot that hears the same. */
const ECHO: BotUnderTest = {
  args: ['--import', import.meta.resolve('tsx'), join(PROJECT_ROOT, 'test/support/echo-bot.ts')],
  env: () => ({ WECHATY_LOG: 'warn' }),
  heard: /"event":"message"/g,
}
const OURS: BotUnderTest = {
  args: [join(PROJECT_ROOT, 'scripts/start.mjs'), '--puppet', 'wechat4u'],
  // At WeChat's pace, the answers would take hours.
  prepare: (folder) => writeFile(configPath(folder), 'sending: { pacing: "off" }\n'),
  env: (folder) => ({
    GUOSHEN_CONFIG: configPath(folder),
    GUOSHEN_DATA_DIR: join(folder, 'data'),
    GUOSHEN_WEB_PORT: '0',
  }),
  // Its own words come back to it and are decided on, too.
  heard: /"reason":"(?!own-message)[^"]+".*"msg":"decided"/g,
}
const MEASURED = { overheard: 400, asked: 100 }
const WARM_UP = { overheard: 50, asked: 20 }

interface Row {
  readonly what: string
  readonly of: (cost: BotCost) => number
}

const rows: readonly Row[] = [
  { what: 'CPU for a message overheard, ms', of: ({ overheard }) => overheard.cpuMs / overheard.messages },
  { what: 'CPU for a message put to it, ms', of: ({ asked }) => asked.cpuMs / asked.messages },
  {
    what: 'CPU for a message, of all, ms',
    of: ({ overheard, asked }) => (overheard.cpuMs + asked.cpuMs) / (overheard.messages + asked.messages),
  },
  { what: 'CPU for a bubble sent, ms', of: ({ asked }) => asked.cpuMs / asked.bubbles },
  { what: 'bubbles sent', of: ({ overheard, asked }) => overheard.bubbles + asked.bubbles },
  { what: 'memory at the end, MiB', of: ({ memoryMiB }) => memoryMiB },
]

function configPath(folder: string): string {
  return join(folder, 'guoshen.yaml')
}

async function measureBoth(): Promise<{ readonly echo: BotCost; readonly ours: BotCost }> {
  const wx = await new FakeWeixin().start()
  try {
    wx.world(WORLD)
    const talk = { warmUp: conversation(WARM_UP), measured: conversation(MEASURED) }
    console.error('echo bot …')
    const echo = await measureBot(wx, ECHO, talk)
    console.error('guoshen …')
    return { echo, ours: await measureBot(wx, OURS, talk) }
  } finally {
    await wx.stop()
  }
}

const { echo, ours } = await measureBoth()
const columns: readonly Column<Row>[] = [
  { title: '', cell: ({ what }) => what },
  { title: 'echo bot', cell: ({ of }) => shortNumber(of(echo)) },
  { title: 'guoshen', cell: ({ of }) => shortNumber(of(ours)) },
  { title: 'added', cell: ({ of }) => shortNumber(of(ours) - of(echo)) },
  { title: '× echo bot', cell: ({ of }) => shortNumber(of(ours) / of(echo)) },
]
publish(
  'wire',
  [
    `${MEASURED.overheard} messages overheard and ${MEASURED.asked} put to the bot, after ${WARM_UP.overheard} and ${WARM_UP.asked} to warm up.`,
    '',
    renderTable(columns, rows),
  ].join('\n'),
)
