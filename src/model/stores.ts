import type { Day } from '../base/time.js'
import type { PictureFile, Role } from './chat.js'
import type { DecisionTrace } from './decision.js'
import type { UnsaidReason } from './ports.js'
import type { DeskNotes, Party, Ticket } from './ticket.js'

/** Whose customers a ticket is about, where several accounts share one desk. */
export interface AccountMark {
  /** As the configuration names it. */
  readonly account: string
  /** The network, e.g. `wechat4u`. */
  readonly channel: string
}

/**
 * What came of a change. `conflict`: somebody else has changed it before, and `list` shows what it has become;
 * `unreachable`: the store that all share can't be reached, and nothing was changed.
 */
export type PutOutcome = 'kept' | 'conflict' | 'unreachable'

export interface PutOptions {
  /** Ordered by a colleague, who can order it again: it is not kept here for later when the store can't be reached. */
  readonly isOrdered?: boolean
}

/** Tickets of these numbers were given out while the disk took nothing, and lost in a kill. */
export interface LostNumbers {
  readonly from: number
  readonly to: number
}

/**
 * Keeps tickets. Every method resolves only when the change is durable: on disk here, or in the store that several
 * accounts share. A change names the version that it was made from, so that of two at once one wins.
 */
export interface TicketStore {
  /** Tickets that are not archived, oldest first; those of other accounts as well, where several share the store. */
  list(): readonly Ticket[]
  /** Rises with each change of a ticket; 0 for numbers that are not listed. */
  versionOf(number: number): number
  /**
   * Adds a ticket under the next number.
   *
   * @param open makes it; its asker has no other that is unsettled in that place
   */
  add<Opened extends Ticket>(open: (number: number) => Opened): Promise<Opened>
  put(ticket: Ticket, expectedVersion: number, options?: PutOptions): Promise<PutOutcome>
  /** False while the disk takes nothing: what was put since then is in memory, and is written as soon as it can be. */
  isOnDisk(): boolean
  /** What an earlier run could not write down; absent where nothing is known of it. */
  lostNumbers?(): LostNumbers | undefined
  /** Which account this process serves; absent where there is one desk for one account. */
  readonly home?: AccountMark
  /** False while a shared store can't be reached: what happens here is kept here until then. Absent: never. */
  isReachable?(): boolean
  /** Tells of changes that other processes have made. @returns a function that ends the subscription */
  onChange?(listener: () => void): () => void
  notes(): DeskNotes
  /** @param change is applied to the notes as they are then; may be asked again */
  changeNotes(change: (notes: DeskNotes) => DeskNotes): Promise<void>
  /** Moves tickets to the archive of their month; unknown numbers are passed over. */
  archive(numbers: readonly number[]): Promise<void>
  /** Once a day: a backup of today, and what was opened before `oldestMs` leaves the archive. */
  keepDay(nowMs: number, oldestMs: number): Promise<void>
  /** Archived ones included, by number. */
  all(): Promise<readonly Ticket[]>
  /** Removes what was kept of a person: changes every ticket, archived ones included, and drops the backups. */
  forget(forgetIn: (ticket: Ticket) => Ticket): Promise<void>
}

/**
 * What became of words for a ticket's asker. `later`: another account holds the group and says them when it can; staff
 * hear of it if it can't.
 */
export type Told = 'said' | 'not-said' | 'later'

/** Hands words for a ticket's asker to the account that holds the group. */
export interface Relays {
  /**
   * Resolves when they are said, are not, or it takes longer than whoever ordered it likes to wait.
   *
   * @param options `isReply`: a colleague's own words, of which staff hear when they could not be said; `pictures` go out
   *   behind them
   */
  hand(
    ticket: Ticket,
    text: string,
    options?: { readonly isReply?: boolean; readonly pictures?: readonly PictureFile[] },
  ): Promise<Told>
  /** Begins to say what others hand over, each once at most. @param say says it, in its turn and at its pace */
  start(say: (relayed: RelayedWords) => Promise<boolean>): void
  /** Begins nothing new. */
  stop(): void
}

