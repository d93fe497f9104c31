import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { CHINA_OFFSET_MS, chinaDay, DAY_MS, type Day, dayFromIso, isoOf } from '../base/time.js'
import type { DayFigures } from '../model/decision.js'
import type { Clock } from '../model/ports.js'
import type { LearningEntry, Talk } from '../model/stores.js'
import type { Ticket } from '../model/ticket.js'
import { viewerIn } from './access.js'
import type { WebDeps } from './app.js'
import { mayAs } from './sessions.js'
import { type TalkDeps, viewOfTalk } from './talk-routes.js'

/** What the figures are made of, beside the talks. */
export interface FigureSources {
  /** Oldest first. */
  days(): readonly DayFigures[]
  /** Archived ones included. */
  tickets(): Promise<readonly TicketFacts[]>
  /** When the desk last closed; milliseconds since the epoch. */
  closedAtMs(): number
  entries(): readonly LearningEntry[]
  /** Drafts of the knowledge that nobody has released yet. */
  drafts(): number
  /** Golden questions that the release in use has met. */
  readonly golden?: () => { readonly right: number; readonly total: number } | undefined
  /** Rejection reasons that several groups have met lately: a section's key, or the reason itself. */
  incidents(): readonly { readonly sectionKey?: string; readonly reason: string; readonly groups: number }[]
  /** A person's verdict changes the figures of a day. */
  readonly judge?: TalkDeps['countVerdict']
  /** Within so long, in working time, colleagues promise a first answer. */
  readonly promiseMs?: number
  /** For the operator, in Chinese: what is not known and has to be set. */
  readonly notices: readonly string[]
}

/** What became of a ticket, in working time. */
interface TicketFacts extends Pick<Ticket, 'number' | 'placeName' | 'sectionKey' | 'openedAtMs'> {
  readonly firstResponseMs: number | null
  readonly resolutionMs: number | null
  readonly isKept: boolean | null
  readonly rating: number | null
}

export interface TodayDeps extends Pick<WebDeps, 'talks' | 'access' | 'desk' | 'people' | 'status' | 'machine'> {
  readonly sources: FigureSources
  readonly talking: TalkDeps
  readonly clock: Clock
}

const LIVE_SHOWN = 8
const DAYS_SHOWN = 14
const SPARK_DAYS = 7
const MANY_ASKED = 5
const MAX_DAYS = 400
const LISTED = 8

