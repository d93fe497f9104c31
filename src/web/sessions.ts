import { createHash, randomBytes } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { Role } from '../model/chat.js'
import { type Clock, type DurableList, type Log, OPERATOR, type WebSession as Session } from '../model/ports.js'
import type { Party } from '../model/ticket.js'

/** Who looks at the page, by what they may see and do; each may all that those before may. */
export const VIEWER_ROLES = ['boss', 'staff', 'admin', 'operator'] as const
export type ViewerRole = (typeof VIEWER_ROLES)[number]

/** Whether a role may what another one may. */
export const mayAs = (role: ViewerRole, needed: ViewerRole): boolean =>
  VIEWER_ROLES.indexOf(role) >= VIEWER_ROLES.indexOf(needed)

export interface Viewer {
  readonly role: ViewerRole
  readonly who: Party
  /** The operator has said who they are; everybody else is known. */
  readonly isNamed: boolean
  /** Digest of the session; absent for programs and where nobody has to log in. */
  readonly session?: string
}

export const ANONYMOUS_OPERATOR: Viewer = { role: 'operator', who: OPERATOR, isNamed: false }

/** A working day for whoever has the machine; a week without a look for people, a month for who only reads numbers. */
const LASTS_MS: Readonly<Record<ViewerRole, number>> = {
  operator: 12 * HOUR_MS,
  admin: 7 * DAY_MS,
  staff: 7 * DAY_MS,
  boss: 30 * DAY_MS,
}
/** Browsers keep ids for as long as they will, so that it is the bot which tells them that one is over. */
export const KEPT_BY_BROWSERS_MS = 400 * DAY_MS
/** What an id begins with that stands for one person, as that of whoever has the machine does not. */
const PERSONAL = 'personal.'
const MAX_SESSIONS = 100
/** Twice this, and who has left the roster is out. */
const REVIEW_EVERY_MS = 30_000
/** Not each look is worth a write. */
const NOTED_EVERY_MS = HOUR_MS

export interface SessionBookOptions {
  /** Default: in memory, so that a restart ends them all. */
  readonly list?: DurableList<Session>
  readonly clock: Clock
  /** Whether somebody still has the role for which the bot sent them a link. */
  readonly isEntitled?: ((session: Session) => boolean) | undefined
}

/** What somebody may do in chats at this moment; undefined while it can't be told. */
type RoleOf = (personKey: string) => Promise<Role | undefined>

/** Who is in. */
export class SessionBook {
  #doubted: ReadonlySet<string> = new Set()
  readonly #list: DurableList<Session>
  readonly #options: SessionBookOptions

  constructor(options: SessionBookOptions) {
    this.#options = options
    this.#list = options.list ?? inMemory()
  }

  /** @returns the id for the browser, which is kept nowhere else, and for how long it is good */
  begin(facts: Pick<Session, 'role' | 'who' | 'by' | 'device'>): { readonly id: string; readonly lastsMs: number } {
    const id = `${facts.role === 'operator' ? '' : PERSONAL}${randomBytes(32).toString('base64url')}`
    const nowMs = this.#options.clock.now()
    const lastsMs = LASTS_MS[facts.role]
    const session = { ...facts, digest: digestOf(id), beganAtMs: nowMs, seenAtMs: nowMs, endsAtMs: nowMs + lastsMs }
    this.#save([...this.living(), session].slice(-MAX_SESSIONS))
    return { id, lastsMs }
  }

