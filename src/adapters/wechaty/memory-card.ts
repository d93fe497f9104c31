/** Where wechaty-puppet-wechat4u keeps its session within the memory card, below the puppet's own name space. */
const SESSION_SLOT = /PUPPET-WECHAT4U$/

/**
 * Whether the text of a memory card holds a session that can be resumed. The card is written in place, so it may be cut
 * short, and after a logout it is `{}`.
 */
export function holdsSession(cardText: string): boolean {
  const card = parse(cardText)
  const session = Object.entries(card).find(([slot]) => SESSION_SLOT.test(slot))?.[1]
  const { PROP: keys } = asRecord(session)
  const { uin, sid, skey } = asRecord(keys)
  return [uin, sid, skey].every((key) => (typeof key === 'string' && key !== '') || typeof key === 'number')
}

function parse(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return {} // cut short
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Has the puppet write its card anew: keys and cookies change while a session lasts. Other puppets are left alone. */
export async function rewriteCard(puppet: object): Promise<void> {
  const { memory } = puppet as { readonly memory?: { readonly save?: () => Promise<void> } }
  await memory?.save?.()
}
