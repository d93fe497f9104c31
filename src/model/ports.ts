import type { IncomingMessage, Person, PictureFile, PictureReading, Place, Role, RoomPlace } from './chat.js'
import type {
  Decision,
  DecisionTrace,
  DropReason,
  FiguresSpan,
  GrantedRole,
  OpinionReply,
  OpinionTrace,
} from './decision.js'
import type { ExamFigures } from './knowledge.js'
import type { ForgottenPerson, Party } from './ticket.js'

/** A bubble ready for the wire. */
export type Outgoing =
  | { readonly kind: 'text'; readonly text: string; readonly mention?: Person }
  | ({
      readonly kind: 'picture'
      /** As the guide names it. */
      readonly path: string
    } & PictureFile)

/**
 * Why a reply was not said. `refused`: it certainly was not; `perhaps-said`: the answer of the network got lost, so that
 * it may be there; the other reasons dropped it before its turn.
 */
export type UnsaidReason = DropReason | 'refused' | 'perhaps-said'

/** What became of a reply that was to be sent. */
export type SendOutcome =
  | { readonly said: true }
  | {
      readonly said: false
      readonly reason: UnsaidReason
      /** What went out before that. */
      readonly bubblesOut: number
    }

/** A question whose reply has not been said. */
export interface UnsaidQuestion {
  readonly messageId: string
  readonly placeName: string
  readonly askerKey: string
  readonly askerName: string
  readonly text: string
  readonly sectionKeys: readonly string[]
  /** Milliseconds since the epoch. */
  readonly askedAtMs: number
}

export type MessageListener = (message: IncomingMessage) => Promise<void>

/** A chat network, real or not. Implementations translate and nothing else. */
export interface Channel {
  start(listener: MessageListener): Promise<void>
  /** Hears nothing more, and resolves when all that was heard has been handed on; sends still go out. */
  stopHearing(): Promise<void>
  stop(): Promise<void>
  /** @throws ChannelError when the bubble did not go out */
  send(to: Place, bubble: Outgoing): Promise<void>
  /** The vendor's own group, where staff read notices; undefined while it is not bound or not listed. */
  staffPlace(): Promise<Place | undefined>
  /** Makes a group the vendor's own, by its key. @returns false when the account is not in it */
  bindStaffRoom?(key: string, by: string): Promise<boolean>
  /** A place by the key that outlives a login; undefined while it is unknown or can't be told from another. */
  findPlace?(key: string): Promise<Place | undefined>
  /** Direct chat with the one friend who bears a remark of the bot's account; undefined for none or several. */
  findColleague?(remark: string): Promise<Place | undefined>
  /**
   * What somebody may do, as it stands at this moment; undefined while it can't be told, as before a login or while the
   * staff group is not listed.
   */
  roleOf?(personKey: string): Promise<Role | undefined>
  /** The groups in which the bot sits; empty while logged out. */
  rooms?(): Promise<readonly RoomPlace[]>
  /** Absent where nobody can be given one. */
  readonly remarks?: Remarks
}

/** Ids of messages that were heard before, by earlier runs too. */
export interface HeardIds {
  /** @returns false when the id was there already */
  add(id: string): boolean
}

export interface NoticeFacts {
  /** Said once only, whichever of the accounts that share a desk comes to say it. */
  readonly once?: string
  /** Number of the ticket that it is about. */
  readonly ticket?: number
  /** Go out behind the text, once. */
  readonly pictures?: readonly PictureFile[]
}

/** What staff have to hear. */
export interface StaffNotices {
  /** Resolves when the notice is on disk; it reaches staff at least once, however long that takes. */
  add(text: string, facts?: NoticeFacts): Promise<void>
}

/** Bytes of a guide picture, or undefined when no source has it. Never throws. */
export interface PictureSource {
  load(path: string): Promise<PictureFile | undefined>
}

/** Reads what is written in pictures, one after another. */
export interface PictureReader {
  /** Never throws, and takes 15 seconds at most from its turn on. */
  read(bytes: Uint8Array): Promise<PictureReading>
  /** Ends what it runs; what waits is `unavailable`. */
  stop(): Promise<void>
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** When the process started, by what is known of the time now; absent where time is taken as it comes. */
  startedMs?(): number
  /** Whether anybody but the machine has confirmed it: nothing is thrown away before. Absent: yes. */
  isSure?(): boolean
}

