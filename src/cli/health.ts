import { readConfig } from '../config.js'
import { readRunning } from './running-bot.js'

/** Exit code 0 while the running bot says that it is well; for the container's health check. */
const running = readRunning(readConfig(process.env).dataDir)
const response = running && (await fetch(new URL('/healthz', running.url)))
process.exitCode = response?.ok ? 0 : 1
