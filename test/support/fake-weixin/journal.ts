const KEPT_EVENTS = 20_000
const RECHECK_MS = 1_000 // some conditions depend on the time only, e.g. the end of a QR code

export type EventName =
  | 'qr'
  | 'qr-scanned'
  | 'qr-confirmed'
  | 'qr-expired'
  | 'login'
  | 'login-refused'
  | 'logout'
  | 'kicked'
  | 'init'
  | 'injected'
  | 'delivered'
  | 'sent'
  | 'uploaded'
  | 'downloaded'
  | 'remark'
  | 'fault'
  | 'outage-start'
  | 'outage-end'
  | 'unknown-login'
  | 'unknown-id'
  | 'violation'

export interface JournalEvent {
  readonly name: EventName
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly facts: Readonly<Record<string, unknown>>
}

/** One request of the client; `status` is missing while it is unanswered. */
export interface RequestRecord {
  readonly name: string
  readonly host: string
  /** Milliseconds since the epoch, at arrival. */
  readonly at: number
  /** Size of the body in bytes. */
  readonly bytes: number
  status?: number
}

/** Something that a correct client would not do. */
export interface Violation {
  readonly what: string
  readonly at: number
  readonly facts: Readonly<Record<string, unknown>>
}

/** Remembers what happened and wakes whoever waits for it. */
export class Journal {
  readonly events: JournalEvent[] = []
  readonly requests: RequestRecord[] = []
  readonly violations: Violation[] = []
  private readonly sleepers = new Set<() => void>()

  note(name: EventName, facts: Record<string, unknown> = {}): void {
    append(this.events, { name, at: Date.now(), facts })
    this.wake()
  }

  violate(what: string, facts: Record<string, unknown> = {}): void {
    this.violations.push({ what, at: Date.now(), facts })
    this.note('violation', { what, ...facts })
  }

  request(record: Omit<RequestRecord, 'at'>): RequestRecord {
    const kept = { ...record, at: Date.now() }
    append(this.requests, kept)
    return kept
  }

  /** Let every waiting condition look again. */
  wake(): void {
    const woken = [...this.sleepers]
    this.sleepers.clear()
    for (const wakeUp of woken) wakeUp()
  }

  /** First truthy value of `probe`, or undefined when `waitMs` have passed. */
  async until<T>(probe: () => T | undefined | null | false, waitMs: number): Promise<T | undefined> {
    const end = Date.now() + waitMs
    for (;;) {
      const found = probe()
      if (found) return found
      const left = end - Date.now()
      if (left <= 0) return undefined
      await this.change(Math.min(left, RECHECK_MS))
    }
  }

  private change(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wakeUp = () => {
        clearTimeout(timer)
        this.sleepers.delete(wakeUp)
        resolve()
      }
      const timer = setTimeout(wakeUp, atMostMs)
      this.sleepers.add(wakeUp)
    })
  }
}

function append<T>(list: T[], item: T): void {
  list.push(item)
  if (list.length > KEPT_EVENTS) list.splice(0, KEPT_EVENTS / 4)
}
