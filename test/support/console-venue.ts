import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { BotProcess } from './fake-weixin/bot-process.js'
import { MovableClock } from './movable-clock.js'
import { startOnPage } from './on-the-page.js'
import { freePort } from './postgres.js'
import { ROOT, WechatBot } from './wechat-bot.js'
import { Wire } from './wire.js'

export type Customer = 'wang' | 'li'
/** 陈工, and somebody who has no role yet. */
export type Writer = 'chen' | 'newcomer'

/** How a picture stands between the words that the bot has sent. */
export const PICTURE = '[picture]'

/** A Friday at 17:40, when the desk is about to close. */
const STARTS_MS = Date.parse('2026-11-27T17:40:00+08:00')
const LONG_POLL_MS = 1_000
/** So often the puppet polls while its clock jumps. */
const SHORT_POLL_MS = 20

/** A bot with its console, where people talk in one group: the same scenarios hold in each. */
export interface Venue {
  start(): Promise<void>
  end(): Promise<void>
  /** Of the console; it stays over restarts. */
  readonly url: string
  /** What the program has printed so far. */
  readonly output: string
  /** The bot's, which begins on a Friday at 17:40, and that of whoever talks to it. */
  readonly clock: Pick<MovableClock, 'now' | 'rule'>
  setClock(atMs: number): Promise<void>
  /** Lets nobody through to the console until it is mended. */
  readonly wire: Pick<Wire, 'cut' | 'mend'>
  /** A path in the folder that it keeps its data in. */
  data(...names: readonly string[]): string
  /** The same for its own copies of `knowledge` and `intents`. */
  authored(...names: readonly string[]): string
  /** Says something in the group. @param isAsked by name */
  say(who: Customer, text: string, isAsked?: boolean): Promise<void>
  /** Waits until the bot says something like it in the group. @returns it */
  heard(pattern: RegExp): Promise<string>
  /** What the bot has sent to the group so far; a picture is `PICTURE`. */
  sent(): Promise<readonly string[]>
  /** What the bot tells the staff group, once it is like the pattern. */
  notice(pattern: RegExp): Promise<string>
  /** What the newcomer is called. */
  readonly newcomer: string
  /** Somebody writes to the bot alone. @returns the answer, once it is like the pattern */
  asks(who: Writer, text: string, pattern: RegExp): Promise<string>
  /** Ends the program at once, and starts it again. */
  kill(): Promise<void>
}

/** What the operator comes in with. */
export const TOKEN = 'Wh3r-7nobody-Guesses-it.'
const AS_OPERATOR = { authorization: `Bearer ${TOKEN}` }
const GROUP = 'room-xiangtian'
const STAFF_GROUP = 'room-staff'
const PUBLIC_URL = 'https://bot.example.com'

interface SimulatedMessage {
  readonly fromId: string
  readonly kind: 'text' | 'picture'
  readonly text: string
}

/** The real program on the simulated WeChat. */
export class SimulatedVenue implements Venue {
  readonly wire = new Wire()
  readonly clock = new MovableClock(STARTS_MS)
  readonly newcomer = '小李'
  #folder = ''
  #bot: BotProcess | undefined
  /** People talk while the console's wire is cut, too. */
  #direct = ''

  async start(): Promise<void> {
    await this.clock.set(STARTS_MS)
    this.#folder = await mkdtemp(path.join(tmpdir(), 'guoshen-console-'))
    for (const name of ['knowledge', 'intents'])
      await cp(path.join(ROOT, name), this.authored(name), { recursive: true })
    await this.#launch()
  }

