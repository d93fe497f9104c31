import type { Context, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { BoundedMap } from '../base/bounded-map.js'
import { MINUTE_MS } from '../base/time.js'
import type { Clock, Report } from '../model/ports.js'
import type { AccessControl } from './access.js'
import { mayAs, type Viewer, type ViewerRole } from './sessions.js'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Who may use which part of the page's interface; what stands nowhere here is nobody's. */
export const ROUTES: readonly (readonly [Method, path: string, ViewerRole])[] = [
  ['GET', '/api/status', 'boss'],
  ['GET', '/api/events', 'boss'],
  ['GET', '/api/today', 'boss'],
  ['GET', '/api/counts', 'staff'],
  ['GET', '/api/figures', 'boss'],
  ['GET', '/api/figures.csv', 'boss'],
  ['GET', '/api/talks', 'staff'],
  ['GET', '/api/talks/:id', 'staff'],
  ['GET', '/api/talks/:id/around', 'staff'],
  ['PUT', '/api/talks/:id/verdict', 'staff'],
  ['DELETE', '/api/talks/:id/verdict', 'staff'],
  ['GET', '/api/sections', 'staff'],
  ['GET', '/api/snippets', 'staff'],
  ['GET', '/api/guide-picture', 'staff'],
  ['GET', '/api/tickets', 'staff'],
  ['GET', '/api/tickets/:number', 'staff'],
  ['GET', '/api/tickets/:number/pictures/:index', 'staff'],
  ['POST', '/api/tickets/:number/:verb', 'staff'],
  ['DELETE', '/api/pending/:id', 'staff'],
  ['GET', '/api/unanswered', 'staff'],
  ['POST', '/api/unanswered/:number/:verb', 'admin'],
  ['POST', '/api/teach/preview', 'staff'],
  ['POST', '/api/teach', 'admin'],
  ['POST', '/api/teach/undo', 'admin'],
  ['GET', '/api/knowledge', 'staff'],
  ['GET', '/api/knowledge/sections/:key{.+}', 'staff'],
  ['GET', '/api/knowledge/history/:key{.+}', 'staff'],
  ['PUT', '/api/edits/:key{.+}', 'admin'],
  ['DELETE', '/api/edits/:key{.+}', 'admin'],
  ['POST', '/api/try', 'staff'],
  ['POST', '/api/answers', 'admin'],
  ['POST', '/api/answers/asks', 'admin'],
  ['POST', '/api/rows', 'admin'],
  ['POST', '/api/guides', 'admin'],
  ['GET', '/api/golden', 'staff'],
  ['PUT', '/api/golden', 'admin'],
  ['GET', '/api/releases/changes', 'staff'],
  ['GET', '/api/releases/drafts.patch', 'admin'],
  ['GET', '/api/releases/:number/diff', 'staff'],
  ['POST', '/api/releases/check', 'admin'],
  ['POST', '/api/releases', 'admin'],
  ['POST', '/api/releases/:number/use', 'admin'],
  ['GET', '/api/machine', 'admin'],
  ['POST', '/api/alerts/try', 'admin'],
  ['POST', '/api/rooms/:key/:verb', 'admin'],
  ['GET', '/api/people', 'admin'],
  ['GET', '/api/audit', 'admin'],
  ['POST', '/api/links', 'admin'],
  ['DELETE', '/api/sessions/:id', 'admin'],
  ['POST', '/api/orders', 'admin'],
  ['POST', '/api/reload', 'admin'],
  ['GET', '/api/qr.svg', 'operator'],
  ['GET', '/api/claims', 'operator'],
  ['POST', '/api/tickets/forget', 'operator'],
  ['GET', '/api/simulator/people', 'operator'],
  ['GET', '/api/simulator/conversations', 'operator'],
  ['GET', '/api/simulator/messages', 'operator'],
  ['POST', '/api/simulator/messages', 'operator'],
  ['GET', '/api/simulator/pictures/:messageId', 'operator'],
]

/** Of everybody, in or not; see `loginRoutes`. */
const OPEN = new Set(['/api/session', '/api/login', '/api/logout', '/api/enter', '/api/enter/look'])

const TABLE = ROUTES.map(([method, path, role]) => ({
  method,
  role,
  pattern: new RegExp(
    `^${path
      .replaceAll('.', '\\.')
      .replace(/:\w+\{\\\.\+\}/g, '.+')
      .replace(/:\w+/g, '[^/]+')}$`,
  ),
  // `/api/tickets/forget` is no `:number/:verb`; the plainer path is the one that is meant.
  wild: path.split(':').length,
})).sort((a, b) => a.wild - b.wild)

/** The least role for a request; undefined where there is no such route. */
export function roleFor(method: string, path: string): ViewerRole | undefined {
  const asked = method === 'HEAD' ? 'GET' : method
  return TABLE.find((row) => row.method === asked && row.pattern.test(path))?.role
}

/** Keeps everybody to what their role may. To stand behind `requireLogin`. */
export function requireRole(access: AccessControl): MiddlewareHandler {
  return async (c, next) => {
    const { path, method } = c.req
    if (!path.startsWith('/api/') || OPEN.has(path)) return next()
    const needed = roleFor(method, path)
    const viewer = access.viewerOf(c)
    if (needed !== undefined && viewer && !mayAs(viewer.role, needed)) return c.json({ error: NOT_YOURS[needed] }, 403)
    return next()
  }
}

const MAX_WRITES = 60
const MAX_WRITERS = 1_000
/** What a page sends by itself while somebody types, looks or plays customers. */
const BY_ITSELF =
  /^\/api\/(?:edits\/|simulator\/|teach\/preview$|releases\/check$|try$|enter|login$|logout$|tickets\/\d+\/typing$)/

/** No person does more in a minute, and no page that runs wild is to. To stand behind `requireRole`. */
export function limitWrites(access: AccessControl, clock: Clock): MiddlewareHandler {
  const writes = new BoundedMap<string, number[]>(MAX_WRITERS)
  return async (c, next) => {
    const { path, method } = c.req
    if (method === 'GET' || method === 'HEAD' || !path.startsWith('/api/') || BY_ITSELF.test(path)) return next()
    const viewer = access.isCommandLine(c) ? undefined : access.viewerOf(c)
    if (!viewer) return next()
    const nowMs = clock.now()
    const key = viewer.session ?? viewer.who.key
    const lately = (writes.get(key) ?? []).filter((atMs) => nowMs - atMs < MINUTE_MS)
    if (lately.length >= MAX_WRITES) return c.json({ error: '操作太快了，请等几秒再试' }, 429)
    writes.set(key, [...lately, nowMs])
    return next()
  }
}

const NOT_YOURS: Readonly<Record<ViewerRole, string>> = {
  boss: '请先登录',
  staff: '这里只给同事和管理员看',
  admin: '只有管理员可以做这件事',
  operator: '只有操作员可以做这件事',
}

/** Whoever has passed `requireRole`. */
export function viewerIn(c: Context, access: AccessControl): Viewer {
  const viewer = access.viewerOf(c)
  if (!viewer) throw new Error('nobody is in')
  return viewer
}

/** What a request brings, in the shape that is wanted. @throws HTTPException 400 with `refusal`, in Chinese, for anything else */
export async function bodyOf<Body>(c: Context, shape: z.ZodType<Body>, refusal: string): Promise<Body> {
  const read = shape.safeParse(await c.req.json().catch(() => undefined))
  if (read.success) return read.data
  throw new HTTPException(400, { res: Response.json({ error: refusal }, { status: 400 }) })
}

/** What came of an order, with a status by which programs can tell. */
export const reportOf = <Told extends Report>(c: Context, report: Told): Response =>
  c.json(report, report.ok ? 200 : 422)
