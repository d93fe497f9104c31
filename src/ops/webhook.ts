import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Log } from '../model/ports.js'

export interface PostingOptions {
  readonly clock: Clock
  readonly log: Log
  /** Waits between the attempts; one attempt more than there are waits. */
  readonly waitsMs?: readonly number[]
  readonly timeoutMs?: number
}

const FIRST_WAITS_MS = [1_000, 5_000, 30_000, 120_000]
/** 12 hours in all: a network that is away for a night must not swallow what went wrong in it. */
const WAITS_MS = [...FIRST_WAITS_MS, ...Array.from({ length: 144 }, () => 300_000)]
const TIMEOUT_MS = 10_000

/**
 * Posts a message, again and again as long as that may help. Never throws. What is logged names the kind of robot only:
 * its address holds its key.
 *
 * @returns whether it was delivered
 */
export async function postWebhook(webhook: Webhook, message: AlertMessage, options: PostingOptions): Promise<boolean> {
  const { clock, log, waitsMs = WAITS_MS, timeoutMs = TIMEOUT_MS } = options
  for (let attempt = 0; ; attempt++) {
    const answer = await postOnce(webhook, message, { nowMs: clock.now(), timeoutMs })
    if (answer.kind === 'delivered') return true
    const waitMs = answer.retryable ? waitsMs[attempt] : undefined
    const fields = { webhook: webhook.kind, about: message.about, reason: answer.reason }
    if (waitMs === undefined) {
      log.error({ ...fields, attempts: attempt + 1 }, 'alert lost')
      return false
    }
    log.warn({ ...fields, retryInMs: waitMs }, 'alert not delivered yet')
    // Does not keep a process alive that is done otherwise.
    await delay(waitMs, undefined, { ref: false })
  }
}

async function postOnce(
  webhook: Webhook,
  message: AlertMessage,
  { nowMs, timeoutMs }: { nowMs: number; timeoutMs: number },
): Promise<WebhookAnswer> {
  const { url, body } = webhookRequest(webhook, message, nowMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      // A redirected POST arrives as a GET, which robots answer with a help text.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return readAnswer(webhook.kind, response.status, await response.text())
  } catch (error) {
    return { kind: 'failed', reason: networkReason(error), retryable: true }
  }
}

/** The code alone, e.g. `ECONNREFUSED`, `TimeoutError`: messages may hold the address. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : error.name
}

/** Where alerts go. `secret` is the robot's signing key, where signing is switched on. */
export interface Webhook {
  readonly kind: 'wecom' | 'dingtalk' | 'feishu' | 'json'
  /** Holds the robot's key: never to be logged. */
  readonly url: string
  readonly secret?: string | undefined
}

export interface AlertMessage {
  /** What it is about, e.g. `kicked`; `notice` for what happened once. */
  readonly about: string
  readonly status: 'alert' | 'all-clear' | 'notice'
  /** In Chinese, several lines. */
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly atMs: number
}

export interface WebhookRequest {
  readonly url: string
  readonly body: object
}

/**
 * One message in the words of the robot that is to read it.
 *
 * @param nowMs what the signature is made for; it is good for an hour
 */
export function webhookRequest({ kind, url, secret }: Webhook, alert: AlertMessage, nowMs: number): WebhookRequest {
  const message = kind === 'json' ? alert : { ...alert, text: withoutMarkup(alert.text) }
  switch (kind) {
    case 'wecom':
      return { url, body: textMessage(message) }
    case 'dingtalk':
      return { url: secret === undefined ? url : signedUrl(url, secret, nowMs), body: textMessage(message) }
    case 'feishu':
      return {
        url,
        body: { ...feishuSignature(secret, nowMs), msg_type: 'text', content: { text: message.text } },
      }
    case 'json':
      return { url, body: { source: 'guoshen', ...message } }
  }
}

/**
 * Customers' words and names stand in alerts, and robots read `<at user_id="all">`, `<@all>` and links in them as
 * markup. What is left of it can be read, and calls nobody.
 */
const withoutMarkup = (text: string): string =>
  text
    .replace(/<(?=[\s/]*[@a-z!])/gi, '＜')
    .replace(/@(?=\s*(?:所有人|全体成员|全體成員|all|everyone|channel|here|\+?\d{5,}))/gi, '＠')
    .replace(/\]\(/g, ']（')

const textMessage = ({ text }: AlertMessage) => ({ msgtype: 'text', text: { content: text } })

/** DingTalk signs `timestamp\nsecret` with the secret; milliseconds. */
function signedUrl(url: string, secret: string, nowMs: number): string {
  const signed = new URL(url)
  signed.searchParams.set('timestamp', String(nowMs))
  signed.searchParams.set('sign', createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64'))
  return signed.href
}

/** Feishu signs nothing, with `timestamp\nsecret` as the key; seconds. */
function feishuSignature(secret: string | undefined, nowMs: number): object {
  if (secret === undefined) return {}
  const timestamp = String(Math.floor(nowMs / 1000))
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') }
}

export type WebhookAnswer =
  | { readonly kind: 'delivered' }
  /** `reason` is fit for a log. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryable: boolean }

/** Too many messages: WeCom, DingTalk, Feishu. A minute later they take them again. */
const TOO_MANY = new Set([45009, 130101, 11232])
const BUSY = -1

/** Reads what the robot says; they refuse with HTTP 200 and a number of their own. */
export function readAnswer(kind: Webhook['kind'], status: number, body: string): WebhookAnswer {
  if (status < 200 || status >= 300)
    return { kind: 'failed', reason: `HTTP ${status}`, retryable: status >= 500 || status === 429 || status === 408 }
  if (kind === 'json') return { kind: 'delivered' }
  const code = codeIn(body)
  if (code === 0) return { kind: 'delivered' }
  if (code === undefined) return { kind: 'failed', reason: 'answer not understood', retryable: true }
  return { kind: 'failed', reason: `refused with ${code}`, retryable: TOO_MANY.has(code) || code === BUSY }
}

function codeIn(body: string): number | undefined {
  try {
    const answer = JSON.parse(body) as { errcode?: unknown; code?: unknown; StatusCode?: unknown }
    const code = answer.errcode ?? answer.code ?? answer.StatusCode
    return typeof code === 'number' ? code : undefined
  } catch {
    return undefined // a proxy's error page
  }
}
