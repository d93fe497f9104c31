import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { withTimeout } from '../base/time.js'
import { readPictureHeader, withoutMetadata } from '../knowledge/pictures.js'
import type { Snippet } from '../knowledge/snippets.js'
import type { PictureFile } from '../model/chat.js'
import type { Order } from '../model/decision.js'
import type { Clock, Orderer, PictureSource, Report } from '../model/ports.js'
import type { DeskFeed, TicketView } from '../model/ticket.js'
import { type AccessControl, bodyOf, reportOf, viewerIn } from './access.js'
import type { Viewer } from './sessions.js'
import type { EventStream } from './stream.js'

/** Gives an order as the chat would take it: with the same rights, and written down in the same audit log. */
export type GiveOrder = (order: Order, by: Orderer) => Promise<Report>

export interface TicketDeps {
  readonly desk: DeskFeed
  readonly access: AccessControl
  readonly give: GiveOrder
  readonly stream: EventStream
  readonly guidePictures: PictureSource
  /** Best first. @param question what the ticket is about */
  readonly snippets: (asked: { readonly q: string; readonly question: string }) => readonly Snippet[]
  readonly clock: Clock
  /** Tests make it short. */
  readonly undoMs?: number
}

const UNDO_MS = 5_000
const SETTLE_MS = 300
const MAX_TEXT_CHARS = 2_000
const MAX_PICTURES = 6
const MAX_PICTURE_BYTES = 5 * 1024 * 1024
// Base64 takes 4 characters for 3 bytes.
const MAX_BODY_BYTES = Math.ceil((2 * MAX_PICTURE_BYTES) / 3) * 4 + 64 * 1024

const picture = z.union([z.strictObject({ path: z.string().max(300) }), z.strictObject({ base64: z.base64() })])
const action = z.strictObject({
  version: z.string().max(200),
  text: z.string().trim().max(MAX_TEXT_CHARS).default(''),
  to: z.string().trim().max(60).default(''),
  pictures: z.array(picture).max(MAX_PICTURES).default([]),
})
type Action = z.infer<typeof action>

/** Verbs of the page are orders of the chat; what the customer would read waits for a moment in which it can be taken back. */
const VERBS: Readonly<Record<string, { readonly kind: string; readonly waits: boolean; readonly done: string }>> = {
  claim: { kind: 'claim-ticket', waits: false, done: '接单了' },
  note: { kind: 'note-ticket', waits: false, done: '备注好了' },
  reply: { kind: 'reply-ticket', waits: true, done: '发出去了' },
  resolve: { kind: 'close-ticket', waits: true, done: '结单了' },
  pass: { kind: 'pass-ticket', waits: true, done: '转给同事了' },
  return: { kind: 'return-ticket', waits: true, done: '还给机器人了' },
}