  async #launch(): Promise<void> {
    const { bot, url } = await startOnPage(this.#folder, {
      GUOSHEN_WEB_PUBLIC_URL: PUBLIC_URL,
      GUOSHEN_WEB_TOKEN: TOKEN,
      GUOSHEN_KNOWLEDGE_DIR: this.authored('knowledge'),
      GUOSHEN_INTENTS_DIR: this.authored('intents'),
      NODE_OPTIONS: `--require ${JSON.stringify(MovableClock.preload)}`,
      ...this.clock.env,
    })
    this.#bot = bot
    this.#direct = url
    await this.wire.leadTo(url)
  }

  setClock = (atMs: number): Promise<void> => this.clock.set(atMs)

  async end(): Promise<void> {
    await this.#bot?.stop()
    this.wire.end()
    this.clock.end()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get url(): string {
    return this.wire.url
  }

  get output(): string {
    return this.#bot?.output ?? ''
  }

  data = (...names: readonly string[]): string => path.join(this.#folder, 'data', ...names)
  authored = (...names: readonly string[]): string => path.join(this.#folder, ...names)

  say = (who: Customer, text: string, isAsked = true): Promise<void> =>
    this.#post(who, GROUP, isAsked ? `@过审小助手 ${text}` : text, isAsked ? ['bot'] : [])

  async #post(as: string, conversation: string, text: string, mentions: readonly string[] = []): Promise<void> {
    const answer = await fetch(`${this.#direct}/api/simulator/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...AS_OPERATOR },
      body: JSON.stringify({ as, conversation, text, mentions }),
    })
    expect(answer.status).toBe(201)
  }

  async #heardIn(conversation: string, as: string): Promise<readonly string[]> {
    const query = new URLSearchParams({ as, conversation })
    const answer = await fetch(`${this.#direct}/api/simulator/messages?${query}`, { headers: AS_OPERATOR })
    const { messages } = (await answer.json()) as { messages: readonly SimulatedMessage[] }
    const own = messages.filter(({ fromId }) => fromId === 'bot')
    return own.map(({ kind, text }) => (kind === 'picture' ? PICTURE : text))
  }

  sent = (): Promise<readonly string[]> => this.#heardIn(GROUP, 'wang')
  heard = (pattern: RegExp): Promise<string> => waitFor(this.sent, pattern)
  notice = (pattern: RegExp): Promise<string> => waitFor(() => this.#heardIn(STAFF_GROUP, 'chen'), pattern)

  async asks(who: Writer, text: string, pattern: RegExp): Promise<string> {
    const person = who === 'chen' ? 'chen' : 'li'
    const read = () => this.#heardIn(`direct:${person}`, person)
    const before = (await read()).length
    await this.#post(person, `direct:${person}`, text)
    return waitFor(async () => (await read()).slice(before), pattern)
  }

  async kill(): Promise<void> {
    await this.#bot?.stop({ signal: 'SIGKILL' })
    await this.#launch()
  }
}

/** The real program on the real puppet, with a WeChat of its own. */
export class WechatVenue implements Venue {
  readonly wire = new Wire()
  readonly clock = new MovableClock(STARTS_MS)
  readonly newcomer = '赵姐'
  readonly #bot = new WechatBot()

  async start(): Promise<void> {
    await this.clock.set(STARTS_MS) // other venues may have had their time meanwhile
    Object.assign(this.#bot.wx.options, { clockAheadMs: this.clock.aheadMs, longPollMs: LONG_POLL_MS })
    await this.#bot.start({
      // Should its supervisor start it anew, the page is where it was.
      env: { ...this.clock.env, GUOSHEN_WEB_PORT: String(await freePort()) },
      preloads: [MovableClock.preload],
      own: ['knowledge', 'intents'],
      config: [
        'sending: { pacing: off }',
        'rooms: { staffRoom: 过审值班群 }',
        'desk: { people: [{ name: 陈工, remark: 同事陈工 }] }',
        `web: { publicUrl: ${PUBLIC_URL}, token: ${TOKEN} }`,
      ],
      contacts: [
        { key: 'wang', nick: '王老板', friend: false },
        { key: 'li', nick: '小李', friend: false },
        { key: 'chen', nick: '陈工', remark: '同事陈工' },
        { key: 'zhao', nick: '赵姐' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'li', 'chen'] },
        { key: 'duty', topic: '过审值班群', members: ['chen'] },
      ],
    })
    await this.wire.leadTo((await this.#bot.running()).url)
  }

  async end(): Promise<void> {
    await this.#bot.end()
    this.wire.end()
    this.clock.end()
  }

  /** Until the puppet has polled, it believes that it has not for all that time, and might give the session up. */
  async setClock(atMs: number): Promise<void> {
    const { options } = this.#bot.wx
    options.longPollMs = SHORT_POLL_MS
    await sleep(LONG_POLL_MS) // the poll that is open keeps its length
    options.clockAheadMs = atMs - Date.now()
    await this.clock.set(atMs)
    await this.#polled()
    options.longPollMs = LONG_POLL_MS
  }

  /** A poll that began after the call has been answered: the second one from here on shows it. */
  async #polled(): Promise<void> {
    const { wx } = this.#bot
    const before = wx.session?.polls ?? 0
    await expect
      .poll(() => wx.session?.polls ?? 0, { interval: SHORT_POLL_MS, timeout: 30_000 })
      .toBeGreaterThan(before + 1)
  }

  get url(): string {
    return this.wire.url
  }

  get output(): string {
    return this.#bot.output
  }

  data = (...names: readonly string[]): string => this.#bot.file('data', ...names)
  authored = (...names: readonly string[]): string => this.#bot.file(...names)

  async say(who: Customer, text: string, isAsked = true): Promise<void> {
    this.#bot.wx.inject({ from: who, room: 'g1', text: isAsked ? `{@bot}${text}` : text })
  }

  #sentTo = (to: string): readonly string[] => this.#bot.wx.sentList({ to }).map(({ text }) => text ?? PICTURE)

  sent = async (): Promise<readonly string[]> => this.#sentTo('g1')
  heard = (pattern: RegExp): Promise<string> => waitFor(this.sent, pattern)
  notice = (pattern: RegExp): Promise<string> => waitFor(async () => this.#sentTo('duty'), pattern)

  async asks(who: Writer, text: string, pattern: RegExp): Promise<string> {
    const person = who === 'chen' ? 'chen' : 'zhao'
    const before = this.#sentTo(person).length
    this.#bot.wx.inject({ from: person, text })
    return waitFor(async () => this.#sentTo(person).slice(before), pattern)
  }

  async kill(): Promise<void> {
    await this.#bot.killAndRelaunch()
    await this.wire.leadTo((await this.#bot.running()).url)
  }
}

/** The last of the texts that is like it. */
async function waitFor(read: () => Promise<readonly string[]>, pattern: RegExp): Promise<string> {
  await expect.poll(async () => (await read()).some((text) => pattern.test(text)), { timeout: 30_000 }).toBe(true)
  return (await read()).findLast((text) => pattern.test(text)) ?? ''
}
