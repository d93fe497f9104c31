import type { Ending } from './exit-codes.js'

export interface RestartPolicyOptions {
  /** Wait before the first restart in a row. */
  readonly firstMs?: number
  /** Longest wait after a crash; each is twice the one before. */
  readonly longestMs?: number
  /** Longest wait when the bot itself asked: it has seen to the cause and should hear again soon. */
  readonly longestAskedMs?: number
  /** Whoever lived so long was healthy: the waits begin anew. */
  readonly healthyMs?: number
}

/** How long to wait before the bot is started again: 1, 2, 4 … 60 s while it ends again and again. */
export class RestartPolicy {
  readonly #options: Required<RestartPolicyOptions>
  #inARow = 0

  constructor({
    firstMs = 1_000,
    longestMs = 60_000,
    longestAskedMs = 8_000,
    healthyMs = 180_000,
  }: RestartPolicyOptions = {}) {
    this.#options = { firstMs, longestMs, longestAskedMs, healthyMs }
  }

  /** @param uptimeMs how long the process that has ended had lived */
  nextDelayMs(ending: Ending, uptimeMs: number): number {
    const { firstMs, longestMs, longestAskedMs, healthyMs } = this.#options
    if (uptimeMs >= healthyMs) this.#inARow = 0
    const longest = ending === 'restart' ? longestAskedMs : longestMs
    return Math.min(firstMs * 2 ** this.#inARow++, longest)
  }
}
