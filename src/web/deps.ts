import type { Hono } from 'hono'
import type { Conversation, SimulatedPerson, World, WorldMessage } from '../channel/simulator/world.js'
import { shownWords } from '../model/chat.js'
import type { Section } from '../model/knowledge.js'
import type {
  AuditLog,
  Clock,
  Log,
  LoginStatus,
  Orderer,
  PictureSource,
  Report,
  RoleClaim,
  RoleGrant,
} from '../model/ports.js'
import type { TalkFeed } from '../model/talk.js'
import type { DeskFeed } from '../model/ticket.js'
import type { AccessControl } from './access.js'
import type { KnowledgeDeps } from './knowledge-routes.js'
import type { LearnDeps } from './learn-routes.js'
import type { TalkDeps } from './talk-routes.js'
import type { GiveOrder, TicketDeps } from './ticket-routes.js'
import type { FigureSources } from './today-routes.js'

export interface BotStatus {
  /** As configured: `simulator`, `wechat4u`, a package name; `onebot` for QQ. */
  readonly puppet: string
  readonly login: LoginStatus
  /** Milliseconds since the epoch at which that began. */
  readonly sinceMs: number
  /** What the QR code says, while there is one to scan. */
  readonly qrText?: string | undefined
  /** Absent: WeChat. */
  readonly network?: 'QQ'
  /** Why it does not come back by itself. */
  readonly trouble?: 'token'
  readonly knowledgeVersion: string
  /** Number of the release in use; absent where they are not counted. */
  readonly release?: number
  /** What people should know of, in Chinese: caps that are near, too much to do. */
  readonly warnings?: readonly string[]
}

interface ReloadOutcome {
  readonly ok: boolean
  /** For the admin, in Chinese; may have several lines. */
  readonly text: string
}

/** What the machine view shows beside the status. */
interface MachineView {
  readonly version: string
  readonly startedAtMs: number
  readonly queueLength: number
  /** Milliseconds since the last poll of WeChat, or the last sign of life of whatever stands for it. */
  readonly touchAgoMs?: number | undefined
  /** Absent where nothing is limited. */
  readonly today?: { readonly used: number; readonly cap: number }
  readonly heldUntilMs?: number | undefined
  /** Absent where nobody is told of anything. */
  readonly alerts?: {
    readonly open: readonly { readonly text: string; readonly sinceMs: number }[]
    readonly latest: readonly { readonly text: string; readonly atMs: number }[]
    /** Where they go to outside of WeChat. */
    readonly webhookCount: number
  }
  readonly rooms: readonly { readonly key: string; readonly topic: string; readonly purpose: string }[]
  readonly mutes: readonly { readonly placeKey: string; readonly topic: string; readonly untilMs: number | null }[]
}

/** Who has rights, and whose codes wait. */
interface PeopleSource {
  /** For the operator's eyes only. */
  claims(): readonly RoleClaim[]
  grants(): readonly RoleGrant[]
  /** Names by which the configuration knows colleagues. */
  readonly configured: readonly string[]
}

/** All that the page shows and does. */
export interface WebDeps {
  /** The simulated WeChat; without it (a real puppet is used) there is no view of chats to play in. */
  readonly world?: World | undefined
  readonly talks: TalkFeed
  readonly desk?: DeskFeed | undefined
  /** Who may use the page; decides about every request. */
  readonly access: AccessControl
  /** See `createHealthRoutes`. */
  readonly health?: Hono | undefined
  readonly people?: PeopleSource | undefined
  readonly machine?: (() => Promise<MachineView>) | undefined
  /** Tells something by the webhooks, to see whether it arrives. */
  readonly tryAlert?: ((by: string) => void) | undefined
  readonly audit?: AuditLog | undefined
  readonly guidePictures?: PictureSource | undefined
  readonly snippets?: TicketDeps['snippets'] | undefined
  readonly mutes?: TalkDeps['mutes'] | undefined
  /** Orders as people write them, of whoever is at the page or at the machine. */
  readonly order?: ((text: string, by: Orderer) => Promise<Report>) | undefined
  readonly give?: GiveOrder | undefined
  readonly publicUrl?: string | null | undefined
  readonly clock: Clock
  readonly log: Log
  status(): BotStatus
  /** @param order `force`: take the knowledge although it does worse */
  reload(order: { readonly force: boolean; readonly by: Orderer }): Promise<ReloadOutcome>
  readonly learn?: Pick<LearnDeps, 'entries' | 'taught' | 'preview' | 'guesses'> | undefined
  readonly knowledge?: Omit<KnowledgeDeps, 'access' | 'give' | 'stream' | 'talks'> | undefined
  readonly figures?: FigureSources | undefined
  /** Sections in the order of the guides. */
  sections?(): readonly Pick<Section, 'key' | 'title' | 'role'>[]
  /** Told what has to be done before the program ends. */
  atEnd?(end: () => Promise<void> | void): void
  readonly undoMs?: number
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

export function messageView(world: World, message: WorldMessage): MessageView {
  const conversation = world.conversation(message.conversationId)
  const nameOf = (personId: string): string => (conversation ? world.nameIn(conversation, personId) : personId)
  const quoted = message.quoteOfId === undefined ? undefined : world.message(message.quoteOfId)
  const { id, conversationId, fromId, kind, media, mentionIds, atMs } = message
  const text = media ? shownWords({ kind: media, text: '', title: message.text }) : message.text
  return {
    ...{ id, conversationId, fromId, fromName: nameOf(fromId), kind, text, mentionIds, atMs },
    ...(quoted && { quote: { id: quoted.id, name: nameOf(quoted.fromId), kind: quoted.kind, text: quoted.text } }),
    ...(kind === 'picture' && { pictureUrl: world.picture(id) ? `/api/simulator/pictures/${id}` : null }),
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

export type Refusal = { readonly error: string; readonly status: 400 | 403 | 404 }

/** The person that the page plays; the bot plays itself. */
export function player(world: World, id: string | undefined): SimulatedPerson | Refusal {
  const person = id === undefined || id === world.botId ? undefined : world.person(id)
  return person ?? { error: '没有这个人，请重新选择「我是」', status: 404 }
}
