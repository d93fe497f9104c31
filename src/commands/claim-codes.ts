import { HOUR_MS, MINUTE_MS } from '../base/time.js'
import type { GrantedRole } from '../model/command.js'
import type { Clock, DurableList, RoleClaim } from '../model/ports.js'
import type { ForgottenPerson, Party } from '../model/ticket.js'

import type { KnownAs } from './forget.js'

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
