import { type Adapter, Low, Memory } from 'lowdb'
import { z } from 'zod'
import { StoreError } from '../../errors.js'
import type { TicketStore } from '../../model/ports.js'
import type { Ticket } from '../../model/ticket.js'
import { DurableJsonFile } from './durable-json-file.js'

const facts = {
  number: z.number().int().positive(),
  placeKey: z.string(),
  placeName: z.string(),
  askerKey: z.string(),
  askerName: z.string(),
  question: z.string(),
  answeredSections: z.array(z.string()),
  openedAtMs: z.number(),
}
const storedTicket = z.discriminatedUnion('status', [
  z.object({ ...facts, status: z.literal('open') }),
  z.object({ ...facts, status: z.literal('claimed'), claimedBy: z.string(), claimedAtMs: z.number() }),
  z.object({
    ...facts,
    status: z.literal('closed'),
    closedBy: z.string(),
    closedAtMs: z.number(),
    closingNote: z.string(),
  }),
])
// Strict, because a key that we don't know would be gone after the first write.
const storedTickets = z
  .strictObject({ lastNumber: z.number().int().nonnegative(), tickets: z.array(storedTicket) })
  .refine(({ lastNumber, tickets }) => tickets.every(({ number }) => number <= lastNumber), {
    path: ['lastNumber'], // a number given out again would replace its first ticket
  })
  .refine(({ tickets }) => new Set(tickets.map(({ number }) => number)).size === tickets.length, { path: ['tickets'] })

interface StoredTickets {
  lastNumber: number
  tickets: Ticket[]
}

/** Tickets in one JSON file; one process may own it. */
export class LowdbTicketStore implements TicketStore {
  readonly #db: Low<StoredTickets>

  private constructor(db: Low<StoredTickets>) {
    this.#db = db
  }

  /** @throws StoreError when the file is damaged or of another shape; it is left as it is */
  static async open(path: string): Promise<LowdbTicketStore> {
    return LowdbTicketStore.#load(new DurableJsonFile<StoredTickets>(path), path)
  }

  /** For trying the bot out: nothing is kept. */
  static async inMemory(): Promise<LowdbTicketStore> {
    return LowdbTicketStore.#load(new Memory<StoredTickets>(), 'memory')
  }

  static async #load(adapter: Adapter<StoredTickets>, name: string): Promise<LowdbTicketStore> {
    const db = new Low<StoredTickets>(adapter, { lastNumber: 0, tickets: [] })
    await db.read()
    const checked = storedTickets.safeParse(db.data)
    if (!checked.success) {
      const where = checked.error.issues[0]?.path.join('.') ?? ''
      throw new StoreError(
        `${name} has another shape than tickets have (at "${where}"). Move it away or restore a backup.`,
      )
    }
    return new LowdbTicketStore(db)
  }

  list(): readonly Ticket[] {
    return this.#db.data.tickets
  }

  lastNumber(): number {
    return this.#db.data.lastNumber
  }

  async put(ticket: Ticket): Promise<void> {
    const before = this.#db.data
    const others = before.tickets.filter(({ number }) => number !== ticket.number)
    this.#db.data = {
      lastNumber: Math.max(before.lastNumber, ticket.number),
      tickets: [...others, ticket].sort((a, b) => a.number - b.number),
    }
    try {
      await this.#db.write()
    } catch (error) {
      this.#db.data = before // what is not on disk was never promised to anybody
      throw error
    }
  }
}