  find(id: string): Session | undefined {
    const digest = digestOf(id)
    const session = this.living().find((one) => one.digest === digest)
    if (!session) return undefined
    const nowMs = this.#options.clock.now()
    // The operator's ends when it ends: the token opens everything.
    if (nowMs - session.seenAtMs >= NOTED_EVERY_MS)
      this.#replace({
        ...session,
        seenAtMs: nowMs,
        ...(session.role !== 'operator' && { endsAtMs: nowMs + LASTS_MS[session.role] }),
      })
    return session
  }

  living(): readonly Session[] {
    const { clock, isEntitled } = this.#options
    return this.#list
      .records()
      .filter((session) => clock.now() < session.endsAtMs && (session.by !== 'chat' || isEntitled?.(session) !== false))
  }

  /**
   * Keeps looking whether people are still what they were let in as, and ends the sessions of those who are not. Who
   * can't be told stays.
   *
   * @returns what ends it
   */
  watch(roleOf: RoleOf, log: Pick<Log, 'info' | 'warn'>): () => void {
    const timer = setInterval(() => {
      this.review(roleOf).then(
        (ended) => void (ended > 0 && log.info({ ended }, 'sessions of former colleagues ended')),
        (error: Error) => log.warn({ error: error.message }, 'sessions not looked through'),
      )
    }, REVIEW_EVERY_MS).unref()
    return () => clearInterval(timer)
  }

  /** One such look. @returns how many sessions it has ended */
  async review(roleOf: RoleOf): Promise<number> {
    const doubted = new Set<string>()
    for (const { by, who, role, digest } of this.living()) {
      if (by !== 'roster') continue
      const now = await roleOf(who.key)
      if (now !== undefined && (now === 'customer' || !mayAs(now, role))) doubted.add(digest)
    }
    // Right after a login not everybody is listed yet.
    const over = [...doubted].filter((digest) => this.#doubted.has(digest))
    this.#doubted = doubted
    for (const digest of over) this.end(digest)
    return over.length
  }

  /** @returns whether there was one */
  end(digest: string): boolean {
    const kept = this.living().filter((session) => session.digest !== digest)
    const isThere = kept.length < this.living().length
    if (isThere) this.#save(kept)
    return isThere
  }

  #replace(session: Session): void {
    this.#save(this.living().map((one) => (one.digest === session.digest ? session : one)))
  }

  /** What a full disk loses is a log-in. */
  #save(sessions: readonly Session[]): void {
    this.#list.save(sessions).catch(() => undefined)
  }
}

/** Whether an id was given to a person who came by a link. It says so when it is over, too. */
export const isPersonal = (id: string): boolean => id.startsWith(PERSONAL)

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

function inMemory(): DurableList<Session> {
  let sessions: readonly Session[] = []
  return {
    records: () => sessions,
    save: async (records) => {
      sessions = records
    },
  }
}

/** A link that lets one person in, once. */
export interface PersonalLink {
  readonly role: Exclude<ViewerRole, 'operator'>
  readonly who: Party
  readonly by: Session['by']
}

const MAX_LINKS = 50

/** Codes of personal links, 128 bits each; in memory, so that a restart voids those that wait. */
export class LinkBook {
  readonly #clock: Clock
  readonly #links = new Map<string, PersonalLink & { readonly endsAtMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns the code; what the same person was given before is void */
  make(link: PersonalLink, lastsMs: number): string {
    for (const [digest, { who, endsAtMs }] of this.#links)
      if (who.key === link.who.key || endsAtMs <= this.#clock.now()) this.#links.delete(digest)
    for (const oldest of this.#links.keys()) if (this.#links.size >= MAX_LINKS) this.#links.delete(oldest)
    const code = randomBytes(16).toString('base64url')
    this.#links.set(digestOf(code), { ...link, endsAtMs: this.#clock.now() + lastsMs })
    return code
  }

  /** Whose it is; spends nothing. */
  look(code: string): PersonalLink | undefined {
    const link = this.#links.get(digestOf(code))
    return link && this.#clock.now() < link.endsAtMs ? link : undefined
  }

  spend(code: string): PersonalLink | undefined {
    const link = this.look(code)
    this.#links.delete(digestOf(code))
    return link
  }
}

/** A word for whoever looks through the list of those who are in. */
export const deviceOf = (userAgent: string): string =>
  /MicroMessenger/.test(userAgent)
    ? '微信里'
    : (/(iPhone|iPad|Android|Windows|Macintosh|Linux)/.exec(userAgent)?.[1]?.replace('Macintosh', 'Mac') ?? '浏览器')
