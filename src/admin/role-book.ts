import type { GrantedRole } from '../model/command.js'
import type { DurableList, GrantedRoles, RoleGrant } from '../model/rights.js'

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
