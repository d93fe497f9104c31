import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { toString as qrToString } from 'qrcode'
import type { LoginState } from '../model/ports.js'
import { type AccessControl, loginRoutes, requireLogin } from './access.js'
import { decisionView, player, type WebDeps } from './deps.js'
import { boardRoutes, chatRoutes, operatorRoutes, streamEvents, ticketRoutes } from './routes.js'

// The same way up from src/adapters/web and from dist/adapters/web.
const PUBLIC_FOLDER = fileURLToPath(new URL('../../public', import.meta.url))
const DECISIONS_SHOWN = 50 // beside the login of a real account, where there are no chats to hang them on

/** The page and its interface, as a function of requests: `app.request(...)` needs no socket. */
export function createWebApp(deps: WebDeps): Hono {
  const { world, access, log } = deps
  const app = new Hono()
  app.use(headers(), guardRequests(access), requireLogin(access, log), smallBodies())

  if (deps.health) app.route('/', deps.health)
  app.route('/api', loginRoutes(access, log))
  app.route('/api', botRoutes(deps))
  if (deps.operator) app.route('/api', operatorRoutes(deps.operator, access))
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
    const { ok, text } = await deps.reload({
      force: order?.force === true,
      where: deps.access.isCommandLine(c) ? 'terminal' : 'page',
    })
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

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])
const READING = new Set(['GET', 'HEAD'])

/**
 * Keeps other sites' pages out. The listener may be reachable only from this machine, but so is every page in its
 * browser: a foreign host name is DNS rebinding, a foreign origin is a forged request. Programs send no `Origin` and may
 * pass. Where one has to log in any host name will do: a rebound name has no cookie.
 */
export function guardRequests(access: AccessControl): MiddlewareHandler {
  return async (c, next) => {
    const url = new URL(c.req.url)
    if (access.isOpen && !LOOPBACK_NAMES.has(url.hostname)) {
      return c.json({ error: '只能在本机用 127.0.0.1 或 localhost 打开' }, 403)
    }
    if (READING.has(c.req.method)) return next()

    const site = c.req.header('sec-fetch-site')
    const origin = c.req.header('origin')
    if ((site !== undefined && site !== 'same-origin') || (origin !== undefined && !isOrigin(origin, url.host))) {
      return c.json({ error: '只接受本页面发出的请求' }, 403)
    }
    // A form of another site can post text, but not JSON without asking first.
    if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
      return c.json({ error: '请求内容要是 JSON' }, 415)
    }
    return next()
  }
}

function isOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

export interface HealthDeps {
  login(): LoginState
  /** Milliseconds since the last successful poll; undefined where the puppet does not tell. */
  pollAgeMs(): number | undefined
  /** What the system says of the data folder, e.g. `ENOSPC`; undefined while it can be written to. */
  diskTrouble(): string | undefined
  /** Age of the last poll up to which the bot counts as healthy. */
  readonly pollLimitMs: number
  /** Whether more than yes or no may be told. */
  mayTell(c: Context): boolean
  /** In Prometheus' text format. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
}

/**
 * For those who watch over the bot. `/healthz`: 200 while it hears WeChat and can write down what it hears, else 503. `/readyz`: 200 as soon as it can be
 * used, and be it to scan the QR code. `/metrics`: numbers for Prometheus. None of them tells names, texts or the code;
 * whoever is not logged in gets no details.
 */
export function createHealthRoutes({ login, pollAgeMs, diskTrouble, pollLimitMs, mayTell, metrics }: HealthDeps): Hono {
  const routes = new Hono()

  const report = () => {
    const { status, sinceMs } = login()
    const age = pollAgeMs()
    const trouble = diskTrouble()
    return {
      ok: status === 'logged-in' && (age === undefined || age < pollLimitMs) && trouble === undefined,
      login: status,
      since: new Date(sinceMs).toISOString(),
      secondsSincePoll: age === undefined ? null : Math.round(age / 1000),
      disk: trouble ?? 'ok',
    }
  }

  routes.get('/healthz', (c) => {
    const state = report()
    return c.json(mayTell(c) ? state : { ok: state.ok }, state.ok ? 200 : 503)
  })

  routes.get('/readyz', (c) => {
    const ready = login().status !== 'starting'
    return c.json({ ready, ...(mayTell(c) && { login: login().status }) }, ready ? 200 : 503)
  })

  routes.get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }))

  return routes
}
