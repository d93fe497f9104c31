import { expect, test } from 'vitest'
import { chinaDay, DAY_MS, isoOf } from '../../src/base/time.js'
import type { UnansweredQuestion } from '../../src/model/stores.js'
import { aMessage } from '../support/a-message.js'
import { aPage, aTrace } from '../support/a-page.js'
import { fixedClock } from '../support/fixed-clock.js'

const WANG = { id: 'w', key: 'name:王老板', name: '王老板', role: 'customer' } as const

/** What the tests look at in the answers of several routes. */
interface Answer {
  readonly error?: string
  readonly entries: readonly object[]
  readonly items: readonly { readonly messageId: string }[]
  readonly talks: readonly { readonly messageId: string }[]
  readonly lists: { readonly rejections: readonly object[] }
}

/** The page over some days of talk. */
async function aWeek() {
  const clock = fixedClock()
  const today = chinaDay(clock.now())
  const question: UnansweredQuestion = {
    ...{
      kind: 'question',
      number: 1,
      count: 3,
      why: 'not-understood',
      places: ['p'],
      sectionKey: '4.1',
      status: 'open',
    },
    ...{ texts: ['头像怎么换'], firstAtMs: 0, lastAtMs: clock.now() },
    days: [
      { day: today - 13, count: 2 },
      { day: today, count: 1 },
    ],
  }
  const ticket = { number: 1, placeName: '想天售后服务群', sectionKey: null, isKept: true, rating: 5 } as const
  const page = await aPage({
    clock,
    give: async () => ({ ok: true, text: '好的' }),
    sections: () => [
      { key: '4.1', title: 'UGC' },
      { key: 'A3', title: '空白页面', role: 'rejection' },
    ],
    learn: {
      entries: () => [question],
      taught: () => [],
      preview: async () => undefined,
      guesses: () => [
        { sectionKey: '4.1', confidence: 0.46 },
        { sectionKey: '9', confidence: 0.01 },
      ],
    },
    figures: {
      ...{ days: () => [], closedAtMs: () => 0, entries: () => [], notices: [], drafts: () => 0, incidents: () => [] },
      promiseMs: 900_000,
      tickets: async () =>
        [60_000, 120_000, 600_000].map((resolutionMs) => ({
          ...{ ...ticket, openedAtMs: clock.now(), firstResponseMs: 30_000, resolutionMs },
        })),
    },
  })
  const hears = (id: string, text: string, { daysAgo = 0, ...trace }: Record<string, unknown> = {}) =>
    page.talks.record(
      aTrace({ messageId: id, ...trace }),
      aMessage({ id, text, sender: WANG, sentAtMs: clock.now() - Number(daysAgo) * DAY_MS }),
    )
  const get = async (path: string) => (await page.app.request(path)).json() as Promise<Answer>
  return { ...page, hears, get, today }
}

test('a question that could not be answered comes with its line, what the bot guesses now and where it was asked', async () => {
  const { hears, get } = await aWeek()
  hears('before', '老板在吗')
  hears('asked', '@过审小助手 头像怎么换？', { kind: 'fallback' })
  hears('after', '急')
  const [entry] = (await get('/api/unanswered')).entries
  expect(entry).toMatchObject({
    line: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    guesses: [{ sectionKey: '4.1', confidence: 0.46, title: 'UGC' }],
    talkIds: ['asked'],
  })
  const { talks } = await get('/api/talks/asked/around')
  expect(talks.map(({ messageId }) => messageId)).toEqual(['before', 'asked', 'after'])
  expect((await get('/api/talks/gone/around')).error).toContain('已经不在了')
})

