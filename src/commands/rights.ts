import { messageOf } from '../base/text.js'
import { HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { GrantedRole } from '../model/decision.js'
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
import type { ForgottenPerson, Party } from '../model/ticket.js'
import type { KnownAs } from './operations.js'
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
    // Where nobody can be given a remark, people's own keys last.
    const isKnownAnyway = !remarks || configuredRemarks.includes(formerRemark)
    const remark = isKnownAnyway ? formerRemark || by.key : say.remark(role, this.#suffix())
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
    if (!remarks) return
    const shown = await remarks.read(grant).catch(() => undefined)
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
      log.warn({ error: messageOf(error) }, 'remark not written')
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

export interface Claimant {
  readonly by: Party
  readonly contactId: string
}

export type Asked =
  | { readonly status: 'waiting'; readonly claim: RoleClaim; readonly isNew: boolean }
  | { readonly status: 'locked'; readonly untilMs: number }
  | { readonly status: 'too-many' }

export type Redeemed =
  | { readonly status: 'right'; readonly role: GrantedRole }
  | { readonly status: 'wrong'; readonly triesLeft: number }
  /** `isNew`: by this very code. */
  | { readonly status: 'locked'; readonly untilMs: number; readonly isNew: boolean }
  | { readonly status: 'expired' }

export interface ClaimBookOptions {
  readonly claims: DurableList<RoleClaim>
  readonly clock: Clock
  /** @returns a whole number from 0 up to, not including, `max`, that nobody can foresee */
  readonly randomInt: (max: number) => number
}

export const CODE_VALID_MS = 10 * MINUTE_MS
export const LOCK_MS = HOUR_MS
const MAX_WRONG = 3
/** People whose codes wait at the same time; nobody reads more. */
const MAX_WAITING = 20
const CODES = 100_000_000

/** One-time codes, and who has guessed at them. On disk before anybody hears of it. */
export class ClaimBook {
  readonly #options: ClaimBookOptions

  constructor(options: ClaimBookOptions) {
    this.#options = options
  }

  /** Claims whose codes may still be sent, oldest first. */
  waiting(): readonly RoleClaim[] {
    const nowMs = this.#options.clock.now()
    return this.#all.filter(({ codes, expiresAtMs }) => codes.length > 0 && expiresAtMs > nowMs)
  }

  /** Whoever is kept out for too many wrong codes. */
  locked(): readonly RoleClaim[] {
    return this.#all.filter(({ lockedUntilMs }) => lockedUntilMs > this.#options.clock.now())
  }

  /** Somebody whose eight digits are to be taken for a code, a void one as well. */
  isKnown(contactId: string): boolean {
    return this.#all.some((claim) => claim.contactId === contactId)
  }

  /** @param role null for a code of each kind */
  async ask(claimant: Claimant, role: GrantedRole | null): Promise<Asked> {
    const nowMs = this.#options.clock.now()
    const known = this.#find(claimant)
    if (known && known.lockedUntilMs > nowMs) return { status: 'locked', untilMs: known.lockedUntilMs }
    const roles: readonly GrantedRole[] = role === null ? ['admin', 'staff'] : [role]
    if (known && known.expiresAtMs > nowMs && isFor(known, roles))
      return { status: 'waiting', claim: known, isNew: false }
    if (!known && this.waiting().length >= MAX_WAITING) return { status: 'too-many' }
    const claim: RoleClaim = {
      person: claimant.by,
      contactId: claimant.contactId,
      codes: roles.map((each) => ({ role: each, code: this.#newCode() })),
      expiresAtMs: nowMs + CODE_VALID_MS,
      ...this.#wrongsOf(known, nowMs),
    }
    await this.#put(claim)
    return { status: 'waiting', claim, isNew: true }
  }

  /** Each code counts once, and three wrong ones shut the door for an hour. */
  async redeem(claimant: Claimant, code: string): Promise<Redeemed> {
    const nowMs = this.#options.clock.now()
    const claim = this.#find(claimant)
    if (claim && claim.lockedUntilMs > nowMs) return { status: 'locked', untilMs: claim.lockedUntilMs, isNew: false }
    if (!claim || claim.codes.length === 0 || claim.expiresAtMs <= nowMs) return { status: 'expired' }
    const right = claim.codes.find((each) => each.code === code)
    if (right) {
      await this.#save(this.#all.filter((other) => other !== claim))
      return { status: 'right', role: right.role }
    }
    const wrongCount = this.#wrongsOf(claim, nowMs).wrongCount + 1
    const isLocked = wrongCount >= MAX_WRONG
    const lockedUntilMs = isLocked ? nowMs + LOCK_MS : 0
    await this.#put({ ...claim, ...(isLocked && { codes: [] }), wrongCount, lastWrongAtMs: nowMs, lockedUntilMs })
    return isLocked
      ? { status: 'locked', untilMs: lockedUntilMs, isNew: true }
      : { status: 'wrong', triesLeft: MAX_WRONG - wrongCount }
  }

  people(): readonly KnownAs[] {
    return this.#all.map(({ person }) => ({ key: person.key, names: [person.name] }))
  }

  /** Resolves when their claims are off the disk. */
  async forget({ keys }: ForgottenPerson): Promise<void> {
    const kept = this.#all.filter(({ person }) => !keys.includes(person.key))
    if (kept.length < this.#all.length) await this.#save(kept)
  }

  /** A new code brings no new tries; an hour without a wrong one does. */
  #wrongsOf(
    claim: RoleClaim | undefined,
    nowMs: number,
  ): Pick<RoleClaim, 'wrongCount' | 'lastWrongAtMs' | 'lockedUntilMs'> {
    if (!claim || nowMs - claim.lastWrongAtMs >= LOCK_MS) return { wrongCount: 0, lastWrongAtMs: 0, lockedUntilMs: 0 }
    const { wrongCount, lastWrongAtMs, lockedUntilMs } = claim
    return { wrongCount, lastWrongAtMs, lockedUntilMs }
  }

  #find({ by, contactId }: Claimant): RoleClaim | undefined {
    return this.#all.find((claim) => claim.contactId === contactId || claim.person.key === by.key)
  }

  #newCode(): string {
    return String(this.#options.randomInt(CODES)).padStart(8, '0')
  }

  #put(claim: RoleClaim): Promise<void> {
    return this.#save([
      ...this.#all.filter(({ person, contactId }) => person.key !== claim.person.key && contactId !== claim.contactId),
      claim,
    ])
  }

  /** What can be of no use to anybody any more is forgotten. */
  #save(claims: readonly RoleClaim[]): Promise<void> {
    const oldestMs = this.#options.clock.now() - LOCK_MS
    return this.#options.claims.save(
      claims.filter(({ expiresAtMs, lastWrongAtMs }) => Math.max(expiresAtMs, lastWrongAtMs) > oldestMs),
    )
  }

  get #all(): readonly RoleClaim[] {
    return this.#options.claims.records()
  }
}

const isFor = ({ codes }: RoleClaim, roles: readonly GrantedRole[]): boolean =>
  codes.map(({ role }) => role).join() === roles.join()
