import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { withTimeout } from './base/time.js'
import { exitOnBadInput } from './cli/running-bot.js'
import type { Config } from './config.js'
import { createWebhookAlerts } from './ops/alerts.js'
import { lockFolder } from './ops/data-folder.js'
import { onHangup, openLog } from './ops/exit.js'
import { EXIT, passOnAlerts, RefusedFiles, RestartWatch, Supervisor, startedConfig } from './ops/supervise.js'

const USAGE = `用法：npm start                          打开模拟的微信，在浏览器里试用
      npm start -- --puppet wechat4u   用真的微信号登录（先看 docs/operations.zh-CN.md 里的封号风险）
      npm start -- --channel onebot    接 QQ：地址写在 GUOSHEN_ONEBOT_URL，口令写在 GUOSHEN_ONEBOT_TOKEN
      npm start -- --puppet <包名>     用别的 Wechaty puppet
设置写在 guoshen.yaml（样本：guoshen.example.yaml）；环境变量 GUOSHEN_CONFIG 可以指定别的文件。`

const clock = { now: () => Date.now() }
// Beside this file, in TypeScript as well as compiled.
const BOT_PROGRAM = import.meta.filename.replace(/main(\.\w+)$/, 'bot$1')

/** What the supervisor needs of the configuration. */
interface Settings {
  readonly dataDir: Config['dataDir']
  readonly logLevel: Config['log']['level']
  readonly alerts: Config['alerts']
  /** What stands in the file. */
  readonly text: string
}

/** `npm start`: keeps the bot's process running, and tells people outside WeChat when it needs them. */
async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const settings = await readSettings(args)
  if (!settings) return
  const { dataDir, logLevel } = settings
  let { text } = settings
  process.umask(0o077) // login card and tickets are nobody else's
  mkdirSync(dataDir, { recursive: true })
  const log = openLog({ level: logLevel, name: 'supervisor' })
  await lockFolder(dataDir, { of: 'supervisor', waitMs: 0, log })
  const { webhooks, perHour, restarts: limit } = settings.alerts
  const memoryPath = join(dataDir, 'alerts.json')
  const alerts = createWebhookAlerts({ webhooks, perHour, memoryPath, clock, log })
  const restarts = new RestartWatch({ alerts, limit, clock })
  const refused = new RefusedFiles()
  // Wechaty prints what people write at its default level, and names in its warnings; it reads this when it is loaded.
  const env = { ...FEW_ARENAS, ...process.env, WECHATY_LOG: process.env.WECHATY_LOG || 'error' }
  const supervisor = new Supervisor({
    startBot: (downMs) => {
      const last = restarts.total > 0 ? { GUOSHEN_LAST_CONFIG: text } : {}
      const facts = {
        GUOSHEN_RESTARTS: String(restarts.total),
        GUOSHEN_DOWN_MS: String(Math.round(downMs)),
        GUOSHEN_LEFT_FILES: String(refused.count),
      }
      const bot = fork(BOT_PROGRAM, args, {
        env: { ...env, ...last, ...facts },
        execArgv: [...process.execArgv, SMALL_NURSERY],
      })
      refused.handTo(bot)
      return bot
    },
    log,
    onMessage: (message) => {
      passOnAlerts(message, alerts)
      refused.hear(message)
      text = startedConfig(message) ?? text
    },
    onRestart: () => restarts.note(),
  })
  stopWithOthers(supervisor)
  const code = await supervisor.run()
  if (code === EXIT.badInput) await withTimeout(alerts.delivered(), LAST_ALERT_MS)
  process.exit(code)
}

const READ_SETTINGS = 'read-settings'

/**
 * Has them read by a child of this program, which ends: the libraries for it take more memory than all of the
 * supervisor, which lives as long as the bot.
 *
 * @returns undefined when something is wrong with them, which is told by then
 */
function readSettings(args: readonly string[]): Promise<Settings | undefined> {
  return new Promise((resolve, reject) => {
    const reader = fork(import.meta.filename, [READ_SETTINGS, ...args])
    let settings: Settings | undefined
    reader.once('message', (message) => {
      settings = message as Settings
    })
    reader.once('error', reject)
    reader.once('exit', (code) => {
      if (!settings) process.exitCode = code || EXIT.badInput
      resolve(settings)
    })
  })
}

/** That child. What is wrong with the configuration or the command line is told at the terminal. */
async function tellSettings(args: string[]): Promise<void> {
  const { configText, readConfig } = await import('./config.js')
  const { values } = parseArgs({ args, options: { puppet: { type: 'string' }, channel: { type: 'string' } } })
  const text = configText(process.env)
  const { dataDir, log, alerts } = readConfig(process.env, values, text)
  const settings: Settings = { dataDir, logLevel: log.level, alerts, text }
  process.send?.(settings)
}

/**
 * Room for what is new, in MiB: a message needs little, and V8's own choice of 16 stays taken thrice after a burst. It
 * costs no time that could be measured, and saves some 20 MiB.
 */
const SMALL_NURSERY = '--max-semi-space-size=4'
/** glibc takes memory for each of Node's threads, and seldom gives it back. */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' }

const LAUNCHER_CHECK_MS = 1_000
/** Who waits at the terminal is not kept for longer. */
const LAST_ALERT_MS = 10_000

function stopWithOthers(supervisor: Supervisor): void {
  process.on('SIGINT', () => supervisor.stop('SIGINT'))
  process.on('SIGTERM', () => supervisor.stop('SIGTERM'))
  onHangup({ reload: () => supervisor.tell('SIGHUP'), stop: () => supervisor.stop('SIGTERM') })
  if (process.env.npm_lifecycle_event !== 'start') return
  // npm starts us through a shell, which dies of a signal to npm without passing it on.
  const launcher = process.ppid
  setInterval(() => {
    if (process.ppid !== launcher) supervisor.stop('SIGTERM')
  }, LAUNCHER_CHECK_MS).unref()
}

const [first, ...others] = process.argv.slice(2)
if (first === READ_SETTINGS) await exitOnBadInput(() => tellSettings(others))
else await exitOnBadInput(main, { usage: USAGE, outlivesReader: true })
