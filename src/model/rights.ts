import type { GrantedRole } from './command.js'
import type { Party } from './ticket.js'

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
