export type SentKind = 'text' | 'image' | 'sticker' | 'video' | 'file'

/** One send of the bot, as the service took it. */
export interface SentRecord {
  /** 1 for the first send, refused ones counted. */
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly kind: SentKind
  /** Key of the person or group; null when the id means nobody now. */
  readonly to: string | null
  readonly toKind: 'room' | 'contact' | 'stale-id' | 'unknown-id'
  /** Number of the login that sent it. */
  readonly login: number
  /** What the service answered: 0 is success, all else a refusal. */
  readonly ret: number
  readonly text?: string
  readonly fileName?: string
  /** By the bytes, not by the name. */
  readonly mime?: string
  readonly bytes?: Buffer
  /** The id that others can quote; only when it was taken. */
  readonly msgId?: string
}

export interface SentFilter {
  /** Key of the person or group. */
  to?: string
  kind?: SentKind
  /** Part of the text. */
  contains?: string
  /** Only those with a higher `seq`. */
  after?: number
  /** With those that were refused. */
  refused?: boolean
}

/** What the bot sent, in order of arrival. */
export class SentLog {
  readonly all: SentRecord[] = []

  add(record: Omit<SentRecord, 'seq' | 'at'>): SentRecord {
    const kept = { ...record, seq: this.all.length + 1, at: Date.now() }
    this.all.push(kept)
    return kept
  }

  /** How many were taken in the last `windowMs`. */
  takenWithin(windowMs: number): number {
    const since = Date.now() - windowMs
    return this.all.filter((record) => record.ret === 0 && record.at > since).length
  }

  byMsgId(msgId: string): SentRecord | undefined {
    return this.all.find((record) => record.msgId === msgId)
  }

  list({ to, kind, contains, after = 0, refused = false }: SentFilter = {}): SentRecord[] {
    return this.all.slice(after).filter((record) => {
      if (!refused && record.ret !== 0) return false
      if (to !== undefined && record.to !== to) return false
      if (kind !== undefined && record.kind !== kind) return false
      return contains === undefined || (record.text ?? '').includes(contains)
    })
  }
}
