import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AuthorsFile } from '../knowledge/files.js'
import type { Releases, Report } from '../model/ports.js'
import type { TalkFeed } from '../model/stores.js'
import type { KnowledgeEditor } from '../releases/edits.js'
import type { Difference } from '../releases/pieces.js'
import { type AccessControl, bodyOf, reportOf, viewerIn } from './access.js'
import type { EventStream } from './stream.js'
import { askedLately } from './talk-routes.js'
import { type GiveOrder, ordererOf } from './ticket-routes.js'

/**
 * Where what authors wrote is edited as drafts. Keys: `4.1`, `answer:<id>`, `row:<list>:<name>`, `guide:<id>`, `golden`.
 */
export type KnowledgeDesk = Pick<KnowledgeEditor, keyof KnowledgeEditor>

/** Of the tables `categories.yaml` and `rejections.yaml`. */
const LISTS = ['categories', 'notOpen', 'noRow', 'rejections'] as const

export interface KnowledgeDeps {
  readonly access: AccessControl
  readonly give: GiveOrder
  readonly stream: EventStream
  readonly talks: TalkFeed
  /** Opened by whoever needs it first. */
  readonly editor: () => Promise<KnowledgeDesk>
  readonly releases: () => { readonly current: number; readonly all: ReturnType<Releases['list']> }
  /** What drafts would change: in the exam, and for what people really said. */
  readonly preview: (order: {
    readonly edited: readonly AuthorsFile[]
    readonly messages: readonly { readonly text: string; readonly addressed: boolean }[]
    readonly tried: readonly string[]
  }) => Promise<object>
  /** What one release has that the other has not. @throws when its files are gone */
  readonly difference: (from: number, to: number) => Promise<readonly Difference[]>
  /** What would be said to a sentence, by name and overheard, and why. */
  readonly explain: (text: string) => Promise<Report | undefined>
  /** An answer was written for something that could not be answered. */
  readonly settle: (number: number) => Promise<void>
}

const MAX_MARKDOWN_CHARS = 60_000
const hashes = { baseHash: z.string().max(64), seen: z.string().max(64).exactOptional() }
const line = z.string().max(2_000)
const field = z.union([
  line.nullable(),
  z.array(line).max(200),
  z.strictObject({ choose: z.string().regex(/^(?:all|[1-9])$/), of: z.array(line).max(50) }),
])
const draft = z.union([
  z.strictObject({ markdown: z.string().max(MAX_MARKDOWN_CHARS), ...hashes }),
  z.strictObject({ fields: z.record(z.string().regex(/^[A-Za-z]{1,20}$/), field), ...hashes }),
])
const words = z.string().trim().min(1)
const beginningRow = z.strictObject({ list: z.enum(LISTS), name: words.max(80) })
const beginningGuide = z.strictObject({ id: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/), title: words.max(40) })
const heard = z.enum(['asked', 'overheard'])
const changing = z
  .strictObject({
    was: z.strictObject({ question: words.max(500), heard }).optional(),
    becomes: z.strictObject({ question: words.max(500), heard, expect: words.max(100) }).optional(),
  })
  .refine(({ was, becomes }) => was ?? becomes)
const asks = z.array(words.max(200)).min(1).max(40)
/** `teach`: taken into use at once, alone; `unanswered`: the entry that it answers. */
const taking = {
  teach: z.boolean().default(false),
  unanswered: z.number().int().exactOptional(),
  force: z.boolean().default(false),
}
const answering = z.strictObject({
  ...{ asks, lines: z.array(words.max(300)).min(1).max(5), section: z.string().max(50).exactOptional() },
  ...taking,
})
const asking = z.strictObject({ key: z.string().max(200), asks, ...taking })
const checking = z.strictObject({ tried: z.array(words.max(500)).max(10).default([]) })
const trying = z.strictObject({ text: z.string().trim().min(1).max(500) })
const CLASHES = {
  file: '文件刚被别人改过，两边都给您看，什么都没丢。',
  draft: '别人刚存了草稿，两边都给您看，什么都没丢。',
} as const
const releasing = z.strictObject({
  force: z.boolean().default(false),
  note: z.string().trim().max(100).exactOptional(),
})

