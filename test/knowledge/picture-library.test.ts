import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PictureLibrary } from '../../src/knowledge/pictures.js'
import { capturedLog, LEVEL } from '../support/captured-log.js'
import { gif, jpg, png } from '../support/picture-bytes.js'
import { tempFolder } from '../support/temp-folder.js'

const PATH = '/img/icecms/202301/1736bd28c35912c8.png'
const TOO_LARGE_BYTES = 5 * 1024 * 1024 + 1

/** A documentation site on loopback; counts what is asked of it. */
async function siteThat(answer: RequestListener): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const siteWith = (body: string | Buffer) => siteThat((_request, response) => response.end(body))

function libraryWith({
  docsSite = null,
  fetchTimeoutMs = 5_000,
}: {
  docsSite?: string | null
  fetchTimeoutMs?: number
}) {
  const root = tempFolder()
  const knowledgeDir = join(root, 'knowledge')
  const illustrationsDir = join(knowledgeDir, 'illustrations')
  const cacheDir = join(root, 'data', 'pictures')
  mkdirSync(illustrationsDir, { recursive: true })
  const { log, lines } = capturedLog()
  const options = { knowledgeDir, illustrationsDir, docsSite, cacheDir, fetchTimeoutMs }
  const put = (path: string, bytes: Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), bytes)
  }
  const library = new PictureLibrary(options, log)
  return { library, lines, root, put, cacheDir, again: () => new PictureLibrary(options, log) }
}

const tailOf = (picture: { readonly bytes: Uint8Array } | undefined): string | undefined =>
  picture && Buffer.from(picture.bytes).subarray(png('').length).toString()

test('takes the operator file first, then the site, then our own illustration', async () => {
  const site = await siteThat((_request, response) => response.end(png('site')))
  const { library, put } = libraryWith({ docsSite: site.url })
  put('knowledge/illustrations/1736bd28c35912c8.png', png('ours'))
  put(`knowledge${PATH}`, png('operator'))
  expect(tailOf(await library.load(PATH))).toBe('operator')
  expect(site.asked).toEqual([])
  expect(tailOf(await library.load('/img/other/1736bd28c35912c8.png'))).toBe('site')

  const { library: offline, put: putOffline } = libraryWith({})
  putOffline('knowledge/illustrations/1736bd28c35912c8.png', png('ours'))
  expect(tailOf(await offline.load(PATH))).toBe('ours')
})

test('has nothing where no source has it', async () => {
  const { library, lines } = libraryWith({})
  expect(await library.load(PATH)).toBeUndefined()
  expect(lines).toEqual([])
})

test('fetches nothing without a documentation site', async () => {
  const site = await siteWith(png())
  const { library, root } = libraryWith({ docsSite: null })
  expect(await library.load(PATH)).toBeUndefined()
  expect(await library.load(site.url + PATH)).toBeUndefined()
  expect(site.asked).toEqual([])
  expect(readdirSync(root)).toEqual(['knowledge'])
})

test('asks the site once for a picture, also after a restart', async () => {
  const site = await siteWith(png('site'))
  const { library, again } = libraryWith({ docsSite: site.url })
  expect(tailOf(await library.load(PATH))).toBe('site')
  expect(await library.load(PATH)).toEqual(await again().load(PATH))
  expect((await library.load(PATH))?.fileName).toBe('1736bd28c35912c8.png')
  expect(site.asked).toEqual([PATH])
})

test('asks the site once when many want the picture at the same moment', async () => {
  const site = await siteWith(png('site'))
  const { library, lines, cacheDir } = libraryWith({ docsSite: site.url })
  const loaded = await Promise.all(Array.from({ length: 20 }, () => library.load(PATH)))
  expect(loaded.map(tailOf)).toEqual(Array.from({ length: 20 }, () => 'site'))
  expect(site.asked).toEqual([PATH])
  expect(readdirSync(cacheDir)).toHaveLength(1)
  expect(lines).toEqual([])
})

test('shows the fetched picture even where it cannot be kept', async () => {
  const site = await siteWith(png('site'))
  const { library, put, lines } = libraryWith({ docsSite: site.url })
  put('data/pictures', Buffer.from('a file where the folder should be'))
  expect(tailOf(await library.load(PATH))).toBe('site')
  expect(lines).toMatchObject([{ level: LEVEL.warn, msg: 'picture not kept' }])
})

test('does not answer with one site from what another one sent', async () => {
  const [first, second] = await Promise.all([siteWith(png('first')), siteWith(png('second'))])
  const { library, cacheDir } = libraryWith({ docsSite: first.url })
  await library.load(PATH)
  const { log } = capturedLog()
  const dirs = { knowledgeDir: tempFolder(), illustrationsDir: tempFolder(), cacheDir }
  const moved = new PictureLibrary({ ...dirs, docsSite: second.url }, log)
  expect(tailOf(await moved.load(PATH))).toBe('second')
})

