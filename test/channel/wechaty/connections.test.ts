import { EventEmitter } from 'node:events'
import type { Agent } from 'node:https'
import { createServer, Socket } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { tendConnections } from '../../../src/channel/wechaty/session.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'

afterEach(() => {
  vi.restoreAllMocks()
})

async function silentServer(): Promise<number> {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy()))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

test('asks on every connection of wechat4u whether the other end is still there', async () => {
  const asked: { httpsAgent: Agent; url: string }[] = []
  const request = async (options: object) => void asked.push(options as never)
  const wechat4u = Object.assign(new FakeWechat4u(), { request })
  tendConnections({ wechat4u })
  await wechat4u.request({ url: 'https://example.com/webwxsendmsg' })
  expect(asked).toMatchObject([{ url: 'https://example.com/webwxsendmsg' }])

  const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive')
  const isAskedFor = new Promise<{ connecting: boolean; delayMs: number | undefined }>((resolve) => {
    keepAlive.mockImplementation(function (this: Socket, _on, delayMs) {
      resolve({ connecting: this.connecting, delayMs })
      return this
    })
  })
  const { httpsAgent } = asked[0]!
  const socket = httpsAgent.createConnection({ host: '127.0.0.1', port: await silentServer() }) as Socket
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  // Before there is a connection the delay would be lost.
  expect(await isAskedFor).toEqual({ connecting: false, delayMs: 5_000 })
  // Connections are not kept for what is sent: wechat4u asks for that, and a stale one would lose it.
  expect(httpsAgent.options.keepAlive).not.toBe(true)
})

interface Asked {
  readonly url: string
  readonly httpsAgent: Agent
  readonly headers?: { readonly connection?: string }
}

/** @param answer to the first request, the second … */
async function poll(...answer: readonly (() => unknown)[]) {
  const asked: Asked[] = []
  const request = async (options: object) => {
    asked.push(options as Asked)
    return answer[asked.length - 1]?.()
  }
  const wechat4u = Object.assign(new FakeWechat4u(), { request })
  tendConnections({ wechat4u })
  const done = wechat4u.request({ url: 'https://example.com/cgi-bin/mmwebwx-bin/synccheck' })
  return { asked, done: await done.catch((error: Error) => error) }
}

const reset = (reusedSocket: boolean) => () => {
  throw Object.assign(new Error('socket hang up'), {
    code: 'ECONNRESET',
    request: { _currentRequest: { reusedSocket } },
  })
}

test('polls keep their connection, and TCP asks after it as before', async () => {
  const { asked } = await poll()
  const [{ httpsAgent, headers }] = asked as [Asked]
  expect(httpsAgent.options.keepAlive).toBe(true)
  expect(headers?.connection).toBe('keep-alive')

  const delays: number[] = []
  const socket = Object.assign(new Socket(), { setKeepAlive: (_: boolean, ms: number) => void delays.push(ms) })
  const asking = Object.assign(new EventEmitter(), { reusedSocket: false })
  httpsAgent.reuseSocket(socket, asking as never)
  asking.on('socket', () => socket.setKeepAlive(true, 60_000)) // as axios does
  asking.emit('socket', socket)
  await Promise.resolve()
  expect([asking.reusedSocket, delays]).toEqual([true, [60_000, 5_000]])
})

test('a poll is sent once more where the connection that was kept is gone, and only there', async () => {
  const again = await poll(reset(true), () => 'news')
  expect([again.done, again.asked.length]).toEqual(['news', 2])
  expect(again.asked[1]!.httpsAgent.options.keepAlive).not.toBe(true)
  expect((await poll(reset(false), () => 'news')).done).toMatchObject({ code: 'ECONNRESET' })
  expect((await poll(reset(true), reset(true))).done).toMatchObject({ code: 'ECONNRESET' })
})

test('leaves other puppets alone', () => {
  const puppet = { wechat4u: new FakeWechat4u() }
  expect(() => tendConnections(puppet)).not.toThrow()
  expect(() => tendConnections({})).not.toThrow()
})
