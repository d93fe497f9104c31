import type { Place } from '../model/message.js'
import type { Channel, Clock } from '../model/ports.js'
import { onDuty } from '../tickets/roster.js'
import type { TicketDesk } from '../tickets/ticket-desk.js'

export interface NoticePlaceParts {
  readonly channel: Pick<Channel, 'staffPlace' | 'findColleague'>
  readonly desk: Pick<TicketDesk, 'notes' | 'rules'>
  /** Remarks of admins, who hear what nobody on the roster can be told. */
  readonly adminRemarks: () => readonly string[]
  readonly clock: Clock
}

/** Right after a login groups are not known yet. */
const GRACE_MS = 15_000

/** Where notices for staff go: the staff group; where there is none, the direct chat of whoever is on duty. */
export class NoticePlace {
  readonly #parts: NoticePlaceParts
  #missingSinceMs: number | undefined

  constructor(parts: NoticePlaceParts) {
    this.#parts = parts
  }

  /** @returns undefined while nobody can be told */
  async staffPlace(): Promise<Place | undefined> {
    const { channel, clock } = this.#parts
    const group = await channel.staffPlace()
    if (group) {
      this.#missingSinceMs = undefined
      return group
    }
    this.#missingSinceMs ??= clock.now()
    if (clock.now() - this.#missingSinceMs < GRACE_MS) return undefined
    for (const remark of this.#remarks()) {
      const chat = await channel.findColleague?.(remark)
      if (chat) return chat
    }
    return undefined
  }

  /** Who is on duty first, then the rest of the roster in its order, then admins. Names are anybody's choice. */
  #remarks(): readonly string[] {
    const { desk, adminRemarks, clock } = this.#parts
    const { roster } = desk.rules
    const duty = onDuty(clock.now(), desk.notes().duty, desk.rules)
    const inTurn = [...duty, ...roster.map(({ name }) => name)]
    const remarks = inTurn.map((name) => roster.find((colleague) => colleague.name === name)?.remark ?? '')
    return [...new Set([...remarks, ...adminRemarks()])].filter((remark) => remark !== '')
  }
}
