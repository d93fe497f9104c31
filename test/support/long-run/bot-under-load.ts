import { existsSync, readFileSync } from 'node:fs'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AlertInbox } from '../alert-inbox.js'
import type { WorldSpec } from '../fake-weixin/world.js'
import type { RandomPicks } from '../random-picks.js'
import { SmallDisk } from '../small-disk.js'
import { WechatBot } from '../wechat-bot.js'
import type { Trouble } from './judge.js'
import { type Disturbance, NAMESAKE, STAFF_ROOM } from './plan.js'

const MEASURE_ON_SIGNAL = path.join(import.meta.dirname, 'measure-on-signal.cjs')
const SET_CLOCK = path.join(import.meta.dirname, 'set-clock.cjs')
const ONLINE_MS = 90_000 // the supervisor waits up to a minute before it starts a bot that was killed again and again
const LONGEST_OUTAGE_MS = 6_000
const MEASURED_MS = 5_000
const HARDSHIP_MS = 20_000 // longer than the bot's looks at its disk, its clock and its desk
const DAY_MS = 86_400_000
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

/** A bot that much is done to, with a webhook of its own. */
export class BotUnderLoad extends WechatBot {
  readonly troubles: Trouble[] = []
  readonly #isHard: boolean
  readonly #inbox: AlertInbox
  #disk: SmallDisk | undefined

  private constructor(inbox: AlertInbox, isHard: boolean) {
    super()
    this.#isHard = isHard
    this.#inbox = inbox
  }

  /** @param hard with small caps, a staff group, and a data folder on a small disk, where the system lets us make one */
  static async begin(world: WorldSpec, { hard = false } = {}): Promise<BotUnderLoad> {
    const inbox = await AlertInbox.open()
    const bot = new BotUnderLoad(inbox, hard)
    const webhook = `{ kind: json, url: "${inbox.url}?key=${WEBHOOK_KEY}" }`
    const flooding = 'flooding: { perPersonMinute: 0, perPersonHour: 0, perRoomMinute: 0 }'
    const preloads = hard ? [MEASURE_ON_SIGNAL, SET_CLOCK] : [MEASURE_ON_SIGNAL]
    await bot.start({
      ...{ ...world, preloads },
      config: [hard ? HARD_CONFIG : 'sending: { pacing: off }', flooding, `alerts: { webhooks: [${webhook}] }`],
    })
    return bot
  }

  protected override async prepare(): Promise<void> {
    if (this.#isHard) this.#disk = SmallDisk.mount(this.file('data'))
  }

  override settings(): Readonly<Record<string, string>> {
    return { ...super.settings(), ...(this.#isHard && { SET_CLOCK: this.file('clock') }) }
  }

  /** The webhook's key, too: whoever reads it in a log has the robot. */
  override get secrets(): readonly string[] {
    return [...super.secrets, WEBHOOK_KEY]
  }

  /** Alerts that got out. */
  get alerts(): readonly string[] {
    return this.#inbox.summary
  }

  /** @returns undefined when the bot does not run at this moment */
  async memory(): Promise<MemoryInUse | undefined> {
    const run = this.process
    const { pid } = await this.running()
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
    else if (what === 'full-disk') await this.#fillDisk(meanwhile)
    else if (what === 'clock-jump') await this.#setClock(picks, meanwhile)
    else if (what === 'namesake') await this.#renameGroup(meanwhile)
    else if (what === 'bad-file') await this.#spoilFiles(meanwhile)
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
    if (what === 'kill-bot') process.kill((await this.running()).pid, 'SIGKILL')
    else await this.process.stop({ signal: 'SIGKILL' })
    await meanwhile()
    if (what === 'kill-all') this.launch()
    const isResumed = await this.wx.until(() => {
      const { session } = this.wx
      return session && (session.number > number || session.inits > inits) && session.polls > 0
    }, ONLINE_MS)
    if (!isResumed) throw this.#deaf()
    if (this.wx.session?.number !== number) throw new Error(`a new login after ${what}`)
  }

  /** All that staff can know of: what was said in their group and by webhook, and the tickets. */
  get toldStaff(): string {
    const said = this.wx.sentList({ to: STAFF_ROOM.key }).map(({ text }) => text)
    const path = this.file('data', 'tickets.json')
    return [
      ...said,
      ...this.#inbox.received.map(({ text }) => text),
      existsSync(path) ? readFileSync(path, 'utf8') : '',
    ].join('\n')
  }

  async #fillDisk(meanwhile: () => Promise<void>): Promise<void> {
    this.#disk?.fill()
    await Promise.all([meanwhile(), sleep(HARDSHIP_MS)])
    this.#disk?.free()
    await sleep(HARDSHIP_MS / 2)
  }

  /** Expiry and archive are due by it, were it believed. */
  async #setClock(picks: RandomPicks, meanwhile: () => Promise<void>): Promise<void> {
    await writeFile(this.file('clock'), String(picks.pick([130_000, 8 * DAY_MS, 200 * DAY_MS, -DAY_MS])))
    await Promise.all([meanwhile(), sleep(HARDSHIP_MS)])
    await writeFile(this.file('clock'), '0')
    await sleep(1_000)
  }

  async #renameGroup(meanwhile: () => Promise<void>): Promise<void> {
    this.wx.people.setRoom(NAMESAKE, { topic: STAFF_ROOM.topic })
    this.wx.inject({ from: 'idler0', room: NAMESAKE, text: '工单' })
    await Promise.all([meanwhile(), sleep(HARDSHIP_MS / 2)])
  }

  /** Half an edit and half a file, and then a crash. */
  async #spoilFiles(meanwhile: () => Promise<void>): Promise<void> {
    // What waits would go with the process, and what came in this very second.
    await sleep(HARDSHIP_MS / 2)
    await this.wx.waitSent({ quietMs: HARDSHIP_MS / 2, waitMs: ONLINE_MS })
    const config = await readFile(this.file('guoshen.yaml'), 'utf8')
    await writeFile(this.file('guoshen.yaml'), `${config}rooms2: { serve: [\n`)
    await truncate(this.file('data', 'heard.json'), 40)
    await this.#kill('kill-bot', meanwhile)
    await writeFile(this.file('guoshen.yaml'), config)
  }

  override async end(): Promise<void> {
    await this.process.stop({ signal: 'SIGKILL' })
    this.#inbox.close()
    this.#disk?.unmount()
    await super.end()
  }

  async #hearsAfter(atMs: number): Promise<void> {
    const polled = await this.wx.until(() => (this.wx.session?.lastPollAt ?? 0) > atMs, ONLINE_MS)
    if (!polled) throw this.#deaf()
  }

  #deaf(): Error {
    return new Error(`deaf for ${ONLINE_MS} ms; the output ends:\n${this.output.slice(-3_000)}`)
  }
}

/** So fast that a run is over in minutes, and so little that the day ends before it. */
const HARD_CONFIG = `sending: { pacing: on, gapSeconds: 1, jitterSeconds: 0, perMinute: 60, perPlaceMinute: 30, perDay: 60 }
rooms: { staffRoom: "${STAFF_ROOM.topic}" }
desk: { people: [{ name: "${STAFF_ROOM.colleague.nick}", remark: "${STAFF_ROOM.colleague.remark}" }] }`

const inMiB = (pid: number, { rss, heapUsed, external }: NodeJS.MemoryUsage): MemoryInUse => ({
  pid,
  residentMiB: Math.round(rss / 2 ** 20),
  heapMiB: Math.round((heapUsed + external) / 2 ** 20),
})
