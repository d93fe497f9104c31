import pino from 'pino'
import { LowdbOutboxStore } from '../adapters/lowdb/lowdb-outbox-store.js'
import { LowdbTicketStore } from '../adapters/lowdb/lowdb-ticket-store.js'
import { DecisionLog } from '../adapters/web/decision-feed.js'
import type { Config } from '../config.js'
import { type Bot, createBot } from '../create-bot.js'
import { NO_FLOODING_LIMITS } from '../decide/flooding-config.js'
import type { DecisionTrace } from '../model/decision.js'
import type { Outgoing } from '../model/ports.js'
import { AskChannel } from './ask-channel.js'
import { type AskLine, toAskMessage } from './ask-line.js'

export interface Answer {
  readonly trace: DecisionTrace
  readonly sent: readonly Outgoing[]
  readonly latencyUs: number
}

/** Puts messages through the code that serves a group, one after another. */
export class Asker {
  readonly #channel = new AskChannel()
  readonly #journal = new DecisionLog()
  readonly #clock = { nowMs: 0, now: () => this.#clock.nowMs }
  #bot: Bot | undefined
  #sequence = 0

  async start(config: Config): Promise<void> {
    // A line is answered before the next one is read, whatever pace WeChat would ask for.
    const sending = { ...config.sending, pacing: 'off' } as const
    const unpaced: Config = { ...config, sending, flooding: NO_FLOODING_LIMITS }
    this.#bot = await createBot(unpaced, {
      channel: this.#channel,
      clock: this.#clock,
      journal: this.#journal,
      log: pino({ level: 'warn' }, pino.destination(2)),
      ticketStore: await LowdbTicketStore.inMemory(),
      outboxStore: await LowdbOutboxStore.inMemory(),
      forgetful: true,
    })
  }

  async ask(line: AskLine): Promise<Answer> {
    this.#sequence++
    this.#clock.nowMs = line.now === undefined ? Date.now() : Date.parse(inChina(line.now))
    const message = toAskMessage(line, this.#sequence, this.#clock.nowMs)
    const startedUs = performance.now() * 1000
    await this.#bot!.handle(message)
    const latencyUs = Math.round(performance.now() * 1000 - startedUs)
    return { trace: this.#journal.recent().at(-1)!, sent: this.#channel.take(), latencyUs }
  }
}

/** A time without a zone is meant as the group's, whatever the machine's is. */
const inChina = (time: string): string => (/(?:Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}+08:00`)
