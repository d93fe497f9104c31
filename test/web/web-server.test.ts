import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createVendorWorld, directIdOf } from '../../src/channel/simulator/world.js'
import type { DecisionTrace } from '../../src/model/decision.js'
import { createWebApp } from '../../src/web/app.js'
import { DecisionLog } from '../../src/web/deps.js'
import { startWebServer, type WebServer } from '../../src/web/server.js'
import { openAccess } from '../support/open-access.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const running: WebServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()))
})

async function serve({ port = 0 } = {}) {
  const world = createVendorWorld({ clock: { now: () => 1_000 } })
  const journal = new DecisionLog()
  const app = createWebApp({
    world,
    journal,
    status: () => ({ puppet: 'simulator', login: 'logged-in', sinceMs: 1_000, knowledgeVersion: 'k1' }),
    reload: async () => ({ ok: true, text: '已重载' }),
    log: quiet,
    access: openAccess(),
  })
  const server = await startWebServer(app, { port, log: quiet })
  running.push(server)
  return { world, journal, server }
}

/** Reads events as the page does; `next` waits for one, `rest` for the end of the stream. */
async function listen(url: string) {
  const response = await fetch(url)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<{ event: string; data: Record<string, unknown> }> => {
    while (!text.includes('\n\n')) {
      const { value, done } = await reader.read()
      if (done) throw new Error('the stream has ended')
      text += value
    }
    const [block = '', ...later] = text.split('\n\n')
    text = later.join('\n\n')
    return {
      event: /^event: (.*)$/m.exec(block)?.[1] ?? '',
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

test('streams messages and decisions to those who can see them', async () => {
  const { world, journal, server } = await serve()
  const wang = await listen(`${server.url}/api/events?as=wang`)
  expect((await wang.next()).event).toBe('hello')
  world.post({ conversationId: directIdOf('li'), fromId: 'li', text: '悄悄话' })
  world.post({ conversationId: 'room-staff', fromId: 'chen', text: '值班的事' })
  const asked = world.post({ conversationId: 'room-xiangtian', fromId: 'li', text: '大家好\n\n在吗' })
  journal.record({ messageId: 'gone', kind: 'silent', sections: [], candidates: [] } as unknown as DecisionTrace)
  journal.record({ messageId: asked.id, kind: 'silent', sections: [], candidates: [] } as unknown as DecisionTrace)
  expect(await wang.next()).toMatchObject({ event: 'message', data: { text: '大家好\n\n在吗', fromName: '小李' } })
  expect(await wang.next()).toMatchObject({ event: 'decision', data: { messageId: asked.id, kind: 'silent' } })
})

test('ends its subscriptions when the reader leaves', async () => {
  const { journal, server } = await serve()
  const subscribe = journal.subscribe.bind(journal)
  const ended = new Promise<void>((resolve) => {
    journal.subscribe = (listener) => {
      const end = subscribe(listener)
      return () => resolve(end())
    }
  })
  const leaving = new AbortController()
  await fetch(`${server.url}/api/events?as=wang`, { signal: leaving.signal })
  leaving.abort()
  await ended
})

test('streams to nobody unknown', async () => {
  const { server } = await serve()
  expect((await fetch(`${server.url}/api/events?as=nobody`)).status).toBe(404)
})

test('stops at once although streams are open, and twice', async () => {
  const { server } = await serve()
  const reader = await listen(`${server.url}/api/events?as=wang`)
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
  const WHOLE = 'GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

  test.each([HALF_A_HEADER, HALF_A_BODY, WHOLE])(
    'make room for whoever comes, and are never too many: %j',
    async (start) => {
      const { server } = await serve()
      const reader = await listen(`${server.url}/api/events?as=wang`)
      expect((await reader.next()).event).toBe('hello')
      const all = Array.from({ length: 1_100 }, () => hold(server.port, start))
      expect((await fetch(`${server.url}/api/status`)).status).toBe(200)
      await vi.waitFor(() => expect(all.filter(({ state }) => state.isOpen).length).toBeLessThanOrEqual(400), 10_000)
      expect((await fetch(`${server.url}/api/status`)).status).toBe(200)
    },
  )

  test('are cut off within 15 seconds', { timeout: 15_000 }, async () => {
    const { server } = await serve()
    await Promise.all([HALF_A_HEADER, HALF_A_BODY, WHOLE, ''].map((start) => hold(server.port, start).ended))
  })
})
