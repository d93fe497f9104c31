import { createHash, timingSafeEqual } from 'node:crypto'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { BoundedMap } from '../base/bounded-map.js'
import { MINUTE_MS } from '../base/time.js'
import type { Alerts, Clock, Log, Report } from '../model/ports.js'
import {
  ANONYMOUS_OPERATOR,
  deviceOf,
  digestOf,
  isPersonal,
  KEPT_BY_BROWSERS_MS,
  LinkBook,
  mayAs,
  type PersonalLink,
  SessionBook,
  type SessionBookOptions,
  type Viewer,
  type ViewerRole,
} from './sessions.js'

export interface AccessOptions {
  /** What people log in with. Undefined: nobody has to, and the page may listen on loopback only. */
  readonly token?: string | undefined
  /** What the programs that can read this run's `running.json` show instead. */
  readonly runKey: string
  /** A reverse proxy stands in front: its word counts for the address and for HTTPS. */
  readonly trustProxy: boolean
  readonly clock: Clock
  /** Somebody tries tokens. */
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>
  /** Default: in memory, so that a restart ends them all. */
  readonly sessions?: SessionBookOptions['list'] | undefined
  readonly isEntitled?: SessionBookOptions['isEntitled']
}

export type LoginResult =
  | { readonly kind: 'in' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many'; readonly retryAfterMs: number }

const COOKIE = 'guoshen'
/** Who the operator says they are, so that a ticket bears a name; the page sends it percent-encoded. */
const NAME_HEADER = 'x-guoshen-me'
const MAX_NAME_CHARS = 20

/** Decides who may use the page, and as whom. */
export class AccessControl {
  readonly sessions: SessionBook
  readonly links: LinkBook
  readonly #options: AccessOptions
  readonly #attempts: LoginAttempts
  #allClear: NodeJS.Timeout | undefined

  constructor(options: AccessOptions) {
    this.#options = options
    this.#attempts = new LoginAttempts(options.clock)
    const { clock, isEntitled, sessions: list } = options
    this.sessions = new SessionBook({ clock, isEntitled, ...(list && { list }) })
    this.links = new LinkBook(clock)
  }

  /** Nobody has to log in. */
  get isOpen(): boolean {
    return this.#options.token === undefined
  }

  isIn(c: Context): boolean {
    return this.viewerOf(c) !== undefined
  }

  /** A session says more than an open door: who came by a link is that person everywhere, and nobody once it is over. */
  viewerOf(c: Context): Viewer | undefined {
    const isProgram = this.#isKnownProgram(c)
    const session = isProgram ? undefined : this.sessions.find(this.#sessionId(c))
    if (session && session.role !== 'operator')
      return { role: session.role, who: session.who, isNamed: true, session: session.digest }
    if (!session && !isProgram && (!this.isOpen || isPersonal(this.#sessionId(c)))) return undefined
    const name = nameIn(c)
    return {
      ...ANONYMOUS_OPERATOR,
      ...(name && { who: { key: `name:${name}`, name }, isNamed: true }),
      ...(session && { session: session.digest }),
    }
  }

  /** Who came by a link, and is not in any more. */
  hasEnded(c: Context): boolean {
    return isPersonal(this.#sessionId(c)) && !this.isIn(c)
  }

  /** Lets whoever has the link in. @returns undefined when it is spent, void or none */
  enter(c: Context, code: string): PersonalLink | undefined {
    const link = this.links.spend(code)
    if (link) this.#begin(c, link)
    return link
  }

  /** From a program that can read this run's `running.json`: the command line on this machine. */
  isCommandLine(c: Context): boolean {
    const shown = bearerOf(c)
    return shown !== undefined && isSame(shown, this.#options.runKey)
  }

  /** Programs show the token as `Authorization: Bearer …`. @returns undefined where they show nothing */
  bearerLogin(c: Context): LoginResult | undefined {
    const shown = bearerOf(c)
    if (shown === undefined) return undefined
    // Nobody guesses the key of a run, so nobody's guesses may keep the machine's own programs out.
    return isSame(shown, this.#options.runKey) ? { kind: 'in' } : this.#tryWith(c, this.#isToken(shown))
  }

  /** Begins a session where the token is right. */
  logIn(c: Context, token: string): LoginResult {
    const result = this.#tryWith(c, this.#isToken(token))
    if (result.kind === 'in') this.#begin(c, { role: 'operator', who: ANONYMOUS_OPERATOR.who, by: 'token' })
    return result
  }

  /** Where nobody has to log in, the browser keeps the id of a person: it does not become the operator's by that. */
  logOut(c: Context): void {
    const id = this.#sessionId(c)
    this.sessions.end(digestOf(id))
    if (!this.isOpen || !isPersonal(id)) this.forgetBrowser(c)
  }

  /** The browser is nobody's from now on, and that of whoever has the machine where nobody has to log in. */
  forgetBrowser(c: Context): void {
    this.sessions.end(digestOf(this.#sessionId(c)))
    deleteCookie(c, COOKIE, this.#cookieOptions(c))
  }

  #tryWith(c: Context, isRight: boolean): LoginResult {
    // A token of 24 characters is not guessed, so nobody's wrong ones may keep out who has the right one.
    if (isRight) return { kind: 'in' }
    const address = this.#addressOf(c)
    const retryAfterMs = this.#attempts.retryAfterMs(address)
    if (retryAfterMs > 0) return { kind: 'too-many', retryAfterMs }
    this.#attempts.failed(address)
    if (this.#attempts.retryAfterMs(address) > 0) this.#alert()
    return { kind: 'wrong' }
  }

  /** Until nobody has tried too often for a while. */
  #alert(): void {
    this.#options.alerts.raise('wrong-tokens', { count: this.#attempts.count })
    clearTimeout(this.#allClear)
    this.#allClear = setTimeout(() => this.#options.alerts.clear('wrong-tokens'), WINDOW_MS).unref()
  }

  #begin(c: Context, facts: Omit<Parameters<SessionBook['begin']>[0], 'device'>): void {
    this.sessions.end(digestOf(this.#sessionId(c)))
    const { id, lastsMs } = this.sessions.begin({ ...facts, device: deviceOf(c.req.header('user-agent') ?? '') })
    const keptMs = isPersonal(id) ? KEPT_BY_BROWSERS_MS : lastsMs
    setCookie(c, COOKIE, id, { ...this.#cookieOptions(c), maxAge: keptMs / 1000 })
  }

  /** Empty where the browser shows none. */
  #sessionId(c: Context): string {
    return (this.#isSecure(c) ? getCookie(c, COOKIE, 'host') : getCookie(c, COOKIE)) ?? ''
  }

  #cookieOptions(c: Context) {
    const secure = this.#isSecure(c)
    return {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure,
      ...(secure && { prefix: 'host' as const }),
    } as const
  }

  #isKnownProgram(c: Context): boolean {
    const shown = bearerOf(c)
    return shown !== undefined && (this.isCommandLine(c) || this.#isToken(shown))
  }

  #isToken(shown: string): boolean {
    return this.#options.token !== undefined && isSame(shown, this.#options.token)
  }

  #isSecure(c: Context): boolean {
    return this.#options.trustProxy && c.req.header('x-forwarded-proto')?.split(',').at(-1)?.trim() === 'https'
  }

  #addressOf(c: Context): string {
    // Only the last entry is the proxy's own; what stands before it, anybody can send.
    const forwarded = this.#options.trustProxy && c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
    return forwarded || (isFromSocket(c) ? (getConnInfo(c).remote.address ?? '') : '')
  }
}

/** Requests that are made in process have no socket. */
const isFromSocket = (c: Context): boolean => typeof c.env === 'object' && c.env !== null && 'incoming' in c.env

const bearerOf = (c: Context): string | undefined => /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]

function nameIn(c: Context): string | undefined {
  try {
    const name = decodeURIComponent(c.req.header(NAME_HEADER) ?? '')
      .replace(/\s+/g, ' ')
      .trim()
    return name === '' ? undefined : [...name].slice(0, MAX_NAME_CHARS).join('')
  } catch {
    return undefined
  }
}

/** Takes the same time wherever the two differ, and however long they are. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())

const WINDOW_MS = 15 * 60_000
/** Somebody who mistypes, and then looks the token up. */
const MAX_PER_ADDRESS = 5
/** Against guessing from many addresses, for the sake of the log; a token of 24 characters would stand far more. */
const MAX_OVERALL = 100

/** Counts wrong tokens, per address and in all, over a quarter of an hour. */
class LoginAttempts {
  readonly #clock: Clock
  /** Oldest first. */
  #failures: { readonly address: string; readonly atMs: number }[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  failed(address: string): void {
    this.#forgetOld()
    this.#failures.push({ address: networkOf(address), atMs: this.#clock.now() })
  }

  /** Wrong tokens of the last quarter of an hour. */
  get count(): number {
    this.#forgetOld()
    return this.#failures.length
  }

  /** Milliseconds until an address may try again; 0: now. */
  retryAfterMs(address: string): number {
    this.#forgetOld()
    const own = this.#failures.filter((failure) => failure.address === networkOf(address))
    return Math.max(this.#wait(own, MAX_PER_ADDRESS), this.#wait(this.#failures, MAX_OVERALL))
  }

  #wait(failures: readonly { readonly atMs: number }[], limit: number): number {
    const blocking = failures.at(-limit)
    return blocking === undefined ? 0 : Math.max(0, blocking.atMs + WINDOW_MS - this.#clock.now())
  }

  #forgetOld(): void {
    const oldestMs = this.#clock.now() - WINDOW_MS
    this.#failures = this.#failures.filter(({ atMs }) => atMs > oldestMs)
  }
}

/** One IPv6 customer has a whole /64 of addresses. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail = ''] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return groups.slice(0, 4).join(':')
}

/** What the page says to whoever wants in. */
const loginPhrases = {
  logInFirst: '请先登录',
  tokenMissing: '请输入口令',
  tokenWrong: '口令不对',
  linkSpent: '这个链接用过了，或者过期了。请在微信里给机器人发“网页”，再要一个。',
  tooManyAttempts: (minutes: number) => `试错太多次了，请过 ${minutes} 分钟再试`,
} as const

const credentials = z.strictObject({ token: z.string().min(1).max(1_000) })

const entering = z.strictObject({ code: z.string().min(1).max(100) })

/** What everybody may fetch beside the page itself, which holds no secrets. */
const FOR_ALL = new Set(['/', '/api/login', '/api/session', '/api/enter', '/api/enter/look', '/healthz', '/readyz'])

/** Lets in whoever is logged in; others get the page, which asks them in, and 401 instead of all the rest. */
export function requireLogin(access: AccessControl, log: Log, page: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const byBearer = access.isOpen ? undefined : access.bearerLogin(c)
    if (byBearer && byBearer.kind !== 'in') return refuse(c, byBearer, log)
    if (access.isIn(c) || FOR_ALL.has(c.req.path) || page.has(c.req.path)) return next()
    return c.json({ error: loginPhrases.logInFirst }, 401)
  }
}

/** Coming in by token or by a personal link, going out, and asking whether one is in. No GET ever spends anything. */
export function loginRoutes(access: AccessControl, log: Log): Hono {
  const routes = new Hono()
  routes.get('/session', (c) => {
    const viewer = access.viewerOf(c)
    return c.json({
      in: viewer !== undefined,
      needed: !access.isOpen || viewer?.session !== undefined,
      ...(access.hasEnded(c) && { ended: true }),
      ...(viewer && { role: viewer.role, name: viewer.isNamed ? viewer.who.name : null }),
    })
  })

  routes.post('/login', async (c) => {
    if (access.isOpen) {
      access.forgetBrowser(c)
      log.info({}, 'taken for the operator on the page, where nobody has to log in')
      return c.json({ in: true })
    }
    const body = credentials.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: loginPhrases.tokenMissing }, 400)
    const result = access.logIn(c, body.data.token)
    if (result.kind !== 'in') return refuse(c, result, log)
    log.info({}, 'logged in on the page')
    return c.json({ in: true })
  })

  routes.post('/enter/look', async (c) => {
    const body = entering.safeParse(await c.req.json().catch(() => undefined))
    const link = body.success ? access.links.look(body.data.code) : undefined
    return link ? c.json({ name: link.who.name, role: link.role }) : c.json({ error: loginPhrases.linkSpent }, 410)
  })

  routes.post('/enter', async (c) => {
    const body = entering.safeParse(await c.req.json().catch(() => undefined))
    const link = body.success ? access.enter(c, body.data.code) : undefined
    log.info({ role: link?.role ?? null }, 'personal link of the page used')
    return link ? c.json({ in: true, role: link.role }) : c.json({ error: loginPhrases.linkSpent }, 410)
  })

  routes.post('/logout', (c) => {
    access.logOut(c)
    return c.json({ in: false })
  })
  return routes
}

function refuse(c: Context, result: Exclude<LoginResult, { kind: 'in' }>, log: Log): Response {
  log.warn({ refused: result.kind }, 'log-in on the page refused')
  if (result.kind === 'wrong') return c.json({ error: loginPhrases.tokenWrong }, 401)
  const minutes = Math.ceil(result.retryAfterMs / 60_000)
  c.header('Retry-After', String(minutes * 60))
  return c.json({ error: loginPhrases.tooManyAttempts(minutes) }, 429)
}

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
