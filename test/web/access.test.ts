import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import type { AccessOptions } from '../../src/web/access.js'
import { aPage } from '../support/a-page.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { openAccess, RUN_KEY } from '../support/open-access.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

const TOKEN = 'Wh3r-7nobody-Guesses-it.'
const MINUTE_MS = 60_000
const HTTPS = { 'x-forwarded-proto': 'https' }

async function page(options: Partial<AccessOptions> = { token: TOKEN }, { simulated = true } = {}) {
  const clock = fixedClock()
  const { log, lines } = capturedLog()
  const { alerts, heard } = recordedAlerts()
  const health = new Hono().get('/healthz', (c) => c.json({ ok: true })).get('/metrics', (c) => c.text('numbers'))
  const access = openAccess({ clock, alerts, ...options })
  const { app } = await aPage({ ...{ clock, log, health, access }, ...(simulated ? {} : { world: null }) })
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(`http://bot.example.com${path}`, { headers })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(`http://bot.example.com${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const logIn = async (headers: Record<string, string> = {}) => {
    const response = await post('/api/login', { token: TOKEN }, headers)
    return { response, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
  }
  return { app, clock, lines, heard, get, post, logIn }
}

describe('whoever is not logged in', () => {
  test.each([
    '/api/status',
    '/api/qr.svg',
    '/api/events',
    '/api/simulator/conversations?as=wang',
    '/api/simulator/pictures/1',
    '/api/talks',
    '/api/tickets',
    '/api/tickets/1',
    '/api/claims',
    '/api/unknown',
    '/metrics',
    '/package.json',
    '/app.js/../../package.json',
    '//api/status',
    '/%61pi/status',
    '/api%2fstatus',
  ])('gets nothing from %s', async (path) => {
    expect((await (await page()).get(path)).status).toBe(401)
  })

  test.each(['/', '/index.html', '/app.js', '/app.css', '/vendor/preact.js', '/icon.svg', '/healthz', '/api/session'])(
    'may have %s, which holds no secrets',
    async (path) => {
      expect((await (await page()).get(path)).status).toBe(200)
    },
  )

  test('learns nothing from the session but that nobody is in', async () => {
    expect(await (await (await page()).get('/api/session')).json()).toEqual({ in: false, needed: true })
  })

  test('can order nothing', async () => {
    for (const path of [
      '/api/reload',
      '/api/simulator/messages',
      '/api/tickets/forget',
      '/api/tickets/1/reply',
      '/api/order',
    ]) {
      expect((await (await page()).post(path, {})).status).toBe(401)
    }
  })

  test('is no one with a cookie of their own making', async () => {
    expect((await (await page()).get('/api/status', { cookie: 'guoshen=' })).status).toBe(401)
    expect((await (await page()).get('/api/status', { cookie: `guoshen=${TOKEN}` })).status).toBe(401)
    expect((await (await page()).get('/api/status', { cookie: 'guoshen=__proto__; guoshen=x' })).status).toBe(401)
  })
})

describe('logging in', () => {
  test('lets in with the token, until one logs out', async () => {
    const { get, post, logIn } = await page()
    const { response, cookie } = await logIn()
    expect(response.headers.get('set-cookie')).toMatch(
      /^guoshen=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect((await get('/api/status', { cookie })).status).toBe(200)
    expect(await (await get('/api/session', { cookie })).json()).toEqual({
      ...{ in: true, needed: true, role: 'operator', name: null },
    })
    await post('/api/logout', {}, { cookie })
    expect((await get('/api/status', { cookie })).status).toBe(401)
  })

  test('ends by itself after twelve hours', async () => {
    const { clock, get, logIn } = await page()
    const { cookie } = await logIn()
    clock.pass(12 * 60 * MINUTE_MS - 1)
    expect((await get('/api/status', { cookie })).status).toBe(200)
    clock.pass(1)
    expect((await get('/api/status', { cookie })).status).toBe(401)
  })

  test('gives a cookie for HTTPS alone where the proxy says so, and only where a proxy is trusted', async () => {
    const behind = await page({ token: TOKEN, trustProxy: true })
    const { response, cookie } = await behind.logIn(HTTPS)
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-guoshen=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect((await behind.get('/api/status', { cookie, ...HTTPS })).status).toBe(200)
    expect((await behind.get('/api/status', { cookie })).status).toBe(401)
    expect((await (await page()).logIn(HTTPS)).response.headers.get('set-cookie')).not.toContain('Secure')
  })

  test.each([{}, { token: '' }, { token: 1 }, { token: TOKEN, as: 'admin' }, { token: 'x'.repeat(1_001) }, null])(
    'asks for a token when it gets %j',
    async (body) => {
      expect((await (await page()).post('/api/login', body)).status).toBe(400)
    },
  )

  test('takes five wrong tokens in a quarter of an hour, and the right one all the same', async () => {
    const { clock, post, logIn, lines, heard } = await page()
    for (let guess = 0; guess < 5; guess++) {
      expect(heard).toEqual([])
      expect((await post('/api/login', { token: `guess ${guess}` })).status).toBe(401)
    }
    const response = await post('/api/login', { token: 'guess 6' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '900'])
    expect(await response.json()).toEqual({ error: '试错太多次了，请过 15 分钟再试' })
    expect((await logIn()).response.status).toBe(200)
    expect(heard).toEqual([['raise', 'wrong-tokens', { count: 5 }]])
    expect(JSON.stringify(lines)).not.toMatch(/guess|Wh3r/)
    clock.pass(15 * MINUTE_MS)
    expect((await post('/api/login', { token: 'guess 7' })).status).toBe(401)
  })

  test('keeps nobody out who has the token, however many guess from wherever', async () => {
    const { post, get, logIn } = await page({ token: TOKEN, trustProxy: true })
    for (let count = 0; count < 1_000; count++)
      await post('/api/login', { token: 'guess' }, { 'x-forwarded-for': `10.1.${count % 250}.${count % 3}` })
    expect((await logIn({ 'x-forwarded-for': '10.9.9.9' })).response.status).toBe(200)
    expect((await get('/metrics', { authorization: `Bearer ${TOKEN}` })).status).toBe(200)
    expect((await get('/metrics', { authorization: 'Bearer guess' })).status).toBe(429)
  })

  test('counts addresses apart behind a proxy, IPv6 ones by their network, and all together', async () => {
    const { post } = await page({ token: TOKEN, trustProxy: true })
    const guess = (address: string) =>
      post('/api/login', { token: 'guess' }, { 'x-forwarded-for': `10.0.0.1, ${address}` })
    for (let count = 0; count < 5; count++) await guess('2001:db8::1')
    expect((await guess('2001:db8:0:0:ffff::2')).status).toBe(429)
    expect((await guess('2001:db8:0:1::1')).status).toBe(401)
    for (let count = 0; count < 100; count++) await guess(`10.1.0.${count}`)
    expect((await guess('10.2.0.1')).status).toBe(429)
  })

  test('does not let a guest choose the address that is counted', async () => {
    const { post } = await page()
    for (let count = 0; count < 5; count++) {
      await post('/api/login', { token: 'guess' }, { 'x-forwarded-for': `10.1.0.${count}` })
    }
    expect((await post('/api/login', { token: 'guess' }, { 'x-forwarded-for': '10.9.9.9' })).status).toBe(429)
  })
})

describe('a program', () => {
  test.each([
    ['the token', TOKEN, 200],
    ['the key of the run', RUN_KEY, 200],
    ['anything else', 'something-else', 401],
  ])('with %s gets the numbers accordingly', async (_what, shown, status) => {
    expect((await (await page()).get('/metrics', { authorization: `Bearer ${shown}` })).status).toBe(status)
  })

  test('cannot guess for longer than a person, while the token and the key of the run go on opening', async () => {
    const { get } = await page()
    for (let guess = 0; guess < 5; guess++) await get('/metrics', { authorization: `Bearer guess${guess}` })
    expect((await get('/metrics', { authorization: 'Bearer guess' })).status).toBe(429)
    expect((await get('/metrics', { authorization: `Bearer ${TOKEN}` })).status).toBe(200)
    expect((await get('/metrics', { authorization: `Bearer ${RUN_KEY}` })).status).toBe(200)
  })
})

describe('a request that another site has made the browser send', () => {
  test.each([
    ['from another origin', { origin: 'https://evil.example' }, 403],
    ['from another port', { origin: 'http://bot.example.com:8080' }, 403],
    ['from an opaque origin', { origin: 'null' }, 403],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['that the browser calls same-site', { 'sec-fetch-site': 'same-site' }, 403],
    ['by a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['by a form that uploads', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['as plain text', { 'content-type': 'text/plain' }, 415],
    ['by its own page', { origin: 'http://bot.example.com', 'sec-fetch-site': 'same-origin' }, 200],
  ])('%s is met accordingly, cookie or not', async (_how, headers, status) => {
    const { post, logIn } = await page()
    const { cookie } = await logIn()
    expect((await post('/api/reload', { force: false }, { cookie, ...headers })).status).toBe(status)
  })
})

describe('the page as a whole', () => {
  test('changes nothing on GET, HEAD or OPTIONS, nor by other verbs', async () => {
    let reloads = 0
    const { app } = await page({})
    const paths = app.routes.filter(({ method }) => method === 'POST').map(({ path }) => path)
    expect(paths).toContain('/api/reload')
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
        const response = await app.request(new Request(`http://localhost${path}`, { method }))
        reloads += Number(response.status < 400)
      }
    }
    expect(reloads).toBe(0)
  })

  test('has no way to play anybody where a real WeChat is used', async () => {
    const { app, get } = await page({ token: TOKEN }, { simulated: false })
    const played = app.routes.filter(({ path }) => path.startsWith('/api/simulator'))
    expect(played).toEqual([])
    const authorization = `Bearer ${TOKEN}`
    for (const path of ['people', 'conversations?as=wang', 'messages?as=wang'].map((one) => `/api/simulator/${one}`)) {
      expect((await get(path, { authorization })).status).toBe(404)
    }
  })

  test('serves nothing but its own files', async () => {
    const { app } = await page({})
    const out = [
      '..',
      '%2e%2e',
      '%2e.',
      '.%2e',
      '%252e%252e',
      '..%5c',
      '..%2f',
      '%2e%2e%2f',
      '....//',
      '..;',
      '%c0%ae%c0%ae',
      '%00',
    ]
    for (const step of out) {
      for (const target of [
        'package.json',
        'knowledge/fasttest.md',
        'guoshen.yaml',
        'etc/passwd',
        'data/running.json',
      ]) {
        for (const path of [`/${step}/${target}`, `/${step}${target}`, `/chat.css/${step}/${step}/${target}`]) {
          const response = await app.request(new Request(`http://localhost${path}`))
          expect(`${path} ${response.status}`).toMatch(/ 40[04]$/)
        }
      }
    }
    for (const path of ['/knowledge/fasttest.md', '/.git/config', '/node_modules/hono/package.json']) {
      expect((await app.request(path)).status).toBe(404)
    }
  })

  test('tells browsers to run, embed and fetch nothing but its own', async () => {
    const { get } = await page()
    const { headers } = await get('/')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
  })

  test('takes no large orders', async () => {
    const { post } = await page({})
    const local = { host: 'localhost' }
    expect((await post('/api/reload', { text: 'x'.repeat(100_000) }, local)).status).toBe(403) // a foreign name first
    const { app } = await page({})
    const body = JSON.stringify({ text: 'x'.repeat(100_000) })
    const headers = { 'content-type': 'application/json' }
    expect((await app.request('/api/reload', { method: 'POST', headers, body })).status).toBe(413)
  })
})
