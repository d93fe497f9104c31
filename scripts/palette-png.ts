import { crc32, deflateSync } from 'node:zlib'

/** A picture as a canvas holds it: four bytes a pixel (red, green, blue, alpha), row by row; alpha is ignored. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

/** As many as an indexed PNG can hold. */
const MAX_COLOURS = 256
/** Two colours nearer than this (sum of the channels' differences, 0..765) look alike, even side by side as areas. */
const MIN_DISTANCE = 8

/**
 * Encodes flat drawings as a PNG with a palette, about half the size of a browser's screenshot.
 * Frequent colours are kept exactly; rare ones (the edges of letters) become the nearest kept one.
 */
export function encodePalettePng({ width, height, rgba }: Pixels): Buffer {
  const colours = new Uint32Array(width * height)
  for (let i = 0; i < colours.length; i++) {
    colours[i] = ((rgba[4 * i] ?? 0) << 16) | ((rgba[4 * i + 1] ?? 0) << 8) | (rgba[4 * i + 2] ?? 0)
  }
  const palette = choosePalette(colours)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8) // 8 bits a pixel, indexed
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(indexRows(colours, width, palette), { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function choosePalette(colours: Uint32Array): number[] {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const palette: number[] = []
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1])) {
    if (palette.length === MAX_COLOURS) break
    if (palette.every((kept) => distance(kept, colour) >= MIN_DISTANCE)) palette.push(colour)
  }
  return palette
}

/** One byte a pixel, each row led by a 0 (no filter: neighbouring indices say nothing about each other). */
function indexRows(colours: Uint32Array, width: number, palette: readonly number[]): Buffer {
  const indexOf = new Map<number, number>()
  const rows = Buffer.alloc(colours.length + colours.length / width)
  for (let i = 0; i < colours.length; i++) {
    const colour = colours[i] ?? 0
    const index = indexOf.get(colour) ?? nearest(palette, colour)
    indexOf.set(colour, index)
    rows[i + Math.floor(i / width) + 1] = index
  }
  return rows
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0
  for (const [index, kept] of palette.entries()) {
    if (distance(kept, colour) < distance(palette[best] ?? 0, colour)) best = index
  }
  return best
}

function distance(a: number, b: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + Math.abs(((a >> shift) & 255) - ((b >> shift) & 255)), 0)
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(content.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
