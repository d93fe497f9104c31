import { describe, expect, test } from 'vitest'
import type { Order } from '../../src/model/decision.js'
import type { Orderer } from '../../src/model/ports.js'
import type { PieceView } from '../../src/releases/pieces.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { openBoard } from '../../src/tickets/board.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { ROUTES, roleFor } from '../../src/web/access.js'
import { mayAs, VIEWER_ROLES, type ViewerRole } from '../../src/web/sessions.js'
import { aMessage } from '../support/a-message.js'
import { aPage, aTrace } from '../support/a-page.js'
import { aTicketRequest } from '../support/a-ticket.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock } from '../support/fixed-clock.js'
import { openAccess } from '../support/open-access.js'

/** All that the routes look at. */
const aView = (key: string) => ({ key }) as PieceView

const TOKEN = 'Wh3r-7nobody-Guesses-it.'

/** The whole page, and a browser of each role in it. @param token null: nobody has to log in */
async function housed(token: string | null = TOKEN) {
  const clock = fixedClock()
  const access = openAccess({ clock, ...(token !== null && { token }) })
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), clock, someDeskRules())
  await desk.open(aTicketRequest())
  const orders: [Order, Orderer][] = []
  const page = await aPage({
    ...{ clock, access, undoMs: 20 },
    desk: openBoard({
      ...{ desk, clock, titleOf: () => '主体信息' },
      forget: async () => ({ people: [], mentionedIn: [], isDone: false }),
    }),
    give: async (order, by) => {
      orders.push([order, by])
      return { ok: true, text: '好的' }
    },
    order: async () => ({ ok: true, text: '好的' }),
    guidePictures: { load: async () => undefined },
    people: { claims: () => [], grants: () => [], configured: [] },
    machine: async () => ({ version: '1', startedAtMs: 0, queueLength: 0, rooms: [], mutes: [] }),
    learn: { entries: () => [], taught: () => [], guesses: () => [], preview: async () => undefined },
    knowledge: {
      editor: async () => ({
        tree: async () => ({ guides: [], answers: [], tables: [], edits: [], isReadOnly: false }),
        section: async () => undefined,
        history: async () => [],
        keep: async () => undefined,
        addAnswer: async () => aView('answer:a'),
        addAsks: async () => undefined,
        addRow: async () => aView('row:notOpen:+a'),
        addGuide: async () => aView('guide:a'),
        patch: async () => ({ patch: '' }),
        golden: async () => ({ isEdited: false, isThere: true, questions: [] }),
        changeGolden: async () => undefined,
        noteGolden: async () => undefined,
        drop: async () => {},
        changes: async () => ({ files: [], differences: [] }),
        release: async () => ({ ok: true, text: '好的' }),
      }),
      releases: () => ({ current: 1, all: [] }),
      preview: async () => ({}),
      difference: async () => [],
      explain: async () => ({ ok: true, text: '好的' }),
      settle: async () => {},
    },
    figures: {
      ...{ days: () => [], tickets: async () => [], closedAtMs: () => 0, entries: () => [], notices: [] },
      ...{ drafts: () => 0, incidents: () => [] },
    },
  })
  const text = '备案主体要和营业执照一致吗'
  page.talks.record(aTrace({ messageId: 'm1' }), aMessage({ id: 'm1', text, sentAtMs: clock.now() }))
  const cookies: Record<string, string> = {}
  for (const role of VIEWER_ROLES) {
    if (role === 'operator') {
      cookies[role] = token === null ? '' : cookieOf(await page.post('/api/login', { token }))
      continue
    }
    const code = access.links.make({ role, who: { key: `name:${role}`, name: `某${role}` }, by: 'handed' }, 60_000)
    cookies[role] = cookieOf(await page.post('/api/enter', { code }))
  }
  const as = (role: ViewerRole, method: string, path: string, body?: unknown) =>
    page.app.request(path, {
      method,
      headers: { cookie: cookies[role]!, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    })
  return { ...page, as, access, desk, orders }
}

const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? ''