const notPictures: readonly (readonly [string, RequestListener])[] = [
  ['an error page', (_, response) => response.writeHead(404).end('not found')],
  ['a picture with an error status', (_, response) => response.writeHead(503).end(png())],
  [
    'HTML in place of a picture',
    (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('<html>'),
  ],
  ['an SVG', (_, response) => response.end('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['nothing', (_, response) => response.end()],
  ['a picture that is too large', (_, response) => response.end(Buffer.concat([png(), Buffer.alloc(TOO_LARGE_BYTES)]))],
  ['half a picture', (_, response) => void response.writeHead(200, { 'content-length': 999 }).write(png())],
  ['a redirect to itself', ({ url }, response) => response.writeHead(302, { location: `${url}` }).end()],
  ['a broken connection', (_, response) => response.destroy()],
  ['nothing at all, for ever', () => {}],
]

test.each(notPictures)(
  'falls back to our illustration when the site sends %s, and does not ask again at once',
  async (_, answer) => {
    const site = await siteThat(answer)
    const { library, put, lines, root } = libraryWith({ docsSite: site.url, fetchTimeoutMs: 200 })
    put('knowledge/illustrations/1736bd28c35912c8.png', png('ours'))
    expect(tailOf(await library.load(PATH))).toBe('ours')
    expect(tailOf(await library.load(PATH))).toBe('ours')
    expect(site.asked).toEqual([PATH])
    expect(lines).toMatchObject([{ level: LEVEL.warn, picture: PATH, msg: 'picture not fetched' }])
    expect(readdirSync(root)).toEqual(['knowledge'])
  },
)

test('follows no redirect, not even to a picture', async () => {
  const elsewhere = await siteWith(png('elsewhere'))
  const site = await siteThat((_, response) => response.writeHead(301, { location: elsewhere.url + PATH }).end())
  const { library } = libraryWith({ docsSite: site.url })
  expect(await library.load(PATH)).toBeUndefined()
  expect(elsewhere.asked).toEqual([])
})

test('asks nobody but the documentation site', async () => {
  const elsewhere = await siteWith(png('elsewhere'))
  const site = await siteWith(png('site'))
  const { library } = libraryWith({ docsSite: site.url })
  const host = elsewhere.url.replace('http:', '')
  for (const path of [`${host}/a.png`, `/\\${host.slice(2)}/a.png`, `${elsewhere.url}/a.png`, `/${host}/a.png`]) {
    expect(tailOf(await library.load(path))).not.toBe('elsewhere')
  }
  expect(elsewhere.asked).toEqual([])
})

const waysOut = [
  '../../etc/passwd',
  '/../../etc/passwd',
  '../secret.png',
  '/img/../../secret.png',
  '../knowledge-of-others/secret.png',
  '/linked.png',
  '/linked-folder/secret.png',
  '..',
  '/',
  '',
  '/img\0.png',
]

test.each(waysOut)('reads nothing outside the knowledge folder by %j', async (path) => {
  const { library, put, root } = libraryWith({})
  put('secret.png', png('secret'))
  put('knowledge-of-others/secret.png', png('secret'))
  symlinkSync(join(root, 'secret.png'), join(root, 'knowledge/linked.png'))
  symlinkSync(join(root, 'knowledge-of-others'), join(root, 'knowledge/linked-folder'))
  expect(await library.load(path)).toBeUndefined()
})

test('is not held up by a pipe that is called a picture', async () => {
  const { library, put, root } = libraryWith({})
  put('knowledge/illustrations/1736bd28c35912c8.png', png('ours'))
  mkdirSync(dirname(join(root, 'knowledge', PATH)), { recursive: true })
  execFileSync('mkfifo', [join(root, 'knowledge', PATH)])
  expect(tailOf(await library.load(PATH))).toBe('ours')
})

test('follows a link that stays inside the knowledge folder', async () => {
  const { library, put, root } = libraryWith({})
  put('knowledge/img/new.png', png('new'))
  symlinkSync(join(root, 'knowledge/img/new.png'), join(root, 'knowledge/img/old.png'))
  expect(tailOf(await library.load('/img/old.png'))).toBe('new')
})

test.each([
  ['/img/step.png', png(), 'step.png'],
  ['/img/step.png', jpg(), 'step.jpg'],
  ['/img/step.jpeg', jpg(), 'step.jpg'],
  ['/img/step.gif', gif(), 'step.gif'],
  ['/img/step', png(), 'step.png'],
  ['/img/第一步.v2.webp', png(), '第一步.v2.png'],
])('names %s by what it holds', async (path, bytes, fileName) => {
  const { library, put } = libraryWith({})
  put(`knowledge${path}`, bytes)
  expect((await library.load(path))?.fileName).toBe(fileName)
})

test('passes over an operator file that is no picture or too large', async () => {
  const { library, put } = libraryWith({})
  put(`knowledge${PATH}`, Buffer.from('# notes'))
  put('knowledge/img/huge.png', Buffer.concat([png(), Buffer.alloc(TOO_LARGE_BYTES)]))
  put('knowledge/illustrations/1736bd28c35912c8.png', png('ours'))
  expect(tailOf(await library.load(PATH))).toBe('ours')
  expect(await library.load('/img/huge.png')).toBeUndefined()
})
