import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { HOUR_MS, MINUTE_MS } from '../base/time.js'
import {
  ALERT_KINDS,
  type AlertFacts,
  type AlertKind,
  type Alerts,
  type Clock,
  type Log,
  type LoginState,
  type LoginStatus,
} from '../model/ports.js'
import { type AlertMessage, postWebhook, type Webhook } from './webhook.js'

export interface AlertDeskOptions {
  /** Brings a message to all who are to read it; in its own time, never throws. */
  readonly deliver: (message: AlertMessage) => void
  /**
   * Most messages in any hour, for notices and for each kind of incident by itself: however many tickets are opened,
   * there is room for the one word that the bot is logged out.
   */
  readonly perHour: number
  readonly memory: AlertMemory
  readonly clock: Clock
  readonly log: Log
}

/** Notices that come within this time of one that was told are told together. */
const BUNDLE_MS = MINUTE_MS
const MAX_BUNDLED = 500

/**
 * One alert for an incident and one all-clear, however often it is reported, across restarts too, and never more than
 * so many messages an hour about one thing. Notices are bundled, so that none is left out.
 */
export class AlertDesk implements Alerts {
  readonly #options: AlertDeskOptions
  readonly #open: Map<AlertKind, IncidentRecord>
  /** People know of these, and that it is over has not been told yet. */
  readonly #unclosed: Set<AlertKind>
  readonly #noticeBudget: HourlyBudget
  readonly #incidentBudgets: ReadonlyMap<AlertKind, HourlyBudget>
  #bundle: string[] = []
  #left = 0
  #incidentTimer: NodeJS.Timeout | undefined
  #bundleTimer: NodeJS.Timeout | undefined

  constructor(options: AlertDeskOptions) {
    this.#options = options
    const { open, unclosed, sentAtMs, incidentsSentAtMs } = options.memory.read()
    this.#open = new Map(open)
    this.#unclosed = new Set(unclosed)
    this.#noticeBudget = new HourlyBudget(options.perHour, sentAtMs)
    const sentOf = new Map(incidentsSentAtMs)
    this.#incidentBudgets = new Map(
      ALERT_KINDS.map((kind) => [kind, new HourlyBudget(options.perHour, sentOf.get(kind) ?? [])]),
    )
    if (this.#waiting().length > 0) this.#tellLater()
  }