export interface RelayedWords {
  readonly ticket: Ticket
  readonly text: string
  readonly pictures?: readonly PictureFile[]
  /** When they have lost their point; milliseconds since the epoch. */
  readonly deadlineMs: number
}

/** One of the accounts that share a desk. */
export interface AccountState {
  readonly name: string
  readonly channel: string
  /** Which release it answers from; null before it has told. */
  readonly release: number | null
  /** When it was last heard of; milliseconds since the epoch. */
  readonly seenAtMs: number
  /** Nothing was heard of it for minutes in which the database was there. */
  readonly isAway: boolean
}

/** What is remembered of one group. */
export interface KnownRoom {
  readonly key: string
  /** Handle in the last login; empty when that login is over. */
  readonly id: string
  /** Oldest first, the last one is the present one. */
  readonly topics: readonly string[]
  /** Marks of its members, of many a sample; empty while nobody was listed. */
  readonly members: readonly string[]
  /** Bears its name with somebody else: in another login it can't be told by it. */
  readonly doubtful: boolean
  readonly seenAtMs: number
}

/** What is remembered of one person. */
export interface KnownPerson {
  readonly key: string
  readonly id: string
  readonly remark: string
  /** Nicks, oldest first, the last one is the present one. */
  readonly nicks: readonly string[]
  /** Display name in each place where they were met; empty where they have none. */
  readonly displays: Readonly<Record<string, string>>
  readonly doubtful: boolean
  readonly seenAtMs: number
}

/** Which group is the vendor's own, as a known person has settled once. */
export interface StaffBinding {
  readonly key: string
  /** What the configuration called it at that time. */
  readonly named: string | null
  /** Who bound it; `first-start`: a colleague by sitting there, `earlier-version`: it was used as such before. */
  readonly by: string
  readonly boundAtMs: number
  /** Marks of its members, by which it is known again in another login; nobody can read names from them. */
  readonly members: readonly string[]
  /** Handles of other groups of its name that people were told of. */
  readonly toldOf: readonly string[]
}

/** All that identities have to remember. */
export interface IdentityRecords {
  /** The account's own handle in the last login. */
  readonly accountId: string
  readonly rooms: readonly KnownRoom[]
  readonly people: readonly KnownPerson[]
  /** Names of which operators were told that several bear them. */
  readonly told: readonly string[]
}

/**
 * Why a question is kept: the bot did not know, offered and nothing was chosen, was not sure enough to speak up, was
 * corrected, was told that it didn't help, or a person had to take it.
 */
export type UnansweredWhy = 'not-understood' | 'not-chosen' | 'not-sure' | 'corrected' | 'disliked' | 'person'

interface EntryFacts {
  /** What people call it by; never given out twice. */
  readonly number: number
  readonly firstAtMs: number
  readonly lastAtMs: number
}

/** A question that was not answered, with all that were much like it. Holds no names. */
export interface UnansweredQuestion extends EntryFacts {
  readonly kind: 'question'
  /** Wordings, oldest first; at least one, at most 5. */
  readonly texts: readonly string[]
  readonly count: number
  /** How often on which days in China, of late; absent in older records. */
  readonly days?: readonly { readonly day: Day; readonly count: number }[]
  /** Of the latest. */
  readonly why: UnansweredWhy
  /** Opaque keys of the places where it was asked. */
  readonly places: readonly string[]
  /** The section that it may be about. */
  readonly sectionKey: string | null
  readonly status: 'open' | 'ignored'
}

/** A section whose answer people called useless. */
export interface DislikedSection extends EntryFacts {
  readonly kind: 'disliked'
  readonly sectionKey: string
  /** Opaque keys of those who said so. */
  readonly people: readonly string[]
}