test('what was taught tells by whom, when and in which release', async () => {
  const taught = ['头像怎么换', '很久以前教的'].map((text) => ({ text, target: '4.1' }))
  const chen = { key: 'name:陈工', name: '陈工' }
  const page = await aPage({
    give: async () => ({ ok: true, text: '好的' }),
    learn: { entries: () => [], taught: () => taught, preview: async () => undefined, guesses: () => [] },
    knowledge: {
      releases: () => ({
        current: 3,
        all: [1, 2, 3].map((number) => ({ number, version: `v${number}`, atMs: number, by: chen })),
      }),
      difference: async (from: number, to: number) => [
        { file: 'knowledge/fasttest.md', lines: ['+头像怎么换'] },
        {
          file: 'learned/ugc.yaml',
          lines: to === 2 && from === 1 ? ['+  - 头像怎么换', '   - 很久以前教的'] : ['-  - 头像怎么换'],
        },
      ],
    } as unknown as NonNullable<Parameters<typeof aPage>[0]>['knowledge'],
  })
  const answer = (await (await page.app.request('/api/unanswered?tab=taught')).json()) as { taught: readonly object[] }
  expect(answer.taught).toMatchObject([{ origin: { number: 2, by: '陈工', atMs: 2 } }, { origin: null }])
})

test('what is sent for a row or a new guide is looked at before anything is kept', async () => {
  const kept: object[] = []
  const editor = {
    keep: async (...what: object[]) => {
      kept.push(what[1]!)
      return { isKept: true, view: {} }
    },
    addRow: async (list: string) => (list === 'notOpen' ? undefined : { key: 'row:rejections:+a' }),
    addGuide: async ({ id }: { id: string }) =>
      id === 'taken' ? '已经有一份编号是 taken 的指南了' : { key: `guide:${id}` },
  }
  const page = await aPage({
    give: async () => ({ ok: true, text: '好的' }),
    knowledge: {
      editor: async () => editor,
      releases: () => ({ current: 1, all: [] }),
    } as unknown as NonNullable<NonNullable<Parameters<typeof aPage>[0]>['knowledge']>,
  })
  const put = async (body: object) => (await page.send('PUT', '/api/edits/row:rejections:a', body)).status
  const fields = { title: '短', vendor: null, ask: ['甲'], documents: { choose: 'all', of: [] } }
  expect(await put({ fields, baseHash: 'a', seen: '' })).toBe(200)
  expect(kept).toEqual([{ fields, baseHash: 'a', seen: '' }])
  for (const wrong of [
    { 'a: b': 'x' },
    { title: 3 },
    { documents: { choose: '0', of: [] } },
    { title: ['x'.repeat(2_001)] },
  ])
    expect(await put({ fields: wrong, baseHash: 'a' }), JSON.stringify(wrong)).toBe(400)
  expect(kept).toHaveLength(1)
  const post = async (path: string, body: object) => {
    const answer = await page.post(path, body)
    return [answer.status, ((await answer.json()) as { key?: string; error?: string }).error ?? 'kept']
  }
  expect(await post('/api/rows', { list: 'rejections', name: '9.9' })).toEqual([200, 'kept'])
  expect(await post('/api/rows', { list: 'notOpen', name: '甲' })).toEqual([409, expect.stringContaining('还没有行')])
  expect(await post('/api/rows', { list: 'golden', name: '甲' })).toEqual([400, expect.stringContaining('表')])
  expect(await post('/api/guides', { id: 'invoice', title: '开发票' })).toEqual([200, 'kept'])
  expect(await post('/api/guides', { id: 'taken', title: '开发票' })).toEqual([409, expect.stringContaining('已经有')])
  for (const id of ['../x', 'Invoice', '发票', 'a'])
    expect(await post('/api/guides', { id, title: '开发票' }), id).toEqual([400, expect.stringContaining('编号')])
})

test('each number of the figures has a list: by day, by section, and by the reason of a rejection', async () => {
  const { hears, get, today } = await aWeek()
  hears('old', '空白页怎么办', { daysAgo: 3, sections: ['A3'] })
  hears('rule', '收到驳回', { sections: ['A3'], card: '驳回:常见拒绝情形 2.1' })
  hears('other', '类目', { sections: ['4.1'] })
  const ids = async (query: string) => (await get(`/api/talks?${query}`)).items.map(({ messageId }) => messageId)
  const [now, then] = [isoOf(today), isoOf(today - 3)]
  expect(await ids(`from=${now}&to=${now}`)).toEqual(['other', 'rule'])
  expect(await ids(`from=${then}&to=${then}`)).toEqual(['old'])
  expect(await ids(`section=${encodeURIComponent('驳回:常见拒绝情形 2.1')}`)).toEqual(['rule'])
  expect((await get('/api/talks?from=gestern')).error).toBeDefined()
  const figures = await get(`/api/figures?from=${then}&to=${now}`)
  expect(figures.lists.rejections).toEqual([
    { name: 'A3', title: 'A3 空白页面', count: 2 },
    { name: '驳回:常见拒绝情形 2.1', title: '常见拒绝情形 2.1', count: 1 },
  ])
  expect(figures).toMatchObject({
    promiseMs: 900_000,
    totals: { resolution: { count: 3, medianMs: 120_000, p90Ms: 600_000 } },
  })
})

