import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ProcessPictureReader, type ReaderLimits } from '../../src/vision/picture-reader.js'
import { capturedLog } from '../support/captured-log.js'
import { canReadPictures, NOTICE_LINES, NOTICE_TEXT, pictureOf } from '../support/notice-picture.js'

const STUCK = join(import.meta.dirname, '../support/stuck-reader.mjs')

function aReader({ program, ...limits }: Partial<ReaderLimits> & { program?: string } = {}) {
  const { log, lines } = capturedLog()
  const reader = new ProcessPictureReader({ log, limits, ...(program && { program }) })
  onTestFinished(() => reader.stop())
  return { reader, lines }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const untilDead = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

const bytes = (word: string): Uint8Array => Buffer.from(word)

describe('the process that reads pictures', () => {
  it('reads one after another, and lets ten wait at most', async () => {
    const { reader } = aReader({ program: STUCK })
    const all = await Promise.all(Array.from({ length: 12 }, (_, at) => reader.read(bytes(`${at}`))))
    expect(all.slice(0, 11)).toEqual(
      Array.from({ length: 11 }, (_, at) => ({ kind: 'read', text: `${at}`, confidence: 1 })),
    )
    expect(all[11]).toEqual({ kind: 'unread', why: 'busy' })
  })

  it('is killed when a picture takes too long, and the next one gets a fresh process', async () => {
    const { reader } = aReader({ program: STUCK, timeoutMs: 700 })
    const hanging = reader.read(bytes('hang'))
    const next = reader.read(bytes('next'))
    const pid = reader.pid!
    expect(await hanging).toEqual({ kind: 'unread', why: 'slow' })
    expect(await next).toEqual({ kind: 'read', text: 'next', confidence: 1 })
    expect(reader.pid).not.toBe(pid)
    await untilDead(pid)
  })

  it('may die of a picture without harm to the others', async () => {
    const { reader } = aReader({ program: STUCK })
    expect(await Promise.all([reader.read(bytes('die')), reader.read(bytes('next'))])).toEqual([
      { kind: 'unread', why: 'unreadable' },
      { kind: 'read', text: 'next', confidence: 1 },
    ])
  })

  it('is not started again where it can read nothing at all', async () => {
    const { reader, lines } = aReader({ program: STUCK })
    expect(await reader.read(bytes('broken'))).toEqual({ kind: 'unread', why: 'unavailable' })
    expect(await reader.read(bytes('next'))).toEqual({ kind: 'unread', why: 'unavailable' })
    expect(lines.filter(({ level }) => level === 50)).toHaveLength(1)
  })

  it('ends after a while without work, and when the bot ends', async () => {
    const { reader } = aReader({ program: STUCK, idleMs: 100 })
    await reader.read(bytes('one'))
    await untilDead(reader.pid ?? -1)
    expect(await reader.read(bytes('two'))).toMatchObject({ text: 'two' })
    const waiting = reader.read(bytes('hang'))
    await reader.stop()
    expect(await waiting).toMatchObject({ kind: 'unread' })
    expect(await reader.read(bytes('three'))).toEqual({ kind: 'unread', why: 'unavailable' })
  })

  it('logs how it went, and nothing of what was read', async () => {
    const { reader, lines } = aReader({ program: STUCK })
    await reader.read(bytes('不为人知的字'))
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain('不为人知')
  })
})

/** A PNG of one colour that unpacks to so many pixels: small on the wire, gigabytes in memory. */
function bomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(data.length)
    head.write(type, 4)
    return Buffer.concat([head, data, Buffer.alloc(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A machine that does much else takes its time. */
const PATIENT = { timeoutMs: 120_000 }

describe.skipIf(!canReadPictures())('a picture', { timeout: 240_000 }, () => {
  it('is read as it was written, also dark, tilted, on its side, on its head or turned by its EXIF', async () => {
    const { reader } = aReader(PATIENT)
    const upright = await pictureOf(NOTICE_LINES)
    const turnedByExif = await sharp(upright).rotate(-90).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const pictures = [
      upright,
      await pictureOf(NOTICE_LINES, { dark: true, turned: 4 }),
      await pictureOf(NOTICE_LINES, { turned: 90 }),
      await pictureOf(NOTICE_LINES, { turned: 180 }),
      turnedByExif,
    ]
    const readings = await Promise.all(pictures.map((picture) => reader.read(picture)))
    const halfWidth = (text: string): string => text.normalize('NFKC').replace(/["“”\s]/g, '')
    for (const reading of readings) {
      expect(reading).toMatchObject({ kind: 'read', confidence: expect.closeTo(1, 0.1) })
      expect(halfWidth(reading.kind === 'read' ? reading.text : '')).toContain(halfWidth(NOTICE_TEXT))
    }
  })

  it('is read line by line however long it is', async () => {
    const { reader } = aReader(PATIENT)
    const long = Array.from({ length: 40 }, (_, at) => `第${at + 1}条：请补充对应的资质材料后重新提交`)
    const reading = await reader.read(await pictureOf(long))
    const text = reading.kind === 'read' ? reading.text : ''
    const found = long.filter((_, at) => text.includes(`第${at + 1}条`))
    expect(found).toHaveLength(long.length)
  })

  it('that is junk, cut short, a bomb or empty ends as unreadable or without words, and the next one is read', async () => {
    const { reader } = aReader(PATIENT)
    const whole = await sharp(await pictureOf(NOTICE_LINES))
      .jpeg()
      .toBuffer()
    const junk = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(4_000)])
    for (const hostile of [junk, whole.subarray(0, whole.length / 2), bomb(60_000), Buffer.alloc(0)]) {
      expect(await reader.read(hostile)).toEqual({ kind: 'unread', why: 'unreadable' })
    }
    const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    expect(await reader.read(blank)).toEqual({ kind: 'read', text: '', confidence: 0 })
    expect(await reader.read(whole)).toMatchObject({ kind: 'read' })
  })
})
