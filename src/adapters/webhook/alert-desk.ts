import type { AlertFacts, AlertKind, Alerts } from '../../model/alerts.js'
import type { Clock, Log } from '../../model/ports.js'
import type { AlertMemory, IncidentRecord } from './alert-memory.js'
import { alertText, allClearText, noticeText } from './alert-texts.js'
import type { AlertMessage } from './webhook-request.js'

export interface AlertDeskOptions {
  /** Brings a message to all who are to read it; in its own time, never throws. */
  readonly deliver: (message: AlertMessage) => void
  /** Most messages in any hour; alerts beyond it wait, notices are dropped. */
  readonly perHour: number
  readonly memory: AlertMemory
  readonly clock: Clock
  readonly log: Log
}

const HOUR_MS = 3_600_000

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