/** Takes what WeChat says of the time, which machines are sometimes wrong about. */
export interface WeChatTime extends Clock {
  /** What time it is there at this moment. */
  told(serverMs: number): void
  /** A message was said at that time: now at the latest, and mostly just now. */
  heardOf(saidMs: number): void
}

/** Takes note of every decision, for readers of the page. */
export interface DecisionJournal {
  record(trace: DecisionTrace, message: IncomingMessage): void
  /** What was said to a message, bubble by bubble, and why not all of it. */
  said?(messageId: string, texts: readonly string[], unsaid?: UnsaidReason): void
}

/** One order, carried out or refused. */
export interface AuditEntry {
  readonly atMs: number
  readonly who: Party
  readonly role: OrdererRole
  /** The order in its plain form, e.g. `归类 7 4.1`; at most 80 characters, and never a code. */
  readonly what: string
  readonly result: 'done' | 'failed' | 'refused'
  readonly where: Door
}

/** Append-only. */
export interface AuditLog {
  /** Resolves when the entry is on disk. Never throws. */
  record(entry: AuditEntry): Promise<void>
  /** The last entries, newest first. */
  recent(count: number): Promise<readonly AuditEntry[]>
}

/** The part of pino that the rest of the code may see. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * What an operator has to hear of outside WeChat.
 *
 * `scan-needed`: a QR code waits for its scan; `kicked`: WeChat ended the session; `unreachable`: WeChat can't be
 * reached for minutes; `restarting`: the bot ends again and again; `send-refused`: WeChat refuses what the bot says;
 * `database`: the desk that several accounts share can't be reached;
 * `day-cap-near`, `day-cap`: most or all of what may be said in a day is said; `minute-cap-near`: the same of a minute;
 * `overload`: more is asked than can be answered in time; `disk`: the data folder can't be written to; `clock`: the
 * machine's clock is not WeChat's; `wrong-tokens`: somebody tries to log in to the page; `given-up`: the bot can't be
 * started, and nothing is tried again.
 */
