import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'

/** A picture of a window, by its name on the sheet. */
export interface Shot {
  readonly name: string
  readonly png: Buffer
}

/** How much looks otherwise than on the sheet that is kept, 0..1 of the tile of the picture where it is most. */
export interface Difference {
  readonly name: string
  readonly share: number
}

/** So many pixels of a window are one of a sheet: words become grey lines, which another version of a font leaves as they are. */
const SHRINKS = 6
/** A pixel is otherwise from so much on, of 255 of a colour, once the pictures are blurred. */
const MAX_OFF = 22
const QUALITY = 0.9
/** Width and height of a tile, in pixels of a sheet: what is lost may be small. */
const TILE = 16

/**
 * Small sheets of pictures that somebody has looked at, a WebP file for each, and how far pictures of now differ from
 * them. Pictures are drawn and compared by the browser that took them.
 */
export class LookBook {
  readonly #folder: string
  readonly #page: Page

  private constructor(folder: string, page: Page) {
    this.#folder = folder
    this.#page = page
  }

  static async open(folder: string, browser: Browser): Promise<LookBook> {
    const page = await browser.newPage()
    // The compiler names functions by a helper that a page lacks.
    await page.addInitScript('globalThis.__name = (named) => named')
    await page.goto('about:blank')
    return new LookBook(folder, page)
  }

  /** Side by side, kept in place of what was there. */
  async keep(sheet: string, shots: readonly Shot[]): Promise<void> {
    const drawn = await this.#page.evaluate(drawSheet, {
      shots: shots.map(({ png }) => png.toString('base64')),
      ...{ shrinks: SHRINKS, quality: QUALITY },
    })
    await mkdir(this.#folder, { recursive: true })
    await writeFile(this.#fileOf(sheet), Buffer.from(drawn, 'base64'))
  }

  /** @returns undefined where none is kept; all of a picture differs where the sheet has none of its size */
  async compare(sheet: string, shots: readonly Shot[]): Promise<readonly Difference[] | undefined> {
    if (!existsSync(this.#fileOf(sheet))) return undefined
    const shares = await this.#page.evaluate(compareToSheet, {
      sheet: (await readFile(this.#fileOf(sheet))).toString('base64'),
      shots: shots.map(({ png }) => png.toString('base64')),
      ...{ shrinks: SHRINKS, maxOff: MAX_OFF, tile: TILE },
    })
    return shots.map(({ name }, index) => ({ name, share: shares[index] ?? 1 }))
  }

  #fileOf = (sheet: string): string => path.join(this.#folder, `${sheet}.webp`)
}

interface SheetOrder {
  readonly shots: readonly string[]
  readonly shrinks: number
  readonly quality: number
}

/** Runs in the browser. */
async function drawSheet({ shots, shrinks, quality }: SheetOrder): Promise<string> {
  const images: HTMLImageElement[] = []
  for (const shot of shots) {
    const image = new Image()
    image.src = `data:image/png;base64,${shot}`
    await image.decode()
    images.push(image)
  }
  const sizes = images.map(({ width, height }) => [Math.round(width / shrinks), Math.round(height / shrinks)] as const)
  const canvas = document.createElement('canvas')
  canvas.width = sizes.reduce((sum, [width]) => sum + width, 0)
  canvas.height = Math.max(...sizes.map(([, height]) => height))
  const brush = canvas.getContext('2d')!
  brush.imageSmoothingQuality = 'high'
  let x = 0
  for (const [index, image] of images.entries()) {
    const [width, height] = sizes[index]!
    brush.drawImage(image, x, 0, width, height)
    x += width
  }
  return canvas.toDataURL('image/webp', quality).replace(/^.*,/, '')
}

interface CompareOrder {
  readonly sheet: string
  readonly shots: readonly string[]
  readonly shrinks: number
  readonly maxOff: number
  readonly tile: number
}

/** Runs in the browser. */
async function compareToSheet({ sheet, shots, shrinks, maxOff, tile }: CompareOrder): Promise<readonly number[]> {
  const load = async (url: string): Promise<HTMLImageElement> => {
    const image = new Image()
    image.src = url
    await image.decode()
    return image
  }
  const kept = await load(`data:image/webp;base64,${sheet}`)
  const shares: number[] = []
  let x = 0
  for (const shot of shots) {
    const image = await load(`data:image/png;base64,${shot}`)
    const [width, height] = [Math.round(image.width / shrinks), Math.round(image.height / shrinks)]
    const pixels = (from: HTMLImageElement, at: number, [wide, tall]: readonly [number, number]) => {
      const small = new OffscreenCanvas(width, height)
      const brush = small.getContext('2d')!
      brush.imageSmoothingQuality = 'high'
      brush.drawImage(from, at, 0, wide, tall, 0, 0, width, height)
      const blurred = new OffscreenCanvas(width, height).getContext('2d')!
      blurred.filter = 'blur(1px)'
      blurred.drawImage(small, 0, 0)
      return blurred.getImageData(0, 0, width, height).data
    }
    if (x + width > kept.width || height > kept.height) shares.push(1)
    else {
      const [now, before] = [pixels(image, 0, [image.width, image.height]), pixels(kept, x, [width, height])]
      const tiles = new Map<string, number>()
      for (let at = 0; at < now.length; at += 4) {
        if (![0, 1, 2].some((part) => Math.abs(now[at + part]! - before[at + part]!) > maxOff)) continue
        const key = `${Math.floor(((at / 4) % width) / tile)} ${Math.floor(at / 4 / width / tile)}`
        tiles.set(key, (tiles.get(key) ?? 0) + 1)
      }
      shares.push(Math.max(0, ...tiles.values()) / tile ** 2)
    }
    x += width
  }
  return shares
}
