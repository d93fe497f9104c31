import type { AccountMark } from '../model/stores.js'
import type {
  ClaimedTicket,
  ClosedTicket,
  ExpiredTicket,
  OpenTicket,
  Party,
  ReopenedTicket,
  ResolvedTicket,
  SettledTicket,
  Ticket,
  TicketEvent,
  TicketEventKind,
  UnsettledTicket,
  WaitingTicket,
  WithdrawnTicket,
} from '../model/ticket.js'

/** Who did it, when, and with which words. */
export interface Act {
  readonly by: Party
  readonly atMs: number
  readonly why: string
}

export type NewTicket = Omit<OpenTicket, 'number' | 'account' | 'channel' | 'openedAtMs' | 'status' | 'events'>

/** Longer words are cut in the history: a ticket is a slip of paper, not an archive of the chat. */
export const MAX_WHY_CHARS = 500
/** More events than this, and the oldest chatter goes; what happened to the ticket stays. */
export const MAX_EVENTS = 120
const CHATTER: ReadonlySet<TicketEventKind> = new Set(['added', 'spoke', 'reminded'])

type OnlyFacts = Omit<OpenTicket, 'status'>

export function openTicket(
  request: NewTicket,
  { number, by, atMs, why, home }: Act & { number: number; home?: AccountMark | undefined },
): OpenTicket {
  return {
    ...request,
    ...home,
    status: 'open',
    number,
    openedAtMs: atMs,
    events: [{ atMs, who: by, what: 'opened', why: cut(why) }],
  }
}

/** Somebody takes it. */
export const claimTicket = (ticket: WaitingTicket, act: Act): ClaimedTicket => ({
  ...factsOf(ticket, 'claimed', act),
  status: 'claimed',
  holder: act.by,
  claimedAtMs: act.atMs,
})

/** Somebody gives it to a colleague. */
export const passTicket = (ticket: UnsettledTicket, act: Act & { to: Party }): ClaimedTicket => ({
  ...factsOf(ticket, 'passed', act),
  status: 'claimed',
  holder: act.to,
  claimedAtMs: act.atMs,
})

/** A person calls it solved; the asker has the last word. */
export const resolveTicket = (ticket: UnsettledTicket, act: Act): ResolvedTicket => ({
  ...factsOf(ticket, 'resolved', act),
  status: 'resolved',
  resolvedBy: act.by,
  resolvedAtMs: act.atMs,
  gist: act.why,
})

/** The asker agrees, or has said nothing for long enough. */
export const confirmTicket = (ticket: ResolvedTicket, act: Act): ClosedTicket => ({
  ...factsOf(ticket, 'closed', act),
  status: 'closed',
  closedAtMs: act.atMs,
  gist: ticket.gist,
  rating: null,
})

/** A person gives the asker back to the bot without having solved anything. */
export const returnTicket = (ticket: UnsettledTicket, act: Act): ClosedTicket => ({
  ...factsOf(ticket, 'closed', act),
  status: 'closed',
  closedAtMs: act.atMs,
  gist: '',
  rating: null,
})

/** @param rating 1..5 */
export const rateTicket = (ticket: ResolvedTicket | ClosedTicket, act: Act & { rating: number }): ClosedTicket => ({
  ...factsOf(ticket, 'rated', act),
  status: 'closed',
  closedAtMs: ticket.status === 'closed' ? ticket.closedAtMs : act.atMs,
  gist: ticket.gist,
  rating: act.rating,
})

/** The asker says that it is not solved after all. */
export const reopenTicket = (ticket: SettledTicket, act: Act): ReopenedTicket => ({
  ...factsOf(ticket, 'reopened', act),
  status: 'reopened',
  reopenedAtMs: act.atMs,
})

export const withdrawTicket = (ticket: UnsettledTicket, act: Act): WithdrawnTicket => ({
  ...factsOf(ticket, 'withdrawn', act),
  status: 'withdrawn',
  endedAtMs: act.atMs,
})

export const expireTicket = (ticket: UnsettledTicket, act: Act): ExpiredTicket => ({
  ...factsOf(ticket, 'expired', act),
  status: 'expired',
  endedAtMs: act.atMs,
})

/** Something happened that leaves the state as it is. */
export const noteOnTicket = <T extends Ticket>(
  ticket: T,
  what: Extract<TicketEventKind, 'added' | 'spoke' | 'replied' | 'noted' | 'told-staff' | 'reminded' | 'bot-back'>,
  act: Act,
): T => ({ ...ticket, events: withEvent(ticket.events, what, act) })

export const isUnsettled = (ticket: Ticket): ticket is UnsettledTicket =>
  isWaiting(ticket) || ticket.status === 'claimed'

export const isWaiting = (ticket: Ticket): ticket is WaitingTicket =>
  ticket.status === 'open' || ticket.status === 'reopened'

/** What every ticket has; what belonged to the state before stays behind in the history. */
function factsOf(ticket: Ticket, what: TicketEventKind, act: Act): OnlyFacts {
  const { number, placeKey, placeName, askerKey, askerName, question, openedAtMs } = ticket
  const { reason, sectionKey, answeredSections, lastWords, account, channel } = ticket
  return {
    ...(account === undefined ? {} : { account, channel }),
    ...{ number, placeKey, placeName, askerKey, askerName, question, openedAtMs },
    ...{ reason, sectionKey, answeredSections, lastWords },
    events: withEvent(ticket.events, what, act),
  }
}

function withEvent(
  events: readonly TicketEvent[],
  what: TicketEventKind,
  { by, atMs, why }: Act,
): readonly TicketEvent[] {
  const all = [...events, { atMs, who: by, what, why: cut(why) }]
  if (all.length <= MAX_EVENTS) return all
  const oldest = all.findIndex((event) => CHATTER.has(event.what))
  return oldest < 0 ? all : all.toSpliced(oldest, 1)
}

const cut = (text: string): string => (text.length > MAX_WHY_CHARS ? `${text.slice(0, MAX_WHY_CHARS - 1)}…` : text)
