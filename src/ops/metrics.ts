import { createHash } from 'node:crypto'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { ChannelError } from '../errors.js'
import type { Alerts, Channel, DeskRow, LoginState, LoginStatus, Metrics, SendingLoad } from '../model/ports.js'

/** What is looked at when somebody asks for the numbers. */
export interface Gauges {
  login(): LoginState
  /** Milliseconds; undefined where the puppet does not tell. */
  pollAgeMs(): number | undefined
  /** Undefined while the data folder can be written to. */
  diskTrouble(): string | undefined
  /** By how much the machine's clock is ahead of WeChat's. */
  clockSkewMs(): number
  /** Bubbles that wait to be sent. */
  queueLength(): number
  /** How near the bot is to what it may say. */
  sendingLoad(): SendingLoad
  /** How often the supervisor has started the bot again. */
  restarts(): number
  /** How the desk is doing, by section and group. */
  deskRows(): readonly DeskRow[]
}

/** `Metrics` as Prometheus reads them. */
export interface PrometheusMetrics extends Metrics {
  readonly contentType: string
  /** All numbers in the text format. */
  text(): Promise<string>
}

const STATUSES: readonly LoginStatus[] = ['starting', 'waiting-scan', 'logged-in', 'reconnecting', 'kicked']

export function createPrometheusMetrics(gauges: Gauges): PrometheusMetrics {
  const register = new Registry()
  const registers = [register]
  const heard = new Counter({ name: 'guoshen_messages_heard_total', help: 'Messages that came in', registers })
  const decisions = new Counter({
    name: 'guoshen_decisions_total',
    help: 'Decisions about messages',
    labelNames: ['kind'],
    registers,
  })
  const sends = new Counter({
    name: 'guoshen_sends_total',
    help: 'Bubbles that went out',
    labelNames: ['bubble'],
    registers,
  })
  const refusals = new Counter({
    name: 'guoshen_send_refusals_total',
    help: "Bubbles that did not go out, by WeChat's number",
    labelNames: ['code'],
    registers,
  })
  const unsaid = new Counter({
    name: 'guoshen_replies_unsaid_total',
    help: 'Replies that were not said, or not all of them, by the reason',
    labelNames: ['reason'],
    registers,
  })
  const opinion = countOpinions(registers)
  observeLogin(gauges, registers)
  observeSending(() => gauges.sendingLoad(), registers)
  observeDesk(() => gauges.deskRows(), registers)
  observeProcess(registers)
  return {
    heard: () => heard.inc(),
    decided: (kind) => decisions.inc({ kind }),
    sent: (bubble) => sends.inc({ bubble }),
    refused: (code) => refusals.inc({ code }),
    unsaid: (reason) => unsaid.inc({ reason }),
    opinion,
    contentType: register.contentType,
    text: () => register.metrics(),
  }
}

/** What the language model costs, how it fares, and how often it says what would have been said without it. */
function countOpinions(registers: Registry[]): Metrics['opinion'] {
  const calls = new Counter({
    name: 'guoshen_opinions_total',
    help: 'Second opinions asked for, by what came: chose, or why none came',
    labelNames: ['outcome'],
    registers,
  })
  const agreements = new Counter({
    name: 'guoshen_opinion_agreements_total',
    help: 'Second opinions by whether they led to what would have been said without',
    labelNames: ['agrees'],
    registers,
  })
  const times = new Histogram({
    name: 'guoshen_opinion_seconds',
    help: 'How long second opinions took',
    buckets: [0.25, 0.5, 1, 2, 3, 4],
    registers,
  })
  const counted = new Counter({
    name: 'guoshen_opinion_tokens_total',
    help: 'Tokens of second opinions, as the endpoint counts them',
    labelNames: ['kind'],
    registers,
  })
  return ({ outcome, agrees, tookMs }, { prompt, completion }) => {
    calls.inc({ outcome })
    if (agrees !== undefined) agreements.inc({ agrees: agrees ? 'yes' : 'no' })
    if (tookMs > 0) times.observe(tookMs / 1000)
    counted.inc({ kind: 'prompt' }, prompt)
    counted.inc({ kind: 'completion' }, completion)
  }
}

function observeLogin(gauges: Gauges, registers: Registry[]): void {
  const { login, pollAgeMs, diskTrouble, clockSkewMs, queueLength, restarts } = gauges
  new Gauge({
    name: 'guoshen_login_state',
    help: '1 for the state that the login is in, 0 for the others',
    labelNames: ['state'],
    registers,
    collect() {
      const { status } = login()
      for (const state of STATUSES) this.set({ state }, state === status ? 1 : 0)
    },
  })
  new Gauge({
    name: 'guoshen_seconds_since_last_poll',
    help: 'Since WeChat was last heard of; NaN while logged out and for puppets that do not tell',
    registers,
    collect() {
      const age = pollAgeMs()
      this.set(age === undefined ? Number.NaN : age / 1000)
    },
  })
  new Gauge({
    name: 'guoshen_disk_writable',
    help: '1 while the data folder can be written to',
    registers,
    collect() {
      this.set(diskTrouble() === undefined ? 1 : 0)
    },
  })
  new Gauge({
    name: 'guoshen_clock_skew_seconds',
    help: "By how much the machine's clock is ahead of WeChat's, as far as that is known",
    registers,
    collect() {
      this.set(clockSkewMs() / 1000)
    },
  })
  new Gauge({
    name: 'guoshen_restarts',
    help: 'Restarts by the supervisor since it was started',
    registers,
    collect() {
      this.set(restarts())
    },
  })
  new Gauge({
    name: 'guoshen_queue_length',
    help: 'Bubbles that wait to be sent',
    registers,
    collect() {
      this.set(queueLength())
    },
  })
}

