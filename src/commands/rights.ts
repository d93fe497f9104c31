import { HOUR_MS } from '../base/time.js'
import type { GrantedRole } from '../model/command.js'
import {
  type Clock,
  type DurableList,
  done,
  failed,
  type GrantedRoles,
  type Log,
  type Remarks,
  type Report,
  type Rights,
  type RoleClaim,
  type RoleGrant,
} from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { ClaimBook } from './claim-codes.js'
import { rightsPhrases as say } from './phrases.js'

export interface BotRightsParts {
  readonly claims: ClaimBook
  readonly roles: RoleBook
  /** Absent where the channel has no remarks. */
  readonly remarks?: Remarks | undefined
  /** Remarks by which the configuration knows people: whoever has one is known by it and keeps it. */
  readonly configuredRemarks: readonly string[]
  readonly clock: Clock
  readonly log: Log
  readonly randomInt: (max: number) => number
  /** Shown to whoever sits at the machine, and nowhere else. */
  readonly tellOperator: (text: string) => void
  /** Told outside WeChat as well; without codes. */
  readonly alert: (text: string) => void
}

/** Without letters and digits that look alike. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz'
const SUFFIX_LETTERS = 4
/** Failed tries after which the operator is told, and after which one an hour is enough. */
const PATIENCE = 3
const LATER_MS = HOUR_MS

interface Tries {
  readonly count: number
  readonly lastMs: number
}

/** Gives and takes roles. See `Rights`. */
export class BotRights implements Rights {
  readonly #parts: BotRightsParts
  readonly #tries = new Map<string, Tries>()

  constructor(parts: BotRightsParts) {
    this.#parts = parts
  }

  async ask({ role, by, contactId }: Parameters<Rights['ask']>[0]): Promise<Report> {
    const { claims, roles, clock, tellOperator } = this.#parts
    const present = roles.grants.find(({ personKey }) => personKey === by.key)?.role
    if (present !== undefined && (present === role || present === 'admin')) return done(say.alreadyHas(present))
    const asked = await claims.ask({ by, contactId }, role)
    switch (asked.status) {
      case 'locked':
        return failed(say.locked(asked.untilMs - clock.now()))
      case 'too-many':
        return failed(say.tooMany)
      case 'waiting':
        if (asked.isNew) tellOperator(say.codes(asked.claim))
        return done(say.asked)
    }
  }

  awaitsCode(contactId: string): boolean {
    return this.#parts.claims.isKnown(contactId)
  }