  raise(kind: AlertKind, facts: AlertFacts = {}): void {
    if (this.#open.has(kind)) return
    // Nobody was told that it was over, so for the readers it never was.
    const told = this.#unclosed.delete(kind)
    this.#open.set(kind, { sinceMs: this.#options.clock.now(), told, facts })
    // The reason is for people: in Chinese, and it may hold names.
    const { reason, ...logged } = facts
    this.#options.log.warn({ alert: kind, ...logged, hasReason: reason !== undefined }, 'incident begins')
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
    if (this.#bundle.length < MAX_BUNDLED) this.#bundle.push(text)
    else this.#left++
    if (this.#bundleTimer) return
    const nowMs = this.#options.clock.now()
    const lastMs = this.#noticeBudget.lastMs(nowMs)
    const atMs = Math.max(this.#noticeBudget.freeAtMs(nowMs), lastMs === undefined ? nowMs : lastMs + BUNDLE_MS)
    if (atMs <= nowMs) this.#tellBundle()
    else this.#bundleTimer = setTimeout(() => this.#tellBundle(), atMs - nowMs).unref()
  }

  #tellBundle(): void {
    this.#bundleTimer = undefined
    const nowMs = this.#options.clock.now()
    const text = bundleText(this.#bundle, this.#left)
    this.#bundle = []
    this.#left = 0
    this.#noticeBudget.spend(nowMs)
    this.#options.deliver({ about: 'notice', status: 'notice', text: noticeText(text), atMs: nowMs })
    this.#save()
  }

  #tellWhatWaits(): void {
    const nowMs = this.#options.clock.now()
    for (const kind of this.#waiting()) {
      const budget = this.#incidentBudgets.get(kind)!
      if (budget.freeAtMs(nowMs) > nowMs) {
        this.#options.log.warn({ alert: kind }, 'alert waits, the limit of messages an hour is reached')
        continue
      }
      budget.spend(nowMs)
      this.#options.deliver(this.#messageOf(kind, nowMs))
    }
    if (this.#waiting().length > 0) this.#tellLater()
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

  #tellLater(): void {
    clearTimeout(this.#incidentTimer)
    const nowMs = this.#options.clock.now()
    const freeAtMs = Math.min(...this.#waiting().map((kind) => this.#incidentBudgets.get(kind)!.freeAtMs(nowMs)))
    this.#incidentTimer = setTimeout(() => this.#tellWhatWaits(), Math.max(freeAtMs - nowMs, 0) + 1).unref()
  }

  #save(): void {
    this.#options.memory.write({
      open: [...this.#open],
      unclosed: [...this.#unclosed],
      sentAtMs: this.#noticeBudget.sentAtMs,
      incidentsSentAtMs: [...this.#incidentBudgets]
        .map(([kind, { sentAtMs }]) => [kind, sentAtMs] as const)
        .filter(([, sentAtMs]) => sentAtMs.length > 0),
    })
  }
}

/** So many messages in any hour. */
class HourlyBudget {
  readonly #perHour: number
  #sentAtMs: readonly number[]

  constructor(perHour: number, sentAtMs: readonly number[]) {
    this.#perHour = perHour
    this.#sentAtMs = sentAtMs
  }

  get sentAtMs(): readonly number[] {
    return this.#sentAtMs
  }

  /** When the next may be sent; not after `nowMs` when it may be at once. */
  freeAtMs(nowMs: number): number {
    const recent = this.#recent(nowMs)
    return recent.length < this.#perHour ? nowMs : recent[recent.length - this.#perHour]! + HOUR_MS
  }

  lastMs(nowMs: number): number | undefined {
    return this.#recent(nowMs).at(-1)
  }

  spend(nowMs: number): void {
    this.#sentAtMs = [...this.#recent(nowMs), nowMs]
  }

  #recent(nowMs: number): readonly number[] {
    return this.#sentAtMs.filter((atMs) => atMs > nowMs - HOUR_MS && atMs <= nowMs)
  }
}

/** What was told lately, for the page. */
export interface ToldAlerts {
  /** Incidents that are not over. */
  readonly open: readonly { readonly text: string; readonly sinceMs: number }[]
  /** Newest first, since this run began. */
  readonly latest: readonly { readonly text: string; readonly atMs: number }[]
}

const KEPT_TOLD = 30

/** Passes alerts on, and remembers what they said. */
export class AlertNotebook implements Alerts {
  readonly #alerts: Alerts
  readonly #clock: Clock
  readonly #open = new Map<AlertKind, { readonly text: string; readonly sinceMs: number }>()
  #latest: ToldAlerts['latest'] = []

  constructor(alerts: Alerts, clock: Clock) {
    this.#alerts = alerts
    this.#clock = clock
  }

  // Handed on without their object here and there.
  raise = (kind: AlertKind, facts: AlertFacts = {}): void => {
    this.#alerts.raise(kind, facts)
    if (this.#open.has(kind)) return
    const text = TEXTS[kind].alert(facts)
    this.#open.set(kind, { text, sinceMs: this.#clock.now() })
    this.#note(text)
  }

  clear = (kind: AlertKind): void => {
    this.#alerts.clear(kind)
    if (this.#open.delete(kind)) this.#note(TEXTS[kind].allClear)
  }

  tell = (text: string): void => {
    this.#alerts.tell(text)
    this.#note(text)
  }

  told(): ToldAlerts {
    return { open: [...this.#open.values()], latest: this.#latest }
  }

  #note(text: string): void {
    this.#latest = [{ text, atMs: this.#clock.now() }, ...this.#latest].slice(0, KEPT_TOLD)
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

  return ({ status, trouble }: LoginState): void => {
    switch (status) {
      case 'starting':
        break
      case 'waiting-scan':
        alerts.clear('unreachable')
        raiseAfter(status, scanAfterMs)
        break
      case 'reconnecting':
        // Waiting mends nothing: somebody has to change something.
        if (trouble === 'token') alerts.raise('unreachable', { ...facts, trouble })
        else raiseAfter(status, unreachableAfterMs)
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

interface RememberedAlerts {
  readonly open: readonly (readonly [AlertKind, IncidentRecord])[]
  readonly unclosed: readonly AlertKind[]
  /** When notices of the last hour were sent, oldest first. */
  readonly sentAtMs: readonly number[]
  /** The same for each kind of incident. */
  readonly incidentsSentAtMs: readonly (readonly [AlertKind, readonly number[]])[]
}

/** Keeps what was told across restarts. */
export interface AlertMemory {
  read(): RememberedAlerts
  write(alerts: RememberedAlerts): void
}

/**
 * What the supervisor reads, it checks without a library: one that checks any shape would take as much memory as the whole
 * of it, for as long as the bot lives.
 */
const FACTS = {
  network: (found: unknown): found is 'QQ' => found === 'QQ',
  trouble: (found: unknown): found is 'token' => found === 'token',
  pageUrl: isText,
  count: isNumber,
  limit: isNumber,
  reason: isText,
} satisfies { readonly [Name in keyof AlertFacts]-?: (found: unknown) => found is NonNullable<AlertFacts[Name]> }

function isText(found: unknown): found is string {
  return typeof found === 'string'
}

function isNumber(found: unknown): found is number {
  return typeof found === 'number'
}

export const isAlertKind = (found: unknown): found is AlertKind => ALERT_KINDS.some((kind) => kind === found)

/** Whatever else stands beside the facts is let through, and told to nobody. */
export const areAlertFacts = (found: unknown): found is AlertFacts =>
  typeof found === 'object' &&
  found !== null &&
  Object.entries(FACTS).every(([name, fits]) => !(name in found) || fits(found[name as keyof typeof found]))

const isIncident = (found: unknown): found is IncidentRecord => {
  const { sinceMs, told, facts } = (found ?? {}) as Partial<IncidentRecord>
  return isNumber(sinceMs) && typeof told === 'boolean' && areAlertFacts(facts)
}

const isListOf = <Item>(found: unknown, isItem: (item: unknown) => item is Item): found is readonly Item[] =>
  Array.isArray(found) && found.every(isItem)

const isOfKind =
  <Item>(isItem: (item: unknown) => item is Item) =>
  (found: unknown): found is readonly [AlertKind, Item] =>
    Array.isArray(found) && isAlertKind(found[0]) && isItem(found[1])

/** @throws TypeError when it is something else */
function rememberedAlerts(found: Partial<RememberedAlerts>): RememberedAlerts {
  const { open, unclosed, sentAtMs, incidentsSentAtMs = [] } = found
  const areTimes = (times: unknown): times is readonly number[] => isListOf(times, isNumber)
  if (!isListOf(open, isOfKind(isIncident)) || !isListOf(unclosed, isAlertKind)) throw new TypeError('no alerts')
  if (!areTimes(sentAtMs) || !isListOf(incidentsSentAtMs, isOfKind(areTimes))) throw new TypeError('no times')
  return { open, unclosed, sentAtMs, incidentsSentAtMs }
}

const NOTHING: RememberedAlerts = { open: [], unclosed: [], sentAtMs: [], incidentsSentAtMs: [] }

/** A small file of the owner's. Losing it costs at most an alert too many, so trouble with it is only logged. */
export function alertMemoryFile(path: string, log: Log): AlertMemory {
  return {
    read() {
      try {
        return rememberedAlerts(JSON.parse(readFileSync(path, 'utf8')))
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
      facts.network === 'QQ'
        ? 'QQ 账号掉线了（被踢下线或登录失效），现在收不到也发不出消息。\n怎么办：打开 NapCat（或别的 OneBot 实现）的网页重新登录这个 QQ。登录后机器人自动恢复，不用重启。经常掉线，请看 docs/operations.zh-CN.md 的“QQ”。'
        : `微信登录已失效（被踢下线或在别处登录），现在收不到也发不出消息。\n怎么办：在运行它的机器上打开${page(facts)}，用机器人的微信重新扫码。如果刚扫完又掉线，说明账号被限制，请停用一天再试，或换一个号。`,
    allClear: '已重新登录，恢复正常。',
  },
  unreachable: {
    alert: ({ network, trouble }) =>
      trouble === 'token'
        ? 'QQ 端不认机器人的口令了（可能在那边改过），现在收不到也发不出消息。\n怎么办：把 onebot.token（或 GUOSHEN_ONEBOT_TOKEN）和 OneBot 实现里 WebSocket 服务端的 token 写成一样。改的是机器人这边，要重启；改的是那边，半分钟内自动恢复。'
        : network === 'QQ'
          ? '连不上 QQ 端（NapCat 或别的 OneBot 实现），或者它收不到 QQ 的消息，已经几分钟了。\n怎么办：看看它是否在运行、QQ 是否在线，地址和口令有没有改过。恢复后机器人自动重连，不用重启。'
          : '连不上微信，已经几分钟收不到消息。\n怎么办：检查这台机器的网络和代理。网络恢复后它会自动重连，一般不用重新扫码。',
    allClear: '已重新连上，恢复正常。',
  },
  restarting: {
    alert: ({ count }) =>
      `程序反复重启${count === undefined ? '' : `，10 分钟内 ${count} 次`}，回复可能时断时续。\n怎么办：查看程序日志里 “bot ended unexpectedly” 前面的一行；检查内存、磁盘和网络。`,
    allClear: '已稳定运行 10 分钟。',
  },
  'send-refused': {
    alert: ({ network }) =>
      network === 'QQ'
        ? 'QQ 说发得太频繁，机器人暂时说不了话。\n怎么办：先由同事人工回复，过一阵会自动再试；经常这样，请调低 sending.perMinute 和 sending.perPlaceMinute。不要反复重新登录。'
        : '微信拒绝发送消息（1205，通常是发得太频繁），机器人暂时说不了话。\n怎么办：先由同事人工回复，停用几个小时，再调低每分钟发送的上限。不要反复重启或重新登录。',
    allClear: '又能正常发送消息了。',
  },
  'day-cap-near': {
    alert: ({ count = 0, limit = 0 }) =>
      `今天已经发了 ${count} 条，快到一天的上限 ${limit} 条了。到顶以后不再直接回答客户，只发工单、同事的命令和转人工的答复。\n怎么办：看看是不是有人在刷；确实不够用，再调高 sending.perDay。`,
    allClear: '新的一天，条数重新算。',
  },
  'day-cap': {
    alert: ({ limit = 0 }) =>
      `一天 ${limit} 条的上限用完了（留给同事的除外），到零点之前不再直接回答客户，他们的问题转成工单。\n怎么办：请同事发“工单”接单，人工回复；确实不够用，再调高 sending.perDay。`,
    allClear: '新的一天，又能回答客户了。',
  },
  'minute-cap-near': {
    alert: ({ count = 0, limit = 0 }) =>
      `一分钟里发了 ${count} 条，快到每分钟的上限 ${limit} 条了，回答会慢一些。\n怎么办：暂时不用管；问的人再多，会另外通知。`,
    allClear: '发送不忙了。',
  },
  overload: {
    alert: () => '问的人太多，20 秒内答不过来的问题已转成工单。\n怎么办：请同事发“工单”接单，人工回复。',
    allClear: '不忙了，又能直接回答。',
  },
  database: {
    alert: () =>
      '工单库（PostgreSQL）连不上。机器人照常回答客户，新工单先记在本机；接单、回复等操作要等它恢复。\n怎么办：检查数据库和网络。恢复后会自动补交，不用重启。',
    allClear: '工单库恢复了，断线期间的工单和通知都已补交。',
  },
  disk: {
    alert: ({ reason = '磁盘满了、只读或者坏了' }) =>
      `数据目录写不进去（${reason}）。没写下的只在内存里，整个程序一停就没有了；新开的工单存不下时，找人工的客户会被请去直接 @同事。\n怎么办：清理磁盘，或者检查挂载和权限。能写以后会自动补记，不用重启。`,
    allClear: '数据目录又能写了，没记下的已经补上。',
  },
  clock: {
    alert: ({ network = '微信', count = 0 }) =>
      `机器的时钟比${network === 'QQ' ? ' QQ ' : network}${count < 0 ? '慢' : '快'}了 ${spanWords(Math.abs(count))}。机器人先按对方的时间工作，不会误关工单、误删数据。\n怎么办：校准这台机器的时间（例如打开 NTP：timedatectl set-ntp true）。`,
    allClear: '机器的时钟又准了。',
  },
  'wrong-tokens': {
    alert: ({ count = 0 }) =>
      `有人在试控制页的口令，一刻钟内试错了 ${count} 次；口令没有被猜中，用对的口令照常能登录。\n怎么办：如果不是同事输错，检查谁能访问控制页，别让它直接对外。`,
    allClear: '一刻钟没有人再试控制页的口令了。',
  },
  'given-up': {
    alert: ({ reason }) =>
      `程序没能启动，已经停下，现在没有人回复客户。${reason === undefined ? '' : `\n${reason}`}\n怎么办：按提示改好，再启动。`,
    allClear: '程序已经启动，恢复正常。',
  },
}

function spanWords(seconds: number): string {
  if (seconds < 120) return `${seconds} 秒`
  const [unit, name] =
    seconds < 2 * HOUR_S ? [60, '分钟'] : seconds < 48 * HOUR_S ? [HOUR_S, '小时'] : [24 * HOUR_S, '天']
  return `${Math.round(seconds / unit)} ${name}`
}

const HOUR_S = HOUR_MS / 1000

const time = (ms: number): string =>
  new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ms)

const alertText = (kind: AlertKind, facts: AlertFacts, sinceMs: number): string =>
  `${NAME}${TEXTS[kind].alert(facts)}\n时间：${time(sinceMs)}`

const allClearText = (kind: AlertKind, atMs: number): string => `${NAME}${TEXTS[kind].allClear}\n时间：${time(atMs)}`

// WeCom takes 2048 bytes, which is 680 Chinese characters.
const MAX_NOTICE_CHARS = 600
/** Number, group and asker of a ticket. */
const MIN_BUNDLED_CHARS = 40

const noticeText = (text: string): string =>
  `${NAME}${text.length > MAX_NOTICE_CHARS ? `${text.slice(0, MAX_NOTICE_CHARS)}…` : text}`

/** Several notices in one: each on a line of its own, as much of it as there is room for. */
function bundleText(texts: readonly string[], left: number): string {
  if (texts.length === 1 && left === 0) return texts[0]!
  const total = texts.length + left
  const head = `${total} 条通知：`
  const foot = (missing: number): string => `还有 ${missing} 条没列出，请看值班群，或发“工单”。`
  const room = MAX_NOTICE_CHARS - head.length - foot(total).length
  const each = Math.max(MIN_BUNDLED_CHARS, Math.floor(room / texts.length) - 1)
  const lines: string[] = []
  let chars = 0
  for (const text of texts) {
    const line = text.replace(/\s+/g, ' ').trim()
    const short = line.length > each ? `${line.slice(0, each - 1)}…` : line
    if (chars + short.length + 1 > room) break
    chars += short.length + 1
    lines.push(short)
  }
  const missing = total - lines.length
  return [head, ...lines, ...(missing > 0 ? [foot(missing)] : [])].join('\n')
}

export interface WebhookAlertsOptions {
  readonly webhooks: readonly Webhook[]
  readonly perHour: number
  /** File that remembers open incidents. */
  readonly memoryPath: string
  readonly clock: Clock
  readonly log: Log
}

const LONGEST_QUEUE = 50 // days of alerts at the usual limit; a robot that is gone must not fill the memory

export interface WebhookAlerts extends Alerts {
  /** Resolves when nothing is on its way. */
  delivered(): Promise<void>
}

/** Alerts that are posted to webhooks; each webhook gets them in order and on its own. Without webhooks: logged only. */
export function createWebhookAlerts(options: WebhookAlertsOptions): WebhookAlerts {
  const { webhooks, perHour, memoryPath, clock, log } = options
  const queues = webhooks.map((webhook) => createQueue((message) => postWebhook(webhook, message, { clock, log })))
  const desk = new AlertDesk({
    deliver: (message) => {
      for (const queue of queues) queue.add(message)
    },
    perHour,
    memory: alertMemoryFile(memoryPath, log),
    clock,
    log,
  })
  return {
    raise: (kind, facts) => desk.raise(kind, facts),
    clear: (kind) => desk.clear(kind),
    tell: (text) => desk.tell(text),
    delivered: async () => void (await Promise.all(queues.map((queue) => queue.settled()))),
  }
}

function createQueue(post: (message: AlertMessage) => Promise<unknown>) {
  let tail: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    add: (message: AlertMessage): void => {
      if (waiting >= LONGEST_QUEUE) return
      waiting++
      tail = tail.then(() => post(message)).finally(() => waiting--)
    },
    settled: () => tail,
  }
}
