import type { Journal } from './journal.js'
import type { FakeWeixinOptions } from './options.js'
import { randomHex } from './random.js'

export interface QrCode {
  readonly uuid: string
  /** Milliseconds since the epoch. */
  readonly shownAt: number
  state: 'waiting' | 'scanned' | 'confirmed' | 'expired'
  /** The client has been told of the scan. */
  told: boolean
  /** Admits one login, once confirmed. */
  ticket?: string
}

/** The codes shown so far, oldest first, and what the phone did with them. */
export class QrCodes {
  readonly all: QrCode[] = []
  private readonly options: FakeWeixinOptions
  private readonly journal: Journal

  constructor(options: FakeWeixinOptions, journal: Journal) {
    this.options = options
    this.journal = journal
  }

  show(): QrCode {
    const code: QrCode = { uuid: `${randomHex(5)}==`, shownAt: Date.now(), state: 'waiting', told: false }
    this.all.push(code)
    this.journal.note('qr', { uuid: code.uuid })
    if (this.options.autoScan) this.scanByItself(code)
    return code
  }

  byUuid(uuid: string | null): QrCode | undefined {
    return this.all.find((code) => code.uuid === uuid)
  }

  /** Give up the code that a ticket belongs to, so that it serves once. */
  redeem(ticket: string | null): boolean {
    const code = this.all.find((candidate) => candidate.ticket !== undefined && candidate.ticket === ticket)
    if (!code) return false
    delete code.ticket
    return true
  }

  /** Age decides before the phone does. */
  stateOf(code: QrCode): QrCode['state'] {
    const tooOld = Date.now() - code.shownAt > this.options.qrLifetimeMs
    if (tooOld && code.state !== 'confirmed' && code.state !== 'expired') this.move(code, 'expired')
    return code.state
  }

  get newest(): QrCode | undefined {
    return this.all.at(-1)
  }

  /** Point the phone at the newest code. */
  scan(): void {
    this.moveNewest('scanned')
  }

  /** Tap "log in" on the phone. */
  confirm(): void {
    this.moveNewest('confirmed')
  }

  expire(): void {
    this.moveNewest('expired')
  }

  private moveNewest(state: 'scanned' | 'confirmed' | 'expired'): void {
    if (!this.newest) throw new Error('no QR code has been shown')
    this.move(this.newest, state)
  }

  private move(code: QrCode, state: 'scanned' | 'confirmed' | 'expired'): void {
    code.state = state
    this.journal.note(`qr-${state}`, { uuid: code.uuid })
  }

  private scanByItself(code: QrCode): void {
    const { scanDelayMs, confirmDelayMs } = this.options
    setTimeout(() => {
      if (code.state === 'waiting') this.move(code, 'scanned')
    }, scanDelayMs).unref()
    setTimeout(() => {
      if (code.state === 'scanned') this.move(code, 'confirmed')
    }, scanDelayMs + confirmDelayMs).unref()
  }
}
