import { expect, test } from 'vitest'
import { withoutMetadata } from '../../src/knowledge/pictures.js'

const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** As a phone writes it: which way up, and behind that where it was taken. */
function exif(orientation: number, isLittle: boolean): Buffer {
  const tiff = Buffer.alloc(26)
  const short = (value: number, at: number) =>
    isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  tiff.write(isLittle ? 'II' : 'MM', 0, 'latin1')
  short(42, 2)
  if (isLittle) tiff.writeUInt32LE(8, 4)
  else tiff.writeUInt32BE(8, 4)
  short(1, 8)
  short(0x0112, 10)
  short(3, 12)
  short(orientation, 18)
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, Buffer.from('GPS 30.27N 120.15E')]))
}

const jpeg = (...segments: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0')),
    ...segments,
    segment(0xfe, Buffer.from('拍摄于家里')),
    segment(0xda, Buffer.from('scan')),
    Buffer.from('pixels'),
  ])

test.each([[true], [false]])('a photo loses its place and remarks, and stays the right way up', (isLittle) => {
  const plain = Buffer.from(withoutMetadata(jpeg(exif(6, isLittle))))
  expect(plain.toString('latin1')).not.toMatch(/GPS/)
  expect(plain.toString()).not.toContain('家里')
  expect(plain.toString()).toMatch(/JFIF[\s\S]*scan[\s\S]*pixels$/)
  expect(Buffer.from(withoutMetadata(plain))).toEqual(plain)
  expect(plain.includes(Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))).toBe(true)
})

test('an upright photo keeps no such segment at all', () => {
  expect(Buffer.from(withoutMetadata(jpeg(exif(1, false)))).toString('latin1')).not.toContain('Exif')
})

test('a screenshot loses its texts, and what is no picture stays as it is', () => {
  const chunk = (name: string, content: string): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(content.length)
    head.write(name, 4, 'latin1')
    return Buffer.concat([head, Buffer.from(content), Buffer.from('crc!')])
  }
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    ...[chunk('IHDR', 'header'), chunk('tEXt', 'Author Chen'), chunk('eXIf', 'GPS'), chunk('IDAT', 'pixels')],
  ])
  const plain = Buffer.from(withoutMetadata(png)).toString('latin1')
  expect(plain).toMatch(/IHDR[\s\S]*IDATpixels/)
  expect(plain).not.toMatch(/Chen|GPS/)
  expect(withoutMetadata(Buffer.from('GIF89a…'))).toEqual(Buffer.from('GIF89a…'))
  const cut = jpeg(exif(6, true)).subarray(0, 30)
  expect(withoutMetadata(cut)).toEqual(cut)
})