/** 今天 and 效果: numbers for everybody, names and words only for those who may read them. */
export function todayRoutes(deps: TodayDeps): Hono {
  const { talks, access, sources, talking, clock } = deps
  const routes = new Hono()

  routes.get('/today', async (c) => {
    const viewer = viewerIn(c, access)
    const readsWords = mayAs(viewer.role, 'staff')
    const sinceMs = sources.closedAtMs()
    const since = talks.recent().filter(({ atMs }) => atMs >= sinceMs)
    const board = deps.desk?.board()
    const waiting = board?.tickets.filter(({ status }) => status === 'open' || status === 'reopened') ?? []
    const judged = since.filter(({ verdict }) => verdict !== undefined)
    const wrong = judged.filter(({ verdict }) => verdict?.kind !== 'right')
    const days = lastDays(sources.days(), chinaDay(clock.now()), DAYS_SHOWN)
    return c.json({
      sinceMs,
      nowMs: clock.now(),
      figures: {
        ...{ answered: count(since, isAnswer), offered: count(since, isOffer), handedOver: count(since, isHandOver) },
        ...{ silent: count(since, isSilent), waiting: waiting.length, judged: judged.length, wrong: wrong.length },
      },
      days,
      before: days.at(-2) ?? null,
      spark: days.slice(-SPARK_DAYS),
      duty: board?.people.filter(({ onDuty }) => onDuty).map(({ name }) => name) ?? [],
      ...(readsWords && {
        todo: todoOf(deps, viewer.role),
        incidents: incidentsOf(deps),
        live: liveOf(talks.recent(), talking),
      }),
      machine: readsWords ? await machineOf(deps) : undefined,
    })
  })

  // What stands beside the views' names; asked for often.
  routes.get('/counts', (c) => {
    const tickets = deps.desk?.board().tickets ?? []
    const questions = sources.entries().filter((entry) => entry.kind === 'question' && entry.status === 'open')
    return c.json({
      tickets: tickets.filter(({ part, status }) => part === 'late' || status === 'open' || status === 'reopened')
        .length,
      ...{ talks: count(talks.recent(), isWrong), learn: questions.length },
    })
  })

  routes.get('/figures', async (c) => {
    const asked = spanOf(c.req.query(), clock)
    if (!asked) return c.json({ error: '日期的写法不对，例如 2026-11-30' }, 400)
    const readsWords = mayAs(viewerIn(c, access).role, 'staff')
    const by = byOf(c.req.query('by'))
    const rows = by && (await breakdownOf(asked, deps, { by, readsWords }))
    return c.json({ ...(await figuresOf(asked, deps, readsWords)), ...(rows && { by, rows }) })
  })

  routes.get('/figures.csv', async (c) => {
    const asked = spanOf(c.req.query(), clock)
    if (!asked) return c.json({ error: '日期的写法不对，例如 2026-11-30' }, 400)
    const by = byOf(c.req.query('by'))
    const { series, days } = await figuresOf(asked, deps, false)
    const [head, rows] = by
      ? [
          [by === 'group' ? '群' : '小节', ...ROW_HEADS],
          (await breakdownOf(asked, deps, { by, readsWords: false })).map((row) =>
            [quoted(row.title), row.answered, row.offered, row.handedOver, row.silent, row.wrong, row.tickets].join(
              ',',
            ),
          ),
        ]
      : [
          ['日期', ...series.map(({ name }) => name)],
          days.map((day, index) => [day, ...series.map(({ y }) => y[index] ?? '')].join(',')),
        ]
    c.header('Content-Disposition', `attachment; filename="guoshen-${isoOf(asked.from)}-${isoOf(asked.to)}.csv"`)
    // With a mark in front, so that Excel reads it as UTF-8.
    const text = `\ufeff${[head.join(','), ...rows].join('\r\n')}`
    return c.body(text, 200, { 'Content-Type': 'text/csv; charset=utf-8' })
  })
  return routes
}

const isAnswer = ({ kind }: Talk): boolean => kind === 'answer' || kind === 'outside'
const isOffer = ({ kind }: Talk): boolean => kind === 'clarify' || kind === 'fallback'
const isHandOver = ({ kind }: Talk): boolean => kind === 'escalate'
const isSilent = ({ kind, role }: Talk): boolean => kind === 'silent' && role === 'customer'
const isWrong = ({ after, verdict }: Talk): boolean => after?.what === 'wrong' && verdict === undefined
const count = (talks: readonly Talk[], is: (talk: Talk) => boolean): number => talks.filter(is).length

