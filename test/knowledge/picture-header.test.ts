import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT_ROOT } from '../../src/config.js'
import { readPictureHeader } from '../../src/knowledge/pictures.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { pngPicture } from '../support/fake-weixin/pictures.js'
import { gif, jpg, png, webp } from '../support/picture-bytes.js'
import { randomFrom } from '../support/random-picks.js'

const KINDS = { 'image/png': png, 'image/jpeg': jpg, 'image/gif': gif, 'image/webp': webp } as const
const each = Object.entries(KINDS)

test.each(each)('reads type and size of %s', (mediaType, make) => {
  expect(readPictureHeader(make('', { width: 1_080, height: 2_400 }))).toMatchObject({
    mediaType,
    width: 1_080,
    height: 2_400,
  })
})

test('reads what this project shows itself', () => {
  expect(readPictureHeader(pngPicture({ width: 640, height: 3 }))).toMatchObject({ width: 640, height: 3 })
  const folder = join(PROJECT_ROOT, 'knowledge', 'illustrations')
  const drawings = readdirSync(folder).filter((name) => name.endsWith('.png'))
  expect(drawings).not.toEqual([])
  for (const name of drawings) expect(readPictureHeader(readFileSync(join(folder, name)))).toBeDefined()
})

test('reads the two older kinds of WebP', () => {
  const lossy = Buffer.from('524946460000000057454250565038200000000000000000009d012a40014000', 'hex')
  lossy.writeUInt16LE(320, 26)
  lossy.writeUInt16LE(200, 28)
  expect(readPictureHeader(lossy)).toMatchObject({ width: 320, height: 200 })
  const lossless = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f', 'latin1'), Buffer.alloc(4)])
  lossless.writeUInt32LE(319 | (199 << 14), 21)
  expect(readPictureHeader(lossless)).toMatchObject({ width: 320, height: 200 })
})

test.each([
  ['a PNG of ten billion pixels', png('', { width: 100_000, height: 100_000 })],
  ['a PNG of 2.5 billion pixels', png('', { width: 50_000, height: 50_000 })],
  ['a PNG of four billion by one', png('', { width: 0xffffffff, height: 1 })],
  ['a JPEG of four billion pixels', jpg('', { width: 65_535, height: 65_535 })],
  ['a GIF of four billion pixels', gif('', { width: 65_535, height: 65_535 })],
  ['a WebP of 280 trillion pixels', webp('', { width: 16_777_216, height: 16_777_216 })],
  ['a PNG without a pixel', png('', { width: 0, height: 10 })],
  [
    'a PNG whose size stands elsewhere',
    Buffer.concat([png().subarray(0, 12), Buffer.from('tEXt'), png().subarray(12)]),
  ],
  [
    'a JPEG of nothing but metadata',
    Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(4_000_000, 'ffe00002', 'hex')]),
  ],
  ['a JPEG of nothing but filling', Buffer.alloc(1_000_000, 0xff).fill(0xd8, 1, 2)],
  ['a page', Buffer.from('<html><script>alert(1)</script>')],
  ['a drawing with a script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ['an archive', Buffer.from('PK\x03\x04')],
  ['nothing', Buffer.alloc(0)],
])('refuses %s', (_what, bytes) => {
  expect(cpuMsOf(() => expect(readPictureHeader(bytes)).toBeUndefined())).toBeLessThan(200)
})

test.each(each)('refuses %s that is cut short within its header, wherever that is', (mediaType, make) => {
  const whole = make('')
  const sizeEnd = { 'image/png': 24, 'image/jpeg': 17, 'image/gif': 10, 'image/webp': 30 }[mediaType]!
  for (let length = 0; length < sizeEnd; length++) expect(readPictureHeader(whole.subarray(0, length))).toBeUndefined()
})

test('reads 20,000 damaged headers without an error', () => {
  const { below, pick } = randomFrom(5)
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(pick(each)[1](''))
    for (let changes = below(4); changes >= 0; changes--) bytes[below(bytes.length)] = below(256)
    const header = readPictureHeader(bytes.subarray(0, below(bytes.length + 1)))
    if (header) expect(header.width * header.height).toBeLessThanOrEqual(64_000_000)
  }
})
