export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Everything here is China's time, a fixed UTC+8 without summer time. */
export const CHINA_OFFSET_MS = 8 * HOUR_MS

/**
 * A calendar day, counted from 1970-01-01 = 0. Which zone it is a day of is decided where it is made:
 * everything here is China's, a fixed UTC+8 without summer time.
 */
export type Day = number

/** A day in the civil calendar. */
export interface CivilDate {
  readonly year: number
  /** 1..12 */
  readonly month: number
  /** 1..31 */
  readonly date: number
}

/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4

/** The day in China at a moment in milliseconds since the epoch. */
export function chinaDay(ms: number): Day {
  return Math.floor((ms + CHINA_OFFSET_MS) / DAY_MS)
}

/** The hour in China, 0..23. */
export function chinaHour(ms: number): number {
  return Math.floor((ms + CHINA_OFFSET_MS) / HOUR_MS) - chinaDay(ms) * 24
}

/** 1 Monday … 7 Sunday. */
export function weekdayOf(day: Day): number {
  return ((((day + EPOCH_WEEKDAY - 1) % 7) + 7) % 7) + 1
}

export function civilOf(day: Day): CivilDate {
  const moment = new Date(day * DAY_MS)
  return { year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, date: moment.getUTCDate() }
}

/** @returns undefined where the calendar has no such day (31 April, 29 February of most years) */
export function dayOf({ year, month, date }: CivilDate): Day | undefined {
  if (!(month >= 1 && month <= 12 && date >= 1)) return undefined
  const day = Math.floor(Date.UTC(year, month - 1, date) / DAY_MS)
  return civilOf(day).month === month ? day : undefined
}

/** The last day of a month; `month` may run over (0 is last December, 13 next January). */
export function lastDayOfMonth(year: number, month: number): Day {
  return Math.floor(Date.UTC(year, month, 0) / DAY_MS)
}

/** `YYYY-MM-DD`. */
export function isoOf(day: Day): string {
  const { year, month, date } = civilOf(day)
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

/** @param iso `YYYY-MM-DD`, as `isoOf` writes it */
export function dayFromIso(iso: string): Day {
  return Math.floor(Date.parse(`${iso}T00:00:00Z`) / DAY_MS)
}

/** China's public holidays and the weekend days that are worked in exchange. */
export interface OfficialDays {
  /** `off`: a holiday, also on a weekday; `work`: a make-up working day; undefined: its weekday decides. */
  kindOf(day: Day): 'off' | 'work' | undefined
}

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
