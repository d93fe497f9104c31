import { parseArgs } from 'node:util'
import { type Config, configText, readConfig } from '../config.js'
import { exitOnBadInput } from './running-bot.js'

/** What the supervisor needs of the configuration. */
export interface Settings {
  readonly dataDir: Config['dataDir']
  readonly logLevel: Config['log']['level']
  readonly alerts: Config['alerts']
  /** What stands in the file. */
  readonly text: string
}

/**
 * Reads the configuration for the supervisor, whose command line it gets, and ends: the libraries for it take more memory
 * than all of the supervisor, which lives as long as the bot. What is wrong with it is told at the terminal.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { puppet: { type: 'string' }, channel: { type: 'string' } } })
  const text = configText(process.env)
  const { dataDir, log, alerts } = readConfig(process.env, values, text)
  const settings: Settings = { dataDir, logLevel: log.level, alerts, text }
  process.send?.(settings)
}

await exitOnBadInput(main)
