import { chinaDay, type Day } from '../model/calendar-day.js'
import type {
  DeskNotes,
  ResolvedTicket,
  Ticket,
  TicketEvent,
  TicketEventKind,
  UnsettledTicket,
} from '../model/ticket.js'
import type { DeskRules } from './desk-rules.js'
import { lastPersonsActMs, quietUntilMs } from './quiet-time.js'
import { isUnsettled, isWaiting } from './ticket-transitions.js'
import { addWorkingTime, isWorkingDay, workingTimeBetween } from './working-time.js'

/** `duty`: who is on duty; `next`: whom the roster names after them; `holder`: who has taken it. */
export type Reminded = 'duty' | 'next' | 'everyone' | 'holder'

/** Something that has become due. */
export type DeskAction =
  | { readonly kind: 'tell-staff'; readonly ticket: Ticket }
  | { readonly kind: 'remind'; readonly ticket: UnsettledTicket; readonly to: Reminded; readonly overdue: boolean }
  | { readonly kind: 'bot-back'; readonly ticket: UnsettledTicket }
  | { readonly kind: 'expire'; readonly ticket: UnsettledTicket }
  | { readonly kind: 'close'; readonly ticket: ResolvedTicket }
  | { readonly kind: 'archive'; readonly numbers: readonly number[] }
  /** `skip`: its moment passed long ago, or it is the first; only to be noted. */
  | { readonly kind: 'digest'; readonly day: Day; readonly skip: boolean }

/** What staff must hear of; the notice is repeated until it is confirmed. */
const NEWS: ReadonlySet<TicketEventKind> = new Set(['opened', 'reopened', 'withdrawn', 'expired'])
const DAY_MS = 86_400_000
const CHINA_OFFSET_MS = 8 * 3_600_000
/** More settled tickets than this don't wait for their time: the live file stays small. */
const MAX_SETTLED = 200

/**
 * What the desk has to do now. Derived from what is stored alone, so nothing is lost over a restart: whatever came due
 * while the bot was away is due at the first look.
 */
export function dueActions(
  tickets: readonly Ticket[],
  nowMs: number,
  { notes, rules }: { notes: DeskNotes; rules: DeskRules },
): readonly DeskAction[] {
  const each = tickets.flatMap((ticket) => dueFor(ticket, nowMs, rules))
  const numbers = toArchive(tickets, nowMs, rules)
  const digest = dueDigest(nowMs, notes.digestDay, rules)
  return [...each, ...(numbers.length > 0 ? [{ kind: 'archive', numbers } as const] : []), ...(digest ? [digest] : [])]
}

/**
 * When somebody is reminded of a ticket next if nothing happens before; milliseconds since the epoch.
 * Never passes for a ticket that lies with people.
 */
export function nextReminderMs(ticket: UnsettledTicket, nowMs: number, rules: DeskRules): number {
  const sinceMs = lastPersonsActMs(ticket)
  const toldMs = workingTimeBetween(sinceMs, Math.max(lastRemindedMs(ticket), sinceMs), rules.hours)
  const step = stepsOf(ticket, rules).find(({ afterMs }) => afterMs > toldMs)
  const afterMs = step?.afterMs ?? nextRepeat(toldMs, ticket, rules)
  return Math.max(nowMs, addWorkingTime(sinceMs, afterMs, rules.hours))
}

function dueFor(ticket: Ticket, nowMs: number, rules: DeskRules): readonly DeskAction[] {
  const news = untoldNews(ticket)
  const told: readonly DeskAction[] = news ? [{ kind: 'tell-staff', ticket }] : []
  if (ticket.status === 'resolved') {
    return nowMs >= ticket.resolvedAtMs + rules.confirmMs ? [...told, { kind: 'close', ticket }] : told
  }
  if (!isUnsettled(ticket)) return told
  if (nowMs >= lastActMs(ticket) + rules.expireMs) return [{ kind: 'expire', ticket }]
  const back = !isBack(ticket) && nowMs >= quietUntilMs(ticket, rules)
  const reminded = dueReminder(ticket, nowMs, rules)
  return [...told, ...(back ? [{ kind: 'bot-back', ticket } as const] : []), ...(reminded && !news ? [reminded] : [])]
}