/** The guides as their authors see them; nothing here is live before it is released. */
export function knowledgeRoutes(deps: KnowledgeDeps): Hono {
  const { access, give, stream, talks, editor, releases, preview, difference, explain, settle } = deps
  const routes = new Hono()

  routes.get('/knowledge', async (c) => c.json({ ...(await (await editor()).tree()), releases: releases() }))

  routes.get('/knowledge/sections/:key{.+}', async (c) => {
    const section = await (await editor()).section(c.req.param('key'))
    return section ? c.json({ section }) : c.json({ error: `没有小节 ${c.req.param('key')}` }, 404)
  })

  routes.get('/knowledge/history/:key{.+}', async (c) =>
    c.json({ versions: await (await editor()).history(c.req.param('key')) }),
  )

  routes.put('/edits/:key{.+}', async (c) => {
    const body = await bodyOf(c, draft, '草稿的写法不对，或者太长了')
    const key = c.req.param('key')
    const kept = await (await editor()).keep(key, body, viewerIn(c, access).who)
    if (!kept) return c.json({ error: `没有小节 ${key}` }, 404)
    if (kept.isKept) return c.json({ section: kept.view })
    const error = CLASHES[kept.clash ?? 'file']
    return c.json({ error, clash: kept.clash, section: kept.view }, 409)
  })

  /** What was just kept as a draft is taken into use, or stays one. */
  const take = async (
    c: Context,
    key: string,
    { teach, unanswered, force }: { teach: boolean; unanswered?: number; force: boolean },
  ) => {
    if (!teach) return c.json({ ok: true, text: '存成草稿了，发布以后才生效。', key })
    const report = await (await editor()).release({ by: ordererOf(viewerIn(c, access)), force, keys: [key] })
    // What was refused is no draft that somebody wants to keep: its words are still on the page.
    if (!report.ok) await (await editor()).drop(key)
    if (report.ok && unanswered !== undefined) await settle(unanswered)
    if (report.ok) {
      stream.publish('release', {}, 'staff')
      stream.publish('unanswered', {}, 'staff')
    }
    return reportOf(c, { ...report, key })
  }

  routes.post('/answers', async (c) => {
    const body = await bodyOf(c, answering, '短答要有问法和回答')
    const { key } = await (await editor()).addAnswer(body, viewerIn(c, access).who)
    return take(c, key, body)
  })

  routes.post('/answers/asks', async (c) => {
    const body = await bodyOf(c, asking, '要有短答和问法')
    const view = await (await editor()).addAsks(body.key, body.asks, viewerIn(c, access).who)
    return view ? take(c, view.key, body) : c.json({ error: '没有这条短答' }, 404)
  })

  routes.post('/rows', async (c) => {
    const body = await bodyOf(c, beginningRow, '要选一张表，写上名字')
    const view = await (await editor()).addRow(body.list, body.name, viewerIn(c, access).who)
    return view ? c.json({ key: view.key }) : c.json({ error: '这张表还没有行，先在文件里写第一行' }, 409)
  })

  routes.post('/guides', async (c) => {
    const body = await bodyOf(c, beginningGuide, '要有名字和编号；编号用小写字母开头，例如 invoice')
    const view = await (await editor()).addGuide(body, viewerIn(c, access).who)
    return typeof view === 'string' ? c.json({ error: view }, 409) : c.json({ key: view.key })
  })

  routes.get('/golden', async (c) => c.json(await (await editor()).golden()))

  routes.put('/golden', async (c) => {
    const body = await bodyOf(c, changing, '题目的写法不对')
    const problem = await (await editor()).changeGolden(body, viewerIn(c, access).who)
    return problem === undefined ? c.json(await (await editor()).golden()) : c.json({ error: problem }, 409)
  })

  routes.get('/releases/changes', async (c) => {
    const changes = await (await editor()).changes()
    return 'ok' in changes ? c.json({ error: changes.text }, 409) : c.json({ differences: changes.differences })
  })

  routes.get('/releases/drafts.patch', async (c) => {
    const made = await (await editor()).patch()
    if ('ok' in made) return c.json({ error: made.text }, 409)
    c.header('Content-Disposition', 'attachment; filename="guoshen.patch"')
    return c.body(made.patch, 200, { 'Content-Type': 'text/plain; charset=utf-8' })
  })

  routes.post('/releases/check', async (c) => {
    const body = await bodyOf(c, checking, '检查的写法不对')
    const changes = await (await editor()).changes()
    if ('ok' in changes) return c.json({ error: changes.text }, 409)
    const seen = await preview({ edited: changes.files, messages: askedLately(talks), ...body })
    return 'ok' in seen && 'text' in seen ? c.json({ error: seen.text }, 422) : c.json(seen)
  })

  routes.get('/releases/:number{\\d+}/diff', async (c) => {
    const to = Number(c.req.query('to') ?? releases().current)
    const differences = await difference(Number(c.req.param('number')), to).catch(() => undefined)
    return differences ? c.json({ differences }) : c.json({ error: '这个发布的文件已经不在了' }, 404)
  })

  routes.delete('/edits/:key{.+}', async (c) => {
    await (await editor()).drop(c.req.param('key'))
    return c.json({ ok: true })
  })

  routes.post('/try', async (c) => {
    const { text } = await bodyOf(c, trying, '写一句客户会说的话')
    const report = await explain(text)
    return report ? c.json(report) : c.json({ error: '写一句客户会说的话' }, 400)
  })

  routes.post('/releases', async (c) => {
    const body = await bodyOf(c, releasing, '发布的写法不对')
    const report = await (await editor()).release({ by: ordererOf(viewerIn(c, access)), ...body })
    if (report.ok) stream.publish('release', {}, 'staff')
    return reportOf(c, report)
  })

  routes.post('/releases/:number{\\d+}/use', async (c) => {
    const order = { kind: 'roll-back', to: Number(c.req.param('number')) }
    const report = await give(order, ordererOf(viewerIn(c, access)))
    if (report.ok) stream.publish('release', {}, 'staff')
    return reportOf(c, report)
  })
  return routes
}
