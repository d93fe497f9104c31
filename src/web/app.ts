import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { toString as qrToString } from 'qrcode'
import type { World } from '../channel/simulator/world.js'
import type { Section } from '../model/knowledge.js'
import type {
  AuditLog,
  Clock,
  Log,
  LoginState,
  LoginStatus,
  Orderer,
  PictureSource,
  Report,
  RoleClaim,
  RoleGrant,
} from '../model/ports.js'
import type { TalkFeed } from '../model/stores.js'
import type { DeskFeed } from '../model/ticket.js'
import { type AccessControl, limitWrites, loginRoutes, requireLogin, requireRole, viewerIn } from './access.js'
import { type KnowledgeDeps, type KnowledgeDesk, knowledgeRoutes } from './knowledge-routes.js'
import { type LearnDeps, learnRoutes } from './learn-routes.js'
import { forgetRoutes, messageView, peopleRoutes, simulatorRoutes } from './routes.js'
import { EventStream } from './stream.js'
import { type TalkDeps, talkRoutes, viewOfTalk } from './talk-routes.js'
import { type GiveOrder, ordererOf, type TicketDeps, ticketRoutes } from './ticket-routes.js'
import { type FigureSources, todayRoutes } from './today-routes.js'

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
  reload(order: { readonly force: boolean; readonly by: Orderer }): Promise<Report>
  readonly learn?: Pick<LearnDeps, 'entries' | 'taught' | 'preview' | 'guesses'> | undefined
  readonly knowledge?: Omit<KnowledgeDeps, 'access' | 'give' | 'stream' | 'talks'> | undefined
  readonly figures?: FigureSources | undefined
  /** Sections in the order of the guides. */
  sections?(): readonly Pick<Section, 'key' | 'title' | 'role'>[]
  /** Told what has to be done before the program ends. */
  atEnd?(end: () => Promise<void> | void): void
  readonly undoMs?: number
}

// The same way up from src/web and from dist/web.
const PUBLIC_FOLDER = fileURLToPath(new URL('../../public', import.meta.url))
/** What a browser loads before anybody is in; there are no secrets in it. */
const PAGE_FILES: ReadonlySet<string> = new Set(
  readdirSync(PUBLIC_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('.') && !path.endsWith('.d.ts'))
    .map((path) => `/${path.replaceAll('\\', '/')}`),
)
const LOOK_EVERY_MS = 1_000
/** A burst of changes to tickets is told once. */
const SOON_MS = 40

/** The page and its interface, as a function of requests: `app.request(...)` needs no socket. */
export function createWebApp(deps: WebDeps): Hono {
  const { world, access, log } = deps
  const app = new Hono()
  app.use(headers(), guardRequests(access), requireLogin(access, log, PAGE_FILES), requireRole(access))
  app.use(limitWrites(access, deps.clock))
  app.use(smallBodies(), packed(), uncached())
  const stream = new EventStream()
  const talking = talkDepsOf(deps)
  tellOfChanges(deps, stream, talking)

  if (deps.health) app.route('/', deps.health)
  app.route('/api', loginRoutes(access, log))
  app.route('/api', botRoutes(deps, stream))
  app.route('/api', talkRoutes(talking))
  app.route('/api', peopleRoutes(deps))
  if (deps.desk) app.route('/api', forgetRoutes(deps.desk))
  if (deps.desk && deps.give && deps.guidePictures) {
    const { desk, give, guidePictures, snippets = () => [], clock, undoMs } = deps
    const { routes, pending } = ticketRoutes({
      ...{ desk, give, guidePictures, snippets, clock, access, stream },
      ...(undoMs !== undefined && { undoMs }),
    })
    app.route('/api', routes)
    deps.atEnd?.(() => pending.settle())
  }
  if (deps.learn && deps.give) {
    const { learn, give, talks, clock, knowledge } = deps
    const noteGolden: KnowledgeDesk['noteGolden'] | undefined =
      knowledge && (async (...note) => (await knowledge.editor()).noteGolden(...note))
    app.route(
      '/api',
      learnRoutes({
        ...learn,
        ...{ give, talks, clock, access, stream, titleOf: talking.titleOf, noteGolden, releases: knowledge },
      }),
    )
  }
  if (deps.knowledge && deps.give) {
    app.route('/api', knowledgeRoutes({ ...deps.knowledge, give: deps.give, talks: deps.talks, access, stream }))
  }
  if (deps.figures) app.route('/api', todayRoutes({ ...deps, sources: deps.figures, talking }))
  if (world) app.route('/api/simulator', simulatorRoutes(world, talking))
  app.all('/api/*', (c) => c.json({ error: world ? '没有这个接口' : '没有这个接口（模拟只在没接微信时有）' }, 404))

  app.use(etag(), serveStatic({ root: PUBLIC_FOLDER, onFound: (_path, c) => c.header('Cache-Control', 'no-cache') }))
  app.notFound((c) => c.json({ error: '没有这个页面' }, 404))
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse()
    log.error({ err: error, path: c.req.path }, 'request failed')
    return c.json({ error: '出错了，请查看程序日志' }, 500)
  })
  return app
}

