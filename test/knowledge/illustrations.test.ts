import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const FOLDER = new URL('../../knowledge/illustrations/', import.meta.url)
const PNG_MAGIC = '89504e470d0a1a0a'
/** The eight pictures that the guide refers to, by the base name in its image paths. */
const PICTURES = [
  '1736bd28c35912c8',
  '1736bd2d483408fc',
  '1736bd317feb1d27',
  '1736bd3740e19257',
  '1736bd3c9b221d12',
  '1736bd3fa5e923a6',
  '1736bd428578c566',
  '1736bd4585295cf1',
]

const read = (picture: string) => readFileSync(new URL(`${picture}.png`, FOLDER))

describe('illustrations', () => {
  it('are there for every picture of the guide', () => {
    expect(readdirSync(FOLDER)).toEqual(expect.arrayContaining(PICTURES.map((picture) => `${picture}.png`)))
  })

  it.each(PICTURES)('%s is a PNG, wide enough to read on a phone and small enough to send', (picture) => {
    const png = read(picture)
    expect(png.subarray(0, 8).toString('hex')).toBe(PNG_MAGIC)
    // The width is the first number of the IHDR chunk, which always comes first.
    expect(png.toString('latin1', 12, 16)).toBe('IHDR')
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(900)
    expect(png.length).toBeLessThanOrEqual(200 * 1024)
  })

  it('all differ', () => {
    expect(new Set(PICTURES.map((picture) => read(picture).toString('base64'))).size).toBe(PICTURES.length)
  })
})
