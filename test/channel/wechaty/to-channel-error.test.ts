import { AssertionError } from 'node:assert'
import { once } from 'node:events'
import { get } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { toChannelError } from '../../../src/channel/wechaty/channel.js'
import { ChannelError } from '../../../src/errors.js'

const SECRETS = { config: { url: 'https://wx.qq.com/webwxsendmsg', headers: { cookie: 'wxsid=secret' } } }
const refused = (number: number) =>
  Object.assign(new AssertionError({ actual: number, expected: 0, operator: '==' }), SECRETS)
const broken = (code: string, facts: object = {}) =>
  Object.assign(new Error(`request failed: ${code}`), { name: 'AxiosError', code }, SECRETS, facts)

/** As Node tells it, whatever its version. */
async function brokenHandshake(): Promise<object> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [error] = await once(get({ host: '127.0.0.1', port }), 'error')
  server.close()
  return Object.assign(error, { name: 'AxiosError' }, SECRETS)
}

test.each([1204, -1, 1, 1201])('knows the refusal %i by its number: it was not said', (number) => {
  expect(toChannelError(refused(number))).toMatchObject({
    ...{ code: 'channel-rejected', retryable: true },
    ...{ tooMany: false, sessionOver: false },
  })
})

test.each([
  ['logged out on the phone', refused(1100)],
  ['by a login elsewhere, in quotes', new Error("'1101' == 0")],
  ['thrown out', refused(1102)],
])('knows that the session is over: %s', (_how, error) => {
  expect(toChannelError(error)).toMatchObject({ code: 'channel-rejected', retryable: false, sessionOver: true })
})

test.each([
  ['by the number', refused(1205)],
  ['by the number as text', Object.assign(new Error('refused'), { actual: '1205' })],
  ['by the message', new Error('1205 == 0')],
  ['by the message in quotes', new Error("'1205' == 0")],
])('knows "too many" %s', (_how, error) => {
  expect(toChannelError(error)).toMatchObject({ code: 'channel-rejected', retryable: false, tooMany: true })
})

test.each([
  ['the connection was refused', broken('ECONNREFUSED', { cause: { syscall: 'connect' } })],
  ['all addresses refused', broken('ECONNREFUSED')],
  ['the host is not known', broken('ENOTFOUND')],
  ['connecting took too long', broken('ETIMEDOUT', { cause: { syscall: 'connect' } })],
  ['the connection broke amid its handshake', await brokenHandshake()],
  [
    'the picture was not uploaded',
    broken('ECONNRESET', { config: { url: 'https://f/cgi-bin/webwxuploadmedia?f=json' } }),
  ],
])('would say again when %s: nothing was taken', (_what, error) => {
  expect(toChannelError(error)).toMatchObject({ code: 'channel-unreachable', retryable: true })
})

test.each([
  ['the connection broke', broken('ECONNRESET')],
  ['the answer took too long', broken('ECONNABORTED')],
  ['reading took too long', broken('ETIMEDOUT', { cause: { syscall: 'read' } })],
  ['a gateway answered', broken('ERR_BAD_RESPONSE', { response: { status: 502 } })],
  ['the answer was a web page', new TypeError("Cannot read properties of undefined (reading 'Ret')")],
])('does not say again when %s: it may have been said', (_what, error) => {
  expect(toChannelError(error)).toMatchObject({ code: 'channel-unreachable', retryable: false })
})

test.each([refused(1205), broken('ECONNRESET'), Object.assign(new Error('x'), SECRETS)])(
  'hands on nothing but words',
  (error) => {
    const ours = toChannelError(error)
    expect(ours.cause).toBeUndefined()
    expect(inspect(ours, { depth: 10, showHidden: true })).not.toContain('secret')
  },
)

test("hands on WeChat's own words to the user, and cuts long messages", () => {
  expect(toChannelError(Object.assign(refused(1205), { tips: '操作太频繁' })).message).toBe('1205 == 0 · 操作太频繁')
  expect(toChannelError(new Error('x'.repeat(5_000))).message).toHaveLength(200)
})

test('leaves our own errors as they are, and takes anything for one', () => {
  const own = new ChannelError('channel-rejected', 'not known', { retryable: false })
  expect(toChannelError(own)).toBe(own)
  expect(toChannelError('text').message).toBe('text')
  expect(toChannelError(undefined)).toMatchObject({ message: 'unknown error', retryable: false })
})
