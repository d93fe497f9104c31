import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { canReachWechat, proxyFor, waitForNetwork } from '../../../src/channel/wechaty/session.js'
import { capturedLog } from '../../support/captured-log.js'

test('does not wait and says nothing while the network is there', async () => {
  const { log, lines } = capturedLog()
  expect(await waitForNetwork({ log, probe: async () => true })).toBe(true)
  expect(lines).toEqual([])
})

test('waits for the network and logs its going and coming, however long it takes', async () => {
  const { log, lines } = capturedLog()
  let probes = 0
  const away: string[] = []
  const onAway = (host: string): void => void away.push(host)
  expect(await waitForNetwork({ log, onAway, probe: async () => ++probes > 8, firstWaitMs: 0.1 })).toBe(true)
  expect(away).toEqual(['login.wx.qq.com'])
  expect(probes).toBe(9)
  expect(lines.map(({ msg }) => msg)).toEqual(['WeChat cannot be reached, waiting for the network', 'network is back'])
})

test('tries its luck after a while, should the probe be wrong', async () => {
  const { log } = capturedLog()
  expect(await waitForNetwork({ log, probe: async () => false, firstWaitMs: 1, giveUpMs: 10 })).toBe(false)
})

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  [{ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'http://a:1/'],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost, .qq.com' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'qq.com' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'notqq.com,q.com' }, 'http://proxy:3128/'],
  [{ HTTPS_PROXY: 'http://proxy:3128', no_proxy: '*' }, undefined],
  [{ ALL_PROXY: 'socks5://proxy:1080' }, undefined],
])('the proxy by %o is %s', (env, proxy) => {
  expect(proxyFor('login.wx.qq.com', env)?.href).toBe(proxy)
})

test.each([
  [200, true],
  [502, false],
])('asks the proxy, which says %i', async (status, reached) => {
  const asked: (string | undefined)[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url, request.headers['proxy-authorization'])
    socket.end(`HTTP/1.1 ${status} Whatever\r\n\r\n`)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const HTTPS_PROXY = `http://me:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`
  expect(await canReachWechat({ HTTPS_PROXY })).toBe(reached)
  expect(asked).toEqual(['login.wx.qq.com:443', `Basic ${Buffer.from('me:pass').toString('base64')}`])
})

test('a proxy that is not there reaches nobody', async () => {
  expect(await canReachWechat({ HTTPS_PROXY: 'http://127.0.0.1:9' })).toBe(false)
})
