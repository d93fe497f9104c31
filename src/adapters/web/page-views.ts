import type { DecisionTrace } from '../../model/decision.js'
import type { Conversation, SimulatedPerson, World, WorldMessage } from '../simulator/world.js'

/** A message as the page draws it. */
export interface MessageView {
  readonly id: string
  readonly conversationId: string
  readonly fromId: string
  /** Group display name, else nick. */
  readonly fromName: string
  readonly kind: 'text' | 'picture'
  readonly text: string
  readonly mentionIds: readonly string[]
  readonly quote?: {
    readonly id: string
    readonly name: string
    readonly kind: 'text' | 'picture'
    readonly text: string
  }
  /** Null when the picture is no longer kept; absent for text. */
  readonly pictureUrl?: string | null
  readonly atMs: number
}

export interface ConversationView {
  readonly id: string
  readonly kind: 'room' | 'direct'
  readonly title: string
  readonly members: readonly { readonly id: string; readonly name: string }[]
  readonly last?: MessageView
}

/** A trace with the titles of the sections that it names. */
export type DecisionView = DecisionTrace & { readonly titles: Readonly<Record<string, string>> }

export function messageView(world: World, message: WorldMessage): MessageView {
  const conversation = world.conversation(message.conversationId)
  const nameOf = (personId: string): string => (conversation ? world.nameIn(conversation, personId) : personId)
  const quoted = message.quoteOfId === undefined ? undefined : world.message(message.quoteOfId)
  const { id, conversationId, fromId, kind, text, mentionIds, atMs } = message
  return {
    ...{ id, conversationId, fromId, fromName: nameOf(fromId), kind, text, mentionIds, atMs },
    ...(quoted && { quote: { id: quoted.id, name: nameOf(quoted.fromId), kind: quoted.kind, text: quoted.text } }),
    ...(kind === 'picture' && { pictureUrl: world.picture(id) ? `/api/pictures/${id}` : null }),
  }
}

/** The conversation as one of its members has it in the list. */
export function conversationView(world: World, conversation: Conversation, viewer: SimulatedPerson): ConversationView {
  const others = conversation.memberIds.filter((id) => id !== viewer.id)
  const last = world.messages(conversation.id).at(-1)
  return {
    id: conversation.id,
    kind: conversation.kind,
    title: conversation.kind === 'room' ? conversation.topic : others.map((id) => world.person(id)?.name).join('、'),
    members: conversation.memberIds.map((id) => ({ id, name: world.nameIn(conversation, id) })),
    ...(last && { last: messageView(world, last) }),
  }
}

export function decisionView(
  trace: DecisionTrace,
  sectionTitle: ((key: string) => string | undefined) | undefined,
): DecisionView {
  const keys = [...trace.sections, ...trace.candidates.map(({ section }) => section)]
  const titles = keys.flatMap((key) => {
    const title = sectionTitle?.(key)
    return title === undefined ? [] : [[key, title] as const]
  })
  return { ...trace, titles: Object.fromEntries(titles) }
}
