import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { isInside, loadPicture } from '../../../src/channel/onebot/incoming.js'
import { png } from '../../support/picture-bytes.js'

const nobody = { call: () => Promise.reject(new Error('not asked')) }
const picture = (url: string) => ({ type: 'image', data: { url } })

async function serving(answer: Parameters<typeof createServer>[1] & object) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png`
}

test('tells addresses of the inside', () => {
  const inside = [
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '172.20.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
  ]
  expect([...inside, 'fd00::1', 'fe80::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe'].map(isInside)).not.toContain(false)
  expect(['119.147.1.1', '8.8.8.8', '172.32.0.1', '2408:8756::1', '::ffff:8.8.8.8'].map(isInside)).not.toContain(true)
})

test('does not ask an address of another machine inside, wherever the implementation runs', async () => {
  const metadata = picture('http://169.254.169.254/latest/meta-data')
  await expect(loadPicture(metadata, { ask: nobody, ownHost: '127.0.0.1' })).rejects.toThrow('an address of the inside')
})

test.each(['http://127.0.0.1:1/a.png', 'http://[::1]:1/a.png', 'http://localhost:1/a.png', 'http://2130706433/a.png'])(
  'does not ask %s, unless the implementation runs there',
  async (url) => {
    await expect(loadPicture(picture(url), { ask: nobody, ownHost: 'qq.example.com' })).rejects.toThrow(
      /^an address of the inside$|^EACCES$/,
    )
    await expect(loadPicture(picture(url), { ask: nobody, ownHost: '127.0.0.1' })).rejects.not.toThrow(/inside|EACCES/)
  },
)

test.each(['file:///etc/passwd', 'ftp://127.0.0.1/a', 'data:image/png;base64,AAAA', '/etc/passwd', ''])(
  'takes %j for no address',
  async (url) => {
    await expect(loadPicture(picture(url), { ask: nobody, ownHost: '127.0.0.1' })).rejects.toThrow('without an address')
  },
)

test('brings the bytes, and what is given instead of an address', async () => {
  const url = await serving((_, response) => response.end(png()))
  const bytes = await loadPicture(picture(url), { ask: nobody, ownHost: 'localhost' })
  expect(Buffer.from(bytes)).toEqual(png())
  const call = async () => ({ url: 'file:///tmp/a.png', base64: png().toString('base64') }) as never
  const asked = await loadPicture({ type: 'image', data: { file: 'a.png' } }, { ask: { call }, ownHost: 'localhost' })
  expect(Buffer.from(asked)).toEqual(png())
})

test.each<[string, Parameters<typeof serving>[0], string]>([
  ['a redirection', (_, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(), 'HTTP 302'],
  [
    'what says that it is too large',
    (_, response) => response.writeHead(200, { 'content-length': 99e9 }).end(),
    'too large',
  ],
  [
    'what grows too large',
    (_, response) => {
      response.on('error', () => {})
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024))) {}
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    },
    'too large',
  ],
])('leaves %s', async (_what, answer, message) => {
  const url = await serving(answer)
  await expect(loadPicture(picture(url), { ask: nobody, ownHost: '127.0.0.1' })).rejects.toThrow(message)
})
