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

/** Resolves when the work is done or its time is up; what it throws in time, this throws. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, timeIsUp]).finally(() => clearTimeout(timer))
}