/** What a colleague's explanation of a ticket could become. */
export interface AnswerDraft extends EntryFacts {
  readonly kind: 'draft'
  readonly ticketNumber: number
  readonly question: string
  readonly answer: string
  /** A settled one is remembered so that its ticket gives no other. */
  readonly status: 'open' | 'settled'
}

export type LearningEntry = UnansweredQuestion | DislikedSection | AnswerDraft

/** A rejection reason was met in a group. */
export interface ReasonSighting {
  /** `section:A3`, or `text:` and the core of a reason that nobody of us knows. */
  readonly reason: string
  /** Opaque key of the group. */
  readonly place: string
  readonly atMs: number
}

/** All that learning has to remember. */
export interface LearningRecords {
  /** Makes the opaque keys; random. */
  readonly salt: string
  readonly lastNumber: number
  readonly entries: readonly LearningEntry[]
  readonly sightings: readonly ReasonSighting[]
  /** Incidents that staff were told of. */
  readonly told: readonly { readonly reason: string; readonly atMs: number }[]
}

/** Keeps the records on disk. */
export interface LearningStore {
  records(): LearningRecords
  /** On disk soon. */
  keep(records: LearningRecords): void
  /** Resolves when the records are on disk. */
  save(records: LearningRecords): Promise<void>
}

/** What a sentence is taught to mean. */
export type TeachingTarget =
  | {
      readonly kind: 'section'
      readonly key: string
      readonly guideId: string
      /** As its guide writes it. */
      readonly ownKey: string
      readonly intentId: string
      readonly title: string
    }
  | { readonly kind: 'human' }
  | { readonly kind: 'silence' }

/** Takes a change of the learned files back. */
export type Undo = () => Promise<void>

/** What a person says of a decision: it was right; another section, nothing at all, or a person was called for. */
type VerdictKind = 'right' | 'section' | 'silence' | 'human'

export interface Verdict {
  readonly kind: VerdictKind
  /** With `section`: the one that should have been told. */
  readonly sectionKey?: string
  readonly by: string
  readonly atMs: number
  /** Whoever said so may not teach, and has asked those who may to see to it. */
  readonly isForAdmin?: true
}

/** What the same person said next, within minutes. `wrong`: that it was not right; `chose`: one of what was offered. */
interface Aftermath {
  readonly what: 'wrong' | 'chose' | 'asked'
  readonly atMs: number
  /** Empty where the words are not kept. */
  readonly text: string
}

/** One message, what was decided about it and what came of that; what the console shows of a talk. */
export interface Talk extends DecisionTrace {
  /** When it was said. */
  readonly atMs: number
  readonly place: 'room' | 'direct'
  /** Topic of the group; empty for a direct chat. */
  readonly placeName: string
  readonly who: Party
  readonly role: Role
  readonly addressed: boolean
  /** 0..1: how sure the bot has to be of a message that is put to it, or overheard, as this one was. */
  readonly threshold: number
  /** Colleagues' and idle talk: its words stay in memory only, and for hours only. */
  readonly isChatter: boolean
  /** Identifiers are masked. Null where words are not, or no longer, kept. */
  readonly text: string | null
  /** Words of the text that spoke most for the likeliest section; goes with the text. */
  readonly because?: readonly string[]
  /** What the bot said to it. */
  readonly said: readonly string[]
  readonly unsaid?: UnsaidReason
  readonly after?: Aftermath
  readonly verdict?: Verdict
}

/** Where the console reads what the bot did. */
export interface TalkFeed {
  /** What is still known, oldest first. */
  recent(): readonly Talk[]
  find(messageId: string): Talk | undefined
  /** @returns a function that ends the subscription */
  subscribe(listener: (talk: Talk) => void): () => void
  /** @returns undefined when the talk is not known any more */
  judge(messageId: string, verdict: Verdict | undefined): Talk | undefined
  readonly limits: { readonly keepDays: number; readonly chatterHours: number }
}
