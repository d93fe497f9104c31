import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { directIdOf } from '../../src/channel/simulator/world.js'
import { startWebServer, type WebServer } from '../../src/web/app.js'
import { aMessage, LI, WANG } from '../support/a-message.js'
import { aPage, aTrace } from '../support/a-page.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const running: WebServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()))
})

async function serve({ port = 0 } = {}) {
  const { app, world, talks } = await aPage()
  const server = await startWebServer(app, { port, log: quiet })
  running.push(server)
  return { world, talks, server }
}

/** Reads events as the page does; `next` waits for one, `rest` for the end of the stream. */
async function listen(url: string) {
  const response = await fetch(url)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<{ event: string; id: string; data: Record<string, unknown> }> => {
    while (!text.includes('\n\n')) {
      const { value, done } = await reader.read()
      if (done) throw new Error('the stream has ended')
      text += value
    }
    const [block = '', ...later] = text.split('\n\n')
    text = later.join('\n\n')
    return {
      event: /^event: (.*)$/m.exec(block)?.[1] ?? '',
      id: /^id: (.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}'),
    }
  }
  return { next }
}

test('listens on loopback and takes the next port when the wanted one is taken', async () => {
  const first = await serve()
  const second = await serve({ port: first.server.port })
  expect(second.server.port).toBeGreaterThan(first.server.port)
  expect(second.server.url).toBe(`http://127.0.0.1:${second.server.port}`)
  expect((await fetch(`${second.server.url}/api/status`)).status).toBe(200)
})

test('streams what is said and decided, in order and numbered', async () => {
  const { world, talks, server } = await serve()
  const reader = await listen(`${server.url}/api/events`)
  expect(await reader.next()).toMatchObject({ event: 'hello', data: { role: 'operator' } })
  world.post({ conversationId: directIdOf('li'), fromId: 'li', text: '悄悄话' })
  const asked = world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '大家好\n\n在吗' })
  talks.record(aTrace({ messageId: asked.id, kind: 'silent' }), aMessage({ id: asked.id }))
  expect(await reader.next()).toMatchObject({ event: 'message', data: { text: '悄悄话' } })
  const second = await reader.next()
  expect(second).toMatchObject({ event: 'message', data: { text: '大家好\n\n在吗', fromName: '小李' } })
  const third = await reader.next()
  expect(third).toMatchObject({ event: 'talk', data: { messageId: asked.id, kind: 'silent' } })
  expect(Number(third.id.split('-')[1])).toBe(Number(second.id.split('-')[1]) + 1)
})

test('gives whoever comes back what they missed, once, and says so where it is not kept', async () => {
  const { world, server } = await serve()
  const first = await listen(`${server.url}/api/events`)
  await first.next()
  world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '一' })
  const { id } = await first.next()
  world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '二' })
  world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '三' })
  const back = await listen(`${server.url}/api/events?after=${id}`)
  expect((await back.next()).event).toBe('hello')
  expect((await back.next()).data.text).toBe('二')
  expect((await back.next()).data.text).toBe('三')
  world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '四' })
  expect((await back.next()).data.text).toBe('四')
  const stranger = await listen(`${server.url}/api/events?after=otherrun-3`)
  expect([(await stranger.next()).event, (await stranger.next()).event]).toEqual(['hello', 'resync'])
})

test('tells nobody who comes back of what was forgotten meanwhile', async () => {
  const { talks, server } = await serve()
  const first = await listen(`${server.url}/api/events`)
  const { id } = await first.next()
  for (const [id, sender] of [
    ['of-li', LI],
    ['of-wang', WANG],
  ] as const)
    talks.record(aTrace({ messageId: id }), aMessage({ id, sender }))
  await talks.forget({ keys: [LI.key], names: [], tickets: [], said: [] })
  const back = await listen(`${server.url}/api/events?after=${id}`)
  expect((await back.next()).event).toBe('hello')
  expect((await back.next()).data.messageId).toBe('of-wang')
})

test('lets go of a reader that does not read, so that nothing piles up', async () => {
  const { world, server } = await serve()
  const unread = connect(server.port, '127.0.0.1')
  const ended = new Promise<void>((resolve) => unread.on('end', resolve))
  unread.write('GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await new Promise<void>((resolve) => unread.once('data', () => resolve()))
  unread.pause()
  for (let count = 0; count < 2_500; count++) {
    world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '很长的一句话'.repeat(300) })
    await new Promise((resolve) => setImmediate(resolve))
  }
  unread.on('data', () => {})
  unread.resume()
  await ended
  unread.destroy()
})

test('stops at once although streams are open, and twice', async () => {
  const { server } = await serve()
  const reader = await listen(`${server.url}/api/events`)
  await reader.next()
  const ended = expect(reader.next()).rejects.toThrow()
  await server.stop()
  await server.stop()
  await ended
  await expect(fetch(`${server.url}/api/status`)).rejects.toThrow()
})

describe('connections that are only held open', () => {
  const held: Socket[] = []
  afterEach(() => {
    for (const socket of held.splice(0)) socket.destroy()
  })

  /** Opens a connection that says `start` and no more; tells when the server ends it. */
  function hold(port: number, start: string) {
    const socket = connect(port, '127.0.0.1')
    held.push(socket)
    const state = { isOpen: true }
    const ended = new Promise<void>((resolve) => {
      socket.on('error', () => {})
      socket.on('data', () => {})
      socket.on('close', () => {
        state.isOpen = false
        resolve()
      })
    })
    socket.write(start)
    return { state, ended }
  }

  const HALF_A_HEADER = 'GET /login.html HTTP/1.1\r\nHost: x\r\nX-A: '
  const HALF_A_BODY =
    'POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{'
  const HALF_A_REPLY = HALF_A_BODY.replace('/api/login', '/api/tickets/1/reply')
  const HALF_A_CHUNK = `${HALF_A_BODY.slice(0, HALF_A_BODY.indexOf('Content-Length'))}Transfer-Encoding: chunked\r\n\r\n9\r\n{"to`
  /** The stream begins at once, and the request never ends. */
  const STREAM_WITH_HALF_A_BODY = 'GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n{'
  const WHOLE = 'GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

  test.each([HALF_A_HEADER, HALF_A_BODY, HALF_A_REPLY, HALF_A_CHUNK, STREAM_WITH_HALF_A_BODY, WHOLE])(
    'make room for whoever comes, and are never too many: %j',
    async (start) => {
      const { server } = await serve()
      const reader = await listen(`${server.url}/api/events`)
      expect((await reader.next()).event).toBe('hello')
      const all = Array.from({ length: 1_100 }, () => hold(server.port, start))
      expect((await fetch(`${server.url}/api/status`)).status).toBe(200)
      await vi.waitFor(() => expect(all.filter(({ state }) => state.isOpen).length).toBeLessThanOrEqual(400), 10_000)
      expect((await fetch(`${server.url}/api/status`)).status).toBe(200)
    },
  )

  test('are cut off within 15 seconds', { timeout: 15_000 }, async () => {
    const { server } = await serve()
    const starts = [HALF_A_HEADER, HALF_A_BODY, HALF_A_REPLY, HALF_A_CHUNK, STREAM_WITH_HALF_A_BODY, WHOLE, '']
    await Promise.all(starts.map((start) => hold(server.port, start).ended))
  })
})
