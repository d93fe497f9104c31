import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { type Conversation, SIMULATED_MEDIA, type SimulatedPerson, type World } from '../channel/simulator/world.js'
import { readPictureHeader } from '../knowledge/pictures.js'
import type { DecisionTrace } from '../model/decision.js'
import type { Report, RoleClaim, RoleGrant } from '../model/ports.js'
import type { DeskFeed } from '../model/ticket.js'
import type { AccessControl } from './access.js'
import { conversationView, decisionView, messageView, player, type Refusal, type WebDeps } from './deps.js'

const MAX_TEXT_CHARS = 5_000
const MAX_PICTURE_BYTES = 5 * 1024 * 1024
// Base64 takes 4 characters for 3 bytes; the rest of a message is far below 64 KB.
const MAX_BODY_BYTES = Math.ceil(MAX_PICTURE_BYTES / 3) * 4 + 64 * 1024

const newMessage = z
  .object({
    as: z.string(),
    conversation: z.string(),
    text: z.string().max(MAX_TEXT_CHARS).optional(),
    mentions: z.array(z.string()).max(50).default([]),
    quote: z.string().optional(),
    picture: z.object({ base64: z.base64() }).optional(),
    /** A voice message, a file …, with its name as the text; for trying out what becomes of it. */
    media: z.enum(SIMULATED_MEDIA).optional(),
  })
  .refine(({ text, picture, media }) => media !== undefined || (text === undefined) !== (picture === undefined))

type Membership = { readonly person: SimulatedPerson; readonly conversation: Conversation }

/** The conversations of the simulated WeChat: list, read, write, pictures. */
export function chatRoutes(world: World, { journal, sectionTitle }: WebDeps): Hono {
  const routes = new Hono()

  routes.get('/people', (c) => c.json({ botId: world.botId, people: world.people }))

  routes.get('/conversations', (c) => {
    const me = player(world, c.req.query('as'))
    if ('error' in me) return refuse(c, me)
    const own = world.conversations.filter(({ memberIds }) => memberIds.includes(me.id))
    const conversations = own.map((conversation) => conversationView(world, conversation, me))
    return c.json({ me, conversations })
  })

  routes.get('/messages', (c) => {
    const found = membership(world, c.req.query('as'), c.req.query('conversation'))
    if ('error' in found) return refuse(c, found)
    const said = world.messages(found.conversation.id)
    const ids = new Set(said.map(({ id }) => id))
    return c.json({
      messages: said.map((message) => messageView(world, message)),
      decisions: journal
        .recent()
        .filter(({ messageId }) => ids.has(messageId))
        .map((trace) => decisionView(trace, sectionTitle)),
    })
  })

  routes.route('/', writingRoutes(world))
  routes.route('/', pictureRoutes(world))
  return routes
}

function writingRoutes(world: World): Hono {
  const routes = new Hono()
  const tooLarge = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => c.json({ error: '图片不能超过 5 MB' }, 413),
  })
  routes.post('/messages', tooLarge, async (c) => {
    const body = newMessage.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) {
      return c.json({ error: `消息格式不对：要有文字（最多 ${MAX_TEXT_CHARS} 字）或一张图片` }, 400)
    }
    const posted = post(world, body.data)
    return 'error' in posted ? refuse(c, posted) : c.json({ message: messageView(world, posted) }, 201)
  })
  return routes
}

function pictureRoutes(world: World): Hono {
  const routes = new Hono()
  routes.get('/pictures/:messageId', (c) => {
    const picture = world.picture(c.req.param('messageId'))
    if (!picture) return c.json({ error: '图片不存在，或者已经过期' }, 404)
    // Ids never come back, so a picture never changes.
    c.header('Cache-Control', 'private, max-age=86400, immutable')
    return c.body(Uint8Array.from(picture.bytes).buffer, 200, { 'Content-Type': picture.mediaType })
  })
  return routes
}

function post(world: World, { as, conversation, text, mentions, quote, picture, media }: z.infer<typeof newMessage>) {
  const found = membership(world, as, conversation)
  if ('error' in found) return found
  if (quote !== undefined && world.message(quote)?.conversationId !== conversation) {
    return { error: '引用的消息已经不在了', status: 404 } as const
  }
  const whereAndWho = { conversationId: conversation, fromId: found.person.id, ...(quote && { quoteOfId: quote }) }
  if (media) return world.post({ ...whereAndWho, media, text: text ?? '' })
  if (!picture) {
    if (!text?.trim()) return { error: '不能发送空白消息', status: 400 } as const
    return world.post({ ...whereAndWho, text, mentionIds: mentions })
  }
  const bytes = Buffer.from(picture.base64, 'base64')
  if (bytes.length > MAX_PICTURE_BYTES) return { error: '图片不能超过 5 MB', status: 400 } as const
  if (!readPictureHeader(bytes)) {
    return { error: '只能发送完好的 PNG、JPG、GIF 或 WebP 图片，长宽不要太大', status: 400 } as const
  }
  return world.post({ ...whereAndWho, picture: bytes })
}

