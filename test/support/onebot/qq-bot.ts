import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AlertInbox } from '../alert-inbox.js'
import { BotProcess } from '../fake-weixin/bot-process.js'
import { OneBotStandIn, type QqWorld, type StandInOptions } from './stand-in.js'

const ROOT = path.join(import.meta.dirname, '../../..')
const START_MS = 90_000
/** What the test runner sets for itself; a bot must not believe to be under test. */
const OF_TEST_RUNNER = /^(VITEST.*|NODE_ENV|TEST|DEV|PROD|SSR|MODE|BASE_URL)$/
export const QQ_TOKEN = 'token-of-a-qq-7f3a91c2'

export interface QqBotSetup {
  readonly world: QqWorld
  /** Lines of `guoshen.yaml`. */
  readonly config?: readonly string[]
  /** The same within `alerts`, beside the webhook. */
  readonly alerts?: readonly string[]
  readonly standIn?: StandInOptions
  readonly env?: NodeJS.ProcessEnv
  /** Loaded into its processes before all else. */
  readonly preloads?: readonly string[]
}

/** The real program on QQ, with an implementation, a webhook and a folder of its own. */
export class QqBot {
  readonly qq: OneBotStandIn
  readonly inbox: AlertInbox
  readonly folder: string
  readonly #setup: QqBotSetup
  readonly #runs: BotProcess[] = []

  private constructor(setup: QqBotSetup, folder: string, inbox: AlertInbox) {
    this.#setup = setup
    this.folder = folder
    this.inbox = inbox
    this.qq = new OneBotStandIn(setup.world, { token: QQ_TOKEN, ...setup.standIn })
  }

  /** Connected, and heard to be logged in. */
  static async start(setup: QqBotSetup): Promise<QqBot> {
    const folder = await mkdtemp(path.join(tmpdir(), 'guoshen-qq-'))
    const bot = new QqBot(setup, folder, await AlertInbox.open())
    const webhooks = `webhooks: [{ kind: json, url: "${bot.inbox.url}" }]`
    const webhook = `alerts: { ${[webhooks, ...(setup.alerts ?? [])].join(', ')} }`
    await writeFile(path.join(folder, 'guoshen.yaml'), `${[webhook, ...(setup.config ?? [])].join('\n')}\n`, {
      mode: 0o600,
    })
    await bot.qq.start()
    bot.launch()
    await bot.online()
    return bot
  }

  /** Starts the program, for the first time or again after its end. */
  launch(env: NodeJS.ProcessEnv = {}): BotProcess {
    const inherited = Object.entries(process.env).filter(([name]) => !OF_TEST_RUNNER.test(name))
    const preloads = (this.#setup.preloads ?? []).map((file) => `--require ${JSON.stringify(file)}`)
    const run = new BotProcess({
      command: process.execPath,
      args: ['dist/main.js', '--channel', 'onebot'],
      cwd: ROOT,
      env: {
        ...Object.fromEntries(inherited),
        GUOSHEN_CONFIG: path.join(this.folder, 'guoshen.yaml'),
        GUOSHEN_DATA_DIR: path.join(this.folder, 'data'),
        GUOSHEN_WEB_PORT: '0',
        GUOSHEN_ONEBOT_URL: this.qq.url,
        GUOSHEN_ONEBOT_TOKEN: QQ_TOKEN,
        NODE_OPTIONS: [process.env.NODE_OPTIONS, ...preloads].filter(Boolean).join(' '),
        ...this.#setup.env,
        ...env,
      },
    }).start()
    this.#runs.push(run)
    return run
  }

  /** The latest run has been told the groups, after so many logins of it. */
  async online(): Promise<void> {
    await this.process.waitOutput(/"msg":"logged in"/, START_MS)
    await this.qq.until(() => this.qq.isConnected, START_MS)
  }

  get process(): BotProcess {
    return this.#runs.at(-1)!
  }

  /** Everything printed so far, by all runs. */
  get output(): string {
    return this.#runs.map(({ output }) => output).join('\n')
  }

  /** The bot's own process and page. */
  async running(): Promise<{ readonly url: string; readonly pid: number }> {
    return JSON.parse(await readFile(path.join(this.folder, 'data/running.json'), 'utf8'))
  }

  async status(): Promise<Record<string, unknown>> {
    return (await (await fetch(new URL('/api/status', (await this.running()).url))).json()) as Record<string, unknown>
  }

  async end(): Promise<void> {
    for (const run of this.#runs) await run.stop({ signal: 'SIGKILL' })
    await this.qq.stop()
    this.inbox.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}
