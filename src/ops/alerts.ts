import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { HOUR_MS } from '../base/time.js'
import type { AlertFacts, AlertKind, Alerts, Clock, Log, LoginState, LoginStatus } from '../model/ports.js'
import { type AlertMessage, postWebhook, type Webhook } from './webhook.js'

export interface AlertDeskOptions {
  /** Brings a message to all who are to read it; in its own time, never throws. */
  readonly deliver: (message: AlertMessage) => void
  /** Most messages in any hour; alerts beyond it wait, notices are dropped. */
  readonly perHour: number
  readonly memory: AlertMemory
  readonly clock: Clock
  readonly log: Log
}

/**
 * One alert for an incident and one all-clear, however often it is reported, across restarts too, and never more than
 * so many messages an hour.
 */
export class AlertDesk implements Alerts {
  readonly #options: AlertDeskOptions
  readonly #open: Map<AlertKind, IncidentRecord>
  /** People know of these, and that it is over has not been told yet. */
  readonly #unclosed: Set<AlertKind>
  #sentAtMs: number[]
  #timer: NodeJS.Timeout | undefined

  constructor(options: AlertDeskOptions) {
    this.#options = options
    const { open, unclosed, sentAtMs } = options.memory.read()
    this.#open = new Map(open)
    this.#unclosed = new Set(unclosed)
    this.#sentAtMs = [...sentAtMs]
    if (this.#waiting().length > 0) this.#tryLater()
  }

  raise(kind: AlertKind, facts: AlertFacts = {}): void {
    if (this.#open.has(kind)) return
    // Nobody was told that it was over, so for the readers it never was.
    const told = this.#unclosed.delete(kind)
    this.#open.set(kind, { sinceMs: this.#options.clock.now(), told, facts })
    this.#options.log.warn({ alert: kind, ...facts }, 'incident begins')
    this.#tellWhatWaits()
  }

  clear(kind: AlertKind): void {
    const incident = this.#open.get(kind)
    if (!incident) return
    this.#open.delete(kind)
    if (incident.told) this.#unclosed.add(kind)
    this.#options.log.info({ alert: kind }, 'incident is over')
    this.#tellWhatWaits()
  }

  tell(text: string): void {
    const nowMs = this.#options.clock.now()
    if (this.#spend(nowMs))
      this.#options.deliver({ about: 'notice', status: 'notice', text: noticeText(text), atMs: nowMs })
    else this.#options.log.warn({}, 'notice dropped, the limit of messages an hour is reached')
    this.#save()
  }

  #tellWhatWaits(): void {
    for (const kind of this.#waiting()) {
      const nowMs = this.#options.clock.now()
      if (!this.#spend(nowMs)) {
        this.#options.log.warn({ alert: kind }, 'alert waits, the limit of messages an hour is reached')
        this.#tryLater()
        break
      }
      this.#options.deliver(this.#messageOf(kind, nowMs))
    }
    this.#save()
  }

  /** Incidents first: what is over can wait. */
  #waiting(): readonly AlertKind[] {
    const untold = [...this.#open].filter(([, { told }]) => !told).map(([kind]) => kind)
    return [...untold, ...this.#unclosed]
  }

  #messageOf(kind: AlertKind, nowMs: number): AlertMessage {
    const incident = this.#open.get(kind)
    if (!incident) {
      this.#unclosed.delete(kind)
      return { about: kind, status: 'all-clear', text: allClearText(kind, nowMs), atMs: nowMs }
    }
    this.#open.set(kind, { ...incident, told: true })
    return { about: kind, status: 'alert', text: alertText(kind, incident.facts, incident.sinceMs), atMs: nowMs }
  }

  #spend(nowMs: number): boolean {
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => atMs > nowMs - HOUR_MS && atMs <= nowMs)
    if (this.#sentAtMs.length >= this.#options.perHour) return false
    this.#sentAtMs.push(nowMs)
    return true
  }

  #tryLater(): void {
    clearTimeout(this.#timer)
    const freeAtMs = (this.#sentAtMs[0] ?? 0) + HOUR_MS
    this.#timer = setTimeout(() => this.#tellWhatWaits(), Math.max(freeAtMs - this.#options.clock.now(), 0) + 1).unref()
  }

  #save(): void {
    this.#options.memory.write({ open: [...this.#open], unclosed: [...this.#unclosed], sentAtMs: this.#sentAtMs })
  }
}

export interface LoginAlertOptions {
  readonly alerts: Alerts
  /** How long a QR code may wait for its scan. */
  readonly scanAfterMs: number
  /** How long nothing may be heard. */
  readonly unreachableAfterMs: number
  readonly pageUrl?: string
}

/**
 * Tells people outside WeChat when a login is not as it should be.
 *
 * @returns to be called with every new state
 */
export function alertOnLogin({ alerts, scanAfterMs, unreachableAfterMs, pageUrl }: LoginAlertOptions) {
  const facts = pageUrl === undefined ? {} : { pageUrl }
  let timer: NodeJS.Timeout | undefined
  let timedFor: LoginStatus | undefined

  const raiseAfter = (status: 'waiting-scan' | 'reconnecting', ms: number): void => {
    if (timedFor === status) return // e.g. the code was renewed: people wait as long as before
    stopTimer()
    timedFor = status
    timer = setTimeout(() => alerts.raise(status === 'waiting-scan' ? 'scan-needed' : 'unreachable', facts), ms)
    timer.unref()
  }
  const stopTimer = (): void => {
    clearTimeout(timer)
    timedFor = undefined
  }

  return ({ status }: LoginState): void => {
    switch (status) {
      case 'starting':
        break
      case 'waiting-scan':
        alerts.clear('unreachable')
        raiseAfter(status, scanAfterMs)
        break
      case 'reconnecting':
        raiseAfter(status, unreachableAfterMs)
        break
      case 'kicked':
        stopTimer()
        alerts.clear('unreachable')
        alerts.raise('kicked', facts)
        break
      case 'logged-in':
        stopTimer()
        for (const kind of ['kicked', 'scan-needed', 'unreachable'] as const) alerts.clear(kind)
    }
  }
}

export interface IncidentRecord {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number
  /** The alert has been handed to delivery. */
  readonly told: boolean
  readonly facts: AlertFacts
}

export interface RememberedAlerts {
  readonly open: readonly (readonly [AlertKind, IncidentRecord])[]
  readonly unclosed: readonly AlertKind[]
  /** When messages of the last hour were sent, oldest first. */
  readonly sentAtMs: readonly number[]
}

/** Keeps what was told across restarts. */
export interface AlertMemory {
  read(): RememberedAlerts
  write(alerts: RememberedAlerts): void
}

const kind = z.enum(['scan-needed', 'kicked', 'unreachable', 'restarting', 'send-refused'])
const remembered = z.object({
  open: z.array(
    z.tuple([
      kind,
      z.object({
        sinceMs: z.number(),
        told: z.boolean(),
        facts: z.object({ pageUrl: z.string().exactOptional(), count: z.number().exactOptional() }),
      }),
    ]),
  ),
  unclosed: z.array(kind),
  sentAtMs: z.array(z.number()),
})
const NOTHING: RememberedAlerts = { open: [], unclosed: [], sentAtMs: [] }

/** A small file of the owner's. Losing it costs at most an alert too many, so trouble with it is only logged. */
export function alertMemoryFile(path: string, log: Log): AlertMemory {
  return {
    read() {
      try {
        return remembered.parse(JSON.parse(readFileSync(path, 'utf8')))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn({}, 'open alerts could not be read')
        return NOTHING
      }
    },
    write(alerts) {
      try {
        writeFileSync(`${path}.tmp`, JSON.stringify(alerts), { mode: 0o600 })
        renameSync(`${path}.tmp`, path)
      } catch (error) {
        log.warn({ error: (error as NodeJS.ErrnoException).code }, 'open alerts could not be kept')
      }
    },
  }
}

// Robots may be set to take only messages with a keyword; 过审小助手 stands in each of them.
const NAME = '【过审小助手】'

interface Texts {
  readonly alert: (facts: AlertFacts) => string
  readonly allClear: string
}

const page = ({ pageUrl }: AlertFacts): string => (pageUrl === undefined ? '机器人的网页' : ` ${pageUrl} `)

const TEXTS: Readonly<Record<AlertKind, Texts>> = {
  'scan-needed': {
    alert: (facts) =>
      `等待扫码登录，现在收不到也发不出消息。\n怎么办：在运行它的机器上打开${page(facts)}，用机器人的微信扫码。`,
    allClear: '已登录，恢复正常。',
  },
  kicked: {
    alert: (facts) =>
      `微信登录已失效（被踢下线或在别处登录），现在收不到也发不出消息。\n怎么办：在运行它的机器上打开${page(facts)}，用机器人的微信重新扫码。如果刚扫完又掉线，说明账号被限制，请停用一天再试，或换一个号。`,
    allClear: '已重新登录，恢复正常。',
  },
  unreachable: {
    alert: () =>
      '连不上微信，已经几分钟收不到消息。\n怎么办：检查这台机器的网络和代理。网络恢复后它会自动重连，一般不用重新扫码。',
    allClear: '已重新连上微信，恢复正常。',
  },
  restarting: {
    alert: ({ count }) =>
      `程序反复重启${count === undefined ? '' : `，10 分钟内 ${count} 次`}，回复可能时断时续。\n怎么办：查看程序日志里 “bot ended unexpectedly” 前面的一行；检查内存、磁盘和网络。`,
    allClear: '已稳定运行 10 分钟。',
  },
  'send-refused': {
    alert: () =>
      '微信拒绝发送消息（1205，通常是发得太频繁），机器人暂时说不了话。\n怎么办：先由同事人工回复，停用几个小时，再调低每分钟发送的上限。不要反复重启或重新登录。',
    allClear: '又能正常发送消息了。',
  },
}

const time = (ms: number): string =>
  new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ms)

export const alertText = (kind: AlertKind, facts: AlertFacts, sinceMs: number): string =>
  `${NAME}${TEXTS[kind].alert(facts)}\n时间：${time(sinceMs)}`

export const allClearText = (kind: AlertKind, atMs: number): string =>
  `${NAME}${TEXTS[kind].allClear}\n时间：${time(atMs)}`

// WeCom takes 2048 bytes, which is 680 Chinese characters.
const MAX_NOTICE_CHARS = 600

export const noticeText = (text: string): string =>
  `${NAME}${text.length > MAX_NOTICE_CHARS ? `${text.slice(0, MAX_NOTICE_CHARS)}…` : text}`

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