/** What is urgent first; a row goes when the thing is done. */
function todoOf({ desk, people, sources, talks, status, talking }: TodayDeps, role: Parameters<typeof mayAs>[0]) {
  const tickets = desk?.board().tickets ?? []
  const late = tickets.filter(({ part }) => part === 'late')
  const open = tickets.filter(
    ({ status: state, part }) => part === 'waiting' && (state === 'open' || state === 'reopened'),
  )
  const disliked = talks.recent().filter(isWrong)
  const asked = sources
    .entries()
    .flatMap((entry) =>
      entry.kind === 'question' && entry.status === 'open' && entry.count >= MANY_ASKED ? [entry] : [],
    )
    .toSorted((a, b) => b.count - a.count)
  const drafts = sources.entries().filter((entry) => entry.kind === 'draft' && entry.status === 'open')
  const claims = mayAs(role, 'operator') ? (people?.claims() ?? []) : []
  const { login } = status()
  return [
    ...(login === 'waiting-scan' || login === 'kicked' ? [{ kind: 'scan', login }] : []),
    ...late.slice(0, 3).map(({ number, askerName, placeName, question, wait, openedAtMs, status: state }) => ({
      ...{ kind: 'late', number, askerName, placeName, question, wait, openedAtMs },
      isOpen: state !== 'claimed',
    })),
    ...claims.map(({ person }) => ({ kind: 'claim', name: person.name })),
    ...(open.length > 0 ? [{ kind: 'open', count: open.length, first: open[0] }] : []),
    ...(disliked.length > 0
      ? [
          {
            kind: 'wrong',
            count: disliked.length,
            section: topSection(disliked),
            title: talking.titleOf(topSection(disliked)) ?? '',
          },
        ]
      : []),
    ...asked.slice(0, 1).map(({ number, texts, count: times, sectionKey }) => ({
      ...{ kind: 'asked', number, text: texts[0], count: times, sectionKey, others: asked.length },
    })),
    ...(sources.drafts() > 0 && mayAs(role, 'admin') ? [{ kind: 'unreleased', count: sources.drafts() }] : []),
    ...handedOf(talks.recent(), role),
    ...(drafts.length > 0 && mayAs(role, 'admin') ? [{ kind: 'drafts', count: drafts.length }] : []),
    ...(mayAs(role, 'operator') ? sources.notices.map((text) => ({ kind: 'notice', text })) : []),
  ].slice(0, 7)
}

/** What colleagues have found wrong and may not teach. */
function handedOf(recent: readonly Talk[], role: Parameters<typeof mayAs>[0]) {
  const handed = recent.filter(({ verdict }) => verdict?.isForAdmin)
  const last = handed.at(-1)
  if (!last || !mayAs(role, 'admin')) return []
  const by = [...new Set(handed.map(({ verdict }) => verdict!.by))]
  return [{ kind: 'handed', count: handed.length, by, text: last.text ?? '' }]
}

const incidentsOf = ({ sources, talking }: TodayDeps) =>
  sources.incidents().map(({ sectionKey, reason, groups }) => ({
    ...{ groups, sectionKey: sectionKey ?? null },
    words: sectionKey === undefined ? reason : (talking.titleOf(sectionKey) ?? sectionKey),
  }))

const topSection = (talks: readonly Talk[]): string =>
  ranked(talks.flatMap(({ sections }) => sections[0] ?? []))[0]?.name ?? ''

function ranked(names: readonly string[]): readonly { readonly name: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, times]) => ({ name, count: times })).sort((a, b) => b.count - a.count)
}

/** The last decisions worth a look; idle talk is left out. */
const liveOf = (talks: readonly Talk[], talking: TalkDeps) =>
  talks
    .filter(({ isChatter }) => !isChatter)
    .slice(-LIVE_SHOWN)
    .reverse()
    .map((talk) => viewOfTalk(talk, talking))

async function machineOf({ status, machine, talks, clock, sources }: TodayDeps) {
  const { qrText: _secret, ...shown } = status()
  const { queueLength, today } = (await machine?.()) ?? {}
  const lastMs = talks.recent().at(-1)?.atMs
  const golden = sources.golden?.()
  return {
    ...{ ...shown, queueLength, today, lastHeardAgoMs: lastMs === undefined ? null : clock.now() - lastMs },
    ...(golden && { golden }),
  }
}

/** One entry a day, also where nothing happened. */
function lastDays(figures: readonly DayFigures[], today: Day, length: number): readonly DayFigures[] {
  const known = new Map(figures.map((each) => [each.day, each]))
  return Array.from({ length }, (_, index) => {
    const day = today - length + 1 + index
    return known.get(day) ?? { day, answered: 0, offered: 0, handedOver: 0, silent: 0, orders: 0 }
  })
}

interface Span {
  readonly from: Day
  readonly to: Day
}

const isoDay = z.iso.date()
const span = z.object({ from: isoDay.optional(), to: isoDay.optional() })

