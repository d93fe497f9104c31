import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { Log } from '../../model/ports.js'
import type { AccessControl, LoginResult } from './access-control.js'
import { loginPhrases as say } from './login-phrases.js'

const credentials = z.strictObject({ token: z.string().min(1).max(1_000) })

/** What everybody may fetch: the log-in page with all that it needs, and whether the bot is well. */
const FOR_ALL = new Set([
  '/login.html',
  '/login.js',
  '/login.css',
  '/call-server.js',
  '/icon.svg',
  '/api/login',
  '/api/session',
  '/healthz',
  '/readyz',
])

/** Lets in whoever is logged in. Others get the log-in page instead of pages, and 401 instead of all the rest. */
export function requireLogin(access: AccessControl, log: Log): MiddlewareHandler {
  return async (c, next) => {
    const byBearer = access.isOpen ? undefined : access.bearerLogin(c)
    if (byBearer && byBearer.kind !== 'in') return refuse(c, byBearer, log)
    if (access.isIn(c) || FOR_ALL.has(c.req.path)) return next()
    if (c.req.path === '/' || c.req.path === '/index.html') return c.redirect('/login.html')
    return c.json({ error: say.logInFirst }, 401)
  }
}

/** Logging in and out, and asking whether one is in. */
export function loginRoutes(access: AccessControl, log: Log): Hono {
  const routes = new Hono()
  routes.get('/session', (c) => c.json({ in: access.isIn(c), needed: !access.isOpen }))

  routes.post('/login', async (c) => {
    const body = credentials.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: say.tokenMissing }, 400)
    const result = access.logIn(c, body.data.token)
    if (result.kind !== 'in') return refuse(c, result, log)
    log.info({}, 'logged in on the page')
    return c.json({ in: true })
  })

  routes.post('/logout', (c) => {
    access.logOut(c)
    return c.json({ in: false })
  })
  return routes
}

function refuse(c: Context, result: Exclude<LoginResult, { kind: 'in' }>, log: Log): Response {
  log.warn({ refused: result.kind }, 'log-in on the page refused')
  if (result.kind === 'wrong') return c.json({ error: say.tokenWrong }, 401)
  const minutes = Math.ceil(result.retryAfterMs / 60_000)
  c.header('Retry-After', String(minutes * 60))
  return c.json({ error: say.tooManyAttempts(minutes) }, 429)
}
