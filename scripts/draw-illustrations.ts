import { mkdir, writeFile } from 'node:fs/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { encodePalettePng, type Pixels } from './palette-png.js'

/**
 * Draws our own illustrations of the guide's eight pictures: `scripts/illustrations/*.html` → `knowledge/illustrations/*.png`.
 *
 * Run `npx tsx scripts/draw-illustrations.ts` after changing a source. It needs Chromium and Noto Sans CJK
 * (Debian: `chromium`, `fonts-noto-cjk`); `CHROMIUM_PATH` names another Chromium. The bot itself only reads the PNG files.
 */

/** Source file → the base name that the guide's own picture of this screen has, so that its image path resolves to ours. */
const PICTURE_OF_SOURCE = {
  '1-publish-flow': '1736bd28c35912c8',
  '1.1-category-dialog': '1736bd2d483408fc',
  '1.1-icp-result': '1736bd317feb1d27',
  '3-service-category': '1736bd3740e19257',
  '4-submit-version': '1736bd3c9b221d12',
  '4.1-ugc-statement': '1736bd3fa5e923a6',
  '4.2-submission-form': '1736bd428578c566',
  '4.3-privacy-agreement': '1736bd4585295cf1',
} as const

const WIDTH_PX = 1080
/** A phone on a weak network should still show the picture at once. */
const MAX_BYTES = 150 * 1024
const MIN_FONT_PX = 28

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What makes a drawing unfit for a phone: text below 28 px, or anything that sticks out at the side. */
function findFlaws({ widthPx, minFontPx }: { widthPx: number; minFontPx: number }): string[] {
  const flaws: string[] = []
  for (const element of document.body.querySelectorAll('*')) {
    const ownText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
    if (!ownText || element instanceof HTMLScriptElement) continue
    const text = element.textContent?.trim().slice(0, 12)
    const fontPx = Number.parseFloat(getComputedStyle(element).fontSize)
    if (fontPx < minFontPx) flaws.push(`"${text}" is ${fontPx} px`)
    const range = document.createRange()
    range.selectNodeContents(element)
    const card = (element.parentElement ?? element).getBoundingClientRect()
    const { left, right } = range.getBoundingClientRect()
    if (left < 0 || right > widthPx || right > card.right + 1)
      flaws.push(`"${text}" sticks out at ${Math.round(right)} px`)
  }
  return flaws
}

/** The whole page as pixels; the browser itself decodes its screenshot, which saves us a PNG decoder. */
async function takePixels(page: Page): Promise<Pixels> {
  const screenshot = (await page.screenshot({ fullPage: true })).toString('base64')
  const { width, height, base64 } = await page.evaluate(async (source) => {
    const image = new Image()
    image.src = `data:image/png;base64,${source}`
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context?.drawImage(image, 0, 0)
    const bytes = context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray()
    const reader = new FileReader()
    const loaded = new Promise((resolve) => reader.addEventListener('load', resolve))
    reader.readAsDataURL(new Blob([bytes]))
    await loaded
    return { width: image.width, height: image.height, base64: String(reader.result).split(',')[1] ?? '' }
  }, screenshot)
  return { width, height, rgba: Buffer.from(base64, 'base64') }
}

/** Draws one source to one PNG; returns its flaws, none if it is fit to send. */
async function drawIllustration(browser: Browser, source: string, picture: string): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: WIDTH_PX, height: 800 } })
  await page.goto(new URL(`illustrations/${source}.html`, import.meta.url).href)
  await page.waitForSelector('svg.arrows', { state: 'attached' })
  const flaws = await page.evaluate(findFlaws, { widthPx: WIDTH_PX, minFontPx: MIN_FONT_PX })
  const png = encodePalettePng(await takePixels(page))
  await page.close()
  await writeFile(new URL(`../knowledge/illustrations/${picture}.png`, import.meta.url), png)
  console.log(`${source} -> ${picture}.png, ${Math.round(png.length / 1024)} KiB`)
  return png.length > MAX_BYTES ? [...flaws, `${png.length} bytes, more than ${MAX_BYTES}`] : flaws
}

await mkdir(new URL('../knowledge/illustrations/', import.meta.url), { recursive: true })
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS })
for (const [source, picture] of Object.entries(PICTURE_OF_SOURCE)) {
  for (const flaw of await drawIllustration(browser, source, picture)) {
    console.error(`${source}: ${flaw}`)
    process.exitCode = 1
  }
}
await browser.close()
