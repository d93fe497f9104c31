import { readConfig } from '../config.js'
import { exitOnBadInput, postToBot } from './running-bot.js'

const NOT_RUNNING = '机器人没有在运行，先执行 npm start。'
const HELP = '帮助'

/** As people who work at a terminal ask for it: `npm run reload -- --force`. */
const FORCE = { flag: '--force', word: '强制' } as const

/** Gives the running bot an order as its operator: `npm run admin -- 状态`. Without one it lists what can be ordered. */
async function main(): Promise<void> {
  const words = process.argv.slice(2).map((word) => (word === FORCE.flag ? FORCE.word : word))
  const text = words.join(' ').trim() || HELP
  const { dataDir } = readConfig(process.env)
  const answer = await postToBot(dataDir, '/api/orders', { text })
  if (!answer) console.error(NOT_RUNNING)
  else console.log(String(answer.text))
  process.exitCode = answer?.ok === true ? 0 : 1
}

await exitOnBadInput(main)
