import { Hono } from 'hono'
import { z } from 'zod'
import type { Report, RoleClaim, RoleGrant } from '../model/ports.js'
import type { AccessControl } from './access.js'

/** What the operator does at the page, and the command line through it. */
export interface OperatorDesk {
  order(text: string, where: 'page' | 'terminal'): Promise<Report>
  /** People whose codes wait to be handed out. */
  claims(): readonly RoleClaim[]
  grants(): readonly RoleGrant[]
}

const MAX_ORDER_CHARS = 2_000
const order = z.strictObject({ text: z.string().trim().min(1).max(MAX_ORDER_CHARS) })

/**
 * `POST /orders`: the verbs of the chat, ordered by whoever has the machine. `GET /claims`: one-time codes, for the same
 * eyes; never kept by the browser.
 */
export function operatorRoutes(desk: OperatorDesk, access: Pick<AccessControl, 'isCommandLine'>): Hono {
  const routes = new Hono()

  routes.post('/orders', async (c) => {
    const body = order.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: `要有一条命令，最多 ${MAX_ORDER_CHARS} 字` }, 400)
    const { ok, text } = await desk.order(body.data.text, access.isCommandLine(c) ? 'terminal' : 'page')
    return c.json({ ok, text })
  })

  routes.get('/claims', (c) => {
    c.header('Cache-Control', 'no-store')
    return c.json({
      claims: desk.claims().map(({ person, codes, expiresAtMs }) => ({ name: person.name, codes, expiresAtMs })),
      grants: desk.grants().map(({ name, role, remark }) => ({ name, role, remark })),
    })
  })
  return routes
}