function talkDepsOf(deps: WebDeps): TalkDeps {
  const { talks, access, clock, audit, desk, mutes = () => [], sections = () => [], knowledge, figures, machine } = deps
  return {
    ...{ talks, access, clock, audit, mutes },
    countVerdict: figures?.judge,
    listening:
      machine &&
      (async () => {
        const { rooms, touchAgoMs } = await machine()
        return { groups: rooms.filter(({ purpose }) => purpose === 'customers').length, touchAgoMs }
      }),
    tickets: () => desk?.numbered() ?? [],
    titleOf: (key) => sections().find((section) => section.key === key)?.title,
    isRejection: (key) => sections().find((section) => section.key === key)?.role === 'rejection',
    releaseOf: (version) => knowledge?.releases().all.find((release) => release.version === version)?.number,
  }
}

/** Joins what happens to the stream. */
function tellOfChanges(deps: WebDeps, stream: EventStream, talking: TalkDeps): void {
  const { talks, desk, world } = deps
  let isTelling = false
  const ends = [
    talks.subscribe(({ messageId }) => {
      // As it is when somebody reads of it: what was forgotten meanwhile is not told.
      const view = () => {
        const talk = talks.find(messageId)
        return talk && viewOfTalk(talk, talking)
      }
      stream.publish('talk', view, 'staff')
    }),
    desk?.onChange(() => {
      if (isTelling) return
      isTelling = true
      setTimeout(() => {
        isTelling = false
        stream.publish('ticket', {}, 'staff')
      }, SOON_MS).unref()
    }),
    world?.subscribe((message) => stream.publish('message', messageView(world, message), 'operator')),
  ]
  let before = JSON.stringify(statusOf(deps))
  const timer = setInterval(() => {
    const now = statusOf(deps)
    if (JSON.stringify(now) === before) return
    before = JSON.stringify(now)
    stream.publish('status', now, 'boss')
  }, LOOK_EVERY_MS).unref()
  deps.atEnd?.(() => {
    clearInterval(timer)
    for (const end of ends) end?.()
  })
}

function statusOf({ status, world }: Pick<WebDeps, 'status' | 'world'>) {
  const { qrText, ...shown } = status()
  // Whoever has the code's text can log in with it: the page gets a picture of it and a name to notice a new one by.
  const qrId = qrText && createHash('sha256').update(qrText).digest('hex').slice(0, 12)
  return { ...shown, simulated: world !== undefined, ...(qrId && { qrId }) }
}

/** Status, login, live events and the reload button: there with any puppet. */
function botRoutes(deps: WebDeps, stream: EventStream): Hono {
  const routes = new Hono()
  const { access } = deps

  routes.get('/status', (c) => c.json(statusOf(deps)))

  routes.get('/qr.svg', async (c) => {
    const { qrText } = deps.status()
    if (!qrText) return c.json({ error: '现在没有二维码' }, 404)
    return c.body(await qrToString(qrText, { type: 'svg', margin: 1 }), 200, { 'Content-Type': 'image/svg+xml' })
  })

  routes.get('/events', (c) => stream.serve(c, viewerIn(c, access), access))

  routes.get('/sections', (c) => c.json({ sections: deps.sections?.() ?? [] }))

  routes.post('/reload', async (c) => {
    const order = (await c.req.json().catch(() => null)) as { force?: unknown } | null
    const by = ordererOf(viewerIn(c, access))
    const where = access.isCommandLine(c) ? 'terminal' : 'page'
    const { ok, text } = await deps.reload({ force: order?.force === true, by: { ...by, where } })
    deps.log.info({ ok }, 'reload asked for on the page')
    return c.json({ ok, text }, ok ? 200 : 422)
  })
  return routes
}

/** Only what brings pictures is large, and has a limit of its own. */
function smallBodies(): MiddlewareHandler {
  const limit = bodyLimit({ maxSize: 64 * 1024, onError: (c) => c.json({ error: '内容太长了' }, 413) })
  const isLarge = /^\/api\/(?:simulator\/messages|tickets\/\d+\/reply)$/
  return (c, next) => (isLarge.test(c.req.path) ? next() : limit(c, next))
}