/** A request that fits a row of the table. */
const exampleOf = (path: string): string =>
  path
    .replace('rooms/:key/:verb', 'rooms/m1/mute')
    .replace(':index', '0')
    .replace(':verb', 'note')
    .replace(/:key\{\.\+\}/, '4.1')
    .replace(/:number/, '1')
    .replace(/:\w+/g, 'm1')

describe('every route of the page', () => {
  test.each(ROUTES)('%s %s is for %s and above', async (method, path, needed) => {
    const { as } = await housed()
    for (const role of VIEWER_ROLES) {
      if (path === '/api/events') continue // a stream does not end by itself
      const answer = await as(role, method, exampleOf(path))
      const { status } = answer
      expect(await answer.text(), path).not.toContain('没有这个接口')
      if (mayAs(role, needed)) expect([role, status], path).not.toEqual([role, 403])
      else expect([role, status], path).toEqual([role, 403])
    }
  })

  test('stands in the table, so that nothing is open by mistake', async () => {
    const { app } = await housed()
    const open = new Set(['/api/session', '/api/login', '/api/logout', '/api/enter', '/api/enter/look', '/api/*'])
    const routes = app.routes.filter(
      ({ path, method }) => path.startsWith('/api/') && !open.has(path) && method !== 'ALL',
    )
    expect(routes.length).toBeGreaterThan(25)
    for (const { method, path } of routes) {
      const example = exampleOf(path.replace(/\{[^}]*\}/g, '').replace(':verb', 'note'))
      expect(roleFor(method, example), `${method} ${path}`).toBeDefined()
    }
  })

  test('the boss reads numbers, and neither a name nor a word', async () => {
    const { as } = await housed()
    for (const path of ['/api/today', '/api/figures', '/api/figures.csv', '/api/status']) {
      const text = await (await as('boss', 'GET', path)).text()
      expect(text.length).toBeGreaterThan(10)
      expect(text, path).not.toMatch(/王老板|备案|营业执照|想天/)
    }
    expect(await (await as('staff', 'GET', '/api/today')).text()).toMatch(/营业执照/)
  })
})

test('nobody writes more than sixty times a minute, and who types is not held up', async () => {
  const { as, clock } = await housed()
  const note = () => as('staff', 'PUT', '/api/talks/m1/verdict', { kind: 'right' })
  for (let times = 0; times < 60; times++) expect((await note()).status).toBe(200)
  expect((await note()).status).toBe(429)
  expect((await as('staff', 'POST', '/api/tickets/1/typing')).status).toBe(200)
  expect((await as('admin', 'PUT', '/api/talks/m1/verdict', { kind: 'right' })).status).toBe(200)
  ;(clock as ReturnType<typeof fixedClock>).pass(60_000)
  expect((await note()).status).toBe(200)
})

test('numbers by section and by group: a name for those who may read it, a list of their own behind each', async () => {
  const { as } = await housed()
  const rows = async (role: ViewerRole, by: string) =>
    ((await (await as(role, 'GET', `/api/figures?by=${by}`)).json()) as { rows: object[] }).rows
  expect(await rows('staff', 'group')).toMatchObject([
    { key: 'room:想天售后服务群', title: '想天售后服务群', answered: 1, silent: 0 },
  ])
  expect(await rows('boss', 'group')).toMatchObject([
    { key: '', title: expect.stringMatching(/^群 [0-9A-Z]{1,5}$/), answered: 1 },
  ])
  expect(await rows('boss', 'section')).toMatchObject([{ key: '', title: '4.1', answered: 1 }])
  // What leaves the page names nobody; whoever may read names finds the key beside them.
  const [{ code }] = (await rows('staff', 'group')) as [{ code: string }]
  for (const role of ['staff', 'boss'] as const) {
    const csv = await (await as(role, 'GET', '/api/figures.csv?by=group')).text()
    expect(csv).toContain(`"群 ${code}",1,0,0,0,0,`)
    expect(csv).not.toContain('想天')
  }
})

