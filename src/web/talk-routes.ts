import { Hono } from 'hono'
import { z } from 'zod'
import { chinaDay, dayFromIso } from '../base/time.js'
import type { JudgedChange } from '../model/decision.js'
import type { AuditLog, Clock } from '../model/ports.js'
import type { Talk, TalkFeed, Verdict } from '../model/stores.js'
import type { Ticket } from '../model/ticket.js'
import { type AccessControl, bodyOf, viewerIn } from './access.js'
import type { Viewer } from './sessions.js'

export interface TalkDeps {
  readonly talks: TalkFeed
  readonly access: AccessControl
  readonly clock: Clock
  readonly audit?: AuditLog | undefined
  /** Tickets of those who talk, by which direct chats may be read and decisions lead to what became of them. */
  readonly tickets: () => readonly Pick<Ticket, 'number' | 'placeKey' | 'askerKey' | 'openedAtMs'>[]
  readonly titleOf: (key: string) => string | undefined
  /** The section tells what to do about a rejection. */
  readonly isRejection: (key: string) => boolean
  /** The number of the release of a version of the knowledge, as far as it is kept. */
  readonly releaseOf?: ((version: string) => number | undefined) | undefined
  /** Groups that are muted; null: until further notice. */
  readonly mutes: () => readonly { readonly placeKey: string; readonly untilMs: number | null }[]
  /** Told what a verdict, or its end, adds to the figures of the day of its talk. */
  readonly countVerdict?: ((atMs: number, change: JudgedChange) => void) | undefined
  /** In how many groups the bot listens, and how long ago it was last in touch with WeChat; for who sees no talk at all. */
  readonly listening?: (() => Promise<Listening>) | undefined
}

interface Listening {
  readonly groups: number
  /** Milliseconds; undefined where nobody can tell. */
  readonly touchAgoMs?: number | undefined
}

/** A talk as the console draws it. `gone`: why its words are not there. */
export type TalkView = Talk & {
  readonly titles: Readonly<Record<string, string>>
  readonly gone?: 'chatter' | 'expired' | 'direct' | 'order'
  readonly ticket?: number
  /** Number of the release by which it was decided. */
  readonly release?: number
}

/** Within so much of the threshold the decision could have gone the other way. */
const UNSURE = 0.06
const MAX_PAGE = 500
const SOON_MS = 60_000
/** What was said in the same place before and after, within so long. */
const LINES_AROUND = 2
const AROUND_MS = 30 * 60_000

const FLAGS: Readonly<Record<string, (talk: Talk) => boolean>> = {
  wrong: ({ after, verdict }) => after?.what === 'wrong' || (verdict !== undefined && verdict.kind !== 'right'),
  unsure: ({ confidence, threshold, candidates, kind }) =>
    candidates.length > 0 &&
    ['silent', 'answer', 'clarify'].includes(kind) &&
    Math.abs(confidence - threshold) <= UNSURE,
  answer: ({ kind }) => kind === 'answer' || kind === 'outside',
  silent: ({ kind }) => kind === 'silent',
  clarify: ({ kind }) => kind === 'clarify' || kind === 'fallback',
  escalate: ({ kind }) => kind === 'escalate',
  handed: ({ verdict }) => verdict?.isForAdmin === true,
}

