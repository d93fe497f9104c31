import { type Context, Hono } from 'hono'
import type { LoginState } from '../../model/login.js'

export interface HealthDeps {
  login(): LoginState
  /** Milliseconds since the last successful poll; undefined where the puppet does not tell. */
  pollAgeMs(): number | undefined
  /** Age of the last poll up to which the bot counts as healthy. */
  readonly pollLimitMs: number
  /** Whether more than yes or no may be told. */
  mayTell(c: Context): boolean
  /** In Prometheus' text format. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
}

/**
 * For those who watch over the bot. `/healthz`: 200 while it hears WeChat, else 503. `/readyz`: 200 as soon as it can be
 * used, and be it to scan the QR code. `/metrics`: numbers for Prometheus. None of them tells names, texts or the code;
 * whoever is not logged in gets no details.
 */
export function createHealthRoutes({ login, pollAgeMs, pollLimitMs, mayTell, metrics }: HealthDeps): Hono {
  const routes = new Hono()

  const report = () => {
    const { status, sinceMs } = login()
    const age = pollAgeMs()
    return {
      ok: status === 'logged-in' && (age === undefined || age < pollLimitMs),
      login: status,
      since: new Date(sinceMs).toISOString(),
      secondsSincePoll: age === undefined ? null : Math.round(age / 1000),
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
