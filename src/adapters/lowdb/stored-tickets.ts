import { z } from 'zod'
import { BOT, type DeskNotes, type Ticket } from '../../model/ticket.js'

/** What the ticket file holds. */
export interface StoredTickets {
  readonly version: 2
  /** Highest number ever given out. */
  readonly lastNumber: number
  readonly tickets: readonly Ticket[]
  readonly notes: DeskNotes
}

export const NO_TICKETS: StoredTickets = {
  version: 2,
  lastNumber: 0,
  tickets: [],
  notes: { duty: [], digestDay: null },
}

const party = z.object({ key: z.string(), name: z.string() })
const reason = z.string() as unknown as z.ZodType<Ticket['reason']> // of a newer version perhaps; only ever shown
const event = z.object({
  atMs: z.number(),
  who: party,
  what: z.enum([
    ...(['opened', 'added', 'claimed', 'passed', 'spoke', 'replied', 'noted', 'resolved', 'closed', 'rated'] as const),
    ...(['reopened', 'withdrawn', 'expired', 'told-staff', 'reminded', 'bot-back'] as const),
  ]),
  why: z.string(),
})
const known = {
  number: z.number().int().positive(),
  placeKey: z.string(),
  placeName: z.string(),
  askerKey: z.string(),
  askerName: z.string(),
  question: z.string(),
  answeredSections: z.array(z.string()),
  openedAtMs: z.number(),
}
const facts = {
  ...known,
  reason,
  sectionKey: z.string().nullable(),
  lastWords: z.array(z.object({ atMs: z.number(), text: z.string() })),
  events: z.array(event).min(1),
}
const storedTicket = z.discriminatedUnion('status', [
  z.object({ ...facts, status: z.literal('open') }),
  z.object({ ...facts, status: z.literal('reopened'), reopenedAtMs: z.number() }),
  z.object({ ...facts, status: z.literal('claimed'), holder: party, claimedAtMs: z.number() }),
  z.object({ ...facts, status: z.literal('resolved'), resolvedBy: party, resolvedAtMs: z.number(), gist: z.string() }),
  z.object({
    ...facts,
    status: z.literal('closed'),
    closedAtMs: z.number(),
    gist: z.string(),
    rating: z.number().int().min(1).max(5).nullable(),
  }),
  z.object({ ...facts, status: z.literal('withdrawn'), endedAtMs: z.number() }),
  z.object({ ...facts, status: z.literal('expired'), endedAtMs: z.number() }),
])
export const archivedTickets = z.strictObject({ tickets: z.array(storedTicket) })

// Strict, because a key that we don't know would be gone after the first write.
const current = z.strictObject({
  version: z.literal(2),
  lastNumber: z.number().int().nonnegative(),
  tickets: z.array(storedTicket),
  notes: z.strictObject({
    duty: z.array(z.object({ person: party, on: z.boolean(), atMs: z.number() })),
    digestDay: z.number().nullable(),
  }),
})
/** Before tickets had a history. */
const first = z.strictObject({
  lastNumber: z.number().int().nonnegative(),
  tickets: z.array(
    z.discriminatedUnion('status', [
      z.object({ ...known, status: z.literal('open') }),
      z.object({ ...known, status: z.literal('claimed'), claimedBy: z.string(), claimedAtMs: z.number() }),
      z.object({
        ...known,
        status: z.literal('closed'),
        claimedBy: z.string().optional(),
        claimedAtMs: z.number().optional(),
        closedBy: z.string(),
        closedAtMs: z.number(),
        closingNote: z.string(),
      }),
    ]),
  ),
})
type FirstTicket = z.infer<typeof first>['tickets'][number]

export type ReadTickets =
  | { readonly ok: true; readonly stored: StoredTickets }
  /** `where`: path of the first thing that is wrong, e.g. `tickets.3.status`. */
  | { readonly ok: false; readonly where: string }

/** Checks what a ticket file holds; a file of the first version is carried over. */
export function readStoredTickets(content: unknown): ReadTickets {
  const isFirst = typeof content === 'object' && content !== null && !('version' in content)
  const checked = isFirst ? first.transform(carryOver).safeParse(content) : current.safeParse(content)
  if (!checked.success) return { ok: false, where: checked.error.issues[0]?.path.join('.') ?? '' }
  const { tickets, lastNumber } = checked.data
  // A number given out again would replace its first ticket.
  if (tickets.some(({ number }) => number > lastNumber)) return { ok: false, where: 'lastNumber' }
  if (new Set(tickets.map(({ number }) => number)).size < tickets.length) return { ok: false, where: 'tickets' }
  return { ok: true, stored: checked.data }
}

const carryOver = ({ lastNumber, tickets }: z.infer<typeof first>): StoredTickets => ({
  ...NO_TICKETS,
  lastNumber,
  tickets: tickets.map(carryOverTicket),
})

function carryOverTicket(ticket: FirstTicket): Ticket {
  const { number, placeKey, placeName, askerKey, askerName, question, answeredSections, openedAtMs } = ticket
  const asker = { key: askerKey, name: askerName }
  const opened = { atMs: openedAtMs, who: asker, what: 'opened', why: question } as const
  // Its staff were told by the version that opened it.
  const told = { atMs: openedAtMs, who: BOT, what: 'told-staff', why: '' } as const
  const carried = {
    ...{ number, placeKey, placeName, askerKey, askerName, question, answeredSections, openedAtMs },
    reason: 'asked' as const,
    sectionKey: answeredSections.at(-1) ?? null,
    lastWords: [],
  }
  if (ticket.status === 'open') return { ...carried, status: 'open', events: [opened, told] }
  const holder = { key: `name:${ticket.claimedBy ?? ''}`, name: ticket.claimedBy ?? '' }
  const claimedAtMs = ticket.claimedAtMs ?? openedAtMs
  const claimed = ticket.claimedBy ? [{ atMs: claimedAtMs, who: holder, what: 'claimed', why: '' } as const] : []
  const events = [opened, told, ...claimed]
  if (ticket.status === 'claimed') return { ...carried, status: 'claimed', holder, claimedAtMs, events }
  const { closedAtMs, closedBy, closingNote: gist } = ticket
  const closed = {
    atMs: closedAtMs,
    who: { key: `name:${closedBy}`, name: closedBy },
    what: 'closed',
    why: gist,
  } as const
  return { ...carried, status: 'closed', closedAtMs, gist, rating: null, events: [...events, closed] }
}
