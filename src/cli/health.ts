import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.js'
import { RUNNING_FILE } from './running-file.js'

/** Exit code 0 while the running bot says that it is well; for the container's health check. */
const { url } = JSON.parse(readFileSync(join(readConfig(process.env).dataDir, RUNNING_FILE), 'utf8')) as { url: string }
const response = await fetch(new URL('/healthz', url))
process.exitCode = response.ok ? 0 : 1