export function ticketRoutes(deps: TicketDeps): { readonly routes: Hono; readonly pending: PendingActs } {
  const { desk, access, stream, snippets, guidePictures } = deps
  const pending = new PendingActs(deps)
  const routes = new Hono()

  routes.get('/tickets', (c) => c.json({ ...desk.board(), nowMs: deps.clock.now(), pending: pending.numbers() }))

  routes.get('/tickets/:number{\\d+}', (c) => {
    const view = desk.view(Number(c.req.param('number')))
    if (!view) return c.json({ error: `没有工单 ${c.req.param('number')}，或者已经归档了` }, 404)
    return c.json({ ticket: view, nowMs: deps.clock.now(), pending: pending.of(view.number) })
  })

  routes.get('/tickets/:number{\\d+}/pictures/:index{\\d+}', async (c) => {
    const found = await desk.picture(Number(c.req.param('number')), Number(c.req.param('index')))
    return found ? sendPicture(c, found.bytes) : c.json({ error: '图片已经不在了' }, 404)
  })

  routes.get('/guide-picture', async (c) => {
    const found = await guidePictures.load(c.req.query('path') ?? '')
    return found ? sendPicture(c, found.bytes) : c.json({ error: '没有这张图' }, 404)
  })

  routes.get('/snippets', (c) => {
    const ticket = desk.view(Number(c.req.query('ticket') ?? 0))
    const q = (c.req.query('q') ?? '').slice(0, 100)
    return c.json({ snippets: snippets({ q, question: ticket?.question ?? '' }) })
  })

  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.json({ error: '图片不能超过 5 MB' }, 413) })
  routes.post('/tickets/:number{\\d+}/:verb', limit, async (c) => {
    const [number, name] = [Number(c.req.param('number')), c.req.param('verb')]
    const viewer = viewerIn(c, access)
    if (name === 'typing') {
      stream.publish('typing', { number, name: viewer.who.name }, 'staff')
      return c.json({ ok: true })
    }
    const verb = VERBS[name]
    if (!verb) return c.json({ error: '没有这个操作' }, 404)
    if (!viewer.isNamed) return c.json({ error: '先说一声您是谁：客户会看到署名。', needsName: true }, 428)
    const body = await bodyOf(c, action, `内容的写法不对：最多 ${MAX_TEXT_CHARS} 字、${MAX_PICTURES} 张图`)
    const ticket = desk.view(number)
    if (!ticket) return c.json({ error: `没有工单 ${number}` }, 404)
    if (ticket.version !== body.version) return c.json({ error: conflictWords(ticket, deps.clock), ticket }, 409)
    const pictures = await picturesOf(body, guidePictures)
    if ('error' in pictures) return c.json({ error: pictures.error }, 400)
    if (verb.kind !== 'claim-ticket' && verb.kind !== 'return-ticket' && isEmpty(name, body))
      return c.json({ error: name === 'pass' ? '要转给谁？' : '还没写内容' }, 400)
    const order = orderOf(verb.kind, number, { ...body, pictures: pictures.loaded })
    if (verb.waits) return c.json(pending.add({ number, verb: name, order, viewer, version: ticket.version }), 202)
    const report = await deps.give(order, ordererOf(viewer))
    return reportOf(c, { ...report, ticket: desk.view(number) })
  })

  routes.delete('/pending/:id', (c) => {
    const undone = pending.undo(c.req.param('id'), viewerIn(c, access))
    return undone ? c.json({ ok: true }) : c.json({ error: '来不及了，已经发出去了' }, 409)
  })
  return { routes, pending }
}

/** An explanation is not asked for where the reader has said that there is none. */
const isEmpty = (verb: string, { text, to, pictures }: Action): boolean =>
  verb === 'pass' ? to === '' : verb !== 'resolve' && text === '' && pictures.length === 0

const orderOf = (
  kind: string,
  number: number,
  { text, to, pictures }: Pick<Action, 'text' | 'to'> & { readonly pictures: readonly PictureFile[] },
): Order => ({
  ...{ kind, number },
  ...(kind === 'close-ticket' && { note: text }),
  ...(kind === 'note-ticket' && { text }),
  ...(kind === 'reply-ticket' && { text: text || '请看下面的图：', pictures }),
  ...(kind === 'pass-ticket' && { to }),
})

export const ordererOf = ({ role, who }: Viewer): Orderer => ({
  who,
  role: role === 'boss' ? 'customer' : role,
  where: 'page',
})

function conflictWords({ holder, state, lastAtMs, number }: TicketView, clock: Clock): string {
  const seconds = Math.max(1, Math.round((clock.now() - lastAtMs) / 1000))
  const ago = seconds < 60 ? `${seconds} 秒` : `${Math.round(seconds / 60)} 分钟`
  return holder === null ? `工单 ${number} 刚刚变了：${state}。` : `${holder} ${ago}前接了这张单。`
}

type Loaded = { readonly loaded: readonly PictureFile[] } | { readonly error: string }

async function picturesOf({ pictures }: Action, guide: PictureSource): Promise<Loaded> {
  const loaded: PictureFile[] = []
  for (const [index, picture] of pictures.entries()) {
    if ('path' in picture) {
      const found = await guide.load(picture.path)
      if (!found) return { error: '知识里的这张图找不到了' }
      loaded.push(found)
      continue
    }
    const bytes = Buffer.from(picture.base64, 'base64')
    const header = readPictureHeader(bytes)
    if (bytes.length > MAX_PICTURE_BYTES) return { error: '图片不能超过 5 MB' }
    if (!header) return { error: '只能发完好的 PNG、JPG、GIF 图片' }
    const ending = { 'image/png': '.png', 'image/jpeg': '.jpg', 'image/gif': '.gif' }[header.mediaType as string]
    if (ending === undefined) return { error: '只能发 PNG、JPG、GIF 图片' }
    loaded.push({ bytes: withoutMetadata(bytes), fileName: `picture-${index + 1}${ending}` })
  }
  return { loaded }
}

