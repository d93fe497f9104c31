import type { MiddlewareHandler } from 'hono'
import type { AccessControl } from './access-control.js'

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