const query = z.object({
  group: z.string().max(200).optional(),
  flag: z.enum(['wrong', 'unsure', 'answer', 'silent', 'clarify', 'escalate', 'handed']).optional(),
  /** Key of a section, or of the short answer, rule or row of a table that was told. */
  section: z.string().max(100).optional(),
  /** Days in China, both included. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  q: z.string().max(100).optional(),
  before: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
})

const verdict = z
  .strictObject({
    kind: z.enum(['right', 'section', 'silence', 'human']),
    sectionKey: z.string().max(50).optional(),
    isForAdmin: z.boolean().default(false),
  })
  .refine(({ kind, sectionKey }) => (kind === 'section') === (sectionKey !== undefined))

/** What the bot did and why, newest first, and what people say of it. */
export function talkRoutes(deps: TalkDeps): Hono {
  const { talks, access, clock } = deps
  const routes = new Hono()
  const reading = new ReadingNotes(deps)
  const judge = (id: string, next: Verdict | undefined): Talk | undefined => {
    const before = talks.find(id)
    const judged = talks.judge(id, next)
    if (!judged) return undefined
    const isWrong = (talk: Talk | undefined): boolean => talk?.verdict !== undefined && talk.verdict.kind !== 'right'
    deps.countVerdict?.(judged.atMs, {
      judged: Number(judged.verdict !== undefined) - Number(before?.verdict !== undefined),
      wrong: Number(isWrong(judged)) - Number(isWrong(before)),
    })
    return judged
  }

  routes.get('/talks', async (c) => {
    const asked = query.safeParse(c.req.query())
    if (!asked.success) return c.json({ error: '筛选条件不对' }, 400)
    const { group, flag, section, q = '', before, limit, from: first, to: last } = asked.data
    const fromDay = first === undefined ? undefined : dayFromIso(first)
    const toDay = last === undefined ? undefined : dayFromIso(last)
    const all = talks.recent()
    const inGroup = all.filter(
      (talk) =>
        (group === undefined || talk.placeKey === group) &&
        (section === undefined || talk.sections.includes(section) || talk.card === section) &&
        (fromDay === undefined || chinaDay(talk.atMs) >= fromDay) &&
        (toDay === undefined || chinaDay(talk.atMs) <= toDay) &&
        (q === '' || holds(talk, q)),
    )
    const shown = flag === undefined ? inGroup : inGroup.filter(FLAGS[flag]!)
    const end = before === undefined ? shown.length : shown.findIndex(({ messageId }) => messageId === before)
    const from = Math.max(0, end - limit)
    const page = shown.slice(from, Math.max(0, end)).reverse()
    const ticketsOf = ticketFinder(deps)
    reading.note(viewerIn(c, access), group === undefined ? '全部群' : (inGroup.at(-1)?.placeName ?? group))
    return c.json({
      items: page.map((talk) => talkView(talk, deps, ticketsOf)),
      next: from > 0 ? (page.at(-1)?.messageId ?? null) : null,
      total: shown.length,
      counts: { all: inGroup.length, ...mapValues(FLAGS, (is) => inGroup.filter(is).length) },
      ...(before === undefined && { groups: groupsOf(all, deps) }),
      ...(all.length === 0 && { listening: await deps.listening?.() }),
      limits: talks.limits,
      nowMs: clock.now(),
    })
  })

  routes.get('/talks/:id', (c) => {
    const talk = talks.find(c.req.param('id'))
    if (!talk) return c.json({ error: '这条已经不在了：问题只留几天。' }, 404)
    return c.json({ talk: talkView(talk, deps, ticketFinder(deps)) })
  })

  routes.get('/talks/:id/around', (c) => {
    const talk = talks.find(c.req.param('id'))
    if (!talk) return c.json({ error: '这条已经不在了：问题只留几天。' }, 404)
    reading.note(viewerIn(c, access), talk.placeName || '私聊')
    const here = talks.recent().filter(({ placeKey }) => placeKey === talk.placeKey)
    const at = here.findIndex(({ messageId }) => messageId === talk.messageId)
    const around = here.slice(Math.max(0, at - LINES_AROUND), at + LINES_AROUND + 1)
    const ticketsOf = ticketFinder(deps)
    return c.json({
      talks: around
        .filter(({ atMs }) => Math.abs(atMs - talk.atMs) < AROUND_MS)
        .map((one) => talkView(one, deps, ticketsOf)),
    })
  })

  routes.put('/talks/:id/verdict', async (c) => {
    const { sectionKey, kind, isForAdmin } = await bodyOf(c, verdict, '判断的写法不对')
    const viewer = viewerIn(c, access)
    if (sectionKey !== undefined && deps.titleOf(sectionKey) === undefined)
      return c.json({ error: `没有小节 ${sectionKey}` }, 400)
    const judged = judge(c.req.param('id'), {
      ...{ kind, by: viewer.who.name, atMs: clock.now() },
      ...(sectionKey !== undefined && { sectionKey }),
      ...(isForAdmin && kind !== 'right' && { isForAdmin: true as const }),
    })
    if (!judged) return c.json({ error: '这条已经不在了' }, 404)
    return c.json({ talk: talkView(judged, deps, ticketFinder(deps)) })
  })

  routes.delete('/talks/:id/verdict', (c) => {
    const judged = judge(c.req.param('id'), undefined)
    return judged
      ? c.json({ talk: talkView(judged, deps, ticketFinder(deps)) })
      : c.json({ error: '这条已经不在了' }, 404)
  })
  return routes
}

function holds({ text, who, placeName, said, sections }: Talk, q: string): boolean {
  return [text ?? '', who.name, placeName, ...said, ...sections].some((part) => part.includes(q))
}

type TicketFinder = (talk: Talk) => { readonly number?: number; readonly hasAny: boolean }

function ticketFinder({ tickets }: Pick<TalkDeps, 'tickets'>): TicketFinder {
  const byAsker = new Map<string, ReturnType<TalkDeps['tickets']>[number][]>()
  for (const ticket of tickets()) {
    const key = JSON.stringify([ticket.placeKey, ticket.askerKey])
    byAsker.set(key, [...(byAsker.get(key) ?? []), ticket])
  }
  return ({ kind, placeKey, who, atMs }) => {
    const theirs = byAsker.get(JSON.stringify([placeKey, who.key])) ?? []
    const opened = kind === 'escalate' ? theirs.findLast(({ openedAtMs }) => openedAtMs <= atMs + SOON_MS) : undefined
    return { hasAny: theirs.length > 0, ...(opened && { number: opened.number }) }
  }
}

/** Words of a direct chat are for whoever has to answer there. */
function talkView(talk: Talk, deps: Pick<TalkDeps, 'titleOf' | 'releaseOf'>, ticketOf: TicketFinder): TalkView {
  const { number, hasAny } = ticketOf(talk)
  const isHidden = talk.place === 'direct' && !hasAny && talk.role === 'customer'
  const gone = isHidden ? 'direct' : talk.text !== null ? undefined : goneBy(talk)
  const keys = [...talk.sections, ...talk.candidates.map(({ section }) => section), ...(talk.opinion?.ids ?? [])]
  const titles = keys.flatMap((key) => {
    const title = deps.titleOf(key)
    return title === undefined ? [] : [[key, title] as const]
  })
  const { after, because, ...rest } = talk
  const release = deps.releaseOf?.(talk.knowledgeVersion)
  const shownAfter = after && { after: isHidden ? { ...after, text: '' } : after }
  return {
    ...{ ...rest, ...shownAfter, ...(because && !isHidden && { because }) },
    ...(isHidden && { text: null, said: [] }),
    titles: Object.fromEntries(titles),
    ...(gone && { gone }),
    ...(number !== undefined && { ticket: number }),
    ...(release !== undefined && { release }),
  }
}

function goneBy({ kind, isChatter }: Talk): 'chatter' | 'expired' | 'order' {
  if (kind === 'command') return 'order'
  return isChatter ? 'chatter' : 'expired'
}

/** What people asked of late, for trying what a change would do; idle talk is nothing to try. */
export const askedLately = (talks: TalkFeed): readonly { readonly text: string; readonly addressed: boolean }[] =>
  talks
    .recent()
    .flatMap(({ text, addressed, isChatter, role }) =>
      text === null || text === '' || isChatter || role !== 'customer' ? [] : [{ text, addressed }],
    )

/** Of one talk as it changes, for the stream. */
export const viewOfTalk = (talk: Talk, deps: Pick<TalkDeps, 'titleOf' | 'tickets' | 'releaseOf'>): TalkView =>
  talkView(talk, deps, ticketFinder(deps))

function groupsOf(all: readonly Talk[], { clock, mutes }: TalkDeps) {
  const today = chinaDay(clock.now())
  const groups = new Map<
    string,
    { key: string; name: string; count: number; today: number; wrong: number; last: Talk }
  >()
  for (const talk of all) {
    if (talk.place !== 'room') continue
    const group = groups.get(talk.placeKey) ?? {
      key: talk.placeKey,
      name: '',
      count: 0,
      today: 0,
      wrong: 0,
      last: talk,
    }
    group.name = talk.placeName
    group.count++
    if (chinaDay(talk.atMs) === today) group.today++
    if (FLAGS.wrong!(talk) && !talk.verdict) group.wrong++
    group.last = talk
    groups.set(talk.placeKey, group)
  }
  return [...groups.values()]
    .sort((a, b) => b.last.atMs - a.last.atMs)
    .map(({ last, ...group }) => ({
      ...group,
      lastAtMs: last.atMs,
      last: last.text === null ? '' : `${last.who.name}：${last.text}`.slice(0, 40),
      muted: mutes().find(({ placeKey }) => placeKey === group.key || placeKey === '*') ?? null,
    }))
}

const mapValues = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

/** Who reads other people's words stands in the audit log: a line a session, group and day. */
class ReadingNotes {
  readonly #deps: TalkDeps
  readonly #noted = new Set<string>()

  constructor(deps: TalkDeps) {
    this.#deps = deps
  }

  note({ role, who, session = '' }: Viewer, group: string): void {
    const { audit, clock } = this.#deps
    const atMs = clock.now()
    const key = JSON.stringify([session || who.key, chinaDay(atMs), group])
    if (this.#noted.has(key)) return
    if (this.#noted.size > 10_000) this.#noted.clear()
    this.#noted.add(key)
    const asked = role === 'boss' ? 'staff' : role
    void audit?.record({ atMs, who, role: asked, what: `看过对话原文 ${group}`, result: 'done', where: 'page' })
  }
}
