import type { WechatyInterface } from 'wechaty/impls'

/** The part of wechat4u that loads groups and people; it is private there, and other puppets have no such thing. */
interface ContactLoader {
  batchGetContact(contacts: readonly { readonly UserName: string }[]): Promise<unknown>
  updateContacts(contacts: unknown): void
}

/**
 * Has the puppet load the members of a group. wechat4u lists nobody in a group that is not saved to the address book
 * until somebody speaks there, and the staff group may be silent for days.
 */
export const fetchMembers = (bot: WechatyInterface, roomId: string): Promise<void> => fetchContact(bot, roomId)

/** Has the puppet load a group or a person anew: changes that the network has not told of are seen then. */
export async function fetchContact(bot: WechatyInterface, id: string): Promise<void> {
  const { wechat4u } = bot.puppet as { readonly wechat4u?: unknown }
  if (!isLoader(wechat4u)) return
  wechat4u.updateContacts(await wechat4u.batchGetContact([{ UserName: id }]))
}

function isLoader(value: unknown): value is ContactLoader {
  if (typeof value !== 'object' || value === null) return false
  const { batchGetContact, updateContacts } = value as Partial<Record<keyof ContactLoader, unknown>>
  return typeof batchGetContact === 'function' && typeof updateContacts === 'function'
}
