import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { toString as qrToString } from 'qrcode'
import { PuppetSimulator } from './adapters/simulator/puppet-simulator.js'
import { createVendorWorld } from './adapters/simulator/vendor-world.js'
import { DecisionLog } from './adapters/web/decision-feed.js'
import { createWebApp } from './adapters/web/web-app.js'
import type { BotStatus } from './adapters/web/web-deps.js'
import { startWebServer } from './adapters/web/web-server.js'
import { buildWechaty } from './adapters/wechaty/build-wechaty.js'
import { WechatyChannel } from './adapters/wechaty/wechaty-channel.js'
import { exitOnBadInput } from './cli/exit-on-bad-input.js'
import { RUNNING_FILE } from './cli/running-file.js'
import { type Config, readConfig } from './config.js'
import { createBot } from './create-bot.js'

const clock = { now: () => Date.now() }

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { puppet: { type: 'string' } } })
  const config = readConfig(process.env, { puppet: values.puppet })
  // Wechaty prints what people write at its default level.
  process.env.WECHATY_LOG ??= 'warn'
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  await run(config)
}

async function run(config: Config): Promise<void> {
  const log = pino({ level: config.log.level })
  const world = config.puppet === 'simulator' ? createVendorWorld({ clock }) : undefined
  const wechaty = buildWechaty(world ? new PuppetSimulator({ world }) : config.puppet, config.dataDir)
  const channel = new WechatyChannel(
    wechaty,
    {
      serve: config.rooms.serve,
      staffRoom: config.rooms.staffRoom,
      staffNames: config.staff.names,
      adminRemarks: config.admin.remarks,
      logoutOnStop: world !== undefined,
    },
    log,
  )
  const journal = new DecisionLog()
  const bot = await createBot(config, { channel, clock, log, journal })

  let login: Pick<BotStatus, 'login' | 'qrText'> = { login: 'starting' }
  channel.onLogin((state) => {
    login = state
    if (state.qrText !== undefined) void showQrCode(state.qrText)
  })
  const app = createWebApp({
    world,
    journal,
    log,
    status: () => ({ puppet: config.puppet, ...login, knowledgeVersion: bot.knowledge.current().version }),
    reload: () => bot.operations.reload(),
    sectionTitle: (key) => bot.knowledge.current().sections.get(key)?.title,
  })
  const web = await startWebServer(app, { port: config.web.port, log })
  const runningFile = join(config.dataDir, RUNNING_FILE)
  writeFileSync(runningFile, JSON.stringify({ url: web.url, pid: process.pid }), { mode: 0o600 })
  stopOnSignal(async () => {
    rmSync(runningFile, { force: true })
    await web.stop()
    await bot.stop()
  })
  await bot.start()
  console.log(world ? `\n过审小助手已启动，用浏览器打开：${web.url}\n` : `\n登录状态和二维码：${web.url}\n`)
}

async function showQrCode(qrText: string): Promise<void> {
  console.log(`\n请用微信扫码登录：\n${await qrToString(qrText, { type: 'terminal', small: true })}`)
}

const STOP_TIMEOUT_MS = 5_000

function stopOnSignal(stop: () => Promise<void>): void {
  const onSignal = (): void => {
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
    // The puppet's polls would keep the process alive, and its own stop would log the account out.
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
}

await exitOnBadInput(main)
