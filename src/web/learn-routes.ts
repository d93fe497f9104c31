import { Hono } from 'hono'
import { z } from 'zod'
import { chinaDay } from '../base/time.js'
import type { TeachingPreview } from '../evaluate/explain.js'
import type { Clock } from '../model/ports.js'
import type { LearningEntry, TalkFeed, UnansweredQuestion } from '../model/stores.js'
import { type AccessControl, bodyOf, reportOf, viewerIn } from './access.js'
import type { KnowledgeDeps, KnowledgeDesk } from './knowledge-routes.js'
import type { EventStream } from './stream.js'
import { askedLately } from './talk-routes.js'
import { type GiveOrder, ordererOf } from './ticket-routes.js'

/** What a sentence is taught to mean: a section key, 人工 or 无关. */
type TeachTarget = string

/** What a taught sentence stands for at this moment. */
interface TaughtLine {
  readonly text: string
  readonly target: TeachTarget
}

export interface LearnDeps {
  readonly access: AccessControl
  readonly give: GiveOrder
  readonly talks: TalkFeed
  readonly stream: EventStream
  readonly clock: Clock
  readonly entries: () => readonly LearningEntry[]
  readonly taught: () => readonly TaughtLine[]
  /** @returns undefined where the target means nothing in the knowledge in use */
  readonly preview: (
    lesson: { readonly text: string; readonly target: TeachTarget },
    messages: readonly { readonly text: string; readonly addressed: boolean }[],
  ) => Promise<TeachingPreview | undefined>
  /** What the bot would guess of a sentence now, best first; confidence 0..1. */
  readonly guesses: (text: string) => readonly { readonly sectionKey: string; readonly confidence: number }[]
  readonly titleOf: (key: string) => string | undefined
  /** Where who taught what, and when, is to be read off. */
  readonly releases?: Pick<KnowledgeDeps, 'releases' | 'difference'> | undefined
  /** See `KnowledgeDesk`. */
  readonly noteGolden?: KnowledgeDesk['noteGolden'] | undefined
}

const TREND_DAYS = 14
/** Reading a sentence anew takes half a millisecond; whoever has more questions than these reads the first ones first. */
const MAX_GUESSED = 60
const MAX_GUESSES = 3
/** Less is no guess. */
const MIN_GUESS = 0.02
/** So many of the talks in which it was asked are shown. */
const MAX_TALKS = 3
const lesson = z.strictObject({
  text: z.string().trim().min(1).max(500),
  target: z.string().trim().min(1).max(50),
  force: z.boolean().default(false),
})
const target = z.strictObject({ target: z.string().trim().min(1).max(50), force: z.boolean().default(false) })
const merging = z.strictObject({ into: z.number().int().min(1) })
const sentence = z.strictObject({ text: z.string().trim().min(1).max(500) })
const learnt = z.strictObject({ ...lesson.shape, golden: z.boolean().default(false) })
const EXPECTED: Readonly<Record<string, string>> = { 人工: 'human', 无关: 'silence' }

