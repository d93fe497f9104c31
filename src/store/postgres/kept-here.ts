import { join } from 'node:path'
import { z } from 'zod'
import type { AuditEntry, Log } from '../../model/ports.js'
import type { DeskNotes, Ticket } from '../../model/ticket.js'
import { storedEntry } from '../audit.js'
import { LowdbDocument } from '../json-file.js'
import { NoticePictures, type PictureFolder } from '../outbox.js'
import { storedNotes, storedTicket } from '../tickets.js'

/** A change that the database has not got yet. */
export interface PendingTicket {
  /** Version in the database that it was made from; 0 for a new ticket. */
  readonly baseVersion: number
  /** The ticket as it was in that version. */
  readonly base: Ticket | null
  readonly ticket: Ticket
}

export interface PendingNotice {
  /** Counts down from -1, so that it is no number of the database. */
  readonly number: number
  readonly text: string
  readonly ticket?: number | undefined
  readonly once: string
  readonly pictures?: readonly string[] | undefined
}

/** What waits on this machine until the database is back. */
interface Pending {
  /** Numbers given out here, see `PostgresTicketStore`. */
  readonly lastNumber: number
  readonly tickets: readonly PendingTicket[]
  readonly notes: DeskNotes | null
  readonly lastNotice: number
  readonly notices: readonly PendingNotice[]
  /** Notices of the database that staff have had. */
  readonly said: readonly number[]
  readonly audit: readonly AuditEntry[]
  /** Words for customers of other accounts. */
  readonly relays: readonly PendingRelay[]
}

export interface PendingRelay {
  readonly once: string
  readonly account: string
  readonly ticket: number
  readonly text: string
  readonly isReply: boolean
  readonly deadlineMs: number
}

/** The account's own part of the desk as it was last, for a start without the database. */
interface LastSeen {
  /** 0 before the first connection. */
  readonly accountId: number
  readonly tickets: readonly { readonly version: number; readonly ticket: Ticket }[]
  readonly notes: DeskNotes
}

const storedPending: z.ZodType<Pending> = z.strictObject({
  lastNumber: z.number().int().nonnegative(),
  tickets: z.array(
    z.strictObject({ baseVersion: z.number().int(), base: storedTicket.nullable(), ticket: storedTicket }),
  ),
  notes: storedNotes.nullable(),
  lastNotice: z.number().int(),
  notices: z.array(
    z.strictObject({
      number: z.number().int().negative(),
      text: z.string(),
      ticket: z.number().int().positive().optional(),
      once: z.string(),
      pictures: z.array(z.string()).optional(),
    }),
  ),
  said: z.array(z.number().int()),
  audit: z.array(storedEntry),
  relays: z.array(
    z.strictObject({
      ...{ once: z.string(), account: z.string(), ticket: z.number().int(), text: z.string() },
      ...{ isReply: z.boolean(), deadlineMs: z.number() },
    }),
  ),
})
const storedLastSeen: z.ZodType<LastSeen> = z.strictObject({
  accountId: z.number().int().nonnegative(),
  tickets: z.array(z.strictObject({ version: z.number().int(), ticket: storedTicket })),
  notes: storedNotes,
})

export const NO_NOTES: DeskNotes = { duty: [], digestDay: null }
const NOTHING: Pending = {
  ...{ lastNumber: 0, tickets: [], notes: null, lastNotice: 0, notices: [], said: [], audit: [], relays: [] },
}
const NOTHING_SEEN: LastSeen = { accountId: 0, tickets: [], notes: NO_NOTES }
/** One write serves the changes of some seconds; it is only read when the database is gone at a start. */
const SEEN_DELAY_MS = 3_000

/** The files of this machine beside a shared desk: what the database has not got yet, and what was last seen of it. */
export interface KeptHere {
  readonly pending: LowdbDocument<Pending>
  /** Changes part of what is pending. Resolves when that is on disk. */
  keep(change: Partial<Pending>): Promise<void>
  readonly seen: LowdbDocument<LastSeen>
  /** Pictures of notices that wait here. */
  readonly pictures: PictureFolder
}

/** @throws StoreError when a file is damaged or of another shape; it is left as it is */
export async function openKeptHere(dataDir: string, log: Pick<Log, 'error'>): Promise<KeptHere> {
  const pending = await LowdbDocument.open(join(dataDir, 'desk-pending.json'), {
    ...{ schema: storedPending, empty: () => NOTHING, log },
  })
  return {
    pending,
    keep: (change) => pending.save({ ...pending.records(), ...change }),
    seen: await LowdbDocument.open(join(dataDir, 'desk-seen.json'), {
      ...{ schema: storedLastSeen, empty: () => NOTHING_SEEN, delayMs: SEEN_DELAY_MS, log },
    }),
    pictures: new NoticePictures(join(dataDir, 'desk-pending-pictures')),
  }
}
