import type { Clock } from '../model/ports.js'
import {
  BOT,
  type DeskBoard,
  type DeskFeed,
  type ThreadItem,
  type Ticket,
  type TicketEvent,
  type TicketEventKind,
  type TicketPart,
  type TicketPictures,
  type TicketRow,
  type TicketView,
  type TicketWait,
} from '../model/ticket.js'
import type { TicketDesk } from './desk.js'
import { onDuty } from './due.js'
import { deskFigures, FIRST_ACTS } from './figures.js'
import { askerPhrases, deskCommandPhrases, stateWords } from './phrases.js'
import { isUnsettled, isWaiting } from './states.js'
import { addWorkingTime, isWorkingTime, quietOf, workingTimeBetween } from './working-time.js'

export interface BoardParts {
  readonly desk: TicketDesk
  readonly clock: Clock
  readonly titleOf: (sectionKey: string) => string | undefined
  readonly pictures?: TicketPictures | undefined
  readonly forget: DeskFeed['forget']
}

const SETTLED_SHOWN = 50
const EARLIER_SHOWN = 5
/** What a colleague says to the customer; the bot's words are no answer. */
const ANSWERS: ReadonlySet<TicketEventKind> = new Set(['spoke', 'replied'])
const OF_CUSTOMER: ReadonlySet<TicketEventKind> = new Set(['opened', 'added', 'reopened'])
const UNSAID: ReadonlySet<TicketEventKind> = new Set(['told-staff', 'reminded'])

/** The desk as the console reads it. */
export const openBoard = (parts: BoardParts): DeskFeed => ({
  board: () => boardOf(parts),
  view: (number) => {
    const ticket = parts.desk.find(number)
    return ticket && viewOf(ticket, parts)
  },
  numbered: () => parts.desk.all(),
  picture: async (number, index) => parts.pictures?.load(number, index),
  onChange: (listener) => parts.desk.onChange(listener),
  forget: (order) => parts.forget(order),
})

function boardOf(parts: BoardParts): DeskBoard {
  const { desk, clock } = parts
  const nowMs = clock.now()
  const all = desk.all()
  const settled = all.filter((ticket) => !isUnsettled(ticket)).slice(-SETTLED_SHOWN)
  const open = desk.list().map((ticket) => rowOf(ticket, parts))
  const duty = onDuty(nowMs, desk.notes().duty, desk.rules)
  const names = [...new Set([...desk.rules.roster.map(({ name }) => name), ...duty])]
  return {
    tickets: [...open.sort(byWaiting), ...settled.toReversed().map((ticket) => rowOf(ticket, parts))],
    people: names.map((name) => ({
      name,
      onDuty: duty.includes(name),
      ticketCount: open.filter(({ holder }) => holder === name).length,
    })),
    summary: deskCommandPhrases.figures(deskFigures(all, nowMs, desk.rules)),
  }
}

/** Most of the promise used up first. */
const byWaiting = (a: TicketRow, b: TicketRow): number => used(b.wait) - used(a.wait) || a.openedAtMs - b.openedAtMs
const used = (wait: TicketWait | null): number => (wait === null ? -1 : wait.ms / wait.limitMs)

function rowOf(ticket: Ticket, { desk, clock, titleOf, pictures }: BoardParts): TicketRow {
  const wait = waitOf(ticket, clock.now(), desk)
  const { number, status, placeName, askerName, question, sectionKey, openedAtMs, events } = ticket
  return {
    ...{ number, status, placeName, askerName, question, openedAtMs, wait },
    account: ticket.account ?? null,
    version: versionOf(ticket),
    state: stateWords(ticket),
    part: partOf(ticket, wait),
    section: sectionKey === null ? '' : `${sectionKey} ${titleOf(sectionKey) ?? ''}`.trim(),
    holder: ticket.status === 'claimed' ? ticket.holder.name : null,
    lastAtMs: events.at(-1)?.atMs ?? openedAtMs,
    atNight: !isWorkingTime(openedAtMs, desk.rules.hours),
    pictureCount: pictures?.names(number).length ?? 0,
    rating: ticket.status === 'closed' ? ticket.rating : null,
  }
}

/** Of the state alone: what the customer adds meanwhile is no reason to refuse a colleague. */
function versionOf(ticket: Ticket): string {
  switch (ticket.status) {
    case 'open':
      return `open-${ticket.openedAtMs}`
    case 'reopened':
      return `reopened-${ticket.reopenedAtMs}`
    case 'claimed':
      return `claimed-${ticket.claimedAtMs}-${ticket.holder.name}`
    case 'resolved':
      return `resolved-${ticket.resolvedAtMs}`
    case 'closed':
      return `closed-${ticket.closedAtMs}`
    case 'withdrawn':
    case 'expired':
      return `${ticket.status}-${ticket.endedAtMs}`
  }
}