  async redeem({ code, by, contactId }: Parameters<Rights['redeem']>[0]): Promise<Report> {
    const { claims, clock, alert, tellOperator, log } = this.#parts
    const redeemed = await claims.redeem({ by, contactId }, code)
    switch (redeemed.status) {
      case 'right':
        return done(await this.#grant(redeemed.role, { by, contactId }))
      case 'wrong':
        return failed(say.wrong(redeemed.triesLeft))
      case 'expired':
        return failed(say.expired)
      case 'locked':
        if (redeemed.isNew) {
          log.warn({}, 'three wrong codes, claims of that person are locked for an hour')
          tellOperator(say.lockedOut(by.name))
          alert(say.lockedOut(by.name))
        }
        return failed(say.locked(redeemed.untilMs - clock.now()))
    }
  }

  async revoke({ name }: Parameters<Rights['revoke']>[0]): Promise<Report> {
    const { roles, log } = this.#parts
    const found = roles.named(name)
    const [grant] = found
    if (!grant) return failed(say.nobody(name, roles.grants))
    if (found.length > 1) return failed(say.several(found))
    await roles.remove(grant)
    log.info({ role: grant.role }, 'role taken back')
    const isBack = await this.#write(grant, grant.formerRemark)
    return done(say.revoked(grant, isBack))
  }

  knows(name: string): boolean {
    return this.#parts.roles.named(name).length > 0
  }

  pending(): Report {
    const { claims, roles } = this.#parts
    return done(say.pending({ waiting: claims.waiting(), locked: claims.locked(), grants: roles.grants }))
  }

  waiting(): readonly RoleClaim[] {
    return this.#parts.claims.waiting()
  }

  grants(): readonly RoleGrant[] {
    return this.#parts.roles.grants
  }

  /** Looks whether remarks are in place, and writes those that are not. To be called now and then. */
  async attend(): Promise<void> {
    for (const grant of this.#parts.roles.grants) {
      if (!grant.isRemarkSeen && this.#isDue(grant)) await this.#ensure(grant)
    }
  }

  async #grant(
    role: GrantedRole,
    { by, contactId }: { readonly by: Party; readonly contactId: string },
  ): Promise<string> {
    const { roles, remarks, configuredRemarks, clock, log, alert, tellOperator } = this.#parts
    const before = roles.grants.find(({ personKey }) => personKey === by.key)
    const bearer = { personKey: by.key, contactId }
    const formerRemark = before?.formerRemark ?? (await remarks?.read(bearer).catch(() => undefined)) ?? ''
    const remark = configuredRemarks.includes(formerRemark) ? formerRemark : say.remark(role, this.#suffix())
    const grant: RoleGrant = {
      ...{ role, name: by.name, ...bearer, remark, formerRemark },
      ...{ isRemarkSeen: false, grantedAtMs: clock.now() },
    }
    await roles.add(grant)
    log.info({ role }, 'role given by code')
    tellOperator(say.grantedTo(grant))
    alert(say.grantedTo(grant))
    await this.#ensure(grant)
    return say.granted(role)
  }

  async #ensure(grant: RoleGrant): Promise<void> {
    const { remarks, roles, clock, tellOperator } = this.#parts
    const shown = await remarks?.read(grant).catch(() => undefined)
    if (shown === grant.remark) return void roles.roleOf({ contactId: grant.contactId, remark: shown })
    const count = (this.#tries.get(grant.remark)?.count ?? 0) + 1
    this.#tries.set(grant.remark, { count, lastMs: clock.now() })
    const isWritten = await this.#write(grant, grant.remark)
    if (!isWritten && count === PATIENCE) tellOperator(say.remarkFailed(grant))
  }

  #isDue({ remark }: RoleGrant): boolean {
    const { count = 0, lastMs = 0 } = this.#tries.get(remark) ?? {}
    return count < PATIENCE || this.#parts.clock.now() - lastMs >= LATER_MS
  }

  async #write(grant: RoleGrant, remark: string): Promise<boolean> {
    const { remarks, log } = this.#parts
    if (!remarks) return false
    try {
      await remarks.write(grant, remark)
      return true
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'remark not written')
      return false
    }
  }

  #suffix(): string {
    const letters = Array.from({ length: SUFFIX_LETTERS }, () => LETTERS[this.#parts.randomInt(LETTERS.length)])
    return letters.join('')
  }
}

/** Who was given a role. */
export class RoleBook implements GrantedRoles {
  readonly #list: DurableList<RoleGrant>

  constructor(list: DurableList<RoleGrant>) {
    this.#list = list
  }

  get grants(): readonly RoleGrant[] {
    return this.#list.records()
  }

  /**
   * By the remark alone as soon as it was seen; before that by the handle, which is nobody else's in this login and
   * nobody's in the next one.
   */
  roleOf({ contactId, remark }: { readonly contactId: string; readonly remark: string }): GrantedRole | undefined {
    const byRemark = this.grants.find((grant) => grant.remark === remark)
    if (byRemark) {
      this.#see(byRemark, contactId)
      return byRemark.role
    }
    return this.grants.find((grant) => !grant.isRemarkSeen && grant.contactId === contactId)?.role
  }

  remarksOf(role: GrantedRole): readonly string[] {
    return this.grants.filter((grant) => grant.role === role).map(({ remark }) => remark)
  }

  /** Takes the place of what the same person had. Resolves when it is on disk. */
  add(grant: RoleGrant): Promise<void> {
    return this.#list.save([...this.grants.filter((other) => other.personKey !== grant.personKey), grant])
  }

  /** Resolves when it is on disk. */
  remove(grant: RoleGrant): Promise<void> {
    return this.#list.save(this.grants.filter(({ personKey }) => personKey !== grant.personKey))
  }

  /** By the name that was shown when it was given, or by the remark or its end. */
  named(name: string): readonly RoleGrant[] {
    return this.grants.filter(
      (grant) => grant.name === name || grant.remark === name || grant.remark.endsWith(`-${name}`),
    )
  }

  #see(grant: RoleGrant, contactId: string): void {
    if (grant.isRemarkSeen && grant.contactId === contactId) return
    const seen = { ...grant, contactId, isRemarkSeen: true }
    // A loss costs nothing: it is seen again.
    this.#list
      .save(this.grants.map((other) => (other.personKey === grant.personKey ? seen : other)))
      .catch(() => undefined)
  }
}