/** What could not be answered, and what people teach of it; all of it by the orders of the chat. */
export function learnRoutes(deps: LearnDeps): Hono {
  const { access, give, talks, stream, clock, entries, taught, preview, guesses, titleOf } = deps
  const routes = new Hono()

  const origins = deps.releases && new Origins(deps.releases)

  routes.get('/unanswered', async (c) => {
    const tab = c.req.query('tab') ?? 'open'
    const all = entries()
    const of = (name: string): readonly LearningEntry[] => all.filter((entry) => tabOf(entry) === name)
    return c.json({
      counts: { ...Object.fromEntries(TABS.map((name) => [name, of(name).length])), taught: taught().length },
      entries: of(tab)
        .toSorted((a, b) => weight(b) - weight(a) || b.lastAtMs - a.lastAtMs)
        .map((entry, index) => ({
          ...entry,
          ...(entry.kind !== 'draft' && { title: titleOf(entry.sectionKey ?? '') ?? '' }),
          ...(entry.kind === 'question' && {
            line: lineOf(entry, clock),
            talkIds: askedIn(entry),
            guesses: index < MAX_GUESSED ? guessed(entry.texts[0] ?? '') : [],
          }),
        })),
      taught: tab === 'taught' ? await Promise.all(taught().map(lineOfTaught)) : [],
    })
  })

  const lineOfTaught = async (line: TaughtLine) => ({
    ...{ ...line, title: titleOf(line.target) ?? '' },
    origin: (await origins?.of(line.text)) ?? null,
  })

  const guessed = (text: string) =>
    guesses(text)
      .filter(({ confidence }) => confidence >= MIN_GUESS)
      .slice(0, MAX_GUESSES)
      .map(({ sectionKey, confidence }) => ({ sectionKey, confidence, title: titleOf(sectionKey) ?? '' }))

  /** Message ids of the last talks in which it was asked, as far as they are kept. */
  const askedIn = ({ texts }: Pick<UnansweredQuestion, 'texts'>): readonly string[] => {
    const wanted = new Set(texts.map(essence))
    return talks
      .recent()
      .filter(({ text, role }) => text !== null && role === 'customer' && wanted.has(essence(text)))
      .slice(-MAX_TALKS)
      .map(({ messageId }) => messageId)
      .reverse()
  }

  /** What colleagues have asked to be taught is no longer to be done. */
  const takeBackHanded = (texts: readonly string[]): void => {
    const taughtNow = new Set(texts.map(essence))
    for (const { messageId, text, verdict } of talks.recent()) {
      if (!verdict?.isForAdmin || text === null || !taughtNow.has(essence(text))) continue
      const { isForAdmin: _done, ...rest } = verdict
      talks.judge(messageId, rest)
    }
  }

  const verbs: Readonly<Record<string, (number: number) => { readonly kind: string; readonly number: number }>> = {
    ignore: (number) => ({ kind: 'ignore', number }),
    accept: (number) => ({ kind: 'accept-draft', number }),
  }
  routes.post('/unanswered/:number{\\d+}/:verb', async (c) => {
    const [number, verb] = [Number(c.req.param('number')), c.req.param('verb')]
    const body: unknown = await c.req.json().catch(() => ({}))
    const by = ordererOf(viewerIn(c, access))
    if (verb === 'merge') {
      const into = merging.safeParse(body)
      if (!into.success) return c.json({ error: '要选并到哪一条' }, 400)
      const report = await give({ kind: 'merge-entries', number, into: into.data.into }, by)
      if (report.ok) stream.publish('unanswered', {}, 'staff')
      return reportOf(c, report)
    }
    const asked = target.safeParse(body)
    if (verb === 'assign' && !asked.success) return c.json({ error: '要选教到哪里' }, 400)
    const order =
      verb === 'assign' && asked.success
        ? { kind: 'assign', number, sectionKey: asked.data.target, ...(asked.data.force && { force: true }) }
        : verbs[verb]?.(number)
    if (!order) return c.json({ error: '没有这个操作' }, 404)
    const entry = entries().find((one) => one.number === number)
    const report = await give(order, by)
    if (report.ok) stream.publish('unanswered', {}, 'staff')
    if (report.ok && entry?.kind === 'question') takeBackHanded(entry.texts)
    return reportOf(c, report)
  })

  routes.post('/teach/preview', async (c) => {
    const body = await bodyOf(c, lesson, '要有一句话，和它是什么意思')
    const shown = await preview(body, askedLately(talks))
    return shown ? c.json(shown) : c.json({ error: `没有小节 ${body.target}` }, 400)
  })

  routes.post('/teach', async (c) => {
    const body = await bodyOf(c, learnt, '要有一句话，和它是什么意思')
    const { text, target: sectionKey, force, golden } = body
    const viewer = viewerIn(c, access)
    const order = { kind: 'teach', sectionKey, text, ...(force && { force: true }) }
    const report = await give(order, ordererOf(viewer))
    if (report.ok) stream.publish('unanswered', {}, 'staff')
    if (report.ok) takeBackHanded([text])
    if (!report.ok || !golden) return reportOf(c, report)
    const becomes = { question: text, heard: 'asked', expect: EXPECTED[sectionKey] ?? sectionKey } as const
    const problem = await deps.noteGolden?.({ becomes }, viewer.who)
    return c.json({ ...report, text: problem === undefined ? report.text : `${report.text}\n${problem}` })
  })

  routes.post('/teach/undo', async (c) => {
    const body = await bodyOf(c, sentence, '要有一句话')
    const viewer = viewerIn(c, access)
    const report = await give({ kind: 'unteach', text: body.text }, ordererOf(viewer))
    // Where it was no golden question, there is nothing to take out.
    if (report.ok) await deps.noteGolden?.({ was: { question: body.text, heard: 'asked' } }, viewer.who)
    if (report.ok) stream.publish('unanswered', {}, 'staff')
    return reportOf(c, report)
  })
  return routes
}

const TABS = ['open', 'disliked', 'drafts', 'ignored'] as const

function tabOf(entry: LearningEntry): string {
  if (entry.kind === 'disliked') return 'disliked'
  if (entry.kind === 'draft') return entry.status === 'open' ? 'drafts' : 'settled'
  return entry.status === 'open' ? 'open' : 'ignored'
}

const weight = (entry: LearningEntry): number =>
  entry.kind === 'question' ? entry.count : entry.kind === 'disliked' ? entry.people.length : 1

/** How often it was asked on each of the last days, the last one today. */
function lineOf({ days = [] }: Pick<UnansweredQuestion, 'days'>, clock: Clock): readonly number[] {
  const first = chinaDay(clock.now()) - TREND_DAYS + 1
  const counts = new Map(days.map(({ day, count }) => [day, count]))
  return Array.from({ length: TREND_DAYS }, (_, index) => counts.get(first + index) ?? 0)
}

/** Without names that are called, punctuation and blanks: kept questions and talks have lost different ones of them. */
const essence = (text: string): string => text.replace(/@\S+\s?/gu, '').replace(/[^\p{L}\p{N}]/gu, '')

/** The release that brought a taught sentence: what was taught is released at once, by whoever taught it. */
class Origins {
  readonly #parts: Pick<KnowledgeDeps, 'releases' | 'difference'>
  /** Lines that a release added to what was taught; a release never changes. */
  readonly #added = new Map<number, Promise<readonly string[]>>()

  constructor(parts: Pick<KnowledgeDeps, 'releases' | 'difference'>) {
    this.#parts = parts
  }

  /** @returns undefined where it was taught before the oldest release that is kept */
  async of(text: string): Promise<{ number: number; by: string; atMs: number } | undefined> {
    const all = this.#parts.releases().all
    for (let index = all.length - 1; index > 0; index--) {
      const { number, by, atMs } = all[index]!
      const lines = await this.#addedIn(all[index - 1]!.number, number)
      if (lines.some((line) => line.includes(text))) return { number, by: by.name, atMs }
    }
    return undefined
  }

  #addedIn(before: number, number: number): Promise<readonly string[]> {
    const known = this.#added.get(number)
    const lines = known ?? this.#parts.difference(before, number).then(linesTaught, () => [])
    this.#added.set(number, lines)
    return lines
  }
}

const linesTaught = (differences: Awaited<ReturnType<KnowledgeDeps['difference']>>): readonly string[] =>
  differences.flatMap(({ file, lines }) => (file.startsWith('learned/') ? lines.filter((one) => one[0] === '+') : []))
