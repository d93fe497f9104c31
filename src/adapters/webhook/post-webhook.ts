import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Log } from '../../model/ports.js'
import { type AlertMessage, readAnswer, type Webhook, type WebhookAnswer, webhookRequest } from './webhook-request.js'

export interface PostingOptions {
  readonly clock: Clock
  readonly log: Log
  /** Waits between the attempts; one attempt more than there are waits. */
  readonly waitsMs?: readonly number[]
  readonly timeoutMs?: number
}

/** 16 minutes in all: what a router needs to come back, with some to spare. */
const WAITS_MS = [1_000, 5_000, 30_000, 120_000, 300_000, 500_000]
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
