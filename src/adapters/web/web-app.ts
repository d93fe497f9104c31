import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { toString as qrToString } from 'qrcode'
import { chatRoutes } from './chat-routes.js'
import { boardRoutes, ticketRoutes } from './desk-routes.js'
import { streamEvents } from './event-stream.js'
import { guardRequests } from './guard-requests.js'
import { loginRoutes, requireLogin } from './login-routes.js'
import { operatorRoutes } from './operator-routes.js'
import { decisionView } from './page-views.js'
import { player } from './player.js'
import type { WebDeps } from './web-deps.js'

// The same way up from src/adapters/web and from dist/adapters/web.
const PUBLIC_FOLDER = fileURLToPath(new URL('../../../public', import.meta.url))
const DECISIONS_SHOWN = 50 // beside the login of a real account, where there are no chats to hang them on

/** The page and its interface, as a function of requests: `app.request(...)` needs no socket. */
export function createWebApp(deps: WebDeps): Hono {
  const { world, access, log } = deps
  const app = new Hono()
  app.use(headers(), guardRequests(access), requireLogin(access, log), smallBodies())

  if (deps.health) app.route('/', deps.health)
  app.route('/api', loginRoutes(access, log))
  app.route('/api', botRoutes(deps))
  if (deps.operator) app.route('/api', operatorRoutes(deps.operator))
  if (world) app.route('/api', chatRoutes(world, deps))
  if (deps.desk) app.route('/api', ticketRoutes(deps.desk))
  if (world && deps.desk) app.route('/api', boardRoutes(world, deps.desk))
  app.all('/api/*', (c) => c.json({ error: world ? '没有这个接口' : '现在接的是真实微信，这里没有聊天' }, 404))

  app.use(serveStatic({ root: PUBLIC_FOLDER, onFound: (_path, c) => c.header('Cache-Control', 'no-cache') }))
  app.notFound((c) => c.json({ error: '没有这个页面' }, 404))
  app.onError((error, c) => {
    log.error({ err: error, path: c.req.path }, 'request failed')
    return c.json({ error: '出错了，请查看程序日志' }, 500)
  })
  return app
}

/** Status, login, live events and the reload button: there with any puppet. */
function botRoutes(deps: WebDeps): Hono {
  const routes = new Hono()

  routes.get('/status', (c) => {
    const { qrText, ...status } = deps.status()
    // Whoever has the code's text can log in with it: the page gets a picture of it and a name to notice a new one by.
    const qrId = qrText && createHash('sha256').update(qrText).digest('hex').slice(0, 12)
    return c.json({ ...status, simulated: deps.world !== undefined, ...(qrId && { qrId }) })
  })

  routes.get('/qr.svg', async (c) => {
    const { qrText } = deps.status()
    if (!qrText) return c.json({ error: '现在没有二维码' }, 404)
    c.header('Cache-Control', 'no-store')
    return c.body(await qrToString(qrText, { type: 'svg', margin: 1 }), 200, { 'Content-Type': 'image/svg+xml' })
  })

  routes.get('/decisions', (c) => {
    const decisions = deps.journal.recent().slice(-DECISIONS_SHOWN)
    return c.json({ decisions: decisions.map((trace) => decisionView(trace, deps.sectionTitle)) })
  })

  routes.get('/events', (c) => {
    const personId = c.req.query('as')
    const reader = deps.world && player(deps.world, personId)
    if (reader && 'error' in reader) return c.json({ error: reader.error }, reader.status)
    return streamEvents(c, deps, personId)
  })

  routes.post('/reload', async (c) => {
    const order = (await c.req.json().catch(() => null)) as { force?: unknown } | null
    const { ok, text } = await deps.reload({ force: order?.force === true })
    deps.log.info({ ok }, 'reload asked for on the page')
    return c.json({ ok, text }, ok ? 200 : 422)
  })
  return routes
}

/** Only a picture is large, and has a limit of its own. */
function smallBodies(): MiddlewareHandler {
  const limit = bodyLimit({ maxSize: 64 * 1024, onError: (c) => c.json({ error: '内容太长了' }, 413) })
  return (c, next) => (c.req.path === '/api/messages' ? next() : limit(c, next))
}

function headers() {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      // `blob:` previews a picture before it is sent.
      imgSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    // Plain HTTP on loopback: a promise of HTTPS would break other programs on `localhost`.
    strictTransportSecurity: false,
  })
}