export const ALERT_KINDS = [
  'scan-needed',
  'kicked',
  'unreachable',
  'restarting',
  'send-refused',
  'day-cap-near',
  'day-cap',
  'minute-cap-near',
  'overload',
  'disk',
  'database',
  'clock',
  'wrong-tokens',
  'given-up',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

export interface AlertFacts {
  /** Absent: WeChat. */
  readonly network?: 'QQ'
  readonly trouble?: 'token'
  /** Where the operator finds the bot's page. */
  readonly pageUrl?: string
  /** How often it has happened; of the clock, by how many seconds it is ahead. */
  readonly count?: number
  /** The cap that is meant. */
  readonly limit?: number
  /** In Chinese, what the operator reads at the terminal. */
  readonly reason?: string
}

/** Reaches people outside WeChat. Never throws, never waits. */
export interface Alerts {
  /** Opens an incident. As long as it is open, raising it again does nothing. */
  raise(kind: AlertKind, facts?: AlertFacts): void
  /** Closes it, with an all-clear when people had been told. */
  clear(kind: AlertKind): void
  /** Something that happened once, in Chinese, e.g. a question handed over: neither incident nor all-clear. */
  tell(text: string): void
}

/** How near the bot is to what it may say. */
export interface SendingLoad {
  /** Absent where nothing is limited. `end`: only what is urgent goes out until midnight. */
  readonly day?: { readonly used: number; readonly cap: number; readonly level: 'ok' | 'near' | 'end' }
  /** Most of what may be said in a minute was said, a short while ago. */
  readonly isMinuteNear: boolean
  /** Questions could not be answered in time, a short while ago. */
  readonly isOverloaded: boolean
  /** WeChat has said "too many": nothing goes out before. */
  readonly heldUntilMs?: number
}

/** A group as the channel shows it at this moment. */
export interface RoomSight {
  /** The channel's handle; lasts as long as the login. */
  readonly id: string
  readonly topic: string
  /** Marks of its members but the bot, from which nobody can read names; empty while they are not listed. */
  readonly members: readonly string[]
  /** The account's other groups with the same topic. */
  readonly namesakes: readonly { readonly id: string; readonly members: readonly string[] }[]
  /** A key that this group certainly has not, whatever it is called. */
  readonly barredKey?: string
}

/** A person as the channel shows them at this moment, in one place. */
export interface PersonSight {
  readonly id: string
  /** What the bot's own account calls them; empty for strangers. */
  readonly remark: string
  readonly nick: string
  /** Group display name; empty when none was chosen. */
  readonly display: string
  /** Key of the group, or `direct`. */
  readonly placeKey: string
  /** Who else there bears the same remark; or, where there is none, the same nick. */
  readonly namesakes: readonly { readonly id: string; readonly display: string }[]
}

/**
 * Gives people and groups keys that outlive a login, where handles are all new.
 *
 * A key is opaque. Whom it can't tell apart from somebody else, it gives a key that lasts as long as the login only, so
 * that nothing stored is ever taken for somebody else's.
 */
export interface Identities {
  /** @param accountId the account's own handle: another one than before means that all handles are new */
  beginLogin(accountId: string): void
  roomKey(sight: RoomSight): string
  personKey(sight: PersonSight): string
  /** Gives a group a key of its own for certain, whoever else bears its name. @param sight `key`: the one it has had */
  bindRoom(sight: Pick<RoomSight, 'id' | 'topic' | 'members'> & { readonly key?: string }): string
  /** All that the group of this handle was ever called; empty when it was never met in this login. */
  topicsOf(id: string): readonly string[]
  /** The handle behind a key in this login; undefined while nobody of that key was seen. */
  idOf(key: string): string | undefined
  /** What the bearer of a key was last called; undefined for keys that are not known. */
  nameOf(key: string): string | undefined
  /** Everybody who is remembered, with all that they were called. */
  people(): readonly { readonly key: string; readonly names: readonly string[] }[]
  /** Removes what is kept of a person. */
  forget(person: ForgottenPerson): void
}

/**
 * What people have to know of the staff group. `bound`: from now on it is this one; `namesake`: another group bears its name; `not-bound`: there is one of
 * the name, but nobody known in it; `not-listed`: there is none.
 */
export interface StaffRoomNews {
  readonly kind: 'bound' | 'namesake' | 'not-bound' | 'not-listed'
  readonly topic: string
}

/**
 * Where the bot stands with its network.
 *
 * `starting`: not known yet; `waiting-scan`: somebody must scan the QR code; `reconnecting`: there is a session, but
 * nothing is heard at the moment; `kicked`: WeChat ended the session, a new scan is needed.
 */
export type LoginStatus = 'starting' | 'waiting-scan' | 'logged-in' | 'reconnecting' | 'kicked'

export interface LoginState {
  readonly status: LoginStatus
  /** Milliseconds since the epoch at which this status began. */
  readonly sinceMs: number
  /** What the QR code says, while there is one to scan. Whoever has it can log in with it. */
  readonly qrText?: string
  /** Absent: WeChat. */
  readonly network?: 'QQ'
  /** Why it does not come back by itself: the other end takes our token no more. */
  readonly trouble?: 'token'
}

/** Counts what the bot does, for graphs. */
export interface Metrics {
  /** A message came in, of whatever kind. */
  heard(): void
  decided(kind: Decision['kind']): void
  sent(bubble: 'text' | 'picture'): void
  /** A bubble did not go out; `code` is WeChat's number, or the kind of failure when there is none. */
  refused(code: string): void
  /** A reply was not said, or not all of it. */
  unsaid(reason: UnsaidReason): void
  /** A language model was asked about a message. */
  opinion(what: OpinionTrace, tokens: OpinionReply['tokens']): void
}

/** How the desk is doing with one section in one group; over the tickets that are not archived. */
export interface DeskRow {
  /** `-` where the bot has no idea, `other` for what is too much to tell apart. */
  readonly sectionKey: string
  /** Durable key of the group or direct chat; `other` as above. */
  readonly placeKey: string
  /** With people, taken or not. */
  readonly open: number
  /** Not taken by anybody. */
  readonly waiting: number
  /** Working time that the longest waiting one has waited; 0 when none waits. */
  readonly longestWaitMs: number
  /** Working time from opening to a person's first act; null without any. */
  readonly firstResponseMedianMs: number | null
  readonly reopened: number
}

/** What came of an order. `text`: Chinese, fit for a phone, at most 500 characters. */
export interface Report {
  readonly ok: boolean
  readonly text: string
}

export const done = (text: string): Report => ({ ok: true, text })
export const failed = (text: string): Report => ({ ok: false, text })

/** `operator`: whoever has the machine, at its page or its terminal. */
export type OrdererRole = Role | 'operator'

/** By which door an order came. */
export type Door = 'direct' | 'staff-room' | 'customer-room' | 'page' | 'terminal'

export interface Orderer {
  readonly who: Party
  readonly role: OrdererRole
  readonly where: Door
  /** The channel's handle of who orders in a chat. */
  readonly contactId?: string
  /** The group in which it is ordered. */
  readonly placeKey?: string
}

export const OPERATOR: Party = { key: 'operator', name: '操作员' }

/** One state of the knowledge in use. */
export interface Release {
  /** Counts up from 1. */
  readonly number: number
  /** Of the snapshot. */
  readonly version: string
  readonly atMs: number
  /** After 回滚: what lies in the folders is not taken before somebody orders 重载. */
  readonly pinned?: boolean
  /** How it stood the exam; absent of those before this was written down. */
  readonly exam?: ExamFigures
}

/** Reload is a release: checked, measured against the one before, numbered, and it can be taken back. */
export interface Releases {
  /**
   * @param order `force`: take it although it does worse. `only: 'learned'`: only what was taught in the chat is read
   *   anew, the guides and intents stay those of the release in use, whatever authors are in the middle of. `note`: why,
   *   in the words of whoever orders it.
   */
  reload(order: Readonly<{ by: Party; force?: boolean; only?: 'learned'; note?: string }>): Promise<Report>
  /** What a reload would do, without doing it. */
  check(): Promise<Report>
  /** @param order `to`: number of a release; absent for the one before */
  rollBack(order: { readonly by: Party; readonly to?: number }): Promise<Report>
  current(): Release
  /** Those that can be gone back to, oldest first. */
  list(): readonly (Release & { readonly by: Party; readonly note?: string })[]
}

interface Lesson {
  readonly by: Party
  /** Also when the golden questions get worse. */
  readonly force?: boolean
}

/** What the bot could not answer, and what people teach it. `sectionKey` may be 人工 (a person) or 无关 (silence), too. */
export interface Learning {
  list(): Promise<Report>
  assign(order: Lesson & { readonly number: number; readonly sectionKey: string }): Promise<Report>
  ignore(order: { readonly number: number; readonly by: Party }): Promise<Report>
  teach(order: Lesson & { readonly sectionKey: string; readonly text: string }): Promise<Report>
  /** Takes back what was taught. */
  unteach(order: { readonly text: string; readonly by: Party }): Promise<Report>
  /** Makes two groups of questions one: `number` falls in with `into`. */
  merge(order: { readonly number: number; readonly into: number; readonly by: Party }): Promise<Report>
  /** An answer was written for it elsewhere: it is no question any more. */
  settle(number: number): Promise<void>
  /** What colleagues' explanations of tickets could become. */
  drafts(): Promise<Report>
  /** Makes a draft a section of its own. */
  accept(order: Lesson & { readonly number: number }): Promise<Report>
}

/** Who may order what, beside those whom the configuration names. */
export interface Rights {
  /** Asks for a code, which only the operator sees. @param role null where the operator decides by the code handed out */
  ask(order: { readonly role: GrantedRole | null; readonly by: Party; readonly contactId: string }): Promise<Report>
  /** Whether this person was shown to the operator and is to send a code. */
  awaitsCode(contactId: string): boolean
  redeem(order: { readonly code: string; readonly by: Party; readonly contactId: string }): Promise<Report>
  /** Codes that wait to be handed out, who is locked out and who has a role: for the operator's eyes only. */
  pending(): Report
  /** Whether somebody of that name has a role by code. */
  knows(name: string): boolean
  revoke(order: { readonly name: string; readonly by: Party }): Promise<Report>
}

/** Groups in which the bot sits. */
export interface Rooms {
  list(): Promise<Report>
  /** @param order `room` empty: all groups; `minutes` null: until further notice */
  mute(order: { readonly room: string; readonly minutes: number | null; readonly by: Party }): Promise<Report>
  unmute(order: { readonly room: string; readonly by: Party }): Promise<Report>
  /** Makes a group the vendor's own. @param order `room` empty: the one in which it is ordered, `placeKey` */
  bindStaff(order: { readonly room: string; readonly placeKey?: string; readonly by: Party }): Promise<Report>
}

/** How the bot is doing. */
export interface Overview {
  status(): Promise<Report>
  figures(span: FiguresSpan): Promise<Report>
  /** What would be said to a customer's sentence, and why. */
  explain(text: string): Promise<Report>
}

/** The page's doors for people: personal links, each good for one entry. */
export interface PersonalLinks {
  /** @returns a link for whoever asks in direct chat, in Chinese */
  issue(order: { readonly by: Party; readonly role: GrantedRole }): Promise<Report>
}

/** What can be ordered; chat, page and command line call the same functions. What is absent is not available. */
export interface Operations {
  readonly releases: Pick<Releases, 'reload'> & Partial<Releases>
  readonly learning?: Learning
  readonly rights?: Rights
  readonly rooms?: Rooms
  readonly overview?: Overview
  readonly audit?: AuditLog
  readonly links?: PersonalLinks
}

/** Somebody who was given a role by a code, and is known by a remark that only the bot's own account can set. */
export interface RoleGrant {
  readonly role: GrantedRole
  readonly name: string
  readonly personKey: string
  /** The channel's handle when it was last seen; worth something only in the login in which it was. */
  readonly contactId: string
  /** e.g. `过审管理员-7k2m` */
  readonly remark: string
  /** What the account called them before; empty for nothing. */
  readonly formerRemark: string
  /** The remark was seen on them: from then on nothing else counts. */
  readonly isRemarkSeen: boolean
  readonly grantedAtMs: number
}

/** Somebody who has asked for a role. */
export interface RoleClaim {
  readonly person: Party
  readonly contactId: string
  /** Eight digits each, for the operator's eyes; empty when they are spent. */
  readonly codes: readonly { readonly role: GrantedRole; readonly code: string }[]
  readonly expiresAtMs: number
  readonly wrongCount: number
  readonly lastWrongAtMs: number
  /** Until then no code is taken; 0 when not locked. */
  readonly lockedUntilMs: number
}

/** Somebody is in at the page, in one browser. */
export interface WebSession {
  /** Of the id that the browser has. */
  readonly digest: string
  readonly role: 'boss' | 'staff' | 'admin' | 'operator'
  readonly who: Party
  /**
   * `token`: the operator's; `chat`: a link that the bot sent to somebody whose role was given by a code; `roster`: the
   * same to somebody who is known by the staff group or a configured remark; `handed`: a link that was made at the page.
   */
  readonly by: 'token' | 'chat' | 'roster' | 'handed'
  readonly beganAtMs: number
  readonly seenAtMs: number
  readonly endsAtMs: number
  /** A word for people, e.g. `Android`. */
  readonly device: string
}

/** A list on disk that is always given as a whole. */
export interface DurableList<Item> {
  records(): readonly Item[]
  /** Resolves when the records are on disk. */
  save(records: readonly Item[]): Promise<void>
}

/** What a channel has to know of roles. */
export interface GrantedRoles {
  /** @param sight `remark`: what the bot's account calls them at this moment, empty for nothing */
  roleOf(sight: { readonly contactId: string; readonly remark: string }): GrantedRole | undefined
}

/** What the bot's own account calls people. */
export interface Remarks {
  /** As the network has it now; undefined when the person is not known in this login. */
  read(who: RemarkBearer): Promise<string | undefined>
  /** @throws Error when the network refuses, or the person is not known in this login */
  write(who: RemarkBearer, remark: string): Promise<void>
}

export interface RemarkBearer {
  readonly personKey: string
  /** The channel's handle when the person was last seen; void in another login. */
  readonly contactId: string
  /** What they were last called. */
  readonly remark?: string
}

/** The login of one run of the bot. */
export interface Session {
  login(): LoginState
  /** Milliseconds since the network was last heard of; undefined where the channel does not tell, and while logged out. */
  pollAgeMs(): number | undefined
  /** Told of the present state at once, then of every change. */
  onState(listener: (state: LoginState) => void): void
  /**
   * Resolves when the network can be reached: a start without it would cost the session. Only wechat4u needs it.
   *
   * @param onAway called once, with the network's host, should it have to be waited for
   */
  networkReady(onAway?: (host: string) => void): Promise<void>
  /** To be called as soon as the channel has started. */
  started(): void
  /** A send was refused because the login has ended: so does this run. */
  sendRefused(): void
  stop(): void
}
