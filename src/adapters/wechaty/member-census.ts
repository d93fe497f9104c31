import type { WechatyInterface } from 'wechaty/impls'
import { rawPuppet } from './raw-puppet.js'
import { unescapeName } from './read-text.js'

export interface Member {
  readonly id: string
  readonly nick: string
  /** Group display name; empty when none was chosen. */
  readonly display: string
}

interface Census {
  readonly takenMs: number
  readonly members: Promise<readonly Member[]>
}

/** Names change rarely, and a group of 490 takes some ten milliseconds to ask. */
const VALID_MS = 5 * 60_000
/** However often somebody unknown speaks. */
const RETAKE_MS = 5_000
const KEPT_ROOMS = 200

/** Who is in a group and what they are called there, asked of the puppet once in a while. */
export class MemberCensus {
  readonly #bot: WechatyInterface
  readonly #taken = new Map<string, Census>()

  constructor(bot: WechatyInterface) {
    this.#bot = bot
  }

  /** @param seen somebody who has just spoken: when they are not listed as such, the list is asked anew */
  async of(roomId: string, seen?: Member): Promise<readonly Member[]> {
    const members = await this.#take(roomId, VALID_MS)
    if (!seen || members.some((member) => isSame(member, seen))) return members
    return this.#take(roomId, RETAKE_MS)
  }

  /** Somebody came, went or was renamed. */
  forget(roomId: string): void {
    this.#taken.delete(roomId)
  }

  #take(roomId: string, validMs: number): Promise<readonly Member[]> {
    const known = this.#taken.get(roomId)
    if (known && performance.now() - known.takenMs < validMs) return known.members
    const census = { takenMs: performance.now(), members: this.#ask(roomId) }
    this.#taken.delete(roomId)
    this.#taken.set(roomId, census)
    for (const oldest of this.#taken.keys()) {
      if (this.#taken.size <= KEPT_ROOMS) break
      this.#taken.delete(oldest)
    }
    return census.members
  }

  async #ask(roomId: string): Promise<readonly Member[]> {
    const puppet = rawPuppet(this.#bot)
    const ids = await this.#bot.puppet.roomMemberList(roomId).catch(() => [])
    const members = await Promise.all(
      ids.map(async (id) => {
        // A member who has just left is no member.
        const raw = await puppet.roomMemberRawPayload(roomId, id).catch(() => undefined)
        if (raw === undefined) return []
        const { name, roomAlias } = await puppet.roomMemberRawPayloadParser(raw)
        return [{ id, nick: unescapeName(name), display: unescapeName(roomAlias ?? '') }]
      }),
    )
    return members.flat()
  }
}

const isSame = (a: Member, b: Member): boolean => a.id === b.id && a.nick === b.nick && a.display === b.display
