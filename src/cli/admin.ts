import { readConfig } from '../config.js'
import { exitOnBadInput, postToBot } from './running-bot.js'

const NOT_RUNNING = '机器人没有在运行，先执行 npm start。'
const HELP = '帮助'

/** Gives the running bot an order as its operator: `npm run admin -- 状态`. Without one it lists what can be ordered. */
async function main(): Promise<void> {
  const text = process.argv.slice(2).join(' ').trim() || HELP
  const { dataDir } = readConfig(process.env)
  const answer = await postToBot(dataDir, '/api/orders', { text })
  if (!answer) console.error(NOT_RUNNING)
  else console.log(String(answer.text))
  process.exitCode = answer?.ok === true ? 0 : 1
}

await exitOnBadInput(main)
