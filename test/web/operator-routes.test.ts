import { expect, test } from 'vitest'
import type { RoleClaim, RoleGrant } from '../../src/model/ports.js'
import { AccessControl } from '../../src/web/access.js'
import { aPage } from '../support/a-page.js'
import { fixedClock } from '../support/fixed-clock.js'
import { recordedAlerts } from '../support/recorded-alerts.js'

const TOKEN = 'the-token-of-the-page-24-chars'
const RUN_KEY = 'the-key-of-this-run'

const CLAIM: RoleClaim = {
  person: { key: 'name:张三', name: '<b>张三</b>' },
  contactId: '@zhang',
  codes: [{ role: 'admin', code: '48291307' }],
  ...{ expiresAtMs: 5, wrongCount: 0, lastWrongAtMs: 0, lockedUntilMs: 0 },
}
const GRANT: RoleGrant = {
  ...{ role: 'staff', name: '李四', personKey: 'name:李四', contactId: '@li', remark: '过审同事-7k2m' },
  ...{ formerRemark: '', isRemarkSeen: true, grantedAtMs: 1 },
}

async function aRoute() {
  const orders: string[] = []
  const access = new AccessControl({
    token: TOKEN,
    runKey: RUN_KEY,
    trustProxy: false,
    clock: fixedClock(),
    alerts: recordedAlerts().alerts,
  })
  const { app } = await aPage({
    access,
    order: async (text, by) => {
      orders.push(`${by.role} ${by.where}: ${text}`)
      return { ok: text !== '坏', text: '好的' }
    },
    people: { claims: () => [CLAIM], grants: () => [GRANT], configured: [] },
  })
  const post = (body: unknown, bearer = TOKEN) =>
    app.request('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { app, orders, post }
}

test('passes an order on and tells what came of it', async () => {
  const { post, orders } = await aRoute()
  expect(await (await post({ text: ' 状态 ' })).json()).toEqual({ ok: true, text: '好的' })
  expect(await (await post({ text: '坏' }, RUN_KEY)).json()).toEqual({ ok: false, text: '好的' })
  expect(orders).toEqual(['operator page: 状态', 'operator terminal: 坏'])
})

test('only who has the key of this run is the terminal, whatever is said', async () => {
  const { post, orders } = await aRoute()
  expect((await post({ text: '状态', where: 'terminal' })).status).toBe(400)
  for (const bearer of [TOKEN, '', `${RUN_KEY}x`, RUN_KEY.toUpperCase()]) await post({ text: '状态' }, bearer)
  expect(new Set(orders)).toEqual(new Set(['operator page: 状态']))
})

test.each([
  '',
  '{',
  [],
  {},
  { text: '' },
  { text: ' ' },
  { text: 'a'.repeat(2_001) },
  { text: '状态', where: 'direct' },
])('refuses %j', async (body) => {
  const { post, orders } = await aRoute()
  expect((await post(body)).status).toBe(400)
  expect(orders).toEqual([])
})

test('shows codes and roles, and has the browser keep nothing', async () => {
  const response = await (await aRoute()).app.request('/api/claims', { headers: { authorization: `Bearer ${TOKEN}` } })
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual({
    claims: [{ name: '<b>张三</b>', codes: CLAIM.codes, expiresAtMs: 5 }],
    grants: [{ name: '李四', role: 'staff', remark: '过审同事-7k2m' }],
  })
})
