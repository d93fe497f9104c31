import { setTimeout as sleep } from 'node:timers/promises'
import type { RandomPicks } from '../random-picks.js'
import type { BotUnderLoad } from './bot-under-load.js'
import type { Asked } from './judge.js'
import type { MemorySample } from './memory-growth.js'
import type { Beat, PlannedMessage } from './plan.js'

const BEHIND_MS = 30_000
const WAITING = 8
const LONGEST_PAUSE_MS = 60
const LATELY = 500

export interface RunOptions {
  /** Look at the memory after so many messages, again and again. */
  readonly measureEach: number
  /** Wait for answers no longer than so many milliseconds before more is said; default: half a minute. */
  readonly behindMs?: number
}

/** People who talk to a bot, in all moods of the wire. */
export class Run {
  readonly asked: Asked[] = []
  readonly memory: MemorySample[] = []
  readonly #bot: BotUnderLoad
  readonly #picks: RandomPicks
  readonly #options: RunOptions
  readonly #said: string[] = []
  #hearsSinceMs = 0

  constructor(bot: BotUnderLoad, picks: RandomPicks, options: RunOptions) {
    this.#bot = bot
    this.#picks = picks
    this.#options = options
  }

  get messages(): number {
    return this.#said.length
  }

  async play(beats: readonly Beat[]): Promise<void> {
    const left = [...beats]
    for (let beat = left.shift(); beat; beat = left.shift()) {
      this.#say(beat.messages)
      await sleep(this.#picks.below(LONGEST_PAUSE_MS))
      if (beat.disturbance) {
        await this.#bot.suffer(beat.disturbance, this.#picks, () => this.#sayOn(left))
        this.#hearsSinceMs = Date.now()
      }
      await this.#keepPace()
      if (this.messages - (this.memory.at(-1)?.messages ?? 0) >= this.#options.measureEach) await this.#measure()
    }
    await this.#measure()
  }

  /** People don't know that the bot is away. */
  async #sayOn(left: Beat[]): Promise<void> {
    for (let beats = 0; beats < 2 && left[0] && !left[0].disturbance && left[0].messages.length < 10; beats++) {
      this.#say(left.shift()!.messages)
      await sleep(this.#picks.below(500))
    }
  }

  /** All in one batch; what was said long ago may come with it once more. */
  #say(messages: readonly PlannedMessage[]): void {
    if (this.#said.length > 0 && this.#picks.below(10) === 0)
      this.#bot.wx.redeliver(this.#picks.pick(this.#said.slice(-200)))
    for (const { spec, question, secondsAgo } of messages) {
      const atMs = Date.now()
      const createTime = Math.floor(atMs / 1000) - secondsAgo
      const { msgId } = this.#bot.wx.inject({ ...spec, createTime })
      this.#said.push(msgId)
      if (question) this.asked.push({ ...question, msgId, atMs, saidMs: createTime * 1000 })
    }
  }

  /** Goes on when no more than a few questions wait, of those that came in while the bot could hear. */
  async #keepPace(): Promise<void> {
    const { wx } = this.#bot
    const { behindMs = BEHIND_MS } = this.#options
    await wx.until(() => {
      const sinceMs = Math.max(Date.now() - behindMs, this.#hearsSinceMs)
      const lately = this.asked.slice(-WAITING * 3).filter(({ atMs }) => atMs > sinceMs)
      const sent = wx.sentList({ after: Math.max(0, (wx.sentList().at(-1)?.seq ?? 0) - LATELY) })
      const answered = new Set(sent.map(({ text }) => /^@(\S+)\s/.exec(text ?? '')?.[1]))
      return lately.filter(({ asker }) => !answered.has(asker)).length <= WAITING
    }, behindMs)
  }

  async #measure(): Promise<void> {
    const memory = await this.#bot.memory()
    if (memory) this.memory.push({ ...memory, messages: this.messages })
  }
}
