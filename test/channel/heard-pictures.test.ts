import { afterEach, expect, test, vi } from 'vitest'
import { HeardPictures } from '../../src/channel/hearing.js'
import { capturedLog } from '../support/captured-log.js'
import { gif, jpg, png, webp } from '../support/picture-bytes.js'

const MIB = 1024 * 1024
const large = (bytes: number) => Buffer.concat([png(), Buffer.alloc(bytes)])
let count = 0

/** Of a message that brings these bytes. */
const fetched = (pictures: HeardPictures, file: Buffer | Error | 'never', id = `m${++count}`) =>
  pictures.fetch(id, () => {
    if (file === 'never') return new Promise(() => {})
    return file instanceof Error ? Promise.reject(file) : Promise.resolve(new Uint8Array(file))
  })

afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['image/png', png()],
  ['image/jpeg', jpg()],
  ['image/gif', gif()],
  ['image/webp', webp()],
])('fetches a picture, and tells %s by its bytes', async (mime, bytes) => {
  const picture = await fetched(new HeardPictures(capturedLog().log), bytes)
  expect(picture).toMatchObject({ mime, byteCount: bytes.length })
  expect(Buffer.from(picture!.bytes()!)).toEqual(bytes)
})

test.each([
  ['an error page', Buffer.from('<html><title>502</title></html>')],
  ['nothing', Buffer.alloc(0)],
  ['what is cut short', png().subarray(0, 5)],
  ['a riff that is no picture', Buffer.from('RIFF\0\0\0\0WAVEfmt ')],
  ['a picture that would fill the memory', png('bomb', { width: 50_000, height: 50_000 })],
])('takes %s for no picture', async (_what, bytes) => {
  const { log, lines } = capturedLog()
  expect(await fetched(new HeardPictures(log), bytes, 'bad')).toBeUndefined()
  expect(lines).toMatchObject([{ messageId: 'bad', byteCount: bytes.length }])
})

test('leaves what is larger than 10 MB', async () => {
  const pictures = new HeardPictures(capturedLog().log)
  expect(await fetched(pictures, large(10 * MIB - png().length))).toMatchObject({ byteCount: 10 * MIB })
  expect(await fetched(pictures, large(10 * MIB))).toBeUndefined()
})

test('does without a picture that can not be had, or not in time', async () => {
  vi.useFakeTimers()
  const { log, lines } = capturedLog()
  const pictures = new HeardPictures(log)
  expect(await fetched(pictures, new Error('404'))).toBeUndefined()
  expect(lines).toMatchObject([{ error: '404' }])
  const waiting = fetched(pictures, 'never')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await waiting).toBeUndefined()
})

test('forgets the oldest pictures when it holds too many bytes', async () => {
  const pictures = new HeardPictures(capturedLog().log)
  const held = []
  for (let n = 0; n < 6; n++) held.push(await fetched(pictures, large(4 * MIB)))
  expect(held.map((picture) => picture?.bytes() !== undefined)).toEqual([...Array(4).fill(false), true, true])
})
