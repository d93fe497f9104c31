import { Hono } from 'hono'
import { z } from 'zod'
import type { World } from '../channel/simulator/world.js'
import type { DeskFeed } from '../model/ticket.js'
import { player } from './deps.js'

const forgetting = z.strictObject({ who: z.string().trim().min(1).max(100), sure: z.boolean().default(false) })

/**
 * The tickets for those who play the vendor's people. Orders are given in the chat, as with any other client: the page
 * has no verbs of its own.
 */
export function boardRoutes(world: World, desk: DeskFeed): Hono {
  const routes = new Hono()
  routes.get('/desk', (c) => {
    const me = player(world, c.req.query('as'))
    if ('error' in me) return c.json({ error: me.error }, me.status)
    if (!isColleague(me.part)) return c.json({ error: '工单只给服务商的同事看' }, 403)
    return c.json(desk.board())
  })
  return routes
}

/** What the command line asks of the running bot, which owns the tickets. */
export function ticketRoutes(desk: DeskFeed): Hono {
  const routes = new Hono()
  routes.post('/tickets/forget', async (c) => {
    const body = forgetting.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: '要有名字' }, 400)
    return c.json(await desk.forget(body.data))
  })
  return routes
}

export const isColleague = (part: string): boolean => part === 'staff' || part === 'admin'
