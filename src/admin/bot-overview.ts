import { chinaDay } from '../model/calendar-day.js'
import type { FiguresSpan } from '../model/command.js'
import type { LoginState } from '../model/login.js'
import type { Overview, Report } from '../model/operations.js'
import type { Clock } from '../model/ports.js'
import type { TicketDesk } from '../tickets/ticket-desk.js'
import { isUnsettled, isWaiting } from '../tickets/ticket-transitions.js'
import type { FiguresBook } from './figures-book.js'
import { type KnowledgeState, overviewPhrases as say } from './overview-phrases.js'

export interface BotOverviewParts {
  /** Of the program. */
  readonly version: string
  readonly startedAtMs: number
  readonly knowledge: () => KnowledgeState
  /** Absent where there is no login to speak of. */
  readonly login?: (() => LoginState) | undefined
  readonly queueLength: () => number
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
    const { version, startedAtMs, knowledge, login, queueLength, figures, clock } = this.#parts
    return done(
      say.status({
        version,
        knowledge: knowledge(),
        upMs: clock.now() - startedAtMs,
        login: login?.().status,
        queueLength: queueLength(),
        today: figures.sum('today'),
        tickets: this.#tickets('today'),
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

const done = (text: string): Report => ({ ok: true, text })
