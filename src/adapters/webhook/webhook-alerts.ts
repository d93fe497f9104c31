import type { Alerts } from '../../model/alerts.js'
import type { Clock, Log } from '../../model/ports.js'
import { AlertDesk } from './alert-desk.js'
import { alertMemoryFile } from './alert-memory.js'
import { postWebhook } from './post-webhook.js'
import type { AlertMessage, Webhook } from './webhook-request.js'

export interface WebhookAlertsOptions {
  readonly webhooks: readonly Webhook[]
  readonly perHour: number
  /** File that remembers open incidents. */
  readonly memoryPath: string
  readonly clock: Clock
  readonly log: Log
}

const LONGEST_QUEUE = 50 // days of alerts at the usual limit; a robot that is gone must not fill the memory

/** Alerts that are posted to webhooks; each webhook gets them in order and on its own. Without webhooks: logged only. */
export function createWebhookAlerts({ webhooks, perHour, memoryPath, clock, log }: WebhookAlertsOptions): Alerts {
  const queues = webhooks.map((webhook) => createQueue((message) => postWebhook(webhook, message, { clock, log })))
  return new AlertDesk({
    deliver: (message) => {
      for (const add of queues) add(message)
    },
    perHour,
    memory: alertMemoryFile(memoryPath, log),
    clock,
    log,
  })
}

function createQueue(post: (message: AlertMessage) => Promise<unknown>): (message: AlertMessage) => void {
  let tail: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return (message) => {
    if (waiting >= LONGEST_QUEUE) return
    waiting++
    tail = tail.then(() => post(message)).finally(() => waiting--)
  }
}
