import { existsSync, readFileSync } from 'node:fs'
import pino from 'pino'
import { z } from 'zod'
import { readText } from '../channel/hearing.js'
import { type Config, NO_FLOODING_LIMITS } from '../config.js'
import { type Bot, createBot } from '../create-bot.js'
import { readPictureHeader } from '../knowledge/pictures.js'
import type { IncomingMessage, Place } from '../model/chat.js'
import type { DecisionTrace } from '../model/decision.js'
import type { Channel, MessageListener, Outgoing } from '../model/ports.js'
import { LowdbOutboxStore } from '../store/outbox.js'
import { LowdbTicketStore } from '../store/tickets.js'

/** A channel whose other end is the caller: what is sent to the asker is kept until taken. */
export class AskChannel implements Channel {
  #sent: Outgoing[] = []

  async start(_listener: MessageListener): Promise<void> {}

  async stopHearing(): Promise<void> {}

  async stop(): Promise<void> {}

  async send(_to: unknown, bubble: Outgoing): Promise<void> {
    this.#sent.push(bubble)
  }

  async staffPlace(): Promise<undefined> {
    return undefined // nobody is on duty behind the command line
  }

  /** What was sent since the last call, in order. */
  take(): readonly Outgoing[] {
    const sent = this.#sent
    this.#sent = []
    return sent
  }
}

const BOT_NAMES = ['过审小助手', '小助手', '机器人']

const schema = z
  .object({
    id: z.union([z.string(), z.number()]),
    text: z.string(),
    /** Default: a customer puts every line to the bot; a colleague only where the text says so. */
    mentioned: z.boolean().optional(),
    session: z.string().optional(),
    room: z.string().optional(),
    speaker: z.string().optional(),
    role: z.enum(['customer', 'staff', 'admin']).default('customer'),
    now: z.iso.datetime({ offset: true, local: true }).optional(),
    /** Path of a picture: the message is that picture, where it has no text. */
    image: z.string().optional(),
    /** Not a text: voice, file …; the text is its name or heading then. */
    kind: z.enum(['voice', 'video', 'sticker', 'file', 'link', 'card', 'record', 'location', 'other']).optional(),
    quote: z.object({ speaker: z.string().default(''), text: z.string().default('') }).optional(),
  })
  .transform((line) => ({ ...line, mentioned: line.mentioned ?? line.role !== 'staff' }))

export type AskLine = z.infer<typeof schema>

export type ParsedAskLine =
  | { readonly ok: true; readonly line: AskLine }
  | { readonly ok: false; readonly id?: string | number; readonly error: string }

/** Reads one line of `ask --jsonl`. */
export function parseAskLine(text: string): ParsedAskLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, error: 'this line is not valid JSON' }
  }
  const checked = schema.safeParse(value)
  if (checked.success) return { ok: true, line: checked.data }
  const id = idOf(value)
  const error = checked.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; ')
  return { ok: false, error, ...(id === undefined ? {} : { id }) }
}

function idOf(value: unknown): string | number | undefined {
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined
  return typeof id === 'string' || typeof id === 'number' ? id : undefined
}

/**
 * Makes a group message of a line.
 *
 * @param sequence number of the line; message ids and lone conversations are told apart by it
 */
export function toAskMessage(line: AskLine, sequence: number, nowMs: number): IncomingMessage {
  const speaker = line.speaker ?? ''
  const read = readText(line.text, { names: BOT_NAMES })
  const quote = line.quote ? { ...line.quote, ofBot: BOT_NAMES.includes(line.quote.speaker) } : read.quote
  return {
    id: `line-${sequence}`,
    place: placeOf(line, sequence),
    sender: { id: speaker, key: `name:${speaker}`, name: speaker, role: line.role },
    kind: line.kind ?? (line.image !== undefined && read.text === '' ? 'picture' : 'text'),
    text: line.kind === undefined ? read.text : '',
    ...(line.kind !== undefined && line.text !== '' && { title: line.text }),
    addressedToBot: line.mentioned || read.addressedToBot,
    mentionsOthers: read.mentionsOthers,
    ...(quote ? { quote } : {}),
    ...pictureOf(line.image),
    sentAtMs: nowMs,
    fromSelf: false,
  }
}

/** Of the file that a line names, where it is one. */
function pictureOf(path: string | undefined): Pick<IncomingMessage, 'picture'> {
  if (path === undefined || !existsSync(path)) return {}
  const bytes = readFileSync(path)
  const mime = readPictureHeader(bytes)?.mediaType
  return mime === undefined ? {} : { picture: { mime, byteCount: bytes.length, bytes: () => bytes } }
}

function placeOf({ session, room }: AskLine, sequence: number): Place {
  // A session is one group, also where only its first line names it.
  const key = session === undefined ? `line:${sequence}` : `session:${session}`
  return { kind: 'room', id: key, key, topic: room ?? '售后群', purpose: 'customers' }
}

export interface Answer {
  readonly trace: DecisionTrace
  readonly sent: readonly Outgoing[]
  readonly latencyUs: number
}

/** Puts messages through the code that serves a group, one after another. */
export class Asker {
  readonly #channel = new AskChannel()
  #trace: DecisionTrace | undefined
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
      journal: { record: (trace) => (this.#trace = trace) },
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
    return { trace: this.#trace!, sent: this.#channel.take(), latencyUs }
  }
}

/** A time without a zone is meant as the group's, whatever the machine's is. */
const inChina = (time: string): string => (/(?:Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}+08:00`)
