import { z } from 'zod'
import { readText } from '../adapters/wechaty/read-text.js'
import type { IncomingMessage, Place } from '../model/message.js'

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
