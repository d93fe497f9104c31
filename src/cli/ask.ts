import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { z } from 'zod'
import { readText } from '../channel/wechaty/text.js'
import { type Config, NO_FLOODING_LIMITS, readConfig } from '../config.js'
import { type Bot, createBot } from '../create-bot.js'
import type { IncomingMessage, Place } from '../model/chat.js'
import type { DecisionTrace } from '../model/decision.js'
import type { Channel, MessageListener, Outgoing } from '../model/ports.js'
import { normalizeText } from '../nlu/normalize.js'
import { LowdbOutboxStore } from '../store/outbox.js'
import { LowdbTicketStore } from '../store/tickets.js'
import { DecisionLog } from '../web/deps.js'
import { exitOnBadInput } from './running-bot.js'

const USAGE = `用法：npm run ask -- "提审的时候弹出UGC说明要怎么填"
      npm run --silent ask -- --jsonl < questions.jsonl
选项：--knowledge 目录  --intents 目录  使用别的知识与意图`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      jsonl: { type: 'boolean', default: false },
      knowledge: { type: 'string' },
      intents: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || (!values.jsonl && positionals.length === 0)) {
    console.error(USAGE)
    process.exitCode = values.help ? 0 : 2
    return
  }
  const env = {
    ...process.env,
    ...(values.knowledge ? { GUOSHEN_KNOWLEDGE_DIR: values.knowledge } : {}),
    ...(values.intents ? { GUOSHEN_INTENTS_DIR: values.intents } : {}),
  }
  const asker = new Asker()
  await asker.start(readConfig(env))
  if (values.jsonl) await askLines(asker)
  else await askOnce(asker, positionals.join(' '))
}

async function askLines(asker: Asker): Promise<void> {
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue
    const parsed = parseAskLine(text)
    if (parsed.ok) await writeLine({ id: parsed.line.id, ...toOutput(await asker.ask(parsed.line)) })
    else {
      process.exitCode = 1
      await writeLine(parsed.id === undefined ? { error: parsed.error } : { id: parsed.id, error: parsed.error })
    }
  }
}

/** Waits for a slow reader instead of piling lines up in memory. */
const writeLine = (value: object): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(`${JSON.stringify(value)}\n`, (error) => (error ? reject(error) : resolve()))
  })

function toOutput({ trace, sent, latencyUs }: Answer): object {
  const bubbles = textBubbles(sent)
  return {
    decision: trace.kind,
    sections: trace.sections,
    intent: trace.intent,
    confidence: Number(trace.confidence.toFixed(4)),
    reason: trace.reason,
    reply: bubbles.length > 0 ? bubbles.join('\n\n') : null,
    bubbles,
    images: sent.flatMap((bubble) => (bubble.kind === 'picture' ? [bubble.path] : [])),
    timeline: trace.timeline,
    latencyUs,
  }
}

const textBubbles = (sent: readonly Outgoing[]): readonly string[] =>
  sent.flatMap((bubble) =>
    bubble.kind === 'text' ? [bubble.mention ? `@${bubble.mention.name} ${bubble.text}` : bubble.text] : [],
  )

async function askOnce(asker: Asker, text: string): Promise<void> {
  const { trace, sent, latencyUs } = await asker.ask({
    id: 1,
    text,
    mentioned: true,
    role: 'customer',
    speaker: '提问者',
  })
  for (const bubble of sent) {
    console.log(bubble.kind === 'picture' ? `[图片 ${bubble.path}]` : textBubbles([bubble])[0])
    console.log()
  }
  console.log('──────── 说明 ────────')
  console.log(`归一化：${normalizeText(text)}`)
  console.log(`判断：${trace.kind}（${trace.reason}）${trace.sections.join('、')}  把握 ${percent(trace.confidence)}`)
  console.log('候选：')
  for (const { section, confidence } of trace.candidates) console.log(`  ${section.padEnd(6)} ${percent(confidence)}`)
  console.log(`知识版本：${trace.knowledgeVersion}  用时：${latencyUs} µs`)
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`

await exitOnBadInput(main)

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
    image: z.string().optional(),
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
    kind: line.image !== undefined && read.text === '' ? 'picture' : 'text',
    text: read.text,
    addressedToBot: line.mentioned || read.addressedToBot,
    mentionsOthers: read.mentionsOthers,
    ...(quote ? { quote } : {}),
    sentAtMs: nowMs,
    fromSelf: false,
  }
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