/** The clock starts at the hand-over, anew when it is opened again, and stops when it is settled. */
function waitOf(ticket: Ticket, nowMs: number, { rules }: TicketDesk): TicketWait | null {
  if (!isUnsettled(ticket)) return null
  const isFirst = isWaiting(ticket) || !ticket.events.some(({ what }) => ANSWERS.has(what))
  const sinceMs = isFirst ? handedOverMs(ticket) : lastOf(ticket, OF_CUSTOMER)?.atMs
  const answeredMs = lastOf(ticket, ANSWERS)?.atMs ?? 0
  if (sinceMs === undefined || (!isFirst && answeredMs >= sinceMs)) return null
  const limitMs = isFirst ? rules.firstResponseMs : rules.silentMs
  return {
    for: isFirst ? 'first' : 'next',
    ms: workingTimeBetween(sinceMs, nowMs, rules.hours),
    limitMs,
    dueMs: addWorkingTime(sinceMs, limitMs, rules.hours),
  }
}

const handedOverMs = ({ events, openedAtMs }: Ticket): number =>
  events.findLast(({ what }) => what === 'reopened' || what === 'opened')?.atMs ?? openedAtMs

const lastOf = ({ events }: Ticket, kinds: ReadonlySet<TicketEventKind>): TicketEvent | undefined =>
  events.findLast(({ what }) => kinds.has(what))

function partOf(ticket: Ticket, wait: TicketWait | null): TicketPart {
  if (ticket.status === 'resolved') return 'customer'
  if (!isUnsettled(ticket)) return 'settled'
  if (wait !== null && wait.ms >= wait.limitMs) return 'late'
  if (isWaiting(ticket)) return 'waiting'
  return wait === null ? 'customer' : 'working'
}

function viewOf(ticket: Ticket, parts: BoardParts): TicketView {
  const { desk, titleOf, pictures } = parts
  const { number, placeKey, askerKey, answeredSections, openedAtMs, events } = ticket
  const { rules } = desk
  // Keys of people are each account's own.
  const isTheirs = (other: Ticket): boolean => other.askerKey === askerKey && other.account === ticket.account
  const earlier = desk.all().filter((other) => isTheirs(other) && other.number < number)
  const quietThere = isUnsettled(ticket) ? quietOf(ticket, parts.clock.now(), rules) : 'none'
  return {
    ...rowOf(ticket, parts),
    ...{ placeKey, askerKey },
    isDirect: placeKey.startsWith('direct'),
    thread: threadOf(ticket),
    isHere: desk.isMine(ticket),
    quiet: desk.isMine(ticket) ? desk.quietFor(placeKey, askerKey) : quietThere,
    answered: [...new Set(answeredSections)].map((key) => ({ key, title: titleOf(key) ?? '' })),
    earlier: earlier
      .slice(-EARLIER_SHOWN)
      .reverse()
      .map((other) => ({
        number: other.number,
        question: other.question,
        state: stateWords(other),
        rating: other.status === 'closed' ? other.rating : null,
      })),
    promise: {
      openedAtMs: handedOverMs(ticket),
      firstDueMs: addWorkingTime(handedOverMs(ticket), rules.firstResponseMs, rules.hours),
      firstAtMs: events.find(({ what, who }) => FIRST_ACTS.has(what) && who.key !== BOT.key)?.atMs ?? null,
      resolveDueMs: addWorkingTime(openedAtMs, rules.resolutionMs, rules.hours),
    },
    pictures: pictures?.names(number) ?? [],
    closing: { withNote: askerPhrases.resolved(number, '{}'), without: askerPhrases.resolved(number, '') },
  }
}

/** As it was said, oldest first. */
function threadOf(ticket: Ticket): readonly ThreadItem[] {
  const { askerName: name, lastWords, events } = ticket
  const before = lastWords.map(({ atMs, text }): ThreadItem => ({ kind: 'words', by: 'customer', name, atMs, text }))
  const isTold = (event: TicketEvent): boolean =>
    event.what === 'opened' && lastWords.some(({ text }) => text === event.why)
  return [...before, ...events.filter((event) => !UNSAID.has(event.what) && !isTold(event)).map(itemOf)].sort(
    (a, b) => a.atMs - b.atMs,
  )
}

function itemOf(event: TicketEvent): ThreadItem {
  const { atMs, who, what, why } = event
  if (what === 'opened' || what === 'added') return { kind: 'words', by: 'customer', name: who.name, atMs, text: why }
  if (ANSWERS.has(what)) return { kind: 'words', by: 'colleague', name: who.name, atMs, text: why }
  if (what === 'noted') return { kind: 'note', by: 'colleague', name: who.name, atMs, text: why }
  return { kind: 'event', atMs, text: deskCommandPhrases.event(event) }
}
