import type { Journal } from './journal.js'
import { randomHex } from './random.js'
import { BOT } from './world.js'

/** Accounts of the service itself, whose ids are their names. */
export const BUILT_IN_CONTACTS: ReadonlyMap<string, string> = new Map([
  ['filehelper', '文件传输助手'],
  ['fmessage', '朋友推荐消息'],
  ['weixin', '微信团队'],
])

/** One login of the account. Its ids are known to no other login. */
export class Session {
  /** 1 for the first login. */
  readonly number: number
  readonly sid = randomHex(8)
  readonly skey = `@crypt_${randomHex(4)}_${randomHex(16)}`
  readonly passTicket = encodeURIComponent(Buffer.from(randomHex(24)).toString('base64'))
  readonly dataTicket = `gS${randomHex(12)}`
  readonly authTicket = `CIsB${randomHex(20)}`
  /** Set when the service has ended it: the number that every request gets. */
  endedWith: number | null = null
  /** How often the client started with it; above 1 it was resumed. */
  inits = 0
  /** Polls since the last init; above 0 the client hears. */
  polls = 0
  /** Milliseconds since the epoch. */
  lastPollAt = 0
  /** The last entry of the feed that the client has fetched. */
  fetchedSeq: number
  readonly uploads = new Map<string, { readonly fileName: string; readonly bytes: Buffer }>()
  readonly unfinishedUploads = new Map<string, Buffer[]>()
  private readonly ids = new Map<string, string>()
  private readonly keys = new Map<string, string>()

  constructor(number: number, fetchedSeq: number) {
    this.number = number
    this.fetchedSeq = fetchedSeq
  }

  /** What the client calls this person; made on first use, as long as the service makes them. */
  contactId(key: string): string {
    return BUILT_IN_CONTACTS.has(key) ? key : this.idFor(key, () => `@${randomHex(key === BOT ? 32 : 16)}`)
  }

  roomId(key: string): string {
    return this.idFor(key, () => `@@${randomHex(32)}`)
  }

  /** Whom or what the client means; undefined for an id that this login never gave out. */
  keyOf(id: string | undefined): string | undefined {
    if (id === undefined) return undefined
    return BUILT_IN_CONTACTS.has(id) ? id : this.keys.get(id)
  }

  private idFor(key: string, make: () => string): string {
    const known = this.ids.get(key)
    if (known) return known
    const id = make()
    this.ids.set(key, id)
    this.keys.set(id, key)
    return id
  }
}

/** What a request says about the login it belongs to. */
export interface Credentials {
  readonly sid: string | undefined
  readonly skey: string | undefined
}

/** All logins so far. Only the newest can be alive, as the service allows one web client. */
export class Logins {
  readonly all: Session[] = []
  private readonly journal: Journal

  constructor(journal: Journal) {
    this.journal = journal
  }

  get newest(): Session | undefined {
    return this.all.at(-1)
  }

  open(fetchedSeq: number): Session {
    this.end(1101)
    const session = new Session(this.all.length + 1, fetchedSeq)
    this.all.push(session)
    this.journal.note('login', { login: session.number })
    return session
  }

  /** End the newest login; nothing happens when it has ended already. */
  end(code: number, why: 'kicked' | 'logout' = 'kicked'): void {
    const session = this.newest
    if (!session || session.endedWith !== null) return
    session.endedWith = code
    this.journal.note(why, { login: session.number, code })
  }

  /** The sid decides; some downloads carry the skey only. */
  find({ sid, skey }: Credentials): Session | undefined {
    if (sid) return this.all.find((session) => session.sid === sid)
    return skey ? this.all.find((session) => session.skey === skey) : undefined
  }

  /** The id was somebody's in an earlier login. */
  wasKnown(id: string | undefined): boolean {
    return this.all.some((session) => session.keyOf(id) !== undefined)
  }
}
