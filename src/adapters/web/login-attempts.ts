import type { Clock } from '../../model/ports.js'

const WINDOW_MS = 15 * 60_000
/** Somebody who mistypes, and then looks the token up. */
const MAX_PER_ADDRESS = 5
/** Against guessing from many addresses; a token of 24 characters would stand far more. */
const MAX_OVERALL = 100

/** Counts wrong tokens, per address and in all, over a quarter of an hour. */
export class LoginAttempts {
  readonly #clock: Clock
  /** Oldest first. */
  #failures: { readonly address: string; readonly atMs: number }[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  failed(address: string): void {
    this.#forgetOld()
    this.#failures.push({ address: networkOf(address), atMs: this.#clock.now() })
  }

  /** Milliseconds until an address may try again; 0: now. */
  retryAfterMs(address: string): number {
    this.#forgetOld()
    const own = this.#failures.filter((failure) => failure.address === networkOf(address))
    return Math.max(this.#wait(own, MAX_PER_ADDRESS), this.#wait(this.#failures, MAX_OVERALL))
  }

  #wait(failures: readonly { readonly atMs: number }[], limit: number): number {
    const blocking = failures.at(-limit)
    return blocking === undefined ? 0 : Math.max(0, blocking.atMs + WINDOW_MS - this.#clock.now())
  }

  #forgetOld(): void {
    const oldestMs = this.#clock.now() - WINDOW_MS
    this.#failures = this.#failures.filter(({ atMs }) => atMs > oldestMs)
  }
}

/** One IPv6 customer has a whole /64 of addresses. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail = ''] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return groups.slice(0, 4).join(':')
}
