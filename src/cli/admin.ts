import { readConfig } from '../config.js'
import { exitOnBadInput, postToBot, readRunning } from './running-bot.js'

const NOT_RUNNING = '机器人没有在运行，先执行 npm start。'
const HELP = '帮助'

/** As people who work at a terminal ask for it: `npm run reload -- --force`. */
const FORCE = { flag: '--force', word: '强制' } as const
/** Asked by the container: no words, exit code 0 while the running bot says that it is well. */
const HEALTH = '--health'

/** Gives the running bot an order as its operator: `npm run admin -- 状态`. Without one it lists what can be ordered. */
async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const { dataDir } = readConfig(process.env)
  if (args.includes(HEALTH)) return tellHealth(dataDir)
  const text = args.map((word) => (word === FORCE.flag ? FORCE.word : word)).join(' ')
  const answer = await postToBot(dataDir, '/api/orders', { text: text.trim() || HELP })
  if (!answer) console.error(NOT_RUNNING)
  else console.log(String(answer.text))
  process.exitCode = answer?.ok === true ? 0 : 1
}

async function tellHealth(dataDir: string): Promise<void> {
  const running = readRunning(dataDir)
  const response = running && (await fetch(new URL('/healthz', running.url)))
  process.exitCode = response?.ok ? 0 : 1
}

await exitOnBadInput(main)
