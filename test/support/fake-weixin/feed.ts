import type { Journal } from './journal.js'
import type { ReadyMessage } from './message-spec.js'
import { nowInSeconds, randomMessageId } from './random.js'

const KEPT_ENTRIES = 20_000

export interface MessageEntry {
  readonly kind: 'message'
  readonly msgId: string
  /** Seconds since the epoch. */
  readonly createTime: number
  readonly message: ReadyMessage
}

/** People and groups that changed. */
interface ChangeEntry {
  readonly kind: 'change'
  readonly keys: readonly string[]
}

/** The list of open chats that one login is told after its init. */
interface StatusEntry {
  readonly kind: 'status'
  readonly login: number
}

export type FeedEntry = MessageEntry | ChangeEntry | StatusEntry

/** Everything the service has to deliver, numbered; a client's sync key is the number of the last entry it fetched. */
export class Feed {
  /** Number of the newest entry. */
  lastSeq = 700_000_000
  private entries: FeedEntry[] = []
  private readonly messages = new Map<string, MessageEntry>()
  private readonly journal: Journal
  private readonly clockAheadMs: () => number

  constructor(journal: Journal, clockAheadMs: () => number) {
    this.journal = journal
    this.clockAheadMs = clockAheadMs
  }

  addMessage(message: ReadyMessage): MessageEntry {
    const { msgId = randomMessageId(), createTime = nowInSeconds(this.clockAheadMs()), repeat = 1 } = message
    const entry: MessageEntry = { kind: 'message', msgId, createTime, message }
    this.messages.set(msgId, entry)
    for (let time = 0; time < repeat; time++) this.push(entry)
    return entry
  }

  push(entry: FeedEntry): void {
    this.entries.push(entry)
    this.lastSeq++
    if (this.entries.length > KEPT_ENTRIES) this.entries = this.entries.slice(KEPT_ENTRIES / 4)
    this.journal.wake()
  }

  /** What a login has not fetched, oldest first. */
  after(seq: number, login: number): FeedEntry[] {
    const missing = Math.max(0, this.lastSeq - seq)
    const tail = missing === 0 ? [] : this.entries.slice(-missing)
    return tail.filter((entry) => entry.kind !== 'status' || entry.login === login)
  }

  message(msgId: string | null): MessageEntry | undefined {
    return msgId === null ? undefined : this.messages.get(msgId)
  }

  /** The newest file of that name. */
  file(fileName: string | null): MessageEntry | undefined {
    const entries = [...this.messages.values()].reverse()
    return entries.find(({ message }) => message.kind === 'file' && message.fileName === fileName)
  }
}