function sendPicture(c: Context, bytes: Uint8Array): Response {
  const header = readPictureHeader(bytes)
  if (!header) return c.json({ error: '这不是图片' }, 404)
  c.header('Cache-Control', 'private, max-age=86400')
  return c.body(Uint8Array.from(bytes).buffer, 200, { 'Content-Type': header.mediaType })
}

interface PendingAct {
  readonly id: string
  readonly number: number
  readonly verb: string
  readonly order: Order
  readonly viewer: Viewer
  readonly version: string
  readonly goesAtMs: number
}

/** What was ordered and can still be taken back. An orderly stop carries it out at once. */
class PendingActs {
  readonly #deps: TicketDeps
  readonly #acts = new Map<string, { readonly act: PendingAct; readonly timer: NodeJS.Timeout }>()
  readonly #running = new Set<Promise<void>>()

  constructor(deps: TicketDeps) {
    this.#deps = deps
  }

  add(asked: Omit<PendingAct, 'id' | 'goesAtMs'>): { readonly pending: string; readonly goesAtMs: number } {
    const { undoMs = UNDO_MS, clock, stream } = this.#deps
    const act = { ...asked, id: randomBytes(9).toString('base64url'), goesAtMs: clock.now() + undoMs }
    const timer = setTimeout(() => this.#go(act), undoMs)
    this.#acts.set(act.id, { act, timer })
    stream.publish('pending', { id: act.id, number: act.number, state: 'waiting', by: act.viewer.who.name }, 'staff')
    return { pending: act.id, goesAtMs: act.goesAtMs }
  }

  /** Only whoever ordered it can take it back. */
  undo(id: string, viewer: Viewer): boolean {
    const found = this.#acts.get(id)
    if (!found || found.act.viewer.who.key !== viewer.who.key) return false
    clearTimeout(found.timer)
    this.#acts.delete(id)
    this.#deps.stream.publish('pending', { id, number: found.act.number, state: 'undone' }, 'staff')
    return true
  }

  /** Numbers of tickets about which something is on its way. */
  numbers(): readonly number[] {
    return [...this.#acts.values()].map(({ act }) => act.number)
  }

  of(number: number): readonly { readonly id: string; readonly verb: string; readonly by: string }[] {
    return [...this.#acts.values()]
      .filter(({ act }) => act.number === number)
      .map(({ act }) => ({ id: act.id, verb: act.verb, by: act.viewer.who.name }))
  }

  /** Carries out what still waits. What can't be said at once is no reason to hold up the end. */
  async settle(): Promise<void> {
    for (const { act, timer } of this.#acts.values()) {
      clearTimeout(timer)
      this.#go(act)
    }
    await withTimeout(Promise.all(this.#running), SETTLE_MS)
  }

  #go(act: PendingAct): void {
    this.#acts.delete(act.id)
    const work: Promise<void> = this.#carryOut(act).finally(() => this.#running.delete(work))
    this.#running.add(work)
  }

  async #carryOut({ id, number, verb, order, viewer, version }: PendingAct): Promise<void> {
    const { desk, give, clock, stream } = this.#deps
    const tell = (report: Report): void =>
      stream.publish(
        'pending',
        { id, number, state: report.ok ? 'done' : 'failed', text: report.ok ? VERBS[verb]?.done : report.text },
        'staff',
      )
    try {
      const ticket = desk.view(number)
      if (ticket && ticket.version !== version) tell({ ok: false, text: conflictWords(ticket, clock) })
      else tell(await give(order, ordererOf(viewer)))
    } catch {
      tell({ ok: false, text: '没有办成，请再试一次' })
    }
  }
}
