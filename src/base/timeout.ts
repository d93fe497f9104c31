/**
 * Waits for work no longer than told; the work itself goes on.
 *
 * @param ms milliseconds; the timer does not keep the process alive
 * @returns what the work resolved to, or `undefined` when its time was up
 */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeIsUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
    timer.unref()
  })
  return Promise.race([work, timeIsUp]).finally(() => clearTimeout(timer))
}

/** Messages that are being handled, so that a stop can let them come to their end. */
export class UnderWay {
  readonly #handling = new Set<Promise<void>>()

  /** The same handler, with every call noted until it has ended. */
  noting<Message>(handle: (message: Message) => Promise<void>): (message: Message) => Promise<void> {
    return (message) => {
      const handling = handle(message)
      this.#handling.add(handling)
      const forget = (): void => void this.#handling.delete(handling)
      handling.then(forget, forget)
      return handling
    }
  }

  /** Resolves when all that are being handled now have ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#handling)
  }
}
