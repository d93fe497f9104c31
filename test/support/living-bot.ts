import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'vitest'
import { AlertInbox } from './alert-inbox.js'
import { BotProcess } from './fake-weixin/bot-process.js'
import { FakeWeixin } from './fake-weixin/fake-weixin.js'
import type { WorldSpec } from './fake-weixin/world.js'

const ROOT = path.join(import.meta.dirname, '../..')
const CRASH_ON_SIGNAL = path.join(import.meta.dirname, 'crash-on-signal.cjs')
const CARD = 'wechaty-puppet-wechat4u.memory-card.json'
const START_MS = 90_000 // several bots start at once, on two cores
const POLL_MS = 100

export interface Health {
  readonly status: number
  readonly login: string
  readonly secondsSincePoll: number | null
}

/** Beside 小李, who sits in the group 售后一群. */
export interface LivingWorld extends Pick<WorldSpec, 'contacts' | 'rooms'> {
  /** Lines of `guoshen.yaml`. */
  readonly config?: readonly string[]
}

/** The real program on the real puppet, with a WeChat, a webhook and a folder of its own. Ends with its test. */
export class LivingBot {
  readonly wx = new FakeWeixin()
  readonly folder: string
  readonly inbox: AlertInbox
  readonly #runs: BotProcess[] = []

  private constructor(folder: string, inbox: AlertInbox) {
    this.folder = folder
    this.inbox = inbox
  }

  /** Logged in for the first time, and heard to answer. Takes the test itself, because tests run side by side. */
  static async start(
    { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
    { config = [], contacts = [], rooms = [] }: LivingWorld = {},
  ): Promise<LivingBot> {
    const folder = await mkdtemp(path.join(tmpdir(), 'guoshen-alive-'))
    const living = new LivingBot(folder, await AlertInbox.open())
    onTestFinished(() => living.#end())
    const webhook = `{ kind: json, url: "${living.inbox.url}" }`
    await writeFile(
      path.join(folder, 'guoshen.yaml'),
      `${[`alerts: { webhooks: [${webhook}] }`, ...config].join('\n')}\n`,
    )
    await living.wx.start()
    living.wx.world({
      me: { nick: '过审小助手' },
      contacts: [{ key: 'li', nick: '小李' }, ...contacts],
      rooms: [{ key: 'g1', topic: '售后一群', members: ['li'] }, ...rooms],
    })
    living.launch()
    await living.online()
    await living.hears(20_000)
    return living
  }

  /** Starts the program, for the first time or again after its end. */
  launch(): BotProcess {
    const env = this.wx.botEnv({
      GUOSHEN_CONFIG: path.join(this.folder, 'guoshen.yaml'),
      GUOSHEN_DATA_DIR: path.join(this.folder, 'data'),
      GUOSHEN_WEB_PORT: '0',
    })
    env.NODE_OPTIONS += ` --require ${JSON.stringify(CRASH_ON_SIGNAL)}`
    const args = ['--import', 'tsx', 'src/main.ts', '--puppet', 'wechat4u']
    const run = new BotProcess({ command: process.execPath, args, cwd: ROOT, env }).start()
    this.#runs.push(run)
    return run
  }

  /** The latest run; its `pid` is the supervisor's. */
  get process(): BotProcess {
    return this.#runs.at(-1)!
  }

  /** Everything printed so far, by all runs. */
  get output(): string {
    return this.#runs.map(({ output }) => output).join('\n')
  }

  /** Polls after the `inits`th start with a session that is newer than login number `after`. */
  async online({ inits = 1, after = 0 }: { inits?: number; after?: number } = {}): Promise<void> {
    await this.wx.waitLogin({ waitMs: START_MS, inits, after }).catch((error: Error) => {
      throw new Error(`${error.message}; the output ends:\n${this.process.output.slice(-3_000)}`)
    })
  }

  /** Asks every second until an answer comes. @returns milliseconds that it took @throws Error when the time is up */
  async hears(withinMs: number): Promise<number> {
    const startedMs = performance.now()
    const after = Math.max(0, ...this.wx.sentList().map(({ seq }) => seq))
    while (performance.now() - startedMs < withinMs) {
      this.wx.inject({ from: 'li', text: '首次审核一共要多久' })
      const sent = await this.wx.waitSent({ to: 'li', after, waitMs: 1_000 })
      if (sent.length > 0) return performance.now() - startedMs
    }
    throw new Error(`deaf for ${withinMs} ms; the output ends:\n${this.process.output.slice(-3_000)}`)
  }

  async health(): Promise<Health> {
    const response = await fetch(new URL('/healthz', (await this.running()).url))
    return { status: response.status, ...((await response.json()) as Omit<Health, 'status'>) }
  }

  /** Waits until `/healthz` tells of a login state. */
  async becomes(login: string): Promise<Health> {
    return this.until(async () => {
      const health = await this.health().catch(() => undefined) // between two runs
      return health?.login === login && health
    }, `login to be ${login}`)
  }

  /** First truthy value of `probe`. @throws Error when there is none in time */
  async until<T>(probe: () => Promise<T | false | undefined> | T | false | undefined, what: string): Promise<T> {
    const end = performance.now() + START_MS
    while (performance.now() < end) {
      const found = await probe()
      if (found) return found
      await sleep(POLL_MS)
    }
    throw new Error(`waited in vain for ${what}; the output ends:\n${this.process.output.slice(-3_000)}`)
  }

  /** The bot's own process and page. */
  async running(): Promise<{ readonly url: string; readonly pid: number }> {
    return JSON.parse(await readFile(this.dataFile('running.json'), 'utf8'))
  }

  /** CPU time of the supervisor and the bot so far. */
  cpuSeconds(): number {
    return this.process.processes().reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
  }

  dataFile(name: string): string {
    return path.join(this.folder, 'data', name)
  }

  get card(): string {
    return this.dataFile(CARD)
  }

  /** Of every login so far: whoever reads one of these in a log has the account. */
  get secrets(): readonly string[] {
    return this.wx.logins.all.flatMap(({ sid, skey, passTicket, dataTicket, authTicket }) => [
      ...[sid, skey, dataTicket, authTicket],
      ...[passTicket, decodeURIComponent(passTicket)],
    ])
  }

  async #end(): Promise<void> {
    for (const run of this.#runs) await run.stop({ signal: 'SIGKILL' })
    await this.wx.stop()
    this.inbox.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}
