import { crc32, deflateSync } from 'node:zlib'

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

const SIGNATURES: ReadonlyArray<{ readonly mime: string; readonly offset: number; readonly bytes: Buffer }> = [
  { mime: 'image/jpeg', offset: 0, bytes: Buffer.from([0xff, 0xd8]) },
  { mime: 'image/png', offset: 0, bytes: PNG_SIGNATURE },
  { mime: 'image/gif', offset: 0, bytes: Buffer.from('GIF8') },
  { mime: 'image/webp', offset: 8, bytes: Buffer.from('WEBP') },
  { mime: 'application/pdf', offset: 0, bytes: Buffer.from('%PDF') },
]

/** Type by the first bytes; `application/octet-stream` when they say nothing. */
export function sniffMime(bytes: Buffer): string {
  const known = SIGNATURES.find(({ offset, bytes: mark }) => bytes.subarray(offset, offset + mark.length).equals(mark))
  return known?.mime ?? 'application/octet-stream'
}

/** A PNG of one colour. */
export function pngPicture({ width = 64, height = 64, colour = [200, 30, 30] as readonly number[] } = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits a channel, true colour, no interlace
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from(colour))])
  const rows = Buffer.concat(Array.from({ length: height }, () => row))
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([PNG_SIGNATURE, ...chunks])
}

function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}
