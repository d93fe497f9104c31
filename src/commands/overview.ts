import { chinaDay, type Day, weekdayOf } from '../base/time.js'
import type {
  DayFigures,
  Decision,
  DecisionTrace,
  FiguresSpan,
  JudgedChange,
  SilenceReason,
} from '../model/decision.js'
import {
  type Clock,
  type DecisionJournal,
  done,
  type LoginState,
  type Overview,
  type Report,
  type SendingLoad,
} from '../model/ports.js'
import type { TicketDesk } from '../tickets/desk.js'
import { isUnsettled, isWaiting } from '../tickets/states.js'
import { type KnowledgeState, type Senses, type SharedAccounts, overviewPhrases as say } from './phrases.js'

export interface BotOverviewParts {
  /** Of the program. */
  readonly version: string
  readonly startedAtMs: () => number
  readonly knowledge: () => KnowledgeState
  /** Absent where there is no login to speak of. */
  readonly login?: (() => LoginState) | undefined
  readonly queueLength: () => number
  readonly sendingLoad: () => SendingLoad
  readonly senses?: Senses | undefined
  /** Where several accounts share a desk. */
  readonly accounts?: (() => Omit<SharedAccounts, 'nowMs'>) | undefined
  readonly figures: FiguresBook
  readonly desk: TicketDesk
  readonly explain: (text: string) => string
  readonly clock: Clock
}

/** How the bot is doing, for those who run it. */
export class BotOverview implements Overview {
  readonly #parts: BotOverviewParts

  constructor(parts: BotOverviewParts) {
    this.#parts = parts
  }

  async status(): Promise<Report> {
    const { version, startedAtMs, knowledge, login, queueLength, sendingLoad, senses, figures, accounts, clock } =
      this.#parts
    const nowMs = clock.now()
    return done(
      say.status({
        version,
        knowledge: knowledge(),
        upMs: clock.now() - startedAtMs(),
        login: login?.(),
        queueLength: queueLength(),
        sending: sendingLoad(),
        senses,
        today: figures.sum('today'),
        tickets: this.#tickets('today'),
        accounts: accounts && { ...accounts(), nowMs },
      }),
    )
  }

  async figures(span: FiguresSpan): Promise<Report> {
    const { figures } = this.#parts
    return done(say.figures(span, figures.sum(span), this.#tickets(span)))
  }

  async explain(text: string): Promise<Report> {
    return done(this.#parts.explain(text))
  }

  #tickets(span: FiguresSpan) {
    const { desk, figures } = this.#parts
    const first = figures.firstDay(span)
    const all = desk.all()
    return {
      opened: all.filter(({ openedAtMs }) => chinaDay(openedAtMs) >= first).length,
      open: all.filter(isUnsettled).length,
      waiting: all.filter(isWaiting).length,
    }
  }
}

type Counter = Exclude<keyof DayFigures, 'day' | keyof JudgedChange>

/** Kept soon: a kill loses the counts of some seconds. */
export interface FiguresList {
  records(): readonly DayFigures[]
  keep(records: readonly DayFigures[]): void
  /** Those of all accounts that share a desk; absent where there is one. */
  everywhere?(): readonly DayFigures[]
}

/** As far back as 效果 can look. */
const KEPT_DAYS = 400
const COUNTERS: Readonly<Record<Exclude<Decision['kind'], 'silent'>, Counter>> = {
  answer: 'answered',
  outside: 'answered',
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

  /** A person has said of a decision of that day whether it was right, or has taken that back. */
  judge(atMs: number, { judged, wrong }: JudgedChange): void {
    const of = this.#of(chinaDay(atMs))
    const changed = {
      ...of,
      judged: Math.max(0, (of.judged ?? 0) + judged),
      wrong: Math.max(0, (of.wrong ?? 0) + wrong),
    }
    const others = this.#list.records().filter(({ day }) => day !== of.day)
    this.#list.keep([...others, changed].sort((a, b) => a.day - b.day).slice(-KEPT_DAYS))
  }

  /** Sums from the first day of the span up to now. */
  sum(span: FiguresSpan): DayFigures {
    const first = this.firstDay(span)
    const days = (this.#list.everywhere?.() ?? this.#list.records()).filter(({ day }) => day >= first)
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
