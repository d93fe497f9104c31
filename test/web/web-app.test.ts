import { expect, test } from 'vitest'
import { directIdOf } from '../../src/channel/simulator/world.js'
import type { BotStatus } from '../../src/web/app.js'
import { aMessage } from '../support/a-message.js'
import { aPage, aTrace } from '../support/a-page.js'
import { png } from '../support/picture-bytes.js'

const ROOM = 'room-xiangtian'
const PNG = png()
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

const json = async (response: Response | Promise<Response>) => (await response).json()

test('lists the conversations of the person that one is', async () => {
  const { app, world } = await aPage()
  world.post({ conversationId: ROOM, fromId: 'li', text: '在吗' })
  const seen = await json(app.request('/api/simulator/conversations?as=xu'))
  expect(seen.conversations.map(({ title }: { title: string }) => title)).toEqual([
    '想天售后服务群',
    '过审值班群',
    '过审小助手',
  ])
  expect(seen.conversations[0].last).toMatchObject({ text: '在吗', fromName: '小李' })
})

test('posts a text with mention and quote into the world', async () => {
  const { app, world, post } = await aPage()
  const original = world.post({ conversationId: ROOM, fromId: 'li', text: '类目选哪个' })
  const body = { as: 'wang', conversation: ROOM, text: '@过审小助手\u2005同问', quote: original.id }
  expect((await post('/api/simulator/messages', body)).status).toBe(201)
  expect(world.messages(ROOM).at(-1)).toMatchObject({ fromId: 'wang', mentionIds: ['bot'], quoteOfId: original.id })
  const { messages } = await json(app.request(`/api/simulator/messages?as=xu&conversation=${ROOM}`))
  expect(messages.at(-1).quote).toEqual({ id: original.id, name: '小李', kind: 'text', text: '类目选哪个' })
})

test('takes a picture and gives it back as what it is', async () => {
  const { app, post } = await aPage()
  const { message } = await json(
    post('/api/simulator/messages', { as: 'li', conversation: ROOM, picture: { base64: PNG.toString('base64') } }),
  )
  const picture = await app.request(message.pictureUrl)
  expect(picture.headers.get('content-type')).toBe('image/png')
  expect(picture.headers.get('x-content-type-options')).toBe('nosniff')
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(PNG)
})

test.each([
  ['an empty text', { text: ' \n' }, 400],
  ['neither text nor picture', {}, 400],
  ['a page that calls itself a picture', { picture: { base64: btoa('<script>') } }, 400],
  ['somebody unknown', { as: 'nobody', text: '好' }, 404],
  ['the bot itself', { as: 'bot', text: '好' }, 404],
  ['somebody who is not in the group', { conversation: 'room-staff', text: '好' }, 403],
  ['an unknown conversation', { conversation: 'nowhere', text: '好' }, 404],
  ['a quote of nothing', { text: '好', quote: 'nothing' }, 404],
])('refuses %s in Chinese', async (_what, body, status) => {
  const { world, post } = await aPage()
  const response = await post('/api/simulator/messages', { as: 'wang', conversation: ROOM, ...body })
  expect(response.status).toBe(status)
  expect((await response.json()).error).toMatch(/[\u4e00-\u9fff]/)
  expect(world.messages(ROOM)).toEqual([])
})

test('refuses a picture of more than 5 MB', async () => {
  const { post } = await aPage()
  const tooLarge = Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]).toString('base64')
  const within = Buffer.concat([PNG, Buffer.alloc(4 * 1024 * 1024)]).toString('base64')
  const send = (base64: string) =>
    post('/api/simulator/messages', { as: 'wang', conversation: ROOM, picture: { base64 } })
  expect((await json(send(tooLarge))).error).toContain('5 MB')
  expect((await send(within)).status).toBe(201)
})

test('shows a decision with the title of its section only to those who see its message', async () => {
  const { app, world, talks } = await aPage({ sections: () => [{ key: '4.1', title: '选择类目' }] })
  const { id } = world.post({ conversationId: ROOM, fromId: 'wang', text: '类目选哪个' })
  talks.record(aTrace({ messageId: id }), aMessage({ id, text: '类目选哪个' }))
  const seen = await json(app.request(`/api/simulator/messages?as=wang&conversation=${ROOM}`))
  expect(seen.talks).toMatchObject([
    { ...aTrace({ messageId: id }), text: '类目选哪个', titles: { '4.1': '选择类目' } },
  ])
  const direct = await json(app.request(`/api/simulator/messages?as=wang&conversation=${directIdOf('wang')}`))
  expect(direct.talks).toEqual([])
})

test.each([
  ['another site', { origin: 'https://evil.example' }, 403],
  ['another port of this machine', { origin: 'http://localhost:8080' }, 403],
  ['a page that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a form', { 'content-type': 'text/plain' }, 415],
  ['its own page', { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, 200],
  ['a program on this machine', {}, 200],
])('takes a reload from %s accordingly', async (_who, headers, status) => {
  let reloads = 0
  const reload = async () => ({ ok: true, text: `第 ${++reloads} 次` })
  expect((await (await aPage({ reload })).post('/api/reload', {}, headers)).status).toBe(status)
  expect(reloads).toBe(status === 200 ? 1 : 0)
})

test('is deaf to foreign host names, so that a rebound name reads nothing', async () => {
  const { app } = await aPage()
  expect((await app.request('http://evil.example/api/simulator/conversations?as=wang')).status).toBe(403)
  expect((await app.request('http://127.0.0.1:3100/api/simulator/conversations?as=wang')).status).toBe(200)
})

test('tells of a reload that failed', async () => {
  const { post } = await aPage({ reload: async () => ({ ok: false, text: 'intents/a.yaml:3 缺少 section' }) })
  const response = await post('/api/reload', {})
  expect([response.status, await response.json()]).toEqual([422, { ok: false, text: 'intents/a.yaml:3 缺少 section' }])
})

test('shows the login of a real account instead of chats, and never the text of its code', async () => {
  const qrText = 'https://login.weixin.qq.com/l/secret=='
  const login = { puppet: 'wechat4u', login: 'kicked', sinceMs: 5_000 } as const
  const status = (): BotStatus => ({ ...login, qrText, knowledgeVersion: 'k1' })
  const { app } = await aPage({ world: null, status })
  const shown = await json(app.request('/api/status'))
  expect(shown).toMatchObject({ simulated: false, ...login })
  expect(JSON.stringify(shown)).not.toContain('secret')
  expect(await (await app.request('/api/qr.svg')).text()).toMatch(/^<svg/)
  expect((await app.request('/api/simulator/conversations?as=wang')).status).toBe(404)
})

test('has no code to scan once logged in', async () => {
  const { app } = await aPage()
  expect((await app.request('/api/qr.svg')).status).toBe(404)
})

test('serves the page under a policy without inline scripts', async () => {
  const { app } = await aPage()
  const response = await app.request('/')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self';")
  expect(await response.text()).toContain('<html lang="zh-CN">')
  expect((await app.request('/../package.json')).status).toBe(404)
  expect((await app.request('/%2e%2e/package.json')).status).toBe(404)
})

test('says that it failed without saying how', async () => {
  const logged: object[] = []
  const { post } = await aPage({
    reload: async () => {
      throw new Error('secret path')
    },
    log: { ...quiet, error: (fields) => logged.push(fields) },
  })
  const response = await post('/api/reload', {})
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
  expect(logged).toHaveLength(1)
})
