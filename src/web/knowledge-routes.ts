import { Hono } from 'hono'
import { z } from 'zod'
import type { Orderer, Report } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { AccessControl } from './access.js'
import { viewerIn } from './permissions.js'
import type { EventStream } from './stream.js'
import { type GiveOrder, ordererOf } from './ticket-routes.js'

/** Where sections are edited as drafts; see `KnowledgeEditor`. */
export interface KnowledgeDesk {
  tree(): Promise<{
    readonly guides: readonly object[]
    readonly edits: readonly object[]
    readonly isReadOnly: boolean
  }>
  section(key: string): Promise<object | undefined>
  keep(
    key: string,
    draft: { readonly markdown: string; readonly baseHash: string },
    by: Party,
  ): Promise<{ readonly isKept: boolean; readonly view: object } | undefined>
  drop(key: string): Promise<void>
  /** Takes all drafts into use, or leaves everything as it was. */
  release(order: { readonly by: Orderer; readonly force: boolean }): Promise<Report>
}

export interface ReleaseLine {
  readonly number: number
  readonly version: string
  readonly atMs: number
  readonly by: Party
}

export interface KnowledgeDeps {
  readonly access: AccessControl
  readonly give: GiveOrder
  readonly stream: EventStream
  readonly editor: KnowledgeDesk
  readonly releases: () => { readonly current: number; readonly all: readonly ReleaseLine[] }
  /** What would be said to a sentence, by name and overheard, and why. */
  readonly explain: (text: string) => Promise<Report | undefined>
}

const MAX_MARKDOWN_CHARS = 60_000
const draft = z.strictObject({ markdown: z.string().max(MAX_MARKDOWN_CHARS), baseHash: z.string().max(64) })
const trying = z.strictObject({ text: z.string().trim().min(1).max(500) })
const releasing = z.strictObject({ force: z.boolean().default(false) })

/** The guides as their authors see them; nothing here is live before it is released. */
export function knowledgeRoutes(deps: KnowledgeDeps): Hono {
  const { access, give, stream, editor, releases, explain } = deps
  const routes = new Hono()

  routes.get('/knowledge', async (c) => c.json({ ...(await editor.tree()), releases: releases() }))

  routes.get('/knowledge/sections/:key{.+}', async (c) => {
    const section = await editor.section(c.req.param('key'))
    return section ? c.json({ section }) : c.json({ error: `没有小节 ${c.req.param('key')}` }, 404)
  })

  routes.put('/edits/:key{.+}', async (c) => {
    const body = draft.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: '草稿的写法不对，或者太长了' }, 400)
    const key = c.req.param('key')
    const kept = await editor.keep(key, body.data, viewerIn(c, access).who)
    if (!kept) return c.json({ error: `没有小节 ${key}` }, 404)
    if (kept.isKept) return c.json({ section: kept.view })
    return c.json({ error: '文件刚被别人改过，两边都给您看，什么都没丢。', section: kept.view }, 409)
  })

  routes.delete('/edits/:key{.+}', async (c) => {
    await editor.drop(c.req.param('key'))
    return c.json({ ok: true })
  })

  routes.post('/try', async (c) => {
    const body = trying.safeParse(await c.req.json().catch(() => undefined))
    const report = body.success ? await explain(body.data.text) : undefined
    return report ? c.json(report) : c.json({ error: '写一句客户会说的话' }, 400)
  })

  routes.post('/releases', async (c) => {
    const body = releasing.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: '发布的写法不对' }, 400)
    const report = await editor.release({ by: ordererOf(viewerIn(c, access)), force: body.data.force })
    if (report.ok) stream.publish('release', {}, 'staff')
    return c.json(report, report.ok ? 200 : 422)
  })

  routes.post('/releases/:number{\\d+}/use', async (c) => {
    const order = { kind: 'roll-back', to: Number(c.req.param('number')) }
    const report = await give(order, ordererOf(viewerIn(c, access)))
    if (report.ok) stream.publish('release', {}, 'staff')
    return c.json(report, report.ok ? 200 : 422)
  })
  return routes
}