function spanOf(query: Record<string, string>, clock: Clock): Span | undefined {
  const asked = span.safeParse(query)
  if (!asked.success) return undefined
  const to = asked.data.to === undefined ? chinaDay(clock.now()) : dayFromIso(asked.data.to)
  const from = asked.data.from === undefined ? to - 29 : dayFromIso(asked.data.from)
  return from > to || to - from >= MAX_DAYS ? undefined : { from, to }
}

const startOf = (day: Day): number => day * DAY_MS - CHINA_OFFSET_MS

async function figuresOf({ from, to }: Span, { sources, talks, talking }: TodayDeps, readsWords: boolean) {
  const length = to - from + 1
  const days = lastDays(sources.days(), to, length)
  const earlier = lastDays(sources.days(), from - 1, length)
  const all = await sources.tickets()
  const within = (atMs: number): boolean => atMs >= startOf(from) && atMs < startOf(to + 1)
  const tickets = all.filter(({ openedAtMs }) => within(openedAtMs))
  const before = all.filter(({ openedAtMs }) => openedAtMs >= startOf(from - length) && openedAtMs < startOf(from))
  const said = talks.recent().filter(({ atMs }) => within(atMs))
  const bySection = (list: readonly Talk[]) =>
    ranked(list.flatMap(({ sections }) => sections[0] ?? []))
      .slice(0, LISTED)
      .map(({ name, count: times }) => ({ name, title: talking.titleOf(name) ?? '', count: times }))
  return {
    ...{ from: isoOf(from), to: isoOf(to), promiseMs: sources.promiseMs ?? null },
    days: days.map(({ day }) => isoOf(day)),
    x: days.map(({ day }) => startOf(day) / 1000),
    series: [
      { name: '回答', y: days.map(({ answered }) => answered) },
      { name: '反问、不知道', y: days.map(({ offered }) => offered) },
      { name: '转人工', y: days.map(({ handedOver }) => handedOver) },
      { name: '没插话', y: days.map(({ silent }) => silent) },
    ],
    verdicts: days.map(({ judged: of = 0, wrong = 0 }) => ({ of, wrong })),
    totals: totalsOf(days, tickets),
    before: totalsOf(earlier, before),
    judged: { count: sumOf(days, 'judged'), wrong: sumOf(days, 'wrong') },
    ratings: [1, 2, 3, 4, 5].map((stars) => tickets.filter(({ rating }) => rating === stars).length),
    lists: {
      sections: bySection(said.filter(isAnswer)),
      disliked: bySection(said.filter(({ after }) => after?.what === 'wrong')),
      rejections: rejectionsOf(said, talking),
      groups: readsWords
        ? ranked(said.flatMap(({ placeName }) => (placeName === '' ? [] : [placeName]))).slice(0, LISTED)
        : [],
      unanswered: readsWords ? unansweredOf(sources) : [],
    },
  }
}

const ROW_HEADS = ['回答', '反问、不知道', '转人工', '没插话', '客户说不对', '工单']
const byOf = (asked: string | undefined) => (asked === 'section' || asked === 'group' ? asked : undefined)
/** A spreadsheet takes what begins with one of these for a formula. */
const quoted = (text: string): string => `"${text.replace(/^[=+\-@]/, "'$&").replaceAll('"', '""')}"`

/** By what a group goes where its name may not be read, in exports among them: always the same, and no name can be read off it. */
const codeOf = (placeKey: string): string =>
  Number.parseInt(createHash('sha256').update(placeKey).digest('hex').slice(0, 8), 16)
    .toString(36)
    .slice(-5)
    .toUpperCase()

