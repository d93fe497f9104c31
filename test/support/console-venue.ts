import { cp, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import type { BotProcess } from './fake-weixin/bot-process.js'
import { startOnPage } from './on-the-page.js'
import { ROOT, WechatBot } from './wechat-bot.js'

export type Customer = 'wang' | 'li'

/** A bot with its console, where people talk in one group: the same scenarios hold in each. */
export interface Venue {
  start(): Promise<void>
  end(): Promise<void>
  /** Of the console; it stays over restarts. */
  readonly url: string
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
  /** What the bot has said in the group so far, pictures left out. */
  said(): Promise<readonly string[]>
  pictureCount(): Promise<number>
  /** A colleague writes to the bot alone. @returns the answer, once it is like the pattern */
  colleagueAsks(text: string, pattern: RegExp): Promise<string>
  /** Ends the program at once, and starts it again. */
  kill(): Promise<void>
}

/** A wire to a port of this machine that can be cut, and led elsewhere. */
class Wire {
  readonly #sockets = new Set<Socket>()
  #target = 0
  #isCut = false
  #port = 0
  readonly #server = createServer((near) => {
    if (this.#isCut) return void near.destroy()
    const far = connect(this.#target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one))
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async leadTo(url: string): Promise<void> {
    this.#target = Number(new URL(url).port)
    if (this.#port !== 0) return
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  cut = (): void => {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend = (): void => {
    this.#isCut = false
  }

  end(): void {
    this.cut()
    this.#server.close()
  }
}

/** What the operator comes in with. */
export const TOKEN = 'Wh3r-7nobody-Guesses-it.'
const AS_OPERATOR = { authorization: `Bearer ${TOKEN}` }
const GROUP = 'room-xiangtian'
const PUBLIC_URL = 'https://bot.example.com'

interface SimulatedMessage {
  readonly fromId: string
  readonly kind: 'text' | 'picture'
  readonly text: string
}

/** The real program on the simulated WeChat. */
export class SimulatedVenue implements Venue {
  readonly wire = new Wire()
  #folder = ''
  #bot: BotProcess | undefined

  async start(): Promise<void> {
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
    })
    this.#bot = bot
    await this.wire.leadTo(url)
  }

  async end(): Promise<void> {
    await this.#bot?.stop()
    this.wire.end()
    await rm(this.#folder, { recursive: true, force: true })
  }

  get url(): string {
    return this.wire.url
  }

  data = (...names: readonly string[]): string => path.join(this.#folder, 'data', ...names)
  authored = (...names: readonly string[]): string => path.join(this.#folder, ...names)

  say = (who: Customer, text: string, isAsked = true): Promise<void> =>
    this.#post(who, GROUP, isAsked ? `@过审小助手 ${text}` : text, isAsked ? ['bot'] : [])

  async #post(as: string, conversation: string, text: string, mentions: readonly string[] = []): Promise<void> {
    const answer = await fetch(`${this.url}/api/simulator/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...AS_OPERATOR },
      body: JSON.stringify({ as, conversation, text, mentions }),
    })
    expect(answer.status).toBe(201)
  }

  async #messages(as: string, conversation: string): Promise<readonly SimulatedMessage[]> {
    const query = new URLSearchParams({ as, conversation })
    const answer = await fetch(`${this.url}/api/simulator/messages?${query}`, { headers: AS_OPERATOR })
    const { messages } = (await answer.json()) as { messages: readonly SimulatedMessage[] }
    return messages.filter(({ fromId }) => fromId === 'bot')
  }

  said = async (): Promise<readonly string[]> =>
    (await this.#messages('wang', GROUP)).flatMap(({ kind, text }) => (kind === 'text' ? [text] : []))

  pictureCount = async (): Promise<number> =>
    (await this.#messages('wang', GROUP)).filter(({ kind }) => kind === 'picture').length

  heard = (pattern: RegExp): Promise<string> => waitFor(this.said, pattern)

  async colleagueAsks(text: string, pattern: RegExp): Promise<string> {
    const read = async () => (await this.#messages('chen', 'direct:chen')).map((message) => message.text)
    const before = (await read()).length
    await this.#post('chen', 'direct:chen', text)
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
  readonly #bot = new WechatBot()

  async start(): Promise<void> {
    await this.#bot.start({
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
  }

  get url(): string {
    return this.wire.url
  }

  data = (...names: readonly string[]): string => this.#bot.file('data', ...names)
  authored = (...names: readonly string[]): string => this.#bot.file(...names)

  async say(who: Customer, text: string, isAsked = true): Promise<void> {
    this.#bot.wx.inject({ from: who, room: 'g1', text: isAsked ? `{@bot}${text}` : text })
  }

  said = async (): Promise<readonly string[]> =>
    this.#bot.wx.sentList({ to: 'g1' }).flatMap(({ text }) => (text === undefined ? [] : [text]))

  pictureCount = async (): Promise<number> =>
    this.#bot.wx.sentList({ to: 'g1' }).filter(({ kind }) => kind === 'image').length

  heard = (pattern: RegExp): Promise<string> => waitFor(this.said, pattern)

  async colleagueAsks(text: string, pattern: RegExp): Promise<string> {
    const read = () => this.#bot.wx.sentList({ to: 'chen' }).map((sent) => sent.text ?? '')
    const before = read().length
    this.#bot.wx.inject({ from: 'chen', text })
    return waitFor(async () => read().slice(before), pattern)
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
