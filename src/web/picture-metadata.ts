/**
 * What a camera writes beside a picture: where and when it was taken, with which device. A colleague's snapshot goes to
 * customers without it. Pixels stay as they are; which way up the picture is, too.
 */
export function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const picture = Buffer.from(bytes)
  if (picture.subarray(0, 2).equals(JPEG)) return jpegWithout(picture)
  return picture.subarray(0, 8).equals(PNG) ? pngWithout(picture) : bytes
}

const JPEG: Buffer = Buffer.from([0xff, 0xd8])
const PNG: Buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Text, time and EXIF; colours and transparency stay. */
const TELLING_CHUNKS = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'eXIf'])
const SCAN = 0xda
const COMMENT = 0xfe
const EXIF = 0xe1

function pngWithout(picture: Buffer): Uint8Array {
  const kept: Buffer[] = [PNG]
  for (let at = 8; at + 12 <= picture.length; ) {
    const end = at + 12 + picture.readUInt32BE(at)
    if (!TELLING_CHUNKS.has(picture.toString('latin1', at + 4, at + 8))) kept.push(picture.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}

/** JFIF (0), colour profile (2) and Adobe's colours (14) decide what is seen; all other application data goes. */
const isTelling = (marker: number): boolean =>
  marker === COMMENT || (marker >= 0xe0 && marker <= 0xef && ![0xe0, 0xe2, 0xee].includes(marker))

function jpegWithout(picture: Buffer): Uint8Array {
  const kept: Buffer[] = []
  let orientation = 1
  let at = 2
  while (at + 4 <= picture.length && picture[at] === 0xff && picture[at + 1] !== SCAN) {
    const marker = picture[at + 1]!
    const end = at + 2 + picture.readUInt16BE(at + 2)
    if (end > picture.length) return picture
    const segment = picture.subarray(at, end)
    if (marker === EXIF) orientation = orientationIn(segment) ?? orientation
    if (!isTelling(marker)) kept.push(segment)
    at = end
  }
  const upright = orientation === 1 ? [] : [exifOf(orientation)]
  return Buffer.concat([JPEG, ...upright, ...kept, picture.subarray(at)])
}

const ORIENTATION_TAG = 0x0112
const EXIF_HEAD = 'Exif\0\0'

/** 1..8, as cameras are held; undefined where the segment does not say. */
function orientationIn(segment: Buffer): number | undefined {
  const tiff = segment.subarray(10)
  if (segment.toString('latin1', 4, 10) !== EXIF_HEAD || tiff.length < 14) return undefined
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (start + 2 > tiff.length) return undefined
  for (let index = 0; index < short(start); index++) {
    const entry = start + 2 + index * 12
    if (entry + 12 > tiff.length) return undefined
    if (short(entry) !== ORIENTATION_TAG) continue
    const value = short(entry + 8)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

/** A segment that tells nothing else. */
function exifOf(orientation: number): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('MM', 0, 'latin1')
  tiff.writeUInt16BE(42, 2)
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(ORIENTATION_TAG, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  const head = Buffer.from([0xff, EXIF, 0, 0, ...Buffer.from(EXIF_HEAD, 'latin1')])
  head.writeUInt16BE(head.length - 2 + tiff.length, 2)
  return Buffer.concat([head, tiff])
}
