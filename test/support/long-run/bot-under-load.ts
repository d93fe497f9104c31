import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AlertInbox } from '../alert-inbox.js'
import { BotProcess } from '../fake-weixin/bot-process.js'
import { FakeWeixin } from '../fake-weixin/fake-weixin.js'
import type { WorldSpec } from '../fake-weixin/world.js'
import type { RandomPicks } from '../random-picks.js'
import type { Trouble } from './judge.js'
import type { Disturbance } from './plan.js'

const ROOT = path.join(import.meta.dirname, '../../..')
const MEASURE_ON_SIGNAL = path.join(import.meta.dirname, 'measure-on-signal.cjs')
const ONLINE_MS = 90_000 // the supervisor waits up to a minute before it starts a bot that was killed again and again
const LONGEST_OUTAGE_MS = 6_000
const MEASURED_MS = 5_000
/** As robots have it in their address. */
const WEBHOOK_KEY = 'key-of-the-robot-7f3a91'

/** What is in use by the process that talks to WeChat, garbage collected. */
export interface MemoryInUse {
  readonly pid: number
  /** Of all kinds, as Linux counts it. */
  readonly residentMiB: number
  /** What JavaScript holds, buffers included. */
  readonly heapMiB: number
}

/** `npm start` on the real puppet, with a WeChat and a folder of its own. */
export class BotUnderLoad {
  readonly wx = new FakeWeixin()
  readonly troubles: Trouble[] = []
  readonly #folder: string
  readonly #inbox: AlertInbox
  readonly #runs: BotProcess[] = []

  private constructor(folder: string, inbox: AlertInbox) {
    this.#folder = folder
    this.#inbox = inbox
  }

  static async start(world: WorldSpec): Promise<BotUnderLoad> {
    const inbox = await AlertInbox.open()
    const bot = new BotUnderLoad(await mkdtemp(path.join(tmpdir(), 'guoshen-long-run-')), inbox)
    const webhook = `{ kind: json, url: "${inbox.url}?key=${WEBHOOK_KEY}" }`
    const config = `sending: { pacing: off }\nflooding: { perPersonMinute: 0, perPersonHour: 0, perRoomMinute: 0 }\nalerts: { webhooks: [${webhook}] }\n`
    await writeFile(path.join(bot.#folder, 'guoshen.yaml'), config)
    await bot.wx.start()
    bot.wx.world(world)
    bot.#launch()
    await bot.#hearsAfter(0)
    return bot
  }

  /** Everything printed so far, by all runs. */
  get output(): string {
    return this.#runs.map(({ output }) => output).join('\n')
  }

  /** Of every login so far, and of the webhook: whoever reads one of these in a log has the account, or the robot. */
  get secrets(): readonly string[] {
    const ofLogins = this.wx.logins.all.flatMap(({ sid, skey, passTicket, dataTicket, authTicket }) => [
      ...[sid, skey, dataTicket, authTicket],
      ...[passTicket, decodeURIComponent(passTicket)],
    ])
    return [...ofLogins, WEBHOOK_KEY]
  }

  /** Alerts that got out. */
  get alerts(): readonly string[] {
    return this.#inbox.summary
  }

  /** @returns undefined when the bot does not run at this moment */
  async memory(): Promise<MemoryInUse | undefined> {
    const run = this.#runs.at(-1)!
    const pid = await this.#pid()
    if (!run.processes().some((process) => process.pid === pid)) return undefined
    const from = run.output.length
    process.kill(pid, 'SIGUSR2')
    for (const endMs = Date.now() + MEASURED_MS; Date.now() < endMs; await sleep(20)) {
      const line = /^\{"memory":.*\}$/m.exec(run.output.slice(from))?.[0]
      if (line) return inMiB(pid, JSON.parse(line).memory as NodeJS.MemoryUsage)
    }
    return undefined
  }

  /** Something goes wrong, `meanwhile` goes on, and the bot hears again when this resolves. */
  async suffer(what: Disturbance, picks: RandomPicks, meanwhile: () => Promise<void>): Promise<void> {
    const fromMs = Date.now()
    if (what === 'outage') await this.#outage(picks, meanwhile)
    else if (what === 'kick') await this.#kick(picks, meanwhile)
    else await this.#kill(what, meanwhile)
    this.troubles.push({ what, fromMs, toMs: Date.now() })
  }

  async #outage(picks: RandomPicks, meanwhile: () => Promise<void>): Promise<void> {
    await this.wx.outage()
    await Promise.all([meanwhile(), sleep(500 + picks.below(LONGEST_OUTAGE_MS))])
    await this.wx.restore()
    await this.#hearsAfter(Date.now())
  }

  async #kick(picks: RandomPicks, meanwhile: () => Promise<void>): Promise<void> {
    this.wx.kick(picks.pick([1101, 1102]))
    await meanwhile()
    await this.#hearsAfter(Date.now())
  }

  /** The same session goes on: no scan is needed. */
  async #kill(what: 'kill-bot' | 'kill-all', meanwhile: () => Promise<void>): Promise<void> {
    const { number, inits } = this.wx.session ?? { number: 0, inits: 0 }
    if (what === 'kill-bot') process.kill(await this.#pid(), 'SIGKILL')
    else await this.#runs.at(-1)!.stop({ signal: 'SIGKILL' })
    await meanwhile()
    if (what === 'kill-all') this.#launch()
    const isResumed = await this.wx.until(() => {
      const { session } = this.wx
      return session && (session.number > number || session.inits > inits) && session.polls > 0
    }, ONLINE_MS)
    if (!isResumed) throw this.#deaf()
    if (this.wx.session?.number !== number) throw new Error(`a new login after ${what}`)
  }

  async end(): Promise<void> {
    for (const run of this.#runs) await run.stop({ signal: 'SIGKILL' })
    await this.wx.stop()
    this.#inbox.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Of the process that talks to WeChat, or did until lately. */
  async #pid(): Promise<number> {
    return JSON.parse(await readFile(path.join(this.#folder, 'data/running.json'), 'utf8')).pid
  }

  #launch(): void {
    const env = this.wx.botEnv({
      GUOSHEN_CONFIG: path.join(this.#folder, 'guoshen.yaml'),
      GUOSHEN_DATA_DIR: path.join(this.#folder, 'data'),
      GUOSHEN_CACHE_DIR: process.env.GUOSHEN_CACHE_DIR ?? path.join(this.#folder, 'cache'),
      GUOSHEN_WEB_PORT: '0',
    })
    env.NODE_OPTIONS += ` --require ${JSON.stringify(MEASURE_ON_SIGNAL)}`
    const args = ['start', '--', '--puppet', 'wechat4u']
    this.#runs.push(new BotProcess({ command: 'npm', args, cwd: ROOT, env }).start())
  }

  async #hearsAfter(atMs: number): Promise<void> {
    const polled = await this.wx.until(() => (this.wx.session?.lastPollAt ?? 0) > atMs, ONLINE_MS)
    if (!polled) throw this.#deaf()
  }

  #deaf(): Error {
    return new Error(`deaf for ${ONLINE_MS} ms; the output ends:\n${this.output.slice(-3_000)}`)
  }
}

const inMiB = (pid: number, { rss, heapUsed, external }: NodeJS.MemoryUsage): MemoryInUse => ({
  pid,
  residentMiB: Math.round(rss / 2 ** 20),
  heapMiB: Math.round((heapUsed + external) / 2 ** 20),
})
