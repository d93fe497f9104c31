/**
 * Writes a whole document again and again: one write at a time, and however many changes come meanwhile, one more with
 * the latest of them all.
 */
export class LatestWrite {
  readonly #write: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failed: (error: unknown) => void

  /** @param failed told of writes that nobody waits for */
  constructor(write: () => Promise<void>, failed: (error: unknown) => void = () => {}) {
    this.#write = write
    this.#failed = failed
  }

  /** Resolves when what is there now is on disk. @throws what the write throws */
  now(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#running) return this.#start()
    // The one under way may have begun before the latest change.
    this.#next ??= this.#running.catch(() => {}).then(() => this.#start())
    return this.#next
  }

  /** Writes in so many milliseconds at the latest. */
  within(ms: number): void {
    if (ms <= 0) {
      this.now().catch(this.#failed)
      return
    }
    this.#timer ??= setTimeout(() => {
      this.now().catch(this.#failed)
    }, ms)
    this.#timer.unref()
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    if (this.#timer) await this.now()
    await (this.#next ?? this.#running)
  }

  #start(): Promise<void> {
    this.#next = undefined
    const running = this.#write().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }
}
