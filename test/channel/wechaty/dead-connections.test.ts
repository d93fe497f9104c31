import type { Agent } from 'node:https'
import { createServer, Socket } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { noticeDeadConnections } from '../../../src/channel/wechaty/session.js'
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
  noticeDeadConnections({ wechat4u })
  await wechat4u.request({ url: 'https://example.com/synccheck' })
  expect(asked).toMatchObject([{ url: 'https://example.com/synccheck' }])

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
  // Connections are not kept for the next request: wechat4u asks for that, and a stale one would lose a send.
  expect(httpsAgent.options.keepAlive).not.toBe(true)
})

test('leaves other puppets alone', () => {
  const puppet = { wechat4u: new FakeWechat4u() }
  expect(() => noticeDeadConnections(puppet)).not.toThrow()
  expect(() => noticeDeadConnections({})).not.toThrow()
})