/** The notice that has not been confirmed; the newest when there are several. */
export function untoldNews({ events }: Ticket): TicketEvent | undefined {
  const at = events.findLastIndex(({ what }) => NEWS.has(what))
  return at > events.findLastIndex(({ what }) => what === 'told-staff') ? events[at] : undefined
}

function dueReminder(ticket: UnsettledTicket, nowMs: number, rules: DeskRules): DeskAction | undefined {
  const sinceMs = lastPersonsActMs(ticket)
  const passedMs = workingTimeBetween(sinceMs, nowMs, rules.hours)
  const toldMs = workingTimeBetween(sinceMs, Math.max(lastRemindedMs(ticket), sinceMs), rules.hours)
  const step = stepsOf(ticket, rules).findLast(({ afterMs }) => afterMs > toldMs && afterMs <= passedMs)
  const repeated = nextRepeat(toldMs, ticket, rules) <= passedMs
  const to = repeated ? 'everyone' : step?.to
  if (to === undefined) return undefined
  return { kind: 'remind', ticket, to, overdue: isOverdue(ticket, nowMs, rules) }
}

/** Has it taken longer than promised to solve? */
export const isOverdue = (ticket: Ticket, nowMs: number, { hours, resolutionMs }: DeskRules): boolean =>
  isUnsettled(ticket) && workingTimeBetween(ticket.openedAtMs, nowMs, hours) > resolutionMs

/** Working time after a person's last act at which each is reminded. */
function stepsOf(ticket: UnsettledTicket, { firstResponseMs, silentMs }: DeskRules) {
  return isWaiting(ticket)
    ? ([
        { to: 'duty', afterMs: firstResponseMs },
        { to: 'next', afterMs: 2 * firstResponseMs },
        { to: 'everyone', afterMs: 3 * firstResponseMs },
      ] as const)
    : ([
        { to: 'holder', afterMs: silentMs },
        { to: 'everyone', afterMs: 2 * silentMs },
      ] as const)
}

/** Working time of the first call to everyone after `toldMs`, once all steps are through. */
function nextRepeat(toldMs: number, ticket: UnsettledTicket, rules: DeskRules): number {
  const lastStepMs = stepsOf(ticket, rules).at(-1)!.afterMs
  const repeats = Math.max(0, Math.floor((toldMs - lastStepMs) / rules.remindEveryMs))
  return lastStepMs + (repeats + 1) * rules.remindEveryMs
}

const lastRemindedMs = ({ events }: Ticket): number =>
  events.findLast(({ what }) => what === 'reminded')?.atMs ?? Number.NEGATIVE_INFINITY

/** Reminders and notices don't keep a ticket alive; whatever asker or staff do does. */
const lastActMs = ({ events, openedAtMs }: UnsettledTicket): number =>
  events.findLast(({ what }) => what !== 'reminded' && what !== 'told-staff' && what !== 'bot-back')?.atMs ?? openedAtMs

/** Has the bot said that it is back since a person last did something? */
const isBack = (ticket: UnsettledTicket): boolean =>
  ticket.events.some(({ what, atMs }) => what === 'bot-back' && atMs >= lastPersonsActMs(ticket))

function toArchive(tickets: readonly Ticket[], nowMs: number, rules: DeskRules): readonly number[] {
  const settled = tickets
    .filter((ticket) => !isUnsettled(ticket) && ticket.status !== 'resolved' && !untoldNews(ticket))
    .map((ticket) => ({ number: ticket.number, endedMs: ticket.events.at(-1)?.atMs ?? ticket.openedAtMs }))
    .sort((a, b) => a.endedMs - b.endedMs)
  const tooMany = settled.length > MAX_SETTLED ? settled.length - MAX_SETTLED / 2 : 0
  return settled
    .filter(({ endedMs }, index) => index < tooMany || nowMs >= endedMs + rules.reopenMs)
    .map(({ number }) => number)
}

function dueDigest(nowMs: number, digestDay: Day | null, rules: DeskRules): DeskAction | undefined {
  const momentOf = (day: Day): number => day * DAY_MS - CHINA_OFFSET_MS + rules.digestMinute * 60_000
  const today = chinaDay(nowMs)
  const day = momentOf(today) <= nowMs ? today : today - 1
  if (digestDay !== null && day <= digestDay) return undefined
  const isLate = nowMs >= momentOf(day) + DAY_MS / 2
  return { kind: 'digest', day, skip: digestDay === null || isLate || !isWorkingDay(day, rules.hours) }
}
