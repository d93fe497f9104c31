import type { Hono } from 'hono'
import type { Conversation, SimulatedPerson, World, WorldMessage } from '../channel/simulator/world.js'
import { shownWords } from '../model/chat.js'
import type { DecisionTrace } from '../model/decision.js'
import type { DecisionJournal, Log, LoginStatus } from '../model/ports.js'
import type { DeskFeed } from '../model/ticket.js'
import type { AccessControl } from './access.js'
import type { OperatorDesk } from './routes.js'

export interface BotStatus {
  /** As configured: `simulator`, `wechat4u`, a package name. */
  readonly puppet: string
  readonly login: LoginStatus
  /** Milliseconds since the epoch at which that began. */
  readonly sinceMs: number
  /** What the QR code says, while there is one to scan. */
  readonly qrText?: string | undefined
  readonly knowledgeVersion: string
  /** What people should know of, in Chinese: caps that are near, too much to do. */
  readonly warnings?: readonly string[]
}

export interface ReloadOutcome {
  readonly ok: boolean
  /** For the admin, in Chinese; may have several lines. */
  readonly text: string
}

/** All that the page shows and does. */
export interface WebDeps {
  /** The simulated WeChat; without it (a real puppet is used) the page shows the login instead of chats. */
  readonly world?: World | undefined
  readonly journal: DecisionFeed
  /** The tickets, for those who play the vendor's people. */
  readonly desk?: DeskFeed | undefined
  /** Who may use the page; decides about every request. */
  readonly access: AccessControl
  /** See `createHealthRoutes`. */
  readonly health?: Hono | undefined
  /** Orders of whoever has the machine. */
  readonly operator?: OperatorDesk | undefined
  readonly log: Log
  status(): BotStatus
  /** @param order `force`: take the knowledge although it does worse */
  reload(order: { readonly force: boolean; readonly where: 'page' | 'terminal' }): Promise<ReloadOutcome>
  /** Title of a guide section, so that a decision reads as more than `4.1`. */
  sectionTitle?(key: string): string | undefined
}

/** Where the page reads decisions. */
export interface DecisionFeed {
  /** What is still remembered, oldest first; one trace a message, the last one recorded. */
  recent(): readonly DecisionTrace[]
  /** @returns a function that ends the subscription */
  subscribe(listener: (trace: DecisionTrace) => void): () => void
}

const KEPT_TRACES = 2_000 // as many messages as the page can show: four conversations of 500

/** Keeps the last decisions in memory, for the page. */
export class DecisionLog implements DecisionJournal, DecisionFeed {
  readonly #traces = new Map<string, DecisionTrace>()
  readonly #listeners = new Set<(trace: DecisionTrace) => void>()

  record(trace: DecisionTrace): void {
    // Deleting first moves a message that is decided on again to the end.
    this.#traces.delete(trace.messageId)
    this.#traces.set(trace.messageId, trace)
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= KEPT_TRACES) break
      this.#traces.delete(oldest)
    }
    for (const listener of this.#listeners) listener(trace)
  }

  recent(): readonly DecisionTrace[] {
    return [...this.#traces.values()]
  }

  subscribe(listener: (trace: DecisionTrace) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

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
  const { id, conversationId, fromId, kind, media, mentionIds, atMs } = message
  const text = media ? shownWords({ kind: media, text: '', title: message.text }) : message.text
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

export type Refusal = { readonly error: string; readonly status: 400 | 403 | 404 }

/** The person that the page plays; the bot plays itself. */
export function player(world: World, id: string | undefined): SimulatedPerson | Refusal {
  const person = id === undefined || id === world.botId ? undefined : world.person(id)
  return person ?? { error: '没有这个人，请重新选择「我是」', status: 404 }
}