function observeSending(load: () => SendingLoad, registers: Registry[]): void {
  const observe = (name: string, help: string, value: (load: SendingLoad) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(load()))
      },
    })
  }
  observe('guoshen_day_cap_used_ratio', 'Of what may be said in a day; NaN where nothing is limited', ({ day }) =>
    day ? day.used / day.cap : Number.NaN,
  )
  observe('guoshen_overloaded', '1 while more is asked than can be answered in time', ({ isOverloaded }) =>
    isOverloaded ? 1 : 0,
  )
  observe('guoshen_sending_held_back', '1 while WeChat lets nothing through', ({ heldUntilMs }) =>
    heldUntilMs === undefined ? 0 : 1,
  )
}

/** The few of the default metrics that an operator looks at; the rest would cost a timer at 100 Hz. */
function observeProcess(registers: Registry[]): void {
  const observe = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  }
  observe('process_resident_memory_bytes', 'Memory in RAM', () => process.memoryUsage.rss())
  observe('nodejs_heap_size_used_bytes', 'JavaScript objects', () => process.memoryUsage().heapUsed)
  const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1_000_000
  observe('process_cpu_seconds_total', 'CPU time, user and system', cpuSeconds)
  const startedAtSeconds = Date.now() / 1000 - process.uptime()
  observe('process_start_time_seconds', 'Since the epoch', () => startedAtSeconds)
}

const LABELS = ['section', 'group'] as const

/** Shows the desk by section and group; a group by an opaque key, because metrics travel and names must not. */
export function observeDesk(rows: () => readonly DeskRow[], registers: Registry[]): void {
  const observe = (name: string, help: string, figure: (row: DeskRow) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers,
      collect() {
        // What is over would stay at its last value for good.
        this.reset()
        for (const row of rows()) {
          const value = figure(row)
          if (value !== undefined) this.set({ section: row.sectionKey, group: groupLabel(row.placeKey) }, value)
        }
      },
    })
  }
  observe('guoshen_tickets_open', 'Tickets that lie with people, taken or not', ({ open }) => open)
  observe('guoshen_tickets_waiting', 'Tickets that nobody has taken', ({ waiting }) => waiting)
  observe(
    'guoshen_ticket_wait_seconds',
    'Working time that the longest waiting ticket has waited',
    ({ longestWaitMs }) => longestWaitMs / 1000,
  )
  observe(
    'guoshen_ticket_first_response_seconds',
    "Median working time to a person's first act, over the tickets that are not archived",
    ({ firstResponseMedianMs: ms }) => (ms === null ? undefined : ms / 1000),
  )
  observe('guoshen_tickets_reopened', 'Tickets that were not solved at first', ({ reopened }) => reopened)
}

/** Eight hexadecimal digits, the same in every run; `other` stays. */
const groupLabel = (placeKey: string): string =>
  placeKey === 'other' ? placeKey : createHash('sha256').update(placeKey).digest('hex').slice(0, 8)

export interface Observers {
  readonly metrics: Metrics
  readonly alerts: Alerts
}

/** The same channel, with everything counted that goes through it, and an incident while too much is being said. */
export function measuredChannel(channel: Channel, { metrics, alerts }: Observers): Channel {
  // True at first: an earlier run may have raised it.
  let mayBeOpen = true
  return {
    start: (listener) =>
      channel.start((message) => {
        metrics.heard()
        return listener(message)
      }),
    stopHearing: () => channel.stopHearing(),
    stop: () => channel.stop(),
    staffPlace: () => channel.staffPlace(),
    findPlace: async (key) => channel.findPlace?.(key),
    findColleague: async (remark) => channel.findColleague?.(remark),
    bindStaffRoom: async (key, by) => (await channel.bindStaffRoom?.(key, by)) ?? false,
    roleOf: async (key) => channel.roleOf?.(key),
    rooms: async () => (await channel.rooms?.()) ?? [],
    ...(channel.remarks && { remarks: channel.remarks }),
    async send(to, bubble) {
      try {
        await channel.send(to, bubble)
      } catch (error) {
        metrics.refused(refusalCode(error))
        if (error instanceof ChannelError && error.tooMany) {
          alerts.raise('send-refused')
          mayBeOpen = true
        }
        throw error
      }
      metrics.sent(bubble.kind)
      if (mayBeOpen) alerts.clear('send-refused')
      mayBeOpen = false
    },
  }
}

function refusalCode(error: unknown): string {
  if (!(error instanceof ChannelError)) return 'unknown'
  return error.number === undefined ? error.code : String(error.number)
}