function membership(world: World, personId: string | undefined, conversationId = ''): Membership | Refusal {
  const person = player(world, personId)
  if ('error' in person) return person
  const conversation = world.conversation(conversationId)
  if (!conversation) return { error: '没有这个会话', status: 404 }
  if (!conversation.memberIds.includes(person.id)) return { error: '你不在这个会话里', status: 403 }
  return { person, conversation }
}

function refuse(c: Context, { error, status }: Refusal): Response {
  return c.json({ error }, status)
}

const forgetting = z.strictObject({ who: z.string().trim().min(1).max(100), sure: z.boolean().default(false) })

/**
 * The tickets for those who play the vendor's people. Orders are given in the chat, as with any other client: the page
 * has no verbs of its own.
 */
export function boardRoutes(world: World, desk: DeskFeed): Hono {
  const routes = new Hono()
  routes.get('/desk', (c) => {
    const me = player(world, c.req.query('as'))
    if ('error' in me) return c.json({ error: me.error }, me.status)
    if (!isColleague(me.part)) return c.json({ error: '工单只给服务商的同事看' }, 403)
    return c.json(desk.board())
  })
  return routes
}

/** What the command line asks of the running bot, which owns the tickets. */
export function ticketRoutes(desk: DeskFeed): Hono {
  const routes = new Hono()
  routes.post('/tickets/forget', async (c) => {
    const body = forgetting.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: '要有名字' }, 400)
    return c.json(await desk.forget(body.data))
  })
  return routes
}

export const isColleague = (part: string): boolean => part === 'staff' || part === 'admin'

/** What the operator does at the page, and the command line through it. */
export interface OperatorDesk {
  order(text: string, where: 'page' | 'terminal'): Promise<Report>
  /** People whose codes wait to be handed out. */
  claims(): readonly RoleClaim[]
  grants(): readonly RoleGrant[]
}

const MAX_ORDER_CHARS = 2_000
const order = z.strictObject({ text: z.string().trim().min(1).max(MAX_ORDER_CHARS) })

/**
 * `POST /orders`: the verbs of the chat, ordered by whoever has the machine. `GET /claims`: one-time codes, for the same
 * eyes; never kept by the browser.
 */
export function operatorRoutes(desk: OperatorDesk, access: Pick<AccessControl, 'isCommandLine'>): Hono {
  const routes = new Hono()

  routes.post('/orders', async (c) => {
    const body = order.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: `要有一条命令，最多 ${MAX_ORDER_CHARS} 字` }, 400)
    const { ok, text } = await desk.order(body.data.text, access.isCommandLine(c) ? 'terminal' : 'page')
    return c.json({ ok, text })
  })

  routes.get('/claims', (c) => {
    c.header('Cache-Control', 'no-store')
    return c.json({
      claims: desk.claims().map(({ person, codes, expiresAtMs }) => ({ name: person.name, codes, expiresAtMs })),
      grants: desk.grants().map(({ name, role, remark }) => ({ name, role, remark })),
    })
  })
  return routes
}

const HEARTBEAT_MS = 20_000 // below the half minute after which some browsers and proxies drop a silent stream
const RECONNECT_MS = 1_000

/**
 * Server-sent events until the reader leaves: `hello` once, `message` with a `MessageView` for every message that the
 * person can see, `decision` with a `DecisionView` for every decision about one, and for the vendor's people `desk`
 * when tickets have changed. Without a world: every decision.
 */
export function streamEvents(c: Context, deps: WebDeps, personId: string | undefined): Response {
  const { world, journal } = deps
  return streamSSE(c, async (stream) => {
    const write = (event: string, content: object): void => {
      // A write to a reader that has left is lost on purpose: `onAbort` ends the subscriptions.
      void stream.writeSSE({ event, data: JSON.stringify(content) }).catch(() => undefined)
    }
    const undo = [
      world?.subscribe((message) => {
        if (isVisible(world, message.conversationId, personId)) write('message', messageView(world, message))
      }),
      journal.subscribe((trace) => {
        if (!world || concerns(world, trace, personId)) write('decision', decisionView(trace, deps.sectionTitle))
      }),
      isColleague(world?.person(personId ?? '')?.part ?? '') ? deps.desk?.onChange(() => write('desk', {})) : undefined,
      // Whoever is logged out, or whose session is over, hears nothing more.
      every(HEARTBEAT_MS, () => (deps.access.isIn(c) ? write('heartbeat', {}) : stream.abort())),
    ]
    await stream.writeSSE({ event: 'hello', data: '{}', retry: RECONNECT_MS })
    await new Promise<void>((resolve) => stream.onAbort(resolve))
    for (const end of undo) end?.()
  })
}

function isVisible(world: World, conversationId: string, personId: string | undefined): boolean {
  return personId !== undefined && (world.conversation(conversationId)?.memberIds.includes(personId) ?? false)
}

function concerns(world: World, { messageId }: DecisionTrace, personId: string | undefined): boolean {
  const message = world.message(messageId)
  return message !== undefined && isVisible(world, message.conversationId, personId)
}

function every(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms)
  timer.unref()
  return () => clearInterval(timer)
}
