import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { DAY_MS } from '../base/time.js'
import {
  type Conversation,
  SIMULATED_MEDIA,
  type SimulatedPerson,
  type World,
  type WorldMessage,
} from '../channel/simulator/world.js'
import { readPictureHeader } from '../knowledge/pictures.js'
import { shownWords } from '../model/chat.js'
import type { DeskFeed } from '../model/ticket.js'
import { bodyOf, reportOf, viewerIn } from './access.js'
import type { WebDeps } from './app.js'
import { type TalkDeps, viewOfTalk } from './talk-routes.js'
import { ordererOf } from './ticket-routes.js'

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
export function simulatorRoutes(world: World, talking: TalkDeps): Hono {
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
    const talks = said.flatMap(({ id }) => talking.talks.find(id) ?? [])
    return c.json({
      messages: said.map((message) => messageView(world, message)),
      talks: talks.map((talk) => viewOfTalk(talk, talking)),
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
    const body = await bodyOf(c, newMessage, `消息格式不对：要有文字（最多 ${MAX_TEXT_CHARS} 字）或一张图片`)
    const posted = post(world, body)
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

/** What the command line asks of the running bot, which owns the tickets. */
export function forgetRoutes(desk: DeskFeed): Hono {
  const routes = new Hono()
  routes.post('/tickets/forget', async (c) => {
    const body = await bodyOf(c, forgetting, '要有名字')
    return c.json(await desk.forget(body))
  })
  return routes
}

const MAX_ORDER_CHARS = 2_000
const order = z.strictObject({ text: z.string().trim().min(1).max(MAX_ORDER_CHARS) })
const handing = z.strictObject({ name: z.string().trim().min(1).max(20), role: z.enum(['boss', 'staff', 'admin']) })
const muting = z.strictObject({ minutes: z.number().int().min(1).max(43_200).nullable() })
const MAX_AUDIT = 200

/**
 * The machine, who may do what, and who has done what. `POST /orders`: the verbs of the chat. `GET /claims`: one-time
 * codes, for the operator's eyes alone.
 */
export function peopleRoutes(deps: WebDeps): Hono {
  const { access, people, machine, audit, give } = deps
  const routes = new Hono()

  routes.post('/orders', async (c) => {
    const body = await bodyOf(c, order, `要有一条命令，最多 ${MAX_ORDER_CHARS} 字`)
    if (!deps.order) return c.json({ error: '没有这个接口' }, 404)
    const by = ordererOf(viewerIn(c, access))
    const where = access.isCommandLine(c) ? 'terminal' : 'page'
    const { ok, text } = await deps.order(body.text, { ...by, where })
    return c.json({ ok, text })
  })

  routes.get('/claims', (c) =>
    c.json({
      claims: (people?.claims() ?? []).map(({ person, codes, expiresAtMs }) => ({
        name: person.name,
        codes,
        expiresAtMs,
      })),
      grants: (people?.grants() ?? []).map(({ name, role, remark }) => ({ name, role, remark })),
    }),
  )

  routes.get('/machine', async (c) => c.json({ status: publicStatus(deps), ...(await machine?.()) }))

  routes.post('/alerts/try', async (c) => {
    const { alerts } = (await machine?.()) ?? {}
    if (!alerts || alerts.webhookCount === 0 || !deps.tryAlert)
      return c.json({ ok: false, text: '还没有配置告警发到哪里：在 guoshen.yaml 写 alerts.webhooks，再重启。' }, 422)
    deps.tryAlert(viewerIn(c, access).who.name)
    return c.json({ ok: true, text: '发出去了，看看那边收到没有。一分钟内的几条会合成一条。' })
  })

  routes.post('/rooms/:key/:verb{mute|unmute}', async (c) => {
    const room = (await machine?.())?.rooms.find(({ key }) => key === c.req.param('key'))
    if (!room || !give) return c.json({ error: '没有这个群' }, 404)
    const body = await bodyOf(c, muting, '静音的时间不对')
    const isMute = c.req.param('verb') === 'mute'
    const command = isMute ? { kind: 'mute', room: room.topic, ...body } : { kind: 'unmute', room: room.topic }
    const report = await give(command, ordererOf(viewerIn(c, access)))
    return reportOf(c, report)
  })

  routes.get('/people', (c) => {
    const own = viewerIn(c, access)
    return c.json({
      grants: (people?.grants() ?? []).map(({ name, role, remark, grantedAtMs }) => ({
        name,
        role,
        remark,
        grantedAtMs,
      })),
      configured: people?.configured ?? [],
      sessions: access.sessions.living().map(({ digest, role, who, device, beganAtMs, seenAtMs }) => ({
        ...{ id: digest, role, name: who.name, device, beganAtMs, seenAtMs },
        isOwn: digest === own.session,
      })),
      publicUrl: deps.publicUrl ?? null,
    })
  })

  routes.get('/audit', async (c) => c.json({ entries: (await audit?.recent(MAX_AUDIT)) ?? [] }))

  routes.post('/links', async (c) => {
    const body = await bodyOf(c, handing, '要写名字，和给他看什么')
    const viewer = viewerIn(c, access)
    const { name, role } = body
    if (role === 'admin' && viewer.role !== 'operator') return c.json({ error: '管理员的链接只有操作员能给' }, 403)
    const code = access.links.make({ role, who: { key: `name:${name}`, name }, by: 'handed' }, DAY_MS)
    const { who, role: as, where } = ordererOf(viewer)
    const what = `给${name}一个网页链接（${ROLE_WORDS[role]}）`
    await audit?.record({ atMs: deps.clock.now(), who, role: as, what, result: 'done', where })
    return c.json({ path: `/#/enter/${code}`, publicUrl: deps.publicUrl ?? null })
  })

  routes.delete('/sessions/:id', async (c) => {
    const session = access.sessions.living().find(({ digest }) => digest === c.req.param('id'))
    if (!session || !access.sessions.end(session.digest)) return c.json({ error: '已经退出了' }, 404)
    const { who, role, where } = ordererOf(viewerIn(c, access))
    const what = `退出${session.who.name}的网页（${session.device}）`
    await audit?.record({ atMs: deps.clock.now(), who, role, what, result: 'done', where })
    return c.json({ ok: true })
  })
  return routes
}

const ROLE_WORDS = { boss: '老板', staff: '同事', admin: '管理员' } as const

const publicStatus = ({ status }: WebDeps) => {
  const { qrText: _secret, ...shown } = status()
  return shown
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
function conversationView(world: World, conversation: Conversation, viewer: SimulatedPerson): ConversationView {
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

type Refusal = { readonly error: string; readonly status: 400 | 403 | 404 }

/** The person that the page plays; the bot plays itself. */
function player(world: World, id: string | undefined): SimulatedPerson | Refusal {
  const person = id === undefined || id === world.botId ? undefined : world.person(id)
  return person ?? { error: '没有这个人，请重新选择「我是」', status: 404 }
}
