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
