import WebSocket, { type RawData } from 'ws'
import { z } from 'zod'
import { SECOND_MS } from '../../base/time.js'
import type { Log } from '../../model/ports.js'

/**
 * What OneBot v11 says over the wire, as far as we listen. Implementations differ in small ways: numbers or strings,
 * segments or CQ codes, fields left out. All of that ends here.
 */

/** A QQ number or group number, as text. */
const id = z.union([z.number().int(), z.string().regex(/^-?\d+$/)]).transform(String)
/** The implementation's own name of a message: a number mostly, below zero as well, or any short word. */
const messageId = z.union([z.number().int(), z.string().min(1).max(200)]).transform(String)
const text = z.string().catch('')
const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(?:\.\d+)?$/)
    .transform(Number),
])
/** Seconds since the epoch; a few implementations send milliseconds. */
const seconds = numeric.refine((time) => time > 0).transform((time) => Math.floor(time > 1e11 ? time / 1000 : time))

/** One piece of a message: words, a mention, a picture … */
export interface Segment {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

const segment = z.object({
  type: z.string(),
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
})

const segments = z.union([
  z.string().transform(parseCqCodes),
  z
    .array(z.unknown())
    .transform((pieces): readonly Segment[] => pieces.flatMap((piece) => segment.safeParse(piece).data ?? [])),
])

const sender = z.object({
  user_id: id.optional().catch(undefined),
  nickname: text,
  card: text,
  /** The group by which a stranger may write to the account. */
  group_id: id.optional().catch(undefined),
})

const NO_SENDER = { nickname: '', card: '' }

/** What is left out is often there as null or 0. */
const groupId = id
  .optional()
  .catch(undefined)
  .transform((group) => (group === '0' ? undefined : group))

const messageEvent = z.object({
  post_type: z.enum(['message', 'message_sent']),
  message_type: z.enum(['group', 'private']),
  sub_type: text,
  time: seconds,
  self_id: id,
  user_id: id,
  message_id: messageId,
  group_id: groupId,
  group_name: text,
  /** Of what the account itself has written: to whom. */
  target_id: id.optional().catch(undefined),
  message: segments,
  sender: sender.catch(NO_SENDER),
})

export type MessageEvent = z.infer<typeof messageEvent>

const noticeEvent = z.object({
  post_type: z.literal('notice'),
  notice_type: z.string(),
  sub_type: text,
  time: seconds,
  self_id: id,
  user_id: id.optional().catch(undefined),
  group_id: groupId,
  message_id: messageId.optional().catch(undefined),
  card_new: z.string().optional().catch(undefined),
})

export type NoticeEvent = z.infer<typeof noticeEvent>

const metaEvent = z.object({
  post_type: z.literal('meta_event'),
  meta_event_type: z.string(),
  self_id: id.optional().catch(undefined),
  status: z.object({ online: z.boolean().nullish(), good: z.boolean().nullish() }).optional().catch(undefined),
  /** Of heartbeats: milliseconds until the next. */
  interval: numeric.optional().catch(undefined),
})

const anyEvent = z.discriminatedUnion('post_type', [messageEvent, noticeEvent, metaEvent])
export type OneBotEvent = z.infer<typeof anyEvent>

/** @returns undefined for what is no event that we know */
export function readEvent(frame: unknown): OneBotEvent | undefined {
  const event = anyEvent.safeParse(frame).data
  // Taken for a private one, a group would hear nothing, and its member what was meant for the group.
  const isNowhere = event?.post_type === 'message' && event.message_type === 'group' && event.group_id === undefined
  return isNowhere ? undefined : event
}

/** What an implementation answers to a call. */
export const apiAnswer = z.object({
  status: text,
  retcode: numeric,
  data: z.unknown().optional(),
  message: text,
  wording: text,
  echo: z.unknown().optional(),
})

export const loginInfo = z.object({ user_id: id, nickname: text })
export const accountStatus = z.object({ online: z.boolean().nullish() })
export const groupInfo = z.object({ group_id: id, group_name: text })
export const groupList = z.array(groupInfo)
export const memberInfo = z.object({ user_id: id, nickname: text, card: text })
export const memberList = z.array(memberInfo)
export const friendList = z.array(z.object({ user_id: id }))
export const imageInfo = z.object({ url: text, base64: text })
/** A message that is asked for by its id. */
export const storedMessage = z.object({
  time: seconds.optional().catch(undefined),
  group_id: groupId,
  sender: sender.catch(NO_SENDER),
  message: segments,
})

/** Of a segment; numbers are taken for text as well. */
export function field({ data }: Segment, name: string): string {
  const value = data[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

const CQ_CODE = /\[CQ:([\w.-]{1,40})((?:,[^\],]*)*)\]/g

/** The older form of a message: `[CQ:at,qq=10001] 怎么提审`. What people write can't pass for a code, as it is escaped. */
function parseCqCodes(written: string): readonly Segment[] {
  const found: Segment[] = []
  let at = 0
  const words = (end: number): void => {
    if (end > at) found.push({ type: 'text', data: { text: unescapeCq(written.slice(at, end)) } })
  }
  for (const match of written.matchAll(CQ_CODE)) {
    words(match.index)
    const fields = (match[2] ?? '').split(',').filter((pair) => pair.includes('='))
    const data = fields.map((pair) => {
      const [name = ''] = pair.split('=', 1)
      return [name, unescapeCq(pair.slice(name.length + 1))] as const
    })
    found.push({ type: match[1]!, data: Object.fromEntries(data) })
    at = match.index + match[0].length
  }
  words(written.length)
  return found
}

const unescapeCq = (escaped: string): string =>
  escaped.replaceAll('&#91;', '[').replaceAll('&#93;', ']').replaceAll('&#44;', ',').replaceAll('&amp;', '&')

export interface OneBotAddress {
  /** `ws://` or `wss://`. */
  readonly url: string
  /** Goes out as a header, and nowhere else. */
  readonly token: string | null
}

/**
 * Why an address can't work, whatever one waits for. `token`: the implementation does not accept it; `not-onebot`:
 * something else answers there.
 */
export type Misfit = 'token' | 'not-onebot'

export interface ConnectionParts {
  readonly address: OneBotAddress
  /** A frame that answers nothing that we asked, unchecked. */
  readonly onEvent: (frame: unknown) => void
  /** The implementation can be asked from now on. */
  readonly onOpen: () => void
  /** It can't any more; comes once for each `onOpen`. */
  readonly onClosed: () => void
  /** The address can't work; trying goes on all the same, should the implementation be mended. */
  readonly onMisfit: (misfit: Misfit) => void
  /** There is none; comes with every try that fails. `reason` is fit for a log. */
  readonly onDown: (reason: string) => void
  readonly log: Log
}

/**
 * Why a call has no result. `not-sent`: nobody heard of it; `no-answer`: it may have been done; `refused`: the
 * implementation says no.
 */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly kind: 'not-sent' | 'no-answer' | 'refused'
  /** Of a refusal. */
  readonly retcode: number | undefined
  /** Of a refusal, in the implementation's words: not for logs. */
  readonly wording: string

  constructor(kind: CallError['kind'], message: string, refusal?: { retcode: number; wording: string }) {
    super(message)
    this.kind = kind
    this.retcode = refusal?.retcode
    this.wording = refusal?.wording ?? ''
  }
}

interface Waiting {
  readonly resolve: (data: unknown) => void
  readonly reject: (error: CallError) => void
  readonly timer: NodeJS.Timeout
}

const CALL_TIMEOUT_MS = 10 * SECOND_MS
const HANDSHAKE_MS = 8 * SECOND_MS
/** Between two tries: 0.5, 1, 2, 4, 5 s. With the handshake that is less than the 20 s in which it is to hear again. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5 * SECOND_MS
/** People have to change a token; who knocks all the time is locked out. */
const WAIT_FOR_TOKEN_MS = 30 * SECOND_MS
/** Whoever held so long was a good connection: the waits begin anew. */
const GOOD_MS = 10 * SECOND_MS
const LOOK_MS = 5 * SECOND_MS
/** After so much silence the other end is asked for a sign of life, and after so much more it is taken for dead. */
const SILENT_MS = 15 * SECOND_MS
const DEAD_MS = 25 * SECOND_MS
/** Nobody sends more: a list of 3,000 members takes 1.5 MB. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
/** By HTTP, or by the `retcode` of a first frame. */
const TOKEN_REFUSED = new Set([401, 403, 1401, 1403])
/** Close codes of the same: policy violation, and those of implementations' own. */
const CLOSED_FOR_TOKEN = new Set([1008, 4001, 4003, 4401, 4403])
/** Something stands in front of an implementation that is not up yet, or it is busy. */
const MAY_PASS = new Set([408, 425, 429])

/** A forward WebSocket to a OneBot implementation: asks, is told, and connects again by itself. */
export class OneBotConnection {
  readonly #parts: ConnectionParts
  readonly #waiting = new Map<string, Waiting>()
  #socket: WebSocket | undefined
  #calls = 0
  #failures = 0
  #openedMs = 0
  #heardMs = performance.now()
  #toldDown = false
  /** The last try ended with a word about the token. */
  #isTokenRefused = false
  #timer: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #isStopped = true

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  start(): void {
    if (!this.#isStopped) return
    this.#isStopped = false
    this.#watch = setInterval(() => this.#look(), LOOK_MS).unref()
    this.#connect()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
    this.#socket?.terminate()
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Milliseconds since the other end last gave a sign of life; undefined while there is no connection. */
  silentMs(): number | undefined {
    return this.isOpen ? performance.now() - this.#heardMs : undefined
  }

  /**
   * Asks the implementation to do something.
   *
   * @returns its `data`, checked
   * @throws CallError
   */
  async call<T>(
    action: string,
    params: object,
    { answer, timeoutMs = CALL_TIMEOUT_MS }: { readonly answer: z.ZodType<T>; readonly timeoutMs?: number },
  ): Promise<T> {
    const { data, success } = answer.safeParse(await this.#ask(action, params, timeoutMs))
    if (!success) throw new CallError('refused', `${action}: the answer is of another shape`)
    return data
  }

  #ask(action: string, params: object, timeoutMs: number): Promise<unknown> {
    const socket = this.#socket
    if (socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new CallError('not-sent', `${action}: not connected`))
    }
    const echo = `${++this.#calls}`
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(echo)
        reject(new CallError('no-answer', `${action}: no answer in time`))
      }, timeoutMs)
      this.#waiting.set(echo, { resolve, reject, timer })
      socket.send(JSON.stringify({ action, params, echo }))
    })
  }

  #connect(): void {
    const { address } = this.#parts
    const headers = address.token === null ? {} : { authorization: `Bearer ${address.token}` }
    const options = { headers, handshakeTimeout: HANDSHAKE_MS, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false }
    const socket = new WebSocket(address.url, options)
    this.#socket = socket
    let hasHeard = false
    socket.on('open', () => {
      this.#openedMs = performance.now()
      this.#heardMs = this.#openedMs
      this.#parts.onOpen()
    })
    socket.on('message', (raw) => {
      this.#heardMs = performance.now()
      this.#read(raw, { isFirst: !hasHeard })
      hasHeard = true
    })
    socket.on('pong', () => {
      this.#heardMs = performance.now()
    })
    // What follows is `close`; the message may hold the address, and that a password.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const misfit = misfitOf(error)
      if (misfit) this.#misfit(misfit)
      this.#tellDown(reasonOf(error))
    })
    socket.on('close', (code) => {
      if (!hasHeard && CLOSED_FOR_TOKEN.has(code)) this.#misfit('token')
      this.#closed(socket, `closed with ${code}`)
    })
  }

  #closed(socket: WebSocket, reason: string): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new CallError('no-answer', 'the connection broke before the answer'))
    }
    this.#waiting.clear()
    const wasOpen = this.#openedMs > 0
    if (wasOpen && performance.now() - this.#openedMs > GOOD_MS) this.#failures = 0
    this.#openedMs = 0
    if (wasOpen) this.#parts.onClosed()
    if (this.#isStopped) return
    this.#tellDown(reason)
    const backOffMs = Math.min(FIRST_WAIT_MS * 2 ** this.#failures++, LONGEST_WAIT_MS)
    const waitMs = this.#isTokenRefused ? WAIT_FOR_TOKEN_MS : backOffMs
    this.#isTokenRefused = false
    this.#timer = setTimeout(() => this.#connect(), waitMs)
  }

  #misfit(misfit: Misfit): void {
    this.#isTokenRefused = misfit === 'token'
    this.#parts.onMisfit(misfit)
  }

  /** In the log once, however long it takes. */
  #tellDown(reason: string): void {
    if (this.#isStopped) return
    this.#parts.onDown(reason)
    if (this.#toldDown) return
    this.#toldDown = true
    this.#parts.log.warn({ reason }, 'OneBot cannot be reached, trying on')
  }

  /** To be called when the other end has shown that it is what it should be. */
  confirm(): void {
    if (this.#toldDown) this.#parts.log.info({}, 'OneBot is there again')
    this.#toldDown = false
  }

  #read(raw: RawData, { isFirst }: { readonly isFirst: boolean }): void {
    const frame = parse(raw)
    const answer = apiAnswer.safeParse(frame).data
    if (!answer) {
      if (frame !== undefined) this.#parts.onEvent(frame)
      return
    }
    const echo = String(answer.echo)
    const waiting = this.#waiting.get(echo)
    if (!waiting) {
      if (isFirst && TOKEN_REFUSED.has(answer.retcode)) this.#misfit('token')
      return
    }
    clearTimeout(waiting.timer)
    this.#waiting.delete(echo)
    const { status, retcode, message, wording, data } = answer
    // `async`: the implementation has taken it and sees to it.
    const isDone = status === 'ok' || status === 'async' || (retcode === 0 && status !== 'failed')
    if (isDone) waiting.resolve(data)
    else waiting.reject(new CallError('refused', `retcode ${retcode}`, { retcode, wording: wording || message }))
  }

  /** A connection may be dead without anybody telling: an address has changed, a machine has gone. */
  #look(): void {
    const silentMs = this.silentMs()
    if (silentMs === undefined || silentMs < SILENT_MS) return
    if (silentMs < DEAD_MS) this.#socket?.ping()
    else this.dropConnection('no sign of life')
  }

  /** Begins anew with a fresh connection. */
  dropConnection(reason: string): void {
    this.#tellDown(reason)
    this.#socket?.terminate()
  }
}

/** In ws' own words. */
const statusOf = ({ message }: Error): number | undefined => {
  const status = /^Unexpected server response: (\d+)/.exec(message)?.[1]
  return status === undefined ? undefined : Number(status)
}

function misfitOf(error: Error): Misfit | undefined {
  const status = statusOf(error)
  if (status === undefined) return undefined
  if (TOKEN_REFUSED.has(status)) return 'token'
  return status < 500 && !MAY_PASS.has(status) ? 'not-onebot' : undefined
}

const reasonOf = (error: NodeJS.ErrnoException): string => error.code ?? `HTTP ${statusOf(error) ?? 'broken'}`

function parse(raw: RawData): unknown {
  try {
    const bytes = Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw as ArrayBuffer)
    const frame: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof frame === 'object' && frame !== null ? frame : undefined
  } catch {
    return undefined // nothing that an implementation says
  }
}
