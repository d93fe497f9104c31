import type { ForgottenPerson } from './forgotten.js'

/** A group as the channel shows it at this moment. */
export interface RoomSight {
  /** The channel's handle; lasts as long as the login. */
  readonly id: string
  readonly topic: string
  /** Handles of the account's other groups with the same topic. */
  readonly namesakeIds: readonly string[]
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
  /** The handle behind a key in this login; undefined while nobody of that key was seen. */
  idOf(key: string): string | undefined
  /** What the bearer of a key was last called; undefined for keys that are not known. */
  nameOf(key: string): string | undefined
  /** Removes what is kept of a person. */
  forget(person: ForgottenPerson): void
}

/** What is remembered of one group. */
export interface KnownRoom {
  readonly key: string
  /** Handle in the last login; empty when that login is over. */
  readonly id: string
  /** Oldest first, the last one is the present one. */
  readonly topics: readonly string[]
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

/** All that identities have to remember. */
export interface IdentityRecords {
  /** The account's own handle in the last login. */
  readonly accountId: string
  readonly rooms: readonly KnownRoom[]
  readonly people: readonly KnownPerson[]
  /** Names of which operators were told that several bear them. */
  readonly told: readonly string[]
}
