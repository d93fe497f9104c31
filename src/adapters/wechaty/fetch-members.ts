import type { WechatyInterface } from 'wechaty/impls'

/** The part of wechat4u that loads groups; it is private there, and other puppets have no such thing. */
interface ContactLoader {
  batchGetContact(groups: readonly { readonly UserName: string }[]): Promise<unknown>
  updateContacts(contacts: unknown): void
}

/**
 * Has the puppet load the members of a group. wechat4u lists nobody in a group that is not saved to the address book
 * until somebody speaks there, and the staff group may be silent for days.
 */
export async function fetchMembers(bot: WechatyInterface, roomId: string): Promise<void> {
  const { wechat4u } = bot.puppet as { readonly wechat4u?: unknown }
  if (!isLoader(wechat4u)) return
  wechat4u.updateContacts(await wechat4u.batchGetContact([{ UserName: roomId }]))
}

function isLoader(value: unknown): value is ContactLoader {
  if (typeof value !== 'object' || value === null) return false
  const { batchGetContact, updateContacts } = value as Partial<Record<keyof ContactLoader, unknown>>
  return typeof batchGetContact === 'function' && typeof updateContacts === 'function'
}
