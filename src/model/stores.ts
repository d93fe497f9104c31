import type { NoticePicture } from './ports.js'
import type { DeskNotes, Ticket } from './ticket.js'

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
    options?: { readonly isReply?: boolean; readonly pictures?: readonly NoticePicture[] },
  ): Promise<Told>
  /** Begins to say what others hand over, each once at most. @param say says it, in its turn and at its pace */
  start(say: (relayed: RelayedWords) => Promise<boolean>): void
  /** Begins nothing new. */
  stop(): void
}

export interface RelayedWords {
  readonly ticket: Ticket
  readonly text: string
  readonly pictures?: readonly NoticePicture[]
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