describe('a personal link', () => {
  test('is spent by the button alone, once, and never by looking', async () => {
    const { app, access, post } = await housed()
    const code = access.links.make({ role: 'staff', who: { key: 'name:陈工', name: '陈工' }, by: 'handed' }, 60_000)
    expect((await app.request(`/enter/${code}`)).status).toBe(401)
    expect((await app.request('/')).status).toBe(200)
    for (let times = 0; times < 2; times++)
      expect(await (await post('/api/enter/look', { code })).json()).toEqual({ name: '陈工', role: 'staff' })
    const first = await post('/api/enter', { code })
    expect(first.status).toBe(200)
    expect(await (await app.request('/api/session', { headers: { cookie: cookieOf(first) } })).json()).toMatchObject({
      ...{ in: true, role: 'staff', name: '陈工' },
    })
    expect((await post('/api/enter', { code })).status).toBe(410)
    expect((await post('/api/enter/look', { code })).status).toBe(410)
  })

  test('is void after its time, and when another one is made for the same person', async () => {
    const { access, clock, post } = await housed()
    const make = () =>
      access.links.make({ role: 'staff', who: { key: 'name:陈工', name: '陈工' }, by: 'chat' }, 600_000)
    const [old, late] = [make(), make()]
    expect((await post('/api/enter', { code: old })).status).toBe(410)
    ;(clock as ReturnType<typeof fixedClock>).pass(600_000)
    expect((await post('/api/enter', { code: late })).status).toBe(410)
  })

  test('lets nobody stay whose role is taken back', async () => {
    const clock = fixedClock()
    let entitled = true
    const access = openAccess({ clock, token: TOKEN, isEntitled: () => entitled })
    const { post, app } = await aPage({ clock, access })
    const code = access.links.make({ role: 'admin', who: { key: 'k', name: '李四' }, by: 'chat' }, 60_000)
    const cookie = cookieOf(await post('/api/enter', { code }))
    const get = () => app.request('/api/status', { headers: { cookie } })
    expect((await get()).status).toBe(200)
    entitled = false
    expect((await get()).status).toBe(401)
  })
})

describe('a browser where nobody has to log in', () => {
  const PERSONS = ['boss', 'staff', 'admin'] as const
  const sessionOf = async (house: Awaited<ReturnType<typeof housed>>, role: ViewerRole) =>
    (await (await house.as(role, 'GET', '/api/session')).json()) as Record<string, unknown>

  test.each(ROUTES)('is held to its link for %s %s, and is nobody once that is over', async (method, path, needed) => {
    if (path === '/api/events') return // a stream does not end by itself
    const house = await housed(null)
    for (const role of PERSONS) {
      const { status } = await house.as(role, method, exampleOf(path))
      if (mayAs(role, needed)) expect([role, status]).not.toEqual([role, 403])
      else expect([role, status]).toEqual([role, 403])
      const own = house.access.sessions.living().find((session) => session.role === role)!
      house.access.sessions.end(own.digest)
      expect((await house.as(role, method, exampleOf(path))).status, role).toBe(401)
    }
    expect((await house.as('operator', 'GET', '/api/status')).status).toBe(200)
  })

  test('is nobody after its time, and after its person has logged out, until it says that it is the operator’s', async () => {
    const house = await housed(null)
    const clock = house.clock as ReturnType<typeof fixedClock>
    await house.as('staff', 'POST', '/api/logout')
    expect(await sessionOf(house, 'staff')).toEqual({ in: false, needed: false, ended: true })
    clock.pass(7 * 24 * 3_600_000)
    expect(await sessionOf(house, 'admin')).toEqual({ in: false, needed: false, ended: true })
    expect(await sessionOf(house, 'boss')).toMatchObject({ in: true, role: 'boss' })
    expect(await sessionOf(house, 'operator')).toMatchObject({ in: true, role: 'operator' })
    const answer = await house.as('admin', 'POST', '/api/login')
    expect(answer.headers.get('set-cookie')).toMatch(/^guoshen=; Max-Age=0/)
  })

  test('goes on showing what it was given when that is over', async () => {
    const { access, post, clock } = await housed(null)
    const code = access.links.make({ role: 'staff', who: { key: 'k', name: '陈工' }, by: 'handed' }, 60_000)
    const [, seconds] = /Max-Age=(\d+)/.exec((await post('/api/enter', { code })).headers.get('set-cookie')!) ?? []
    const longest = Math.max(...access.sessions.living().map(({ endsAtMs }) => endsAtMs))
    expect(Number(seconds) * 1_000).toBeGreaterThan(longest - clock.now())
  })
})

