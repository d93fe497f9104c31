import { CHINA_OFFSET_MS, chinaDay, DAY_MS, type Day } from '../base/time.js'
import type { AccountMark } from '../model/stores.js'
import type {
  ClaimedTicket,
  ClosedTicket,
  DeskNotes,
  DutyChange,
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
import {
  addWorkingTime,
  type Colleague,
  type DeskRules,
  isWorkingDay,
  isWorkingTime,
  nextWorkingMs,
  workingTimeBetween,
} from './working-time.js'

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

/** `duty`: who is on duty; `next`: whom the roster names after them; `holder`: who has taken it. */
type Reminded = 'duty' | 'next' | 'everyone' | 'holder'

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
  // They come by the hundred, and a hundred calls would bury those who asked for a person.
  if (ticket.reason === 'overload' && isWaiting(ticket)) return undefined
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

/** Whoever says "我来值班" is on duty for at most this long. */
const MAX_SHIFT_MS = 12 * 3_600_000

/**
 * Who is on duty: first those who said so, then the roster's people whose hours it is, in the roster's order.
 *
 * @param duty the latest change of each person
 */
export function onDuty(nowMs: number, duty: readonly DutyChange[], rules: DeskRules): readonly string[] {
  const volunteers = duty.filter(({ on, atMs }) => on && nowMs < atMs + MAX_SHIFT_MS).map(({ person }) => person.name)
  const away = new Set(duty.filter((change) => isStillAway(change, nowMs, rules)).map(({ person }) => person.name))
  const planned = rules.roster
    .filter((colleague) => !away.has(colleague.name) && works(colleague, nowMs, rules))
    .map(({ name }) => name)
  return [...new Set([...volunteers, ...planned])]
}

/** Who is called when those on duty don't answer: the next ones of the roster, whether they are on duty or not. */
export function nextAfter(called: readonly string[], { roster }: DeskRules): string | undefined {
  const names = roster.map(({ name }) => name)
  const last = Math.max(-1, ...called.map((name) => names.indexOf(name)))
  const following = [...names.slice(last + 1), ...names.slice(0, last + 1)]
  return following.find((name) => !called.includes(name))
}

/** The colleague whom a command means by name; anybody when there is no roster. */
export function colleagueNamed(name: string, { roster }: DeskRules): string | undefined {
  const wanted = name.replace(/^@/, '').trim()
  if (roster.length === 0) return wanted === '' ? undefined : wanted
  return roster.find((colleague) => colleague.name === wanted || colleague.remark === wanted)?.name
}

/** Keeps the latest change of each person. */
export const withDuty = (duty: readonly DutyChange[], change: DutyChange): readonly DutyChange[] => [
  ...duty.filter(({ person }) => person.key !== change.person.key),
  change,
]

/** Is the party that colleague? Keys end in what people call each other by: remark or nick. */
export const isSameColleague = (a: Party, b: Party): boolean => a.key === b.key || a.name === b.name

function works({ weekdays, hours: spans }: Colleague, nowMs: number, { hours }: DeskRules): boolean {
  return isWorkingTime(nowMs, { ...hours, weekdays: weekdays ?? hours.weekdays, spans: spans ?? hours.spans })
}

/** "下班" lasts until work begins on a later day. */
function isStillAway({ on, atMs }: DutyChange, nowMs: number, { hours }: DeskRules): boolean {
  if (on) return false
  const nextDayMs = (chinaDay(atMs) + 1) * 86_400_000 - 8 * 3_600_000
  const backMs = nextWorkingMs(nextDayMs, hours)
  return backMs === undefined || nowMs < backMs
}

/**
 * Whether the bot speaks to the asker of a ticket. `waiting`: only when it is asked by name, and says that a person
 * will still come; `held`: not at all; `none`: as if there were no ticket.
 */
export type Quiet = 'none' | 'waiting' | 'held'

/** What a person does with a ticket; each act lets the quiet time begin anew. */
const PERSONS_ACTS: ReadonlySet<TicketEventKind> = new Set([
  'opened',
  'reopened',
  'claimed',
  'passed',
  'spoke',
  'replied',
  'noted',
])

/** When a person last did something with it (opening counts); milliseconds since the epoch. */
export const lastPersonsActMs = (ticket: UnsettledTicket): number =>
  ticket.events.findLast(({ what }) => PERSONS_ACTS.has(what))?.atMs ?? ticket.openedAtMs

/** When the quiet time ends unless a person does something; milliseconds since the epoch. */
export function quietUntilMs(ticket: UnsettledTicket, { hours, quietWorkingMs, quietMs }: DeskRules): number {
  const sinceMs = lastPersonsActMs(ticket)
  return Math.min(addWorkingTime(sinceMs, quietWorkingMs, hours), sinceMs + quietMs)
}

/** Holds by the clock alone: a bot that was away, or could not say that it is back, is no longer mute either. */
export function quietOf(ticket: UnsettledTicket, nowMs: number, rules: DeskRules): Quiet {
  if (nowMs >= quietUntilMs(ticket, rules)) return 'none'
  return isWaiting(ticket) ? 'waiting' : 'held'
}
