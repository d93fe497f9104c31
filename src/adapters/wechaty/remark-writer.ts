import type { WechatyInterface } from 'wechaty/impls'
import type { Identities } from '../../model/identity.js'
import type { RemarkBearer, Remarks } from '../../model/rights.js'
import { fetchContact } from './fetch-members.js'
import { rawPuppet } from './raw-puppet.js'
import { unescapeText } from './read-text.js'

/**
 * Remarks of the bot's own account. Wechaty's `contact.alias` hides refusals and answers from a cache, so the puppet is
 * asked itself, and the network is asked anew after each change.
 */
export class RemarkWriter implements Remarks {
  readonly #bot: WechatyInterface
  readonly #identities: Identities

  constructor(bot: WechatyInterface, identities: Identities) {
    this.#bot = bot
    this.#identities = identities
  }

  async read(who: RemarkBearer): Promise<string | undefined> {
    const id = await this.#idOf(who)
    if (id === undefined) return undefined
    await fetchContact(this.#bot, id).catch(() => undefined) // what is known already has to do
    const puppet = rawPuppet(this.#bot)
    const payload = await puppet.contactRawPayloadParser(await puppet.contactRawPayload(id))
    return unescapeText(payload.alias ?? '')
  }

  async write(who: RemarkBearer, remark: string): Promise<void> {
    const id = await this.#idOf(who)
    if (id === undefined) throw new Error('the person is not known in this login')
    await this.#bot.puppet.contactAlias(id, remark)
    await fetchContact(this.#bot, id).catch(() => undefined) // the network tells by itself, later
    await this.#bot.puppet.contactPayloadDirty(id)
  }

  /** By key, since handles of an earlier login are dead; else by the remark itself. */
  async #idOf({ personKey, remark }: RemarkBearer): Promise<string | undefined> {
    if (!this.#bot.isLoggedIn) return undefined
    const id = this.#identities.idOf(personKey)
    if (id !== undefined || !remark) return id
    return (await this.#bot.Contact.findAll({ alias: remark }))[0]?.id
  }
}