/** The same numbers for each section or group, as far back as talks are kept; groups have names for those who may read them. */
async function breakdownOf(
  { from, to }: Span,
  { sources, talks, talking }: TodayDeps,
  { by, readsWords }: { readonly by: 'section' | 'group'; readonly readsWords: boolean },
) {
  const within = (atMs: number): boolean => atMs >= startOf(from) && atMs < startOf(to + 1)
  const said = talks.recent().filter(({ atMs, place }) => within(atMs) && (by === 'section' || place === 'room'))
  const tickets = (await sources.tickets()).filter(({ openedAtMs }) => within(openedAtMs))
  const keyOf = (talk: Talk): string | undefined => (by === 'section' ? talk.sections[0] : talk.placeKey)
  const names = new Map(said.map(({ placeKey, placeName }) => [placeKey, placeName]))
  const groups = new Map<string, Talk[]>()
  for (const talk of said) {
    const key = keyOf(talk)
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), talk])
  }
  const keys = [...groups.keys()].sort((a, b) => groups.get(b)!.length - groups.get(a)!.length)
  return keys.map((key) => {
    const theirs = groups.get(key)!
    const name = by === 'section' ? `${key} ${talking.titleOf(key) ?? ''}`.trim() : (names.get(key) ?? '')
    return {
      key: readsWords ? key : '',
      title: by === 'section' || readsWords ? name : `群 ${codeOf(key)}`,
      ...(by === 'group' && { code: codeOf(key) }),
      ...{ answered: count(theirs, isAnswer), offered: count(theirs, isOffer), handedOver: count(theirs, isHandOver) },
      ...{ silent: count(theirs, isSilent), wrong: count(theirs, ({ after }) => after?.what === 'wrong') },
      tickets: tickets.filter((ticket) => (by === 'section' ? ticket.sectionKey === key : ticket.placeName === name))
        .length,
    }
  })
}

/** A numbered reason of WeChat. */
const RULE = /^驳回:/

/** For what people were rejected, as far as talks are kept; a reason counts once a talk. */
function rejectionsOf(said: readonly Talk[], talking: TalkDeps) {
  const reasons = said
    .filter(({ kind, role }) => kind !== 'silent' && role === 'customer')
    .map(({ sections, card }) => [
      ...new Set([...sections.filter(talking.isRejection), ...(card && RULE.test(card) ? [card] : [])]),
    ])
  return ranked(reasons.flat())
    .slice(0, LISTED)
    .map(({ name, count: times }) => {
      const title = talking.titleOf(name)
      return { name, title: title === undefined ? name.replace(RULE, '') : `${name} ${title}`, count: times }
    })
}

const unansweredOf = ({ entries }: FigureSources) =>
  entries()
    .flatMap((entry) => (entry.kind === 'question' && entry.status === 'open' ? [entry] : []))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, LISTED)
    .map(({ number, texts, count: times }) => ({ number, name: texts[0] ?? '', count: times }))

function totalsOf(days: readonly DayFigures[], tickets: readonly TicketFacts[]) {
  const sum = (key: 'answered' | 'offered' | 'handedOver' | 'silent'): number =>
    days.reduce((total, day) => total + day[key], 0)
  const spoken = sum('answered') + sum('offered') + sum('handedOver')
  const first = tickets.flatMap(({ firstResponseMs }) => firstResponseMs ?? []).toSorted((a, b) => a - b)
  const resolved = tickets.flatMap(({ resolutionMs }) => resolutionMs ?? []).toSorted((a, b) => a - b)
  const promised = tickets.flatMap(({ isKept }) => isKept ?? [])
  return {
    ...{ answered: sum('answered'), offered: sum('offered'), handedOver: sum('handedOver'), silent: sum('silent') },
    /** 0..1, null without any: solved with nobody's help. */
    alone: spoken === 0 ? null : 1 - sum('handedOver') / spoken,
    tickets: tickets.length,
    firstResponse: { count: first.length, medianMs: quantile(first, 0.5), p90Ms: quantile(first, 0.9) },
    resolution: { count: resolved.length, medianMs: quantile(resolved, 0.5), p90Ms: quantile(resolved, 0.9) },
    kept: promised.length === 0 ? null : promised.filter(Boolean).length / promised.length,
  }
}

const sumOf = (days: readonly DayFigures[], key: 'judged' | 'wrong'): number =>
  days.reduce((total, day) => total + (day[key] ?? 0), 0)

const quantile = (sorted: readonly number[], at: number): number | null =>
  sorted.length === 0 ? null : (sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? null)
