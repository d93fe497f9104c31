import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'vitest'
import { AlertInbox } from './alert-inbox.js'
import { START_MS, WechatBot, type WechatBotSetup } from './wechat-bot.js'

const CRASH_ON_SIGNAL = path.join(import.meta.dirname, 'crash-on-signal.cjs')
const CARD = 'wechaty-puppet-wechat4u.memory-card.json'
const POLL_MS = 100

export interface Health {
  readonly status: number
  readonly login: string
  readonly secondsSincePoll: number | null
}

/** A bot that is watched over by a webhook; 小李 sits with it in the group 售后一群. Ends with its test. */
export class LivingBot extends WechatBot {
  readonly inbox: AlertInbox

  private constructor(inbox: AlertInbox) {
    super()
    this.inbox = inbox
  }

  /**
   * Logged in for the first time, and heard to answer. Takes the test itself, because tests run side by side.
   *
   * @param world who is there beside 小李
   */
  static async begin(
    { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
    { config = [], contacts = [], rooms = [] }: WechatBotSetup = {},
  ): Promise<LivingBot> {
    const living = new LivingBot(await AlertInbox.open())
    onTestFinished(() => living.end())
    await living.start({
      config: [`alerts: { webhooks: [{ kind: json, url: "${living.inbox.url}" }] }`, ...config],
      contacts: [{ key: 'li', nick: '小李' }, ...contacts],
      rooms: [{ key: 'g1', topic: '售后一群', members: ['li'] }, ...rooms],
      preloads: [CRASH_ON_SIGNAL],
    })
    // Few asks: their answers would stand before those that a test waits for.
    await living.hears(START_MS, 10_000)
    return living
  }

  override async end(): Promise<void> {
    await super.end()
    this.inbox.close()
  }

  /** Asks again and again until an answer comes. @returns milliseconds that it took @throws Error when the time is up */
  async hears(withinMs: number, everyMs = 1_000): Promise<number> {
    const startedMs = performance.now()
    const after = Math.max(0, ...this.wx.sentList().map(({ seq }) => seq))
    while (performance.now() - startedMs < withinMs) {
      this.wx.inject({ from: 'li', text: '首次审核一共要多久' })
      const sent = await this.wx.waitSent({ to: 'li', after, waitMs: everyMs })
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

  /** CPU time of the supervisor and the bot so far. */
  cpuSeconds(): number {
    return this.process.processes().reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
  }

  dataFile(name: string): string {
    return this.file('data', name)
  }

  get card(): string {
    return this.dataFile(CARD)
  }
}
