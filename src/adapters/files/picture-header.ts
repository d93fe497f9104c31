/** What the first bytes of a picture tell. */
export interface PictureHeader {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  /** With the dot. */
  readonly extension: '.png' | '.jpg' | '.gif' | '.webp'
  /** In pixels. */
  readonly width: number
  readonly height: number
}

/** A long screenshot of a phone is some 1,300 × 20,000. */
const MAX_SIDE = 30_000
/** Twice a phone's camera. Decoded, a pixel takes four bytes: a few kilobytes may well stand for gigabytes. */
const MAX_PIXELS = 64_000_000
/** A JPEG's size stands behind its metadata, which may hold a thumbnail. */
const MAX_JPEG_SEGMENTS = 500

/**
 * Tells a picture by its first bytes, because names and declared types are the sender's claim, and refuses what would be
 * too large once decoded, without decoding anything.
 *
 * @returns undefined for what is no picture, cut short within its header, or too large
 */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const header = readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view)
    return header && isFit(header) ? header : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined // cut short
    throw error
  }
}

const isFit = ({ width, height }: PictureHeader): boolean =>
  width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS

function hasText(view: DataView, text: string, at = 0): boolean {
  return (
    view.byteLength >= at + text.length && [...text].every((char, i) => view.getUint8(at + i) === char.charCodeAt(0))
  )
}

function readPng(view: DataView): PictureHeader | undefined {
  if (!hasText(view, '\x89PNG\r\n\x1a\n')) return undefined
  // The standard wants the size in the very first chunk.
  if (!hasText(view, 'IHDR', 12)) return undefined
  return { mediaType: 'image/png', extension: '.png', width: view.getUint32(16), height: view.getUint32(20) }
}

function readGif(view: DataView): PictureHeader | undefined {
  if (!hasText(view, 'GIF87a') && !hasText(view, 'GIF89a')) return undefined
  return { mediaType: 'image/gif', extension: '.gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function readWebp(view: DataView): PictureHeader | undefined {
  if (!hasText(view, 'RIFF') || !hasText(view, 'WEBP', 8)) return undefined
  const size = webpSize(view)
  return size && { mediaType: 'image/webp', extension: '.webp', ...size }
}

/** Lossy, lossless and extended files keep their size each in a way of their own. */
function webpSize(view: DataView): { readonly width: number; readonly height: number } | undefined {
  const uint24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536
  if (hasText(view, 'VP8X', 12)) return { width: uint24(24) + 1, height: uint24(27) + 1 }
  if (hasText(view, 'VP8 ', 12)) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  if (!hasText(view, 'VP8L', 12)) return undefined
  const bits = view.getUint32(21, true)
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}

function readJpeg(view: DataView): PictureHeader | undefined {
  if (!hasText(view, '\xff\xd8\xff')) return undefined
  let at = 2
  for (let segments = 0; segments < MAX_JPEG_SEGMENTS; segments++) {
    while (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xff) at++
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (isFrame(marker)) {
      return {
        mediaType: 'image/jpeg',
        extension: '.jpg',
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
      }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** SOF0 to SOF15 without the tables (DHT, JPG, DAC) that stand among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