describe('somebody who came in by their seat in the staff group', () => {
  const CHEN = { key: 'name:陈工', name: '陈工' }

  test.each([
    ['staff', 'customer', false],
    ['staff', 'staff', true],
    ['staff', 'admin', true],
    ['admin', 'staff', false],
    ['staff', undefined, true],
  ] as const)('as %s, and is %s now, stays: %s', async (role, now, stays) => {
    const clock = fixedClock()
    const access = openAccess({ clock, token: TOKEN, isEntitled: () => false })
    const { post, app } = await aPage({ clock, access })
    const code = access.links.make({ role, who: CHEN, by: 'roster' }, 60_000)
    const cookie = cookieOf(await post('/api/enter', { code }))
    const get = async () => (await app.request('/api/status', { headers: { cookie } })).status
    const asked: string[] = []
    const look = () =>
      access.sessions.review(async (key) => {
        asked.push(key)
        return now
      })
    // Once is not enough: right after a login not everybody is listed.
    expect([await look(), await get()]).toEqual([0, 200])
    expect([await look(), await get()]).toEqual(stays ? [0, 200] : [1, 401])
    expect(asked).toEqual([CHEN.key, CHEN.key])
  })

  test('is not thrown out by one wrong look', async () => {
    const access = openAccess({ token: TOKEN })
    access.sessions.begin({ role: 'staff', who: CHEN, by: 'roster', device: 'Mac' })
    for (const now of ['customer', 'staff', 'customer', undefined, 'customer'] as const)
      expect(await access.sessions.review(async () => now)).toBe(0)
  })
})

describe('a ticket in the console', () => {
  const versionOf = async ({ as }: Awaited<ReturnType<typeof housed>>): Promise<string> =>
    (await (await as('staff', 'GET', '/api/tickets/1')).json()).ticket.version

  test('is taken by the order of the chat, in the name of whoever is there', async () => {
    const house = await housed()
    const answer = await house.as('staff', 'POST', '/api/tickets/1/claim', { version: await versionOf(house) })
    expect(answer.status).toBe(200)
    expect(house.orders).toEqual([
      [
        { kind: 'claim-ticket', number: 1 },
        { who: { key: 'name:staff', name: '某staff' }, role: 'staff', where: 'page' },
      ],
    ])
  })

  test('asks the operator for a name first', async () => {
    const house = await housed()
    const answer = await house.as('operator', 'POST', '/api/tickets/1/claim', { version: await versionOf(house) })
    expect([answer.status, (await answer.json()).needsName]).toEqual([428, true])
    expect(house.orders).toEqual([])
  })

  test('is not changed by whoever has not seen what it is now', async () => {
    const house = await housed()
    const version = await versionOf(house)
    await house.desk.claim(1, { key: 'name:徐经理', name: '徐经理' })
    const answer = await house.as('staff', 'POST', '/api/tickets/1/reply', { version, text: '您好' })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ error: '徐经理 1 秒前接了这张单。', ticket: { status: 'claimed' } })
    expect(house.orders).toEqual([])
  })

  test('sends a reply after the time in which it can be taken back, and not when it is', async () => {
    const house = await housed()
    const body = { version: await versionOf(house), text: '已经重新打包' }
    const taken = await (await house.as('staff', 'POST', '/api/tickets/1/reply', body)).json()
    expect((await house.as('admin', 'DELETE', `/api/pending/${taken.pending}`)).status).toBe(409)
    expect((await house.as('staff', 'DELETE', `/api/pending/${taken.pending}`)).status).toBe(200)
    await house.as('staff', 'POST', '/api/tickets/1/reply', { ...body, text: '重新打包好了' })
    await house.end()
    expect(house.orders.map(([{ kind, text }]) => [kind, text])).toEqual([['reply-ticket', '重新打包好了']])
  })
})
