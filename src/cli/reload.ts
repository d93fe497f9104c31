import { parseArgs } from 'node:util'
import { readConfig } from '../config.js'
import { exitOnBadInput, postToBot } from './running-bot.js'

const NOT_RUNNING = '机器人没有在运行，先执行 npm start。'

/** Asks the running bot to reload its knowledge; with --force although it does worse than before. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } })
  const { dataDir } = readConfig(process.env)
  const answer = await postToBot(dataDir, '/api/reload', { force: values.force })
  if (!answer) console.error(NOT_RUNNING)
  else console.log(String(answer.text))
  process.exitCode = answer?.ok === true ? 0 : 1
}

await exitOnBadInput(main)
