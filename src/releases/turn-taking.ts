/** Lets orders run one after another; those alike that still wait are one. */
export class TurnTaking<Result> {
  readonly #waiting = new Map<string, Promise<Result>>()
  #last: Promise<unknown> = Promise.resolve()

  /** @param run must not reject when the next order is to run */
  take(key: string, run: () => Promise<Result>): Promise<Result> {
    const shared = this.#waiting.get(key)
    if (shared !== undefined) return shared
    const turn = this.#last.then(() => {
      this.#waiting.delete(key)
      return run()
    })
    this.#waiting.set(key, turn)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
