import { chinaDay, type Day, weekdayOf } from '../model/calendar-day.js'
import type { FiguresSpan } from '../model/command.js'
import type { DayFigures } from '../model/day-figures.js'
import type { Decision, DecisionTrace, SilenceReason } from '../model/decision.js'
import type { Clock, DecisionJournal } from '../model/ports.js'

type Counter = Exclude<keyof DayFigures, 'day'>

/** Kept soon, and lost by a kill at most for half a second. */
export interface FiguresList {
  records(): readonly DayFigures[]
  keep(records: readonly DayFigures[]): void
}

const KEPT_DAYS = 60
const COUNTERS: Readonly<Record<Exclude<Decision['kind'], 'silent'>, Counter>> = {
  answer: 'answered',
  courtesy: 'answered',
  clarify: 'offered',
  fallback: 'offered',
  escalate: 'handedOver',
  command: 'orders',
}
/** Silence towards customers; keeping out of what colleagues or the system say is no decision of note. */
const COUNTED_SILENCE: ReadonlySet<string> = new Set<SilenceReason>([
  'to-somebody-else',
  'not-for-us',
  'not-sure',
  'answered-lately',
  'held-by-human',
  'muted',
])

/** Said, but no answer. */
const UNCOUNTED: ReadonlySet<string> = new Set(['not-allowed', 'too-fast'])

/** Counts decisions by day, over restarts. */
export class FiguresBook implements DecisionJournal {
  readonly #list: FiguresList
  readonly #clock: Clock

  constructor(list: FiguresList, clock: Clock) {
    this.#list = list
    this.#clock = clock
  }

  record({ kind, reason }: Pick<DecisionTrace, 'kind' | 'reason'>): void {
    if (kind === 'silent' ? !COUNTED_SILENCE.has(reason) : UNCOUNTED.has(reason)) return
    const counter = kind === 'silent' ? 'silent' : COUNTERS[kind]
    const today = this.#of(chinaDay(this.#clock.now()))
    const others = this.#list.records().filter(({ day }) => day !== today.day)
    this.#list.keep([...others.slice(-KEPT_DAYS), { ...today, [counter]: today[counter] + 1 }])
  }

  /** Sums from the first day of the span up to now. */
  sum(span: FiguresSpan): DayFigures {
    const first = this.firstDay(span)
    const days = this.#list.records().filter(({ day }) => day >= first)
    return days.reduce(
      (total, each) => ({
        day: first,
        answered: total.answered + each.answered,
        offered: total.offered + each.offered,
        handedOver: total.handedOver + each.handedOver,
        silent: total.silent + each.silent,
        orders: total.orders + each.orders,
      }),
      nothingOn(first),
    )
  }

  /** Today, or this week's Monday. */
  firstDay(span: FiguresSpan): Day {
    const today = chinaDay(this.#clock.now())
    return span === 'today' ? today : today - weekdayOf(today) + 1
  }

  #of(day: Day): DayFigures {
    return this.#list.records().find((figures) => figures.day === day) ?? nothingOn(day)
  }
}

const nothingOn = (day: Day): DayFigures => ({ day, answered: 0, offered: 0, handedOver: 0, silent: 0, orders: 0 })