/** A stream that is packed comes in lumps. */
function packed(): MiddlewareHandler {
  const pack = compress()
  return (c, next) => (c.req.path === '/api/events' ? next() : pack(c, next))
}

/** What people said is kept by no browser, but for pictures that say so themselves. */
function uncached(): MiddlewareHandler {
  return async (c, next) => {
    await next()
    if (c.req.path.startsWith('/api/') && !c.res.headers.has('cache-control'))
      c.res.headers.set('Cache-Control', 'no-store')
  }
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
function guardRequests(access: AccessControl): MiddlewareHandler {
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

export interface WebServer {
  /** Where a browser on this machine finds the page, e.g. `http://127.0.0.1:3100`, also when it listens everywhere. */
  readonly url: string
  readonly port: number
  /** Ends open requests and event streams; safe to call twice. */
  stop(): Promise<void>
}

const DEFAULT_PORT = 3100
const LOOPBACK = '127.0.0.1'
const PORTS_TRIED = 20
/** Some hundred windows, each with an event stream; well below the 1,024 files that many service managers allow. */
const MAX_CONNECTIONS = 400
/** Whoever has not said within this time what they want, is cut off; `CHECK_MS` later at most. */
const REQUEST_MS = 10_000
const CHECK_MS = 2_000
const IDLE_MS = 10_000

/**
 * Listens on `port` or the next free one.
 *
 * @param host an address of this machine; `0.0.0.0` and `::` are all of them
 * @param port 0 takes any free port
 * @throws Error when 20 ports in a row are taken, or listening fails otherwise
 */
export async function startWebServer(
  app: Hono,
  { port = DEFAULT_PORT, host = LOOPBACK, log }: { port?: number; host?: string; log: Log },
): Promise<WebServer> {
  const lastPort = port === 0 ? 0 : Math.min(port + PORTS_TRIED - 1, 65_535)
  for (let candidate = port; candidate <= lastPort; candidate++) {
    const server = createAdaptorServer({ fetch: app.fetch, serverOptions: TIMES })
    boundConnections(server, MAX_CONNECTIONS)
    if (!(await listens(server, { port: candidate, host }))) continue
    const actualPort = (server.address() as AddressInfo).port
    if (candidate !== port) log.warn({ wanted: port, port: actualPort }, 'page port is taken, using the next free one')
    return { url: `http://${reachable(host)}:${actualPort}`, port: actualPort, stop: stopper(server) }
  }
  throw new Error(`ports ${port} to ${lastPort} are all taken`)
}

const TIMES = {
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: IDLE_MS,
  connectionsCheckingInterval: CHECK_MS,
}

/**
 * Keeps a server from taking all the files that the process may open: the bot needs some of them to hear. When there are
 * too many connections, the one goes that has held its place longest without a whole request, so that whoever only
 * holds connections open shuts nobody out; where all are at work, the newest goes.
 */
function boundConnections(server: ServerType, most: number): void {
  /** With the requests under way, in the order of the last beginning or end of one. */
  const connections = new Map<Socket, Set<IncomingMessage>>()
  const moved = (socket: Socket, requests: Set<IncomingMessage>): void => {
    connections.delete(socket)
    if (!socket.destroyed) connections.set(socket, requests)
  }
  server.on('connection', (socket: Socket) => {
    connections.set(socket, new Set())
    socket.once('close', () => connections.delete(socket))
    if (connections.size <= most) return
    const [leaving] = [...connections].find(([, requests]) => !isAtWork(requests))!
    connections.delete(leaving)
    leaving.destroy()
  })
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    const requests = connections.get(socket) ?? new Set()
    moved(socket, requests.add(request))
    response.once('close', () => {
      requests.delete(request)
      moved(socket, requests)
    })
  }
  ;(server as Server).on('request', onRequest)
}

/** Half a request is none. */
const isAtWork = (requests: ReadonlySet<IncomingMessage>): boolean =>
  requests.size > 0 && [...requests].every(({ complete }) => complete)

/** The address under which this machine reaches itself. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK
  return host.includes(':') ? `[${host}]` : host
}

/** @returns false when the port is taken */
function listens(server: ServerType, { port, host }: { port: number; host: string }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, host, () => resolve(true))
  })
}

function stopper(server: ServerType): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return () => {
    stopped ??= new Promise((resolve) => {
      server.close(() => resolve())
      // Event streams never end by themselves.
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    return stopped
  }
}