test('a verdict counts on the day of what was decided, once, and not when it is taken back', async () => {
  const counted: (readonly [daysAgo: number, object])[] = []
  const clock = fixedClock()
  const page = await aPage({
    clock,
    figures: {
      ...{ days: () => [], closedAtMs: () => 0, entries: () => [], notices: [], drafts: () => 0, incidents: () => [] },
      tickets: async () => [],
      judge: (atMs, change) => void counted.push([chinaDay(clock.now()) - chinaDay(atMs), change]),
    },
  })
  page.talks.record(aTrace(), aMessage({ id: 'm1', text: '类目', sender: WANG, sentAtMs: clock.now() - DAY_MS }))
  const path = '/api/talks/m1/verdict'
  for (const kind of ['human', 'human', 'right']) await page.send('PUT', path, { kind })
  await page.send('DELETE', path, {})
  expect(counted).toEqual([
    [1, { judged: 1, wrong: 1 }],
    [1, { judged: 0, wrong: 0 }],
    [1, { judged: 0, wrong: -1 }],
    [1, { judged: -1, wrong: 0 }],
  ])
})

test('what a colleague hands on to be taught waits among what admins have to do, until it is taught', async () => {
  const { hears, get, send } = await aWeek()
  hears('asked', '备案主体不一样行不行')
  const handed = async () => ((await get('/api/talks?flag=handed')) as Answer).items.map(({ messageId }) => messageId)
  const todo = async () => ((await get('/api/today')) as unknown as { todo: readonly { kind: string }[] }).todo
  await send('PUT', '/api/talks/asked/verdict', { kind: 'human' })
  expect(await handed()).toEqual([])
  await send('PUT', '/api/talks/asked/verdict', { kind: 'human', isForAdmin: true })
  expect(await handed()).toEqual(['asked'])
  expect(await todo()).toContainEqual(
    expect.objectContaining({ kind: 'handed', count: 1, text: '备案主体不一样行不行' }),
  )
  await send('POST', '/api/teach', { text: '备案主体不一样，行不行？', target: '人工' })
  expect(await handed()).toEqual([])
  expect((await todo()).some(({ kind }) => kind === 'handed')).toBe(false)
  // Nothing to teach of what was right.
  await send('PUT', '/api/talks/asked/verdict', { kind: 'right', isForAdmin: true })
  expect(await handed()).toEqual([])
})

test('whoever sees no talk at all reads that the bot listens, where, and since when it was last in touch', async () => {
  const rooms = [
    { key: 'a', topic: '客户群', purpose: 'customers' },
    { key: 'b', topic: '值班群', purpose: 'staff' },
  ]
  const machine = async () => ({ version: '1', startedAtMs: 0, queueLength: 0, rooms, mutes: [], touchAgoMs: 8_000 })
  const page = await aPage({ machine })
  const listening = async () =>
    ((await (await page.app.request('/api/talks')).json()) as { listening?: object }).listening
  expect(await listening()).toEqual({ groups: 1, touchAgoMs: 8_000 })
  page.talks.record(aTrace(), aMessage({ id: 'm1', text: '类目' }))
  expect(await listening()).toBeUndefined()
})

test('an alert is tried where it goes somewhere, and says by whom', async () => {
  const tried: string[] = []
  const trying = async (webhookCount: number) => {
    const alerts = { open: [], latest: [], webhookCount }
    const machine = async () => ({ version: '1', startedAtMs: 0, queueLength: 0, rooms: [], mutes: [], alerts })
    const page = await aPage({ machine, tryAlert: (by) => void tried.push(by) })
    return (await page.post('/api/alerts/try', {})).status
  }
  expect(await trying(0)).toBe(422)
  expect(tried).toEqual([])
  expect(await trying(1)).toBe(200)
  expect(tried).toHaveLength(1)
})
