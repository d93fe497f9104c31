import { createHash, randomBytes } from 'node:crypto'

/** Twice as many hexadecimal digits as `byteCount`. */
export function randomHex(byteCount: number): string {
  return randomBytes(byteCount).toString('hex')
}

/** A message id: 19 decimal digits, too long for a JavaScript number. */
export function randomMessageId(): string {
  const digits = Array.from(randomBytes(19), (byte) => byte % 10).join('')
  return digits.replace(/^0/, '4')
}

/** Digits that are always the same for the same text, for attributes that clients only pass on. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** @param aheadMs how far the service's clock is ahead of the machine's */
export function nowInSeconds(aheadMs = 0): number {
  return Math.floor((Date.now() + aheadMs) / 1000)
}
